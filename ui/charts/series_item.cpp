#include "charts/series_item.h"

#include "charts/content.h"
#include "theme/tokens.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace sluice::charts {
namespace {

/// Dashes start anew every so many columns or samples, counted in time, so that they stand still while the picture
/// moves.
constexpr std::int64_t anchors = 64;

/// What sticks out by less is drawn with the dashes; device-independent pixels.
constexpr double sticks_out = 6;

/// Dashes are measured along the trend of so many pixels to each side: along the noise itself they would be specks.
constexpr double trend = 4;

/// Up to so many samples a column, the stretches between them are drawn, which are smoother and cost more.
constexpr std::size_t few = 2;

QPen pen_of(const QColor& colour, double width, Qt::PenCapStyle cap) {
    return {colour, width, Qt::SolidLine, cap};
}

/// Half the height of the stroke of a line that rises by `rise` in one column: what gives a slanted line the same
/// weight as a level one.
double half_height(double radius, double rise) {
    return std::min(radius, radius * std::sqrt(1 + rise * rise) - rise / 2);
}

/// A bar as thick as a round pen makes it: its neighbours' ink reaches over when the pen is wider than a column.
QLineF stroke(const std::vector<InkBar>& bars, std::size_t i, double radius) {
    const InkBar& bar = bars[i];
    const double half = half_height(radius, bar.bottom - bar.top);
    double top = bar.top - half, bottom = bar.bottom + half;
    const int reach = static_cast<int>(radius);
    for (int d = 1; d <= reach; ++d) {
        const double over = std::sqrt(radius * radius - d * d);
        const auto steps = static_cast<std::size_t>(d);
        if (i >= steps && bars[i - steps].column == bar.column - d && bars[i - steps + 1].joined && bar.joined) {
            top = std::min(top, bars[i - steps].top - over);
            bottom = std::max(bottom, bars[i - steps].bottom + over);
        }
        if (i + steps < bars.size() && bars[i + steps].column == bar.column + d && bars[i + steps].joined &&
            bars[i + 1].joined) {
            top = std::min(top, bars[i + steps].top - over);
            bottom = std::max(bottom, bars[i + steps].bottom + over);
        }
    }
    // A sample alone is a dot that is seen.
    const bool alone = !bar.joined && (i + 1 == bars.size() || !bars[i + 1].joined);
    if (alone && bar.bottom - bar.top < radius) {
        top -= radius;
        bottom += radius;
    }
    return {bar.column + 0.5, top, bar.column + 0.5, bottom};
}

} // namespace

void SeriesItem::set_line(const series::Pyramid* line, int place) {
    line_ = line;
    place_ = place;
}

void SeriesItem::set_view(const View& view) {
    if (view.plot != view_.plot) {
        prepareGeometryChange();
    }
    view_ = view;
}

InkScale SeriesItem::scale() const {
    return {view_.span.from, view_.span.length() / view_.columns, view_.low,
            view_.high,      view_.plot.height() * view_.ratio,   view_.factor};
}

void SeriesItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    if (!line_ || view_.span.length() <= Nanos{0} || view_.columns <= 0) {
        return;
    }
    const QColor colour = place_ == whole ? theme::tokens().text : theme::arm_colour(place_);
    const Dashes dashes(place_ == whole ? Qt::SolidLine : theme::arm_line(place_), view_.ratio);
    const auto samples = line_->index_at(view_.span.to) - line_->index_at(view_.span.from);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setClipRect(view_.plot.adjusted(0, -thickness, 0, thickness));
    if (samples > static_cast<std::size_t>(view_.columns) * few) {
        paint_columns(*painter, colour, dashes);
    } else {
        paint_stretches(*painter, colour, dashes);
    }
    painter->restore();
}

void SeriesItem::paint_columns(QPainter& painter, const QColor& colour, const Dashes& dashes) const {
    const InkScale s = scale();
    const std::int64_t first = s.from.count / s.column.count;
    const int lead = dashes.solid() ? 0 : static_cast<int>(first % anchors);
    // One more on each side, whose ink reaches over.
    const auto bars = ink_of(*line_, s, -lead - 2, view_.columns + 2);
    paint_bars(painter, bars, view_.plot.topLeft(), view_.ratio, thickness * view_.ratio, colour, dashes,
               ((-first % anchors) + anchors) % anchors);
}

