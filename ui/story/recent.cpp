#include "story/recent.h"

#include "net/local_socket.h"
#include "plan/fill.h"
#include "plan/loader.h"
#include "release/event.h"
#include "session/session_reader.h"
#include "story/timetable.h"

#include <algorithm>
#include <chrono>
#include <set>

namespace sluice::story {
namespace {

namespace fs = std::filesystem;
using State = RecentSession::State;

Nanos changed_at(const fs::path& file) {
    std::error_code error;
    const auto time = fs::last_write_time(file, error);
    if (error) {
        return {};
    }
    const auto system = std::chrono::file_clock::to_sys(time);
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(system.time_since_epoch()).count()};
}

bool is_there(const fs::path& file) {
    std::error_code ignored;
    return fs::exists(file, ignored);
}

/// "Nova Streaming ${version}" → "Nova Streaming …"
std::string without_names(std::string title) {
    for (auto from = title.find("${"); from != std::string::npos; from = title.find("${", from)) {
        const auto to = title.find('}', from);
        title.replace(from, to == std::string::npos ? to : to - from + 1, "…");
    }
    return title;
}

Result<release::Event> event_of(const session::EventRecord& record) {
    const auto json = parse_json(record.body, "event");
    return json ? release::event_from_json(*json) : failed(json);
}

Result<void> read_events(RecentSession& session) {
    constexpr std::int64_t tail = 4; // the closing is the last event, or what is written right after it
    const auto reader = session::SessionReader::open(session.file);
    if (!reader) {
        return failed(reader);
    }
    const auto first = reader->events(1, 1);
    const auto count = reader->event_count();
    if (!first || !count) {
        return !first ? failed(first) : failed(count);
    }
    if (first->empty()) {
        return fail(ErrorCode::corrupt, "it has no event");
    }
    const auto begin = event_of(first->front());
    const auto* opened = begin ? std::get_if<release::SessionOpened>(&begin->body) : nullptr;
    if (opened == nullptr) {
        return fail(ErrorCode::corrupt, "it does not begin with its opening");
    }
    session.rehearsal = opened->mode == "rehearse";
    session.plan_id = opened->plan_id;
    const auto loaded =
        plan::load(opened->plan_source, opened->plan_file, plan::included(opened->includes), plan::Origin::log);
    session.title = opened->plan_id;
    if (loaded.plan) {
        session.title = plan::fill(loaded.plan->title, opened->variables).value_or(loaded.plan->title);
    }
    session.events = static_cast<std::size_t>(*count);
    session.begun = first->front().time;
    const auto last = reader->events(std::max<std::int64_t>(1, *count - tail + 1), tail);
    if (!last) {
        return failed(last);
    }
    for (const auto& record : *last) {
        session.length = record.time - session.begun;
        const auto event = event_of(record);
        if (const auto* closed = event ? std::get_if<release::SessionClosed>(&event->body) : nullptr) {
            session.outcome = closed->outcome;
        }
    }
    return {};
}

} // namespace

RecentPlan read_recent_plan(const std::string& file) {
    RecentPlan recent;
    recent.file = file;
    recent.missing = !is_there(file);
    if (recent.missing) {
        return recent;
    }
    const auto loaded = plan::load_file(file);
    if (!loaded.plan) {
        recent.trouble = loaded.diagnostics.empty()
                             ? "can't be read"
                             : plan::to_text(loaded.diagnostics.front(), fs::path(file).filename());
        return recent;
    }
    recent.id = loaded.plan->id;
    recent.title = plan::fill(loaded.plan->title, {}).value_or(without_names(loaded.plan->title));
    recent.steps = loaded.plan->steps.size();
    recent.length = timetable(*loaded.plan, {}).length;
    return recent;
}

RecentSession read_recent_session(const fs::path& file, const host::Paths& paths) {
    RecentSession session;
    session.file = file.string();
    if (!is_there(file)) {
        session.state = State::missing;
        return session;
    }
    session.written = std::max(changed_at(file), changed_at(file.string() + "-wal"));
    if (const auto read = read_events(session); !read) {
        session.state = State::unreadable;
        session.trouble = to_text(read.error());
    }
    const bool whole = !is_there(file.string() + "-wal") && !is_there(file.string() + "-journal");
    if (net::CommandClient::connect(host::socket_of(paths, file).string())) {
        session.state = State::at_work;
    } else if (session.state != State::unreadable && (session.outcome.empty() || !whole)) {
        session.state = State::left_open;
    }
    return session;
}

std::vector<RecentSession> read_recent_sessions(const host::Paths& paths, const std::vector<std::string>& opened,
                                                std::size_t most) {
    std::vector<std::pair<Nanos, fs::path>> files;
    std::set<fs::path> known;
    const auto add = [&](const fs::path& file) {
        std::error_code ignored;
        const auto whole = fs::weakly_canonical(file, ignored);
        if (known.insert(whole.empty() ? file : whole).second) {
            files.emplace_back(std::max(changed_at(file), changed_at(file.string() + "-wal")), file);
        }
    };
    for (const auto& file : opened) {
        add(file);
    }
    std::error_code ignored;
    for (fs::directory_iterator at(paths.sessions, ignored), end; !ignored && at != end; at.increment(ignored)) {
        if (at->path().extension() == ".sluice") {
            add(at->path());
        }
    }
    std::stable_sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return b.first < a.first; });
    files.resize(std::min(files.size(), most));
    std::vector<RecentSession> sessions;
    sessions.reserve(files.size());
    for (const auto& [written, file] : files) {
        sessions.push_back(read_recent_session(file, paths));
    }
    return sessions;
}

} // namespace sluice::story
