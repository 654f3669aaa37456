#include "sources/cluster_numbers.h"

#include "base/instant.h"
#include "kubernetes/advice.h"
#include "kubernetes/rollout.h"
#include "sources/one_value.h"
#include "sources/reduce.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::sources {
namespace {

using namespace nlohmann::literals;
using What = plan::ClusterNumber::What;
using series::Reading;
using series::Status;

bool of_nodes(const ClusterMetric& metric) {
    return !metric.workload;
}

/// Of the pods of all namespaces, page by page; those that ended hold nothing free.
ClusterQuestion page_of_pods(const ClusterFacts& facts) {
    auto question = list_of("pods", "", "");
    question.path +=
        fmt::format("?fieldSelector={}&limit={}",
                    kubernetes::percent_encoded("status.phase!=Succeeded,status.phase!=Failed"), pods_a_page);
    question.path += facts.page.empty() ? "" : "&continue=" + kubernetes::percent_encoded(facts.page);
    return question;
}

/// The selector of its pods; an empty one would be all of the namespace.
Result<std::string> selector_of(const ClusterMetric& metric, const Json& workload) {
    auto selector = kubernetes::selector_text(workload.value("/spec/selector"_json_pointer, Json::object()));
    return selector.empty()
               ? Result<std::string>(fail(ErrorCode::corrupt, metric.workload->text() + " selects no pods"))
               : selector;
}

/// Whether its pods are needed to say what is wrong.
bool asks_why(const ClusterMetric& metric, const Json& workload) {
    const auto status = kubernetes::rollout_status(workload, Json::array());
    return metric.number.what == What::restarts ||
           (metric.number.what == What::ready ? status.observed && kubernetes::surely_ready(status) < status.desired
                                              : status.state != kubernetes::RolloutState::done);
}

Result<std::optional<ClusterQuestion>> next_of_workload(const ClusterMetric& metric, const ClusterFacts& facts) {
    const auto& workload = *metric.workload;
    if (!facts.workload) {
        return ClusterQuestion{workload.path(), "get", workload.type->qualified(), workload.name_space,
                               workload.text()};
    }
    const bool usage = metric.number.what == What::usage;
    if (usage ? facts.usage.has_value() : facts.pods || !asks_why(metric, *facts.workload)) {
        return std::nullopt;
    }
    const auto selector = selector_of(metric, *facts.workload);
    if (!selector) {
        return failed(selector);
    }
    return list_of(usage ? "pods.metrics.k8s.io" : "pods", workload.name_space, *selector);
}

Result<std::optional<ClusterQuestion>> next_of_nodes(const ClusterMetric& metric, const ClusterFacts& facts) {
    const bool usage = metric.number.what == What::usage;
    if (usage && !facts.usage) {
        return list_of("nodes.metrics.k8s.io", "", metric.number.selector);
    }
    if (!facts.nodes && (!usage || metric.unit == "ratio")) {
        return list_of("nodes", "", metric.number.selector);
    }
    if (metric.number.what != What::capacity || facts.all_requested) {
        return std::nullopt;
    }
    return facts.pages < most_pages
               ? Result<std::optional<ClusterQuestion>>(page_of_pods(facts))
               : fail(ErrorCode::corrupt, fmt::format("the cluster has over {} pods", most_pages * pods_a_page));
}

/// An empty list may be null; none at all is no answer: of room it would be all that there is.
Result<Json> items_of(const Json& list) {
    const auto items = list.find("items");
    if (items == list.end() || !(items->is_array() || items->is_null())) {
        return fail(ErrorCode::corrupt, "the answer is not what an API server sends");
    }
    return items->is_array() ? *items : Json::array();
}

Reading reading_of(series::Labels labels, double value, Nanos measured, Nanos now) {
    Reading reading;
    reading.labels = std::move(labels);
    reading.value = value;
    reading.measured_at = measured;
    reading.received_at = now;
    return reading;
}

Reading without(series::Labels labels, std::string why, Nanos now) {
    auto reading = reading_of(std::move(labels), 0, now, now);
    reading.status = Status::no_data;
    reading.detail = std::move(why);
    return reading;
}

series::SampleBatch no_data(const ClusterMetric& metric, std::string why, Nanos now) {
    auto batch = series::without_value(metric.name, Status::no_data, now, std::move(why));
    batch.unit = metric.unit;
    return batch;
}

std::string name_of(const Json& object) {
    return object.value("/metadata/name"_json_pointer, "");
}

series::Labels of_pod(const Json& pod) {
    return {{"namespace", pod.value("/metadata/namespace"_json_pointer, "")}, {"pod", name_of(pod)}};
}

/// "a, b, c and 4 more".
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t shown = 5;
    const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), shown));
    return fmt::format("{}{}", fmt::join(std::vector<std::string>(names.begin(), end), ", "),
                       names.size() > shown ? fmt::format(" and {} more", names.size() - shown) : "");
}

