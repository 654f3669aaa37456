#include "screens/cockpit_window.h"

#include "net/local_socket.h"
#include "panels/worn_mark.h"
#include "screens/help_window.h"
#include "screens/lag_dialog.h"
#include "screens/people_dialog.h"
#include "screens/plan_preview.h"
#include "screens/rehearsal_strip.h"
#include "screens/remembered.h"
#include "screens/source_dialog.h"
#include "screens/start_screen.h"
#include "story/chart_choice.h"
#include "story/file_source.h"
#include "story/format.h"
#include "story/owned_source.h"

#include <QCloseEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <utility>

namespace sluice::screens {

namespace {

/// The people and places of one, the plan of the other and what it is for.
host::StartOptions for_plan(host::StartOptions ready, const host::StartOptions& wanted) {
    ready.plan_file = wanted.plan_file;
    ready.values = wanted.values;
    ready.variant = wanted.variant;
    ready.copy = wanted.copy;
    ready.opening = wanted.opening;
    return ready;
}

void remember(const host::StartOptions& wanted) {
    const QString file = QString::fromStdString(wanted.plan_file);
    remember_plan(file);
    remember_values(file, wanted.values);
    remember_variant(file, QString::fromStdString(wanted.variant));
}

} // namespace

CockpitWindow::CockpitWindow(host::StartOptions defaults, std::optional<host::PeopleAsked> people, QWidget* parent)
    : QMainWindow(parent), defaults_(std::move(defaults)), people_asked_(std::move(people)), stack_(new QStackedWidget),
      wall_(this) {
    apply_scheme(); // what is made below measures itself with the theme's fonts
    start_ = new StartScreen(defaults_.paths);
    preview_ = new PlanPreview(defaults_.paths);
    setWindowTitle(tr("Sluice"));
    setMinimumSize(1024, 640);
    setCentralWidget(stack_);
    stack_->addWidget(start_);
    stack_->addWidget(preview_);
    connect(start_, &StartScreen::open_asked, this, &CockpitWindow::choose_file);
    connect(start_, &StartScreen::plan_chosen, this, &CockpitWindow::show_plan);
    connect(start_, &StartScreen::plan_rehearsed, this, &CockpitWindow::rehearse_again);
    connect(start_, &StartScreen::session_chosen, this, &CockpitWindow::open);
    connect(start_, &StartScreen::example_asked, this, [this](const QString& file) {
        if (remembered_values(file).empty()) {
            remember_values(file, {{"version", "v1.2.4"}, {"previous", "v1.2.3"}});
        }
        show_plan(file);
    });
    connect(preview_, &PlanPreview::back_asked, this, &CockpitWindow::show_start);
    connect(preview_, &PlanPreview::run_asked, this, &CockpitWindow::run_plan);
    connect(preview_, &PlanPreview::rehearse_asked, this,
            [this] { rehearse_plan(preview_->file(), preview_->values(), preview_->speed()); });
    connect(&desktop_, &DesktopScheme::changed, this, &CockpitWindow::apply_scheme);
    connect(&wall_, &WallDisplay::chosen, this, [this] {
        if (session_) {
            wall_.show_moment(session_->for_the_wall());
        }
    });
    make_actions();
    offer_actions();
    resize(1600, 1000);
    const QSettings settings;
    restoreGeometry(settings.value("geometry").toByteArray());
    preview_->set_speed(settings.value("speed", 60.0).toDouble());
    preview_->set_copy(settings.value("copy").toString());
}

CockpitWindow::~CockpitWindow() {
    delete help_;
}

void CockpitWindow::choose_file() {
    const QString file = QFileDialog::getOpenFileName(this, tr("Open a plan or session"), {},
                                                      tr("Plans and sessions (*.yaml *.yml *.sluice);;All files (*)"));
    if (!file.isEmpty()) {
        open(file);
    }
}

void CockpitWindow::open(const QString& file) {
    asked_.ask([file = file.toStdString(), paths = defaults_.paths] { return look_at(file, paths); },
               [this, file](const FileFound& found) { take(file, found); });
}

void CockpitWindow::take(const QString& file, const FileFound& found) {
    if (found.kind == FileFound::Kind::missing) {
        auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Nothing to open"),
                                    tr("%1 is not there, or may not be read.").arg(file), QMessageBox::Ok, this);
        panels::wear_mark(*box, theme::Mark::close);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    } else if (found.kind == FileFound::Kind::plan) {
        show_plan(file);
    } else if (found.session.resumable()) {
        offer_to_go_on(found.session);
    } else {
        look_at_session(found.session);
    }
}

