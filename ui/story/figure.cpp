#include "story/figure.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sluice::story {
namespace {

constexpr int most_decimals = 15; ///< of a double

bool whole(double shown) {
    return std::abs(shown - std::round(shown)) <= 1e-9 * std::abs(shown);
}

/// Decimals that show `digits` digits of a number of this size.
int decimals_of(double size, int digits) {
    return std::clamp(digits - 1 - static_cast<int>(std::floor(std::log10(std::abs(size)))), 0, most_decimals);
}

double rounded(double shown, int decimals) {
    return QString::number(shown, 'f', decimals).toDouble();
}

int side(double value, double limit) {
    return value < limit ? -1 : value > limit ? 1 : 0;
}

/// It would look like nothing, or stand on another side of its limit.
bool misleads(double shown, int decimals, std::optional<double> limit) {
    const double read = rounded(shown, decimals);
    return std::isfinite(shown) && shown != 0 && (read == 0 || (limit && side(read, *limit) != side(shown, *limit)));
}

QString grouped(QString digits) {
    const auto point = digits.indexOf(u'.');
    for (auto at = (point < 0 ? digits.size() : point) - 3; at > 0; at -= 3) {
        digits.insert(at, u',');
    }
    return digits;
}

/// All digits up to the twelfth, where a double's own rounding begins to show.
QString exactly(double shown) {
    const double size = std::abs(shown);
    QString digits = QString::number(size, 'f', size == 0 ? 0 : decimals_of(size, 12));
    while (digits.contains(u'.') && (digits.endsWith(u'0') || digits.endsWith(u'.'))) {
        digits.chop(1);
    }
    return (shown < 0 ? QStringLiteral("−") : QString()) + grouped(digits);
}

QString with_unit(const QString& number, const ShownUnit& unit) {
    return unit.name.isEmpty() ? number : number + (unit.joined ? QString() : QStringLiteral(" ")) + unit.name;
}

std::optional<double> scaled(std::optional<double> limit, double factor) {
    return limit ? std::optional(*limit * factor) : std::nullopt;
}

} // namespace

ShownUnit shown_unit(const std::string& unit, double size) {
    const double large = std::abs(size);
    if (unit == "ratio") {
        return {100, QStringLiteral("%")};
    }
    if (unit == "s" || unit == "seconds") {
        return large < 1 ? ShownUnit{1000, QStringLiteral("ms")} : ShownUnit{1, QStringLiteral("s")};
    }
    if (unit == "per-second") {
        return large >= 10'000 ? ShownUnit{0.001, QStringLiteral("k/s")} : ShownUnit{1, QStringLiteral("/s"), true};
    }
    if (unit == "bytes") {
        static constexpr std::array names{u"KiB", u"MiB", u"GiB", u"TiB"};
        ShownUnit shown{1, QStringLiteral("B")};
        for (double next = 1024; const char16_t* name : names) {
            if (large >= next) {
                shown = {1 / next, QString::fromUtf16(name)};
            }
            next *= 1024;
        }
        return shown;
    }
    return {};
}

int decimals_for(double shown, std::optional<double> limit) {
    if (!std::isfinite(shown) || shown == 0 || whole(shown)) {
        return 0;
    }
    int decimals = decimals_of(shown, 3);
    if (limit && *limit != 0 && std::isfinite(*limit)) {
        decimals = std::clamp(decimals_of(*limit, 3), decimals_of(shown, 2), decimals);
    }
    while (decimals < most_decimals && misleads(shown, decimals, limit)) {
        ++decimals;
    }
    return decimals;
}

int decimals_beside(double one, double other, std::optional<double> limit) {
    const double larger = std::abs(one) < std::abs(other) || !std::isfinite(one) ? other : one;
    const double smaller = larger == one ? other : one;
    int decimals = decimals_for(larger, limit);
    if (decimals == 0 && !whole(smaller) && std::abs(larger) < 100) {
        decimals = decimals_for(smaller, limit.value_or(0) != 0 ? limit : larger);
    }
    while (decimals < most_decimals && (misleads(larger, decimals, limit) || misleads(smaller, decimals, limit))) {
        ++decimals;
    }
    return decimals;
}

QString fixed(double shown, int decimals) {
    if (!std::isfinite(shown)) {
        return QStringLiteral("–");
    }
    const QString digits = QString::number(std::abs(shown), 'f', decimals);
    const bool minus = shown < 0 && digits.toDouble() != 0;
    return (minus ? QStringLiteral("−") : QString()) + grouped(digits);
}

QString figure(double value, const std::string& unit, std::optional<double> limit) {
    if (!std::isfinite(value)) {
        return QStringLiteral("–");
    }
    const ShownUnit shown = shown_unit(unit, limit && *limit != 0 ? *limit : value);
    const double number = value * shown.factor;
    return with_unit(fixed(number, decimals_for(number, scaled(limit, shown.factor))), shown);
}

QString limit_figure(double limit, const std::string& unit) {
    return exact_figure(limit, unit, limit);
}

QString exact_figure(double value, const std::string& unit, std::optional<double> limit) {
    if (!std::isfinite(value)) {
        return QStringLiteral("–");
    }
    const ShownUnit shown = shown_unit(unit, limit && *limit != 0 ? *limit : value);
    return with_unit(exactly(value * shown.factor), shown);
}

QString difference_figure(double value, double against, const std::string& unit, std::optional<double> limit) {
    ShownUnit shown = shown_unit(unit, limit && *limit != 0 ? *limit : std::max(std::abs(value), std::abs(against)));
    if (shown.name == QStringLiteral("%")) {
        shown.name = QStringLiteral("pp");
    }
    // As fine as the figures themselves: what they don't show is no difference.
    const auto as_shown = scaled(limit, shown.factor);
    const int decimals = decimals_beside(value * shown.factor, against * shown.factor, as_shown);
    const double apart = rounded(value * shown.factor, decimals) - rounded(against * shown.factor, decimals);
    const QString number = fixed(apart, decimals);
    if (rounded(apart, decimals) == 0) {
        return {};
    }
    return (apart > 0 ? QStringLiteral("+") : QString()) + with_unit(number, shown);
}

} // namespace sluice::story
