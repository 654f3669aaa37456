#pragma once
#include "panels/cells.h"
#include "theme/roles.h"

#include <QWidget>

namespace sluice::panels {

/// Colours a label by its role in the style sheet, so that a change of theme reaches it.
inline void set_ink(QWidget* label, Ink ink) {
    static constexpr const char* roles[] = {"plain", "dim", "good", "warn", "breach", "accent"};
    theme::set_role(label, roles[static_cast<int>(ink)]);
}

/// In the figures' type, or heavier. By the style sheet, which would take a font set by hand away.
inline void set_type(QWidget* label, bool figures, bool strong) {
    if (label->property("figures").toBool() != figures || label->property("strong").toBool() != strong) {
        label->setProperty("figures", figures);
        label->setProperty("strong", strong);
        label->setProperty("role", QByteArray()); // so that the style is read again with the role that follows
    }
}

} // namespace sluice::panels
