#include "engine/metric_sources.h"

#include "effects/run_effect.h"
#include "engine/look.h"
#include "engine/sockets_and_logs.h"
#include "net/place.h"
#include "plan/way.h"
#include "sources/from_plan.h"

#include <algorithm>
#include <filesystem>

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

/// Filled once, at the start: a secret is not asked for with each poll.
Result<net::ProcessSpec> program_of(const plan::Plan& plan, const plan::Metric& metric, const plan::Scope& scope,
                                    Connections& connections, const Outside& outside, const Programs& programs) {
    const analysis::Latest nothing;
    const Eyes eyes{plan,
                    connections,
                    outside,
                    programs.processes,
                    nothing,
                    [&scope] { return scope; },
                    [] { return std::set<std::string>(); },
                    programs.records,
                    programs.folder};
    auto spec = fill_command(eyes, metric.run->command, metric.run->timeout, std::nullopt);
    if (!spec) {
        spec.error().where = "metric " + metric.name + (spec.error().where.empty() ? "" : ", " + spec.error().where);
    }
    return spec;
}

/// Before a crash the same poll may have run its program: this one has its records beside the old.
std::string directory_of(const std::string& records, const std::string& key) {
    std::string directory = effects::record_directory(records, key);
    for (std::error_code ignored; std::filesystem::exists(directory, ignored);) {
        directory += "+";
    }
    return directory;
}

} // namespace

Result<MetricSources> metric_sources(const plan::Plan& plan, const plan::Scope& scope, Connections& connections,
                                     const Outside& outside, const Programs& programs) {
    std::map<std::string, std::shared_ptr<kafka::Connection>> kafka;        // one a cluster, shared by its metrics
    std::map<std::string, std::shared_ptr<sources::Scraper>> scrapers;      // and one a scrape connection
    std::map<std::string, std::shared_ptr<sources::ClusterReader>> readers; // and one a kubernetes connection
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
        if (metric.login && !(outside.reach == nullptr && metric.rehearsed)) {
            const auto settings = kafka::settings_of(connections.settings(metric.from), outside.secret);
            if (!settings) {
                return failed(settings);
            }
            ways.kafka = kafka::Connection::without_client(outside.scheduler, *settings);
        }
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
        ways.acted_out = outside.reach == nullptr;
        if (metric.config && !(ways.acted_out && metric.rehearsed)) {
            auto cluster = connections.kafka(metric.from, net::Pool::polling);
            if (!cluster) {
                return failed(cluster);
            }
            ways.brokers = *std::move(cluster);
        }
        ways.redactions = outside.redactions;
        if (metric.run) {
            auto program = program_of(plan, metric, scope, connections, outside, programs);
            if (!program) {
                return failed(program);
            }
            ways.processes = &programs.processes;
            ways.program = *std::move(program);
            ways.directory = [records = programs.records](const std::string& key) {
                return directory_of(records, key);
            };
        }
        if (metric.logs) {
            ways.pods = connections.cluster(metric.from);
        }
        if (metric.cluster) {
            auto& reader = readers[metric.from];
            if (!reader) {
                reader = std::make_shared<sources::ClusterReader>(outside.http, *connections.cluster(metric.from));
            }
            ways.cluster = reader;
        }
        if (metric.http) {
            const Json& settings = connections.settings(metric.from);
            ways.reach = outside.reach;
            ways.place = net::place_of(plan::address_in(settings), 0);
            ways.tls = connections.tls(metric.from);
        }
        if (metric.reach && !ways.acted_out) {
            auto place = place_of(connections, metric.from, "", metric.reach->port);
            if (!place) {
                place.error().where = "metric " + metric.name + ", " + place.error().where;
                return failed(place);
            }
            ways.reach = outside.reach;
            ways.place = *std::move(place);
            ways.tls = connections.tls(metric.from);
        }
        ways.through_proxy = ways.http != nullptr &&
                             plan::way_of(connections.settings(metric.from)).kind == plan::Way::Kind::service_proxy;
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
        polled.timeout = metric.run ? metric.run->timeout : polled.timeout;
        if (metric.cluster && metric.cluster->what == plan::ClusterNumber::What::capacity) {
            polled.timeout = seconds(20); // page by page
        }
        polled.backs_off = !scraped; // its scraper waits as long as it should
        metrics.polled.push_back(std::move(polled));
    }
    return metrics;
}

void forget_cut_off(const Programs& programs) {
    if (programs.records.empty()) {
        return;
    }
    // As `record_directory` names those of polls; steps' begin with the session's id.
    const std::string begins = std::filesystem::path(effects::record_directory(programs.records, "poll/")).filename();
    std::vector<std::string> found;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(programs.records, error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->path().filename().string().starts_with(begins)) {
            found.push_back(entry->path().string());
        }
    }
    for (const auto& directory : found) {
        programs.processes.forget(directory);
    }
}

} // namespace sluice::engine
