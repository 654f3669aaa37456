#include "screens/cockpit_window.h"

#include "host/version.h"
#include "plan/loader.h"
#include "screens/action_list.h"
#include "screens/plan_preview.h"
#include "screens/rehearsal_strip.h"
#include "screens/session_screen.h"
#include "screens/start_screen.h"
#include "screens/war_room.h"
#include "story/file_source.h"
#include "story/owned_source.h"
#include "theme/apply.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QScreen>
#include <QSettings>

namespace sluice::screens {
namespace {

/// A session file is an SQLite database; anything else is taken for a plan, whose errors say what is wrong with it.
bool is_session(const QString& file) {
    QFile opened(file);
    return opened.open(QIODevice::ReadOnly) && opened.read(15) == "SQLite format 3";
}

} // namespace

CockpitWindow::CockpitWindow(host::StartOptions defaults, QWidget* parent)
    : QMainWindow(parent), defaults_(std::move(defaults)), stack_(new QStackedWidget),
      start_(new StartScreen(defaults_.paths)), preview_(new PlanPreview) {
    setWindowTitle(tr("Sluice"));
    setMinimumSize(1024, 640);
    setCentralWidget(stack_);
    stack_->addWidget(start_);
    stack_->addWidget(preview_);
    connect(start_, &StartScreen::open_asked, this, &CockpitWindow::choose_file);
    connect(start_, &StartScreen::plan_chosen, this, &CockpitWindow::show_plan);
    connect(start_, &StartScreen::session_chosen, this, &CockpitWindow::open_session);
    connect(preview_, &PlanPreview::back_asked, this, &CockpitWindow::show_start);
    connect(preview_, &PlanPreview::run_asked, this, &CockpitWindow::run_plan);
    connect(preview_, &PlanPreview::rehearse_asked, this, [this] {
        host::RehearsalOptions options;
        static_cast<host::StartOptions&>(options) = defaults_;
        options.plan_file = plan_file_.toStdString();
        options.values = preview_->values();
        options.speed = preview_->speed();
        rehearse(options);
    });
    connect(&desktop_, &DesktopScheme::changed, this, &CockpitWindow::apply_scheme);
    make_actions();
    apply_scheme();
    resize(1600, 1000);
    restoreGeometry(QSettings().value("geometry").toByteArray());
}

CockpitWindow::~CockpitWindow() {
    delete wall_;
}

QAction* CockpitWindow::add(const QString& text, const QList<QKeySequence>& keys, std::function<void()> act) {
    auto* action = new QAction(text, this);
    action->setShortcuts(keys);
    connect(action, &QAction::triggered, this, std::move(act));
    addAction(action);
    return action;
}

void CockpitWindow::make_actions() {
    add(tr("Open a plan or session"), {QKeySequence::Open}, [this] { choose_file(); });
    add(tr("Close this session or plan"), {QKeySequence::Close}, [this] { show_start(); });
    add(tr("Quit"), {QKeySequence(Qt::CTRL | Qt::Key_Q)}, [this] { close(); });
    add(tr("War room on the other screen"), {Qt::Key_F11}, [this] { enter_war_room(); });
    add(tr("Dark"), {Qt::CTRL | Qt::ALT | Qt::Key_D}, [this] { set_scheme("dark"); });
    add(tr("Light"), {Qt::CTRL | Qt::ALT | Qt::Key_L}, [this] { set_scheme("light"); });
    add(tr("As the desktop"), {Qt::CTRL | Qt::ALT | Qt::Key_S}, [this] { set_scheme("system"); });
    add(tr("Keys"), {Qt::Key_Question, Qt::Key_F1}, [this] { show_keys(); });
    add(tr("Do something by its name"), {Qt::CTRL | Qt::SHIFT | Qt::Key_P}, [this] { show_palette(); });
    add(tr("About Sluice"), {Qt::SHIFT | Qt::Key_F1}, [this] { show_about(); });
    const auto speed = [this](double wanted) {
        if (session_ && session_->rehearsal()) {
            session_->rehearsal()->set_speed(wanted);
        }
    };
    add(tr("Rehearse in real time"), {Qt::CTRL | Qt::ALT | Qt::Key_1}, [speed] { speed(1); });
    add(tr("Rehearse 60 times as fast"), {Qt::CTRL | Qt::ALT | Qt::Key_2}, [speed] { speed(60); });
    add(tr("Rehearse 600 times as fast"), {Qt::CTRL | Qt::ALT | Qt::Key_3}, [speed] { speed(600); });
    add(tr("Rehearse as fast as it can"), {Qt::CTRL | Qt::ALT | Qt::Key_4}, [speed] { speed(0); });
}

void CockpitWindow::choose_file() {
    const QString file = QFileDialog::getOpenFileName(this, tr("Open a plan or session"), {},
                                                      tr("Plans and sessions (*.yaml *.yml *.sluice);;All files (*)"));
    if (!file.isEmpty()) {
        open(file);
    }
}

void CockpitWindow::open(const QString& file) {
    is_session(file) ? open_session(file) : show_plan(file);
}

void CockpitWindow::show_plan(const QString& file) {
    plan_file_ = file;
    preview_->show_plan(file, defaults_.values);
    remember_plan(file);
    stack_->setCurrentWidget(preview_);
    setWindowTitle(tr("%1 – Sluice").arg(QFileInfo(file).fileName()));
}

void CockpitWindow::rehearse(const host::RehearsalOptions& options) {
    rehearses_ = true;
    show_session(story::OwnedSource::rehearsal(options));
    owns_ = true;
}

void CockpitWindow::run_plan() {
    const auto sure = QMessageBox::question(
        this, tr("Run against production"),
        tr("This acts on production as %1 (%2). It begins with the first phase; nothing is sent before it is recorded.")
            .arg(QString::fromStdString(defaults_.by.name), QString::fromStdString(defaults_.by.role)),
        QMessageBox::Ok | QMessageBox::Cancel, QMessageBox::Cancel);
    if (sure != QMessageBox::Ok) {
        return;
    }
    host::StartOptions options = defaults_;
    options.plan_file = plan_file_.toStdString();
    options.values = preview_->values();
    rehearses_ = false;
    show_session(story::OwnedSource::run(options));
    owns_ = true;
}

void CockpitWindow::open_session(const QString& file) {
    const std::filesystem::path path = file.toStdString();
    const auto socket = host::socket_of(defaults_.paths, path).string();
    std::unique_ptr<story::FeedSource> source;
    if (QFileInfo::exists(QString::fromStdString(socket))) {
        source = std::make_unique<story::FileSource>(path, socket, defaults_.by); // its owner listens
    } else {
        source = std::make_unique<story::FileSource>(path);
    }
    rehearses_ = false;
    show_session(std::move(source));
    owns_ = false;
}

void CockpitWindow::show_session(std::unique_ptr<story::FeedSource> source) {
    delete session_.data();
    session_ = new SessionScreen(std::move(source));
    session_->restore_layout(QSettings().value("layout").toByteArray());
    connect(session_, &SessionScreen::failed, this, [this](const QString& reason) {
        QMessageBox box(QMessageBox::Warning, tr("The session can't be shown"), reason, QMessageBox::Ok, this);
        box.exec();
        if (session_ && session_->story().empty()) {
            show_start();
        }
    });
    connect(session_, &SessionScreen::changed, this, [this] {
        update_title();
        if (wall_) {
            wall_->show_moment(session_->moment());
        }
    });
    connect(&session_->source(), &story::FeedSource::opened, this, [this](const QString& opened) {
        if (owns_) {
            QSettings().setValue("open-session", opened);
        }
    });
    connect(session_, &SessionScreen::ended, this, [this] {
        owns_ = false;
        QSettings().remove("open-session");
    });
    stack_->addWidget(session_);
    stack_->setCurrentWidget(session_);
}

void CockpitWindow::show_start() {
    if (owns_running() && !close()) {
        return;
    }
    delete session_;
    start_->refresh();
    stack_->setCurrentWidget(start_);
    setWindowTitle(tr("Sluice"));
}

bool CockpitWindow::owns_running() const {
    return owns_ && session_ && !session_->story().ended();
}

void CockpitWindow::update_title() {
    const auto& release = session_->story().release();
    QString title = QFileInfo(session_->source().file()).completeBaseName();
    if (release.plan) {
        title = QString::fromStdString(release.opened.session);
    }
    if (release.opened.mode == "rehearse") {
        title += tr(" – rehearsal");
    }
    setWindowTitle(title + tr(" – Sluice"));
}

void CockpitWindow::enter_war_room() {
    if (wall_) {
        wall_->close();
        return;
    }
    if (!session_) {
        return;
    }
    wall_ = new WarRoom;
    wall_->setAttribute(Qt::WA_DeleteOnClose);
    connect(wall_, &WarRoom::left, wall_, &QWidget::close);
    connect(wall_, &QObject::destroyed, this, [this] { inhibit_idle(false); });
    const auto screens = QGuiApplication::screens();
    QScreen* other = screens.back(); // another than ours, if there is one
    for (QScreen* one : screens) {
        other = one != screen() ? one : other;
    }
    wall_->setGeometry(other->geometry());
    wall_->showFullScreen();
    wall_->show_moment(session_->moment());
    inhibit_idle(true);
}

void CockpitWindow::inhibit_idle(bool on) {
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected() || on == (inhibited_ != 0)) {
        return;
    }
    auto call = QDBusMessage::createMethodCall("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver",
                                               "org.freedesktop.ScreenSaver", on ? "Inhibit" : "UnInhibit");
    if (!on) {
        call << inhibited_;
        inhibited_ = 0;
        bus.asyncCall(call);
        return;
    }
    call << QString("sluice") << tr("A release is on the wall");
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* done) {
        const QDBusPendingReply<uint> reply = *done;
        inhibited_ = reply.isValid() ? reply.value() : 0;
        done->deleteLater();
    });
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

