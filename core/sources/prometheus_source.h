#pragma once
#include "base/result.h"
#include "sources/http_endpoint.h"
#include "sources/reduce.h"
#include "sources/source.h"

#include <map>
#include <set>
#include <vector>

namespace sluice::sources {

/// A metric asked of Prometheus, its templates filled.
struct PrometheusMetric {
    std::string name;
    std::string unit;
    std::string query;
    std::string by_arm;                      ///< label whose value names the arm; empty = one value for the whole
    std::map<std::string, std::string> arms; ///< that label's value → arm; other values are left out
    Reduce reduce = Reduce::none;
    int at_least = 1;
    Nanos max_age = seconds(30); ///< older data is no data
    std::string freshness;       ///< query whose answer is the data's age in seconds; empty = derived from the query
    std::string zero_while;      ///< witness: where it answers, an empty answer means 0; empty = it means no data
};

/// Instant queries, with the age of the data and not of the answer (PLAN.md, "Metrics, gates, holds, triggers").
///
/// One poll sends the query, a question for the age of each selector in it, and the witness with its own questions, all
/// at once, and calls back when all are answered. For each arm:
/// - source error: not reachable, an HTTP or Prometheus error, no Prometheus answer, several series without `reduce`;
/// - no data: empty (and no witness), NaN, older than `max_age`, or a selector that found nothing although it must
/// have:
///   rate() goes on for minutes over a series that has ended.
class PrometheusSource : public Source {
public:
    /// `bad_input` when the age of the data could not be told: the query is beyond our parser and there is no
    /// `freshness`.
    static Result<std::unique_ptr<PrometheusSource>> make(net::HttpClient& http, Scheduler& scheduler,
                                                          HttpEndpoint endpoint, PrometheusMetric metric);
    ~PrometheusSource() override;
    void poll(Nanos deadline, std::string key, Done done) override;

    /// How many requests one poll sends.
    std::size_t requests_per_poll() const { return questions_.size(); }

private:
    struct Question {
        std::string query;
        bool essential = true; ///< of an age: whether its finding nothing means that the data has ended
    };
    struct Poll;

    PrometheusSource(net::HttpClient& http, Scheduler& scheduler, HttpEndpoint endpoint, PrometheusMetric metric);
    Result<void> prepare();
    Result<std::vector<std::size_t>> ages_of(const std::string& query, const std::string& freshness);
    std::size_t ask(std::string query, bool essential);
    void answered(const std::shared_ptr<Poll>& poll, std::size_t question, Result<net::HttpResponse> response);
    series::SampleBatch judge(const Poll& poll) const;

    net::HttpClient& http_;
    Scheduler& scheduler_;
    HttpEndpoint endpoint_;
    PrometheusMetric metric_;
    std::vector<Question> questions_; ///< the query first; equal questions once
    std::vector<std::size_t> value_ages_, witness_ages_;
    std::optional<std::size_t> witness_;
    std::set<std::shared_ptr<Poll>> polls_;
};

} // namespace sluice::sources