void CockpitWindow::show_plan(const QString& file) {
    if (!may_leave()) {
        return;
    }
    to_begin_.forget();
    keep_looks();
    delete session_;
    offer_actions();
    plan::Scope values = remembered_values(file);
    for (const auto& [name, value] : defaults_.values) { // the command line goes before
        values[name] = value;
    }
    const std::string& asked = defaults_.variant; // by the command line, for the plan that it names
    preview_->show_plan(file, values, asked.empty() ? remembered_variant(file) : QString::fromStdString(asked));
    remember_plan(file);
    stack_->setCurrentWidget(preview_);
    setWindowTitle(tr("%1 – Sluice").arg(QFileInfo(file).fileName()));
}

release::Actor CockpitWindow::who_comes() const {
    const auto named = people_asked_ ? host::who_comes(*people_asked_) : Result<release::Actor>(defaults_.by);
    return named ? *named : defaults_.by; // a wrong --operator was told at the program's start
}

void CockpitWindow::begin_with(std::function<void(host::StartOptions)> begin) {
    const auto read = [options = defaults_, people = people_asked_]() mutable -> Result<host::StartOptions> {
        const auto taken = people ? host::take_people(options, *people) : Result<void>();
        return taken ? Result<host::StartOptions>(std::move(options)) : failed(taken);
    };
    to_begin_.ask(read, [this, begin = std::move(begin)](Result<host::StartOptions> options) {
        if (options) {
            begin(std::move(*options));
            return;
        }
        auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Nothing was started"),
                                    QString::fromStdString(to_text(options.error())), QMessageBox::Close, this);
        box->setAttribute(Qt::WA_DeleteOnClose);
        panels::wear_mark(*box, theme::Mark::source_error);
        box->open();
    });
}

void CockpitWindow::rehearse_plan(const QString& file, const plan::Scope& values, double speed) {
    host::RehearsalOptions options;
    options.plan_file = file.toStdString();
    options.values = values;
    options.speed = speed;
    options.variant = preview_->variant().toStdString();
    options.assume_yes = preview_->assumes_yes();
    options.opening = preview_->opening();
    begin_with([this, options, speed](host::StartOptions ready) mutable {
        remember(options);
        QSettings().setValue("speed", speed);
        static_cast<host::StartOptions&>(options) = for_plan(std::move(ready), options);
        rehearse(options);
    });
}

void CockpitWindow::rehearse_again(const QString& file) {
    show_plan(file);
    connect(
        preview_, &PlanPreview::loaded, this,
        [this, file] {
            if (preview_->file() == file && preview_->can_rehearse()) {
                rehearse_plan(file, preview_->values(), preview_->speed());
            }
        },
        Qt::SingleShotConnection);
}

void CockpitWindow::rehearse(const host::RehearsalOptions& options) {
    rehearses_ = true;
    owns_ = true;
    show_session(story::OwnedSource::rehearsal(options));
}

void CockpitWindow::run_plan() {
    host::StartOptions wanted;
    wanted.plan_file = preview_->file().toStdString();
    wanted.values = preview_->values();
    wanted.variant = preview_->variant().toStdString();
    wanted.copy = preview_->copy().toStdString();
    wanted.opening = preview_->opening();
    begin_with([this, wanted](host::StartOptions ready) {
        const QString variant = QString::fromStdString(wanted.variant);
        QMessageBox sure(
            QMessageBox::NoIcon, tr("Run against production"),
            tr("%1 acts on production as %2 (%3)%4%5. It begins with the first phase; nothing is sent before it is "
               "recorded.")
                .arg(QFileInfo(QString::fromStdString(wanted.plan_file)).fileName(),
                     QString::fromStdString(ready.by.name), QString::fromStdString(ready.by.role),
                     variant.isEmpty() ? QString() : tr(", by the variant '%1'").arg(variant),
                     wanted.opening.count == 0 ? QString()
                                               : tr(", for the opening on %1").arg(story::utc_day(wanted.opening))),
            QMessageBox::Ok | QMessageBox::Cancel, this);
        sure.setDefaultButton(QMessageBox::Cancel);
        panels::wear_mark(sure, theme::Mark::close);
        if (sure.exec() != QMessageBox::Ok) {
            return;
        }
        remember(wanted);
        QSettings().setValue("copy", QString::fromStdString(wanted.copy));
        rehearses_ = false;
        owns_ = true;
        show_session(story::OwnedSource::run(for_plan(std::move(ready), wanted)));
    });
}

