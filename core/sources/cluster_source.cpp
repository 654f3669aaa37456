#include "sources/cluster_source.h"

#include "sources/one_value.h"

#include <fmt/format.h>

namespace sluice::sources {
namespace {

constexpr std::size_t longest_detail = 1000; ///< bytes

constexpr const char* misshapen = "the answer is not what an API server sends";

} // namespace

struct ClusterSource::Poll {
    Nanos deadline;
    std::string key;
    Done done;
    int asked = 0;
    ClusterFacts facts;
};

ClusterSource::ClusterSource(std::shared_ptr<ClusterReader> reader, Scheduler& scheduler, ClusterMetric metric)
    : reader_(std::move(reader)), scheduler_(scheduler), metric_(std::move(metric)) {}

void ClusterSource::poll(Nanos deadline, std::string key, Done done) {
    auto poll = std::make_shared<Poll>();
    poll->deadline = deadline;
    poll->key = std::move(key);
    poll->done = std::move(done);
    polls_.insert(poll);
    go_on(poll);
}

void ClusterSource::go_on(const std::shared_ptr<Poll>& poll) {
    series::SampleBatch batch;
    try {
        const auto next = next_question(metric_, poll->facts);
        if (next && *next) {
            // The poll is held by this source alone: whoever answers later finds neither.
            reader_->ask(**next, poll->deadline, fmt::format("{}#{}", poll->key, ++poll->asked), poll,
                         [this, weak = std::weak_ptr(poll)](const ClusterAnswer& answer) {
                             if (const auto open = weak.lock()) {
                                 take(open, answer);
                             }
                         });
            return;
        }
        batch = next ? judge_cluster(metric_, poll->facts, scheduler_.now())
                     : no_value(metric_.name, metric_.unit, next.error().what, scheduler_.now());
    } catch (const Json::exception&) { // a field of another type than the API has there
        batch = no_value(metric_.name, metric_.unit, misshapen, scheduler_.now());
    }
    finish(poll, std::move(batch), {});
}

void ClusterSource::take(const std::shared_ptr<Poll>& poll, const ClusterAnswer& answer) {
    const Nanos now = scheduler_.now();
    if (answer.state != ClusterAnswer::State::there) {
        const bool absent = answer.state == ClusterAnswer::State::absent;
        auto batch = series::without_value(
            metric_.name, absent ? series::Status::no_data : series::Status::source_error, now, answer.why);
        batch.unit = metric_.unit;
        finish(poll, std::move(batch), answer.rest);
        return;
    }
    std::string wrong;
    try {
        const auto taken = take_answer(metric_, answer, poll->facts);
        wrong = taken ? "" : taken.error().what;
    } catch (const Json::exception&) {
        wrong = misshapen;
    }
    if (!wrong.empty()) {
        finish(poll, no_value(metric_.name, metric_.unit, std::move(wrong), now), {});
        return;
    }
    go_on(poll);
}

void ClusterSource::finish(const std::shared_ptr<Poll>& poll, series::SampleBatch batch, Nanos rest) {
    batch.detail = shown(metric_, batch.detail, longest_detail);
    for (auto& reading : batch.readings) {
        reading.detail = shown(metric_, reading.detail, longest_detail);
    }
    rest_ = batch.status == series::Status::source_error ? rest : Nanos{};
    polls_.erase(poll);
    // `done` may destroy this source: nothing of it is touched afterwards.
    poll->done(std::move(batch));
}

} // namespace sluice::sources
