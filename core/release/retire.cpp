#include "release/retire.h"

#include "plan/fill.h"
#include "release/shift.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::release {
namespace {

std::vector<std::string> retired_by(const Release& release, const plan::Step& step) {
    const auto* scale = std::get_if<plan::Scale>(&step.body);
    const std::string replicas =
        scale ? plan::fill(scale->replicas, scope(release)).value_or(scale->replicas) : std::string();
    return plan::retired_by(*release.plan, step, replicas);
}

/// The shift that gives the arm traffic, and is on its way or in doubt; empty = none.
StepId brought_by(const Release& release, const std::string& traffic, const std::string& arm) {
    const auto gives = [&](const StepId& id) {
        const plan::Step* step = release.step(id);
        const auto* shift = step ? std::get_if<plan::Shift>(&step->body) : nullptr;
        const auto weight = shift ? shift->weights.find(arm) : plan::Weights::const_iterator();
        return shift && shift->traffic == traffic && weight != shift->weights.end() && weight->second > 0;
    };
    for (const auto& [id, operation] : release.operations) {
        if (operation.phase != OperationState::Phase::settled && gives(operation.intent.step) &&
            !overtaken(release, operation)) {
            return operation.intent.step;
        }
    }
    const HandShift* shift = open_shift(release);
    return shift && shift->state.operation.empty() && gives(shift->planned.id) ? shift->planned.id : StepId();
}

} // namespace

StepId taken_away_by(const Release& release, const std::string& arm) {
    for (const auto* list : {&release.plan->steps, &release.plan->rollback_steps}) {
        for (const auto& step : *list) {
            const StepStatus status = release.at(step.id).status;
            if (status != StepStatus::running && status != StepStatus::in_doubt) {
                continue;
            }
            const auto retired = retired_by(release, step);
            if (std::find(retired.begin(), retired.end(), arm) != retired.end()) {
                return step.id;
            }
        }
    }
    return {};
}

std::string still_serves(const Release& release, const plan::Step& step) {
    const auto retired = retired_by(release, step);
    if (retired.empty() || release.at(step.id).set_aside.contains(traffic_gate)) {
        return {};
    }
    for (const auto& arm : retired) {
        for (const auto& [traffic, weights] : release.split) {
            const auto weight = weights.find(arm);
            if (weight != weights.end() && weight->second > 0) {
                return fmt::format("{} has {} % of {}: shift it away first, or set the gate '{}' aside", arm,
                                   weight->second, traffic, traffic_gate);
            }
            if (const StepId shift = brought_by(release, traffic, arm); !shift.empty()) {
                return fmt::format("{} gives {} traffic of {}: wait for its end, or set the gate '{}' aside", shift,
                                   arm, traffic, traffic_gate);
            }
        }
    }
    return {};
}

} // namespace sluice::release
