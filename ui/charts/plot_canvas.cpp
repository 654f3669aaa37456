#include "charts/plot_canvas.h"

#include "charts/overlay.h"
#include "theme/tokens.h"

#include <QFontMetricsF>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace sluice::charts {
namespace {

constexpr double above_plot = 8, below_plot = 20, beside_plot = 8; ///< room for labels that stand out of it

} // namespace

PlotCanvas::PlotCanvas(TimeView& view, QWidget* parent) : QWidget(parent), view_(view) {
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMouseTracking(true);
    connect(&view_, &TimeView::visible_changed, this, [this] {
        stale_ = true;
        update();
    });
    connect(&view_, &TimeView::following_changed, this, qOverload<>(&QWidget::update));
    connect(&view_, &TimeView::pointed_at_changed, this, qOverload<>(&QWidget::update));
    connect(&view_, &TimeView::cursor_changed, this, qOverload<>(&QWidget::update));
}

void PlotCanvas::set_content(const ChartContent& content) {
    content_ = content;
    stale_ = true;
    update();
}

void PlotCanvas::lay_out() {
    const double ratio = devicePixelRatioF();
    const auto whole_pixels = [&](double x) { return std::round(x * ratio) / ratio; };
    const double height = whole_pixels(std::max(16.0, this->height() - above_plot - below_plot));
    const int lines = std::clamp(static_cast<int>(height / 24), 2, 6);
    // The axis depends on what is seen, and what is seen (to a column) on the room that its labels leave.
    axis_ = axis_of(content_, view_.visible(), lines);
    const QFontMetricsF metrics(theme::text_font(11));
    double labels = 22;
    for (const double tick : axis_.ticks()) {
        labels = std::max(labels, metrics.horizontalAdvance(tick_label(tick, axis_.step)));
    }
    const double left = whole_pixels(std::ceil(labels) + 10);
    plot_ = {left, above_plot, std::max(16.0, whole_pixels(width() - left - beside_plot)), height};
    columns_ = std::max(1, static_cast<int>(std::lround(plot_.width() * ratio)));
    span_ = snapped(view_.visible(), columns_);
    axis_ = axis_of(content_, span_, lines);

    const double by = factor(content_.scale);
    frame_ = {size(), plot_, axis_, content_.limits, content_.usual, ratio, theme::current()};
    for (ChartLimit& limit : frame_.limits) {
        limit.value *= by;
    }
    if (frame_.usual) {
        frame_.usual = {frame_.usual->low * by, frame_.usual->high * by};
    }
}

// From the bottom up, the first place at which no line is; where there is none, the one at the bottom.
QRectF PlotCanvas::free_of_lines(const QRectF& box) const {
    const double by = factor(content_.scale), low = axis_.low, high = axis_.high;
    const auto y_of = [&](double value) { return plot_.bottom() - (value * by - low) / (high - low) * plot_.height(); };
    std::vector<std::pair<double, double>> taken; // top and bottom of what each line has beside the box
    for (const ChartLine& line : content_.lines) {
        for (const auto& samples : {line.samples, line.past}) {
            const auto extent =
                samples ? samples->extent(time_at(box.left()), time_at(box.right())) : std::optional<series::Extent>();
            if (extent) {
                taken.emplace_back(y_of(extent->max), y_of(extent->min));
            }
        }
    }
    constexpr double room = 3, names_of_marks = 20;
    for (QRectF at = box; at.top() > plot_.top() + names_of_marks; at.translate(0, -box.height())) {
        if (std::ranges::none_of(taken, [&](const auto& one) {
                return one.first < at.bottom() + room && one.second > at.top() - room;
            })) {
            return at;
        }
    }
    return box;
}

