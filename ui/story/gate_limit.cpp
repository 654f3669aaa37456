#include "story/gate_limit.h"

#include "analysis/gate.h"

#include <cmath>

namespace sluice::story {
namespace {

/// As the engine's History: the last good reading that was measured till then, and fresh. It may have come some time
/// after it was measured.
std::optional<double> measured_till(const Line& line, Nanos then, Nanos max_age) {
    const auto& readings = line.readings();
    const Reading* after = line.at(then + max_age);
    for (auto at = after ? after - readings.data() : -1; at >= 0; --at) {
        const Reading& reading = readings[static_cast<std::size_t>(at)];
        if (reading.at < then - max_age) {
            break;
        }
        if (reading.status == session::SampleStatus::ok && std::isfinite(reading.value) &&
            reading.measured_at <= then && reading.measured_at >= then - max_age &&
            reading.at - reading.measured_at <= max_age) {
            return reading.value;
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<double> reference_at(const Moment& moment, const plan::Gate& gate, const std::string& arm, Nanos time) {
    if (!gate.against) {
        return std::nullopt;
    }
    const std::string& of = reference_arm(gate, arm);
    if (gate.against->captured()) {
        return release::baseline(moment.release, *gate.against, gate.metric, of);
    }
    const auto* metric = moment.release.plan->metric(gate.metric);
    const Line* line = moment.readings.line(gate.metric, of);
    if (const Nanos ago = gate.against->ago; ago.count != 0) {
        if (metric == nullptr || line == nullptr) {
            return std::nullopt;
        }
        const Nanos max_age = analysis::max_age(*metric);
        const auto watched = measured_till(*line, time - ago, max_age);
        const Line* past = moment.readings.past(line->key());
        return watched || past == nullptr ? watched : measured_till(*past, time - ago, max_age);
    }
    const Reading* reading = line ? line->at(time) : nullptr;
    const bool known = metric && reading && reading->status == session::SampleStatus::ok &&
                       time - reading->measured_at <= analysis::max_age(*metric);
    return known ? std::optional(reading->value) : std::nullopt;
}

std::optional<CountedLimit> limit_at(const Moment& moment, const plan::Gate& gate, const std::string& arm, Nanos time) {
    const auto from = reference_at(moment, gate, arm, time);
    if (gate.against && !from) {
        return std::nullopt;
    }
    auto must = plan::counted_from(gate, from.value_or(0));
    return must ? std::optional(CountedLimit{std::move(*must), from}) : std::nullopt;
}

} // namespace sluice::story
