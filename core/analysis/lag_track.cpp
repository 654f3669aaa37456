#include "analysis/lag_track.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace sluice::analysis {
namespace {

/// Where the commit was first seen, and two moves: before that nobody knows how often the group commits.
constexpr std::size_t pace_known = 3;
constexpr double never = std::numeric_limits<double>::infinity();

std::optional<double> rate(std::int64_t from, std::int64_t to, Nanos length) {
    if (length.count <= 0) {
        return std::nullopt;
    }
    return static_cast<double>(to - from) / length.seconds();
}

template <typename T>
void keep(std::deque<T>& last, const T& value, std::size_t most) {
    last.push_back(value);
    while (last.size() > most) {
        last.pop_front();
    }
}

} // namespace

void LagTrack::take(const OffsetPoint& point) {
    if (!points_.empty() && point.end < points_.back().end) {
        *this = {};
    }
    if (!points_.empty() && point.at <= points_.back().at) {
        const Nanos at = points_.back().at;
        points_.back() = point;
        points_.back().at = at;
        recent_ends_.back() = point.end;
    } else {
        points_.push_back(point);
        keep(recent_ends_, point.end, commits_kept);
    }
    note_commit(points_.back());
    thin_out();
}

void LagTrack::note_commit(const OffsetPoint& point) {
    if (!point.committed) { // forgotten: what comes next begins anew
        commits_.clear();
        still_ = 0;
        return;
    }
    ++still_;
    if (commits_.empty() || commits_.back().offset != *point.committed) {
        still_ = 0;
        const std::int64_t lag = std::max<std::int64_t>(0, point.end - *point.committed);
        keep(commits_, Commit{point.at, *point.committed, lag}, commits_kept);
    }
}

void LagTrack::thin_out() {
    if (points_.size() <= most_points) {
        return;
    }
    // Every second one of the older half goes; the first one stays, so that what was watched stays known.
    const std::size_t half = points_.size() / 2;
    std::deque<OffsetPoint> kept;
    for (std::size_t i = 0; i < points_.size(); ++i) {
        if (i >= half || i % 2 == 0) {
            kept.push_back(points_[i]);
        }
    }
    points_.swap(kept);
}

std::size_t LagTrack::begin_of_rates() const {
    const Nanos since = points_.back().at - rate_window;
    std::size_t first = points_.size() - 1;
    while (first > 0 && points_[first - 1].at >= since) {
        --first;
    }
    // Readings further apart than that: the last two.
    return first + 1 == points_.size() && first > 0 ? first - 1 : first;
}

std::optional<double> LagTrack::consumed() const {
    const std::size_t begin = begin_of_rates();
    std::size_t first = points_.size() - 1;
    if (!points_[first].committed) {
        return std::nullopt;
    }
    while (first > begin && points_[first - 1].committed &&
           *points_[first - 1].committed <= *points_[first].committed) {
        --first;
    }
    return rate(*points_[first].committed, *points_.back().committed, points_.back().at - points_[first].at);
}

std::optional<Nanos> LagTrack::age() const {
    const OffsetPoint& now = points_.back();
    if (!now.committed) {
        return std::nullopt;
    }
    if (*now.committed >= now.end) {
        return Nanos{};
    }
    // The last time at which nothing lay beyond the commit: its next message came right after.
    for (std::size_t i = points_.size() - 1; i > 0; --i) {
        const OffsetPoint& before = points_[i - 1];
        const OffsetPoint& after = points_[i];
        if (before.end <= *now.committed && after.end > *now.committed) {
            const double part =
                static_cast<double>(*now.committed - before.end) / static_cast<double>(after.end - before.end);
            const auto passed = static_cast<double>((after.at - before.at).count) * part;
            return now.at - before.at - Nanos{static_cast<std::int64_t>(passed)};
        }
    }
    return std::nullopt; // not watched for so long
}

std::optional<LagState> LagTrack::state(std::int64_t lag, std::int64_t allowed) const {
    if (lag <= allowed) {
        return LagState::ok;
    }
    const std::vector<Commit> commits(commits_.begin(), commits_.end());
    const std::vector<std::int64_t> ends(recent_ends_.begin(), recent_ends_.end());
    const LagState found = lag_state(commits, ends, lag, allowed, points_.back().at);
    if (found == LagState::rewind) {
        return found;
    }
    if (commits.size() < pace_known) {
        return still_ >= commits_kept ? std::optional(LagState::stall) : std::nullopt;
    }
    // Some commits are no trend yet; that they ceased shows at once.
    const bool is_trend = found == LagState::ok || found == LagState::warning;
    return is_trend && commits.size() < commits_kept ? std::nullopt : std::optional(found);
}

LagFigures LagTrack::figures(std::int64_t allowed_lag) const {
    LagFigures figures;
    if (points_.empty()) {
        return figures;
    }
    const OffsetPoint& now = points_.back();
    const OffsetPoint& then = points_[begin_of_rates()];
    figures.produced = rate(then.end, now.end, now.at - then.at);
    if (!now.committed) {
        return figures;
    }
    figures.consumed = consumed();
    figures.age = age();
    const std::int64_t lag = std::max<std::int64_t>(0, now.end - *now.committed);
    figures.state = state(lag, allowed_lag);
    if (lag == 0) {
        figures.drain = 0;
    } else if (figures.produced && figures.consumed) {
        const double gain = *figures.consumed - *figures.produced;
        figures.drain = gain > 0 ? static_cast<double>(lag) / gain : never;
    }
    return figures;
}

LagFigures figures_of(const OffsetPoint& only) {
    LagFigures figures;
    if (only.committed && *only.committed >= only.end) {
        figures.age = Nanos{};
        figures.drain = 0;
        figures.state = LagState::ok;
    }
    return figures;
}

std::optional<double> slowest(const std::optional<double>& a, const std::optional<double>& b) {
    if ((a && std::isinf(*a)) || (b && std::isinf(*b))) {
        return never;
    }
    return a && b ? std::optional(std::max(*a, *b)) : std::nullopt;
}

} // namespace sluice::analysis