/// Of several series one, with `summary` beside it, or each with its own words.
series::SampleBatch several(const ClusterMetric& metric, std::vector<Reading> readings, const std::string& summary,
                            Nanos now) {
    series::SampleBatch batch;
    batch.metric = metric.name;
    batch.unit = metric.unit;
    batch.received_at = now;
    const bool keeps = plan::keeps_series(metric.reduce);
    const auto silent =
        std::find_if(readings.begin(), readings.end(), [](const Reading& one) { return one.status != Status::ok; });
    if (!keeps && silent != readings.end()) {
        return no_data(metric, silent->detail, now); // a sum without one of its parts would be too small
    }
    batch.readings = reduce(std::move(readings), metric.reduce, metric.at_least);
    for (auto& reading : batch.readings) {
        if (!keeps && reading.status == Status::ok) {
            reading.detail = summary;
        }
    }
    conclude(batch);
    return batch;
}

/// What the plan, or else we, say about the first cause that something is said about.
std::string advice(const ClusterMetric& metric, const std::vector<std::string>& causes) {
    for (const bool of_plan : {true, false}) {
        for (const auto& cause : causes) {
            const auto found = metric.number.advice.find(cause);
            const std::string said = !of_plan                              ? kubernetes::advice_for(cause)
                                     : found != metric.number.advice.end() ? found->second
                                                                           : std::string();
            if (!said.empty()) {
                return ": " + said;
            }
        }
    }
    return {};
}

constexpr std::size_t longest_cause = 300; ///< bytes; a scheduler can say much, and the advice stands behind it

series::SampleBatch of_rollout(const ClusterMetric& metric, const ClusterFacts& facts, Nanos now) {
    const auto status = kubernetes::rollout_status(*facts.workload, facts.pods.value_or(Json::array()));
    const std::string cause = status.cause.empty() ? "" : ", " + shown(metric, status.cause, longest_cause);
    const std::string said = advice(metric, status.causes);
    series::SampleBatch batch;
    if (metric.number.what == What::ready) {
        if (!status.observed) {
            return no_data(metric, status.reason, now); // what it counts is of the time before
        }
        const int ready = kubernetes::surely_ready(status);
        batch = one_value(metric.name, metric.unit, ready, now);
        batch.readings[0].detail =
            ready < status.desired ? fmt::format("{} of {} are ready{}{}", ready, status.desired, cause, said) : "";
        return batch;
    }
    using State = kubernetes::RolloutState;
    const int value = status.state == State::done ? 1 : status.state == State::failed ? -2 : cause.empty() ? 0 : -1;
    batch = one_value(metric.name, metric.unit, value, now);
    batch.readings[0].detail = status.state == State::done ? "" : status.reason + cause + said;
    return batch;
}

