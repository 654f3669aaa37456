#include "session/readings.h"

#include <algorithm>
#include <iterator>

namespace sluice::session {

const Reading* Line::at(Nanos time) const {
    const auto after = std::upper_bound(readings_.begin(), readings_.end(), time,
                                        [](Nanos t, const Reading& reading) { return t < reading.at; });
    return after == readings_.begin() ? nullptr : &*std::prev(after);
}

void Line::add(std::vector<Reading> earlier) {
    const auto before = [](const Reading& a, const Reading& b) { return a.at < b.at; };
    std::stable_sort(earlier.begin(), earlier.end(), before);
    const auto here = static_cast<std::ptrdiff_t>(readings_.size());
    readings_.insert(readings_.end(), std::make_move_iterator(earlier.begin()), std::make_move_iterator(earlier.end()));
    std::inplace_merge(readings_.begin(), readings_.begin() + here, readings_.end(), before);
    readings_.erase(std::unique(readings_.begin(), readings_.end(),
                                [](const Reading& a, const Reading& b) { return a.at == b.at; }),
                    readings_.end());
}

void Readings::take_past(const std::vector<const Sample*>& samples) {
    std::map<SeriesKey, std::vector<Reading>> by_series;
    for (const Sample* sample : samples) {
        by_series[sample->series].push_back(
            {sample->received_at, sample->measured_at, sample->status, sample->value, sample->detail});
        first_ = std::min(first_.value_or(sample->received_at), sample->received_at);
    }
    for (auto& [series, readings] : by_series) {
        past_.try_emplace(series, series).first->second.add(std::move(readings));
    }
}

void Readings::take(const Tick& tick) {
    std::vector<const Sample*> past;
    for (const auto& sample : tick.samples) {
        if (sample.past) {
            past.push_back(&sample);
            continue;
        }
        auto line = lines_.try_emplace(sample.series, sample.series).first;
        line->second.add({sample.received_at, sample.measured_at, sample.status, sample.value, sample.detail});
    }
    first_ = std::min(first_.value_or(tick.time), tick.time);
    last_ = tick.time;
    if (!past.empty()) {
        take_past(past);
    }
}

const Line* Readings::past(const SeriesKey& key) const {
    const auto found = past_.find(key);
    return found == past_.end() ? nullptr : &found->second;
}

std::vector<const Line*> Readings::of(const std::string& metric) const {
    std::vector<const Line*> found;
    for (auto at = lines_.lower_bound({metric, "", "", ""}); at != lines_.end() && at->first.metric == metric; ++at) {
        found.push_back(&at->second);
    }
    return found;
}

std::vector<const Line*> Readings::answering(const std::string& metric, Nanos time) const {
    // All series of one answer were received at one time.
    std::map<std::string, Nanos> newest;
    auto found = of(metric);
    for (const Line* line : found) {
        if (const Reading* reading = line->at(time)) {
            Nanos& last = newest.try_emplace(line->key().arm, reading->at).first->second;
            last = std::max(last, reading->at);
        }
    }
    std::erase_if(found, [&](const Line* line) {
        const Reading* reading = line->at(time);
        return reading == nullptr || reading->at < newest.at(line->key().arm);
    });
    return found;
}

const Line* Readings::line(const std::string& metric, const std::string& arm) const {
    const Line* found = nullptr;
    for (const Line* line : of(metric)) {
        if (line->key().arm == arm) {
            if (found != nullptr) {
                return nullptr;
            }
            found = line;
        }
    }
    return found;
}

} // namespace sluice::session
