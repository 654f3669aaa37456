#include "engine/metric_sources.h"

#include "net/place.h"
#include "sources/from_plan.h"

#include <algorithm>

namespace sluice::engine {
namespace {

/// Each behind what it is made of; that nothing is derived from itself was checked with the plan.
Result<std::vector<analysis::Derived>> derived_metrics(const plan::Plan& plan) {
    std::vector<analysis::Derived> waiting;
    for (const auto& metric : plan.metrics) {
        if (!metric.derived.empty()) {
            auto derived = analysis::Derived::make(plan, metric);
            if (!derived) {
                return failed(derived);
            }
            waiting.push_back(*std::move(derived));
        }
    }
    std::vector<analysis::Derived> ordered;
    while (!waiting.empty()) {
        const auto ready = std::find_if(waiting.begin(), waiting.end(), [&](const auto& one) {
            return std::none_of(waiting.begin(), waiting.end(),
                                [&](const auto& other) { return one.parts().contains(other.name()); });
        });
        if (ready == waiting.end()) {
            return fail(ErrorCode::bad_input, "metrics are derived from each other in a circle",
                        "metric " + waiting.front().name());
        }
        ordered.push_back(std::move(*ready));
        waiting.erase(ready);
    }
    return ordered;
}

} // namespace

Result<MetricSources> metric_sources(const plan::Plan& plan, const plan::Scope& scope, Connections& connections,
                                     const Outside& outside) {
    std::map<std::string, std::shared_ptr<kafka::Connection>> kafka;   // one a cluster, shared by its metrics
    std::map<std::string, std::shared_ptr<sources::Scraper>> scrapers; // and one a scrape connection
    MetricSources metrics;
    auto derived = derived_metrics(plan);
    if (!derived) {
        return failed(derived);
    }
    metrics.derived = *std::move(derived);
    for (const auto& metric : plan.metrics) {
        if (!metric.derived.empty()) {
            continue;
        }
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
        if (metric.http) {
            const Json& settings = connections.settings(metric.from);
            ways.acted_out = outside.reach == nullptr;
            ways.reach = outside.reach;
            ways.place = net::place_of(plan::address_in(settings), 0);
            ways.tls = connections.tls(metric.from);
            ways.through_proxy = settings.contains("via");
            ways.redactions = outside.redactions;
        }
        const auto* from = plan.connection(metric.from);
        const bool scraped = from != nullptr && from->kind == plan::ConnectionKind::scrape;
        if (scraped) {
            auto& scraper = scrapers[metric.from];
            if (!scraper) {
                scraper = std::make_shared<sources::Scraper>(
                    *ways.http, outside.scheduler,
                    sources::ScrapeSettings{.name = metric.from, .interval = plan::scrape_interval(*from)});
            }
            ways.scraper = scraper;
        }
        auto source = sources::make_source(plan, metric, scope, ways);
        if (!source) {
            return failed(source);
        }
        sources::PolledMetric polled;
        polled.name = metric.name;
        polled.source = std::move(*source);
        polled.interval = metric.interval;
        polled.backs_off = !scraped; // its scraper waits as long as it should
        metrics.polled.push_back(std::move(polled));
    }
    return metrics;
}

} // namespace sluice::engine
