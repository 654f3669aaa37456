#include "panels/scrubber_track.h"

#include "story/format.h"
#include "theme/tokens.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPixmap>
#include <QToolTip>
#include <algorithm>
#include <cmath>

namespace sluice::panels {
namespace {

using Kind = story::ScrubberMark::Kind;

constexpr int line_height = 6, margin = 12, high = 76, low = 20;
constexpr int rows = 2, row_height = 13;
constexpr int widest_words = 220, near_px = 5, most_lines = 12;

QColor colour_of(Kind kind) {
    const auto& t = theme::tokens();
    switch (kind) {
    case Kind::breach:
    case Kind::rollback:
        return t.breach;
    case Kind::alert:
    case Kind::triage:
    case Kind::doubt:
        return t.warn;
    case Kind::bookmark:
        return t.accent;
    case Kind::note:
    case Kind::shift:
        return t.dim;
    }
    return t.dim;
}

QFont words_font() {
    return theme::text_font(10);
}

/// On top of a stem that ends at `tip`: told apart without colour.
void paint_shape(QPainter& painter, Kind kind, const QPointF& tip) {
    const auto at = [&](double x, double y) { return tip + QPointF(x, y); };
    const QColor colour = colour_of(kind);
    painter.setPen(QPen(colour, 1.4));
    painter.setBrush(Qt::NoBrush);
    switch (kind) {
    case Kind::breach: // a cross
        painter.drawLine(at(-3, -3), at(3, 3));
        painter.drawLine(at(-3, 3), at(3, -3));
        break;
    case Kind::rollback: // a full triangle, point down
        painter.setBrush(colour);
        painter.drawPolygon(QPolygonF{at(-5, -4), at(5, -4), at(0, 4)});
        break;
    case Kind::alert: // an empty one, point up
        painter.drawPolygon(QPolygonF{at(-4, 3), at(4, 3), at(0, -4)});
        break;
    case Kind::doubt:
    case Kind::triage: // a square
        painter.drawRect(QRectF(at(-3, -3), at(3, 3)));
        break;
    case Kind::bookmark: // a flag
        painter.setBrush(colour);
        painter.drawPolygon(QPolygonF{at(0, -4), at(7, -1), at(0, 2)});
        break;
    case Kind::note: // a dot
        painter.setBrush(colour);
        painter.drawEllipse(tip, 1.6, 1.6);
        break;
    case Kind::shift: // the stem alone
        break;
    }
}

double reach_of(Kind kind) {
    return kind == Kind::shift ? 0 : kind == Kind::bookmark || kind == Kind::rollback ? 5 : 3;
}

} // namespace

ScrubberTrack::ScrubberTrack(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Time line of the session"));
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize ScrubberTrack::sizeHint() const {
    return {600, folded_ ? low : high};
}

QSize ScrubberTrack::minimumSizeHint() const {
    return {240, folded_ ? low : high};
}

int ScrubberTrack::line_y() const {
    return folded_ ? low - 6 : 46;
}

void ScrubberTrack::repaint_still() {
    still_ = {};
    update();
}

void ScrubberTrack::set_map(const story::ScrubberMap& map) {
    if (map_ != map) {
        map_ = map;
        repaint_still();
    }
}

void ScrubberTrack::set_cursor(Nanos cursor) {
    if (cursor_ != cursor) {
        // A quarter of a pixel is seen, since edges are smoothed.
        const bool moved = std::abs(x_of(cursor_) - x_of(cursor)) >= 0.25;
        setAccessibleDescription(story::utc_time(cursor));
        if (moved) {
            cursor_ = cursor;
            update();
        }
    }
}

void ScrubberTrack::set_loop(const std::optional<session::TimeController::Loop>& loop) {
    if (loop_ != loop) {
        loop_ = loop;
        update();
    }
}

void ScrubberTrack::set_folded(bool folded) {
    if (folded_ != folded) {
        folded_ = folded;
        updateGeometry();
        repaint_still();
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

QString ScrubberTrack::words(const story::ScrubberMark& mark) const {
    return QFontMetrics(words_font()).elidedText(mark.label, Qt::ElideRight, widest_words);
}

std::vector<LabelPlace> ScrubberTrack::places() const {
    if (folded_) {
        return {};
    }
    const QFontMetrics metrics(words_font());
    std::vector<LabelWish> wishes;
    wishes.reserve(map_.marks.size());
    for (const auto& mark : map_.marks) {
        const double wide = metrics.horizontalAdvance(words(mark));
        wishes.push_back({x_of(mark.at), wide, reach_of(mark.kind), static_cast<int>(mark.kind)});
    }
    return place_labels(wishes, 2, width() - 2, rows);
}

void ScrubberTrack::paint_phases(QPainter& painter) const {
    const auto& t = theme::tokens();
    const QFont font = words_font();
    painter.setFont(font);
    const QFontMetrics metrics(font);
    for (const auto& phase : map_.phases) {
        const QRectF box(x_of(phase.from) + 1, line_y() + 12, std::max(2.0, x_of(phase.to) - x_of(phase.from) - 2), 14);
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
    const double foot = line_y() - 4;
    const double tip = folded_ ? foot - 4 : foot - 8;
    const auto labels = places();
    std::vector<const LabelPlace*> of(map_.marks.size(), nullptr);
    for (const auto& label : labels) {
        of[label.wish] = &label;
    }
    painter.setFont(words_font());
    double drawn_at = -1e9; // marks of one kind in one pixel are one mark
    Kind drawn = Kind::note;
    for (std::size_t i = 0; i < map_.marks.size(); ++i) {
        const auto& mark = map_.marks[i];
        const double x = std::floor(x_of(mark.at)) + 0.5;
        const auto* label = of[i];
        if (label == nullptr && x == drawn_at && mark.kind == drawn) {
            continue;
        }
        drawn_at = x;
        drawn = mark.kind;
        // Words stand above the shapes of those that have none.
        const double top = label ? tip - (label->row + 1) * row_height : tip;
        painter.setPen(QPen(colour_of(mark.kind), 1));
        painter.drawLine(QPointF(x, top), QPointF(x, foot));
        if (!folded_) {
            paint_shape(painter, mark.kind, {x, top});
        }
        if (label) {
            painter.setPen(mark.kind == Kind::note ? theme::tokens().dim : colour_of(mark.kind));
            painter.drawText(QPointF(label->left, top + 3.5), words(mark));
        }
    }
}

void ScrubberTrack::paint_line(QPainter& painter) const {
    const auto& t = theme::tokens();
    const QRectF line(margin, line_y() - line_height / 2.0, width() - 2 * margin, line_height);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.raised);
    painter.drawRoundedRect(line, 3, 3);
    painter.setBrush(folded_ ? t.dim : t.warn);
    const double x = x_of(cursor_);
    painter.drawRoundedRect(QRectF(line.left(), line.top(), x - line.left(), line.height()), 3, 3);
    if (loop_) {
        const double from = x_of(loop_->from), to = x_of(loop_->to);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(t.accent, 2));
        for (const auto& [at, turn] : {std::pair(from, 3.0), std::pair(to, -3.0)}) { // brackets
            painter.drawPolyline(QPolygonF{{at + turn, line.top() - 4},
                                           {at, line.top() - 4},
                                           {at, line.bottom() + 4},
                                           {at + turn, line.bottom() + 4}});
        }
    }
}

void ScrubberTrack::paintEvent(QPaintEvent*) {
    const auto& t = theme::tokens();
    if (still_.isNull() || still_.size() != size() * devicePixelRatioF()) {
        still_ = QPixmap(size() * devicePixelRatioF());
        still_.setDevicePixelRatio(devicePixelRatioF());
        still_.fill(Qt::transparent);
        QPainter painter(&still_);
        painter.setRenderHint(QPainter::Antialiasing);
        if (!folded_) {
            paint_phases(painter);
        }
        paint_marks(painter);
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paint_line(painter);
    painter.drawPixmap(0, 0, still_);
    const QPointF grip(x_of(cursor_), line_y());
    painter.setPen(QPen(folded_ ? t.dim : t.warn, 2));
    painter.setBrush(t.text);
    painter.drawEllipse(grip, folded_ ? 4 : 7, folded_ ? 4 : 7);
    if (hasFocus()) {
        painter.setPen(QPen(t.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(grip, folded_ ? 5.5 : 10, folded_ ? 5.5 : 10);
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

void ScrubberTrack::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) {
        repaint_still();
    }
    QWidget::changeEvent(event);
}

QString ScrubberTrack::told_at(double x) const {
    QStringList lines{story::utc_time(time_at(x))};
    qsizetype more = 0;
    for (const auto& mark : map_.marks) {
        if (std::abs(x_of(mark.at) - x) <= near_px) {
            if (lines.size() <= most_lines) {
                lines << QStringLiteral("%1  %2: %3")
                             .arg(story::wall_time(mark.at), story::word_of(mark.kind),
                                  mark.label.isEmpty() ? QStringLiteral("–") : mark.label);
            } else {
                ++more;
            }
        }
    }
    if (more > 0) {
        lines << tr("and %n more", nullptr, static_cast<int>(more));
    }
    if (loop_ && x_of(loop_->from) <= x && x <= x_of(loop_->to)) {
        lines << tr("within the loop");
    }
    for (const auto& phase : map_.phases) {
        if (x_of(phase.from) <= x && x < x_of(phase.to)) {
            lines << phase.title;
        }
    }
    return lines.join('\n');
}

bool ScrubberTrack::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), told_at(help->pos().x()), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace sluice::panels
