#include "charts/fitted_label.h"

#include <QPainter>

namespace sluice::charts {

void FittedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    if (small_ != 0 && fontMetrics().horizontalAdvance(text()) > width() && paint_two_lines(painter)) {
        return;
    }
    const QString shown = fontMetrics().elidedText(text(), Qt::ElideRight, width());
    setToolTip(shown == text() ? QString() : text());
    painter.drawText(rect(), static_cast<int>(alignment()) | Qt::TextSingleLine, shown);
}

// Broken at a space, as late as the first line has room; a line's height is cut to what letters need.
bool FittedLabel::paint_two_lines(QPainter& painter) {
    QFont font = this->font();
    font.setPixelSize(small_);
    const QFontMetrics metrics(font);
    const int line = metrics.ascent() + 1;
    qsizetype cut = -1;
    for (auto at = text().indexOf(u' '); at >= 0; at = text().indexOf(u' ', at + 1)) {
        cut = metrics.horizontalAdvance(text().left(at)) <= width() ? at : cut;
    }
    if (cut < 0 || height() < 2 * line) {
        return false;
    }
    const QString rest = text().mid(cut + 1), second = metrics.elidedText(rest, Qt::ElideRight, width());
    setToolTip(second == rest ? QString() : text());
    const int top = (height() - 2 * line - metrics.descent()) / 2 + metrics.ascent();
    painter.setFont(font);
    painter.drawText(0, top, text().left(cut));
    painter.drawText(0, top + line, second);
    return true;
}

} // namespace sluice::charts
