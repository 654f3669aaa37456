#include "sources/scrape_source.h"

#include "base/instant.h"
#include "base/quantity.h"

#include <fmt/format.h>

namespace sluice::sources {

ScrapeSource::ScrapeSource(std::shared_ptr<Scraper> scraper, Scheduler& scheduler, PrometheusQuestions questions)
    : scraper_(std::move(scraper)), scheduler_(scheduler), questions_(std::move(questions)) {}

ScrapeSource::~ScrapeSource() {
    for (const auto ask : asks_) {
        scraper_->withdraw(ask);
    }
}

Result<std::unique_ptr<ScrapeSource>> ScrapeSource::make(std::shared_ptr<Scraper> scraper, Scheduler& scheduler,
                                                         PrometheusMetric metric, Nanos interval) {
    for (const auto& [name, query] : {std::pair("query", &metric.query), std::pair("freshness", &metric.freshness),
                                      std::pair("zero-while", &metric.zero_while)}) {
        const auto read = query->empty() ? Result<void>() : series::promql::parse(*query).map([](const auto&) {});
        if (!read) {
            return fail(ErrorCode::bad_input, read.error().what, fmt::format("{}:{}", name, read.error().where),
                        "what is scraped is evaluated by this program, which knows a part of PromQL");
        }
    }
    auto questions = PrometheusQuestions::of(std::move(metric));
    if (!questions) {
        return failed(questions);
    }
    std::unique_ptr<ScrapeSource> source(new ScrapeSource(std::move(scraper), scheduler, *std::move(questions)));
    if (const auto prepared = source->prepare(interval); !prepared) {
        return failed(prepared);
    }
    return source;
}

Result<void> ScrapeSource::prepare(Nanos interval) {
    for (const auto& question : questions_.all()) {
        auto query = series::promql::parse(question.query);
        if (!query) {
            return failed(query);
        }
        scraper_->keep(*query, interval);
        queries_.push_back(*std::move(query));
    }
    return {};
}

void ScrapeSource::poll(Nanos deadline, std::string /*key: the scrape has one of its own*/, Done done) {
    auto id = std::make_shared<Scraper::AskId>();
    *id = scraper_->ask(deadline, [this, id, done = std::move(done)] {
        asks_.erase(*id);
        // `done` may destroy this source: nothing of it is touched afterwards.
        done(judge());
    });
    asks_.insert(*id);
}

series::SampleBatch ScrapeSource::judge() const {
    const Nanos now = scheduler_.now();
    const auto last_good = scraper_->last_good();
    if (last_good && scraper_->failure().empty()) {
        PrometheusQuestions::Replies replies;
        for (const auto& query : queries_) {
            auto value = series::promql::evaluate(query, scraper_->store(), now);
            replies.emplace_back(value ? PrometheusReply(series::PrometheusAnswer{*std::move(value), {}})
                                       : PrometheusReply(failed(value)));
        }
        return questions_.judge(replies, now, why_empty());
    }
    const std::string why = scraper_->failure().empty() ? "no answer in time" : scraper_->failure();
    // An instant and no age: a text that changes with each poll would be an event with each poll.
    const PrometheusReply reply =
        fail(ErrorCode::refused,
             last_good ? fmt::format("{}; last good scrape {}", why, utc(*last_good)) : why + "; no good scrape yet");
    auto batch = questions_.judge(PrometheusQuestions::Replies(queries_.size(), reply), now);
    for (auto& reading : batch.readings) {
        reading.measured_at = last_good.value_or(now);
    }
    return batch;
}

std::string ScrapeSource::why_empty() const {
    const auto range = queries_.front().shortest_range();
    if (!range || scraper_->good_within(*range) > 1) {
        return {};
    }
    return scraper_->good_in_all() == 1
               ? "scraped once; rate needs two"
               : fmt::format("fewer than two good scrapes within {}; rate needs two", duration_text(*range));
}

} // namespace sluice::sources
