#include "panels/worn_mark.h"

#include "theme/tokens.h"

#include <QAbstractButton>
#include <QMessageBox>
#include <QPainter>

namespace sluice::panels {

void wear_mark(QMessageBox& box, theme::Mark mark) {
    constexpr int side = 40;
    QPixmap pixmap(QSize(side, side) * box.devicePixelRatioF());
    pixmap.setDevicePixelRatio(box.devicePixelRatioF());
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setFont(theme::text_font(30, QFont::Bold));
    painter.setPen(theme::colour(mark));
    painter.drawText(QRect(0, 0, side, side), Qt::AlignCenter, theme::glyph(mark));
    painter.end();
    box.setIconPixmap(pixmap);
    for (auto* button : box.buttons()) {
        button->setIcon({}); // the words say it; the style's pictures are of another design
    }
}

} // namespace sluice::panels
