#include "panels/shift_form.h"

#include "theme/roles.h"
#include "theme/tokens.h"

#include <QAction>
#include <QBoxLayout>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>

namespace sluice::panels {
namespace {

QLabel* form_label(QWidget* parent, const char* role, QLayout* into) {
    auto* made = new QLabel(parent);
    made->setWordWrap(true);
    made->setTextFormat(Qt::PlainText);
    if (*role) {
        theme::set_role(made, role);
    }
    into->addWidget(made);
    return made;
}

/// Says it, and takes no room when there is nothing to say.
void say_or_hide(QLabel* label, const QString& text) {
    if (label->text() != text) {
        label->setText(text);
    }
    label->setVisible(!text.isEmpty());
}

QString refusal_words(const Error& error) {
    QString text = QString::fromStdString(error.what);
    if (!error.remedy.empty()) {
        text += QStringLiteral("\n→ ") + QString::fromStdString(error.remedy);
    }
    return text;
}

QVBoxLayout* form_rows(QWidget* form) {
    auto* made = new QVBoxLayout(form);
    made->setContentsMargins(3 * theme::grid, 3 * theme::grid, 3 * theme::grid, 3 * theme::grid);
    made->setSpacing(2 * theme::grid);
    return made;
}

} // namespace

ShiftForm::ShiftForm(story::CommandChannel& channel, QWidget* parent) : QFrame(parent), channel_(channel) {
    setObjectName(QStringLiteral("shift-form"));
    theme::set_role(this, "panel");
    auto* rows = form_rows(this);
    change_ = form_label(this, "heading", rows);
    write_ = form_label(this, "", rows);
    write_->setFont(theme::figure_font(12));
    consequence_ = form_label(this, "warn", rows);
    reason_ = new QLineEdit(this);
    reason_->setPlaceholderText(tr("Why? It stays in the log"));
    reason_->setAccessibleName(tr("Reason for the shift, required"));
    rows->addWidget(reason_);
    refusal_ = form_label(this, "breach", rows);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(2 * theme::grid);
    send_action_ = new QAction(tr("Send"), this);
    send_action_->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return));
    cancel_action_ = new QAction(tr("Cancel"), this);
    cancel_action_->setShortcut(QKeySequence(Qt::Key_Escape));
    for (auto* action : {send_action_, cancel_action_}) {
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(action);
    }
    send_button_ = new QPushButton(send_action_->text(), this);
    theme::set_role(send_button_, "primary");
    send_button_->setToolTip(tr("Ctrl+Return"));
    cancel_button_ = new QPushButton(cancel_action_->text(), this);
    cancel_button_->setToolTip(tr("Escape"));
    for (auto* button : {send_button_, cancel_button_}) {
        button->setAutoDefault(false);
        buttons->addWidget(button);
    }
    buttons->addStretch();
    rows->addLayout(buttons);
    connect(send_button_, &QPushButton::clicked, send_action_, &QAction::trigger);
    connect(cancel_button_, &QPushButton::clicked, cancel_action_, &QAction::trigger);
    connect(send_action_, &QAction::triggered, this, &ShiftForm::send);
    connect(cancel_action_, &QAction::triggered, this, [this] {
        close_form();
        emit closed(false);
    });
    connect(reason_, &QLineEdit::textChanged, this, &ShiftForm::show_state);
    // Return in the field is no consent: it leads to the button.
    connect(reason_, &QLineEdit::returnPressed, this, [this] {
        if (send_button_->isEnabled()) {
            send_button_->setFocus(Qt::TabFocusReason);
        }
    });
    hide();
}

void ShiftForm::ask(const story::SplitView& split, int weight) {
    for (const auto& station : split.stations) {
        if (station.weight == weight && !station.here) {
            traffic_ = split.traffic;
            station_ = station;
            open_ = true;
            say_or_hide(refusal_, {});
            show_state();
            show();
            reason_->setFocus(Qt::OtherFocusReason);
            return;
        }
    }
}

void ShiftForm::follow(const story::SplitView& split) {
    if (!open_ || sending_ || split.traffic != traffic_) {
        return;
    }
    for (const auto& station : split.stations) {
        if (station.weight != station_.weight || station == station_) {
            continue;
        }
        if (station.here) { // somebody else has done it
            close_form();
            emit closed(false);
            return;
        }
        station_ = station;
        say_or_hide(refusal_, station_.allowed ? QString() : station_.why_not);
        show_state();
    }
}