series::SampleBatch of_restarts(const ClusterMetric& metric, const ClusterFacts& facts, Nanos now) {
    std::vector<Reading> readings;
    std::vector<std::string> told;
    for (const Json& pod : *facts.pods) {
        if (pod.contains("/metadata/deletionTimestamp"_json_pointer)) {
            continue;
        }
        const int count = kubernetes::restarts_of(pod);
        auto reading = reading_of(of_pod(pod), count, now, now);
        if (count > 0) {
            const std::string end = kubernetes::last_end_of(pod);
            reading.detail = end.empty() ? "" : "last for " + end;
            told.push_back(name_of(pod) + (end.empty() ? "" : " (" + end + ")"));
        }
        readings.push_back(std::move(reading));
    }
    return readings.empty() ? no_data(metric, metric.workload->text() + " has no pods", now)
                            : several(metric, std::move(readings), told.empty() ? "" : "of " + listed(told), now);
}

struct NodeCondition {
    const char* word;
    const char* type;
};
constexpr NodeCondition node_conditions[] = {{"ready", "Ready"},
                                             {"not-ready", "Ready"},
                                             {"memory-pressure", "MemoryPressure"},
                                             {"disk-pressure", "DiskPressure"},
                                             {"pid-pressure", "PIDPressure"},
                                             {"network-unavailable", "NetworkUnavailable"}};

/// Whether the node is so; nothing where it does not tell.
std::optional<bool> is_so(const Json& node, const std::string& word) {
    if (word == "cordoned") {
        return node.value("/spec/unschedulable"_json_pointer, false);
    }
    const auto* found = std::find_if(std::begin(node_conditions), std::end(node_conditions),
                                     [&](const NodeCondition& one) { return one.word == word; });
    const std::string status = found == std::end(node_conditions) ? "" : kubernetes::condition_of(node, found->type);
    if (word == "ready" || word == "not-ready") {
        return (status == "True") == (word == "ready"); // of which nobody hears anything is not ready
    }
    const bool untold_is_no = word == "network-unavailable"; // only some networks tell it
    return status == "True"                 ? std::optional(true)
           : status == "False"              ? std::optional(false)
           : status.empty() && untold_is_no ? std::optional(false)
                                            : std::nullopt;
}

series::SampleBatch of_conditions(const ClusterMetric& metric, const ClusterFacts& facts, Nanos now) {
    std::vector<Reading> readings;
    std::vector<std::string> named; // those that a person looks for: not ready, or under pressure
    for (const Json& node : *facts.nodes) {
        const series::Labels labels{{"node", name_of(node)}};
        const auto so = is_so(node, metric.number.of);
        readings.push_back(
            so ? reading_of(labels, *so ? 1 : 0, now, now)
               : without(labels, fmt::format("{} does not tell {}", name_of(node), metric.number.of), now));
        if (so && *so == (metric.number.of != "ready")) {
            named.push_back(name_of(node));
        }
    }
    const std::string summary = named.empty() ? "" : (metric.number.of == "ready" ? "not " : "") + listed(named);
    return readings.empty() ? no_data(metric, "no such node", now) : several(metric, std::move(readings), summary, now);
}

/// When the cluster measured it, by our clock.
Nanos measured_at(const Json& usage, const ClusterFacts& facts, Nanos now) {
    const auto told = parse_instant(usage.value("timestamp", ""), {});
    const Nanos theirs = facts.dated.value_or(now);
    return told ? now - std::max(theirs - *told, Nanos{}) : now;
}

