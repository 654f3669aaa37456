#include "screens/action_list.h"

#include <QAction>
#include <QCoreApplication>
#include <QDialog>
#include <QHeaderView>
#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <vector>

namespace sluice::screens {
namespace {

QString text_of(const char* text) {
    return QCoreApplication::translate("ActionList", text);
}

/// Of every widget that is on the screen: what belongs to a page that is not can't be done now.
std::vector<QAction*> actions_there(const QWidget& window) {
    std::vector<QAction*> found;
    QList<QWidget*> widgets = window.findChildren<QWidget*>();
    widgets.prepend(const_cast<QWidget*>(&window));
    for (const QWidget* widget : widgets) {
        for (QAction* action : widget->actions()) {
            if (widget->isVisible() && std::find(found.begin(), found.end(), action) == found.end()) {
                found.push_back(action);
            }
        }
    }
    return found;
}

void fill(QStandardItemModel& model, const QWidget& window) {
    for (QAction* action : actions_there(window)) {
        QString name = action->text();
        name.remove('&');
        if (name.isEmpty() || action->shortcuts().isEmpty()) {
            continue;
        }
        if (!action->isEnabled()) {
            continue; // it can't be done now
        }
        QStringList keys;
        for (const auto& key : action->shortcuts()) {
            keys << key.toString(QKeySequence::NativeText);
        }
        if (!model.findItems(name).empty()) {
            continue; // each chart has one of its own; the first stands for them
        }
        auto* what = new QStandardItem(name);
        what->setData(QVariant::fromValue(action));
        model.appendRow({what, new QStandardItem(keys.join("  "))});
    }
    model.sort(0);
}

} // namespace

void show_action_list(QWidget& window, const QString& title, bool act) {
    QDialog dialog(&window);
    dialog.setWindowTitle(title);
    dialog.resize(560, 560);
    QStandardItemModel model;
    model.setHorizontalHeaderLabels({text_of("What"), text_of("Keys")});
    fill(model, window);
    QSortFilterProxyModel found;
    found.setSourceModel(&model);
    found.setFilterCaseSensitivity(Qt::CaseInsensitive);
    auto* words = new QLineEdit;
    words->setPlaceholderText(text_of("Type a part of its name"));
    words->setAccessibleName(text_of("Filter"));
    auto* table = new QTableView;
    table->setAccessibleName(title);
    table->setModel(&found);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    auto* layout = new QVBoxLayout(&dialog);
    layout->addWidget(words);
    layout->addWidget(table);
    QObject::connect(words, &QLineEdit::textChanged, &found, [&](const QString& text) {
        found.setFilterFixedString(text);
        table->selectRow(0);
    });
    QAction* chosen = nullptr;
    const auto choose = [&](const QModelIndex& index) {
        if (act && index.isValid()) {
            chosen = model.item(found.mapToSource(index).row())->data().value<QAction*>();
            dialog.accept();
        }
    };
    QObject::connect(table, &QTableView::activated, &dialog, choose);
    QObject::connect(words, &QLineEdit::returnPressed, &dialog, [&] { choose(table->currentIndex()); });
    table->selectRow(0);
    dialog.exec();
    if (chosen != nullptr) {
        chosen->trigger(); // after the dialog is gone: it may open another
    }
}

QString with_keys(const QAction& action) {
    return QStringLiteral("%1 (%2)").arg(action.text(), action.shortcut().toString(QKeySequence::NativeText));
}

} // namespace sluice::screens
