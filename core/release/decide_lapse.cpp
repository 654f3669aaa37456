/// What time alone brings: a step is overdue, a tick has grown too old, a decision has waited for too long. And the
/// clean-up that runs whatever happens (`always`).
#include "base/quantity.h"
#include "release/covered.h"
#include "release/draft.h"
#include "release/moments.h"
#include "release/retire.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::release {
namespace {

void tell_overdue(Draft& draft, const Moments& moments, const plan::Step& step) {
    const auto due = moments.overdue(step);
    if (due && *due <= draft.now()) {
        const std::string anchor = step.due->step.empty() ? "T0" : step.due->step;
        draft.add(StepOverdue{step.id, *due,
                              fmt::format("it was due at {} ({} {} {})", instant(*due), anchor,
                                          step.due->delay < Nanos{} ? "-" : "+",
                                          duration_text({std::abs(step.due->delay.count)}))});
    }
}

void ask_again(Draft& draft, const Moments& moments, const plan::Step& step) {
    const auto stale = moments.stale(step);
    // What is typed elsewhere begins on its approval, the second time too; what needs it waits for that meanwhile.
    if (!stale || *stale > draft.now() || !unapproved(draft.state(), step).empty()) {
        return;
    }
    const int attempt = draft.state().at(step.id).attempt;
    draft.add(StepExpired{step.id, attempt,
                          fmt::format("it was given more than {} ago, and what needs it has not started",
                                      duration_text(*step.valid_for))});
    start(draft, step, attempt + 1);
}

void escalate(Draft& draft, const Moments& moments, const plan::Step& step) {
    const auto when = moments.escalated(step);
    if (when && *when <= draft.now()) {
        draft.add(Escalated{step.id, step.escalate->to, step.escalate->channel,
                            fmt::format("it has waited for {}", duration_text(step.escalate->after))});
    }
}

/// Something but clean-up is still on its way outside, of the plan, of a way back that was left, or by hand: what
/// cleans up comes after it.
bool others_at_work(const Release& release) {
    const auto ids = in_flight(release);
    return std::any_of(ids.begin(), ids.end(), [&](const OperationId& id) {
        const plan::Step* step = release.step(release.operations.at(id).intent.step);
        return step && !step->always;
    });
}

void clean(Draft& draft, const plan::Step& step) {
    const StepState& state = draft.state().at(step.id);
    const bool again = state.status == StepStatus::retrying && state.until <= draft.now();
    if (!again && state.status != StepStatus::to_come && state.status != StepStatus::waiting) {
        return;
    }
    const bool first = state.attempt == 0;
    if (first && passed_over(draft, step)) {
        return;
    }
    if (first && step.when) {
        // What can't be told is cleaned up too: it is asked for whatever happens.
        if (const auto applies = holds(draft, *step.when); applies.truth == plan::Truth::no) {
            draft.add(StepNotApplicable{step.id, applies.why});
            return;
        }
    }
    // An abort leaves traffic where it is: clean-up does not take the arm away under it.
    if (const std::string served = still_serves(draft.state(), step); !served.empty()) {
        wait_until(draft, step, {}, served);
        return;
    }
    start(draft, step, state.attempt + 1);
}

} // namespace

void watch_lapses(Draft& draft) {
    const auto plan = draft.state().plan;
    const bool forward = !draft.state().rollback.active && !draft.state().aborted;
    const Moments moments(draft.state(), draft.now()); // asks the calendar once
    for (const auto& step : plan->steps) {
        if (forward) {
            tell_overdue(draft, moments, step);
        }
        if (forward && !draft.state().paused) {
            ask_again(draft, moments, step);
        }
    }
    for (const auto* list : {&plan->steps, &plan->rollback_steps}) {
        for (const auto& step : *list) {
            escalate(draft, moments, step);
        }
    }
}

Verdict on(Draft& draft, const Delivery& command) {
    draft.add(Told{command.step, command.channel, command.delivered, command.why});
    return {};
}

bool clean_up(Draft& draft) {
    const auto plan = draft.state().plan;
    for (const auto& step : plan->steps) {
        if (!step.always || over(draft.state().at(step.id).status)) {
            continue;
        }
        if (!others_at_work(draft.state())) {
            clean(draft, step);
        }
        if (!over(draft.state().at(step.id).status)) {
            return false; // one after the other, as they stand in the plan
        }
    }
    return true;
}

} // namespace sluice::release
