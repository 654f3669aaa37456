#include "charts/overlay.h"

#include "theme/tokens.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace sluice::charts {
namespace {

/// The middle of a pixel, where a thin line is sharp.
double sharp(double x) {
    return std::floor(x) + 0.5;
}

QColor colour_of(MarkerKind kind) {
    const theme::Tokens& t = theme::tokens();
    switch (kind) {
    case MarkerKind::alert:
        return t.warn;
    case MarkerKind::breach:
        return t.breach;
    case MarkerKind::shift:
    case MarkerKind::phase:
    case MarkerKind::note:
        return t.dim;
    }
    return t.dim;
}

QString words_of(const ChartMarker& marker) {
    switch (marker.kind) {
    case MarkerKind::alert:
        return theme::glyph(theme::Mark::close) + ' ' + marker.label;
    case MarkerKind::breach:
        return theme::glyph(theme::Mark::breached) + ' ' + marker.label;
    case MarkerKind::shift:
    case MarkerKind::phase:
    case MarkerKind::note:
        return marker.label;
    }
    return marker.label;
}

QColor colour_of(const Readout::Row& row) {
    return row.place == whole ? theme::tokens().text : theme::arm_colour(row.place);
}

} // namespace

void paint_markers(QPainter& painter, const std::vector<ChartMarker>& markers, const TimeScale& time,
                   const QRectF& plot) {
    const QFont font = theme::text_font(11);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    double free_from = plot.left();
    for (const ChartMarker& marker : markers) {
        if (!time.span.holds(marker.at)) {
            continue;
        }
        const double x = sharp(time.x_of(marker.at));
        const QColor colour = colour_of(marker.kind);
        QPen pen(colour, 1);
        pen.setDashPattern({2, 3});
        pen.setCapStyle(Qt::FlatCap);
        painter.setPen(pen);
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
        const QString words = words_of(marker);
        const double width = metrics.horizontalAdvance(words);
        const bool fits_right = x + 4 + width <= plot.right();
        const double left = fits_right ? x + 4 : x - 4 - width;
        if (left < free_from) {
            continue;
        }
        // A line may run through where the label stands: it is to be read all the same.
        QColor behind = theme::tokens().panel;
        behind.setAlphaF(0.8F);
        painter.fillRect(QRectF(left - 2, plot.top() + 2, width + 4, metrics.height()), behind);
        painter.setPen(colour);
        painter.drawText(QPointF(left, plot.top() + 2 + metrics.ascent()), words);
        free_from = fits_right ? left + width + 4 : x + 4;
    }
}

void paint_left_behind(QPainter& painter, Nanos unseen, const QRectF& plot) {
    const QFont font = theme::text_font(11);
    const QFontMetricsF metrics(font);
    const auto past = static_cast<std::int64_t>(std::max(0.0, unseen.seconds()));
    const auto two = [](std::int64_t number) { return QStringLiteral("%1").arg(number, 2, 10, QLatin1Char('0')); };
    const QString length = past >= 3600
                               ? QStringLiteral("%1:%2:%3").arg(past / 3600).arg(two(past / 60 % 60), two(past % 60))
                               : QStringLiteral("%1:%2").arg(past / 60).arg(two(past % 60));
    const QString words = QCoreApplication::translate("charts", "newest %1 not shown · 0 follows").arg(length);
    const double width = metrics.horizontalAdvance(words) + 12;
    if (width > plot.width()) {
        return;
    }
    const QRectF box(plot.right() - width - 4, plot.bottom() - 22, width, 18);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::tokens().raised);
    painter.drawRoundedRect(box, 4, 4);
    painter.setFont(font);
    painter.setPen(theme::tokens().warn);
    painter.drawText(box, Qt::AlignCenter, words);
}

namespace {
QString history_words() {
    return QCoreApplication::translate("charts", "paler: from history");
}
} // namespace

QRectF history_note(const QRectF& plot) {
    const QFontMetricsF metrics(theme::text_font(11));
    const double width = metrics.horizontalAdvance(history_words()) + 6;
    return width > plot.width()
               ? QRectF()
               : QRectF(plot.left() + 2, plot.bottom() - metrics.height() - 3, width, metrics.height());
}

