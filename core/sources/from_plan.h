#pragma once
#include "base/redact.h"
#include "kafka/cluster.h"
#include "kafka/connection.h"
#include "kubernetes/client.h"
#include "net/http.h"
#include "net/place.h"
#include "net/process.h"
#include "net/reach.h"
#include "plan/model.h"
#include "sources/cluster_reader.h"
#include "sources/scraper.h"
#include "sources/source.h"

#include <functional>
#include <memory>
#include <string>

namespace sluice::sources {

/// How what a metric asks is reached; what its kind needs must be there.
struct Ways {
    Scheduler& scheduler;
    net::HttpClient* http = nullptr;            ///< takes requests whose URL is a path, and puts address and headers on
    std::shared_ptr<kafka::Connection> kafka;   ///< of a login: not shared
    std::shared_ptr<Scraper> scraper = nullptr; ///< shared by the metrics of a scrape connection; then it answers
    bool acted_out = false;      ///< in a rehearsal: a metric whose `rehearse` says what it tells is not asked
    net::Reach* reach = nullptr; ///< opens a socket of its own; null in a rehearsal
    net::Place place = {};       ///< whose name, port or certificate it looks at
    std::shared_ptr<const net::Tls> tls = nullptr; ///< by whom that is believed; null = as the system does
    net::ProcessRunner* processes = nullptr;       ///< runs the program of a metric
    net::ProcessSpec program = {};                 ///< which is this one: filled in, secrets apart
    std::function<std::string(const std::string& key)> directory = {}; ///< where a run of it has its records
    bool through_proxy = false;                                        ///< `http` goes by a cluster's service proxy
    std::shared_ptr<const RedactionSet> redactions = nullptr;          ///< kept out of what is told of an answer
    kubernetes::Client* pods = nullptr;                                ///< whose logs are read
    std::shared_ptr<kafka::Cluster> brokers = nullptr;                 ///< of settings
    std::shared_ptr<ClusterReader> cluster = nullptr; ///< shared by the metrics of a kubernetes connection
};

/// The source that a plan's metric asks for, its templates filled from `scope` (which must hold all that they name).
///
/// `bad_input`, with the metric's name, for a template that can't be filled, two arms that metrics name alike, a query
/// whose data's age can't be told, and one over what is scraped that our evaluator does not understand.
Result<std::unique_ptr<Source>> make_source(const plan::Plan& plan, const plan::Metric& metric,
                                            const plan::Scope& scope, const Ways& ways);

} // namespace sluice::sources
