#pragma once
/// A line of a dialog that says what others have said: wrapped, and never taken for markup.
#include "theme/roles.h"

#include <QLabel>

namespace sluice::screens {

/// `role` is the theme's (theme::set_role). GUI thread.
inline QLabel* told_line(QWidget* parent, const char* role) {
    auto* label = new QLabel(parent);
    theme::set_role(label, role);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

} // namespace sluice::screens
