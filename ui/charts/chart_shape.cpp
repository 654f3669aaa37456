#include "charts/chart_shape.h"

#include <algorithm>

namespace sluice::charts {

QSize chart_shape(QSize room, int count) {
    const auto fits = [&](int columns, int rows, QSize chart) {
        return columns * chart.width() + (columns - 1) * chart_gap <= room.width() &&
               rows * chart.height() + (rows - 1) * chart_gap <= room.height();
    };
    if (count > 4 && fits(3, 2, roomy_chart)) {
        return {3, 2};
    }
    QSize best(0, 0);
    int shown = 0;
    // Two beside each other before three: a wide chart shows the course of an hour better than a high one.
    for (const auto& [columns, rows] : {std::pair(2, 2), std::pair(2, 1), std::pair(1, 1), std::pair(3, 1),
                                        std::pair(4, 1), std::pair(1, 2), std::pair(1, 3), std::pair(1, 4)}) {
        const int would = std::min({columns * rows, count, 4});
        const bool wasteful = columns > count || (rows > 1 && columns * (rows - 1) >= count);
        if (would > shown && !wasteful && fits(columns, rows, least_chart)) {
            best = {columns, rows};
            shown = would;
        }
    }
    return best;
}

} // namespace sluice::charts
