#include "analysis/gate.h"

#include "analysis/decisive.h"

#include <cmath>
#include <fmt/format.h>

namespace sluice::analysis {
namespace {

series::Sample evidence_of(const plan::Metric& metric, const series::Reading& reading) {
    series::Sample sample;
    static_cast<series::Reading&>(sample) = reading;
    sample.metric = metric.name;
    sample.unit = metric.unit;
    return sample;
}

GateVerdict judge_arm(const plan::Gate& gate, const plan::Metric& metric, const series::Reading& reading) {
    GateVerdict verdict;
    verdict.gate = gate.id;
    verdict.arm = reading.arm;
    verdict.why = reading.detail;
    if (reading.status == series::Status::source_error) {
        verdict.verdict = Verdict::source_error;
        return verdict;
    }
    if (reading.status == series::Status::no_data || std::isnan(reading.value)) {
        return verdict;
    }
    verdict.value = reading.value;
    verdict.headroom = headroom(gate.must, reading.value);
    verdict.evidence.push_back(evidence_of(metric, reading));
    const bool holds = gate.must.holds(reading.value);
    verdict.verdict = holds ? Verdict::pass : Verdict::fail;
    verdict.close = holds && verdict.headroom && *verdict.headroom <= close_share;
    verdict.why = fmt::format("{}, must be {}", format_value(reading.value, metric.unit), gate.must.text);
    return verdict;
}

} // namespace

std::optional<double> headroom(const plan::Must& must, double value) {
    if (must.limit == 0 || !std::isfinite(value)) {
        return std::nullopt;
    }
    switch (must.comparison) {
    case plan::Comparison::less:
    case plan::Comparison::less_equal:
        return (must.limit - value) / std::abs(must.limit);
    case plan::Comparison::greater:
    case plan::Comparison::greater_equal:
        return (value - must.limit) / std::abs(must.limit);
    default:
        return std::nullopt;
    }
}

std::vector<GateVerdict> judge(const plan::Gate& gate, const plan::Metric& metric, const Latest& latest,
                               const std::set<std::string>& with_traffic, Nanos now) {
    std::vector<GateVerdict> verdicts;
    for (const auto& arm : arms_of(metric, gate.arm, with_traffic)) {
        verdicts.push_back(judge_arm(gate, metric, decisive(latest, metric, arm, gate.must, now)));
    }
    return verdicts;
}

} // namespace sluice::analysis
