/// Gates: what a metric must be, and what that is counted from.
#include "plan/reading.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

/// Of a difference the limit has the metric's unit, of a share none: '10%', or 0.1.
void check_share(Reading& reading, const Gate& gate, const Node& limit) {
    if ((gate.must.dimension != Dimension::ratio && gate.must.dimension != Dimension::plain) ||
        !gate.must.states.empty()) {
        reading.error(limit.at, fmt::format("'{}' is no share", gate.must.text),
                      "write per cent, for example '<= 10%'");
    }
}

/// Looked back over readings that are kept in memory: as many as a day has, and at least to the one before.
constexpr Nanos longest_ago = hours(24);

void check_ago(Reading& reading, const Node& node, const Against& against, const Metric* metric) {
    const Node* ago = node.find("ago");
    if (ago == nullptr) {
        return;
    }
    if (const Node* arm = node.find("arm")) {
        reading.error(arm->at, "'ago' counts from the value of the arm that the gate looks at, never from another's",
                      "remove this arm; the gate's own 'arm' says which it looks at");
    }
    if (const Node* baseline = node.find("baseline")) {
        reading.error(baseline->at, "a limit that is counted from two values", "say ago: or baseline:, not both");
    }
    if (!reading.duration(node, "ago")) {
        return; // no length of time: told by the shape check
    }
    if (against.ago > longest_ago) {
        reading.error(ago->at, fmt::format("readings of {} ago are not kept", duration_text(against.ago)),
                      "say at most 24h; for longer, let the query ask for it (PromQL's 'offset')");
    } else if (metric != nullptr && against.ago < metric->interval) {
        reading.error(
            ago->at,
            fmt::format("'{}' is read every {} only: a value of {} ago says nothing of a change", metric->name,
                        duration_text(metric->interval), duration_text(against.ago)),
            fmt::format("say at least {}, or give the metric a shorter interval", duration_text(metric->interval)));
    }
}

/// As many readings as say what is usual; fewer are what happened to be.
constexpr std::int64_t fewest_before = 10;
constexpr Nanos longest_before = hours(24);

bool keeps_history(const Plan& plan, const Metric& metric) {
    return !metric.query.empty() &&
           std::any_of(plan.connections.begin(), plan.connections.end(), [&](const Connection& one) {
               return one.name == metric.from && one.kind == ConnectionKind::prometheus;
           });
}

void check_before(Reading& reading, const Node& node, const Against& against, const Metric* metric) {
    const Node* before = node.find("before");
    if (before == nullptr) {
        return;
    }
    for (const char* other : {"baseline", "ago"}) {
        if (const Node* beside = node.find(other)) {
            reading.error(beside->at, "a limit that is counted from two values",
                          fmt::format("say before: or {}:, not both", other));
        }
    }
    if (metric != nullptr && !keeps_history(reading.plan, *metric)) {
        reading.error(
            before->at,
            fmt::format("no baseline: the source of '{}' keeps no history, only a Prometheus does", metric->name),
            "count from a step of this plan: baseline:");
    }
    if (!reading.duration(node, "before")) {
        return; // no length of time: told by the shape check
    }
    if (against.before > longest_before) {
        reading.error(before->at, fmt::format("an average over {} hides what is usual", duration_text(against.before)),
                      "say at most 24h");
    } else if (metric != nullptr && against.before < metric->interval * fewest_before) {
        reading.error(before->at,
                      fmt::format("'{}' is read every {}: {} are fewer than {} readings", metric->name,
                                  duration_text(metric->interval), duration_text(against.before), fewest_before),
                      fmt::format("say at least {}", duration_text(metric->interval * fewest_before)));
    }
}