void PlotCanvas::draw_picture() {
    ++times_drawn_;
    lay_out();
    const QPixmap& still = scene_.still(frame_);
    if (picture_.size() != still.size()) {
        picture_ = QPixmap(still.size());
    }
    picture_.setDevicePixelRatio(frame_.ratio);
    QPainter painter(&picture_);
    painter.drawPixmap(0, 0, still);
    scene_.paint_lines(painter, content_.lines,
                       {plot_, frame_.ratio, span_, columns_, axis_.low, axis_.high, factor(content_.scale)});
    painter.setRenderHint(QPainter::Antialiasing);
    paint_time_labels(painter, time_scale(), plot_, width());
    const bool nothing = std::ranges::none_of(content_.lines, [&](const ChartLine& line) {
        return (line.samples && line.samples->extent(span_.from, span_.to)) ||
               (line.past && line.past->extent(span_.from, span_.to));
    });
    if (nothing) {
        painter.setPen(theme::tokens().dim);
        painter.setFont(theme::text_font(13));
        painter.drawText(plot_, Qt::AlignCenter, theme::glyph(theme::Mark::no_data) + ' ' + tr("no data"));
    }
    if (shows_history(content_, span_)) {
        const QRectF note = history_note(plot_);
        if (!note.isNull()) {
            paint_history_note(painter, free_of_lines(note));
        }
    }
    stale_ = false;
}

void PlotCanvas::paintEvent(QPaintEvent*) {
    ++times_painted_;
    if (stale_ || frame_.size != size() || frame_.ratio != devicePixelRatioF() || frame_.scheme != theme::current()) {
        draw_picture();
    }
    QPainter painter(this);
    painter.drawPixmap(0, 0, picture_);
    painter.setRenderHint(QPainter::Antialiasing);
    const TimeScale time = time_scale();
    paint_markers(painter, content_.markers, time, plot_);
    if (const auto cursor = view_.cursor()) {
        paint_cursor(painter, *cursor, time, plot_);
    }
    if (!view_.following()) {
        paint_left_behind(painter, view_.extent().to - view_.visible().to, plot_);
    }
    if (const auto at = view_.pointed_at()) {
        paint_readout(painter, readout(content_, *at), axis_, time, plot_);
    }
}

void PlotCanvas::wheelEvent(QWheelEvent* event) {
    const QPoint turned = event->angleDelta();
    if (std::abs(turned.x()) > std::abs(turned.y()) || event->modifiers().testFlag(Qt::ShiftModifier)) {
        const int by = turned.x() != 0 ? turned.x() : turned.y();
        view_.pan(-(view_.visible().length() / 1200) * by);
    } else {
        view_.zoom(std::pow(1.25, turned.y() / 120.0), time_at(event->position().x()));
    }
    event->accept();
}

void PlotCanvas::point(double x) {
    const bool inside = x >= plot_.left() && x <= plot_.right();
    view_.point_at(inside ? std::optional(time_at(x)) : std::nullopt);
}

void PlotCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) {
        event->ignore();
        return;
    }
    dragged_from_ = event->position().x();
    scrubbing_ = event->modifiers().testFlag(Qt::ShiftModifier);
    if (scrubbing_) {
        view_.ask_for_cursor(time_at(event->position().x()));
    } else {
        setCursor(Qt::ClosedHandCursor);
    }
    // Up to the chart as well: a click gives it the focus.
    event->ignore();
}

void PlotCanvas::mouseMoveEvent(QMouseEvent* event) {
    const double x = event->position().x();
    if (dragged_from_ && scrubbing_) {
        view_.ask_for_cursor(time_at(std::clamp(x, plot_.left(), plot_.right())));
    } else if (dragged_from_) {
        const double share = (*dragged_from_ - x) / std::max(1.0, plot_.width());
        view_.pan({std::llround(share * static_cast<double>(view_.visible().length().count))});
        dragged_from_ = x;
    }
    point(x);
}

void PlotCanvas::mouseReleaseEvent(QMouseEvent*) {
    dragged_from_.reset();
    unsetCursor();
}

void PlotCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        dragged_from_.reset();
        view_.reset();
    }
}

void PlotCanvas::leaveEvent(QEvent*) {
    view_.point_at(std::nullopt);
}

void PlotCanvas::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange ||
        event->type() == QEvent::LocaleChange) {
        stale_ = true;
        update();
    }
    QWidget::changeEvent(event);
}

} // namespace sluice::charts
