#include "engine/held_past.h"

#include "plan/model.h"

#include <algorithm>
#include <iterator>

namespace sluice::engine {

void HeldPast::answered(const series::SampleBatch& batch, Nanos shortest_gap) {
    if (batch.status != series::Status::source_error) {
        take(batch.metric, batch.received_at, shortest_gap);
    }
}

void HeldPast::was_held(const std::string& metric, const std::vector<Nanos>& answers, Nanos shortest_gap) {
    for (const Nanos at : answers) {
        take(metric, at, shortest_gap);
    }
}

void HeldPast::take(const std::string& metric, Nanos at, Nanos shortest_gap) {
    auto& spans = held_[metric];
    if (spans.empty() || at - spans.back().till > shortest_gap) {
        spans.push_back({at, at});
    }
    spans.back().from = std::min(spans.back().from, at); // the clock can be set back
    spans.back().till = std::max(spans.back().till, at);
}

bool HeldPast::holds(const std::string& metric, Nanos at) const {
    const auto held = held_.find(metric);
    return held != held_.end() && std::any_of(held->second.begin(), held->second.end(),
                                              [&](const Span& span) { return span.from <= at && at <= span.till; });
}

void HeldPast::amended(const plan::Plan& before, const plan::Plan& after) {
    const auto changes = plan::changes_between(before, after);
    const auto changed = [&](const char* kind, const std::string& name) {
        return std::any_of(changes.begin(), changes.end(),
                           [&](const auto& change) { return change.kind == kind && change.name == name; });
    };
    // Which series is which arm's hangs on how the arms are named.
    const bool arms = std::any_of(changes.begin(), changes.end(), [](const auto& one) { return one.kind == "arm"; });
    std::erase_if(held_, [&](const auto& entry) {
        const plan::Metric* metric = after.metric(entry.first);
        return metric == nullptr || changed("metric", entry.first) || changed("connection", metric->from) ||
               (arms && !metric->by_arm.empty());
    });
}

std::vector<series::SampleBatch> HeldPast::missing(const std::vector<series::SampleBatch>& past) {
    std::vector<series::SampleBatch> missing;
    std::copy_if(past.begin(), past.end(), std::back_inserter(missing),
                 [&](const auto& batch) { return !holds(batch.metric, batch.received_at); });
    if (!past.empty()) { // before what goes on, which stays the last
        auto& spans = held_[past.front().metric];
        spans.insert(spans.begin(), {past.front().received_at, past.back().received_at});
    }
    return missing;
}

} // namespace sluice::engine
