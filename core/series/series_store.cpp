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

const Labels& Series::nameless() const {
    if (!nameless_) {
        nameless_ = labels_;
        nameless_->erase(metric_name);
    }
    return *nameless_;
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

/// Memory is given back only now and then: the points behind must move for it.
void Series::drop_before(Nanos t) {
    while (dropped_ < points_.size() && points_[dropped_].at < t) {
        ++dropped_;
    }
    if (dropped_ > 64 && dropped_ * 2 > points_.size()) {
        points_.erase(points_.begin(), points_.begin() + static_cast<std::ptrdiff_t>(dropped_));
        dropped_ = 0;
    }
}

SeriesId SeriesStore::add(Labels labels) {
    erase_if(labels, [](const auto& entry) { return entry.second.empty(); });
    if (const auto found = by_labels_.find(labels); found != by_labels_.end()) {
        return {found->second, series_[found->second].life_};
    }
    const bool reused = !free_.empty();
    const auto place = reused ? free_.back() : static_cast<std::uint32_t>(series_.size());
    auto& named = by_name_[std::string(label(labels, metric_name))];
    const auto labels_at = [&](std::uint32_t other) -> const Labels& { return series_[other].labels(); };
    named.insert(std::ranges::upper_bound(named, labels, {}, labels_at), place);
    by_labels_.emplace(labels, place);
    if (reused) {
        free_.pop_back();
        const auto life = series_[place].life_ + 1;
        series_[place] = Series(std::move(labels));
        series_[place].life_ = life;
    } else {
        series_.emplace_back(std::move(labels));
    }
    return {place, series_[place].life_};
}

bool SeriesStore::holds(SeriesId id) const {
    return id.place < series_.size() && series_[id.place].life_ == id.life && !series_[id.place].forgotten_;
}

bool SeriesStore::append(Labels labels, Nanos at, double value) {
    return append(add(std::move(labels)), at, value);
}

bool SeriesStore::append(SeriesId id, Nanos at, double value) {
    if (!holds(id)) {
        return false;
    }
    at = whole_milliseconds(at);
    Series& series = series_[id.place];
    if (!series.points_.empty() && series.points_.back().at >= at) {
        return false;
    }
    series.points_.push_back({at, value});
    newest_ = std::max(newest_.value_or(at), at);
    series.drop_before(at - retention_);
    return true;
}

bool SeriesStore::mark_stale(const Labels& labels, Nanos at) {
    return mark_stale(id(labels), at);
}
bool SeriesStore::mark_stale(SeriesId id, Nanos at) {
    return append(id, at, stale_marker());
}

void SeriesStore::forget_before(Nanos t) {
    std::vector<std::uint32_t> ended;
    for (std::uint32_t place = 0; place < series_.size(); ++place) {
        Series& series = series_[place];
        if (series.forgotten_) {
            continue;
        }
        series.drop_before(t);
        if (series.points().empty()) {
            series.forgotten_ = true;
            ended.push_back(place);
        }
    }
    if (ended.empty()) {
        return;
    }
    const auto is_forgotten = [&](std::uint32_t place) { return series_[place].forgotten_; };
    std::erase_if(by_labels_, [&](const auto& entry) { return is_forgotten(entry.second); });
    for (auto& [name, places] : by_name_) {
        std::erase_if(places, is_forgotten);
    }
    std::erase_if(by_name_, [](const auto& entry) { return entry.second.empty(); });
    for (const std::uint32_t place : ended) {
        series_[place].labels_.clear();
        series_[place].nameless_.reset();
        series_[place].points_ = {};
        series_[place].dropped_ = 0;
        free_.push_back(place);
    }
}

SeriesId SeriesStore::id(const Labels& labels) const {
    const auto found = by_labels_.find(labels);
    return found == by_labels_.end() ? SeriesId() : SeriesId{found->second, series_[found->second].life_};
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
                for (const std::uint32_t index : named->second) {
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
