#pragma once
#include <QSize>

namespace sluice::charts {

constexpr int chart_gap = 10;
constexpr QSize least_chart{200, 108}; ///< a smaller one shows no course
constexpr QSize roomy_chart{440, 220}; ///< where six of these fit, six are shown

/// How many columns and rows of charts a room takes, of `count` that there are: four where they fit, six in much room,
/// a row of fewer in little, none where not even one would say anything.
QSize chart_shape(QSize room, int count);

} // namespace sluice::charts
