/// Intents, outcomes, and what to do when an outcome is not known.
#include "base/digest.h"
#include "release/decide.h"
#include "release/draft.h"
#include "release/shift.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::release {
namespace {

/// The operation in flight that writes one of these objects; empty = none.
OperationId writer_of(const Release& release, const std::vector<std::string>& targets) {
    for (const auto& id : in_flight(release)) {
        for (const auto& target : release.operations.at(id).intent.targets) {
            if (std::find(targets.begin(), targets.end(), target) != targets.end()) {
                return id;
            }
        }
    }
    return {};
}

Result<const OperationState*> open_operation(const Draft& draft, const OperationId& id) {
    const auto found = draft.state().operations.find(id);
    if (found == draft.state().operations.end()) {
        return refuse("there is no such operation", id, "'sluicectl state' lists them");
    }
    return &found->second;
}

bool current(const Release& release, const OperationState& operation) {
    const StepState& state = release.at(operation.intent.step);
    return state.operation == operation.intent.operation && !over(state.status);
}

/// After so many attempts without an outcome a person is asked.
constexpr int most_repeats = 4;

/// The share of each arm may have changed: what was seen before is no evidence for what is there now.
void restart_holds_after_shift(Draft& draft, const StepId& step) {
    if (draft.state().hand_shift(step)) {
        restart_holds(draft, "traffic was shifted by hand");
    }
}

/// A shift by hand is sent again only while it could be asked for: the plan has gone on meanwhile.
bool may_repeat(const Release& release, const StepId& step) {
    const HandShift* shift = release.hand_shift(step);
    return shift ? may_shift_again(release, *shift).has_value() : !given_up(release, *release.step(step));
}

/// What 'abort' itself refuses is not aborted by an answer to a doubt. What is given up already only ends by it.
Verdict may_abort(const Release& release, Nanos now, const OperationId& operation, const plan::Step& step) {
    if (is_rollback_step(release, step.id)) {
        return refuse("a rollback can't be aborted", operation, "happened, run-again or skip");
    }
    if (release.closed()) {
        return refuse("the session is closed: " + release.outcome, operation, "happened or skip");
    }
    if (step.always && (release.aborted || release.rollback.active)) {
        return refuse("clean-up is not aborted", operation, "happened, run-again or skip");
    }
    if (kept_open_until(release, now).count != 0) {
        return refuse("all of it is done: there is nothing to abort", operation, "happened or skip");
    }
    return {};
}

} // namespace

Verdict on(Draft& draft, const Prepared& command) {
    const Intent& intent = command.intent;
    const auto found = named(draft, intent.step);
    if (!found) {
        return failed(found);
    }
    if (!plan::is_effect(found->step->body)) {
        return refuse(plan::a_kind(found->step->body) + " changes nothing outside", intent.step);
    }
    if (found->state->status != StepStatus::running || found->state->attempt != intent.attempt ||
        !found->state->operation.empty()) {
        return refuse("the step does not ask for this any more", intent.step);
    }
    if (intent.operation.empty() || draft.state().operations.contains(intent.operation)) {
        return refuse("'" + intent.operation + "' is not the name of a new operation", intent.step);
    }
    if (const OperationId other = writer_of(draft.state(), intent.targets); !other.empty()) {
        return fail(ErrorCode::conflict, "operation " + other + " is still writing the same object", intent.step,
                    "it is read back first");
    }
    draft.add(intent);
    return {};
}

Verdict on(Draft& draft, const Unprepared& command) {
    const auto found = named(draft, command.step);
    if (!found) {
        return failed(found);
    }
    if (plan::is_effect(found->step->body) && found->state->status == StepStatus::running &&
        found->state->attempt == command.attempt && found->state->operation.empty()) {
        fail_step(draft, *found->step, command.why);
    }
    return {};
}

Verdict on(Draft& draft, const Seen& command) {
    const auto operation = open_operation(draft, command.operation);
    if (!operation) {
        return failed(operation);
    }
    draft.add(Observed{command.operation, command.what});
    return {};
}

