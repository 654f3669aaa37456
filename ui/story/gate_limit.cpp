#include "story/gate_limit.h"

#include "analysis/gate.h"

namespace sluice::story {

std::optional<double> reference_at(const Moment& moment, const plan::Gate& gate, const std::string& arm, Nanos time) {
    if (!gate.against) {
        return std::nullopt;
    }
    const std::string& of = reference_arm(gate, arm);
    if (const std::string& step = gate.against->baseline; !step.empty()) {
        return release::baseline(moment.release, step, gate.metric, of);
    }
    const auto* metric = moment.release.plan->metric(gate.metric);
    const Line* line = moment.readings.line(gate.metric, of);
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
