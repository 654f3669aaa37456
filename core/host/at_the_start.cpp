#include "host/at_the_start.h"

#include "base/quantity.h"
#include "plan/loader.h"
#include "release/event.h"
#include "session/session_reader.h"
#include "session/verify.h"

#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <sstream>

namespace sluice::host {
namespace {

namespace fs = std::filesystem;

constexpr int patience = 10'000; ///< milliseconds of real time for one git

struct Said {
    bool good = false;
    std::string out, error;
};

/// git by argv; it asks nobody for a password, and no pager waits.
Said git(const std::string& folder, const QStringList& arguments) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("GIT_TERMINAL_PROMPT"), QStringLiteral("0"));
    environment.insert(QStringLiteral("GIT_OPTIONAL_LOCKS"), QStringLiteral("0"));
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(QString::fromStdString(folder));
    process.start(QStringLiteral("git"), QStringList{QStringLiteral("--no-pager")} + arguments);
    if (!process.waitForStarted(patience) || !process.waitForFinished(patience)) {
        process.kill();
        process.waitForFinished(1000);
        return {false, {}, "git did not start, or did not end within 10 s"};
    }
    return {process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0,
            process.readAllStandardOutput().toStdString(), process.readAllStandardError().trimmed().toStdString()};
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
        text.pop_back();
    }
    return text;
}

std::string at_home(const std::string& path) {
    const char* home = std::getenv("HOME");
    return path.starts_with("~/") && home ? std::string(home) + path.substr(1) : path;
}

/// What a finished session was, or why it can't be told.
struct Past {
    release::SessionOpened opened;
    std::string outcome;
    bool rolled_back = false;
};

Result<Past> past_of(const fs::path& file) {
    const auto reader = session::SessionReader::open(file);
    if (!reader) {
        return failed(reader);
    }
    const auto records = reader->events(1, INT64_MAX);
    if (!records) {
        return failed(records);
    }
    Past past;
    for (const auto& record : *records) {
        const auto json = parse_json(record.body, file.string());
        const auto event = json ? release::event_from_json(*json) : Result<release::Event>(failed(json));
        if (!event) {
            return failed(event);
        }
        if (const auto* opened = std::get_if<release::SessionOpened>(&event->body)) {
            past.opened = *opened;
        } else if (const auto* closed = std::get_if<release::SessionClosed>(&event->body)) {
            past.outcome = closed->outcome;
        } else if (const auto* finished = std::get_if<release::RollbackFinished>(&event->body)) {
            past.rolled_back = past.rolled_back || finished->outcome == "done";
        }
    }
    return past;
}

/// Empty when it fits.
std::string misfit(const Past& past, const plan::RequiredSession& wanted, const std::string& environment) {
    if (past.outcome.empty()) {
        return "it has not ended";
    }
    if (!wanted.outcome.empty() && past.outcome != wanted.outcome) {
        return "it ended as " + past.outcome;
    }
    if (wanted.rolled_back && !past.rolled_back) {
        return "nothing was rolled back in it";
    }
    if (!wanted.mode.empty() && past.opened.mode != wanted.mode) {
        return past.opened.mode == "run" ? "it was a run" : "it was a rehearsal";
    }
    if (!environment.empty()) {
        auto loaded = plan::load(past.opened.plan_source, past.opened.plan_file, plan::included(past.opened.includes),
                                 plan::Origin::log);
        const auto its = loaded.plan ? plan::fill(loaded.plan->release.environment, past.opened.variables)
                                     : Result<std::string>(fail(ErrorCode::corrupt, "its plan does not load"));
        if (!its || *its != environment) {
            return its ? "its environment was '" + *its + "'" : its.error().what;
        }
    }
    return {};
}

} // namespace

std::string commit_of(const std::string& folder, const std::string& path) {
    const QString name = QString::fromStdString(path);
    const Said last = git(folder, {QStringLiteral("log"), QStringLiteral("-1"), QStringLiteral("--format=%H"),
                                   QStringLiteral("--"), name});
    const std::string id = trimmed(last.out);
    if (!last.good || id.empty()) {
        return {};
    }
    const Said changed =
        git(folder, {QStringLiteral("status"), QStringLiteral("--porcelain"), QStringLiteral("--"), name});
    return changed.good && changed.out.empty() ? id : id + "-dirty";
}

