#include "base/instant.h"
#include "base/json.h"
#include "host/hung_owner.h"
#include "host/live_session.h"
#include "host/plan_check.h"
#include "host/policy_file.h"
#include "host/remote_rehearsal.h"
#include "host/take_up.h"
#include "host/user.h"
#include "release/demand.h"
#include "release/ways_back.h"
#include "sluicectl/console.h"
#include "sluicectl/follow.h"
#include "sluicectl/progress.h"
#include "sluicectl/session_file.h"
#include "sluicectl/verbs.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <unistd.h>

namespace sluicectl {
namespace {

struct RunOptions {
    std::string plan, session, copy, range, role, policy, start, opening, option, reason, variant;
    std::vector<std::string> set, faults, operators;
    double speed = 0;
    std::uint64_t seed = 1;
    bool assume_yes = false;
    bool take_over = false;
    bool no_input = false;
    bool quiet = false;
    bool until_released = false;
};

int exit_of(const std::string& outcome) {
    if (outcome == "done") {
        return done;
    }
    return outcome.empty() ? person_needed : release_failed;
}

/// Of a rehearsal whose answers are assumed: not even what never is, is answered by somebody.
bool unattended(const RunOptions& options) {
    return options.assume_yes && !options.no_input;
}

/// What happened at the start, before anybody could listen; of a resumed session, from its resuming.
void introduce(sluice::host::SessionHost& host, Progress& progress) {
    const auto& release = host.engine().release();
    const auto session = read_session(host.file().string());
    if (!session) {
        return; // the log tells it
    }
    const auto begins = [](const sluice::release::Event& event) {
        return std::holds_alternative<sluice::release::SessionOpened>(event.body) ||
               std::holds_alternative<sluice::release::SessionResumed>(event.body);
    };
    const auto last = std::find_if(session->events.rbegin(), session->events.rend(), begins);
    const auto seen = last == session->events.rend() ? 0 : session->events.rend() - last - 1;
    fmt::print("policy: {}\n", release.policy ? fmt::format("{} ({})", release.bound.file, release.bound.digest)
                                              : std::string("no policy"));
    fmt::print("key: {} (for 'sluicectl verify --key')\n", host.engine().journal().key().verifier().text());
    progress.show(release, std::span(session->events).subspan(static_cast<std::size_t>(seen)));
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
    for (const auto& warning : host.warnings()) {
        fmt::print(stderr, "sluicectl: {}\n", warning);
    }
    if (!options.quiet) {
        introduce(host, progress);
        engine.journal().listen(
            [&](std::span<const sluice::release::Event> events) { progress.show(engine.release(), events); });
    }
    Console console(host, by, !options.no_input && !options.assume_yes);
    const auto leave_when_released = [&] {
        const auto& state = engine.release();
        const bool leave = options.until_released && state.released.count != 0 && !state.closed() &&
                           !state.rollback.active && !sluice::release::needs_decision(state) &&
                           sluice::release::in_flight(state).empty();
        if (leave) {
            host.scheduler().after({}, [&] { finish(done); });
        }
        return leave;
    };
    const auto go_or_stop = [&] {
        if (leave_when_released()) {
            return;
        }
        if (engine.looking_back()) {
            return; // what is in doubt may be told yet
        }
        // What a trigger has proposed is taken at the end of its grace: the rehearsal goes on to see that.
        const bool nobody =
            console.stuck() || (unattended(options) && sluice::release::needs_decision(engine.release()) &&
                                !sluice::release::rolls_back_unanswered(engine.release()));
        if (nobody && !engine.release().closed()) {
            host.scheduler().after({}, [&] { finish(person_needed); });
        }
    };
    engine.journal().listen([&](std::span<const sluice::release::Event>) { go_or_stop(); });
    console.on_end_of_input(go_or_stop); // what is in doubt since before the resume tells nothing new
    engine.on_looked_back(go_or_stop);
    leave_when_released(); // it may be so already
    host.on_closed([&] { finish(exit_of(engine.release().outcome)); });
    host.on_broken([&](const sluice::Error& error) { finish(complain(error)); });
    host.on_standstill([&](const sluice::Error& error) {
        complain(error);
        if (!options.no_input) { // else commands may come
            finish(person_needed);
        }
    });
    if (!over) {
        const int ended = QCoreApplication::exec();
        code = over ? code : ended;
    }
    if (!options.quiet) {
        Progress::sum_up(engine.release());
    }
    fmt::print("session: {}\n", host.file().string());
    if (const auto copy = host.copy()) {
        const char* remark = copy->whole || !host.has_closed() ? "" : " (NOT COMPLETE: copy the session by hand)";
        fmt::print("copy: {}{}\n", copy->place.string(), remark);
    }
    return code;
}

/// `fresh`: a new session, whose people and policy are told now; another one knows its own.
sluice::Result<sluice::host::StartOptions> start_options(const RunOptions& options, bool fresh) {
    auto values = sluice::host::settings(options.set);
    if (!values) {
        return sluice::failed(values);
    }
    auto places = sluice::host::own_paths();
    if (!places) {
        return sluice::failed(places);
    }
    sluice::host::StartOptions start;
    start.plan_file = options.plan;
    start.values = std::move(*values);
    start.session = options.session;
    start.copy = options.copy;
    start.variant = options.variant;
    start.paths = std::move(*places);
    if (fresh) {
        if (auto taken = sluice::host::take_people(start, {options.policy, options.operators, options.role}); !taken) {
            return sluice::failed(taken);
        }
    } else {
        auto comes = sluice::host::who_comes({options.policy, options.operators, options.role});
        if (!comes) {
            return sluice::failed(comes);
        }
        start.by = std::move(*comes);
    }
    start.wrapper = sluice::host::wrapper_beside_us();
    if (!options.opening.empty()) {
        const auto opening = day_and_time("--opening", options.opening);
        if (!opening) {
            return sluice::failed(opening);
        }
        start.opening = *opening;
    }
    return start;
}

int run_plan(const RunOptions& options) {
    const auto start = start_options(options, true);
    if (!start) {
        return complain(start.error());
    }
    auto host = sluice::host::LiveSession::run(*start);
    return host ? watch(**host, start->by, options) : complain(host.error());
}

int watch_rehearsal(sluice::host::SessionHost& host, const sluice::release::Actor& by, const RunOptions& options) {
    const auto& release = host.engine().release();
    for (const auto& warning : sluice::host::unsimulated_metrics(*release.plan, release.opened.variables)) {
        fmt::print(stderr, "{}\n", sluice::plan::to_text(warning, options.plan));
    }
    return watch(host, by, options);
}

int rehearse(const RunOptions& options) {
    const auto start = start_options(options, true);
    if (!start) {
        return complain(start.error());
    }
    sluice::host::RehearsalOptions rehearsal{*start, options.speed,      options.seed,       options.faults,
                                             {},     options.assume_yes, unattended(options)};
    if (!options.start.empty()) {
        const auto at = day_and_time("--start", options.start);
        if (!at) {
            return complain(at.error());
        }
        rehearsal.start = *at;
    }
    if (!options.range.empty()) {
        auto host = sluice::host::RemoteRehearsal::start(rehearsal, options.range);
        return host ? watch_rehearsal(**host, start->by, options) : complain(host.error());
    }
    auto host = sluice::host::Rehearsal::start(rehearsal);
    return host ? watch_rehearsal(**host, start->by, options) : complain(host.error());
}

using Host = std::unique_ptr<sluice::host::SessionHost>;

sluice::Result<Host> take_up(const RunOptions& options, const sluice::host::StartOptions& start) {
    sluice::host::TakeUp wanted{start, options.range, options.assume_yes};
    if (options.take_over) {
        auto ended = sluice::host::end_hung_owner(start.paths, options.session);
        if (!ended) {
            return sluice::failed(ended);
        }
        if (!ended->empty()) {
            fmt::print("taken over from {}, which did not answer\n", *ended);
        }
        wanted.taken_over_from = std::move(*ended);
    }
    return sluice::host::take_up(wanted);
}

int resume(const RunOptions& options) {
    const auto start = start_options(options, false);
    if (!start) {
        return complain(start.error());
    }
    const auto outcome = sluice::host::closed_outcome(options.session);
    if (outcome && *outcome) {
        std::error_code ignored;
        std::filesystem::remove(sluice::host::socket_of(start->paths, options.session), ignored); // of one killed since
        fmt::print("the session is closed: {}\n", **outcome);
        return exit_of(**outcome);
    }
    auto host = take_up(options, *start);
    if (!host) {
        return complain(host.error());
    }
    const auto by = sluice::release::in_role((*host)->engine().release(), start->by, "");
    return watch(**host, by, options); // closed, but killed before its file was whole: it is made whole
}

/// Done when it is what is asked for; another way back has left other things behind.
int is_rolled_back(const RunOptions& options) {
    const auto taken = sluice::host::way_back_taken(options.session);
    if (!taken) {
        return complain(taken.error());
    }
    if (!options.option.empty() && options.option != *taken) {
        return complain(
            {sluice::ErrorCode::refused,
             fmt::format("the session was rolled back by '{}', not by '{}', and is closed", *taken, options.option),
             options.session, "what '" + options.option + "' does beyond it is to be done by hand"});
    }
    fmt::print("the session is closed: rolled-back by {}\n", *taken);
    return done;
}

int roll_back(const RunOptions& options) {
    const auto start = start_options(options, false);
    if (!start) {
        return complain(start.error());
    }
    const auto over = sluice::host::closed_outcome(options.session);
    if (over && *over == "rolled-back") {
        return is_rolled_back(options);
    }
    if (over && *over) {
        return complain({sluice::ErrorCode::refused, "the session is closed: " + **over, options.session,
                         "it can't be rolled back"});
    }
    const sluice::release::RollBack command{options.option, "",
                                            options.reason.empty() ? "asked by command" : options.reason};
    // An owner that is to be taken over from is not waited for a second time: whether it answers is seen there.
    const auto sent = options.take_over
                          ? sluice::Result<sluice::Json>(sluice::fail(sluice::ErrorCode::not_found, "not asked"))
                          : send_command(*start, options.session, command);
    if (sent) {
        const auto outcome =
            follow_until_closed(*start, options.session, sent->value("first", std::int64_t{1}), options.quiet);
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
    const auto by = sluice::release::in_role((*host)->engine().release(), start->by, "");
    if (const auto receipt = (*host)->engine().submit(command, by); !receipt) {
        return complain(receipt.error());
    }
    const int code = watch(**host, by, options);
    return (*host)->engine().release().outcome == "rolled-back" ? done : code;
}

} // namespace

void add_run_verbs(CLI::App& app, Action& action) {
    const auto o = std::make_shared<RunOptions>();
    const auto common = [o](CLI::App* verb, const char* who = "who leads; default your login name. Again for each who "
                                                              "is on the bridge too") {
        verb->add_option("--operator", o->operators, std::string("NAME[:ROLE,ROLE]: ") + who)->allow_extra_args(false);
        verb->add_option("--role", o->role, "As which role; default one that the policy gives, else release-lead");
        verb->add_flag("--quiet", o->quiet, "Print only the outcome");
        verb->add_flag("--no-input", o->no_input, "Nobody is at this terminal: commands come by 'sluicectl do'");
    };
    const auto leaves = [o](CLI::App* verb) {
        verb->add_flag("--until-released", o->until_released,
                       "Leave when only follow-up work is left; 'resume' goes on with it");
    };
    const auto copied = [o](CLI::App* verb) {
        verb->add_option("--copy", o->copy,
                         "Keep a second copy of the session there: a folder or a file, best on another machine");
    };
    const auto plan = [o, copied](CLI::App* verb) {
        copied(verb);
        verb->add_option("PLAN", o->plan, "File of the plan")->required();
        verb->add_option("--set", o->set, "NAME=VALUE, of a variable of the plan")->allow_extra_args(false);
        verb->add_option("--policy", o->policy,
                         "The organisation's policy; default $SLUICE_POLICY, else policy.yaml in your configuration");
        verb->add_option("--session", o->session, "File of the session; default among your sessions");
        verb->add_option("--variant", o->variant, "Another way through the plan, for a contingency");
        verb->add_option("--opening", o->opening,
                         "The opening of the calendar that it is for, if not the next: 2026-01-06T02:00:00Z; T0 does "
                         "not come before")
            ->check(not_empty());
    };
    const auto within_loop = [](const std::function<int()>& body) {
        int argc = 1;
        char name[] = "sluicectl";
        char* argv[] = {name, nullptr};
        QCoreApplication loop(argc, argv);
        return body();
    };

    const CLI::Validator speed(
        [](const std::string& text) {
            const auto number = sluice::parse_number(text);
            return number && std::isfinite(*number) && *number >= 0 ? std::string() : "'" + text + "' is no speed";
        },
        "FLOAT");

    auto* run_verb = app.add_subcommand("run", "Run a plan against production");
    plan(run_verb);
    common(run_verb);
    leaves(run_verb);
    run_verb->callback(
        [&action, o, within_loop] { action = [o, within_loop] { return within_loop([o] { return run_plan(*o); }); }; });

    auto* rehearse_verb = app.add_subcommand("rehearse", "Run a plan against a simulated production");
    plan(rehearse_verb);
    common(rehearse_verb);
    leaves(rehearse_verb);
    rehearse_verb
        ->add_option("--speed", o->speed, "Seconds of the rehearsal a real second at most; 0 = as fast as it can")
        ->check(speed)
        ->capture_default_str();
    rehearse_verb->add_option("--seed", o->seed, "One seed gives one log")
        ->check(whole_number())
        ->capture_default_str();
    rehearse_verb
        ->add_option("--fault", o->faults, "'WHEN WHAT [for D] [on ARM]', for example 'split:green>=25 errors 6%'")
        ->allow_extra_args(false);
    rehearse_verb->add_option("--start", o->start, "When the rehearsal begins, for example 2026-01-06T02:00:00Z")
        ->check(not_empty());
    rehearse_verb->add_flag("--assume-yes", o->assume_yes, "Answer confirms, approvals and decisions");
    rehearse_verb->add_option("--range", o->range, "A range in a process of its own, by the address that it printed");
    rehearse_verb->callback(
        [&action, o, within_loop] { action = [o, within_loop] { return within_loop([o] { return rehearse(*o); }); }; });

    auto* resume_verb = app.add_subcommand("resume", "Go on with a session whose program ended");
    resume_verb->add_option("SESSION", o->session, "Its file")->required();
    common(resume_verb, "who goes on with it; default your login name");
    leaves(resume_verb);
    resume_verb->add_flag("--assume-yes", o->assume_yes, "Of a rehearsal: answer confirms, approvals and decisions");
    resume_verb->add_option("--range", o->range, "Of a rehearsal: its range");
    const auto take_over = [o](CLI::App* verb) {
        verb->add_flag("--take-over", o->take_over, "End the program that owns it first, if that does not answer");
    };
    take_over(resume_verb);
    copied(resume_verb);
    resume_verb->add_option("--plan", o->plan, "Of a rehearsal: the plan's file");
    resume_verb->callback(
        [&action, o, within_loop] { action = [o, within_loop] { return within_loop([o] { return resume(*o); }); }; });

    auto* back_verb = app.add_subcommand("roll-back", "Roll a session back, whether its program runs or not");
    back_verb->add_option("SESSION", o->session, "Its file")->required();
    back_verb->add_option("OPTION", o->option, "Default: the plan's default option");
    back_verb->add_option("--reason", o->reason, "Stays in the log");
    take_over(back_verb);
    common(back_verb, "who rolls it back; default your login name");
    back_verb->callback([&action, o, within_loop] {
        action = [o, within_loop] { return within_loop([o] { return roll_back(*o); }); };
    });
}

} // namespace sluicectl
