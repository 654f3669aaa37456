#include "sources/prometheus_source.h"

#include "series/promql.h"
#include "sources/prometheus_judge.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::sources {

struct PrometheusSource::Poll {
    Done done;
    std::vector<std::optional<PrometheusReply>> replies;
    std::vector<net::ExchangeId> exchanges;
    std::size_t missing = 0;
};

Nanos default_max_age(Nanos interval) {
    return std::max(interval * 3, seconds(30));
}

PrometheusSource::PrometheusSource(net::HttpClient& http, Scheduler& scheduler, HttpEndpoint endpoint,
                                   PrometheusMetric metric)
    : http_(http), scheduler_(scheduler), endpoint_(std::move(endpoint)), metric_(std::move(metric)) {}

PrometheusSource::~PrometheusSource() {
    for (const auto& poll : polls_) {
        for (std::size_t i = 0; i < poll->exchanges.size(); ++i) {
            if (!poll->replies[i]) {
                http_.cancel(poll->exchanges[i]);
            }
        }
    }
}

Result<std::unique_ptr<PrometheusSource>> PrometheusSource::make(net::HttpClient& http, Scheduler& scheduler,
                                                                 HttpEndpoint endpoint, PrometheusMetric metric) {
    std::unique_ptr<PrometheusSource> source(
        new PrometheusSource(http, scheduler, std::move(endpoint), std::move(metric)));
    if (const auto prepared = source->prepare(); !prepared) {
        return failed(prepared);
    }
    return source;
}

Result<void> PrometheusSource::prepare() {
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

std::size_t PrometheusSource::ask(std::string query, bool essential) {
    for (std::size_t i = 0; i < questions_.size(); ++i) {
        if (questions_[i].query == query && questions_[i].essential == essential) {
            return i;
        }
    }
    questions_.push_back({std::move(query), essential});
    return questions_.size() - 1;
}

Result<std::vector<std::size_t>> PrometheusSource::ages_of(const std::string& query, const std::string& freshness) {
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

void PrometheusSource::poll(Nanos deadline, std::string key, Done done) {
    auto poll = std::make_shared<Poll>();
    poll->done = std::move(done);
    poll->replies.resize(questions_.size());
    poll->missing = questions_.size();
    polls_.insert(poll);
    for (std::size_t i = 0; i < questions_.size(); ++i) {
        auto request = get(endpoint_, "/api/v1/query?query=" + percent_encoded(questions_[i].query),
                           fmt::format("{}#{}", key, i + 1), scheduler_.now(), deadline);
        poll->exchanges.push_back(http_.send(std::move(request), [this, poll, i](Result<net::HttpResponse> response) {
            answered(poll, i, std::move(response));
        }));
    }
}

void PrometheusSource::answered(const std::shared_ptr<Poll>& poll, std::size_t question,
                                Result<net::HttpResponse> response) {
    poll->replies[question] = reply_of(response);
    if (--poll->missing > 0) {
        return;
    }
    polls_.erase(poll);
    // `done` may destroy this source: nothing of it is touched afterwards.
    poll->done(judge(*poll));
}

series::SampleBatch PrometheusSource::judge(const Poll& poll) const {
    PrometheusReplies replies;
    const auto ages = [&](const std::vector<std::size_t>& questions) {
        std::vector<AgeReply> all;
        for (const auto question : questions) {
            all.push_back({&*poll.replies[question], questions_[question].essential});
        }
        return all;
    };
    replies.value = &*poll.replies.front();
    replies.value_ages = ages(value_ages_);
    replies.witness = witness_ ? &*poll.replies[*witness_] : nullptr;
    replies.witness_ages = ages(witness_ages_);
    return sources::judge(metric_, replies, scheduler_.now());
}

} // namespace sluice::sources
