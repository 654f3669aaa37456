/// Metrics that are derived from others: what they are made of, and what follows for them from that.
#include "plan/formula.h"
#include "plan/reading.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

/// The formulas of a metric as they stand there: one for all, or one an arm.
std::vector<std::pair<std::string, const Node*>> formulas_of(const Node& derived) {
    std::vector<std::pair<std::string, const Node*>> all;
    if (derived.is_scalar()) {
        all.emplace_back("", &derived);
    }
    for (const Entry& entry : derived.entries) {
        if (entry.value.is_scalar()) {
            all.emplace_back(entry.key, &entry.value);
        }
    }
    return all;
}

class Derivations {
public:
    Derivations(Reading& reading, const Node& metrics) : reading_(reading), metrics_(metrics) {}

    void resolve_all() {
        for (std::size_t i = 0; i < reading_.plan.metrics.size(); ++i) {
            resolve(i);
        }
    }

private:
    std::size_t index_of(const std::string& name) const {
        const auto& metrics = reading_.plan.metrics;
        return static_cast<std::size_t>(
            std::find_if(metrics.begin(), metrics.end(), [&](const Metric& one) { return one.name == name; }) -
            metrics.begin());
    }

    /// Those that it is made of first: whether they have arms decides whether it has.
    void resolve(std::size_t index) {
        const std::string name = reading_.plan.metrics[index].name;
        const Node* node = metrics_.find(name);
        const Node* derived = node != nullptr ? node->find("derived") : nullptr;
        if (derived == nullptr || !done_.insert(index).second) {
            return;
        }
        under_way_.push_back(index);
        Nanos oldest; // that any part says it may be
        for (const auto& [arm, formula] : formulas_of(*derived)) {
            take(index, arm, *formula, oldest);
        }
        under_way_.pop_back();
        Metric& metric = reading_.plan.metrics[index];
        if (!metric.max_age && oldest != Nanos{}) {
            metric.max_age = std::max({oldest, metric.interval * 3, seconds(30)});
        }
    }

    void take(std::size_t index, const std::string& arm, const Node& node, Nanos& oldest) {
        const auto formula = Formula::read(node.text);
        if (!formula) {
            const std::string& where = formula.error().where;
            reading_.error(node.at,
                           fmt::format("'{}' is no formula: {}{}", node.text, where.empty() ? "" : where + ": ",
                                       formula.error().what),
                           formula.error().remedy);
            return;
        }
        for (const auto& part : formula->parts()) {
            if (!known(part.metric, node)) {
                return; // of a name that reads as a difference neither side is one
            }
            take_part(index, arm, part, node, oldest);
        }
        reading_.plan.metrics[index].derived[arm] = node.text;
    }

    void take_part(std::size_t index, const std::string& arm, const Formula::Part& part, const Node& node,
                   Nanos& oldest) {
        const std::size_t of = index_of(part.metric);
        if (std::find(under_way_.begin(), under_way_.end(), of) != under_way_.end()) {
            reading_.error(node.at, fmt::format("'{}' is derived from itself", part.metric),
                           "derive it from what is measured");
            return;
        }
        resolve(of);
        const auto& metrics = reading_.plan.metrics;
        const Metric& source = metrics[of];
        if (keeps_series(source.reduce)) {
            reading_.error(node.at,
                           fmt::format("'{}' keeps several series, and a formula takes one value", source.name),
                           "reduce it to one: sum, max, min or avg");
        }
        if (!source.states.empty()) {
            reading_.error(node.at, fmt::format("'{}' is a state, and a formula takes a number", source.name),
                           "leave it out: a gate of its own says what it must be");
        }
        if (!part.arm.empty()) {
            reading_.check_known(part.arm, node.at, "arm", reading_.names.arms);
            if (source.by_arm.empty()) {
                reading_.error(node.at, fmt::format("the metric '{}' has no arms", source.name),
                               "remove {arm=…}, or give the metric a by-arm");
            }
        }
        Metric& derived = reading_.plan.metrics[index];
        if (!arm.empty() || (part.arm.empty() && !source.by_arm.empty())) {
            derived.by_arm = "arm";
        }
        derived.interval = std::max(derived.interval, source.interval);
        oldest = std::max(oldest, source.max_age.value_or(Nanos{}));
    }

    /// A name with a dash reads as a difference, and then neither of its sides is known.
    bool known(const std::string& metric, const Node& node) {
        const auto& names = reading_.names.metrics;
        const auto dashed = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
            return name.find('-') != name.npos && name.starts_with(metric + "-") &&
                   node.text.find(name) != node.text.npos;
        });
        if (std::find(names.begin(), names.end(), metric) == names.end() && dashed != names.end()) {
            reading_.error(node.at, fmt::format("in '{}' the dash of '{}' reads as minus", node.text, *dashed),
                           fmt::format("write {{__name__=\"{}\"}}, or take another name", *dashed));
            return false;
        }
        return reading_.check_known(metric, node.at, "metric", names);
    }

    Reading& reading_;
    const Node& metrics_;
    std::set<std::size_t> done_;
    std::vector<std::size_t> under_way_;
};

} // namespace

void read_derived(Reading& reading, const Node& node) {
    for (const char* key : {"from", "by-arm", "reduce", "at-least", "counts", "interval", "freshness", "empty"}) {
        if (const Entry* entry = node.entry(key)) {
            reading.error(entry->at, fmt::format("'{}' means nothing for a derived metric", key),
                          "say it of the metrics that it is derived from");
        }
    }
    const Node& derived = *node.find("derived");
    for (const Entry& entry : derived.entries) {
        reading.check_known(entry.key, entry.at, "arm", reading.names.arms);
    }
    if (derived.is_map() && derived.entries.empty()) {
        reading.error(derived.at, "there is no formula", "write one, or one for each arm: {blue: …, green: …}");
    }
}

void resolve_derived(Reading& reading, const Node& metrics) {
    Derivations(reading, metrics).resolve_all();
}

} // namespace sluice::plan
