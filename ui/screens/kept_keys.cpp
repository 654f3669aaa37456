#include "screens/kept_keys.h"

#include <QAbstractButton>
#include <QAbstractSlider>
#include <QComboBox>
#include <QWidget>

namespace sluice::screens {

bool keeps_key(const QWidget& focus, QKeyCombination key) {
    if (key.keyboardModifiers() & ~Qt::KeypadModifier) {
        return false;
    }
    switch (key.key()) {
    case Qt::Key_Space:
        return qobject_cast<const QAbstractButton*>(&focus) || qobject_cast<const QComboBox*>(&focus);
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Home:
    case Qt::Key_End:
        return qobject_cast<const QAbstractSlider*>(&focus) != nullptr;
    default:
        return false;
    }
}

} // namespace sluice::screens
