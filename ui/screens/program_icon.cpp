#include "screens/program_icon.h"

#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

namespace sluice::screens {

// By the renderer and not by QIcon(file): that would need the icon-engine plug-in, which is a package of its own.
QIcon program_icon() {
    QSvgRenderer drawing(QStringLiteral(":/icons/io.github.sluice.Sluice.svg"));
    QIcon icon;
    for (const int size : {16, 24, 32, 48, 64, 128, 256}) {
        QPixmap pixmap(size, size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        drawing.render(&painter);
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

} // namespace sluice::screens
