#pragma once
#include <QStringList>

class QWidget;

namespace sluice::screens {

/// Everything that a window says, as the accessibility tree has it: one line an element, "role: name = value", indented
/// by depth. What is hidden or scrolled out of sight is left out.
QStringList visible_text(QWidget& window);

/// Controls that can be reached and have no name: for the test that wants none.
QStringList nameless(QWidget& window);

} // namespace sluice::screens
