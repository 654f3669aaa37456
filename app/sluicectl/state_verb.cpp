#include "base/instant.h"
#include "base/printable.h"
#include "base/quantity.h"
#include "release/decide.h"
#include "release/hold_clocks.h"
#include "release/schedule.h"
#include "release/ways_back.h"
#include "session/owner_lock.h"
#include "sluicectl/people.h"
#include "sluicectl/progress.h"
#include "sluicectl/session_file.h"
#include "sluicectl/standing.h"
#include "sluicectl/times.h"
#include "sluicectl/verbs.h"

#include <algorithm>
#include <fstream>

namespace sluicectl {

using sluice::Json;
using sluice::Nanos;
using sluice::nanos_text;
using sluice::Result;
using namespace sluice::release;

namespace {

/// How far a hold is at a moment: what the cockpit's card says of it.
struct HoldProgress {
    Nanos held, of;
    bool running = false;
    Nanos since;     ///< it has stood still since then, if it does
    std::string why; ///< it stands still
    Nanos deadline;
    std::vector<OwnClock> own; ///< of its important gates
};

/// None: the step is no hold, or holds no more, or not yet.
std::optional<HoldProgress> hold_progress(const Release& release, const sluice::plan::Step& step, Nanos now) {
    const auto* hold = std::get_if<sluice::plan::Hold>(&step.body);
    const StepState& state = release.at(step.id);
    if (!hold || (state.status != StepStatus::running && state.status != StepStatus::person)) {
        return std::nullopt;
    }
    return HoldProgress{std::min(hold->for_, state.hold.held_at(now)),
                        hold->for_,
                        state.hold.running,
                        state.hold.mark,
                        release.paused ? "the release is paused" : state.hold.why,
                        state.begun + hold->deadline,
                        own_clocks(release, step, *hold, now)};
}

void print_hold(const HoldProgress& hold, bool awaits_person, Nanos now) {
    fmt::print("    held {} of {}", clock(hold.held), clock(hold.of));
    if (awaits_person) {
        fmt::print(", a person advances\n");
        return;
    }
    if (!hold.running) {
        fmt::print(", stands still for {}{}", clock(std::max(Nanos{}, now - hold.since)),
                   hold.why.empty() ? "" : ": " + sluice::printable(hold.why));
    }
    const auto open =
        std::count_if(hold.own.begin(), hold.own.end(), [](const OwnClock& one) { return one.left().count > 0; });
    if (hold.held >= hold.of && open > 0) {
        fmt::print(", waits for {} important gate{}", open, open == 1 ? "" : "s");
    }
    fmt::print("; deadline {} (in {})\n", sluice::utc(hold.deadline), clock(std::max(Nanos{}, hold.deadline - now)));
}

/// What runs, and how it is found. A pid is one of the machine and the boot that it ran in.
void print_program(const Release& release, const sluice::plan::Step& step, Nanos now) {
    const auto found = release.operations.find(release.at(step.id).operation);
    if (!sluice::plan::is_program(step.body) || found == release.operations.end() ||
        found->second.phase != OperationState::Phase::in_flight) {
        return;
    }
    const OperationState& operation = found->second;
    fmt::print("    has run for {}", clock(std::max(Nanos{}, now - operation.began)));
    if (const auto pid = pid_of(operation.observed)) {
        std::string boot;
        std::ifstream stream("/proc/sys/kernel/random/boot_id");
        const auto ran_in = operation.observed.find("boot");
        const bool here = std::getline(stream, boot) && ran_in != operation.observed.end() && *ran_in == boot;
        fmt::print(", pid {}{}", *pid, here ? "" : " of another machine, or before this one was started anew");
    }
    fmt::print("\n");
}

/// `owned`: else nobody is at it.
std::string situation(const Release& release, bool owned) {
    return !release.outcome.empty()            ? release.outcome
           : !release.rollback.outcome.empty() ? "rolled back, not closed yet"
           : release.rollback.active           ? "rolling back"
           : release.aborted                   ? "aborting"
           : release.paused                    ? "paused"
           : !owned                            ? "not finished"
                                               : "running";
}

/// " (resolve make happened|run-again|abort --reason …; happened with --gave pod=…)"; empty = nothing settles it.
std::string how_to_resolve(const Release& release, const OperationState& operation, Nanos now) {
    const auto answers = answers_to_doubt(release, operation.intent.operation, now);
    if (answers.empty()) {
        return {};
    }
    const auto* step = release.step(operation.intent.step);
    const auto lost = step ? outputs_to_say(release, *step) : std::vector<std::string>{};
    const std::string gave =
        lost.empty() ? "" : fmt::format("; happened with --gave {}=…", fmt::join(lost, "=… --gave "));
    // A step stands for the operation of its last attempt.
    const bool last = release.at(operation.intent.step).operation == operation.intent.operation;
    return fmt::format(" (resolve {} {} --reason …{})", last ? operation.intent.step : operation.intent.operation,
                       fmt::join(answers, "|"), gave);
}

/// `as_of`: the present, where that is later. `owned`: a program has it, as far as can be told here.
void print_state(const Release& release, Nanos now, Nanos as_of, bool owned) {
    fmt::print("{} ({}), {} at {}\n", release.opened.session, release.opened.mode, situation(release, owned),
               sluice::utc(now));
    print_severity(release);
    if (release.released.count != 0) {
        const Nanos open = kept_open_until(release, now);
        fmt::print("released at {}{}\n", instant(release.released),
                   release.closed()  ? ""
                   : open.count != 0 ? "; the way back stays open until " + instant(open)
                                     : "; following up");
    }
    if (!release.opened.variant.empty()) {
        fmt::print("variant {} of the plan\n", release.opened.variant);
    }
    print_people(release);
    if (release.overrides > 0) {
        fmt::print("OVERRIDDEN {} time{}: the log says what, and why\n", release.overrides,
                   release.overrides == 1 ? "" : "s");
    }
    if (const auto awaits = closing_awaits(release); !awaits.empty()) {
        fmt::print("the session closes when what is still in flight has ended: {}\n", fmt::join(awaits, ", "));
    }
    if (release.plan) {
        for (const auto* list : {&release.plan->steps, &release.plan->rollback_steps}) {
            for (const auto& step : *list) {
                const auto& state = release.at(step.id);
                if (list == &release.plan->rollback_steps && state.status == StepStatus::to_come) {
                    continue;
                }
                const std::string never = does_not_apply(release, step);
                fmt::print("  {:<28} {:<20} {}\n", step.id, never.empty() ? name(state.status) : "does not apply",
                           sluice::printable(never.empty() ? state.why : never));
                print_program(release, step, as_of);
                print_lateness(release, step);
                print_approvals(release, step, now);
                if (const auto hold = hold_progress(release, step, now)) {
                    print_hold(*hold, state.status == StepStatus::person, now);
                }
                print_gates(release, step, now);
            }
        }
    }
    for (const auto& [traffic, weights] : release.split) {
        fmt::print("traffic {}:", traffic);
        for (const auto& [arm, weight] : weights) {
            fmt::print(" {} {} %", arm, weight);
        }
        fmt::print("\n");
    }
    if (const auto* since = no_return_since(release)) {
        fmt::print("PAST THE POINT OF NO RETURN since {}\n", since->id);
    }
    if (const auto way = way_back(release); way && !release.closed() && !no_return_since(release)) {
        fmt::print("rollback window {} {}, {} after {}\n", way->ends <= now ? "ENDED" : "until", sluice::utc(way->ends),
                   sluice::duration_text(*release.plan->rollback.within), counts_from(release));
    }
    print_readiness(release);
    for (const auto& [name, trigger] : release.triggers) {
        // A trigger that is judged by arm is told by arm: its own line would only say what it was armed as.
        const auto next = release.triggers.lower_bound(name + "/");
        if (next != release.triggers.end() && next->first.starts_with(name + "/")) {
            continue;
        }
        fmt::print("trigger {}: {}{}{}\n", name, trigger.state,
                   trigger.answer.empty() ? "" : " (" + trigger.answer + ")",
                   trigger.why.empty() ? "" : ": " + sluice::printable(trigger.why));
    }
    print_alerts(release);
    for (const auto& proposal : open_proposals(release)) {
        const auto* option = option_of(release, *proposal.trigger);
        fmt::print("PROPOSED: roll back by {} (trigger {}){}\n", option ? option->id : "?",
                   key_of(proposal.trigger->id, proposal.arm), unanswered(proposal, "; "));
    }
    for (const auto& amendment : release.amendments) {
        fmt::print("plan amended {} by {}: {} ({})\n", sluice::utc(amendment.time), amendment.by.name,
                   sluice::printable(fmt::format("{}", fmt::join(amendment.changes, ", "))),
                   sluice::printable(amendment.reason));
    }
    if (!release.copy.place.empty()) {
        fmt::print("second copy {}: {}{}\n", release.copy.state, release.copy.place,
                   release.copy.why.empty() ? "" : ": " + sluice::printable(release.copy.why));
    }
    for (const auto& [id, operation] : release.operations) {
        if (operation.phase == OperationState::Phase::in_doubt) {
            fmt::print("operation {}: in doubt: {}{}\n", id, sluice::printable(operation.why),
                       how_to_resolve(release, operation, now));
        } else if (operation.phase != OperationState::Phase::settled) {
            fmt::print("operation {}: in flight\n", id);
        } else if (release.at(operation.intent.step).operation == id &&
                   lost_only_outputs(release, operation.intent.step)) {
            fmt::print("operation {}: its answer is lost{}\n", id, how_to_resolve(release, operation, now));
        }
    }
}

/// The release, and what follows from it at that moment; of times, as of another that may be later.
Json state_json(const Release& release, Nanos now, Nanos as_of) {
    Json json = to_json(release);
    json["schedule"] = times_json(release, as_of);
    json["at"] = nanos_text(now);
    json["closing_awaits"] = closing_awaits(release);
    json["holds"] = Json::object();
    for (const auto* list : {&release.plan->steps, &release.plan->rollback_steps}) {
        for (const auto& step : *list) {
            if (const auto hold = hold_progress(release, step, now)) {
                Json own = Json::object();
                for (const auto& one : hold->own) {
                    own[key_of(one.gate->id, one.arm)] = {
                        {"held", nanos_text(one.held)}, {"of", nanos_text(one.gate->for_)}, {"running", one.running}};
                }
                json["holds"][step.id] = {{"important", own},
                                          {"held", nanos_text(hold->held)},
                                          {"of", nanos_text(hold->of)},
                                          {"running", hold->running},
                                          {"stands_still_since", hold->running ? "" : nanos_text(hold->since)},
                                          {"why", hold->running ? "" : hold->why},
                                          {"deadline", nanos_text(hold->deadline)}};
            }
        }
    }
    return json;
}

/// Of a run: a copy tells nothing of who goes on with the session elsewhere.
bool nobody_owns(const std::string& file) {
    const auto holder = sluice::session::OwnerLock::holder(file);
    return holder && !*holder;
}

int state(const std::string& file, const std::string& at, bool json) {
    const auto session = read_session(file);
    if (!session) {
        return complain(session.error());
    }
    const auto then = release_at(*session, file, at);
    if (!then) {
        return complain(then.error());
    }
    const auto& [release, now] = *then;
    const Nanos as_of = at.empty() ? std::max(now, present(release)) : now;
    const bool killed = at.empty() && !release.closed() && sluice::session::OwnerLock::left_behind(file);
    const bool unwatched = at.empty() && !release.closed() && !killed && nobody_owns(file);
    if (json) {
        Json all = release.plan ? state_json(release, now, as_of) : to_json(release);
        all["owner_killed"] = killed;
        all["nobody_looks_on"] = unwatched || killed;
        fmt::print("{}\n", all.dump());
        return done;
    }
    if (killed) {
        fmt::print("NOT RUNNING: the program that owned this session was killed; {}\n",
                   release.opened.mode == "run"
                       ? "'sluicectl resume' takes it up"
                       : "'sluicectl resume --range ADDRESS' takes it up if its range is a process of its own");
    }
    if (!release.plan && !release.opened.session.empty()) {
        fmt::print("ITS PLAN DOES NOT LOAD with this version of the program: nothing more can be told; '{}' wrote it\n",
                   sluice::printable(release.opened.program));
    }
    if (unwatched) {
        print_unwatched(release);
    }
    print_state(release, now, as_of, !unwatched && !killed);
    print_times(release, as_of);
    return done;
}

} // namespace

void add_state_verb(CLI::App& app, Action& action) {
    struct Options {
        std::string file, at;
        bool json = false;
    };
    const auto o = std::make_shared<Options>();
    auto* verb = app.add_subcommand("state", "Show a session's state, now or as it was");
    verb->add_option("SESSION", o->file, "Its file, also while it runs")->required();
    verb->add_option("--at", o->at, "T+00:42:13 (from T0, else from the start) or 2026-01-06T02:42:13Z")
        ->check(not_empty());
    verb->add_flag("--json", o->json, "All of it, for programs");
    verb->callback([&action, o] { action = [o] { return state(o->file, o->at, o->json); }; });
}

} // namespace sluicectl
