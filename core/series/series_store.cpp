#include "series/series_store.h"

#include <algorithm>
#include <bit>

namespace sluice::series {
namespace {

constexpr std::uint64_t stale_bits = 0x7ff0000000000002; // prometheus/model/value/value.go

Nanos whole_milliseconds(Nanos t) {
    const std::int64_t rest = t.count % 1'000'000;
    return {t.count - rest - (rest < 0 ? 1'000'000 : 0)};
}

} // namespace

double stale_marker() {
    return std::bit_cast<double>(stale_bits);
}
bool is_stale(double value) {
    return std::bit_cast<std::uint64_t>(value) == stale_bits;
}

std::optional<Point> Series::last_at(Nanos t) const {
    const auto all = points();
    const auto after = std::ranges::upper_bound(all, t, {}, &Point::at);
    if (after == all.begin()) {
        return std::nullopt;
    }
    return *std::prev(after);
}

std::span<const Point> Series::between(Nanos from, Nanos to) const {
    const auto all = points();
    const auto first = std::ranges::lower_bound(all, from, {}, &Point::at);
    const auto last = std::ranges::upper_bound(first, all.end(), to, {}, &Point::at);
    return {first, last};
}

bool SeriesStore::append(Labels labels, Nanos at, double value) {
    std::erase_if(labels, [](const auto& entry) { return entry.second.empty(); });
    at = whole_milliseconds(at);
    auto found = by_labels_.find(labels);
    if (found == by_labels_.end()) {
        auto& named = by_name_[std::string(label(labels, metric_name))];
        const auto labels_at = [&](std::size_t index) -> const Labels& { return series_[index].labels(); };
        named.insert(std::ranges::upper_bound(named, labels, {}, labels_at), series_.size());
        found = by_labels_.emplace(labels, series_.size()).first;
        series_.emplace_back(std::move(labels));
    }
    Series& series = series_[found->second];
    if (!series.points_.empty() && series.points_.back().at >= at) {
        return false;
    }
    series.points_.push_back({at, value});
    newest_ = std::max(newest_.value_or(at), at);
    while (series.points_[series.dropped_].at < at - retention_) {
        ++series.dropped_;
    }
    if (series.dropped_ > 64 && series.dropped_ * 2 > series.points_.size()) {
        series.points_.erase(series.points_.begin(),
                             series.points_.begin() + static_cast<std::ptrdiff_t>(series.dropped_));
        series.dropped_ = 0;
    }
    return true;
}

bool SeriesStore::mark_stale(const Labels& labels, Nanos at) {
    return find(labels) != nullptr && append(labels, at, stale_marker());
}

void SeriesStore::forget_before(Nanos t) {
    std::vector<Series> kept;
    kept.reserve(series_.size());
    for (auto& series : series_) {
        const auto first = std::ranges::lower_bound(series.points_, t, {}, &Point::at);
        series.points_.erase(series.points_.begin(),
                             std::max(first, series.points_.begin() + static_cast<std::ptrdiff_t>(series.dropped_)));
        series.dropped_ = 0;
        if (!series.points_.empty()) {
            kept.push_back(std::move(series));
        }
    }
    const bool fewer = kept.size() < series_.size();
    series_ = std::move(kept);
    if (!fewer) {
        return;
    }
    by_labels_.clear();
    by_name_.clear();
    for (std::size_t i = 0; i < series_.size(); ++i) {
        by_labels_.emplace(series_[i].labels(), i);
    }
    for (const auto& [labels, index] : by_labels_) {
        by_name_[std::string(label(labels, metric_name))].push_back(index);
    }
}

const Series* SeriesStore::find(const Labels& labels) const {
    const auto found = by_labels_.find(labels);
    return found == by_labels_.end() ? nullptr : &series_[found->second];
}

std::vector<const Series*> SeriesStore::select(std::span<const Matcher> matchers) const {
    std::vector<const Series*> chosen;
    const auto take = [&](const Series& series) {
        if (std::ranges::all_of(matchers, [&](const Matcher& matcher) { return matcher.holds(series.labels()); })) {
            chosen.push_back(&series);
        }
    };
    for (const auto& matcher : matchers) {
        if (matcher.label() == metric_name && matcher.kind() == Matcher::Kind::equal) {
            if (const auto named = by_name_.find(matcher.value()); named != by_name_.end()) {
                for (const std::size_t index : named->second) {
                    take(series_[index]);
                }
            }
            return chosen;
        }
    }
    for (const auto& [labels, index] : by_labels_) {
        take(series_[index]);
    }
    return chosen;
}

} // namespace sluice::series
