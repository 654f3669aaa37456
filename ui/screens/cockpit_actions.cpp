/// What can be done in the window whatever is on it; the rest of CockpitWindow is in cockpit_window.cpp.
#include "base/digest.h"
#include "host/version.h"
#include "screens/action_list.h"
#include "screens/amend_dialog.h"
#include "screens/cockpit_window.h"
#include "screens/help_window.h"
#include "screens/lag_dialog.h"
#include "screens/people_dialog.h"
#include "screens/rehearsal_strip.h"
#include "screens/screen_choice.h"
#include "screens/sheet_window.h"
#include "screens/source_dialog.h"
#include "story/chart_choice.h"
#include "theme/apply.h"

#include <QAction>
#include <QApplication>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QScreen>
#include <QSettings>

namespace sluice::screens {

QAction* CockpitWindow::add(const QString& text, const QList<QKeySequence>& keys, std::function<void()> act) {
    auto* action = new QAction(text, this);
    action->setShortcuts(keys);
    connect(action, &QAction::triggered, this, std::move(act));
    addAction(action);
    return action;
}

void CockpitWindow::make_actions() {
    add(tr("Open a plan or session"), {Qt::CTRL | Qt::Key_O}, [this] { choose_file(); });
    add(tr("Close this session or plan"), {Qt::CTRL | Qt::Key_W, Qt::CTRL | Qt::Key_F4}, [this] { show_start(); });
    add(tr("Quit"), {QKeySequence(Qt::CTRL | Qt::Key_Q)}, [this] { close(); });
    session_actions_.push_back(add(tr("War room on the other screen"), {Qt::Key_F11}, [this] { enter_war_room(); }));
    session_actions_.push_back(
        add(tr("War room: choose the screen"), {Qt::SHIFT | Qt::Key_F11}, [this] { choose_screen_of_wall(); }));
    sheet_action_ = add(tr("Break-glass sheet: the commands of every way back"), {Qt::CTRL | Qt::Key_B},
                        [this] { show_session_sheet(); });
    amend_action_ =
        add(tr("Amend the plan of this session"), {Qt::CTRL | Qt::SHIFT | Qt::Key_A}, [this] { amend_plan(); });
    people_action_ =
        add(tr("People: who leads, who is here"), {Qt::CTRL | Qt::SHIFT | Qt::Key_T}, [this] { show_people(); });
    session_actions_.push_back(add(tr("Sources: what they were asked and answered, and what is wrong"),
                                   {Qt::CTRL | Qt::Key_I}, [this] { show_sources(); }));
    session_actions_.push_back(add(tr("Lag: consumer groups by partition, and when they have caught up"),
                                   {Qt::CTRL | Qt::Key_L}, [this] { show_lag(); }));
    add(tr("Theme: dark"), {Qt::CTRL | Qt::ALT | Qt::Key_D}, [this] { set_scheme("dark"); });
    add(tr("Theme: light"), {Qt::CTRL | Qt::ALT | Qt::Key_L}, [this] { set_scheme("light"); });
    add(tr("Theme: as the desktop"), {Qt::CTRL | Qt::ALT | Qt::Key_S}, [this] { set_scheme("system"); });
    add(tr("Manual"), {Qt::Key_F1}, [this] { show_help(stack_->currentWidget() == session_.data() ? "cockpit" : ""); });
    add(tr("Keys"), {Qt::Key_Question}, [this] { show_keys(); });
    add(tr("Do something by its name"), {Qt::CTRL | Qt::SHIFT | Qt::Key_P}, [this] { show_palette(); });
    add(tr("About Sluice"), {Qt::SHIFT | Qt::Key_F1}, [this] { show_about(); });
    const auto speed = [this](double wanted) {
        if (session_ && session_->rehearsal()) {
            session_->rehearsal()->set_speed(wanted);
        }
    };
    speed_actions_.push_back(add(tr("Rehearse in real time"), {Qt::CTRL | Qt::ALT | Qt::Key_1}, [speed] { speed(1); }));
    speed_actions_.push_back(
        add(tr("Rehearse 60 times as fast"), {Qt::CTRL | Qt::ALT | Qt::Key_2}, [speed] { speed(60); }));
    speed_actions_.push_back(
        add(tr("Rehearse 600 times as fast"), {Qt::CTRL | Qt::ALT | Qt::Key_3}, [speed] { speed(600); }));
    speed_actions_.push_back(
        add(tr("Rehearse as fast as it can"), {Qt::CTRL | Qt::ALT | Qt::Key_4}, [speed] { speed(0); }));
}

void CockpitWindow::enter_war_room() {
    if (wall_.is_open()) {
        wall_.close();
        return;
    }
    if (!session_) {
        return;
    }
    // One that was chosen and is unplugged since: as if none had been.
    auto chosen = choose_screen(QSettings().value("war-room-screen").toString(), screen());
    wall_.open(chosen ? **chosen : **choose_screen({}, screen()));
    wall_.show_moment(session_->for_the_wall());
}

void CockpitWindow::choose_screen_of_wall() {
    if (!session_) {
        return;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto screens = QGuiApplication::screens();
    for (int i = 0; i < screens.size(); ++i) {
        menu->addAction('&' + screen_words(i, *screens[i]), this, [this, screen = QPointer<QScreen>(screens[i])] {
            if (screen && session_) {
                QSettings().setValue("war-room-screen", screen->name());
                wall_.open(*screen);
                wall_.show_moment(session_->for_the_wall());
            }
        });
    }
    menu->popup(mapToGlobal(rect().center()));
}

void CockpitWindow::offer_actions() {
    const bool session = session_ && session_->story().release().plan;
    sheet_action_->setEnabled(session);
    amend_action_->setEnabled(session && session_->acts());
    people_action_->setEnabled(session && session_->acts());
    for (auto* action : session_actions_) {
        action->setEnabled(session);
    }
    for (auto* action : speed_actions_) {
        action->setEnabled(session_ && session_->rehearsal() != nullptr);
    }
    follow_people();
    follow_sources();
    follow_lag();
}

// As of now, also while somebody looks back: it is what would have to be typed.
void CockpitWindow::show_session_sheet() {
    if (!session_ || !session_->story().release().plan) {
        return;
    }
    const auto& story = session_->story();
    show_sheet(*this, story.release(),
               {QFileInfo(session_->source().file()).absoluteFilePath().toStdString(), story.release().copy.place,
                story.entries().empty() ? "" : hex(story.entries().back().root),
                session_->source().started_in().toStdString()});
}

void CockpitWindow::amend_plan() {
    if (!session_ || !session_->acts()) {
        return;
    }
    const auto lost = [screen = QPointer<SessionScreen>(session_)](const plan::Plan& after) {
        AmendDialog::Cost told;
        if (screen && !screen->story().empty()) {
            const auto moment = screen->of_now();
            for (const auto& hold : release::lost_by_amending(moment.release, moment.now)) {
                told.holds << tr("%1 (it has held %2 of %3)")
                                  .arg(QString::fromStdString(moment.release.at(hold.step).title),
                                       QString::fromStdString(
                                           duration_text(seconds(hold.held.count / seconds(1).count))),
                                       QString::fromStdString(duration_text(hold.wanted)));
            }
            for (const auto& [step, metric] : release::baselines_lost_by(moment.release, after)) {
                told.baselines << tr("the baseline of %1 for %2")
                                      .arg(QString::fromStdString(moment.release.at(step).title),
                                           QString::fromStdString(metric));
            }
        }
        return told;
    };
    const auto& release = session_->story().release();
    auto* dialog =
        new AmendDialog(release.plan, session_->commands(), lost, release.policy && release.policy->break_glass, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void CockpitWindow::show_people() {
    if (!session_ || !session_->acts() || session_->story().empty()) {
        return;
    }
    if (!people_) {
        people_ = new PeopleDialog(session_->commands(), this);
        people_->setAttribute(Qt::WA_DeleteOnClose);
        connect(people_, &PeopleDialog::desk_changed, this, [this] {
            if (session_) {
                session_->refresh(); // what is offered is for who sits here now
            }
        });
    }
    follow_people();
    people_->show();
    people_->raise();
    people_->activateWindow();
}

void CockpitWindow::follow_people() {
    if (!people_) {
        return;
    }
    if (!session_ || !session_->acts()) {
        people_->close(); // there is nothing to do about it any more
        return;
    }
    people_->show_moment(session_->of_now());
}

// In a replay too: what was wrong then is what is looked for.
void CockpitWindow::show_sources() {
    if (!session_ || !session_->story().release().plan) {
        return;
    }
    if (!sources_) {
        sources_ = new SourceDialog(this);
        sources_->setAttribute(Qt::WA_DeleteOnClose);
    }
    follow_sources();
    sources_->show();
    sources_->raise();
    sources_->activateWindow();
}

void CockpitWindow::follow_sources() {
    if (!sources_) {
        return;
    }
    if (!session_ || !session_->story().release().plan) {
        sources_->close();
        return;
    }
    sources_->show_moment(session_->moment());
}

void CockpitWindow::show_lag() {
    if (!session_ || !session_->story().release().plan) {
        return;
    }
    if (!lag_) {
        lag_ = new LagDialog(this);
        lag_->setAttribute(Qt::WA_DeleteOnClose);
    }
    follow_lag();
    lag_->show();
    lag_->raise();
    lag_->activateWindow();
}

void CockpitWindow::show_lag_of(const QString& metric) {
    show_lag();
    if (lag_) {
        const auto known = story::metric_of(session_->moment(), story::choice_from(metric));
        if (known && known->lag) {
            lag_->look_at(*known->lag);
        }
    }
}

void CockpitWindow::follow_lag() {
    if (!lag_) {
        return;
    }
    if (!session_ || !session_->story().release().plan) {
        lag_->close();
        return;
    }
    lag_->show_moment(session_->moment());
}

void CockpitWindow::set_scheme(const QString& wanted) {
    QSettings().setValue("scheme", wanted);
    apply_scheme();
}

void CockpitWindow::apply_scheme() {
    const QString wanted = QSettings().value("scheme", "system").toString();
    const auto scheme = wanted == "dark"    ? theme::Scheme::dark
                        : wanted == "light" ? theme::Scheme::light
                                            : desktop_.scheme();
    theme::apply(*static_cast<QApplication*>(QApplication::instance()), scheme);
}

void CockpitWindow::show_help(const QString& page) {
    if (!help_) {
        help_ = new HelpWindow;
        help_->setAttribute(Qt::WA_DeleteOnClose);
    }
    if (!page.isEmpty()) {
        help_->show_page(page);
    }
    help_->show();
    help_->raise();
    help_->activateWindow();
}

void CockpitWindow::show_keys() {
    show_action_list(*this, tr("Keys"), false);
}

void CockpitWindow::show_palette() {
    show_action_list(*this, tr("Do something by its name"), true);
}

void CockpitWindow::show_about() {
    QMessageBox::about(this, tr("About Sluice"),
                       tr("%1\nRelease control for go-live. GPL-3.0-or-later.\n\nThis window: %2.")
                           .arg(QString::fromStdString(host::program_version()), watchdog_.text()));
}

} // namespace sluice::screens
