#pragma once
#include "base/result.h"
#include "sources/http_endpoint.h"
#include "sources/prometheus_questions.h"
#include "sources/source.h"

#include <set>
#include <vector>

namespace sluice::sources {

/// Instant queries, with the age of the data and not of the answer (PLAN.md, "Metrics, gates, holds, triggers").
///
/// One poll sends the query, a question for the age of each selector in it, and the witness with its own questions, all
/// at once, and calls back when all are answered. For each arm:
/// - source error: not reachable, an HTTP or Prometheus error, no Prometheus answer, several series without `reduce`;
/// - no data: empty (and no witness), NaN, older than `max_age` or dated as far ahead, or a selector that found nothing
///   although it must have: rate() goes on for minutes over a series that has ended.
class PrometheusSource : public Source {
public:
    /// `bad_input` when the age of the data could not be told: the query is beyond our parser and there is no
    /// `freshness`.
    static Result<std::unique_ptr<PrometheusSource>> make(net::HttpClient& http, Scheduler& scheduler,
                                                          HttpEndpoint endpoint, PrometheusMetric metric);
    ~PrometheusSource() override;
    void poll(Nanos deadline, std::string key, Done done) override;
    Nanos rest() const override { return rest_; }
    bool has_past() const override { return true; }
    void past(const series::promql::Instants& instants, Nanos timeout, std::string key, Past done) override;

    /// How many requests one poll sends.
    std::size_t requests_per_poll() const { return questions_.all().size(); }

private:
    struct Poll;
    struct Look;

    PrometheusSource(net::HttpClient& http, Scheduler& scheduler, HttpEndpoint endpoint, PrometheusQuestions questions);
    void answered(const std::shared_ptr<Poll>& poll, std::size_t question, Result<net::HttpResponse> response);

    void ask_on(const std::shared_ptr<Look>& look);

    net::HttpClient& http_;
    Scheduler& scheduler_;
    HttpEndpoint endpoint_;
    PrometheusQuestions questions_;
    std::set<std::shared_ptr<Poll>> polls_;
    std::set<std::shared_ptr<Look>> looks_; ///< back
    Nanos rest_;                            ///< the longest that an answer to the last poll asks for
};

} // namespace sluice::sources
