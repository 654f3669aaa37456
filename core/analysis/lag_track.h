#pragma once
/// What readings of one partition say over time of a group that reads it: rates, age of the lag, when it is gone.
#include "analysis/lag_state.h"

#include <deque>
#include <optional>

namespace sluice::analysis {

/// One reading.
struct OffsetPoint {
    Nanos at;
    std::optional<std::int64_t> committed; ///< nothing: the group has no commit here
    std::int64_t end = 0;                  ///< where the next message goes
};

/// Each is nothing as long as the readings don't say it.
struct LagFigures {
    std::optional<double> produced; ///< messages a second, of the last minute
    std::optional<double> consumed; ///< the same of commits, since they last went back
    std::optional<Nanos> age;       ///< now minus the time at which the end stood where the commit is; 0 without lag
    std::optional<double> drain;    ///< seconds until the lag is gone at these rates; infinity: never
    std::optional<LagState> state;
};

/// Keeps what is needed of the readings of one group and partition: at most some hundred points, older ones further
/// apart.
///
/// Commits are seen only as readings show them, not when they are made: a commit is one that moved. Until three are
/// known, one that does not move for ten readings is a stall. Who reads less often than the group commits misses some,
/// which does no harm.
class LagTrack {
public:
    static constexpr Nanos rate_window = minutes(1);
    static constexpr std::size_t most_points = 256;
    static constexpr std::size_t commits_kept = 10; ///< Burrow's window

    /// A reading that is not later than the last one replaces it. An end that went back is a topic made anew: all
    /// before is forgotten.
    void take(const OffsetPoint& point);

    /// As of the last reading.
    LagFigures figures(std::int64_t allowed_lag = 0) const;

private:
    void note_commit(const OffsetPoint& point);
    void thin_out();
    std::optional<Nanos> age() const;
    std::optional<double> consumed() const;
    std::optional<LagState> state(std::int64_t lag, std::int64_t allowed) const;
    std::size_t begin_of_rates() const;

    std::deque<OffsetPoint> points_;
    std::deque<Commit> commits_;           ///< the first is where it stood when it was first seen
    std::deque<std::int64_t> recent_ends_; ///< of as many readings as there are commits kept
    std::size_t still_ = 0;                ///< readings since the commit last moved
};

/// What one reading says by itself: of who is not behind, everything but rates; of others nothing. As a LagTrack has it
/// that took no other.
LagFigures figures_of(const OffsetPoint& only);

/// When all partitions of a group are without lag: the longest of them. Infinity if one never is; nothing if one is not
/// known and none is never.
std::optional<double> slowest(const std::optional<double>& a, const std::optional<double>& b);

} // namespace sluice::analysis