series::SampleBatch of_usage(const ClusterMetric& metric, const ClusterFacts& facts, Nanos now) {
    const bool share = metric.unit == "ratio";
    const std::string& resource = metric.number.of;
    std::map<std::string, double> limits; // by container
    double limit = 1;
    if (share && !of_nodes(metric)) {
        auto read = kubernetes::limits_of(*facts.workload, resource);
        if (!read) {
            return no_value(metric.name, metric.unit, read.error().what, now);
        }
        limits = *std::move(read);
        limit = 0;
        for (const auto& [container, own] : limits) {
            limit += own;
        }
    }
    std::vector<Reading> readings;
    for (const Json& one : *facts.usage) {
        const auto used = kubernetes::used(one, resource, limits);
        if (!used) {
            return no_value(metric.name, metric.unit, name_of(one) + ": " + used.error().what, now);
        }
        const auto labels = of_nodes(metric) ? series::Labels{{"node", name_of(one)}} : of_pod(one);
        if (share && of_nodes(metric)) {
            const auto node = std::find_if(facts.nodes->begin(), facts.nodes->end(),
                                           [&](const Json& known) { return name_of(known) == name_of(one); });
            const auto all = node == facts.nodes->end() ? Result<std::optional<double>>(std::nullopt)
                                                        : kubernetes::allocatable(*node, resource);
            if (!all || all->value_or(0) <= 0) {
                readings.push_back(without(labels, name_of(one) + " does not tell what it can give", now));
                continue;
            }
            limit = **all;
        }
        readings.push_back(reading_of(labels, *used / limit, measured_at(one, facts, now), now));
    }
    if (readings.empty()) {
        return no_data(metric, "nothing was measured yet", now);
    }
    const int wanted = of_nodes(metric) ? 0 : kubernetes::rollout_status(*facts.workload, Json::array()).ready;
    const auto measured = static_cast<int>(readings.size());
    auto batch = several(metric, std::move(readings), "", now);
    if (measured < wanted) {
        batch.degraded.push_back(fmt::format("only {} of {} ready pods were measured", measured, wanted));
    }
    return batch;
}

series::SampleBatch of_capacity(const ClusterMetric& metric, const ClusterFacts& facts, Nanos now) {
    std::vector<Reading> readings;
    for (const Json& node : *facts.nodes) {
        if (!kubernetes::takes_pods(node, !metric.number.selector.empty())) {
            continue;
        }
        const series::Labels labels{{"node", name_of(node)}};
        const auto all = kubernetes::allocatable(node, metric.number.of);
        if (!all) {
            return no_value(metric.name, metric.unit, name_of(node) + ": " + all.error().what, now);
        }
        const auto taken = facts.requested.find(name_of(node));
        readings.push_back(
            *all ? reading_of(labels, **all - (taken == facts.requested.end() ? 0 : taken->second), now, now)
                 : without(labels, name_of(node) + " does not tell what it can give", now));
    }
    return readings.empty() ? no_data(metric, "no node takes pods", now)
                            : several(metric, std::move(readings), "", now);
}

} // namespace

Result<std::optional<ClusterQuestion>> next_question(const ClusterMetric& metric, const ClusterFacts& facts) {
    return of_nodes(metric) ? next_of_nodes(metric, facts) : next_of_workload(metric, facts);
}

Result<void> take_answer(const ClusterMetric& metric, ClusterAnswer answer, ClusterFacts& facts) {
    const bool usage = metric.number.what == What::usage;
    if (!of_nodes(metric) && !facts.workload) {
        facts.workload = std::move(answer.object);
        return {};
    }
    auto items = items_of(answer.object);
    if (!items) {
        return failed(items);
    }
    if (usage && !facts.usage) {
        facts.usage = *std::move(items);
        facts.dated = answer.dated;
    } else if (!of_nodes(metric)) {
        facts.pods = *std::move(items);
    } else if (!facts.nodes) {
        facts.nodes = *std::move(items);
    } else {
        // Added up as they come: nobody keeps the pods of a whole cluster.
        const auto added = kubernetes::add_requests(*items, metric.number.of, facts.requested);
        if (!added) {
            return failed(added);
        }
        ++facts.pages;
        facts.page = answer.object.value("/metadata/continue"_json_pointer, "");
        facts.all_requested = facts.page.empty();
    }
    return {};
}

series::SampleBatch judge_cluster(const ClusterMetric& metric, const ClusterFacts& facts, Nanos now) {
    switch (metric.number.what) {
    case What::ready:
    case What::rollout:
        return of_rollout(metric, facts, now);
    case What::restarts:
        return of_restarts(metric, facts, now);
    case What::usage:
        return of_usage(metric, facts, now);
    case What::nodes:
        return of_conditions(metric, facts, now);
    case What::capacity:
        break;
    }
    return of_capacity(metric, facts, now);
}

} // namespace sluice::sources
