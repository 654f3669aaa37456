#include "panels/step_actions.h"

#include "panels/ask_dialog.h"
#include "panels/text_box.h"
#include "theme/roles.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QKeySequence>
#include <QLabel>
#include <QPushButton>
#include <QSaveFile>
#include <QVBoxLayout>

namespace sluice::panels {
namespace {

using story::Deed;

/// One chord a deed. Those on Ctrl+Return are the one next action of their card: no card has two of them.
QKeySequence chord(const story::Offer& offer, int choice) {
    switch (offer.deed) {
    case Deed::advance:
    case Deed::confirm:
    case Deed::approve:
    case Deed::retry:
        return QKeySequence(Qt::CTRL | Qt::Key_Return);
    case Deed::refuse:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_X);
    case Deed::decide:
        return choice < 9 ? QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + choice)) : QKeySequence();
    case Deed::skip:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_K);
    case Deed::roll_back_proposed:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_J);
    case Deed::roll_back:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_B);
    case Deed::decline:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_U);
    case Deed::acknowledge:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N);
    case Deed::stop:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_I);
    case Deed::close_way:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_W);
    case Deed::abort:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Q);
    case Deed::happened:
        return QKeySequence(Qt::CTRL | Qt::Key_1);
    case Deed::run_again:
        return QKeySequence(Qt::CTRL | Qt::Key_2);
    case Deed::skip_doubt:
        return QKeySequence(Qt::CTRL | Qt::Key_3);
    case Deed::abort_doubt:
        return QKeySequence(Qt::CTRL | Qt::Key_4);
    case Deed::set_aside:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O);
    case Deed::pause:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_H);
    case Deed::go_on:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_G);
    case Deed::note:
        return QKeySequence(Qt::CTRL | Qt::Key_N);
    case Deed::declare:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V);
    case Deed::by_hand:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_M);
    case Deed::ask_signature:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S);
    case Deed::show_request:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_D);
    case Deed::attest_other:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Y);
    case Deed::read_answer:
        return QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L);
    case Deed::break_glass:
        return {}; // nobody breaks it by a slip of the fingers
    }
    return {};
}

/// What is done to the whole release is not told as if it were the step's.
bool of_release(Deed deed) {
    return deed == Deed::roll_back || deed == Deed::roll_back_proposed || deed == Deed::decline ||
           deed == Deed::acknowledge || deed == Deed::close_way || deed == Deed::abort || deed == Deed::abort_doubt ||
           deed == Deed::pause || deed == Deed::declare;
}

bool same_deeds(const std::vector<StepActions::Entry>& entries, const std::vector<story::Offer>& offers) {
    return entries.size() == offers.size() &&
           std::equal(entries.begin(), entries.end(), offers.begin(), [](const auto& entry, const story::Offer& offer) {
               return entry.offer.deed == offer.deed && entry.offer.argument == offer.argument &&
                      entry.offer.look == offer.look && entry.offer.aside == offer.aside;
           });
}

} // namespace

StepActions::StepActions(story::CommandChannel& channel, QWidget& owner) : channel_(channel), owner_(owner) {}

StepActions::~StepActions() = default; // actions are the owner's children

void StepActions::offer(const story::CardView& card) {
    const bool same = same_deeds(entries_, card.offers);
    card_ = card;
    if (!same) {
        rebuild();
    } else {
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            entries_[i].offer = card.offers[i];
        }
    }
    refresh();
    if (!same) {
        emit changed();
    }
}

void StepActions::rebuild() {
    for (const auto& entry : entries_) {
        owner_.removeAction(entry.action);
        entry.action->deleteLater();
    }
    entries_.clear();
    int choice = 0;
    for (const auto& offer : card_.offers) {
        auto* action = new QAction(&owner_);
        action->setShortcut(chord(offer, choice));
        action->setShortcutContext(Qt::WindowShortcut);
        choice += offer.deed == Deed::decide ? 1 : 0;
        owner_.addAction(action);
        const std::size_t index = entries_.size();
        connect(action, &QAction::triggered, this, [this, index] { begin(index); });
        entries_.push_back({offer, action});
    }
}

