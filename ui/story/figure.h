#pragma once
/// How measured values are written, in one place: two or three digits, as fine as their limit asks for, in one unit
/// with it, and never rounded onto their limit or past it. Values and limits are in the metric's own unit.
#include <QString>
#include <optional>
#include <string>

namespace sluice::story {

/// In what a metric's values are shown. Values are multiplied by `factor`.
struct ShownUnit {
    double factor = 1;
    QString name;        ///< "%", "ms", "k/s"; empty = none
    bool joined = false; ///< "240/s", against "42.8 ms"
};

/// "ratio" is per cent; "s" milliseconds below one second; "per-second" thousands from 10,000 on; "bytes" KiB to TiB.
/// `size` is what decides: the limit where there is one, so that a value and its limit read alike, else the value.
ShownUnit shown_unit(const std::string& unit, double size);

/// Decimals for a value as it is shown: three digits of its limit, at least two and at most three of its own, more
/// while it would look like its limit, or like nothing. Whole numbers have none.
int decimals_for(double shown, std::optional<double> limit = {});

/// For two that are read against each other: as many as the larger one needs, more while one of them misleads.
int decimals_beside(double one, double other, std::optional<double> limit = {});

/// "1,612.5", "−0.04"; nothing has no sign. "–" for what is no number.
QString fixed(double shown, int decimals);

/// "0.26 %", "42.8 ms", "1,612", "92.4 k/s".
QString figure(double value, const std::string& unit, std::optional<double> limit = {});
/// As written in a plan: all its digits, and none that say nothing: "60 ms", "0.1 %", "5,000".
QString limit_figure(double limit, const std::string& unit);
/// All that was measured, for who asks twice: "0.0190349 %".
QString exact_figure(double value, const std::string& unit, std::optional<double> limit = {});

/// "+3.1 ms", "−0.04 pp" (of per cent, points); empty where both read alike.
QString difference_figure(double value, double against, const std::string& unit, std::optional<double> limit = {});

} // namespace sluice::story
