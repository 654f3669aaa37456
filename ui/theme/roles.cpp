#include "theme/roles.h"

#include <QStyle>
#include <QVariant>

namespace sluice::theme {

void set_role(QWidget* widget, const char* role) {
    if (widget->property("role").toByteArray() == role) {
        return;
    }
    widget->setProperty("role", QByteArray(role));
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
}

} // namespace sluice::theme