Json commits_of(const plan::Plan& plan, const plan::Scope& values, const std::string& folder) {
    if (plan.release.repository_path.empty()) {
        return nullptr;
    }
    Json told = {{"path", plan.release.repository_path}};
    const auto path = plan::fill(plan.release.repository_path, values);
    const auto from = plan::fill(plan.release.repository_from, values);
    const auto to = plan::fill(plan.release.repository_to, values);
    for (const auto* text : {&path, &from, &to}) {
        if (!*text) {
            told["error"] = text->error().what;
            return told;
        }
    }
    told["from"] = *from;
    told["to"] = *to;
    if (from->starts_with('-') || to->starts_with('-')) {
        told["error"] = "a commit can't begin with '-'"; // it would be read as an option
        return told;
    }
    const Said log = git((fs::path(folder) / at_home(*path)).string(),
                         {QStringLiteral("log"), QStringLiteral("--max-count=500"),
                          QStringLiteral("--format=%H%x1f%cI%x1f%an%x1f%s"), QString::fromStdString(*from + ".." + *to),
                          QStringLiteral("--")});
    if (!log.good) {
        told["error"] = log.error.substr(0, log.error.find('\n'));
        return told;
    }
    told["commits"] = Json::array();
    std::istringstream lines(log.out);
    for (std::string line; std::getline(lines, line);) {
        const QStringList parts = QString::fromStdString(line).split(QChar(0x1f));
        if (parts.size() == 4) {
            told["commits"].push_back({{"id", parts[0].toStdString()},
                                       {"time", parts[1].toStdString()},
                                       {"author", parts[2].toStdString()},
                                       {"subject", parts[3].toStdString()}});
        }
    }
    return told;
}

Result<Json> evidence_for(const plan::Plan& plan, const plan::Scope& values, const std::string& plan_digest,
                          const fs::path& sessions, fs::file_time_type now) {
    if (!plan.requires_session) {
        return Json(nullptr);
    }
    const plan::RequiredSession& wanted = *plan.requires_session;
    const auto environment = plan::fill(wanted.environment, values);
    if (!environment) {
        return failed(environment);
    }
    std::vector<std::pair<fs::file_time_type, fs::path>> files;
    std::error_code error;
    for (auto entry = fs::directory_iterator(sessions, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        std::error_code gone;
        const auto written = entry->last_write_time(gone);
        if (!gone && entry->path().extension() == ".sluice") {
            files.emplace_back(written, entry->path());
        }
    }
    std::sort(files.rbegin(), files.rend());
    std::string nearest;
    for (const auto& [written, file] : files) {
        const Nanos age{std::chrono::duration_cast<std::chrono::nanoseconds>(now - written).count()};
        if (age > wanted.within) {
            nearest = nearest.empty() ? fmt::format("{} is older", file.filename().string()) : nearest;
            break;
        }
        const auto past = past_of(file);
        if (!past || past->opened.plan_id != wanted.plan) {
            continue;
        }
        std::string why = misfit(*past, wanted, *environment);
        if (why.empty()) {
            const auto verdict = session::verify_file(file, {});
            why = !verdict ? verdict.error().what : verdict->fault; // evidence is what nobody has altered
        }
        if (why.empty()) {
            return Json{{"session", past->opened.session},
                        {"file", file.filename().string()},
                        {"outcome", past->outcome},
                        {"mode", past->opened.mode},
                        {"same_plan", past->opened.plan_digest == plan_digest}};
        }
        nearest = nearest.empty() ? fmt::format("{}: {}", file.filename().string(), why) : nearest;
    }
    return fail(ErrorCode::refused,
                fmt::format("the plan wants the evidence of a session of '{}'{}{}{} within {}{}", wanted.plan,
                            environment->empty() ? "" : " in " + *environment,
                            wanted.outcome.empty() ? "" : " that ended as " + wanted.outcome,
                            wanted.rolled_back ? " with a rollback" : "", duration_text(wanted.within),
                            nearest.empty() ? "" : "; " + nearest),
                "requires-session",
                fmt::format("{} it first, with its session among yours ({})", wanted.mode == "run" ? "run" : "rehearse",
                            sessions.string()));
}

} // namespace sluice::host