void paint_bars(QPainter& painter, const std::vector<InkBar>& bars, const QPointF& origin, double ratio,
                double thickness, const QColor& colour, Dashes dashes, std::int64_t anchor) {
    QList<QLineF> full, faint;
    full.reserve(static_cast<qsizetype>(bars.size()));
    double usual = 0; // extent of the bars lately
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const InkBar& bar = bars[i];
        const double extent = bar.bottom - bar.top;
        if (dashes.solid()) {
            full.append(stroke(bars, i, thickness / 2));
            continue;
        }
        if (!bar.joined || ((bar.column - anchor) % anchors + anchors) % anchors == 0) {
            dashes.restart();
        }
        if (dashes.on() || (extent > sticks_out * ratio && extent > 3 * usual)) {
            full.append(stroke(bars, i, thickness / 2));
        } else if (extent > sticks_out * ratio) {
            faint.append(stroke(bars, i, thickness / 2));
        }
        const auto reach = static_cast<std::size_t>(trend * ratio);
        const InkBar &before = bars[i - std::min(i, reach)], &after = bars[std::min(i + reach, bars.size() - 1)];
        const double rise = (after.top + after.bottom - before.top - before.bottom) / 2;
        dashes.advance(std::hypot(1, rise / std::max(1, after.column - before.column)));
        usual += (extent - usual) / 16;
    }
    painter.save();
    painter.translate(origin);
    painter.scale(1 / ratio, 1 / ratio);
    QPen pen = pen_of(colour, 1, Qt::FlatCap);
    pen.setCosmetic(true);
    painter.setPen(pen);
    painter.drawLines(full);
    if (!faint.isEmpty()) {
        QColor lighter = colour;
        lighter.setAlphaF(0.4F);
        pen.setColor(lighter);
        painter.setPen(pen);
        painter.drawLines(faint);
    }
    painter.restore();
}

void SeriesItem::paint_stretches(QPainter& painter, const QColor& colour, Dashes dashes) const {
    const InkScale s = scale();
    const auto points = line_->points();
    std::size_t begin = line_->index_at(view_.span.from);
    begin -= begin > 0 ? 1 : 0;
    begin -= dashes.solid() ? 0 : begin % anchors;
    const std::size_t end = std::min(points.size(), line_->index_at(view_.span.to) + 1);
    const double right = view_.columns + 8, left = -8;
    double usual = 0; // rise of the stretches lately
    const auto place = [&](std::size_t i) { return QPointF(s.x(points[i].at), s.y(points[i].value)); };
    QList<QLineF> lines;
    for (std::size_t i = begin; i < end; ++i) {
        const bool starts = line_->starts_run(i), ends = i + 1 >= points.size() || line_->starts_run(i + 1);
        const QPointF here = place(i);
        if (starts && ends) {
            lines.append(QLineF(here - QPointF(1.25, 0) * view_.ratio, here + QPointF(1.25, 0) * view_.ratio));
        }
        if (starts || i % anchors == 0) {
            dashes.restart();
        }
        if (!starts && !ends && i > begin && !dashes.solid()) {
            const QPointF before = place(i - 1), after = place(i + 1);
            const double in = here.y() - before.y(), out = after.y() - here.y();
            // The tip of a spike is inked whatever the dashes do.
            if (in * out < 0 && std::min(std::abs(in), std::abs(out)) > sticks_out * view_.ratio) {
                lines.append(QLineF(here, here + (before - here) * (2 * view_.ratio / std::abs(in))));
                lines.append(QLineF(here, here + (after - here) * (2 * view_.ratio / std::abs(out))));
            }
        }
        if (ends || i + 1 >= end) {
            continue;
        }
        const QLineF stretch(here, place(i + 1));
        const double rise = std::abs(stretch.dy());
        if (!dashes.solid() && rise > sticks_out * view_.ratio && rise > 3 * usual && rise > 3 * stretch.dx()) {
            lines.append(stretch);
        }
        const auto reach = static_cast<std::size_t>(trend * view_.ratio / std::max(0.1, stretch.dx()));
        const QLineF about(place(i - std::min(i - begin, reach)), place(std::min(i + 1 + reach, end - 1)));
        dashes.stretch(stretch, stretch.dx() * std::hypot(1, about.dy() / std::max(1e-9, about.dx())), left, right,
                       lines);
        usual += (rise - usual) / 16;
    }
    painter.save();
    painter.translate(view_.plot.topLeft());
    painter.scale(1 / view_.ratio, 1 / view_.ratio);
    // Caps close the joints of long stretches, and make noise fat.
    const bool long_stretches = (end - begin) * 2 < static_cast<std::size_t>(view_.columns);
    painter.setPen(
        pen_of(colour, thickness * view_.ratio, dashes.solid() && long_stretches ? Qt::SquareCap : Qt::FlatCap));
    painter.drawLines(lines);
    painter.restore();
}

} // namespace sluice::charts
