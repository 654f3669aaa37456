#pragma once
/// When a trigger on a windowed error ratio can begin to hold, computed apart from everything that it passes through.
#include "base/nanos.h"

#include <optional>
#include <vector>

namespace sluice::host {

/// What the forecast knows: the share that reaches the arm, and the fault. Seconds since the start of the rehearsal.
struct Course {
    std::vector<std::pair<int, double>> shares; ///< from that second on, 0–1; two seconds after the shift settled
    int fault = 0;                              ///< the first second that has errors
    int lasts = 1 << 20;
    double errors = 0;         ///< share of requests that fail while it lasts
    double otherwise = 0.0002; ///< and else (core/range/load/profile.h)
};

/// The interval in which a trigger "ratio over 5 minutes > `limit` for 5 minutes" fires, in seconds; empty when it
/// can't.
struct Firing {
    int earliest = 0;
    int latest = 0;
    bool sure = false; ///< it must fire; else it only may
};

/// The ratio at any time lies between two bounds: the load of each second is only known to lie between `least` and
/// `most` of the mean (the range's wave and drift), the window begins and ends with a scrape (every 5 s) and the poll
/// comes up to 5 s later.
std::optional<Firing> firing(const Course& course, double limit, int until);

} // namespace sluice::host
