#include "sources/prometheus_source.h"

#include "sources/prometheus_past.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::sources {

struct PrometheusSource::Poll {
    Done done;
    PrometheusQuestions::Replies replies;
    std::vector<net::ExchangeId> exchanges;
    std::size_t missing = 0;
};

/// What was, question by question.
struct PrometheusSource::Look {
    Instants instants;
    Nanos timeout;
    std::string key;
    Past done;
    PrometheusQuestions::Replies replies;
    net::ExchangeId exchange{}; ///< of the question that is on its way
};

Nanos default_max_age(Nanos interval) {
    return std::max(interval * 3, seconds(30));
}

PrometheusSource::PrometheusSource(net::HttpClient& http, Scheduler& scheduler, HttpEndpoint endpoint,
                                   PrometheusQuestions questions)
    : http_(http), scheduler_(scheduler), endpoint_(std::move(endpoint)), questions_(std::move(questions)) {}

PrometheusSource::~PrometheusSource() {
    for (const auto& poll : polls_) {
        for (std::size_t i = 0; i < poll->exchanges.size(); ++i) {
            if (!poll->replies[i]) {
                http_.cancel(poll->exchanges[i]);
            }
        }
    }
    for (const auto& look : looks_) {
        http_.cancel(look->exchange);
    }
}

Result<std::unique_ptr<PrometheusSource>> PrometheusSource::make(net::HttpClient& http, Scheduler& scheduler,
                                                                 HttpEndpoint endpoint, PrometheusMetric metric) {
    auto questions = PrometheusQuestions::of(std::move(metric));
    if (!questions) {
        return failed(questions);
    }
    return std::unique_ptr<PrometheusSource>(
        new PrometheusSource(http, scheduler, std::move(endpoint), *std::move(questions)));
}

void PrometheusSource::poll(Nanos deadline, std::string key, Done done) {
    rest_ = {};
    auto poll = std::make_shared<Poll>();
    poll->done = std::move(done);
    poll->replies.resize(questions_.all().size());
    poll->missing = questions_.all().size();
    polls_.insert(poll);
    for (std::size_t i = 0; i < questions_.all().size(); ++i) {
        auto request = get(endpoint_, "/api/v1/query?query=" + percent_encoded(questions_.all()[i].query),
                           fmt::format("{}#{}", key, i + 1), scheduler_.now(), deadline);
        poll->exchanges.push_back(http_.send(std::move(request), [this, poll, i](Result<net::HttpResponse> response) {
            answered(poll, i, std::move(response));
        }));
    }
}

void PrometheusSource::answered(const std::shared_ptr<Poll>& poll, std::size_t question,
                                Result<net::HttpResponse> response) {
    rest_ = std::max(rest_, rest_after(response));
    poll->replies[question] = reply_of(of_this_time(std::move(response), scheduler_));
    if (--poll->missing > 0) {
        return;
    }
    polls_.erase(poll);
    // `done` may destroy this source: nothing of it is touched afterwards.
    poll->done(questions_.judge(poll->replies, scheduler_.now()));
}

void PrometheusSource::past(const Instants& instants, Nanos timeout, std::string key, Past done) {
    auto look = std::make_shared<Look>();
    look->instants = instants;
    look->timeout = timeout;
    look->key = std::move(key);
    look->done = std::move(done);
    looks_.insert(look);
    ask_on(look);
}

void PrometheusSource::ask_on(const std::shared_ptr<Look>& look) {
    const std::size_t question = look->replies.size();
    auto request =
        get(endpoint_, range_path(questions_.all()[question].query, look->instants),
            fmt::format("{}#{}", look->key, question + 1), scheduler_.now(), scheduler_.now() + look->timeout);
    look->exchange = http_.send(std::move(request), [this, look](Result<net::HttpResponse> response) {
        look->replies.emplace_back(reply_of(of_this_time(std::move(response), scheduler_)));
        const bool good = look->replies.back()->has_value();
        if (good && look->replies.size() < questions_.all().size()) {
            ask_on(look);
            return;
        }
        looks_.erase(look);
        // `done` may destroy this source: nothing of it is touched afterwards.
        look->done(good ? judge_past(questions_, look->replies, look->instants)
                        : Result<std::vector<series::SampleBatch>>(failed(*look->replies.back())));
    });
}

} // namespace sluice::sources
