#include "panels/word_wrap.h"

namespace sluice::panels {

QStringList word_wrapped(const QString& text, const QFontMetrics& metrics, int width, int kept) {
    if (metrics.horizontalAdvance(text) <= width) {
        return {text};
    }
    qsizetype end = 0;
    for (qsizetype space = text.indexOf(u' '); space >= 0; space = text.indexOf(u' ', space + 1)) {
        if (metrics.horizontalAdvance(text.left(space)) > width) {
            break;
        }
        end = space;
    }
    if (end == 0) { // one long word
        return {metrics.elidedText(text, Qt::ElideRight, width)};
    }
    return {text.left(end), metrics.elidedText(text.mid(end + 1), Qt::ElideRight, width - kept)};
}

} // namespace sluice::panels
