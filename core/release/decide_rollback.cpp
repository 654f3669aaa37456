/// The way back, and the ways to stand still.
#include "plan/step_graph.h"
#include "release/draft.h"
#include "release/window.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::release {
namespace {

/// What can simply be given up. A step whose operation is in flight stays: its outcome is recorded when it comes.
bool can_stop(const Release& release, const StepState& state) {
    if (over(state.status) || state.status == StepStatus::to_come) {
        return false;
    }
    const auto operation = release.operations.find(state.operation);
    return operation == release.operations.end() || operation->second.phase == OperationState::Phase::settled;
}

/// Whether everything that was sent so far comes before `reader`, so that what it would have read still stands.
bool nothing_sent_since(const Release& release, const StepId& reader) {
    const plan::Plan& plan = *release.plan;
    const plan::StepGraph graph(plan);
    const auto& phases = plan.phases;
    const auto phase_of = [&](const StepId& id) {
        return std::find_if(phases.begin(), phases.end(),
                            [phase = plan.phase_of(id)](const auto& one) { return &one == phase; });
    };
    return std::all_of(release.operations.begin(), release.operations.end(), [&](const auto& entry) {
        const StepId& sender = entry.second.intent.step;
        return is_rollback_step(release, sender) || graph.comes_before(sender, reader) ||
               phase_of(sender) < phase_of(reader);
    });
}

} // namespace

bool was_begun(const Release& release, const StepId& id) {
    const plan::Step* step = release.plan->step(id);
    if (step && std::holds_alternative<plan::External>(step->body)) {
        return release.at(id).attempt > 0; // a person may have typed it
    }
    return std::any_of(release.operations.begin(), release.operations.end(),
                       [&](const auto& entry) { return entry.second.intent.step == id; });
}

std::string nothing_to_put_back(const Release& release, const plan::Step& step) {
    std::string why;
    for (const auto& [name, giver] : step.wants) {
        if (release.values.contains(name)) {
            continue;
        }
        const plan::Step* reader = release.plan->step(giver);
        if (!reader || satisfies(release.at(giver).status) ||
            (plan::is_effect(reader->body) && was_begun(release, giver)) || !nothing_sent_since(release, giver)) {
            return {};
        }
        why = fmt::format("there is nothing to put back: '{}' had not given '{}' yet, and nothing that comes after it "
                          "was begun",
                          giver, name);
    }
    return why;
}

void stop_forward(Draft& draft, const std::string& why) {
    const auto plan = draft.state().plan;
    for (const auto& step : plan->steps) {
        const StepState& state = draft.state().at(step.id);
        if (step.always) {
            // Clean-up that has sent nothing yet does so in its turn, after the way back; so does who would type it.
            const bool unsent =
                state.status == StepStatus::running && plan::is_effect(step.body) && state.operation.empty();
            const bool untyped =
                state.status == StepStatus::person && std::holds_alternative<plan::External>(step.body);
            if (unsent || untyped) {
                draft.add(RetryPlanned{step.id, state.attempt, why, draft.now()});
            }
        } else if (can_stop(draft.state(), state)) {
            draft.add(StepFinished{step.id, std::max(state.attempt, 1), "stopped", why});
        }
    }
    for (std::size_t i = 0; i < draft.state().shifts.size(); ++i) {
        const HandShift& shift = draft.state().shifts[i];
        if (can_stop(draft.state(), shift.state)) {
            draft.add(StepFinished{StepId(shift.planned.id), shift.state.attempt, "stopped", why});
        }
    }
}

void start_rollback(Draft& draft, const RollBack& command) {
    const std::string cause = command.trigger.empty() ? "person" : "trigger";
    const Actor by = command.trigger.empty() ? draft.by() : Actor{"trigger " + command.trigger, ""};
    draft.add(RollbackStarted{command.option, cause, command.trigger, by, command.reason});
    stop_forward(draft, "rolled back");
}

