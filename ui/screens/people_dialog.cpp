#include "screens/people_dialog.h"

#include "panels/ask_dialog.h"
#include "panels/mark_of.h"
#include "screens/person_dialog.h"
#include "theme/marks.h"
#include "theme/roles.h"
#include "theme/tokens.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QVBoxLayout>

#include <algorithm>

namespace sluice::screens {
namespace {

constexpr int row_height = 28;

QLabel* line(const char* role, QWidget* parent) {
    auto* label = new QLabel(parent);
    theme::set_role(label, role);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText); // names and reasons are other people's
    return label;
}

QPushButton* plain_button(const QString& text, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setAutoDefault(false); // Return chooses nothing that was not meant
    return button;
}

std::map<std::string, std::vector<std::string>> known_of(const story::PeopleView& view) {
    std::map<std::string, std::vector<std::string>> known;
    for (const auto& one : view.persons) {
        known[one.name] = one.roles;
    }
    return known;
}

} // namespace

PeopleDialog::PeopleDialog(QPointer<story::CommandChannel> commands, QWidget* parent)
    : QDialog(parent), commands_(std::move(commands)), lead_(line("title", this)), handed_over_(line("dim", this)),
      ground_(line("dim", this)), desk_(line("heading", this)), why_(line("dim", this)), refusal_(line("breach", this)),
      list_(new QTreeWidget(this)), hand_over_(plain_button(tr("&Hand over the lead…"), this)),
      roles_(plain_button(tr("Change &roles…"), this)), leave_(plain_button(tr("Has &left"), this)),
      add_(plain_button(tr("&Add a person…"), this)), act_as_(plain_button(tr("&Somebody else sits here…"), this)) {
    setWindowTitle(tr("People"));
    resize(720, 460);
    list_->setAccessibleName(tr("Who is here"));
    list_->setRootIsDecorated(false);
    list_->setAllColumnsShowFocus(true);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setHeaderLabels({tr("Person"), tr("Roles"), tr("Since")});
    list_->header()->setSectionResizeMode(QHeaderView::Stretch);
    list_->header()->setSectionsClickable(false);
    why_->setAccessibleDescription(tr("Why something can't be done"));
    refusal_->setAccessibleDescription(tr("Refusal"));

    auto* desk = new QHBoxLayout;
    desk->addWidget(desk_, 1);
    desk->addWidget(act_as_);
    auto* buttons = new QHBoxLayout;
    auto* close = plain_button(tr("Close"), this);
    for (auto* button : {hand_over_, roles_, leave_}) {
        buttons->addWidget(button);
    }
    buttons->addStretch();
    buttons->addWidget(add_);
    buttons->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 20, 20, 16);
    column->setSpacing(10);
    for (QWidget* part : std::initializer_list<QWidget*>{lead_, handed_over_, ground_}) {
        column->addWidget(part);
    }
    column->addWidget(list_, 1);
    column->addWidget(why_);
    column->addWidget(refusal_);
    column->addLayout(buttons);
    column->addLayout(desk);
    QWidget* before = list_;
    for (QWidget* next : std::initializer_list<QWidget*>{hand_over_, roles_, leave_, add_, close, act_as_}) {
        setTabOrder(before, next);
        before = next;
    }
    refusal_->hide();

    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    connect(list_, &QTreeWidget::currentItemChanged, this, [this] { fit_buttons(); });
    connect(hand_over_, &QPushButton::clicked, this, [this] { hand_over(); });
    connect(roles_, &QPushButton::clicked, this, [this] {
        if (const auto* person = chosen()) {
            join(person->name);
        }
    });
    connect(leave_, &QPushButton::clicked, this, [this] {
        if (const auto* person = chosen()) {
            submit(release::Leave{person->name});
        }
    });
    connect(add_, &QPushButton::clicked, this, [this] { join({}); });
    connect(act_as_, &QPushButton::clicked, this, [this] { act_as(); });
    list_->setFocus();
}

void PeopleDialog::show_moment(const story::Moment& moment) {
    auto view = story::present_people(moment, commands_ ? std::optional(commands_->actor()) : std::nullopt);
    if (view == view_) {
        return;
    }
    view_ = std::move(view);
    lead_->setText(view_.lead);
    handed_over_->setText(view_.handed_over);
    handed_over_->setVisible(!view_.handed_over.isEmpty());
    ground_->setText(view_.ground);
    desk_->setText(tr("Commands given at this desk are those of %1").arg(view_.desk));
    fill();
    fit_buttons();
}

const story::PersonLine* PeopleDialog::chosen() const {
    const int row = list_->currentItem() != nullptr ? list_->indexOfTopLevelItem(list_->currentItem()) : -1;
    return row >= 0 && row < static_cast<int>(view_.persons.size()) ? &view_.persons[static_cast<std::size_t>(row)]
                                                                    : nullptr;
}

