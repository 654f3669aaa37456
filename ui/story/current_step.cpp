/// Which step the screen is about.
#include "story/current_step.h"

#include <array>
#include <optional>

namespace sluice::story {
namespace {

using release::StepStatus;

/// Lower comes first; none = it is not about this one.
std::optional<int> urgency(const plan::Step& step, const release::StepState& state) {
    const StepStatus status = state.status;
    const bool inner =
        std::holds_alternative<plan::Group>(step.body) || std::holds_alternative<plan::Decide>(step.body);
    switch (status) {
    case StepStatus::in_doubt:
        return 0;
    case StepStatus::triage:
        return 1;
    case StepStatus::person:
        return 2;
    case StepStatus::running:
        if (std::holds_alternative<plan::Hold>(step.body)) {
            return 3;
        }
        return inner ? 7 : std::holds_alternative<plan::Wait>(step.body) ? 5 : 4;
    case StepStatus::retrying:
        return 4;
    case StepStatus::waiting:
        return 6;
    default:
        // Gone on without its approval: once nothing else is left, that is what is awaited.
        return state.glass && !state.glass->approved ? std::optional(8) : std::nullopt;
    }
}

} // namespace

plan::StepId current_step(const release::Release& release) {
    if (!release.plan || release.closed()) {
        return {};
    }
    const auto& plan = *release.plan;
    plan::StepId found;
    int best = 99;
    for (const auto* list : std::array{&plan.rollback_steps, &plan.steps}) {
        for (const auto& step : *list) {
            const auto own = urgency(step, release.at(step.id));
            // Once it goes back, what is still in flight forwards matters only if a person must decide about it.
            const bool past = release.rollback.active && list == &plan.steps && own && *own > 2;
            if (own && *own < best && !past) {
                best = *own;
                found = step.id;
            }
        }
    }
    return found;
}

} // namespace sluice::story