void CockpitWindow::offer_resume() {
    const QString file = QSettings().value("open-session").toString();
    QSettings().remove("open-session");
    if (file.isEmpty() || !QFileInfo::exists(file + "-wal")) {
        return;
    }
    QMessageBox box(
        QMessageBox::Question, tr("A session is not closed"),
        tr("%1 was at work when this program ended. What it had begun is read back before anything goes on.")
            .arg(QFileInfo(file).fileName()),
        QMessageBox::NoButton, this);
    auto* resume = box.addButton(tr("Resume"), QMessageBox::AcceptRole);
    auto* look = box.addButton(tr("Only look"), QMessageBox::ActionRole);
    box.addButton(tr("Not now"), QMessageBox::RejectRole);
    box.exec();
    if (box.clickedButton() == resume) {
        host::TakeUp options;
        static_cast<host::StartOptions&>(options) = defaults_;
        options.session = file.toStdString();
        show_session(story::OwnedSource::resume(options));
        owns_ = true;
    } else if (box.clickedButton() == look) {
        open_session(file);
    }
}

void CockpitWindow::closeEvent(QCloseEvent* event) {
    if (owns_running()) {
        const QString what =
            rehearses_ ? tr("The rehearsal ends with this window and can't be resumed; its recording stays.")
                       : tr("The release stands where it is: traffic stays as it is split, processes that run go on. "
                            "The session can be resumed.");
        const auto answer = QMessageBox::warning(this, tr("A release is at work"), what,
                                                 QMessageBox::Close | QMessageBox::Cancel, QMessageBox::Cancel);
        if (answer != QMessageBox::Close) {
            event->ignore();
            return;
        }
    }
    QSettings settings;
    settings.setValue("geometry", saveGeometry());
    if (session_) {
        settings.setValue("layout", session_->layout());
    }
    if (!owns_running() || rehearses_) {
        settings.remove("open-session");
    }
    delete wall_;
    event->accept();
}

} // namespace sluice::screens
