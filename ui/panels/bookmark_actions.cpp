#include "panels/bookmark_actions.h"

#include "story/scrubber_view.h"

#include <QInputDialog>
#include <cstdlib>

namespace sluice::panels {
namespace {

constexpr Nanos near = seconds(1);

} // namespace

BookmarkActions::BookmarkActions(session::TimeController& time, QWidget& owner, std::function<QString(Nanos)> clock)
    : QObject(&owner), time_(time), owner_(owner), clock_(std::move(clock)) {
    add(tr("Bookmark this moment…"), QKeySequence(Qt::Key_M), [this] { ask(); });
    add(tr("Remove the bookmark here"), QKeySequence(Qt::SHIFT | Qt::Key_M), [this] {
        if (const auto* one = here()) {
            bookmarks_.remove(one->at);
            emit changed();
        } else {
            emit refused(tr("no bookmark here"));
        }
    });
    add(tr("Previous bookmark"), QKeySequence(Qt::Key_Comma),
        [this] { go(bookmarks_.previous(story::going_back_from(time_)), tr("no bookmark before this moment")); });
    add(tr("Next bookmark"), QKeySequence(Qt::Key_Period),
        [this] { go(bookmarks_.next(time_.cursor()), tr("no bookmark after this moment")); });
}

QAction* BookmarkActions::add(const QString& text, const QKeySequence& key, std::function<void()> act) {
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WindowShortcut);
    connect(action, &QAction::triggered, this, std::move(act));
    owner_.addAction(action);
    actions_ << action;
    return action;
}

const session::Bookmark* BookmarkActions::here() const {
    const Nanos cursor = time_.cursor();
    const session::Bookmark* nearest = nullptr;
    const auto distance = [cursor](const session::Bookmark& one) { return std::abs((one.at - cursor).count); };
    for (const auto& one : bookmarks_.all()) {
        if (distance(one) < near.count && (nearest == nullptr || distance(one) < distance(*nearest))) {
            nearest = &one;
        }
    }
    return nearest;
}

// The moment is that of the key, however long the name takes.
void BookmarkActions::ask() {
    if (asked_) {
        asked_->raise();
        asked_->activateWindow();
        return;
    }
    const auto* known = here();
    const Nanos at = known ? known->at : time_.cursor();
    auto* dialog = new QInputDialog(owner_.window());
    asked_ = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Bookmark"));
    dialog->setLabelText(tr("Name of %1").arg(clock_(at)));
    dialog->setTextValue(known ? QString::fromStdString(known->name) : QString());
    dialog->setOkButtonText(tr("Keep"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this, at](const QString& name) {
        const auto marked = bookmarks_.mark(at, name.trimmed().toStdString());
        if (marked) {
            emit changed();
        } else {
            emit refused(QString::fromStdString(to_text(marked.error())));
        }
    });
    dialog->open();
}

void BookmarkActions::go(std::optional<Nanos> to, const QString& none) {
    if (!to) {
        emit refused(bookmarks_.all().empty() ? tr("no bookmarks yet: M makes one") : none);
        return;
    }
    time_.seek(*to);
    emit moved();
}

} // namespace sluice::panels
