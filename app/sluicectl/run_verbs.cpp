#include "host/live_session.h"
#include "host/remote_rehearsal.h"
#include "sluicectl/console.h"
#include "sluicectl/follow.h"
#include "sluicectl/progress.h"
#include "sluicectl/session_file.h"
#include "sluicectl/verbs.h"

#include <QCoreApplication>
#include <unistd.h>

namespace sluicectl {
namespace {

using sluice::release::Release;

struct RunOptions {
    std::string plan, session, range, operator_name, role = "release-lead", start, option, reason;
    std::vector<std::string> set, faults;
    double speed = 0;
    std::uint64_t seed = 1;
    bool assume_yes = false;
    bool no_input = false;
    bool quiet = false;
};

int exit_of(const Release& release) {
    if (release.outcome == "done") {
        return done;
    }
    return release.outcome.empty() ? person_needed : release_failed;
}

/// Where sluice-exec lies: beside this program.
std::string wrapper() {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    return (self.parent_path() / "sluice-exec").string();
}

/// Runs the event loop until the session has closed, can't go on, or waits for somebody who is not there.
int watch(sluice::host::SessionHost& host, const sluice::release::Actor& by, const RunOptions& options) {
    const bool terminal = ::isatty(STDOUT_FILENO) == 1;
    Progress progress(terminal);
    int code = done;
    bool over = false;
    const auto finish = [&](int with) {
        if (!over) {
            over = true;
            code = with;
            QCoreApplication::quit();
        }
    };
    auto& engine = host.engine();
    if (!options.quiet) {
        engine.journal().listen(
            [&](std::span<const sluice::release::Event> events) { progress.show(engine.release(), events); });
    }
    Console console(host, by, !options.no_input && !options.assume_yes);
    const auto go_or_stop = [&] {
        const bool nobody = console.stuck() || (options.assume_yes && !options.no_input &&
                                                sluice::release::needs_decision(engine.release()));
        if (nobody && !engine.release().closed()) {
            host.scheduler().after({}, [&] { finish(person_needed); });
        }
    };
    engine.journal().listen([&](std::span<const sluice::release::Event>) { go_or_stop(); });
    console.on_end_of_input(go_or_stop); // what is in doubt since before the resume tells nothing new
    host.on_closed([&] { finish(exit_of(engine.release())); });
    host.on_broken([&](const sluice::Error& error) { finish(complain(error)); });
    if (!over) {
        const int ended = QCoreApplication::exec();
        code = over ? code : ended;
    }
    if (!options.quiet) {
        Progress::sum_up(engine.release());
    }
    fmt::print("session: {}\n", host.file().string());
    return code;
}

sluice::Result<sluice::host::StartOptions> start_options(const RunOptions& options) {
    auto values = settings(options.set);
    if (!values) {
        return sluice::failed(values);
    }
    auto places = paths();
    if (!places) {
        return sluice::failed(places);
    }
    sluice::host::StartOptions start;
    start.plan_file = options.plan;
    start.values = std::move(*values);
    start.session = options.session;
    start.by = actor(options.operator_name, options.role);
    start.paths = std::move(*places);
    start.wrapper = wrapper();
    return start;
}

int run_plan(const RunOptions& options) {
    const auto start = start_options(options);
    if (!start) {
        return complain(start.error());
    }
    auto host = sluice::host::LiveSession::run(*start);
    return host ? watch(**host, start->by, options) : complain(host.error());
}

int rehearse(const RunOptions& options) {
    const auto start = start_options(options);
    if (!start) {
        return complain(start.error());
    }
    sluice::host::RehearsalOptions rehearsal{*start, options.speed,     options.seed, options.faults,
                                             {},     options.assume_yes};
    if (!options.start.empty()) {
        const auto at = instant(options.start, {});
        if (!at) {
            return complain(at.error());
        }
        rehearsal.start = *at;
    }
    if (!options.range.empty()) {
        auto host = sluice::host::RemoteRehearsal::start(rehearsal, options.range);
        return host ? watch(**host, start->by, options) : complain(host.error());
    }
    auto host = sluice::host::Rehearsal::start(rehearsal);
    return host ? watch(**host, start->by, options) : complain(host.error());
}

bool beside(const std::string& session, const char* ending) {
    std::error_code ignored;
    return std::filesystem::exists(session + ending, ignored);
}

/// How it ended, if nothing is left to do.
std::optional<Release> closed_and_whole(const std::string& file) {
    const auto session = read_session(file);
    if (!session || beside(file, "-wal")) {
        return std::nullopt;
    }
    Release release;
    for (const auto& event : session->events) {
        sluice::release::apply(release, event);
    }
    return release.closed() ? std::optional(release) : std::nullopt;
}

using Host = std::unique_ptr<sluice::host::SessionHost>;

/// A session whose owner is gone, taken up. A rehearsal only if its range is a process of its own, and still there.
sluice::Result<Host> take_up(const RunOptions& options, const sluice::host::StartOptions& start) {
    if (beside(options.session, "-journal")) {
        // Killed in the last moment of its closing: nobody who only reads can open it before a writer has.
        if (const auto log = sluice::session::SessionLog::open(options.session); !log) {
            return sluice::failed(log);
        }
    }
    const auto session = read_session(options.session);
    if (!session) {
        return sluice::failed(session);
    }
    const auto* opened =
        session->events.empty() ? nullptr : std::get_if<sluice::release::SessionOpened>(&session->events.front().body);
    if (!opened) {
        return sluice::fail(sluice::ErrorCode::corrupt, "the session does not begin with its opening", options.session);
    }
    auto at = start;
    if (opened->mode != "rehearse") {
        at.plan_file = opened->plan_folder + "/" + opened->plan_file;
        auto live = sluice::host::LiveSession::resume(options.session, at);
        return live ? sluice::Result<Host>(std::move(*live)) : sluice::failed(live);
    }
    if (options.range.empty()) {
        return sluice::fail(sluice::ErrorCode::unreachable,
                            "the simulated production of this rehearsal ended with its program", options.session,
                            "to resume rehearsals, keep the range in a process of its own: --range ADDRESS");
    }
    at.plan_file = options.plan.empty() ? opened->plan_file : options.plan;
    sluice::host::RehearsalOptions rehearsal{at, 0, 0, opened->faults, {}, options.assume_yes};
    rehearsal.seed = std::strtoull(opened->seed.c_str(), nullptr, 10);
    auto remote = sluice::host::RemoteRehearsal::resume(options.session, rehearsal, options.range);
    return remote ? sluice::Result<Host>(std::move(*remote)) : sluice::failed(remote);
}

int resume(const RunOptions& options) {
    const auto start = start_options(options);
    if (!start) {
        return complain(start.error());
    }
    if (const auto outcome = closed_and_whole(options.session)) {
        std::error_code ignored;
        std::filesystem::remove(sluice::host::socket_of(start->paths, options.session), ignored); // of one killed since
        fmt::print("the session is closed: {}\n", outcome->outcome);
        return exit_of(*outcome);
    }
    auto host = take_up(options, *start);
    if (!host) {
        return complain(host.error());
    }
    return watch(**host, start->by, options); // closed, but killed before its file was whole: it is made whole
}

int roll_back(const RunOptions& options) {
    const auto start = start_options(options);
    if (!start) {
        return complain(start.error());
    }
    const sluice::release::RollBack command{options.option, "",
                                            options.reason.empty() ? "asked by command" : options.reason};
    const auto sent = send_command(*start, options.session, command);
    if (sent) {
        const auto outcome = follow_until_closed(options.session, options.quiet);
        if (!outcome) {
            return complain(outcome.error());
        }
        return *outcome == "rolled-back" ? done : release_failed;
    }
    if (sent.error().code != sluice::ErrorCode::not_found && sent.error().code != sluice::ErrorCode::unreachable) {
        return complain(sent.error());
    }
    // Nobody owns it: this program does now.
    auto host = take_up(options, *start);
    if (!host) {
        return complain(host.error());
    }
    if (const auto receipt = (*host)->engine().submit(command, start->by); !receipt) {
        return complain(receipt.error());
    }
    const int code = watch(**host, start->by, options);
    return (*host)->engine().release().outcome == "rolled-back" ? done : code;
}

} // namespace

void add_run_verbs(CLI::App& app, Action& action) {
    const auto o = std::make_shared<RunOptions>();
    const auto common = [o](CLI::App* verb) {
        verb->add_option("--operator", o->operator_name, "Who leads; default your login name");
        verb->add_option("--role", o->role, "As which role")->capture_default_str();
        verb->add_flag("--quiet", o->quiet, "Print only the outcome");
        verb->add_flag("--no-input", o->no_input, "Nobody is at this terminal: commands come by 'sluicectl do'");
    };
    const auto plan = [o](CLI::App* verb) {
        verb->add_option("PLAN", o->plan)->required();
        verb->add_option("--set", o->set, "NAME=VALUE");
        verb->add_option("--session", o->session, "File of the session; default among your sessions");
    };
    const auto within_loop = [](const std::function<int()>& body) {
        int argc = 1;
        char name[] = "sluicectl";
        char* argv[] = {name, nullptr};
        QCoreApplication loop(argc, argv);
        return body();
    };

    auto* run_verb = app.add_subcommand("run", "Run a plan against production");
    plan(run_verb);
    common(run_verb);
    run_verb->callback(
        [&action, o, within_loop] { action = [o, within_loop] { return within_loop([o] { return run_plan(*o); }); }; });

    auto* rehearse_verb = app.add_subcommand("rehearse", "Run a plan against a simulated production");
    plan(rehearse_verb);
    common(rehearse_verb);
    rehearse_verb->add_option("--speed", o->speed,
                              "Seconds of the rehearsal a real second at most; 0 = as fast as it can");
    rehearse_verb->add_option("--seed", o->seed, "One seed gives one log")->capture_default_str();
    rehearse_verb->add_option("--fault", o->faults,
                              "'WHEN WHAT [for D] [on ARM]', for example 'split:green>=25 errors 6%'");
    rehearse_verb->add_option("--start", o->start, "When the rehearsal begins, for example 2026-01-06T02:00:00Z");
    rehearse_verb->add_flag("--assume-yes", o->assume_yes, "Answer confirms, approvals and decisions");
    rehearse_verb->add_option("--range", o->range, "A range in a process of its own, by the address that it printed");
    rehearse_verb->callback(
        [&action, o, within_loop] { action = [o, within_loop] { return within_loop([o] { return rehearse(*o); }); }; });

    auto* resume_verb = app.add_subcommand("resume", "Go on with a session whose program ended");
    resume_verb->add_option("SESSION", o->session)->required();
    common(resume_verb);
    resume_verb->add_flag("--assume-yes", o->assume_yes, "Of a rehearsal: answer confirms, approvals and decisions");
    resume_verb->add_option("--range", o->range, "Of a rehearsal: its range");
    resume_verb->add_option("--plan", o->plan, "Of a rehearsal: the plan's file");
    resume_verb->callback(
        [&action, o, within_loop] { action = [o, within_loop] { return within_loop([o] { return resume(*o); }); }; });

    auto* back_verb = app.add_subcommand("roll-back", "Roll a session back, whether its program runs or not");
    back_verb->add_option("SESSION", o->session)->required();
    back_verb->add_option("OPTION", o->option, "Default: the plan's default option");
    back_verb->add_option("--reason", o->reason);
    common(back_verb);
    back_verb->callback([&action, o, within_loop] {
        action = [o, within_loop] { return within_loop([o] { return roll_back(*o); }); };
    });
}

} // namespace sluicectl
