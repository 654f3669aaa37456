#pragma once
#include "charts/span.h"

#include <QString>
#include <optional>
#include <span>
#include <vector>

namespace sluice::charts {

/// The axis of values, in the unit that is shown: ends on ticks, and with each limit well inside, so that its breach
/// zone is seen.
struct ValueAxis {
    double low = 0;
    double high = 1;
    double step = 1;

    std::vector<double> ticks() const;
    friend bool operator==(const ValueAxis&, const ValueAxis&) = default;
};

/// A limit as the axis sees it: beyond it room is kept on the breached side.
struct AxisLimit {
    double value = 0;
    bool breached_above = true;
};

/// Covers `low` … `high` of what is seen and all limits, in about `count` steps of 1, 2, 2.5 or 5 times a power of ten.
/// Zero is an end of the axis unless that would press what is seen into a quarter of it.
ValueAxis value_axis(std::optional<std::pair<double, double>> seen, std::span<const AxisLimit> limits, int count);

/// "0", "2k", "0.25", "1.5M": with the decimals that tell ticks of this step apart; never an exponent.
QString tick_label(double value, double step);

/// "1,612", "42.8", "0.26": about three digits, whole above a thousand; never an exponent.
QString figure(double value);

struct TimeTick {
    Nanos at;
    QString label; ///< wall clock, UTC
};

/// At most `count` + 1 ticks at round times of the day: "14:10"; with seconds when they are less than a minute apart,
/// with a decimal below a second; a midnight is the date, "11-18".
std::vector<TimeTick> time_ticks(Span span, int count);

/// "14:38:12", with thousandths when `span` is shorter than ten seconds.
QString clock_text(Nanos at, Span span);

} // namespace sluice::charts
