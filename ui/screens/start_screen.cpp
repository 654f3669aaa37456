#include "screens/start_screen.h"

#include "screens/action_list.h"
#include "screens/program_icon.h"
#include "screens/recent_list.h"
#include "screens/remembered.h"
#include "story/recent_text.h"
#include "theme/roles.h"
#include "theme/tokens.h"

#include <QAction>
#include <QCoreApplication>
#include <QFileInfo>
#include <QVBoxLayout>

namespace sluice::screens {
namespace {

constexpr std::size_t most_sessions = 12;

using State = story::RecentSession::State;

std::vector<std::string> as_strings(const QStringList& list) {
    std::vector<std::string> strings;
    for (const QString& one : list) {
        strings.push_back(one.toStdString());
    }
    return strings;
}

QLabel* dim(const QString& text) {
    auto* label = new QLabel(text);
    theme::set_role(label, "dim");
    label->setWordWrap(true);
    return label;
}

} // namespace

StartScreen::StartScreen(const host::Paths& paths, QWidget* parent)
    : QWidget(parent), paths_(paths), plans_(new RecentList(tr("Recent plans"))),
      sessions_(new RecentList(tr("Recent sessions"))), no_plans_(dim(tr("None yet."))),
      no_sessions_(dim(tr("None yet. Each rehearsal and each run is one."))),
      open_(new QPushButton(tr("Open a plan or session…"))), example_(new QPushButton(tr("Try the example"))),
      plan_open_(new QPushButton(tr("Open"))), plan_rehearse_(new QPushButton(tr("Rehearse"))),
      plan_remove_(new QPushButton(tr("Take off the list"))), session_open_(new QPushButton(tr("Replay"))),
      session_remove_(new QPushButton(tr("Take off the list"))) {
    make_actions();
    auto* icon = new QLabel;
    icon->setPixmap(program_icon().pixmap(44, 44));
    auto* title = new QLabel(tr("Sluice"));
    title->setFont(theme::text_font(34, QFont::Bold));
    theme::set_role(open_, "primary");
    open_->setToolTip(tr("Ctrl+O"));
    connect(open_, &QPushButton::clicked, this, &StartScreen::open_asked);
    connect(plans_, &QListWidget::itemActivated, this, &StartScreen::open_plan);
    connect(sessions_, &QListWidget::itemActivated, this, &StartScreen::open_session);
    connect(plan_open_, &QPushButton::clicked, this, &StartScreen::open_plan);
    connect(session_open_, &QPushButton::clicked, this, &StartScreen::open_session);
    connect(session_remove_, &QPushButton::clicked, this, [this] {
        sessions_->setFocus(Qt::OtherFocusReason);
        remove_chosen();
    });
    connect(plan_remove_, &QPushButton::clicked, this, [this] {
        plans_->setFocus(Qt::OtherFocusReason);
        remove_chosen();
    });
    for (auto* list : {plans_, sessions_}) {
        connect(list, &QListWidget::currentRowChanged, this, &StartScreen::show_choices);
    }

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(12);
    buttons->addWidget(open_);
    buttons->addWidget(example_);
    buttons->addStretch(1);
    lists_ = new QWidget;
    auto* row_of_lists = new QHBoxLayout(lists_);
    row_of_lists->setContentsMargins(0, 0, 0, 0);
    row_of_lists->setSpacing(16);
    row_of_lists->addWidget(panel(tr("Recent plans"), plans_, no_plans_, {plan_open_, plan_rehearse_, plan_remove_}));
    row_of_lists->addWidget(panel(tr("Recent sessions"), sessions_, no_sessions_, {session_open_, session_remove_}));
    empty_ = build_empty();
    empty_->hide();
    auto* column = new QVBoxLayout;
    column->setSpacing(12);
    auto* head = new QHBoxLayout;
    head->setSpacing(14);
    head->addWidget(icon);
    head->addWidget(title, 1);
    column->addLayout(head);
    column->addWidget(dim(tr("Open a plan to rehearse or run it, or a session to follow or replay it.")));
    column->addLayout(buttons);
    column->addSpacing(12);
    column->addWidget(empty_);
    column->addWidget(lists_, 1);
    column->addStretch(0);
    auto* middle = new QWidget;
    middle->setLayout(column);
    middle->setMaximumWidth(1240);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(32, 40, 32, 32);
    row->addStretch(1);
    row->addWidget(middle, 12);
    row->addStretch(1);
    show_choices();
    refresh();
}

QAction* StartScreen::add(const QString& text, const QKeySequence& keys, std::function<void()> act) {
    auto* action = new QAction(text, this);
    action->setShortcut(keys);
    connect(action, &QAction::triggered, this, std::move(act));
    addAction(action);
    return action;
}

void StartScreen::make_actions() {
    example_action_ = add(tr("Try the example"), Qt::CTRL | Qt::Key_E, [this] { emit example_asked(found_.example); });
    rehearse_action_ = add(tr("Rehearse the chosen plan"), Qt::CTRL | Qt::Key_Return, [this] {
        emit plan_rehearsed(QString::fromStdString(found_.plans[static_cast<std::size_t>(plans_->chosen())].file));
    });
    remove_action_ = add(tr("Take what is chosen off the list"), QKeySequence::Delete, [this] { remove_chosen(); });
    add(tr("To the plans"), Qt::ALT | Qt::Key_P, [this] { plans_->setFocus(Qt::ShortcutFocusReason); });
    add(tr("To the sessions"), Qt::ALT | Qt::Key_S, [this] { sessions_->setFocus(Qt::ShortcutFocusReason); });
    add(tr("Look again"), Qt::Key_F5, [this] { refresh(); });
    connect(example_, &QPushButton::clicked, example_action_, &QAction::trigger);
    connect(plan_rehearse_, &QPushButton::clicked, rehearse_action_, &QAction::trigger);
    example_->setToolTip(with_keys(*example_action_));
    plan_rehearse_->setToolTip(with_keys(*rehearse_action_));
    plan_remove_->setToolTip(with_keys(*remove_action_));
    session_remove_->setToolTip(with_keys(*remove_action_));
}

QWidget* StartScreen::panel(const QString& title, RecentList* list, QLabel* none,
                            std::initializer_list<QPushButton*> buttons) {
    auto* box = new QFrame;
    theme::set_role(box, "panel");
    auto* heading = new QLabel(title);
    theme::set_role(heading, "section");
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(12, 14, 12, 12);
    layout->addWidget(heading);
    layout->addWidget(none);
    layout->addWidget(list, 1);
    layout->addStretch(0); // where there is no list, its place stays
    auto* row = new QHBoxLayout;
    for (QPushButton* button : buttons) {
        row->addWidget(button);
    }
    row->addStretch(1);
    layout->addLayout(row);
    return box;
}

QWidget* StartScreen::build_empty() {
    auto* box = new QFrame;
    theme::set_role(box, "panel");
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(24, 20, 24, 20);
    column->setSpacing(10);
    auto* heading = new QLabel(tr("How it goes"));
    theme::set_role(heading, "heading");
    column->addWidget(heading);
    const QString steps[] = {
        tr("<b>1 · A plan</b> is one YAML file: phases, steps, gates, how traffic moves, and the way back. "
           "“Try the example” opens the blue-green go-live of a streaming service."),
        tr("<b>2 · A rehearsal</b> runs it against a simulated production in this program: nothing real is touched, "
           "and "
           "an hour passes in a minute."),
        tr("<b>3 · The run</b> does the same against production. Ctrl+Alt+R rolls back; the button at the top right "
           "does "
           "so with one click."),
        tr("<b>4 · The session</b> is one file, kept here: replay it, show it on the wall, verify that nobody altered "
           "it."),
    };
    for (const QString& step : steps) {
        auto* label = new QLabel(step);
        label->setTextFormat(Qt::RichText);
        label->setWordWrap(true);
        column->addWidget(label);
    }
    column->addWidget(dim(tr("F1 opens the manual, ? lists the keys.")));
    return box;
}

void StartScreen::refresh() {
    asked_.ask(
        [paths = paths_, plans = as_strings(remembered_plans()), sessions = as_strings(remembered_sessions()),
         folder = QCoreApplication::applicationDirPath()] {
            Found found;
            for (const auto& file : plans) {
                found.plans.push_back(story::read_recent_plan(file));
            }
            found.sessions = story::read_recent_sessions(paths, sessions, most_sessions);
            found.example = example_plan(folder);
            return found;
        },
        [this](Found found) { take(std::move(found)); });
}

void StartScreen::take(Found found) {
    found_ = std::move(found);
    const auto texts = [](const auto& things) {
        std::vector<story::RecentText> made;
        for (const auto& thing : things) {
            made.push_back(story::present(thing));
        }
        return made;
    };
    plans_->show_texts(texts(found_.plans));
    sessions_->show_texts(texts(found_.sessions));
    no_plans_->setVisible(found_.plans.empty());
    plans_->setVisible(!found_.plans.empty());
    no_sessions_->setVisible(found_.sessions.empty());
    sessions_->setVisible(!found_.sessions.empty());
    const bool nothing = found_.plans.empty() && found_.sessions.empty();
    empty_->setVisible(nothing);
    lists_->setVisible(!nothing);
    example_action_->setEnabled(!found_.example.isEmpty());
    example_->setEnabled(!found_.example.isEmpty());
    example_->setToolTip(found_.example.isEmpty()
                             ? tr("share/sluice/plans/nova/blue-green.yaml does not lie beside this program: install "
                                  "Sluice whole, or open a plan of your own")
                             : with_keys(*example_action_));
    show_choices();
    if (!nothing && isVisible() && (focusWidget() == nullptr || !lists_->isAncestorOf(focusWidget()))) {
        (found_.sessions.empty() ? plans_ : found_.plans.empty() ? sessions_ : plans_)->setFocus(Qt::OtherFocusReason);
    }
    emit refreshed();
}

void StartScreen::show_choices() {
    const auto at = static_cast<std::size_t>(std::max(0, plans_->chosen()));
    const bool plan = plans_->chosen() >= 0 && at < found_.plans.size();
    const bool usable = plan && !found_.plans[at].missing;
    plan_open_->setEnabled(usable);
    plan_rehearse_->setEnabled(usable && found_.plans[at].trouble.empty());
    rehearse_action_->setEnabled(plan_rehearse_->isEnabled());
    plan_remove_->setEnabled(plan);

    const auto of = static_cast<std::size_t>(std::max(0, sessions_->chosen()));
    const auto* session = sessions_->chosen() >= 0 && of < found_.sessions.size() ? &found_.sessions[of] : nullptr;
    session_open_->setEnabled(session != nullptr && session->state != State::missing &&
                              session->state != State::unreadable);
    session_open_->setText(session == nullptr                 ? tr("Replay")
                           : session->state == State::at_work ? tr("Follow")
                           : session->resumable()             ? tr("Resume or look…")
                                                              : tr("Replay"));
    session_remove_->setEnabled(session != nullptr &&
                                remembered_sessions().contains(QString::fromStdString(session->file)));
    remove_action_->setEnabled(plan_remove_->isEnabled() || session_remove_->isEnabled());
}

void StartScreen::open_plan() {
    if (plan_open_->isEnabled()) {
        emit plan_chosen(QString::fromStdString(found_.plans[static_cast<std::size_t>(plans_->chosen())].file));
    }
}

void StartScreen::open_session() {
    if (session_open_->isEnabled()) {
        emit session_chosen(
            QString::fromStdString(found_.sessions[static_cast<std::size_t>(sessions_->chosen())].file));
    }
}

// Off the list only: no file is touched.
void StartScreen::remove_chosen() {
    if (sessions_->hasFocus() ? session_remove_->isEnabled() : false) {
        forget_session(QString::fromStdString(found_.sessions[static_cast<std::size_t>(sessions_->chosen())].file));
    } else if (!sessions_->hasFocus() && plan_remove_->isEnabled()) {
        forget_plan(QString::fromStdString(found_.plans[static_cast<std::size_t>(plans_->chosen())].file));
    } else {
        return;
    }
    refresh();
}

QString example_plan(const QString& program_folder) {
    for (const char* place : {"/../share/sluice/plans", "/../../../plans", "/../../../../../plans"}) {
        const QFileInfo file(program_folder + place + "/nova/blue-green.yaml");
        if (file.exists()) {
            return file.canonicalFilePath();
        }
    }
    return {};
}

} // namespace sluice::screens