void CockpitWindow::look_at_session(const story::RecentSession& session) {
    if (!may_leave()) {
        return;
    }
    keep_looks();
    const std::filesystem::path path = session.file;
    rehearses_ = false;
    owns_ = false;
    remember_session(QString::fromStdString(session.file));
    if (session.state != story::RecentSession::State::at_work) {
        show_session(std::make_unique<story::FileSource>(path));
        return;
    }
    const std::string socket = host::socket_of(defaults_.paths, path).string();
    offered_ = false;
    // Its owner listens, and judges by its own policy who may what.
    show_session(std::make_unique<story::FileSource>(path, socket, who_comes()));
    auto& owner = session_->watch_owner([socket] { return net::CommandClient::connect(socket).has_value(); });
    connect(&owner, &OwnerWatch::gone, this, [this, path, shown = session_] {
        asked_before_.ask([path, paths = defaults_.paths] { return story::read_recent_session(path, paths); },
                          [this, shown](const story::RecentSession& now) {
                              const bool gone = now.state == story::RecentSession::State::left_open;
                              if (shown && shown == session_ && gone && !offered_) {
                                  offered_ = true; // once: it is said again as long as nobody is there
                                  offer_to_go_on(now);
                              }
                          });
    });
}

void CockpitWindow::show_session(std::unique_ptr<story::FeedSource> source) {
    to_begin_.forget();
    preview_->leave();
    delete people_.data();
    delete sources_.data();
    delete lag_.data();
    delete session_.data();
    session_ = new SessionScreen(std::move(source));
    session_->restore_layout(QSettings().value("layout").toByteArray());
    session_->keep_bookmarks_in(defaults_.paths.state);
    connect(session_, &SessionScreen::failed, this, [this](const QString& reason) {
        auto* box =
            new QMessageBox(QMessageBox::NoIcon, tr("The session can't be shown"), reason, QMessageBox::Ok, this);
        panels::wear_mark(*box, theme::Mark::breached);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
        if (session_ && session_->story().empty()) {
            owns_ = false; // it never began
            show_start();
        }
    });
    connect(session_, &SessionScreen::changed, this, [this] {
        offer_actions();
        update_title();
        wall_.show_moment(session_->for_the_wall());
    });
    connect(session_, &SessionScreen::people_asked, this, &CockpitWindow::show_people);
    connect(session_, &SessionScreen::sources_asked, this, &CockpitWindow::show_sources);
    connect(session_, &SessionScreen::lag_asked, this, &CockpitWindow::show_lag_of);
    connect(&session_->source(), &story::FeedSource::opened, this, [this](const QString& opened) {
        if (owns_) {
            remember_open_session({opened, rehearses_});
            remember_session(opened);
        }
    });
    connect(&session_->source(), &story::FeedSource::warned, this, [this](const QStringList& warnings) {
        auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Worth knowing"), warnings.join(QStringLiteral("\n\n")),
                                    QMessageBox::Ok, this);
        panels::wear_mark(*box, theme::Mark::close);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    });
    connect(session_, &SessionScreen::first_painted, this, &CockpitWindow::choose_charts);
    connect(session_, &SessionScreen::chart_metrics_changed, this,
            [this] { remember_charts(ChosenOn::cockpit, plan_id(), session_->chart_metrics()); });
    connect(session_, &SessionScreen::ended, this, [this] {
        if (owns_) {
            owns_ = false;
            forget_open_session();
        }
    });
    stack_->addWidget(session_);
    stack_->setCurrentWidget(session_);
}

void CockpitWindow::show_start() {
    if (!may_leave()) {
        return;
    }
    keep_looks();
    asked_.forget();
    to_begin_.forget();
    preview_->leave();
    wall_.close();
    if (session_) {
        session_->deleteLater(); // it may be what called
        stack_->removeWidget(session_);
        session_ = nullptr;
    }
    offer_actions();
    start_->refresh();
    stack_->setCurrentWidget(start_);
    setWindowTitle(tr("Sluice"));
}

bool CockpitWindow::owns_running() const {
    return owns_ && session_ && !session_->story().ended();
}

