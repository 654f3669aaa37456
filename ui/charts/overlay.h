#pragma once
#include "charts/content.h"

#include <QRectF>

class QPainter;

namespace sluice::charts {

/// What lies over the lines and moves by itself: events, the cursor of a replay, what is pointed at. `time` is that of
/// the picture; all in logical pixels.

/// Dotted lines with their words on top; a word that would run into the one before is left out, its line is not.
void paint_markers(QPainter& painter, const std::vector<ChartMarker>& markers, const TimeScale& time,
                   const QRectF& plot);

/// That the newest is not shown, and how much of it: a chart that stands still must not be taken for one that follows.
void paint_left_behind(QPainter& painter, Nanos unseen, const QRectF& plot);

/// What the paler part of a line is: nobody watched then. Its place at the foot of the plot area; none = there is no
/// room for it.
QRectF history_note(const QRectF& plot);
void paint_history_note(QPainter& painter, const QRectF& box);

void paint_cursor(QPainter& painter, Nanos at, const TimeScale& time, const QRectF& plot);

/// A line, a dot on each arm's line at its value, and a box with the time and the values, on the side with more room.
void paint_readout(QPainter& painter, const Readout& readout, const ValueAxis& axis, const TimeScale& time,
                   const QRectF& plot);

/// Wall clock below the plot area.
void paint_time_labels(QPainter& painter, const TimeScale& time, const QRectF& plot, double right_edge);

} // namespace sluice::charts
