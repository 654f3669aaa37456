#include "screens/visible_text.h"

#include <QAccessible>
#include <QMetaEnum>
#include <QWidget>
#include <functional>

namespace sluice::screens {
namespace {

constexpr int most_cells = 4000; ///< of one table: more than any screen shows

using Visit = std::function<void(QAccessibleInterface*, int)>;

void walk_below(QAccessibleInterface* element, int depth, const Visit& visit, QList<QAccessible::Id>& tables) {
    if (element == nullptr || !element->isValid() || element->state().invisible || element->state().offscreen) {
        return;
    }
    visit(element, depth);
    if (element->tableInterface() != nullptr) {
        tables << QAccessible::uniqueId(element);
    }
    for (int i = 0; i < std::min(element->childCount(), most_cells); ++i) {
        walk_below(element->child(i), depth + 1, visit, tables);
    }
}

// Unless a screen reader is there, views don't tell what they keep of cells that their model changes, and the next walk
// would miss rows that had gone and come again: nothing is kept.
void walk(QWidget& window, const Visit& visit) {
    QList<QAccessible::Id> tables;
    walk_below(QAccessible::queryAccessibleInterface(&window), 0, visit, tables);
    if (!QAccessible::isActive()) {
        for (const auto table : tables) {
            QAccessible::deleteAccessibleInterface(table);
        }
    }
}

const char* role_name(QAccessible::Role role) {
    switch (role) {
    case QAccessible::StaticText:
        return "text";
    case QAccessible::Button:
    case QAccessible::ButtonMenu:
    case QAccessible::ButtonDropDown:
        return "button";
    case QAccessible::EditableText:
        return "field";
    case QAccessible::Slider:
        return "slider";
    case QAccessible::Cell:
        return "cell";
    case QAccessible::TreeItem:
    case QAccessible::ListItem:
        return "item";
    case QAccessible::ProgressBar:
        return "progress";
    case QAccessible::CheckBox:
        return "check box";
    case QAccessible::ComboBox:
        return "choice";
    case QAccessible::ColumnHeader:
        return "column";
    case QAccessible::Chart:
        return "chart";
    default:
        return "";
    }
}

bool is_control(QAccessible::Role role) {
    switch (role) {
    case QAccessible::Button:
    case QAccessible::ButtonMenu:
    case QAccessible::EditableText:
    case QAccessible::Slider:
    case QAccessible::CheckBox:
    case QAccessible::ComboBox:
    case QAccessible::Table:
    case QAccessible::Tree:
    case QAccessible::List:
    case QAccessible::Chart:
        return true;
    default:
        return false;
    }
}

} // namespace

QStringList visible_text(QWidget& window) {
    QStringList lines;
    walk(window, [&](QAccessibleInterface* element, int depth) {
        const QString role = role_name(element->role());
        const QString name = element->text(QAccessible::Name), value = element->text(QAccessible::Value);
        const QString description = element->text(QAccessible::Description);
        if (role.isEmpty() && description.isEmpty()) {
            return;
        }
        QString line = QString(depth, ' ') + role + ": " + name;
        if (!value.isEmpty() && value != name) {
            line += " = " + value;
        }
        if (!description.isEmpty() && description != name) {
            line += " (" + description + ")";
        }
        lines << line.replace('\n', " ⏎ ");
    });
    return lines;
}

QStringList nameless(QWidget& window) {
    QStringList found;
    walk(window, [&](QAccessibleInterface* element, int) {
        if (is_control(element->role()) && element->text(QAccessible::Name).trimmed().isEmpty()) {
            const auto* object = element->object();
            found << QString("%1 %2").arg(object ? object->metaObject()->className() : "?",
                                          object ? object->objectName() : QString());
        }
    });
    return found;
}

} // namespace sluice::screens
