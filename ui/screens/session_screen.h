#pragma once
#include "charts/time_view.h"
#include "screens/chart_feed.h"
#include "screens/owner_watch.h"
#include "session/time_controller.h"
#include "story/feed_source.h"
#include "story/story.h"

#include <QSet>
#include <QStringList>
#include <QTimer>
#include <QWidget>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

class QSplitter;

namespace sluice::charts {
class ChartGrid;
}
namespace sluice::panels {
class AuditTable;
class PlanList;
class Scrubber;
class StepCard;
class TopBar;
class TrafficPanel;
} // namespace sluice::panels

namespace sluice::screens {

class BookmarkKeeper;
class MiddleColumn;
class RehearsalStrip;

/// The cockpit: one session, live, followed or replayed. Owns the feed and the story; no panel asks where they come
/// from. Everything that the panels show is made anew from the moment at most ten times a second (sixty while a replay
/// plays), and only what changed is drawn.
///
/// While a session is at work one can look at its past: recording and engine go on. What is shown is the past then, and
/// can't be acted on: the card offers nothing and traffic can't be moved, since what they would say was for then. Two
/// things stay, and act on the release as it is now: the rollback button, and the pause beside the loud "LIVE −02:31"
/// (panels/live_pause.h). End, or "Go live", comes back to what was looked at before.
class SessionScreen : public QWidget {
    Q_OBJECT
public:
    /// `source` is started here.
    explicit SessionScreen(std::unique_ptr<story::FeedSource> source, QWidget* parent = nullptr);
    ~SessionScreen() override;

    const story::Story& story() const { return story_; }
    story::FeedSource& source() { return *source_; }
    session::TimeController& time() { return time_; }
    story::CommandChannel* commands() const { return commands_; } ///< null: there is no way to act
    bool acts() const { return commands_ != nullptr; }            ///< there is a way to act, and the session goes on
    story::Moment moment();
    /// What others than the one at this desk are to see: the newest, whatever he looks at; in a replay what he looks
    /// at.
    story::Moment for_the_wall();
    story::Moment of_now() const { return story_.latest(mode()); } ///< the newest, whatever is looked at
    void refresh();                                                ///< at once
    void pick(const plan::StepId& step);                           ///< its card, as a person picks it in the plan

    /// Bookmarks of the session are kept below the user's state (host/paths.h); else they end with this.
    void keep_bookmarks_in(const std::filesystem::path& state);
    /// Under which they are kept: rehearsals of one plan and seed have one id, so where the file lies is part of it.
    std::string bookmarks_name() const;

    /// The metrics that were chosen for the charts, by place; empty where nobody has chosen. To be kept, and given
    /// again to another session of the plan: what it does not have is not shown.
    QStringList chart_metrics() const { return chart_feed_.chosen(); }
    void set_chart_metrics(const QStringList& metrics);
    /// Of a session that another program runs: whether that one is still there (OwnerWatch::gone).
    OwnerWatch& watch_owner(std::function<bool()> listens);
    OwnerWatch* owner() const { return owner_.get(); } ///< null: nobody is watched

    RehearsalStrip* rehearsal() const { return rehearsal_; }

    QByteArray layout() const;
    void restore_layout(const QByteArray& layout);

signals:
    void changed();                     ///< something new is shown: for the window's title
    void failed(const QString& reason); ///< the session could not be opened or read
    void ended();                       ///< nothing follows
    void first_painted();               ///< once: there is a session on the screen
    void chart_metrics_changed();       ///< somebody has chosen
    void people_asked();                ///< who leads was pressed
    void sources_asked();               ///< the ages of the sources were
    /// A chart of a lag was asked for its parts.
    void lag_asked(const QString& metric);

protected:
    bool event(QEvent* event) override; ///< keys that the control with the focus needs for itself
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
    void connect_lasting();
    void connect_bookmarks();
    void remember_look();
    QString file_words(); ///< its name, and of one that is over whether it is as it was written
    bool looks_back() const;
    void take(const story::DeliveryPtr& delivery);
    void become_replay();
    story::Mode mode() const;
    void set_pace();
    void show_span(Nanos now);
    void give_room();

    std::unique_ptr<story::FeedSource> source_;
    story::CommandChannel* commands_;
    story::Story story_;
    session::TimeController time_;
    ChartFeed chart_feed_;
    charts::TimeView view_{this}; // a child, so that its keys are listed
    QTimer tick_;
    bool dirty_ = true;
    QString proof_; ///< of the file as it was with so many entries
    std::size_t proven_entries_ = 0;
    bool painted_ = false;
    std::unique_ptr<OwnerWatch> owner_;      ///< null: this program runs it, or nobody does
    std::unique_ptr<BookmarkKeeper> keeper_; ///< null: bookmarks are not kept

    /// What was looked at when somebody went back from live.
    struct Before {
        charts::TimeView::Look charts;
        std::string step;
    };
    std::optional<Before> before_;

    QWidget* body_ = nullptr;
    panels::TopBar* top_ = nullptr;
    panels::PlanList* plan_ = nullptr;
    panels::StepCard* card_ = nullptr;
    panels::TrafficPanel* traffic_ = nullptr;
    panels::AuditTable* audit_ = nullptr;
    panels::Scrubber* scrubber_ = nullptr;
    RehearsalStrip* rehearsal_ = nullptr; ///< null where there is no speed to set
    charts::ChartGrid* charts_ = nullptr;
    MiddleColumn* middle_ = nullptr;
    QSplitter* columns_ = nullptr;
    QSplitter* rows_ = nullptr;
    QSet<QSplitter*> moved_; ///< by a person
};

} // namespace sluice::screens
