#pragma once
#include <QAction>
#include <QPushButton>

namespace sluice::panels {

/// A button that is what its action is: text, tooltip, enabled.
class ActionButton : public QPushButton {
    Q_OBJECT
public:
    explicit ActionButton(QAction* action, QWidget* parent = nullptr);

private:
    void follow(const QAction& action);
};

} // namespace sluice::panels
