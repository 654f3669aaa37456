#include "session/readings.h"

#include <algorithm>

namespace sluice::session {

const Reading* Line::at(Nanos time) const {
    const auto after = std::upper_bound(readings_.begin(), readings_.end(), time,
                                        [](Nanos t, const Reading& reading) { return t < reading.at; });
    return after == readings_.begin() ? nullptr : &*std::prev(after);
}

void Readings::take(const Tick& tick) {
    for (const auto& sample : tick.samples) {
        auto line = lines_.try_emplace(sample.series, sample.series).first;
        line->second.add({sample.received_at, sample.measured_at, sample.status, sample.value, sample.detail});
    }
    if (!first_) {
        first_ = tick.time;
    }
    last_ = tick.time;
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
