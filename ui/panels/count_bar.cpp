#include "panels/count_bar.h"

#include "theme/tokens.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace sluice::panels {

CountBar::CountBar(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFixedHeight(8);
    setAccessibleName(tr("Progress"));
    hide();
}

void CountBar::show_share(std::optional<double> share, bool stands_still, Ink ink) {
    const double now = share ? std::clamp(*share, 0.0, 1.0) : -1;
    if (now == share_ && stands_still == stands_still_ && ink == ink_) {
        return;
    }
    share_ = now;
    stands_still_ = stands_still;
    ink_ = ink;
    setVisible(share.has_value());
    setAccessibleDescription(share ? tr("%1 %").arg(static_cast<int>(now * 100)) : QString());
    update();
}

void CountBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const QRectF whole = rect();
    const double round = whole.height() / 2;
    painter.setBrush(theme::tokens().line);
    painter.drawRoundedRect(whole, round, round);
    if (share_ <= 0) {
        return;
    }
    QPainterPath filled;
    filled.addRoundedRect(
        QRectF(whole.left(), whole.top(), std::max(whole.height(), whole.width() * share_), whole.height()), round,
        round);
    const QColor ink = stands_still_ && ink_ != Ink::breach ? theme::tokens().warn : colour(ink_);
    painter.fillPath(filled, ink);
    if (!stands_still_) {
        return;
    }
    painter.setClipPath(filled);
    painter.setPen(QPen(ink.darker(170), 4));
    for (double x = -whole.height(); x < whole.width() * share_ + whole.height(); x += 13) {
        painter.drawLine(QPointF(x, whole.bottom() + 3), QPointF(x + whole.height() + 6, whole.top() - 3));
    }
}

} // namespace sluice::panels