namespace {

/// Whether `other` can take the place of the present way back; not for a trigger.
Verdict may_exchange(const Release& release, const RollBack& command) {
    const auto* other = release.plan->option(command.option);
    if (!command.trigger.empty() || !other || other->id == release.rollback.option) {
        return refuse("it is being rolled back already", release.rollback.option);
    }
    const auto ways = other_ways(release);
    if (std::find(ways.begin(), ways.end(), other) != ways.end()) {
        return {};
    }
    return ways.empty() && !way_stuck(release)
               ? refuse("it is being rolled back already", release.rollback.option,
                        "another way back can be asked for when a step of this one has failed")
               : refuse("this way back was tried already", command.option,
                        "its steps and those of the present one can be retried or skipped in triage");
}

/// What of the present way back is not over: given up; what is in flight ends by itself.
void leave_way(Draft& draft, const std::string& for_option) {
    const auto plan = draft.state().plan;
    for (const auto& step : plan->rollback_steps) {
        const StepState& state = draft.state().at(step.id);
        if (can_stop(draft.state(), state)) {
            draft.add(StepFinished{step.id, std::max(state.attempt, 1), "stopped", "rolled back by " + for_option});
        }
    }
}

} // namespace

Verdict on(Draft& draft, const RollBack& command) {
    const Release& release = draft.state();
    if (release.rollback.active) {
        if (auto may = may_exchange(release, command); !may) {
            return may;
        }
    }
    const plan::Option* option =
        command.option.empty() ? default_option(release) : release.plan->option(command.option);
    if (!option) {
        std::vector<std::string> ids;
        for (const auto& one : release.plan->rollback.options) {
            ids.push_back(one.id);
        }
        return refuse(command.option.empty() ? "the plan has no rollback"
                                             : "the plan has no rollback option '" + command.option + "'",
                      release.plan->id, ids.empty() ? "" : fmt::format("one of: {}", fmt::join(ids, ", ")));
    }
    if (const std::string why = not_available(release, *option); !why.empty()) {
        return refuse("this option is not available now: " + why, option->id);
    }
    RollBack asked = command;
    asked.option = option->id;
    if (release.rollback.active) {
        leave_way(draft, asked.option);
    }
    start_rollback(draft, asked);
    return {};
}

Verdict on(Draft& draft, const CloseWayBack& command) {
    if (kept_open_until(draft.state(), draft.now()).count == 0) {
        return refuse("the session is not kept open for a way back", draft.state().opened.session,
                      "it closes by itself when all of its steps are over; 'abort' ends it before");
    }
    if (auto reason = reason_given(command.reason, draft.state().opened.session); !reason) {
        return reason;
    }
    draft.add(WayBackClosed{draft.by(), command.reason});
    return {};
}

Verdict on(Draft& draft, const Abort& command) {
    if (auto reason = reason_given(command.reason, draft.state().opened.session); !reason) {
        return reason;
    }
    if (draft.state().rollback.active) {
        return refuse("a rollback can't be aborted", draft.state().rollback.option,
                      "its steps can be retried or skipped in triage");
    }
    if (kept_open_until(draft.state(), draft.now()).count != 0) {
        return refuse("all of it is done: there is nothing to abort", draft.state().opened.session,
                      "'close' ends the session now, 'roll-back' goes back");
    }
    if (draft.state().aborted) {
        return refuse("it is being aborted already", draft.state().opened.session);
    }
    draft.add(Aborted{draft.by(), command.reason});
    stop_forward(draft, "aborted");
    return {};
}

Verdict on(Draft& draft, const Pause& command) {
    if (draft.state().paused && !paused_by_calendar(draft.state())) {
        return refuse("it is paused already", draft.state().opened.session);
    }
    if (draft.state().rollback.active || draft.state().aborted) {
        return refuse("the way back is not paused", draft.state().opened.session);
    }
    pause_until_continued(draft, draft.by(), command.reason);
    return {};
}

Verdict on(Draft& draft, const Continue&) {
    if (!draft.state().paused) {
        return refuse("it is not paused", draft.state().opened.session);
    }
    if (const plan::Phase* phase = kept_by_window(draft.state())) {
        return refuse("the window of '" + phase->id + "' has ended", phase->id,
                      (paused_by_calendar(draft.state())
                           ? "it goes on by itself when the window opens again; 'override "
                           : "continue it when the window opens again; 'override ") +
                          phase->id + "' with a reason goes on before");
    }
    draft.add(Continued{draft.by()});
    return {};
}

} // namespace sluice::release
