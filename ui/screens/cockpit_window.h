#pragma once
#include "host/policy_file.h"
#include "host/rehearsal.h"
#include "screens/desktop_scheme.h"
#include "screens/file_found.h"
#include "screens/latest_answer.h"
#include "screens/session_screen.h"
#include "screens/wall_display.h"
#include "screens/watchdog.h"

#include <QMainWindow>
#include <QPointer>
#include <QStackedWidget>
#include <memory>
#include <optional>
#include <vector>

namespace sluice::story {
class FeedSource;
}

namespace sluice::screens {

class HelpWindow;
class PeopleDialog;
class PlanPreview;
class LagDialog;
class SourceDialog;
class StartScreen;

/// The one window: start, a plan before it starts, a session. What is common to all of them: menu keys, themes, war
/// room, help, leaving safely.
class CockpitWindow : public QMainWindow {
    Q_OBJECT
public:
    /// `people`: read, with the policy, at each start of a session, so that a change of the policy holds from then on
    /// and a broken one hinders no replay. Nothing = as `defaults` has them.
    CockpitWindow(host::StartOptions defaults, std::optional<host::PeopleAsked> people = {}, QWidget* parent = nullptr);
    ~CockpitWindow() override;

    void open(const QString& file); ///< a plan or a session, told apart by what is in it, off the GUI thread
    void show_plan(const QString& file);
    void rehearse(const host::RehearsalOptions& options);
    void show_session(std::unique_ptr<story::FeedSource> source);
    /// METRIC or METRIC/ARM by place, for the next session that is shown, instead of what was chosen for its plan
    /// before; kept only once somebody chooses. What the session does not have is told.
    void ask_for_charts(const QStringList& charts) { charts_asked_ = charts; }
    void enter_war_room(); ///< on the screen that was chosen last, else on another than ours; or leaves it
    void show_help(const QString& page = {});
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
    void take(const QString& file, const FileFound& found);
    void show_start();
    void rehearse_plan(const QString& file, const plan::Scope& values, double speed);
    void rehearse_again(const QString& file); ///< as it was filled in last; else it is shown
    void run_plan();
    void offer_to_go_on(const story::RecentSession& session);
    void resume(const QString& file);
    void look_at_session(const story::RecentSession& session);
    bool may_leave(); ///< asks where a session is at work
    void keep_looks();
    void apply_scheme();
    void set_scheme(const QString& wanted); ///< dark | light | system
    void update_title();
    QString plan_id() const;
    void choose_charts();
    void choose_screen_of_wall();
    void show_keys();
    void show_session_sheet();
    void amend_plan();
    void show_people();
    void follow_people(); ///< the dialog shows what is, while there is something to do in it
    void show_sources();
    void follow_sources(); ///< the page shows the moment that is looked at
    void show_lag();
    void show_lag_of(const QString& metric); ///< at its group and topic
    void follow_lag();                       ///< likewise
    void offer_actions();                    ///< only what can be done now is among the keys
    void show_palette();
    void show_about();
    bool owns_running() const;

    /// With the people that were asked for, and the policy as it is now: read off this thread. Tells what hinders; then
    /// nothing begins.
    void begin_with(std::function<void(host::StartOptions)> begin);
    release::Actor who_comes() const; ///< to a session that exists
    host::StartOptions defaults_;
    std::optional<host::PeopleAsked> people_asked_;
    DesktopScheme desktop_;
    Watchdog watchdog_;
    QStackedWidget* stack_;
    StartScreen* start_ = nullptr;
    PlanPreview* preview_ = nullptr;
    QPointer<SessionScreen> session_;
    QPointer<HelpWindow> help_;
    QPointer<PeopleDialog> people_;
    QPointer<SourceDialog> sources_;
    QPointer<LagDialog> lag_;
    WallDisplay wall_;
    LatestAnswer<FileFound> asked_;
    LatestAnswer<Result<host::StartOptions>> to_begin_;
    LatestAnswer<story::RecentSession> asked_before_;
    bool owns_ = false; ///< the session is at work in this process
    bool rehearses_ = false;
    QStringList charts_asked_;
    bool offered_ = false; ///< to take up what is followed, whose program is gone
    QAction *sheet_action_ = nullptr, *amend_action_ = nullptr, *people_action_ = nullptr;
    std::vector<QAction*> speed_actions_, session_actions_;
};

} // namespace sluice::screens
