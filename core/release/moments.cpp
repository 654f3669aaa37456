#include "release/moments.h"

#include "release/window.h"

#include <algorithm>

namespace sluice::release {

bool counts_from_its_place(const plan::Plan& plan, const StepId& step) {
    return plan.rollback.within && plan.rollback.within_after == step;
}

std::optional<Nanos> Moments::of(const plan::NotBefore& moment) const {
    if (!moment.step.empty()) {
        const StepState& anchor = release_.at(moment.step);
        if (anchor.status == StepStatus::not_applicable && !counts_from_its_place(*release_.plan, moment.step)) {
            return Nanos{};
        }
        return satisfies(anchor.status) ? std::optional(anchor.ended + moment.delay) : std::nullopt;
    }
    if (release_.t0.count != 0) {
        return release_.t0 + moment.delay;
    }
    if (!asked_) {
        asked_ = true;
        opening_ = next_t0(release_, now_);
    }
    return opening_ ? std::optional(*opening_ + moment.delay) : std::nullopt;
}

std::optional<Nanos> Moments::overdue(const plan::Step& step) const {
    const StepState& state = release_.at(step.id);
    if (!step.due || !step.left_out.empty() || over(state.status) || state.overdue.count != 0) {
        return std::nullopt;
    }
    const auto moment = of(*step.due);
    return moment && moment->count == 0 ? std::nullopt : moment;
}

std::optional<Nanos> Moments::stale(const plan::Step& step) const {
    const StepState& state = release_.at(step.id);
    if (!step.valid_for || state.status != StepStatus::passed) {
        return std::nullopt;
    }
    // A tick within a group or a decision stands as long as what it stands in.
    if (!step.parent.empty() && release_.at(step.parent).status != StepStatus::running) {
        return std::nullopt;
    }
    const auto waits = [&](const plan::Step& other) {
        const StepState& its = release_.at(other.id);
        return (its.status == StepStatus::to_come || its.status == StepStatus::waiting) && its.attempt == 0 &&
               std::find(other.needs.begin(), other.needs.end(), step.id) != other.needs.end();
    };
    const bool wanted = std::any_of(release_.plan->steps.begin(), release_.plan->steps.end(), waits);
    return wanted ? std::optional(state.ended + *step.valid_for) : std::nullopt;
}

std::optional<Nanos> Moments::escalated(const plan::Step& step) const {
    const StepState& state = release_.at(step.id);
    const bool waits = state.status == StepStatus::person || state.status == StepStatus::triage ||
                       state.status == StepStatus::in_doubt;
    return step.escalate && waits && !state.escalated ? std::optional(state.asked + step.escalate->after)
                                                      : std::nullopt;
}

} // namespace sluice::release