QString CockpitWindow::plan_id() const {
    return QString::fromStdString(session_->story().release().opened.plan_id);
}

void CockpitWindow::choose_charts() {
    const QStringList asked = std::exchange(charts_asked_, {});
    session_->set_chart_metrics(asked.isEmpty() ? remembered_charts(ChosenOn::cockpit, plan_id()) : asked);
    if (const auto known = story::check_choices_early(session_->of_now(), asked); !known) {
        auto* box = new QMessageBox(QMessageBox::NoIcon, tr("No such chart"),
                                    QString::fromStdString(to_text(known.error())), QMessageBox::Ok, this);
        panels::wear_mark(*box, theme::Mark::close);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    }
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

void CockpitWindow::offer_resume() {
    const OpenSession before = open_session_before();
    if (before.file.isEmpty()) {
        return;
    }
    asked_before_.ask(
        [file = before.file.toStdString(), paths = defaults_.paths] { return story::read_recent_session(file, paths); },
        [this](const story::RecentSession& session) {
            using State = story::RecentSession::State;
            if (session.state == State::at_work) {
                return; // another window has it; it stays remembered, should that one end
            }
            forget_open_session();
            if (session.state == State::left_open && !session_) {
                offer_to_go_on(session);
            }
        });
}

// Not to go on is the default: who presses Enter at a question that was not expected has only looked.
void CockpitWindow::offer_to_go_on(const story::RecentSession& session) {
    const QString name = QFileInfo(QString::fromStdString(session.file)).fileName();
    auto* box = new QMessageBox(
        QMessageBox::NoIcon, tr("A session is not closed"),
        session.rehearsal
            ? tr("The rehearsal %1 was at work when its program ended. It can't go on, since its production ended too; "
                 "what was recorded is there.")
                  .arg(name)
            : tr("%1 was at work when its program ended. What it had begun is read back before anything goes on.")
                  .arg(name),
        QMessageBox::NoButton, this);
    panels::wear_mark(*box, theme::Mark::no_data);
    box->setAttribute(Qt::WA_DeleteOnClose);
    const QPushButton* go_on = session.resumable() ? box->addButton(tr("&Resume"), QMessageBox::AcceptRole) : nullptr;
    auto* look = box->addButton(tr("Only &look"), QMessageBox::ActionRole);
    box->addButton(tr("&Not now"), QMessageBox::RejectRole);
    box->setDefaultButton(look);
    connect(box, &QMessageBox::buttonClicked, this, [this, session, go_on, look](QAbstractButton* pressed) {
        if (go_on != nullptr && pressed == go_on) {
            resume(QString::fromStdString(session.file));
        } else if (pressed == look) {
            look_at_session(session);
        }
    });
    box->open();
}

void CockpitWindow::resume(const QString& file) {
    if (!may_leave()) {
        return;
    }
    keep_looks();
    host::TakeUp options;
    static_cast<host::StartOptions&>(options) = defaults_;
    options.by = who_comes();
    options.session = file.toStdString();
    rehearses_ = false;
    owns_ = true;
    show_session(story::OwnedSource::resume(options));
}

bool CockpitWindow::may_leave() {
    if (!owns_running()) {
        return true;
    }
    const QString what =
        rehearses_ ? tr("The rehearsal ends and can't be resumed; its recording stays.")
                   : tr("The release stands where it is: traffic stays as it is split, processes that run go on. "
                        "The session can be resumed.");
    QMessageBox box(QMessageBox::NoIcon, tr("A release is at work"), what, QMessageBox::Close | QMessageBox::Cancel,
                    this);
    box.setDefaultButton(QMessageBox::Cancel);
    panels::wear_mark(box, theme::Mark::close);
    return box.exec() == QMessageBox::Close;
}

void CockpitWindow::keep_looks() {
    QSettings settings;
    settings.setValue("geometry", saveGeometry());
    if (session_) {
        settings.setValue("layout", session_->layout());
        if (session_->rehearsal() != nullptr) {
            settings.setValue("speed", session_->rehearsal()->speed());
        }
    }
}

void CockpitWindow::closeEvent(QCloseEvent* event) {
    if (!may_leave()) {
        event->ignore();
        return;
    }
    keep_looks();
    if (owns_running() && rehearses_) {
        forget_open_session(); // there is nothing to go on with; a run that was left is offered again
    }
    wall_.close();
    delete help_;
    event->accept();
}

} // namespace sluice::screens