Verdict on(Draft& draft, const Outcome& command) {
    const auto operation = open_operation(draft, command.settled.operation);
    if (!operation) {
        return failed(operation);
    }
    if ((*operation)->phase == OperationState::Phase::settled) {
        return {}; // told twice: by its reply and by a read-back
    }
    const Intent intent = (*operation)->intent;
    const bool mine = current(draft.state(), **operation);
    draft.add(command.settled);
    restart_holds_after_shift(draft, intent.step);
    if (!mine) {
        return {}; // late: recorded, and nothing waits for it
    }
    if (command.settled.succeeded) {
        take_outputs(draft, intent.step, command.outputs);
        if (!command.lost.empty()) {
            const std::string why = "it happened, but " + command.lost;
            if (given_up(draft.state(), *draft.state().step(intent.step))) {
                draft.add(StepFinished{intent.step, intent.attempt, "stopped", why});
            } else {
                draft.add(TriageOpened{intent.step, intent.attempt, why});
            }
            return {};
        }
        draft.add(StepFinished{intent.step, intent.attempt, "passed", command.settled.why});
    } else if (command.repeat && intent.attempt < most_repeats && may_repeat(draft.state(), intent.step) &&
               draft.state().at(intent.step).stop_asked.empty()) {
        if (draft.state().hand_shift(intent.step)) {
            again(draft, *draft.state().step(intent.step), intent.attempt, command.settled.why);
        } else {
            draft.add(RetryPlanned{intent.step, intent.attempt, command.settled.why, draft.now()});
        }
    } else {
        fail_step(draft, *draft.state().step(intent.step), command.settled.why);
    }
    return {};
}

Verdict on(Draft& draft, const Unknown& command) {
    const auto operation = open_operation(draft, command.operation);
    if (!operation) {
        return failed(operation);
    }
    if ((*operation)->phase == OperationState::Phase::settled) {
        return {};
    }
    if ((*operation)->phase == OperationState::Phase::in_doubt && (*operation)->why == command.why &&
        (*operation)->read_back == command.read_back) {
        return {};
    }
    const Intent intent = (*operation)->intent;
    const bool mine = current(draft.state(), **operation);
    draft.add(InDoubt{command.operation, command.why, command.read_back});
    const plan::Step* step = draft.state().step(intent.step);
    if (mine && step && std::holds_alternative<plan::Notify>(step->body) && !step->required) {
        draft.add(
            StepFinished{intent.step, intent.attempt, "skipped", "nobody knows whether it was told: " + command.why});
    }
    return {};
}

namespace {

/// What it gave is all that is lost of it: that can be said.
Verdict complete(Draft& draft, const Intent& intent, const ResolveDoubt& command) {
    if (command.answer != "happened") {
        return refuse("it is known to have happened", command.operation, "'happened' says what it gave");
    }
    if (auto reason = reason_given(command.reason, command.operation); !reason) {
        return reason;
    }
    const auto outputs = outputs_given(draft.state(), *draft.state().step(intent.step), command.outputs, true);
    if (!outputs) {
        return failed(outputs);
    }
    draft.add(TriageAnswered{intent.step, command.answer, draft.by(), command.reason});
    take_outputs(draft, intent.step, *outputs, draft.by());
    draft.add(StepFinished{intent.step, intent.attempt, "passed", "attested by " + draft.by().name});
    return {};
}

/// A step stands for the operation of its last attempt: people know steps.
OperationId operation_of(const Release& release, const std::string& named) {
    const bool step = !release.operations.contains(named) && release.step(named) != nullptr;
    return step && !release.at(named).operation.empty() ? release.at(named).operation : named;
}

} // namespace

std::vector<std::string> answers_to_doubt(const Release& release, const OperationId& id, Nanos now) {
    const auto found = release.operations.find(id);
    if (found == release.operations.end() || release.closed()) {
        return {};
    }
    const OperationState& operation = found->second;
    const plan::Step& step = *release.step(operation.intent.step);
    const bool mine = current(release, operation);
    if (mine && lost_only_outputs(release, step.id)) {
        return {"happened"};
    }
    if (operation.phase != OperationState::Phase::in_doubt) {
        return {};
    }
    const HandShift* shift = release.hand_shift(step.id);
    const bool over = given_up(release, step);
    std::vector<std::string> all = {"happened"};
    if (!over && (shift ? may_shift_again(release, *shift).has_value() : mine)) {
        all.emplace_back("run-again");
    }
    if (!step.required || !mine || over) {
        all.emplace_back("skip");
    }
    // It would end a release that has gone on without the step.
    if ((mine || shift) && may_abort(release, now, id, step)) {
        all.emplace_back("abort");
    }
    return all;
}

