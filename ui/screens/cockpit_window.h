#pragma once
#include "host/rehearsal.h"
#include "screens/desktop_scheme.h"
#include "screens/session_screen.h"
#include "screens/war_room.h"
#include "screens/watchdog.h"

#include <QMainWindow>
#include <QPointer>
#include <QStackedWidget>
#include <memory>

namespace sluice::story {
class FeedSource;
}

namespace sluice::screens {

class PlanPreview;
class StartScreen;

/// The one window: start, a plan before it starts, a session. What is common to all of them: menu keys, themes, war
/// room, leaving safely.
class CockpitWindow : public QMainWindow {
    Q_OBJECT
public:
    CockpitWindow(host::StartOptions defaults, QWidget* parent = nullptr);
    ~CockpitWindow() override;

    void open(const QString& file); ///< a plan or a session, told apart by what is in it
    void show_plan(const QString& file);
    void rehearse(const host::RehearsalOptions& options);
    void show_session(std::unique_ptr<story::FeedSource> source);
    void open_session(const QString& file);
    void enter_war_room();
    /// Offers to take up a session that this program had open when it ended, if there is one.
    void offer_resume();

    SessionScreen* session() const { return session_; }
    const Watchdog& watchdog() const { return watchdog_; }

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    QAction* add(const QString& text, const QList<QKeySequence>& keys, std::function<void()> act);
    void make_actions();
    void choose_file();
    void show_start();
    void run_plan();
    void apply_scheme();
    void set_scheme(const QString& wanted); ///< dark | light | system
    void update_title();
    void show_keys();
    void show_palette();
    void show_about();
    void inhibit_idle(bool on);
    bool owns_running() const;

    host::StartOptions defaults_;
    DesktopScheme desktop_;
    Watchdog watchdog_;
    QStackedWidget* stack_;
    StartScreen* start_;
    PlanPreview* preview_;
    QPointer<SessionScreen> session_;
    QPointer<WarRoom> wall_;
    QString plan_file_;
    bool owns_ = false; ///< the session is at work in this process
    bool rehearses_ = false;
    uint inhibited_ = 0; ///< the cookie of the screen saver
};

} // namespace sluice::screens
