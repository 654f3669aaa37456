#pragma once
#include <QString>

class QAction;
class QWidget;

namespace sluice::screens {

/// All that can be done in a window now, with its keys: to read, or (`act`) to do by typing a part of its name.
void show_action_list(QWidget& window, const QString& title, bool act);

/// "Rehearse this plan (Ctrl+Return)", for the tool tip of its button.
QString with_keys(const QAction& action);

} // namespace sluice::screens