void StepActions::refresh() {
    for (const auto& [offer, action] : entries_) {
        const bool sends = offer.deed != Deed::by_hand && offer.deed != Deed::show_request;
        const QString keys = action->shortcut().toString(QKeySequence::NativeText);
        const QString said = sending_ && sends         ? tr("A command is being sent")
                             : offer.why_not.isEmpty() ? offer.tip
                                                       : offer.why_not;
        action->setText(offer.label);
        action->setToolTip(keys.isEmpty() ? said : tr("%1 (%2)").arg(said, keys));
        action->setEnabled(offer.why_not.isEmpty() && !(sending_ && sends));
    }
}

void StepActions::begin(std::size_t index) {
    if (index >= entries_.size() || asked_) {
        return;
    }
    const story::Offer offer = entries_[index].offer;
    if (offer.deed == Deed::by_hand) {
        show_text(tr("To do it by hand"),
                  tr("What is still to be done, to be typed in another terminal, in this order."),
                  tr("What is still to be done"), card_.by_hand);
        return;
    }
    if (offer.deed == Deed::show_request) {
        show_text(tr("To be signed"),
                  tr("Send this text to the person who signs, in a chat or as a file. There it is signed with "
                     "'sluicectl approve FILE --key KEY', which prints an answer. Bring that back with 'Read an "
                     "answer…'."),
                  tr("The request, for who signs it"), card_.request);
        return;
    }
    if (offer.asks == story::Asks::nothing && offer.subjects.empty()) {
        if (const auto command = story::command_of(card_, offer, {})) {
            submit(*command);
        }
        return;
    }
    // What was asked is answered for the card that was there then, even if another one has come.
    auto* dialog = new AskDialog(of_release(offer.deed) ? QString() : card_.title, offer, &owner_);
    asked_ = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, offer, card = card_] {
        if (const auto command = story::command_of(card, offer, dialog->given())) {
            submit(*command);
        }
    });
    dialog->open();
}

void StepActions::submit(const release::Command& command) {
    sending_ = true;
    refresh();
    channel_.submit(command, [self = QPointer(this)](const std::optional<Error>& error) {
        if (!self) {
            return;
        }
        self->sending_ = false;
        self->refresh();
        if (error) {
            const QString what = QString::fromStdString(error->what);
            const QString remedy = QString::fromStdString(error->remedy);
            emit self->refused(remedy.isEmpty() ? what : tr("%1 – %2").arg(what, remedy));
        } else {
            emit self->accepted();
        }
    });
}

void StepActions::show_text(const QString& title, const QString& tip, const QString& name, const QString& text) {
    auto* dialog = new QDialog(&owner_);
    asked_ = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->resize(720, 420);
    auto* heading = new QLabel(title, dialog);
    theme::set_role(heading, "title");
    auto* what_to_do = new QLabel(tip, dialog);
    theme::set_role(what_to_do, "dim");
    what_to_do->setWordWrap(true);
    what_to_do->setTextFormat(Qt::PlainText);
    auto* box = new TextBox(name, 30, dialog);
    box->show_text(text);
    auto* copy = new QPushButton(tr("&Copy"), dialog);
    auto* save = new QPushButton(tr("&Save…"), dialog);
    auto* close = new QPushButton(tr("Close"), dialog);
    theme::set_role(copy, "primary");
    close->setAutoDefault(false);
    save->setAutoDefault(false);
    connect(copy, &QPushButton::clicked, dialog, [text] { QGuiApplication::clipboard()->setText(text); });
    connect(save, &QPushButton::clicked, dialog, [dialog, what_to_do, text] {
        const QString place = QFileDialog::getSaveFileName(dialog, tr("Save the text"));
        QSaveFile file(place);
        if (place.isEmpty() || (file.open(QIODevice::WriteOnly) && file.write(text.toUtf8()) >= 0 && file.commit())) {
            return;
        }
        what_to_do->setText(tr("%1 could not be written: %2").arg(place, file.errorString()));
        theme::set_role(what_to_do, "breach");
    });
    connect(close, &QPushButton::clicked, dialog, &QDialog::accept);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(save);
    buttons->addWidget(copy);
    buttons->addWidget(close);
    auto* layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(20, 20, 20, 16);
    layout->setSpacing(10);
    layout->addWidget(heading);
    layout->addWidget(what_to_do);
    layout->addWidget(box);
    layout->addStretch();
    layout->addLayout(buttons);
    dialog->open();
}

} // namespace sluice::panels
