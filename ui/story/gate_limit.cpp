#include "story/gate_limit.h"

#include "analysis/gate.h"

namespace sluice::story {

std::optional<plan::Must> limit_at(const Moment& moment, const plan::Gate& gate, const std::string& arm, Nanos time) {
    if (!gate.against) {
        return gate.must;
    }
    const auto& against = *gate.against;
    const std::string of = against.arm.empty() ? arm : against.arm;
    if (!against.baseline.empty()) {
        const auto from = release::baseline(moment.release, against.baseline, gate.metric, of);
        return from ? plan::counted_from(gate, *from) : std::nullopt;
    }
    const auto* metric = moment.release.plan->metric(gate.metric);
    const Line* line = moment.readings.line(gate.metric, of);
    const Reading* reading = line ? line->at(time) : nullptr;
    const bool known = metric && reading && reading->status == session::SampleStatus::ok &&
                       time - reading->measured_at <= analysis::max_age(*metric);
    return known ? plan::counted_from(gate, reading->value) : std::nullopt;
}

} // namespace sluice::story
