#include "panels/live_pause.h"

#include <QPointer>

namespace sluice::panels {

LivePause::LivePause(story::CommandChannel& commands, QWidget* parent)
    : QPushButton(parent), commands_(commands), action_(new QAction(this)) {
    setAutoDefault(false);
    setFocusPolicy(Qt::TabFocus);
    action_->setShortcutContext(Qt::WindowShortcut);
    action_->setEnabled(false); // its keys are the card's while that offers the same
    addAction(action_);
    connect(action_, &QAction::triggered, this, &LivePause::act);
    connect(this, &QPushButton::clicked, this, &LivePause::act);
    hide();
}

void LivePause::show_release(const release::Release& now, bool looking_back) {
    const bool has_meaning = looking_back && now.plan && !now.closed() && !now.aborted && !now.rollback.active;
    paused_ = now.paused;
    const QString text = paused_ ? tr("Continue the release") : tr("❚❚ Pause the release");
    if (this->text() != text) {
        setText(text);
        action_->setText(paused_ ? tr("Continue the release, as it is now") : tr("Pause the release, as it is now"));
        action_->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | (paused_ ? Qt::Key_G : Qt::Key_H)));
        setToolTip(tr("%1: not as it was at the moment that is shown (%2)")
                       .arg(action_->text(), action_->shortcut().toString(QKeySequence::NativeText)));
    }
    setEnabled(!sending_);
    action_->setEnabled(has_meaning && !sending_);
    setVisible(has_meaning);
}

void LivePause::act() {
    if (sending_) {
        return;
    }
    sending_ = true;
    setEnabled(false);
    const release::Command command =
        paused_ ? release::Command(release::Continue{}) : release::Command(release::Pause{});
    commands_.submit(command, [self = QPointer(this)](const std::optional<Error>& error) {
        if (!self) {
            return;
        }
        self->sending_ = false;
        self->setEnabled(true);
        if (error) {
            emit self->refused(QString::fromStdString(to_text(*error)));
        }
    });
}

} // namespace sluice::panels
