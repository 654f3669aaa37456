#include "engine/baselines.h"

#include "plan/gates.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace sluice::engine {
namespace {

/// The steps from which gates on this metric are counted; all metrics' for "".
std::set<release::StepId> steps_for(const plan::Plan& plan, const std::string& metric) {
    std::set<release::StepId> found;
    for (const auto* gate : plan::gates_of(plan)) {
        if (gate->against && !gate->against->baseline.empty() && (metric.empty() || gate->metric == metric)) {
            found.insert(gate->against->baseline);
        }
    }
    return found;
}

} // namespace

bool Baselines::wanted(const plan::Plan& plan, const release::StepId& step) {
    return steps_for(plan, "").contains(step);
}

Baselines::Sums& Baselines::sums_of(const release::Release& release, const release::StepId& step) {
    auto& sums = sums_[step];
    if (const int attempt = release.at(step).attempt; sums.attempt != attempt) {
        sums = {attempt, false, {}};
    }
    return sums;
}

void Baselines::interrupted(const release::Release& release) {
    for (const auto& step : steps_for(*release.plan, "")) {
        const auto& state = release.at(step);
        if (state.begun.count != 0 && !release::over(state.status)) {
            sums_of(release, step).interrupted = true;
        }
    }
}

void Baselines::take(const release::Release& release, const series::SampleBatch& batch) {
    for (const auto& step : steps_for(*release.plan, batch.metric)) {
        const auto& state = release.at(step);
        if (state.begun.count == 0 || release::over(state.status)) {
            continue;
        }
        auto& sums = sums_of(release, step);
        for (const auto& reading : batch.readings) {
            if (reading.status != series::Status::ok || !std::isfinite(reading.value)) {
                continue;
            }
            auto& sum = sums.of[{batch.metric, reading.arm}];
            // Of before the step began: measured, but not during it. The same again: nothing was measured since.
            if (reading.measured_at < state.begun || (sum.count > 0 && reading.measured_at <= sum.to)) {
                continue;
            }
            sum.from = sum.count == 0 ? reading.measured_at : sum.from;
            sum.to = reading.measured_at;
            sum.total += reading.value;
            ++sum.count;
        }
    }
}

Json Baselines::close(const release::Release& release, const release::StepId& step) {
    Json readings = Json::array();
    const auto& sums = sums_of(release, step);
    for (const auto& [key, sum] : sums.of) {
        if (sum.count > 0 && !sums.interrupted) {
            readings.push_back({{"metric", key.first},
                                {"arm", key.second},
                                {"value", number_text(sum.total / static_cast<double>(sum.count))},
                                {"count", sum.count},
                                {"from", nanos_text(sum.from)},
                                {"to", nanos_text(sum.to)}});
        }
    }
    sums_.erase(step);
    return readings;
}

} // namespace sluice::engine
