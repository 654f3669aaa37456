#include "panels/action_button.h"

namespace sluice::panels {

ActionButton::ActionButton(QAction* action, QWidget* parent) : QPushButton(parent) {
    setAutoDefault(false);
    connect(action, &QAction::changed, this, [this, action] { follow(*action); });
    connect(this, &QPushButton::clicked, action, [action] { action->trigger(); });
    follow(*action);
}

void ActionButton::follow(const QAction& action) {
    setText(action.text().replace(u'&', QStringLiteral("&&")));
    setAccessibleName(action.text());
    setAccessibleDescription(action.toolTip());
    setToolTip(action.toolTip());
    setEnabled(action.isEnabled());
}

} // namespace sluice::panels
