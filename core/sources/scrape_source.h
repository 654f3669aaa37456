#pragma once
#include "sources/prometheus_questions.h"
#include "sources/scraper.h"
#include "sources/source.h"

#include <memory>
#include <set>
#include <vector>

namespace sluice::sources {

/// A metric asked in PromQL of what is scraped from one endpoint, without a Prometheus in between.
///
/// A poll waits for the scrape that is in flight, evaluates query, ages and witness as of now over what was scraped,
/// and judges them as PrometheusSource does. Where it differs:
/// - after a scrape that failed everything is a source error, with its reason and when the last good one was (also the
///   readings' `measured_at`), whatever older scrapes would still answer;
/// - while only one scrape lies within a range of the query, an empty answer says so, and is no 0 by a witness.
class ScrapeSource : public Source {
public:
    /// `bad_input` for a query (`freshness` and `zero_while` too) that our evaluator does not understand, with its
    /// place. `interval`: of the metric's polls.
    static Result<std::unique_ptr<ScrapeSource>> make(std::shared_ptr<Scraper> scraper, Scheduler& scheduler,
                                                      PrometheusMetric metric, Nanos interval);
    ~ScrapeSource() override;
    void poll(Nanos deadline, std::string key, Done done) override;

private:
    ScrapeSource(std::shared_ptr<Scraper> scraper, Scheduler& scheduler, PrometheusQuestions questions);
    Result<void> prepare(Nanos interval);
    series::SampleBatch judge() const;
    std::string why_empty() const;

    std::shared_ptr<Scraper> scraper_;
    Scheduler& scheduler_;
    PrometheusQuestions questions_;
    std::vector<series::promql::Query> queries_; ///< one a question
    std::set<Scraper::AskId> asks_;
};

} // namespace sluice::sources
