#include "analysis/trend.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace sluice::analysis {
namespace {

/// One-sided level of the test, as a normal quantile: about 1 in 700. It is asked with each reading of each gate, so
/// that the usual 1 in 20 would cry wolf all day.
constexpr double significant = 3.0;

/// Too few for the normal quantile, but all in order: of six readings by chance 1 in 720, of five 1 in 120.
constexpr std::size_t least_in_order = 6;

/// The newer half may be less steep than the whole, but not by more than this: what jumped and stands still since does
/// not run out.
constexpr double still_going = 1.0 / 3;

double median(std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) {
        return *middle;
    }
    return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

double time_of(std::span<const Room> rooms, std::size_t i) {
    return (rooms[i].at - rooms.front().at).seconds();
}

/// Theil and Sen's; two readings at least.
double slope_of(std::span<const Room> rooms) {
    std::vector<double> slopes;
    slopes.reserve(rooms.size() * (rooms.size() - 1) / 2);
    for (std::size_t i = 0; i < rooms.size(); ++i) {
        for (std::size_t j = i + 1; j < rooms.size(); ++j) {
            slopes.push_back((rooms[j].left - rooms[i].left) / (rooms[j].at - rooms[i].at).seconds());
        }
    }
    return median(slopes);
}

/// What each reading lies above the slope's line through the first.
std::vector<double> without_slope(std::span<const Room> rooms, double slope) {
    std::vector<double> rest;
    for (std::size_t i = 0; i < rooms.size(); ++i) {
        rest.push_back(rooms[i].left - slope * time_of(rooms, i));
    }
    return rest;
}

/// How many times as large the test's variance is as it would be if the readings knew nothing of each other
/// (Yue and Wang 2004, equation 4); at least 1. Only lags up to a quarter of the series are estimated well enough, and
/// only what stands out of the noise of such estimates (1.96/√n) counts.
double repetition(const std::vector<double>& rest) {
    const auto n = static_cast<double>(rest.size());
    double mean = 0, variance = 0, factor = 1;
    for (const double one : rest) {
        mean += one / n;
    }
    for (const double one : rest) {
        variance += (one - mean) * (one - mean);
    }
    for (std::size_t lag = 1; lag <= rest.size() / 4 && variance > 0; ++lag) {
        double shared = 0;
        for (std::size_t i = 0; i + lag < rest.size(); ++i) {
            shared += (rest[i] - mean) * (rest[i + lag] - mean);
        }
        const double correlation = shared / variance;
        if (std::abs(correlation) > 1.96 / std::sqrt(n)) {
            factor += 2 * (1 - static_cast<double>(lag) / n) * correlation;
        }
    }
    return std::max(factor, 1.0);
}

/// Mann and Kendall's variance of their sum: smaller where values are equal.
double variance_of_sum(std::span<const Room> rooms) {
    std::vector<double> values;
    for (const Room& room : rooms) {
        values.push_back(room.left);
    }
    std::ranges::sort(values);
    const auto term = [](double n) { return n * (n - 1) * (2 * n + 5); };
    double all = term(static_cast<double>(values.size()));
    for (auto from = values.begin(); from != values.end();) {
        const auto to = std::upper_bound(from, values.end(), *from);
        all -= term(static_cast<double>(to - from));
        from = to;
    }
    return all / 18;
}

struct Fall {
    bool in_order = false; ///< each reading is less than all before it
    double sure = 0;       ///< normal quantile, of readings that know nothing of each other
};

Fall fall_of(std::span<const Room> rooms) {
    std::int64_t falling = 0, pairs = 0; // those that fall more than those that rise
    for (std::size_t i = 0; i < rooms.size(); ++i) {
        for (std::size_t j = i + 1; j < rooms.size(); ++j, ++pairs) {
            falling += rooms[j].left < rooms[i].left ? 1 : rooms[j].left > rooms[i].left ? -1 : 0;
        }
    }
    const double variance = variance_of_sum(rooms);
    return {falling == pairs && rooms.size() >= least_in_order,
            variance > 0 ? static_cast<double>(falling - 1) / std::sqrt(variance) : 0};
}

} // namespace

std::optional<Nanos> runs_out_in(std::span<const Room> rooms, Nanos now) {
    if (rooms.size() < trend_least || rooms.back().at - rooms.front().at < trend_span) {
        return std::nullopt;
    }
    const Fall fall = fall_of(rooms); // first, since it is cheap, and most of the time all that has to be asked
    if (!fall.in_order && fall.sure < significant) {
        return std::nullopt;
    }
    const double slope = slope_of(rooms);
    if (!(slope < 0)) {
        return std::nullopt;
    }
    auto rest = without_slope(rooms, slope);
    if (!fall.in_order && fall.sure / std::sqrt(repetition(rest)) < significant) {
        return std::nullopt;
    }
    if (slope_of(rooms.last((rooms.size() + 1) / 2)) > slope * still_going) {
        return std::nullopt;
    }
    // Of the line, not of the last reading, which may be the wild one.
    const double level = median(rest) + slope * time_of(rooms, rooms.size() - 1);
    const double length = std::max(level, 0.0) / -slope - (now - rooms.back().at).seconds();
    if (!(length <= ((rooms.back().at - rooms.front().at) * trend_reach).seconds())) {
        return std::nullopt;
    }
    return std::max(Nanos{static_cast<std::int64_t>(length * 1e9)}, seconds(1));
}

std::optional<double> room_left(const plan::Must& must, double value) {
    if (!std::isfinite(value) || !std::isfinite(must.limit)) {
        return std::nullopt;
    }
    switch (must.comparison) {
    case plan::Comparison::less:
    case plan::Comparison::less_equal:
        return must.limit - value;
    case plan::Comparison::greater:
    case plan::Comparison::greater_equal:
        return value - must.limit;
    default:
        return std::nullopt;
    }
}

void Trends::take(const std::string& limit, Room room) {
    std::erase_if(rooms_, [&](const auto& entry) { return room.at - entry.second.back().at > trend_window; });
    auto& rooms = rooms_[limit];
    if (!rooms.empty() && room.at <= rooms.back().at) {
        if (room.at == rooms.back().at) {
            return;
        }
        rooms.clear();
    }
    rooms.push_back(room);
    while (rooms.size() > trend_readings || room.at - rooms.front().at > trend_window) {
        rooms.pop_front();
    }
}

std::optional<Nanos> Trends::runs_out_in(const std::string& limit, Nanos now) const {
    const auto found = rooms_.find(limit);
    if (found == rooms_.end()) {
        return std::nullopt;
    }
    const std::vector<Room> rooms(found->second.begin(), found->second.end());
    return analysis::runs_out_in(rooms, now);
}

void Trends::foresee(const std::string& limit, GateVerdict& verdict, Nanos now) {
    const auto left = verdict.value && verdict.limit ? room_left(*verdict.limit, *verdict.value) : std::nullopt;
    if (!left || verdict.evidence.empty()) {
        return;
    }
    take(limit, {verdict.evidence.front().measured_at, *left});
    if (verdict.verdict == Verdict::pass) {
        verdict.breach_in = runs_out_in(limit, now);
    }
}

} // namespace sluice::analysis
