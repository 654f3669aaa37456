#include "release/retire.h"

#include "plan/fill.h"

#include <fmt/format.h>

namespace sluice::release {

std::string still_serves(const Release& release, const plan::Step& step) {
    const auto* scale = std::get_if<plan::Scale>(&step.body);
    const std::string replicas =
        scale ? plan::fill(scale->replicas, scope(release)).value_or(scale->replicas) : std::string();
    const auto retired = plan::retired_by(*release.plan, step, replicas);
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
        }
    }
    return {};
}

} // namespace sluice::release
