#pragma once
#include "host/paths.h"
#include "screens/latest_answer.h"
#include "story/recent.h"

#include <QLabel>
#include <QPushButton>
#include <QWidget>
#include <functional>

class QAction;
class QVBoxLayout;

namespace sluice::screens {

class RecentList;

/// What one meets without a session: plans and sessions of before with what became of them, and how to begin.
class StartScreen : public QWidget {
    Q_OBJECT
public:
    explicit StartScreen(const host::Paths& paths, QWidget* parent = nullptr);

    /// Looks again, off the GUI thread; what was there stays on the screen until then.
    void refresh();

    const std::vector<story::RecentPlan>& plans() const { return found_.plans; }
    const std::vector<story::RecentSession>& sessions() const { return found_.sessions; }

signals:
    void open_asked();                        ///< choose a file
    void plan_chosen(const QString& file);    ///< show it before anything starts
    void plan_rehearsed(const QString& file); ///< rehearse it as it was filled in last
    void example_asked(const QString& file);  ///< the plan that came with the program
    void session_chosen(const QString& file);
    void refreshed();

private:
    struct Found {
        std::vector<story::RecentPlan> plans;
        std::vector<story::RecentSession> sessions;
        QString example; ///< empty = it did not come along
    };
    QAction* add(const QString& text, const QKeySequence& keys, std::function<void()> act);
    void make_actions();
    QWidget* build_empty();
    QWidget* panel(const QString& title, RecentList* list, QLabel* none, std::initializer_list<QPushButton*> buttons);
    void take(Found found);
    void show_choices(); ///< what can be done with what is chosen
    void open_plan();
    void open_session();
    void remove_chosen();

    host::Paths paths_;
    LatestAnswer<Found> asked_;
    Found found_;
    RecentList *plans_, *sessions_;
    QLabel *no_plans_, *no_sessions_;
    QWidget* empty_ = nullptr; ///< what teaches where nothing was opened yet
    QWidget* lists_ = nullptr;
    QPushButton *open_, *example_, *plan_open_, *plan_rehearse_, *plan_remove_, *session_open_, *session_remove_;
    QAction *example_action_ = nullptr, *rehearse_action_ = nullptr, *remove_action_ = nullptr;
};

/// The plan that came with the program: beside it in a checkout, or in its share folder. Looks at the disk.
QString example_plan(const QString& program_folder);

} // namespace sluice::screens
