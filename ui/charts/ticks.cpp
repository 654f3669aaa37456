#include "charts/ticks.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>
#include <algorithm>
#include <array>
#include <cmath>

namespace sluice::charts {
namespace {

double nice_step(double rough) {
    const double power = std::pow(10, std::floor(std::log10(rough)));
    for (const double step : {1.0, 2.0, 2.5, 5.0}) {
        if (rough <= step * power * 1.000001) {
            return step * power;
        }
    }
    return 10 * power;
}

/// "1.0" → "1"; a decimal's zeros say nothing on an axis.
QString without_zeros(QString text, const QString& point) {
    if (text.contains(point)) {
        while (text.endsWith('0')) {
            text.chop(1);
        }
        if (text.endsWith(point)) {
            text.chop(point.size());
        }
    }
    return text;
}

/// Decimals that tell multiples of `step` apart: 0.25 → 2.
int decimals_of(double step) {
    int decimals = 0;
    while (decimals < 12 && std::abs(step - std::round(step)) > 1e-9 * std::max(1.0, step)) {
        step *= 10;
        ++decimals;
    }
    return decimals;
}

QString plain(double value, int decimals) {
    QLocale locale;
    locale.setNumberOptions(QLocale::OmitGroupSeparator);
    // Minus nothing is nothing.
    return locale.toString(std::abs(value) < 0.5 * std::pow(10, -decimals) ? 0.0 : value, 'f', decimals);
}

QDateTime utc(Nanos at) {
    std::int64_t ms = at.count / 1'000'000;
    if (at.count % 1'000'000 < 0) {
        --ms;
    }
    return QDateTime::fromMSecsSinceEpoch(ms, QTimeZone::utc());
}

constexpr std::array steps{milliseconds(1),  milliseconds(2),   milliseconds(5),   milliseconds(10),  milliseconds(20),
                           milliseconds(50), milliseconds(100), milliseconds(200), milliseconds(500), seconds(1),
                           seconds(2),       seconds(5),        seconds(10),       seconds(15),       seconds(30),
                           minutes(1),       minutes(2),        minutes(5),        minutes(10),       minutes(15),
                           minutes(30),      hours(1),          hours(2),          hours(3),          hours(6),
                           hours(12),        hours(24),         hours(48),         hours(168)};

} // namespace

std::vector<double> ValueAxis::ticks() const {
    std::vector<double> all;
    const auto count = std::min(100L, std::lround((high - low) / step));
    for (long i = 0; i <= count; ++i) {
        all.push_back(low + static_cast<double>(i) * step);
    }
    return all;
}

ValueAxis value_axis(std::optional<std::pair<double, double>> seen, std::span<const AxisLimit> limits, int count) {
    if (!seen && limits.empty()) {
        return {0, 1, 0.5};
    }
    double low = seen ? seen->first : limits.front().value;
    double high = seen ? seen->second : limits.front().value;
    for (const AxisLimit& limit : limits) {
        low = std::min(low, limit.value);
        high = std::max(high, limit.value);
    }
    const double height = high - low > 0 ? high - low : std::max(std::abs(high), 1e-9);
    if (low >= 0 && height >= 0.25 * high) {
        low = 0;
    } else if (high <= 0 && height >= 0.25 * -low) {
        high = 0;
    }
    for (const AxisLimit& limit : limits) {
        const double room = 0.2 * std::max(high - low, height);
        high = limit.breached_above ? std::max(high, limit.value + room) : high;
        // What has never been below nought gets no room there: "above 0" is a line at the axis then.
        const bool at_nought = limit.value == 0 && (!seen || seen->first >= 0);
        low = limit.breached_above || at_nought ? low : std::min(low, limit.value - room);
    }
    // An axis without zero makes much of little: it shows at least this share of the values themselves.
    const double least = std::max(height, 0.15 * std::max(std::abs(high), std::abs(low)));
    if (const double missing = least - (high - low); missing > 0) {
        const bool from_below = low < 0 || low - missing / 2 > 0;
        low -= from_below ? missing / 2 : 0;
        high += from_below ? missing / 2 : missing;
    }
    if (seen) {
        // A line along the very edge is cut in half; at zero it may lie on it.
        const double air = 0.03 * (high - low);
        high = seen->second == 0 ? high : std::max(high, seen->second + air);
        low = low == 0 ? low : std::min(low, seen->first - air);
    }
    const double step = nice_step((high - low) / std::max(1, count));
    // A hair's breadth over a tick is rounding, not another step.
    return {step * std::floor(low / step + 1e-9), step * std::ceil(high / step - 1e-9), step};
}

QString tick_label(double value, double step) {
    static constexpr std::array<std::pair<double, const char*>, 5> units{
        {{1e15, "P"}, {1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}};
    const double size = std::max(std::abs(value), step);
    const QString point = QLocale().decimalPoint();
    for (const auto& [unit, letter] : units) {
        if (size >= unit * (1 - 1e-9) && std::abs(value) > step / 2) {
            return without_zeros(plain(value / unit, std::min(3, decimals_of(step / unit))), point) + letter;
        }
    }
    return without_zeros(plain(value, decimals_of(step)), point);
}

QString figure(double value) {
    const double size = std::abs(value);
    if (!std::isfinite(value)) {
        return QStringLiteral("–");
    }
    if (size >= 1000 || value == std::round(value)) {
        return QLocale().toString(value, 'f', 0);
    }
    if (size >= 1) {
        return plain(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
    }
    return plain(value, size >= 0.01 ? 2 : std::min(12, 1 - static_cast<int>(std::floor(std::log10(size)))));
}

std::vector<TimeTick> time_ticks(Span span, int count) {
    const auto enough = [&](Nanos step) { return span.length().count / step.count <= std::max(1, count); };
    const auto found = std::ranges::find_if(steps, enough);
    Nanos step = found != steps.end() ? *found : steps.back();
    while (!enough(step)) {
        step = step * 2;
    }
    std::vector<TimeTick> all;
    const std::int64_t past = ((span.from.count % step.count) + step.count) % step.count;
    for (Nanos at{past == 0 ? span.from.count : span.from.count - past + step.count}; at < span.to; at += step) {
        const QDateTime time = utc(at);
        const bool midnight = at.count % hours(24).count == 0 && step >= hours(1);
        QString label = time.toString(midnight             ? QStringLiteral("MM-dd")
                                      : step >= minutes(1) ? QStringLiteral("HH:mm")
                                                           : QStringLiteral("HH:mm:ss"));
        if (step < seconds(1)) {
            const int digits = step >= milliseconds(100) ? 1 : step >= milliseconds(10) ? 2 : 3;
            label += '.' + QString::number(time.time().msec()).rightJustified(3, '0').left(digits);
        }
        all.push_back({at, label});
    }
    return all;
}

QString clock_text(Nanos at, Span span) {
    return utc(at).toString(span.length() < seconds(10) ? QStringLiteral("HH:mm:ss.zzz") : QStringLiteral("HH:mm:ss"));
}

} // namespace sluice::charts
