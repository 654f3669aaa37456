#include "range/alert_rules.h"

#include <fmt/format.h>

namespace sluice::range {
namespace {

series::Labels own_labels(const AlertRule& rule, const series::Labels& of) {
    series::Labels labels = of;
    labels["alertname"] = rule.name;
    labels["severity"] = rule.severity;
    return labels;
}

series::Labels alert_labels(const AlertRule& rule, const series::Labels& of, bool firing) {
    series::Labels labels = own_labels(rule, of);
    labels[std::string(series::metric_name)] = "ALERTS";
    labels["alertstate"] = firing ? "firing" : "pending";
    return labels;
}

} // namespace

std::vector<AlertRule> rules_of(const Profile& profile) {
    return {{"HighErrorRate", "critical",
             fmt::format("sum by ({2}) (rate({0}[5m])) / sum by ({2}) (rate({1}[5m])) > 0.05", profile.errors,
                         profile.requests, profile.version_label),
             minutes(2)},
            {"ConsumerLagHigh", "warning", fmt::format("sum by (consumergroup) ({}) > 10000", profile.lag), minutes(2)},
            {"PodsRestarting", "warning",
             "sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total[10m])) > 0", minutes(1)}};
}

AlertRules::AlertRules(const std::vector<AlertRule>& rules) {
    for (const AlertRule& rule : rules) {
        if (auto query = series::promql::parse(rule.expression)) {
            rules_.push_back({rule, std::move(*query), {}});
        }
    }
}

void AlertRules::evaluate(series::SeriesStore& store, Nanos at) {
    for (auto& [rule, query, active] : rules_) {
        const auto answer = series::promql::evaluate(query, store, at);
        const auto* vector = answer ? std::get_if<series::promql::Vector>(&*answer) : nullptr;
        std::map<series::Labels, Active> now;
        for (const auto& element : vector ? *vector : series::promql::Vector{}) {
            series::Labels labels = element.labels;
            labels.erase(series::metric_name);
            const auto before = active.find(labels);
            Active alert = before == active.end() ? Active{at, false} : before->second;
            const bool fires = at - alert.since >= rule.lasts;
            if (fires && before != active.end() && !alert.firing) {
                store.mark_stale(alert_labels(rule, labels, false), at);
            }
            alert.firing = fires;
            store.append(alert_labels(rule, labels, fires), at, 1);
            now[labels] = alert;
        }
        for (const auto& [labels, alert] : active) {
            if (!now.contains(labels)) {
                store.mark_stale(alert_labels(rule, labels, alert.firing), at);
            }
        }
        active = std::move(now);
    }
}

std::vector<Alert> AlertRules::firing() const {
    std::vector<Alert> all;
    for (const auto& [rule, query, active] : rules_) {
        for (const auto& [labels, alert] : active) {
            if (alert.firing) {
                all.push_back({own_labels(rule, labels), alert.since + rule.lasts});
            }
        }
    }
    return all;
}

} // namespace sluice::range
