#include "panels/scrubber.h"
#include "story/format.h"
#include "theme/tokens.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

namespace sluice::panels {
namespace {

constexpr int line_y = 32, line_height = 6, margin = 12;

QColor colour_of(story::ScrubberMark::Kind kind) {
    using Kind = story::ScrubberMark::Kind;
    const auto& t = theme::tokens();
    switch (kind) {
    case Kind::breach:
    case Kind::rollback:
        return t.breach;
    case Kind::triage:
    case Kind::doubt:
        return t.warn;
    default:
        return t.dim;
    }
}

} // namespace

ScrubberTrack::ScrubberTrack(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Time line of the session"));
    setCursor(Qt::PointingHandCursor);
}

void ScrubberTrack::set_map(const story::ScrubberMap& map) {
    if (map_ != map) {
        map_ = map;
        update();
    }
}

void ScrubberTrack::set_cursor(Nanos cursor) {
    if (cursor_ != cursor) {
        const bool moved = static_cast<int>(x_of(cursor_)) != static_cast<int>(x_of(cursor));
        cursor_ = cursor;
        setAccessibleDescription(story::utc_time(cursor));
        if (moved) {
            update();
        }
    }
}

double ScrubberTrack::x_of(Nanos time) const {
    const double length = std::max<double>(1, static_cast<double>((map_.end - map_.begin).count));
    const double share = std::clamp(static_cast<double>((time - map_.begin).count) / length, 0.0, 1.0);
    return margin + share * (width() - 2 * margin);
}

Nanos ScrubberTrack::time_at(double x) const {
    const double share = std::clamp((x - margin) / std::max(1, width() - 2 * margin), 0.0, 1.0);
    return map_.begin + Nanos{static_cast<std::int64_t>(share * static_cast<double>((map_.end - map_.begin).count))};
}

void ScrubberTrack::paint_phases(QPainter& painter) const {
    const auto& t = theme::tokens();
    const QFont font = theme::text_font(10);
    painter.setFont(font);
    const QFontMetrics metrics(font);
    for (const auto& phase : map_.phases) {
        const QRectF box(x_of(phase.from) + 1, line_y + 12, std::max(2.0, x_of(phase.to) - x_of(phase.from) - 2), 14);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.raised);
        painter.drawRoundedRect(box, 3, 3);
        painter.setPen(t.dim);
        if (box.width() > 28) {
            painter.drawText(box.adjusted(6, 0, -4, 0), Qt::AlignVCenter,
                             metrics.elidedText(phase.title, Qt::ElideRight, static_cast<int>(box.width()) - 10));
        }
    }
}

void ScrubberTrack::paint_marks(QPainter& painter) const {
    using Kind = story::ScrubberMark::Kind;
    const auto& t = theme::tokens();
    const QFont font = theme::text_font(10);
    painter.setFont(font);
    const QFontMetrics metrics(font);
    double free_from = 0; // labels don't overlap: the first of a cluster is named, all are marked
    for (const auto& mark : map_.marks) {
        const double x = x_of(mark.at);
        painter.setPen(QPen(colour_of(mark.kind), 1));
        painter.drawLine(QPointF(x, line_y - 14), QPointF(x, line_y - 2));
        const bool loud = mark.kind == Kind::rollback;
        if (loud) {
            painter.setBrush(t.breach);
            painter.setPen(Qt::NoPen);
            painter.drawPolygon(QPolygonF{{x - 5, line_y - 10.0}, {x + 5, line_y - 10.0}, {x, line_y - 19.0}});
        }
        const QString label = metrics.elidedText(mark.label, Qt::ElideRight, 220);
        const double wide = metrics.horizontalAdvance(label);
        const double after = x + (loud ? 9 : 4);
        const double left = after + wide > width() - 2 ? x - (loud ? 9 : 4) - wide : after;
        if ((mark.kind == Kind::shift || loud) && left >= free_from) {
            painter.setPen(loud ? t.breach : t.dim);
            painter.drawText(QPointF(left, line_y - 10), label);
            free_from = left + wide + 8;
        }
    }
}

void ScrubberTrack::paintEvent(QPaintEvent*) {
    const auto& t = theme::tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF line(margin, line_y - line_height / 2.0, width() - 2 * margin, line_height);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.raised);
    painter.drawRoundedRect(line, 3, 3);
    painter.setBrush(t.warn);
    const double x = x_of(cursor_);
    painter.drawRoundedRect(QRectF(line.left(), line.top(), x - line.left(), line.height()), 3, 3);
    paint_phases(painter);
    paint_marks(painter);
    painter.setPen(QPen(t.warn, 2));
    painter.setBrush(t.text);
    painter.drawEllipse(QPointF(x, line_y), 7, 7);
    if (hasFocus()) {
        painter.setPen(QPen(t.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(QPointF(x, line_y), 10, 10);
    }
}

void ScrubberTrack::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        emit asked(time_at(event->position().x()));
    }
}

void ScrubberTrack::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton) {
        emit asked(time_at(event->position().x()));
    }
}

void ScrubberTrack::keyPressEvent(QKeyEvent* event) {
    const Nanos step = seconds(event->modifiers() & Qt::ShiftModifier ? 10 : 1);
    if (event->key() == Qt::Key_Left && !(event->modifiers() & Qt::ControlModifier)) {
        emit asked(cursor_ - step);
    } else if (event->key() == Qt::Key_Right && !(event->modifiers() & Qt::ControlModifier)) {
        emit asked(cursor_ + step);
    } else if (event->key() == Qt::Key_Home) {
        emit asked(map_.begin);
    } else {
        QWidget::keyPressEvent(event);
    }
}

bool ScrubberTrack::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QStringList lines{story::utc_time(time_at(help->pos().x()))};
        for (const auto& mark : map_.marks) {
            if (std::abs(x_of(mark.at) - help->pos().x()) < 4) {
                lines << story::utc_time(mark.at) + "  " + mark.label;
            }
        }
        for (const auto& phase : map_.phases) {
            if (x_of(phase.from) <= help->pos().x() && help->pos().x() < x_of(phase.to)) {
                lines << phase.title;
            }
        }
        QToolTip::showText(help->globalPos(), lines.mid(0, 12).join('\n'), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace sluice::panels
