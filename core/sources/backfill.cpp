#include "sources/backfill.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::sources {
namespace {

constexpr Nanos request_timeout = seconds(15);

/// The instants after `from` and before `to`, counted back from `to`.
Instants between(Nanos from, Nanos to, Nanos interval) {
    const Nanos step = milliseconds(std::max<std::int64_t>(interval.count / 1'000'000, 1));
    const Nanos end = milliseconds(to.count / 1'000'000);
    return {end - step * (std::max<std::int64_t>((end - from).count - 1, 0) / step.count), end - step, step};
}

/// A line is broken by the first that has no value.
std::vector<series::SampleBatch> without_repeated_absence(std::vector<series::SampleBatch> batches) {
    std::vector<series::SampleBatch> kept;
    for (auto& batch : batches) {
        if (batch.status == series::Status::ok || kept.empty() || kept.back().status == series::Status::ok) {
            kept.push_back(std::move(batch));
        }
    }
    return kept;
}

} // namespace

Nanos Backfill::shortest_gap(Nanos interval) {
    return std::max(interval * 3, seconds(15));
}

void Backfill::add(Metric metric) {
    const std::string name = metric.name;
    metrics_.insert_or_assign(name, Watched{std::move(metric), std::nullopt, false, 0});
}

void Backfill::was_answered(const std::string& metric, Nanos until) {
    if (const auto found = metrics_.find(metric); found != metrics_.end()) {
        found->second.answered = until;
    }
}

void Backfill::take(const series::SampleBatch& answer) {
    const auto found = metrics_.find(answer.metric);
    if (found == metrics_.end() || answer.status == series::Status::source_error) {
        return;
    }
    Watched& watched = found->second;
    const Nanos now = answer.received_at;
    const auto last = std::exchange(watched.answered, now);
    const bool first = !std::exchange(watched.begun, true);
    const auto& metric = watched.metric;
    if (!last) {
        ask(watched, Why::before, now - metric.before - Nanos{1}, now);
    } else if (now - *last > shortest_gap(metric.interval)) { // not when the clock was set back
        ask(watched, Why::gap, std::max(*last, now - longest_gap), now);
    }
    if (first && last) {
        ask(watched, Why::again, now - metric.remembered - Nanos{1}, std::min(*last, now));
    }
    ask_next();
}

void Backfill::ask(Watched& watched, Why why, Nanos from, Nanos to) {
    for (const auto& instants : parts(between(from, to, watched.metric.interval), instants_at_once)) {
        parts_.push_back({&watched, why, instants});
    }
}

void Backfill::ask_next() {
    if (asking_ || parts_.empty()) {
        return;
    }
    asking_ = true;
    const Part part = parts_.front();
    parts_.pop_front();
    part.of->metric.source->past(part.instants, request_timeout,
                                 fmt::format("past/{}/{}", part.of->metric.name, ++part.of->asked),
                                 [this, part, life = std::weak_ptr(life_)](auto batches) {
                                     if (life.expired()) {
                                         return;
                                     }
                                     asking_ = false;
                                     if (batches) {
                                         receive_(part.why, without_repeated_absence(std::move(*batches)));
                                     } else {
                                         std::erase_if(parts_, [&](const Part& one) { return one.of == part.of; });
                                     }
                                     if (!life.expired()) { // who receives may have ended it
                                         ask_next();
                                     }
                                 });
}

void Backfill::stop() {
    life_ = std::make_shared<int>(0);
    metrics_.clear();
    parts_.clear();
    asking_ = false;
}

} // namespace sluice::sources