Verdict on(Draft& draft, const ResolveDoubt& asked) {
    ResolveDoubt command = asked;
    command.operation = operation_of(draft.state(), asked.operation);
    const auto operation = open_operation(draft, command.operation);
    if (!operation) {
        return failed(operation);
    }
    if (current(draft.state(), **operation) && lost_only_outputs(draft.state(), (*operation)->intent.step)) {
        return complete(draft, (*operation)->intent, command);
    }
    if ((*operation)->phase != OperationState::Phase::in_doubt) {
        return refuse("its outcome is not in doubt", command.operation);
    }
    if (auto reason = reason_given(command.reason, command.operation); !reason) {
        return reason;
    }
    const Intent intent = (*operation)->intent;
    // A copy: what is added below may move the shifts by hand.
    const plan::Step step = *draft.state().step(intent.step);
    const bool mine = current(draft.state(), **operation);
    const bool over = given_up(draft.state(), step);
    if (command.answer != "happened" && command.answer != "run-again" && command.answer != "skip" &&
        command.answer != "abort") {
        return refuse("'" + command.answer + "' is not an answer", command.operation,
                      "happened, run-again, skip or abort");
    }
    if (command.answer == "run-again" && !mine && !draft.state().hand_shift(intent.step)) {
        return refuse("the plan has gone on without it", command.operation, "happened or skip");
    }
    if (command.answer == "run-again" && over) {
        return refuse(is_rollback_step(draft.state(), intent.step) ? "it is rolled back by another way now"
                                                                   : "the plan is not going forward any more",
                      command.operation, "happened or skip");
    }
    if (const HandShift* shift = draft.state().hand_shift(intent.step); shift && command.answer == "run-again") {
        if (auto may = may_shift_again(draft.state(), *shift); !may) {
            return may;
        }
    }
    if (command.answer == "skip" && step.required && mine && !over) {
        return refuse("the plan says that this step is required", command.operation, "happened, run-again or abort");
    }
    if (command.answer == "abort") {
        if (auto may = may_abort(draft.state(), draft.now(), command.operation, step); !may) {
            return may;
        }
    }
    const bool gives = command.answer == "happened" || command.answer == "skip";
    if (!command.outputs.empty() && !(gives && mine)) {
        return refuse("nothing takes what it gave", command.operation,
                      gives ? "the plan has gone on without it" : "only what happened, or is skipped, gave something");
    }
    const bool whole = mine && (command.answer == "happened" || !command.outputs.empty()); // a part helps nobody
    const auto outputs = outputs_given(draft.state(), step, command.outputs, whole);
    if (!outputs) {
        return failed(outputs);
    }
    draft.add(DoubtAnswered{command.operation, command.answer, draft.by(), command.reason});
    take_outputs(draft, intent.step, *outputs, draft.by());
    restart_holds_after_shift(draft, intent.step);
    if (command.answer == "happened") {
        draft.add(Settled{command.operation, true, "operator", command.reason, nullptr, 0, ""});
        if (mine) {
            draft.add(StepFinished{intent.step, intent.attempt, "passed", "attested by " + draft.by().name});
        }
    } else if (command.answer == "run-again") {
        again(draft, step, intent.attempt, command.reason);
    } else {
        if (mine) {
            draft.add(StepFinished{intent.step, intent.attempt, command.answer == "skip" ? "skipped" : "stopped",
                                   command.reason});
        }
        if (command.answer == "abort" && !draft.state().aborted && !draft.state().rollback.active) {
            draft.add(Aborted{draft.by(), command.reason});
            stop_forward(draft, "aborted");
        }
    }
    return {};
}

} // namespace sluice::release
