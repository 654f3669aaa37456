#pragma once
#include "sources/prometheus_judge.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sluice::sources {

/// What one poll of a PromQL metric asks: the query, the age of the data behind each selector in it, and the witness
/// with its own ages. Whoever answers (a Prometheus, what was scraped), it is judged alike.
class PrometheusQuestions {
public:
    struct Question {
        std::string query;
        bool essential = true; ///< of an age: whether its finding nothing means that the data has ended
    };
    using Replies = std::vector<std::optional<PrometheusReply>>;

    /// `bad_input` when the age of the data could not be told: the query is beyond our parser and there is no
    /// `freshness`.
    static Result<PrometheusQuestions> of(PrometheusMetric metric);

    const PrometheusMetric& metric() const { return metric_; }
    /// The query first; equal questions once.
    const std::vector<Question>& all() const { return questions_; }

    /// `replies`: one a question, in their order. `why_empty`: what is known to make an empty answer empty ("scraped
    /// once; rate needs two"); empty = nothing is.
    series::SampleBatch judge(const Replies& replies, Nanos now, std::string why_empty = {}) const;

private:
    explicit PrometheusQuestions(PrometheusMetric metric) : metric_(std::move(metric)) {}
    Result<void> prepare();
    Result<std::vector<std::size_t>> ages_of(const std::string& query, const std::string& freshness);
    std::size_t ask(std::string query, bool essential);

    PrometheusMetric metric_;
    std::vector<Question> questions_;
    std::vector<std::size_t> value_ages_, witness_ages_;
    std::optional<std::size_t> witness_;
};

} // namespace sluice::sources
