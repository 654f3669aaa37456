#pragma once
/// Where a metric is going: whether it moves towards a limit, and when it will be there at the present slope.
///
/// The slope is Theil and Sen's (P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", Journal
/// of the American Statistical Association 63, 1968): the median of the slopes of all pairs. Up to 29 % of the readings
/// may be wild without moving it far, where one spike would turn a least-squares line. Whether there is a slope at all
/// is Mann and Kendall's test (H. B. Mann, Econometrica 13, 1945; with ties: M. G. Kendall, "Rank correlation methods",
/// 1975). Readings of a `rate(…[1m])` that is asked every few seconds share most of what they are made of, and drift
/// without going anywhere, so the test's variance is made larger by what the residuals repeat of each other (S. Yue and
/// C. Wang, Water Resources Management 18, 2004).
#include "analysis/gate.h"

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace sluice::analysis {

/// What is left to a limit at an instant, in the metric's unit: 0 at the limit, negative past it. That, not the value,
/// is what is followed, so that a limit that is counted from another arm may move as well.
struct Room {
    Nanos at;
    double left = 0;
};

/// "At the present slope": older readings tell of another state of the system (another split, another load).
constexpr Nanos trend_window = minutes(5);
constexpr std::size_t trend_readings = 60; ///< at most; all pairs of them are looked at with each reading
constexpr std::size_t trend_least = 5;     ///< fewer say nothing
constexpr Nanos trend_span = seconds(30);  ///< nor do those of a shorter time
/// As many times as far ahead as was looked back, so at most a quarter of an hour: what drifts a little for half a
/// minute would reach anything within the hour.
constexpr std::int64_t trend_reach = 3;

/// How long it takes from `now` until nothing is left, at the slope of `rooms`: oldest first, times strictly ascending.
/// At least a second: it has not happened yet. Nothing where the room grows, is flat within its own spread, shrinks no
/// more in the newer half, has too few readings, or lasts for longer than the reach.
std::optional<Nanos> runs_out_in(std::span<const Room> rooms, Nanos now);

/// What is left of `must` at `value`; none for == and !=, where nothing is nearer or farther, and for what is no
/// number.
std::optional<double> room_left(const plan::Must& must, double value);

/// What was left to each limit that is watched, in the last minutes. Memory: at most `trend_readings` a limit, and none
/// of a limit that nothing was said of for as long as the window. Pure; the caller gives the time.
class Trends {
public:
    /// `limit` names who has it: step, gate, arm. A second reading of the same instant is passed over; one of an
    /// earlier instant begins anew, since the clock was set.
    void take(const std::string& limit, Room room);

    /// As `runs_out_in`; nothing for one that is not known.
    std::optional<Nanos> runs_out_in(const std::string& limit, Nanos now) const;

    /// Takes a verdict in, and sets its `breach_in`, if it holds.
    void foresee(const std::string& limit, GateVerdict& verdict, Nanos now);

    std::size_t size() const { return rooms_.size(); }

private:
    std::map<std::string, std::deque<Room>> rooms_;
};

} // namespace sluice::analysis
