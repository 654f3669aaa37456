/// Metrics that a cluster tells: replicas, rollouts, restarts, use, nodes, room.
#include "plan/reading.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

using ClusterWhat = ClusterNumber::What;

constexpr std::array all_whats{ClusterWhat::ready, ClusterWhat::rollout, ClusterWhat::restarts,
                               ClusterWhat::usage, ClusterWhat::nodes,   ClusterWhat::capacity};

bool fills_in(const std::string& text) {
    return text.find("${") != std::string::npos;
}

/// Told here and not when the release starts, but for what is filled in then.
void check_workload(Reading& reading, const Node& at, const std::string& object) {
    const auto slash = object.find('/');
    const std::string kind = object.substr(0, slash), rest = slash == std::string::npos ? "" : object.substr(slash + 1);
    if (fills_in(kind)) {
        reading.error(at.at, "what kind of workload it is can't be filled in", "write deployment/${…}");
    } else if (kind != "deployment" && kind != "statefulset" && kind != "daemonset") {
        reading.error(at.at, fmt::format("'{}' is no workload with pods of its own", object),
                      "write deployment/name, statefulset/name or daemonset/name");
    } else if (rest.empty() || rest.find('/') != std::string::npos) {
        reading.error(at.at, fmt::format("'{}' does not name one {}", object, kind),
                      fmt::format("write {}/name", kind));
    }
}

/// Whether a key that is there means nothing for this number, and which it belongs to.
void refuse_keys(Reading& reading, const Node& node, const Node& own, const ClusterNumber& number) {
    const bool workload = of_workload(number.what) || (number.what == ClusterWhat::usage && number.object != "nodes");
    const auto refuse = [&](const Node& map, const char* key, bool fits, const char* remedy) {
        if (const Entry* entry = map.entry(key); entry != nullptr && !fits) {
            reading.error(entry->at, fmt::format("'{}' means nothing for '{}'", key, name(number.what)), remedy);
        }
    };
    refuse(own, "of", number.what == ClusterWhat::usage, "remove it: it says whose use is meant");
    refuse(own, "namespace", workload, "remove it: nodes have none");
    refuse(own, "selector", !workload, "remove it: the workload chooses its pods");
    refuse(own, "advice", number.what == ClusterWhat::ready || number.what == ClusterWhat::rollout,
           "remove it: only ready and rollout tell a cause");
    for (const char* key : {"by-arm", "freshness", "empty"}) {
        refuse(node, key, false,
               key == std::string_view("by-arm")
                   ? "write a metric for each arm, and one that is derived: {blue: …, green: …}"
                   : "remove it");
    }
    const bool one = number.what == ClusterWhat::ready || number.what == ClusterWhat::rollout;
    for (const char* key : {"reduce", "at-least"}) {
        refuse(node, key, !one, "remove it: it is one number");
    }
    refuse(node, "counts", number.what == ClusterWhat::restarts, "remove it");
}

void check_unit_of_cluster(Reading& reading, const Node& node, const Metric& metric) {
    const auto& number = *metric.cluster;
    const char* plain = number.of == "memory" ? "bytes" : "count";
    const bool share = number.what == ClusterWhat::usage && metric.unit == "ratio";
    const Node* unit = node.find("unit");
    if (unit != nullptr && unit->is_scalar() && metric.unit != plain && !share) {
        reading.error(unit->at, fmt::format("{} is told in '{}', not in '{}'", name(number.what), plain, metric.unit),
                      number.what == ClusterWhat::usage
                          ? fmt::format("write unit: {}, or unit: ratio for the share", plain)
                          : fmt::format("write unit: {}", plain));
    }
}

/// Its object, and where that is.
void read_object(Reading& reading, const Node& own, ClusterNumber& number) {
    const Node* at = own.find(number.what == ClusterWhat::usage ? "of" : name(number.what));
    if (at == nullptr) {
        reading.error(own.at, "nobody says whose use is meant", "add of: deployment/name, or of: nodes");
        return;
    }
    number.object = reading.filled(*at);
    if (!at->is_scalar() || (number.what == ClusterWhat::usage && number.object == "nodes")) {
        return;
    }
    check_workload(reading, *at, number.object);
    if (own.find("namespace") == nullptr) {
        reading.error(own.at, fmt::format("nobody says in which namespace '{}' is", number.object), "add namespace: …");
    }
}

void set_pace(const Node& node, Metric& metric) {
    const ClusterWhat what = metric.cluster->what;
    if (node.find("interval") == nullptr) {
        metric.interval = what == ClusterWhat::capacity ? minutes(1) // all pods of the cluster
                          : what == ClusterWhat::usage || what == ClusterWhat::nodes ? seconds(15)
                                                                                     : metric.interval;
    }
    if (what == ClusterWhat::usage && !metric.max_age) {
        // The cluster itself measures every 15 s to a minute, and tells when.
        metric.max_age = std::max(metric.interval * 3, seconds(90));
    }
}

} // namespace

void read_cluster_number(Reading& reading, const Node& node, Metric& metric) {
    const Node& own = *node.find("kubernetes");
    metric.rehearsed = read_rehearsed(reading, node, metric);
    ClusterNumber number;
    const auto told = std::find_if(all_whats.begin(), all_whats.end(),
                                   [&](ClusterWhat what) { return own.find(name(what)) != nullptr; });
    if (!own.is_map() || told == all_whats.end()) {
        metric.cluster = std::move(number);
        return; // which was told
    }
    number.what = *told;
    if (of_workload(number.what) || number.what == ClusterWhat::usage) {
        read_object(reading, own, number);
    }
    if (!of_workload(number.what)) {
        number.of = reading.text(own, name(number.what));
    }
    number.name_space = reading.filled(own, "namespace");
    number.selector = reading.filled(own, "selector");
    if (const Node* advice = own.find("advice"); advice != nullptr && advice->is_map()) {
        for (const Entry& entry : advice->entries) {
            number.advice[entry.key] = reading.filled(entry.value);
        }
    }
    metric.cluster = std::move(number);
    if (metric.reduce == Reduce::none && metric.cluster->what != ClusterWhat::ready &&
        metric.cluster->what != ClusterWhat::rollout) {
        metric.reduce = Reduce::sum;
    }
    refuse_keys(reading, node, own, *metric.cluster);
    check_unit_of_cluster(reading, node, metric);
    check_answers(reading, node, metric, "kubernetes");
    set_pace(node, metric);
    if (!rehearsable(*metric.cluster) && node.find("rehearse") == nullptr) {
        reading.warn(metric.at, "a rehearsal has only deployments: this plan can't be rehearsed",
                     "add rehearse: {value: …}, the number that it tells there");
    }
}

} // namespace sluice::plan
