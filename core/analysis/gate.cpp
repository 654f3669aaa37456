#include "analysis/gate.h"

#include "analysis/decisive.h"

#include <cmath>
#include <fmt/format.h>

namespace sluice::analysis {
namespace {

/// What a gate's limit is counted from for an arm, and what comes of it.
struct Reference {
    std::optional<plan::Must> limit;    ///< in the metric's unit; none = it can't be said
    std::optional<double> value;        ///< what it is counted from; none also where the limit is a fixed one
    Verdict verdict = Verdict::no_data; ///< of the gate, where there is no limit
    std::string why;                    ///< then
};

const char* is_or_was(const plan::Gate& gate) {
    return gate.against->ago.count != 0 || gate.against->before.count != 0 ? "was" : "is";
}

Reference reference(const plan::Gate& gate, const plan::Metric& metric, const std::string& arm, const Latest& latest,
                    const BaselineOf& baselines, const History& history, Nanos now) {
    Reference from;
    if (!gate.against) {
        from.limit = gate.must;
        return from;
    }
    const std::string& of = reference_arm(gate, arm);
    if (gate.against->captured()) {
        auto taken =
            baselines ? baselines(*gate.against, metric.name, of) : History::Earlier{{}, "there is no baseline"};
        from.value = taken.value;
        from.why = std::move(taken.why);
    } else if (const Nanos ago = gate.against->ago; ago.count != 0) {
        auto then = history.earlier(metric, of, ago, now);
        from.value = then.value;
        from.why = std::move(then.why);
    } else {
        const auto reading = latest.read(metric, of, now);
        if (reading.status == series::Status::ok && !std::isnan(reading.value)) {
            from.value = reading.value;
        } else {
            from.verdict = reading.status == series::Status::source_error ? Verdict::source_error : Verdict::no_data;
            from.why = of + " can't be compared with: " + (reading.detail.empty() ? "no data" : reading.detail);
        }
    }
    if (from.value) {
        from.limit = plan::counted_from(gate, *from.value);
        from.why =
            reference_text(gate) + " " + is_or_was(gate) + " 0: how far off a value is can't be said as a share of it";
    }
    return from;
}

series::Sample evidence_of(const plan::Metric& metric, const series::Reading& reading) {
    series::Sample sample;
    static_cast<series::Reading&>(sample) = reading;
    sample.metric = metric.name;
    sample.unit = metric.unit;
    return sample;
}

GateVerdict judge_arm(const plan::Gate& gate, const plan::Metric& metric, const series::Reading& reading,
                      const Reference& from) {
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
    verdict.evidence.push_back(evidence_of(metric, reading));
    const auto holds = plan::holds(gate, reading.value, from.value);
    if (!holds) {
        verdict.verdict = from.verdict;
        verdict.why = from.why;
        return verdict;
    }
    verdict.verdict = *holds ? Verdict::pass : Verdict::fail;
    if (!from.limit) {
        verdict.why = fmt::format("{}, as {}", format_value(reading.value, metric), reference_text(gate));
        return verdict;
    }
    verdict.limit = from.limit;
    verdict.headroom = headroom(*from.limit, reading.value, from.value);
    verdict.close = *holds && verdict.headroom && *verdict.headroom <= close_share;
    verdict.why =
        fmt::format("{}, must be {}", format_value(reading.value, metric), plan::after_must_be(from.limit->text));
    if (from.value) {
        verdict.why += fmt::format(", which is {} ({} {} {})", format_value(from.limit->limit, metric.unit),
                                   reference_text(gate), is_or_was(gate), format_value(*from.value, metric.unit));
    }
    if (!*holds && !reading.detail.empty()) {
        verdict.why += ": " + reading.detail; // what the source knows about why it is so
    }
    return verdict;
}

} // namespace

std::optional<double> headroom(const plan::Must& must, double value, std::optional<double> from) {
    const double allowed = std::abs(must.limit - from.value_or(0));
    if (allowed == 0 || !std::isfinite(value)) {
        return std::nullopt;
    }
    switch (must.comparison) {
    case plan::Comparison::less:
    case plan::Comparison::less_equal:
        return (must.limit - value) / allowed;
    case plan::Comparison::greater:
    case plan::Comparison::greater_equal:
        return (value - must.limit) / allowed;
    default:
        return std::nullopt;
    }
}

std::vector<GateVerdict> judge(const plan::Gate& gate, const plan::Metric& metric, const Latest& latest,
                               const std::set<std::string>& with_traffic, Nanos now, const BaselineOf& baselines,
                               const History& history) {
    std::vector<GateVerdict> verdicts;
    for (const auto& arm : arms_of(metric, gate.arm, with_traffic)) {
        if (compares_with(gate, arm)) {
            continue;
        }
        const Reference from = reference(gate, metric, arm, latest, baselines, history, now);
        if (gate.of_series) {
            const auto counted = count_series(latest.read_all(metric, arm, now), *gate.of_series, gate.must);
            auto& verdict = verdicts.emplace_back(judge_arm(gate, metric, counted.decisive, from));
            if (verdict.value) {
                verdict.why +=
                    fmt::format("; {} of {} series hold, {} must", counted.hold, counted.all, counted.wanted);
            }
            continue;
        }
        const auto reading = decisive(latest, metric, arm, from.limit.value_or(gate.must), now);
        verdicts.push_back(judge_arm(gate, metric, reading, from));
    }
    return verdicts;
}

} // namespace sluice::analysis