void ShiftForm::close_form() {
    open_ = false;
    sending_ = false;
    reason_->clear();
    hide();
}

void ShiftForm::show_state() {
    say_or_hide(change_, station_.change);
    say_or_hide(write_, station_.write);
    say_or_hide(consequence_, station_.consequence);
    const bool whole = !reason_->text().trimmed().isEmpty();
    send_action_->setEnabled(open_ && whole && station_.allowed && !sending_);
    send_button_->setEnabled(send_action_->isEnabled());
    setAccessibleName(tr("Preview: %1, %2").arg(station_.change, station_.write));
}

void ShiftForm::send() {
    if (!send_action_->isEnabled()) {
        return;
    }
    sending_ = true;
    show_state();
    const release::Shift shift{traffic_, station_.weights, reason_->text().trimmed().toStdString()};
    channel_.submit(shift, [self = QPointer(this)](const std::optional<Error>& error) {
        if (!self) {
            return;
        }
        self->sending_ = false;
        if (error) {
            say_or_hide(self->refusal_, refusal_words(*error));
            self->show_state();
            return;
        }
        self->close_form();
        emit self->closed(true);
    });
}

DoubtForm::DoubtForm(story::CommandChannel& channel, QWidget* parent) : QFrame(parent), channel_(channel) {
    setObjectName(QStringLiteral("doubt-form"));
    theme::set_role(this, "panel");
    setAccessibleName(tr("A shift whose outcome is not known"));
    auto* rows = form_rows(this);
    text_ = form_label(this, "warn", rows);
    read_back_ = form_label(this, "dim", rows);
    reason_ = new QLineEdit(this);
    reason_->setPlaceholderText(tr("How do you know? It stays in the log"));
    reason_->setAccessibleName(tr("Reason for the answer, required"));
    rows->addWidget(reason_);
    refusal_ = form_label(this, "breach", rows);
    auto* grid = new QGridLayout;
    grid->setSpacing(2 * theme::grid);
    struct Answer {
        const char* word;
        QString text;
        Qt::Key key;
    };
    const Answer answers[] = {{"happened", tr("It happened"), Qt::Key_1},
                              {"run-again", tr("Send again"), Qt::Key_2},
                              {"skip", tr("Leave it"), Qt::Key_3},
                              {"abort", tr("Abort release"), Qt::Key_4}};
    for (int i = 0; i < 4; ++i) {
        auto* action = new QAction(answers[i].text, this);
        action->setShortcut(QKeySequence(Qt::ALT | answers[i].key));
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(action);
        auto* button = new QPushButton(answers[i].text, this);
        button->setAutoDefault(false);
        button->setEnabled(false);
        button->setToolTip(action->shortcut().toString());
        if (i == 3) {
            theme::set_role(button, "danger");
        }
        grid->addWidget(button, i / 2, i % 2);
        buttons_.push_back(button);
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        connect(action, &QAction::triggered, this, [this, word = std::string(answers[i].word)] { answer(word); });
    }
    rows->addLayout(grid);
    connect(reason_, &QLineEdit::textChanged, this, [this](const QString& text) {
        for (auto* button : buttons_) {
            button->setEnabled(!text.trimmed().isEmpty());
        }
    });
    hide();
}

void DoubtForm::show_doubt(const std::optional<story::ShiftDoubt>& doubt) {
    if (doubt == doubt_) {
        return;
    }
    if (!doubt || !doubt_ || doubt->operation != doubt_->operation) {
        reason_->clear();
        say_or_hide(refusal_, {});
    }
    doubt_ = doubt;
    setVisible(doubt_.has_value());
    if (doubt_) {
        say_or_hide(text_, doubt_->text);
        say_or_hide(read_back_, doubt_->read_back.isEmpty() ? QString() : tr("Read back: %1").arg(doubt_->read_back));
    }
}

void DoubtForm::answer(const std::string& word) {
    const QString reason = reason_->text().trimmed();
    if (!doubt_ || reason.isEmpty()) {
        return;
    }
    channel_.submit(release::ResolveDoubt{doubt_->operation, word, reason.toStdString()},
                    [self = QPointer(this)](const std::optional<Error>& error) {
                        if (self && error) {
                            say_or_hide(self->refusal_, refusal_words(*error));
                        }
                    });
}

} // namespace sluice::panels