std::optional<Against> read_against(Reading& reading, const Node& node, const Gate& gate, const Metric* metric) {
    Against against;
    against.at = node.at;
    against.arm = reading.text(node, "arm");
    against.baseline = reading.text(node, "baseline");
    against.share = reading.text(node, "as", "difference") == "share";
    against.ago = reading.duration(node, "ago").value_or(Nanos{});
    against.before = reading.duration(node, "before").value_or(Nanos{});
    check_ago(reading, node, against, metric);
    check_before(reading, node, against, metric);
    if (against.arm.empty() && against.baseline.empty() && node.find("ago") == nullptr &&
        node.find("before") == nullptr) {
        reading.error(node.at, "a limit that is counted from nothing", "say arm:, baseline:, ago: or before:");
        return std::nullopt;
    }
    if (const Node* arm = node.find("arm")) {
        reading.check_known(against.arm, arm->at, "arm", reading.names.arms);
        if (metric != nullptr && metric->by_arm.empty()) {
            reading.error(arm->at, fmt::format("the metric '{}' has no arms", gate.metric),
                          "remove the arm, or give the metric a by-arm");
        } else if (!against.captured() && against.ago.count == 0 && against.arm == gate.arm) {
            reading.error(arm->at, "this is counted from itself", "name the other arm, or a baseline");
        }
    }
    if (const Node* baseline = node.find("baseline")) {
        reading.baseline_refs.push_back({reading.step, against.baseline, baseline->at});
        reading.step_refs.push_back({against.baseline, baseline->at, false});
    }
    if (metric != nullptr && keeps_series(metric->reduce)) {
        reading.error(node.at, fmt::format("'{}' keeps several series, and this does not say which", gate.metric),
                      "reduce it to one: sum, max, min or avg");
    }
    if (metric != nullptr && !metric->states.empty()) {
        reading.error(node.at, fmt::format("'{}' is a state, and a limit is counted from a number", gate.metric),
                      "remove 'against': write 'is …'");
    } else if (gate.must.comparison == Comparison::equal || gate.must.comparison == Comparison::not_equal) {
        reading.error(node.at, "two measured values are never quite equal", "compare with <, <=, > or >=");
    }
    return against;
}

std::optional<OfSeries> read_of_series(Reading& reading, const Node& gate, const Metric* metric) {
    const Node* node = gate.find("of-series");
    if (node == nullptr || !node->is_scalar()) {
        return std::nullopt;
    }
    auto wanted = parse_of_series(node->text);
    if (!wanted) {
        reading.error(node->at, wanted.error().what, wanted.error().remedy);
        return std::nullopt;
    }
    if (metric != nullptr && !keeps_series(metric->reduce)) {
        reading.error(node->at, fmt::format("'{}' does not keep its series", metric->name),
                      "write reduce: each at the metric, or remove 'of-series'");
    }
    return *std::move(wanted);
}

} // namespace

std::vector<Gate> read_gates(Reading& reading, const Node* list) {
    std::vector<Gate> gates;
    std::set<std::string> ids;
    for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
        const Node& node = list->items[i];
        if (!node.is_map()) {
            continue;
        }
        Gate gate;
        gate.at = node.at;
        gate.metric = reading.text(node, "metric");
        gate.arm = reading.text(node, "arm");
        gate.id = reading.text(node, "id", gate.arm.empty() ? gate.metric : gate.metric + "-" + gate.arm);
        gate.must = reading.must(node, "must").value_or(Must{});
        gate.tier = reading.text(node, "tier", "critical") == "important" ? Tier::important : Tier::critical;
        gate.for_ = reading.duration(node, "for").value_or(gate.tier == Tier::important ? as_its_hold : Nanos{});
        gate.absent = reading.duration(node, "absent");
        gate.samples = reading.integer(node, "samples", 0);
        gate.shadow = reading.boolean(node, "shadow", false);
        if (const Node* metric = node.find("metric")) {
            reading.check_known(gate.metric, metric->at, "metric", reading.names.metrics);
        }
        if (const Node* arm = node.find("arm")) {
            reading.check_known(gate.arm, arm->at, "arm", reading.names.arms);
        }
        const auto metric = std::find_if(reading.plan.metrics.begin(), reading.plan.metrics.end(),
                                         [&](const Metric& one) { return one.name == gate.metric; });
        const Metric* known = metric == reading.plan.metrics.end() ? nullptr : &*metric;
        if (const Node* against = node.find("against"); against != nullptr && against->is_map()) {
            gate.against = read_against(reading, *against, gate, known);
        }
        gate.of_series = read_of_series(reading, node, known);
        if (gate.against && gate.against->share) {
            check_share(reading, gate, node.find("must") ? *node.find("must") : node);
            check_arm(reading, gate.metric, node);
        } else {
            check_metric_limit(reading, gate.metric, node);
        }
        if (known != nullptr) {
            gate.must = of_metric(gate.must, *known).value_or(gate.must);
        }
        gate.title = reading.text(node, "title",
                                  (known ? known->title : gate.metric) +
                                      (gate.against ? ", against " + reference_text(gate) : std::string()));
        if (!gate.id.empty() && !ids.insert(gate.id).second) {
            reading.error(node.at, fmt::format("two gates have the id '{}'", gate.id),
                          "give one of them an id of its own");
        }
        gates.push_back(std::move(gate));
    }
    if (!gates.empty() && std::all_of(gates.begin(), gates.end(), [](const Gate& gate) { return gate.shadow; })) {
        reading.warn(list->at, "all gates here are shadows: whatever they say, the step goes on",
                     "remove 'shadow' from one that has proven itself");
    }
    return gates;
}

} // namespace sluice::plan
