#include "panels/rollback_button.h"

#include "panels/rollback_face.h"
#include "panels/worn_mark.h"
#include "theme/roles.h"

#include <QApplication>
#include <QMessageBox>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>

namespace sluice::panels {

RollbackButton::RollbackButton(story::CommandChannel& commands, QWidget* parent)
    : QAbstractButton(parent), commands_(commands), menu_(new QMenu(this)), arrow_(new QToolButton(this)),
      chord_(new QAction(tr("Roll back…"), this)), choose_(new QAction(tr("Ways back…"), this)) {
    setFocusPolicy(Qt::NoFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setFixedHeight(52);
    connect(this, &QAbstractButton::clicked, this, &RollbackButton::act);

    arrow_->setFocusPolicy(Qt::NoFocus);
    arrow_->setText(QStringLiteral("▾"));
    arrow_->setStyleSheet(
        QStringLiteral("QToolButton { background: transparent; border: none; padding: 0; color: white; }"
                       "QToolButton::menu-indicator { image: none; width: 0; }"));
    arrow_->setAccessibleName(tr("Ways back"));
    arrow_->setToolTip(tr("Ways back"));
    arrow_->setPopupMode(QToolButton::InstantPopup);
    arrow_->setMenu(menu_);
    menu_->setAccessibleName(tr("Ways back"));

    chord_->setShortcut(QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_R));
    choose_->setShortcut(QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_O));
    for (QAction* action : {chord_, choose_}) {
        action->setShortcutContext(Qt::WindowShortcut);
        action->setEnabled(false);
        addAction(action);
    }
    connect(chord_, &QAction::triggered, this, [this] { ask(view_.option); });
    connect(choose_, &QAction::triggered, this, [this] { menu_->popup(mapToGlobal(rect().bottomLeft())); });
    setVisible(false);
}

void RollbackButton::show_view(const story::RollbackView& view) {
    if (view == view_) {
        return;
    }
    const bool options_changed = view.options != view_.options;
    const bool state_changed = view.state != view_.state;
    view_ = view;
    if (options_changed) {
        fill_menu();
    }
    if (state_changed) {
        const bool can = view_.can_act();
        sent_ = false;
        pressed_ = false; // what is pressed is not what it was
        setDown(false);
        chord_->setEnabled(can);
        choose_->setEnabled(can);
        setCursor(can ? Qt::PointingHandCursor : Qt::ArrowCursor);
        setVisible(view_.state != story::RollbackView::State::absent);
        if (!can && question_) {
            question_->reject();
        }
        arrow_->setStyleSheet(
            QStringLiteral("QToolButton { background: transparent; border: none; padding: 0; color: %1; }"
                           "QToolButton::menu-indicator { image: none; width: 0; }")
                .arg(view_.state == story::RollbackView::State::armed ? QStringLiteral("white")
                                                                      : QStringLiteral("palette(text)")));
    }
    arrow_->setVisible(view_.can_act() && view_.options.size() > 1);
    setText(view_.title);
    setAccessibleName(view_.title);
    setAccessibleDescription(view_.tip);
    setToolTip(view_.can_act()
                   ? tr("%1\n%2 asks first").arg(view_.tip, chord_->shortcut().toString(QKeySequence::NativeText))
                   : view_.tip);
    update();
}

QSize RollbackButton::sizeHint() const {
    return {230, 52};
}

QSize RollbackButton::minimumSizeHint() const {
    return {200, 52};
}

void RollbackButton::fill_menu() {
    menu_->clear();
    for (const auto& option : view_.options) {
        QString text = option.title;
        if (!option.detail.isEmpty()) {
            text += QStringLiteral(" — ") + option.detail;
        }
        if (option.by_default) {
            text += QStringLiteral(" · ") + tr("default");
        }
        QAction* action = menu_->addAction(text.replace(u'&', QStringLiteral("&&")));
        action->setEnabled(option.available);
        connect(action, &QAction::triggered, this, [this, id = option.id] { ask(id); });
    }
}

void RollbackButton::act() {
    if (view_.state == story::RollbackView::State::armed) {
        submit(view_.option);
    } else if (view_.state == story::RollbackView::State::not_armed) {
        ask(view_.option);
    }
}

void RollbackButton::ask(const std::string& option) {
    if (!view_.can_act() || sent_) {
        return;
    }
    if (question_) {
        question_->raise();
        question_->activateWindow();
        return;
    }
    const QString text = story::rollback_question(view_, option);
    const auto lines = text.split(u'\n');
    question_ = new QMessageBox(QMessageBox::NoIcon, tr("Roll back"), lines.value(0), QMessageBox::NoButton, window());
    wear_mark(*question_, theme::Mark::close);
    question_->setInformativeText(QStringList(lines.mid(1)).join(u'\n'));
    question_->setAttribute(Qt::WA_DeleteOnClose);
    auto* yes = question_->addButton(tr("&Roll back"), QMessageBox::DestructiveRole);
    theme::set_role(yes, "danger");
    yes->setAutoDefault(false);
    // Enter means no: it is the key that a hand falls on.
    auto* no = question_->addButton(tr("&Go on with the release"), QMessageBox::RejectRole);
    question_->setDefaultButton(no);
    question_->setEscapeButton(no);
    connect(yes, &QPushButton::clicked, this, [this, option] { submit(option); });
    question_->open();
}

void RollbackButton::submit(const std::string& option) {
    if (!view_.can_act() || sent_) {
        return;
    }
    sent_ = true;
    release::RollBack command;
    command.option = option;
    const QPointer<RollbackButton> self = this;
    commands_.submit(command, [self](const std::optional<Error>& error) {
        if (!self) {
            return;
        }
        if (error) {
            self->sent_ = false;
            self->tell(*error);
        }
    });
    emit asked(command);
}

void RollbackButton::tell(const Error& error) {
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Rollback refused"), QString::fromStdString(error.what),
                                QMessageBox::Ok, window());
    wear_mark(*box, theme::Mark::breached);
    QStringList more;
    for (const auto& part : {error.where, error.remedy}) {
        if (!part.empty()) {
            more << QString::fromStdString(part);
        }
    }
    box->setInformativeText(more.join(u'\n'));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
    emit refused(error);
}

void RollbackButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paint_rollback(painter, rect(), view_, underMouse(), isDown());
}

void RollbackButton::mousePressEvent(QMouseEvent* event) {
    pressed_ = event->button() == Qt::LeftButton && view_.can_act();
    pressed_at_ = event->pos();
    setDown(pressed_);
    event->accept();
}

void RollbackButton::mouseMoveEvent(QMouseEvent* event) {
    if (pressed_ && ((event->pos() - pressed_at_).manhattanLength() > QApplication::startDragDistance() ||
                     !rect().contains(event->pos()))) {
        pressed_ = false; // a drag; coming back does not make it a click
        setDown(false);
    }
    event->accept();
}

void RollbackButton::mouseReleaseEvent(QMouseEvent* event) {
    const bool meant = pressed_ && event->button() == Qt::LeftButton && rect().contains(event->pos()) &&
                       (event->pos() - pressed_at_).manhattanLength() <= QApplication::startDragDistance();
    pressed_ = false;
    setDown(false);
    event->accept();
    if (meant) {
        click();
    }
}

void RollbackButton::keyPressEvent(QKeyEvent* event) {
    event->ignore();
}

void RollbackButton::keyReleaseEvent(QKeyEvent* event) {
    event->ignore();
}

void RollbackButton::resizeEvent(QResizeEvent*) {
    arrow_->setGeometry(width() - 26, height() - 26, 22, 22);
}

} // namespace sluice::panels
