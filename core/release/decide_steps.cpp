/// Probes, waits, failures and what a person makes of them.
#include "release/covered.h"
#include "release/decide.h"
#include "release/demand.h"
#include "release/draft.h"
#include "release/hold_clocks.h"
#include "release/retire.h"
#include "release/shift.h"

#include <fmt/format.h>

namespace sluice::release {
namespace {

bool window_open(const Draft& draft) {
    const auto answer = plan::ask(draft.state().plan->calendar, draft.now());
    return answer && answer->open;
}

void tick_wait(Draft& draft, const plan::Step& step, const plan::Wait& wait) {
    const StepState& state = draft.state().at(step.id);
    if (wait.window && window_open(draft)) {
        draft.add(StepFinished{step.id, state.attempt, "passed", "the calendar is open"});
    } else if (wait.for_ && !wait.until && state.begun + *wait.for_ <= draft.now()) {
        draft.add(StepFinished{step.id, state.attempt, "passed", "the time is over"});
    } else if (wait.until && holds(draft, *wait.until).truth == plan::Truth::yes) {
        draft.add(StepFinished{step.id, state.attempt, "passed", holds(draft, *wait.until).why});
    } else if (wait.deadline && state.begun + *wait.deadline <= draft.now()) {
        fail_step(draft, step, "what it waits for did not come before its deadline");
    }
}

void tick_hold(Draft& draft, const plan::Step& step, const plan::Hold& hold) {
    const StepState& state = draft.state().at(step.id);
    if (!draft.state().paused && state.begun + hold.deadline <= draft.now()) {
        fail_step(draft, step, "its gates did not hold together for long enough before its deadline");
    } else if (const auto due = next_heartbeat(state); due && *due <= draft.now()) {
        draft.add(HoldHeartbeat{step.id, state.hold.held_at(draft.now())});
    }
}

} // namespace

bool given_up(const Release& release, const plan::Step& step) {
    const RollbackState& back = release.rollback;
    if (step.always) {
        return false;
    }
    if (is_rollback_step(release, step.id)) {
        return back.active && release.plan->option_of(step.id) != release.plan->option(back.option);
    }
    return back.active || release.aborted;
}

void fail_step(Draft& draft, const plan::Step& step, const std::string& why) {
    const int attempt = draft.state().at(step.id).attempt;
    const std::string asked = draft.state().at(step.id).stop_asked;
    if (draft.state().hand_shift(step.id)) {
        draft.add(StepFinished{step.id, attempt, "failed", why}); // the plan does not wait for it
    } else if (given_up(draft.state(), step)) {
        draft.add(StepFinished{step.id, attempt, "stopped", why});
    } else if (!asked.empty()) { // whoever stopped it says what comes next
        draft.add(TriageOpened{step.id, attempt, why + "; " + asked});
    } else if (attempt <= step.retry.times) {
        draft.add(RetryPlanned{step.id, attempt, why, draft.now() + step.retry.every});
    } else if (std::holds_alternative<plan::Notify>(step.body) && !step.required) {
        draft.add(StepFinished{step.id, attempt, "skipped", "not told: " + why}); // it never stops the plan
    } else {
        draft.add(TriageOpened{step.id, attempt, why});
    }
}

void again(Draft& draft, const plan::Step& step, int last_attempt, const std::string& why) {
    // A pause stops new steps, and this one starts when it is over; what a person moves by hand it does not hold.
    const bool held = draft.state().paused && !draft.state().hand_shift(step.id);
    if (held) { // NOLINT(bugprone-branch-clone): each branch has a reason of its own
        draft.add(RetryPlanned{step.id, last_attempt, why, draft.now()});
    } else if (const StepId approval = unapproved(draft.state(), step); !approval.empty()) {
        draft.add(RetryPlanned{step.id, last_attempt, approval + " must be approved again", draft.now()});
    } else if (step.always && (draft.state().aborted || draft.state().rollback.active)) {
        // It cleans up: in its turn, once the way back is gone and nothing of the plan is at work any more.
        draft.add(RetryPlanned{step.id, last_attempt, why, draft.now()});
    } else if (!needs_met(draft.state(), step)) {
        draft.add(RetryPlanned{step.id, last_attempt, "what it needs is asked for again", draft.now()});
    } else if ((waits_for_gates(step) && !std::holds_alternative<plan::Hold>(step.body)) ||
               !still_serves(draft.state(), step).empty() || !moved_by_hand(draft.state(), step).empty()) {
        draft.add(RetryPlanned{step.id, last_attempt, why, draft.now()}); // it waits as before its first start
    } else {
        start(draft, step, last_attempt + 1);
    }
}

Verdict on(Draft& draft, const Tick& command) {
    draft.latest = command.latest;
    draft.several = command.several;
    draft.earlier = command.earlier;
    const auto plan = draft.state().plan;
    if (!draft.state().closed()) {
        watch_windows(draft); // what a window held has gone on before its own times are looked at
    }
    for (const auto* list : {&plan->steps, &plan->rollback_steps}) {
        for (const auto& step : *list) {
            if (draft.state().at(step.id).status != StepStatus::running) {
                continue;
            }
            if (const auto* wait = std::get_if<plan::Wait>(&step.body)) {
                tick_wait(draft, step, *wait);
            } else if (const auto* hold = std::get_if<plan::Hold>(&step.body)) {
                tick_hold(draft, step, *hold);
            }
        }
    }
    return {};
}

Verdict on(Draft& draft, const ProbeAnswer& command) {
    const auto found = named(draft, command.step);
    if (!found) {
        return failed(found);
    }
    const auto& body = found->step->body;
    if (!(std::holds_alternative<plan::Probe>(body) || std::holds_alternative<plan::External>(body)) ||
        found->state->status != StepStatus::running || found->state->attempt != command.attempt) {
        return {}; // an answer to a question that nobody asks any more
    }
    if (command.met) {
        take_outputs(draft, command.step, command.outputs);
        draft.add(StepFinished{command.step, command.attempt, "passed", command.why});
    } else if (command.last) {
        fail_step(draft, *found->step, command.why);
    } else if (found->state->why != command.why) {
        draft.add(StepProbed{command.step, command.attempt, command.why});
    }
    return {};
}

Verdict on(Draft& draft, const Retry& command) {
    const auto found = named(draft, command.step);
    if (!found) {
        return failed(found);
    }
    if (found->state->status != StepStatus::triage && found->state->status != StepStatus::retrying) {
        return refuse(fmt::format("the step is {}, not failed", name(found->state->status)), command.step,
                      "only a failed step can be tried again");
    }
    if (given_up(draft.state(), *found->step)) {
        return refuse(is_rollback_step(draft.state(), command.step) ? "it is rolled back by another way now"
                                                                    : "the plan is not going forward any more",
                      command.step);
    }
    const auto& back = draft.state().rollback;
    if (found->step->always && back.active && back.outcome.empty()) {
        return refuse("the way back comes first", command.step, "try again once that is gone");
    }
    draft.add(TriageAnswered{command.step, "retry", draft.by(), command.reason});
    again(draft, *found->step, found->state->attempt, command.reason);
    return {};
}

Verdict on(Draft& draft, const Stop& command) {
    const auto found = named(draft, command.step);
    if (!found) {
        return failed(found);
    }
    const StepState& state = *found->state;
    const auto& body = found->step->body;
    if (state.status != StepStatus::running) {
        return refuse(fmt::format("the step is {}", name(state.status)), command.step,
                      state.status == StepStatus::retrying
                          ? "between two attempts nothing is at work: 'skip' leaves it out, 'retry' does not wait"
                          : "only what is at work can be stopped");
    }
    const bool asks = std::holds_alternative<plan::Probe>(body) || std::holds_alternative<plan::External>(body);
    if (!asks && !plan::is_program(body)) {
        return refuse(plan::a_kind(body) + " is not stopped half-way", command.step,
                      "it ends with its answer or its timeout; to roll back or to abort goes on without it");
    }
    if (!asks && state.operation.empty()) {
        return refuse("it is about to start: there is nothing to stop yet", command.step, "try again");
    }
    if (!state.stop_asked.empty()) {
        return refuse("it is being ended already", command.step, "what does not end is killed after ten seconds");
    }
    if (auto reason = reason_given(command.reason, command.step); !reason) {
        return reason;
    }
    const plan::Step& step = *found->step;
    draft.add(StopAsked{step.id, state.attempt, draft.by(), command.reason});
    if (asks) {
        fail_step(draft, step, "it is not asked any more");
    }
    return {};
}

namespace {

/// The approval that the policy demands and that goes with the step: it is one, or a group in which one stands.
StepId demanded_in(const Release& release, const plan::Step& step) {
    for (const auto& other : release.plan->steps) {
        if (!std::holds_alternative<plan::Approve>(other.body) || satisfies(release.at(other.id).status)) {
            continue;
        }
        const plan::Step* at = &other;
        while (at != nullptr && at->id != step.id) { // what stands in a decision may not be chosen either
            at = at->parent.empty() ? nullptr : release.plan->step(at->parent);
            at = at != nullptr && std::holds_alternative<plan::Group>(at->body) ? at : nullptr;
        }
        if (at != nullptr && demand(release, other).by_policy) {
            return other.id;
        }
    }
    return {};
}

} // namespace

Verdict on(Draft& draft, const Skip& command) {
    const auto found = named(draft, command.step);
    if (!found) {
        return failed(found);
    }
    const StepStatus status = found->state->status;
    if (status != StepStatus::triage && status != StepStatus::person && status != StepStatus::waiting &&
        status != StepStatus::retrying) {
        return refuse(fmt::format("the step is {}", name(status)), command.step,
                      "a step can be skipped when it failed, waits, or awaits a person");
    }
    if (const StepId approval = demanded_in(draft.state(), *found->step); !approval.empty()) {
        return refuse(approval == command.step ? "the policy demands this approval"
                                               : "the policy demands the approval " + approval + " in it",
                      command.step, "who may, goes on without it: break-glass; else roll back or abort");
    }
    if (found->step->required) {
        return refuse("the plan says that this step is required", command.step, "retry it, roll back or abort");
    }
    if (auto reason = reason_given(command.reason, command.step); !reason) {
        return reason;
    }
    if (!command.outputs.empty() && found->state->attempt == 0) {
        return refuse("it has not begun, so it gave nothing", command.step, "skip it without saying what it gave");
    }
    const auto outputs = outputs_given(draft.state(), *found->step, command.outputs, !command.outputs.empty());
    if (!outputs) {
        return failed(outputs);
    }
    const int attempt = std::max(found->state->attempt, 1);
    draft.add(TriageAnswered{command.step, "skip", draft.by(), command.reason});
    take_outputs(draft, command.step, *outputs, draft.by());
    draft.add(StepFinished{command.step, attempt, "skipped", command.reason});
    return {};
}

} // namespace sluice::release