// Who was chosen stays chosen, wherever he stands now.
void PeopleDialog::fill() {
    const QString before =
        list_->currentItem() != nullptr ? list_->currentItem()->data(0, Qt::UserRole).toString() : QString();
    const QSignalBlocker quiet(list_);
    list_->clear();
    for (const auto& person : view_.persons) {
        const QString name = QString::fromStdString(person.name);
        const auto mark = panels::mark_of(person.mark);
        auto* item = new QTreeWidgetItem(
            list_, {QStringLiteral("%1 %2").arg(theme::glyph(mark), name), person.said, person.since});
        item->setData(0, Qt::UserRole, name);
        item->setData(0, Qt::AccessibleTextRole,
                      QStringList{name, person.said, person.since}.join(QStringLiteral(", ")));
        for (int i = 0; i < 3; ++i) {
            item->setToolTip(i, item->text(i));
            item->setSizeHint(i, QSize(60, row_height));
            if (!person.leads && !person.here) {
                item->setForeground(i, theme::tokens().dim);
            }
        }
        if (name == before || list_->currentItem() == nullptr) {
            list_->setCurrentItem(item);
        }
    }
}

void PeopleDialog::fit_buttons() {
    const auto* person = chosen();
    const QString none = tr("Nobody is chosen");
    const QString no_hand_over = person ? person->why_not_lead : none, no_leave = person ? person->why_not_leave : none;
    const auto fit = [&](QPushButton* button, const QString& why) {
        button->setEnabled(why.isEmpty() && !sending_ && commands_);
        button->setToolTip(why);
        button->setAccessibleDescription(why);
    };
    fit(hand_over_, no_hand_over);
    fit(leave_, no_leave);
    fit(roles_, person ? view_.why_not_join : none);
    fit(add_, view_.why_not_join);
    act_as_->setEnabled(commands_);
    // Not only where a pointer rests; what hinders everything is said once.
    QStringList said{view_.why_not_join};
    if (view_.why_not_join.isEmpty() && person != nullptr) {
        said = person->leads ? QStringList{no_leave} : QStringList{no_hand_over, no_leave};
        said.removeAll(QString());
    }
    why_->setText(said.join(QStringLiteral(" · ")));
}

void PeopleDialog::hand_over() {
    const auto* person = chosen();
    if (person == nullptr || asked_) {
        return;
    }
    const QString name = QString::fromStdString(person->name);
    story::Offer offer;
    offer.label = tr("Hand over the lead…");
    offer.tip = tr("From then on %1 leads this session. Who has handed it over can't take it back: %1 can hand it on.")
                    .arg(name);
    offer.asks = story::Asks::reason_if_any;
    offer.look = story::Offer::Look::primary;
    auto* dialog = new panels::AskDialog(name, offer, this);
    asked_ = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, to = person->name] {
        submit(release::HandOver{to, dialog->given().text.toStdString()});
    });
    dialog->open();
}

void PeopleDialog::join(const std::string& person) {
    if (asked_) {
        return;
    }
    const PersonDialog::Words words =
        person.empty() ? PersonDialog::Words{tr("Add a person"),
                                             tr("Who is here, and in which roles; it stays in the log. From then on "
                                                "only who is here can act."),
                                             tr("&Add")}
                       : PersonDialog::Words{tr("Change roles"), tr("In which roles the person is here from now on."),
                                             tr("&Change")};
    auto* dialog = new PersonDialog(words, PersonDialog::Takes::roles, known_of(view_), view_.roles, person, this);
    asked_ = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        submit(release::Join{dialog->person(), dialog->roles()});
    });
    dialog->open();
}

// Nothing is sent: each command says whose it is.
void PeopleDialog::act_as() {
    if (asked_ || !commands_) {
        return;
    }
    auto* dialog = new PersonDialog({tr("Who sits here"),
                                     tr("What is given at this desk from now on is that person's, in the log too. "
                                        "It is the word of who sits here, and proves nothing: a signature does."),
                                     tr("&Go on as this person")},
                                    PersonDialog::Takes::one_role_or_none, known_of(view_), view_.roles,
                                    commands_->actor().name, this);
    dialog->choose_role(commands_->actor().role);
    asked_ = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        if (commands_) {
            const auto roles = dialog->roles();
            commands_->act_as({dialog->person(), roles.empty() ? std::string() : roles.front()});
            emit desk_changed();
        }
    });
    dialog->open();
}

void PeopleDialog::submit(const release::Command& command) {
    if (!commands_) {
        return;
    }
    sending_ = true;
    fit_buttons();
    commands_->submit(command, [self = QPointer(this)](const std::optional<Error>& error) {
        if (!self) {
            return;
        }
        self->sending_ = false;
        self->refusal_->setText(error ? tr("✕ Refused: %1").arg(QString::fromStdString(error->what)) : QString());
        self->refusal_->setVisible(error.has_value());
        self->fit_buttons();
    });
}

} // namespace sluice::screens
