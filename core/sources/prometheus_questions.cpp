#include "sources/prometheus_questions.h"

#include "series/promql.h"

#include <fmt/format.h>

namespace sluice::sources {

Result<PrometheusQuestions> PrometheusQuestions::of(PrometheusMetric metric) {
    PrometheusQuestions questions(std::move(metric));
    if (const auto prepared = questions.prepare(); !prepared) {
        return failed(prepared);
    }
    return questions;
}

Result<void> PrometheusQuestions::prepare() {
    ask(metric_.query, true);
    auto ages = ages_of(metric_.query, metric_.freshness);
    if (!ages) {
        return failed(ages);
    }
    value_ages_ = *std::move(ages);
    if (!metric_.zero_while.empty()) {
        witness_ = ask(metric_.zero_while, true);
        ages = ages_of(metric_.zero_while, metric_.freshness);
        if (!ages) {
            return failed(ages);
        }
        witness_ages_ = *std::move(ages);
    }
    return {};
}

std::size_t PrometheusQuestions::ask(std::string query, bool essential) {
    for (std::size_t i = 0; i < questions_.size(); ++i) {
        if (questions_[i].query == query && questions_[i].essential == essential) {
            return i;
        }
    }
    questions_.push_back({std::move(query), essential});
    return questions_.size() - 1;
}

Result<std::vector<std::size_t>> PrometheusQuestions::ages_of(const std::string& query, const std::string& freshness) {
    if (!freshness.empty()) {
        return std::vector<std::size_t>{ask(freshness, true)};
    }
    const auto parsed = series::promql::parse(query);
    if (!parsed) {
        return fail(ErrorCode::bad_input, "the data's age can't be derived from the query: " + parsed.error().what,
                    "query:" + parsed.error().where, "say `freshness:`, a query that answers the age in seconds");
    }
    std::vector<std::size_t> ages;
    const std::string by = metric_.by_arm.empty() ? "" : " by (" + metric_.by_arm + ")";
    for (const auto& selector : parsed->selectors()) {
        ages.push_back(ask(fmt::format("max{} (time() - timestamp({}))", by, selector.text), selector.essential));
    }
    return ages;
}

series::SampleBatch PrometheusQuestions::judge(const Replies& replies, Nanos now, std::string why_empty) const {
    PrometheusReplies asked;
    const auto ages = [&](const std::vector<std::size_t>& questions) {
        std::vector<AgeReply> all;
        for (const auto question : questions) {
            all.push_back({&*replies[question], questions_[question].essential});
        }
        return all;
    };
    asked.value = &*replies.front();
    asked.value_ages = ages(value_ages_);
    asked.witness = witness_ ? &*replies[*witness_] : nullptr;
    asked.witness_ages = ages(witness_ages_);
    asked.why_empty = std::move(why_empty);
    return sources::judge(metric_, asked, now);
}

} // namespace sluice::sources
