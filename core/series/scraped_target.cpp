#include "series/scraped_target.h"

namespace sluice::series {

ScrapedTarget::ScrapedTarget(SeriesStore& store, Labels target_labels)
    : store_(store), target_labels_(std::move(target_labels)) {}

void ScrapedTarget::take(const Exposition& answer, Nanos at) {
    std::set<Labels> seen;
    for (const auto& sample : answer.samples) {
        Labels labels = sample.labels;
        for (const auto& [name, value] : target_labels_) {
            if (auto own = labels.extract(name)) {
                own.key() = "exported_" + name;
                labels.insert(std::move(own));
            }
            labels[name] = value;
        }
        store_.append(labels, sample.at.value_or(at), sample.value);
        // A series with timestamps of its own gets no stale markers: they would race with its next sample.
        if (!sample.at) {
            seen.insert(std::move(labels));
        }
    }
    for (const auto& labels : current_) {
        if (!seen.contains(labels)) {
            store_.mark_stale(labels, at);
        }
    }
    current_ = std::move(seen);
    note_up(at, 1);
}

void ScrapedTarget::failed(Nanos at) {
    for (const auto& labels : current_) {
        store_.mark_stale(labels, at);
    }
    current_.clear();
    note_up(at, 0);
}

void ScrapedTarget::note_up(Nanos at, double value) {
    Labels labels = target_labels_;
    labels[std::string(metric_name)] = "up";
    store_.append(std::move(labels), at, value);
}

} // namespace sluice::series
