#include "host/take_up.h"

#include "host/live_session.h"
#include "host/remote_rehearsal.h"
#include "release/demand.h"
#include "session/owner_lock.h"
#include "session/session_reader.h"

#include <cstdlib>
#include <fmt/format.h>

namespace sluice::host {
namespace {

bool beside(const std::filesystem::path& session, const char* ending) {
    std::error_code ignored;
    return std::filesystem::exists(session.string() + ending, ignored);
}

Result<std::vector<release::Event>> events_of(const std::filesystem::path& file, std::int64_t at_most) {
    const auto reader = session::SessionReader::open(file);
    if (!reader) {
        return failed(reader);
    }
    const auto records = reader->events(1, at_most);
    if (!records) {
        return failed(records);
    }
    std::vector<release::Event> events;
    for (const auto& record : *records) {
        const auto json = parse_json(record.body, fmt::format("{}, event {}", file.string(), record.seq));
        if (!json) {
            return failed(json);
        }
        auto event = release::event_from_json(*json);
        if (!event) {
            return failed(event);
        }
        events.push_back(std::move(*event));
    }
    return events;
}

Result<std::unique_ptr<SessionHost>> take_up_rehearsal(const TakeUp& options, const release::SessionOpened& opened) {
    if (options.range.empty()) {
        return fail(ErrorCode::unreachable, "the simulated production of this rehearsal ended with its program",
                    options.session.string(),
                    "to resume rehearsals, keep the range in a process of its own: --range ADDRESS");
    }
    RehearsalOptions rehearsal{options, 0, 0, opened.faults, {}, options.assume_yes};
    rehearsal.plan_file = options.plan_file.empty() ? opened.plan_file : options.plan_file;
    rehearsal.seed = std::strtoull(opened.seed.c_str(), nullptr, 10);
    auto remote = RemoteRehearsal::resume(options.session, rehearsal, options.range);
    return remote ? Result<std::unique_ptr<SessionHost>>(std::move(*remote)) : failed(remote);
}

} // namespace

Result<std::unique_ptr<SessionHost>> take_up(const TakeUp& options) {
    if (beside(options.session, "")) {
        // First, since everything else would blame the file or the range of a session that is well and at work.
        if (const auto owner = session::OwnerLock::take(options.session); !owner) {
            return failed(owner);
        }
    }
    if (beside(options.session, "-journal")) {
        // Killed in the last moment of its closing: nobody who only reads can open it before a writer has.
        if (const auto log = session::SessionLog::open(options.session); !log) {
            return failed(log);
        }
    }
    const auto events = events_of(options.session, INT64_MAX);
    if (!events) {
        return failed(events);
    }
    const auto* opened = events->empty() ? nullptr : std::get_if<release::SessionOpened>(&events->front().body);
    if (!opened) {
        return fail(ErrorCode::corrupt, "the session does not begin with its opening", options.session.string());
    }
    if (opened->mode == "rehearse") {
        return take_up_rehearsal(options, *opened);
    }
    StartOptions at = options;
    at.plan_file = opened->plan_folder + "/" + opened->plan_file;
    release::Release before;
    for (const auto& event : *events) {
        release::apply(before, event);
    }
    at.by = release::in_role(before, at.by, "");
    auto live = LiveSession::resume(options.session, at, before);
    return live ? Result<std::unique_ptr<SessionHost>>(std::move(*live)) : failed(live);
}

Result<std::optional<std::string>> closed_outcome(const std::filesystem::path& session) {
    const auto events = events_of(session, INT64_MAX);
    if (!events) {
        return failed(events);
    }
    // Asked after reading: one that was killed while its file was made whole shows that only when it is opened.
    if (beside(session, "-wal") || beside(session, "-journal")) {
        return std::optional<std::string>();
    }
    for (const auto& event : *events) {
        if (const auto* closed = std::get_if<release::SessionClosed>(&event.body)) {
            return std::optional(closed->outcome);
        }
    }
    return std::optional<std::string>();
}

Result<std::string> way_back_taken(const std::filesystem::path& session) {
    const auto events = events_of(session, INT64_MAX);
    if (!events) {
        return failed(events);
    }
    std::string option;
    for (const auto& event : *events) {
        if (const auto* started = std::get_if<release::RollbackStarted>(&event.body)) {
            option = started->option;
        }
    }
    return option;
}

} // namespace sluice::host
