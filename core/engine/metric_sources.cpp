#include "engine/metric_sources.h"

#include "sources/from_plan.h"

namespace sluice::engine {

Result<std::vector<sources::PolledMetric>> metric_sources(const plan::Plan& plan, const plan::Scope& scope,
                                                          Connections& connections, const Outside& outside) {
    std::map<std::string, std::shared_ptr<kafka::Connection>> kafka; // one a cluster, shared by its metrics
    std::vector<sources::PolledMetric> metrics;
    for (const auto& metric : plan.metrics) {
        sources::Ways ways{outside.scheduler, connections.http(metric.from), nullptr};
        if (metric.lag) {
            auto& connection = kafka[metric.from];
            if (!connection) {
                const auto settings = kafka::settings_of(connections.settings(metric.from), outside.secret);
                if (!settings) {
                    return failed(settings);
                }
                auto made = kafka::Connection::make(outside.scheduler, *settings);
                if (!made) {
                    return failed(made);
                }
                connection = std::move(*made);
            }
            ways.kafka = connection;
        }
        auto source = sources::make_source(plan, metric, scope, ways);
        if (!source) {
            return failed(source);
        }
        sources::PolledMetric polled;
        polled.name = metric.name;
        polled.source = std::move(*source);
        polled.interval = metric.interval;
        metrics.push_back(std::move(polled));
    }
    return metrics;
}

} // namespace sluice::engine
