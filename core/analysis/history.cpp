#include "analysis/history.h"

#include "analysis/latest.h"
#include "base/instant.h"
#include "base/quantity.h"
#include "plan/gates.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace sluice::analysis {
namespace {

/// To the second: a person reads it.
std::string at(Nanos time) {
    return utc(time).substr(0, 19) + "Z";
}

} // namespace

void History::take(const plan::Plan& plan, const series::SampleBatch& batch) {
    const auto back = plan::looks_back(plan, &plan::Against::ago);
    const auto wanted = back.find(batch.metric);
    const plan::Metric* metric = plan.metric(batch.metric);
    if (wanted == back.end() || metric == nullptr) {
        return;
    }
    const Nanos oldest = batch.received_at - *wanted->second.rbegin() - max_age(*metric);
    for (const auto& reading : batch.readings) {
        if (reading.status != series::Status::ok || !std::isfinite(reading.value) ||
            reading.measured_at < batch.received_at - max_age(*metric)) {
            continue;
        }
        auto& points = kept_[{batch.metric, reading.arm}];
        // The same again, or an instant before: the source was asked twice, or its clock was set back.
        while (!points.empty() && points.back().measured_at >= reading.measured_at) {
            points.pop_back();
        }
        points.push_back({reading.measured_at, reading.value});
    }
    for (auto at = kept_.lower_bound({batch.metric, ""}); at != kept_.end() && at->first.first == batch.metric;) {
        auto& points = at->second;
        while (points.size() > 1 && points[1].measured_at < oldest) { // the one before tells since when there was none
            points.pop_front();
        }
        at = points.back().measured_at < oldest ? kept_.erase(at) : std::next(at);
    }
}

Nanos History::reach(const plan::Plan& plan, const plan::Metric& metric) {
    const auto back = plan::looks_back(plan, &plan::Against::ago);
    const auto wanted = back.find(metric.name);
    return wanted == back.end() ? Nanos{} : *wanted->second.rbegin() + max_age(metric);
}

void History::remember(const plan::Plan& plan, const std::vector<series::SampleBatch>& past, Nanos now) {
    for (const auto& batch : past) {
        const plan::Metric* metric = plan.metric(batch.metric);
        const Nanos reaches = metric ? reach(plan, *metric) : Nanos{};
        for (const auto& reading : batch.readings) {
            if (reading.status != series::Status::ok || !std::isfinite(reading.value) ||
                reading.measured_at <
                    std::max(batch.received_at - (metric ? max_age(*metric) : Nanos{}), now - reaches) ||
                reaches.count == 0) {
                continue;
            }
            auto& points = kept_[{batch.metric, reading.arm}];
            const auto place = std::lower_bound(points.begin(), points.end(), reading.measured_at,
                                                [](const Point& point, Nanos at) { return point.measured_at < at; });
            if (place == points.end() || place->measured_at != reading.measured_at) {
                points.insert(place, {reading.measured_at, reading.value});
            }
        }
    }
}

History::Earlier History::earlier(const plan::Metric& metric, const std::string& arm, Nanos ago, Nanos now) const {
    const auto found = kept_.find({metric.name, arm});
    if (found == kept_.end()) {
        return {{}, fmt::format("not watched yet; {} are needed", duration_text(ago))};
    }
    const auto& points = found->second;
    const Nanos then = now - ago;
    const auto after = std::upper_bound(points.begin(), points.end(), then,
                                        [](Nanos time, const Point& point) { return time < point.measured_at; });
    if (after == points.begin()) {
        return {
            {},
            fmt::format("watched since {} only; {} are needed", at(points.front().measured_at), duration_text(ago))};
    }
    const Point& last = *std::prev(after);
    if (last.measured_at < then - max_age(metric)) {
        return {{},
                fmt::format("there was no data {} ago: none between {} and {}", duration_text(ago),
                            at(last.measured_at), after == points.end() ? "now" : at(after->measured_at))};
    }
    return {last.value, {}};
}

std::map<std::pair<Nanos, std::string>, double> History::values(const plan::Plan& plan, Nanos now) const {
    std::map<std::pair<Nanos, std::string>, double> values;
    const auto back = plan::looks_back(plan, &plan::Against::ago);
    for (const auto& [key, points] : kept_) {
        const auto& [name, arm] = key;
        const auto wanted = back.find(name);
        const plan::Metric* metric = plan.metric(name);
        if (wanted == back.end() || metric == nullptr) {
            continue;
        }
        std::string of = name;
        if (!arm.empty()) {
            of.append("/").append(arm);
        }
        for (const Nanos ago : wanted->second) {
            if (const auto then = earlier(*metric, arm, ago, now); then.value) {
                values[{ago, of}] = *then.value;
            }
        }
    }
    return values;
}

std::size_t History::size() const {
    std::size_t count = 0;
    for (const auto& [key, points] : kept_) {
        count += points.size();
    }
    return count;
}

} // namespace sluice::analysis
