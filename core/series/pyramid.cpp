#include "series/pyramid.h"

#include <algorithm>
#include <cmath>

namespace sluice::series {
namespace {

Extent joined(Extent a, Extent b) {
    return {std::min(a.min, b.min), std::max(a.max, b.max)};
}

/// The columns of a span. Column c starts at floor(c · length / count), reckoned so that nothing overflows.
class Ruler {
public:
    Ruler(Nanos from, Nanos to, int count) : from_(from), length_((to - from).count), count_(count) {}

    Nanos start(int column) const {
        return {from_.count + length_ / count_ * column + length_ % count_ * column / count_};
    }
    int column_of(Nanos at) const {
        const double share = static_cast<double>((at - from_).count) / static_cast<double>(length_);
        int column = std::clamp(static_cast<int>(share * count_), 0, count_ - 1);
        while (column > 0 && start(column) > at) {
            --column;
        }
        while (column + 1 < count_ && start(column + 1) <= at) {
            ++column;
        }
        return column;
    }

private:
    Nanos from_;
    std::int64_t length_;
    int count_;
};

} // namespace

void Pyramid::clear() {
    points_.clear();
    levels_.clear();
    gaps_.clear();
    ++revision_;
}

bool Pyramid::append(Nanos at, double value) {
    if (!std::isfinite(value)) {
        return append_gap(at);
    }
    if ((!points_.empty() && at <= points_.back().at) || (!gaps_.empty() && at < gaps_.back().at)) {
        return false;
    }
    points_.push_back({at, value});
    ++revision_;
    std::size_t whole = points_.size();
    for (std::size_t level = 0; whole % radix == 0; ++level) {
        if (level == levels_.size()) {
            levels_.emplace_back();
        }
        Extent block{value, value};
        for (std::size_t i = whole - radix; i < whole; ++i) {
            block = joined(block, level == 0 ? Extent{points_[i].value, points_[i].value} : levels_[level - 1][i]);
        }
        levels_[level].push_back(block);
        whole /= radix;
    }
    return true;
}

bool Pyramid::append_gap(Nanos at) {
    if (!points_.empty() && at < points_.back().at) {
        return false;
    }
    if (points_.empty() || (!gaps_.empty() && gaps_.back().next == points_.size())) {
        return true;
    }
    gaps_.push_back({at, points_.size()});
    ++revision_;
    return true;
}

std::optional<Point> Pyramid::newest() const {
    return points_.empty() ? std::nullopt : std::optional(points_.back());
}

std::optional<Point> Pyramid::oldest() const {
    return points_.empty() ? std::nullopt : std::optional(points_.front());
}

std::size_t Pyramid::index_at(Nanos t) const {
    return static_cast<std::size_t>(std::ranges::lower_bound(points_, t, {}, &Point::at) - points_.begin());
}

/// index_at(t), known to be at or after `start`; samples come at a steady pace, so it looks about `guess` first.
std::size_t Pyramid::seek(std::size_t start, std::size_t guess, Nanos t) const {
    std::size_t low = start, high = points_.size();
    for (std::size_t step = 1; low < high; step *= 4) {
        const std::size_t probe = std::clamp(guess, low, high - 1);
        if (points_[probe].at < t) {
            low = probe + 1;
            guess = low + step;
            if (low == high || points_[low].at >= t) {
                return low;
            }
        } else {
            high = probe;
            guess = high > low + step ? high - step : low;
        }
        if (step > high - low) {
            break;
        }
    }
    const auto from = points_.begin() + static_cast<std::ptrdiff_t>(low);
    const auto to = points_.begin() + static_cast<std::ptrdiff_t>(high);
    return static_cast<std::size_t>(std::ranges::lower_bound(from, to, t, {}, &Point::at) - points_.begin());
}

std::vector<Pyramid::Gap>::const_iterator Pyramid::first_gap_after(std::size_t index) const {
    return std::ranges::upper_bound(gaps_, index, {}, &Gap::next);
}

bool Pyramid::starts_run(std::size_t index) const {
    return index == 0 || std::ranges::binary_search(gaps_, index, {}, &Gap::next);
}

std::span<const Point> Pyramid::between(Nanos from, Nanos to) const {
    const std::size_t first = index_at(from);
    const std::size_t last = std::max(first, index_at(to));
    return std::span(points_).subspan(first, last - first);
}

/// Of the samples first ≤ i < last, at least one: single samples up to the next whole block, whole blocks up to the
/// next larger one, and so on, and down again.
Extent Pyramid::extent_of(std::size_t first, std::size_t last) const {
    Extent found{points_[first].value, points_[first].value};
    const auto at_level = [&](std::size_t level, std::size_t i) {
        return level == 0 ? Extent{points_[i].value, points_[i].value} : levels_[level - 1][i];
    };
    for (std::size_t level = 0; first < last; ++level) {
        while (first < last && (first % radix != 0 || level == levels_.size())) {
            found = joined(found, at_level(level, first++));
        }
        while (first < last && last % radix != 0) {
            found = joined(found, at_level(level, --last));
        }
        first /= radix;
        last /= radix;
    }
    return found;
}

std::optional<Extent> Pyramid::extent(Nanos from, Nanos to) const {
    const std::size_t first = index_at(from), last = index_at(to);
    return first < last ? std::optional(extent_of(first, last)) : std::nullopt;
}

std::optional<Point> Pyramid::last_at(Nanos t) const {
    const std::size_t next = index_at({t.count + 1});
    if (next == 0) {
        return std::nullopt;
    }
    const auto gap = std::ranges::lower_bound(gaps_, next, {}, &Gap::next);
    if (gap != gaps_.end() && gap->next == next && gap->at <= t) {
        return std::nullopt;
    }
    return points_[next - 1];
}

Columns Pyramid::columns(Nanos from, Nanos to, int columns) const {
    Columns answer;
    if (columns <= 0 || from >= to) {
        return answer;
    }
    const std::size_t begin = index_at(from);
    const std::size_t end = index_at(to);
    if (begin > 0 && begin < points_.size() && !starts_run(begin)) {
        answer.before = points_[begin - 1];
    }
    if (end > 0 && end < points_.size() && !starts_run(end)) {
        answer.after = points_[end];
    }
    answer.runs.reserve(std::min(static_cast<std::size_t>(columns), end - begin));
    const Ruler ruler(from, to, columns);
    auto gap = first_gap_after(begin);
    bool is_joined = answer.before.has_value();
    std::size_t pace = 1;
    for (std::size_t i = begin; i < end;) {
        const int column = ruler.column_of(points_[i].at);
        const std::size_t next = std::min(end, seek(i + 1, i + pace, ruler.start(column + 1)));
        pace = next - i;
        while (i < next) {
            while (gap != gaps_.end() && gap->next <= i) {
                ++gap;
            }
            const std::size_t stop = gap != gaps_.end() ? std::min(next, gap->next) : next;
            const Extent of_run = extent_of(i, stop);
            answer.runs.push_back({column, points_[i], points_[stop - 1], of_run.min, of_run.max, is_joined});
            is_joined = gap == gaps_.end() || gap->next != stop;
            i = stop;
        }
    }
    return answer;
}

} // namespace sluice::series