void paint_history_note(QPainter& painter, const QRectF& box) {
    QColor behind = theme::tokens().panel;
    behind.setAlphaF(0.8F);
    painter.fillRect(box, behind);
    painter.setFont(theme::text_font(11));
    painter.setPen(theme::tokens().dim);
    painter.drawText(box, Qt::AlignCenter, history_words());
}

void paint_cursor(QPainter& painter, Nanos at, const TimeScale& time, const QRectF& plot) {
    const double x = sharp(time.x_of(at));
    if (x < plot.left() || x > plot.right() + 1) {
        return;
    }
    const QColor colour = theme::tokens().warn;
    painter.setPen(QPen(colour, 1.5));
    painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    const QPointF grip[] = {{x - 4, plot.top() - 5}, {x + 4, plot.top() - 5}, {x, plot.top() + 1}};
    painter.drawPolygon(grip, 3);
}

void paint_readout(QPainter& painter, const Readout& readout, const ValueAxis& axis, const TimeScale& time,
                   const QRectF& plot) {
    const double x = sharp(time.x_of(readout.at));
    if (x < plot.left() || x > plot.right() + 1) {
        return;
    }
    const theme::Tokens& t = theme::tokens();
    painter.setPen(QPen(t.dim, 1));
    painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));

    const QFont words = theme::text_font(11), figures = theme::figure_font(11);
    const QFontMetricsF of_words(words), of_figures(figures);
    const QString clock = clock_text(readout.at, time.span);
    double names = 0, values = 0;
    for (const Readout::Row& row : readout.rows) {
        names = std::max(names, of_words.horizontalAdvance(row.name));
        values = std::max(values, of_figures.horizontalAdvance(row.text()));
        if (row.value) {
            const double y = plot.bottom() - (*row.value - axis.low) / (axis.high - axis.low) * plot.height();
            painter.setPen(QPen(t.panel, 1.5));
            painter.setBrush(colour_of(row));
            painter.drawEllipse(QPointF(x, std::clamp(y, plot.top(), plot.bottom())), 3.5, 3.5);
        }
    }
    constexpr double pad = 6, swatch = 18, line = 15;
    const double width = 2 * pad + std::max(of_figures.horizontalAdvance(clock), swatch + names + 8 + values);
    const double height = 2 * pad - 2 + line * static_cast<double>(1 + readout.rows.size());
    const bool to_the_right = x + 8 + width <= plot.right() || x - plot.left() < plot.right() - x;
    const QRectF box(to_the_right ? x + 8 : x - 8 - width, plot.top() + 4, width, height);
    painter.setPen(QPen(t.line, 1));
    painter.setBrush(t.raised);
    painter.drawRoundedRect(box, 4, 4);
    double baseline = box.top() + pad - 1 + of_figures.ascent();
    painter.setPen(t.dim);
    painter.setFont(figures);
    painter.drawText(QPointF(box.left() + pad, baseline), clock);
    for (const Readout::Row& row : readout.rows) {
        baseline += line;
        const double left = box.left() + pad;
        painter.setPen(QPen(colour_of(row), 2, row.place == whole ? Qt::SolidLine : theme::arm_line(row.place)));
        painter.drawLine(QPointF(left, baseline - 4), QPointF(left + swatch - 4, baseline - 4));
        painter.setPen(t.text);
        painter.setFont(words);
        painter.drawText(QPointF(left + swatch, baseline), row.name);
        painter.setFont(figures);
        painter.setPen(row.value ? t.text : t.warn);
        painter.drawText(QPointF(box.right() - pad - of_figures.horizontalAdvance(row.text()), baseline), row.text());
    }
}

void paint_time_labels(QPainter& painter, const TimeScale& time, const QRectF& plot, double right_edge) {
    const QFont font = theme::text_font(11);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setPen(theme::tokens().dim);
    const auto of_width = [&](double room) {
        return time_ticks(time.span, std::max(2, static_cast<int>(plot.width() / room)));
    };
    auto ticks = of_width(60);
    if (!ticks.empty() && ticks.back().label.size() > 5) {
        ticks = of_width(ticks.back().label.size() > 8 ? 120 : 90);
    }
    for (const TimeTick& tick : ticks) {
        const double width = metrics.horizontalAdvance(tick.label);
        const double left = std::min(time.x_of(tick.at) - width / 2, right_edge - width);
        painter.drawText(QPointF(std::max(0.0, left), plot.bottom() + 5 + metrics.ascent()), tick.label);
    }
}

} // namespace sluice::charts
