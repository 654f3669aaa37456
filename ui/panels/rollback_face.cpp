#include "panels/rollback_face.h"

#include "panels/painted_text.h"
#include "theme/tokens.h"

#include <QFontMetrics>
#include <QPainter>
#include <QPainterPath>

namespace sluice::panels {
namespace {

void draw_two_lines(QPainter& painter, const QRect& area, const story::RollbackView& view, const QColor& title,
                    const QColor& detail) {
    const QRect inner = area.adjusted(8, 0, -8, 0);
    const QFont large = theme::text_font(15, QFont::DemiBold), small = theme::text_font(11);
    const int middle = area.top() + area.height() / 2;
    painter.setFont(large);
    painter.setPen(title);
    painter.drawText(QRect(inner.left(), middle - 21, inner.width(), 22), static_cast<int>(Qt::AlignCenter),
                     QFontMetrics(large).elidedText(view.title, Qt::ElideRight, inner.width()));
    painter.setFont(small);
    painter.setPen(detail);
    const int arrow = view.can_act() && view.options.size() > 1 ? 18 : 0; // the small button of the other ways
    const QRect below(inner.left() + arrow, middle + 1, inner.width() - 2 * arrow, 18);
    painter.drawText(below, static_cast<int>(Qt::AlignCenter),
                     QFontMetrics(small).elidedText(view.detail, Qt::ElideRight, below.width()));
}

} // namespace

void paint_rollback(QPainter& painter, const QRect& area, const story::RollbackView& view, bool hover, bool down) {
    using State = story::RollbackView::State;
    const auto& t = theme::tokens();
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath shape;
    shape.addRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    switch (view.state) {
    case State::absent:
        return;
    case State::armed:
        painter.fillPath(shape, down ? t.danger.darker(118) : hover ? t.danger.lighter(108) : t.danger);
        draw_two_lines(painter, area, view, t.on_danger, t.on_danger);
        return;
    case State::not_armed:
        painter.fillPath(shape, hover ? t.raised : t.panel);
        painter.setPen(QPen(t.breach, 1));
        painter.drawPath(shape);
        draw_two_lines(painter, area, view, t.breach, t.warn);
        return;
    case State::rolling:
    case State::needs_you: {
        painter.fillPath(shape, t.raised);
        const QRect done(area.left(), area.top(), static_cast<int>(area.width() * view.fraction), area.height());
        painter.save();
        painter.setClipRect(done);
        painter.fillPath(shape, t.danger);
        draw_two_lines(painter, area, view, t.on_danger, t.on_danger);
        painter.restore();
        painter.save();
        painter.setClipRect(area.adjusted(done.width(), 0, 0, 0));
        draw_two_lines(painter, area, view, t.text, view.state == State::needs_you ? t.warn : t.text);
        painter.restore();
        painter.setPen(QPen(t.breach, 1));
        painter.drawPath(shape);
        return;
    }
    case State::rolled_back:
        painter.fillPath(shape, t.raised);
        painter.setPen(QPen(t.breach, 1));
        painter.drawPath(shape);
        draw_two_lines(painter, area, view, t.text, t.dim);
        return;
    case State::unavailable:
    case State::closed:
    case State::watching:
    case State::replay:
        painter.fillPath(shape, t.raised);
        draw_two_lines(painter, area, view, t.dim, t.dim);
        return;
    }
}

RollbackLabel::RollbackLabel(QWidget* parent) : QWidget(parent) {
    read_as_text(*this);
    setFixedHeight(52);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void RollbackLabel::show(const story::RollbackView& view) {
    if (view == view_) {
        return;
    }
    view_ = view;
    setAccessibleName(view_.title);
    setAccessibleDescription(view_.tip);
    setToolTip(view_.tip);
    setVisible(view_.state != story::RollbackView::State::absent);
    update();
}

QSize RollbackLabel::sizeHint() const {
    return {230, 52};
}

void RollbackLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paint_rollback(painter, rect(), view_, false, false);
}

} // namespace sluice::panels
