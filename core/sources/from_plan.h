#pragma once
#include "kafka/connection.h"
#include "net/http.h"
#include "plan/model.h"
#include "sources/scraper.h"
#include "sources/source.h"

#include <memory>

namespace sluice::sources {

/// How a metric's connection is reached; the one that its kind needs must be there.
struct Ways {
    Scheduler& scheduler;
    net::HttpClient* http = nullptr; ///< takes requests whose URL is a path, and puts address and headers on
    std::shared_ptr<kafka::Connection> kafka;
    std::shared_ptr<Scraper> scraper = nullptr; ///< shared by the metrics of a scrape connection; then it answers
};

/// The source that a plan's metric asks for, its templates filled from `scope` (which must hold all that they name).
///
/// `bad_input`, with the metric's name, for a template that can't be filled, two arms that metrics name alike, a query
/// whose data's age can't be told, and one over what is scraped that our evaluator does not understand.
Result<std::unique_ptr<Source>> make_source(const plan::Plan& plan, const plan::Metric& metric,
                                            const plan::Scope& scope, const Ways& ways);

} // namespace sluice::sources
