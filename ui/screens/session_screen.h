#pragma once
#include "charts/time_view.h"
#include "screens/chart_feed.h"
#include "session/time_controller.h"
#include "story/feed_source.h"
#include "story/story.h"

#include <QSet>
#include <QTimer>
#include <QWidget>
#include <memory>

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

class MiddleColumn;
class RehearsalStrip;

/// The cockpit: one session, live, followed or replayed. Owns the feed and the story; no panel asks where they come
/// from. Everything that the panels show is made anew from the moment at most ten times a second (sixty while a replay
/// plays), and only what changed is drawn.
class SessionScreen : public QWidget {
    Q_OBJECT
public:
    /// `source` is started here.
    explicit SessionScreen(std::unique_ptr<story::FeedSource> source, QWidget* parent = nullptr);
    ~SessionScreen() override;

    const story::Story& story() const { return story_; }
    story::FeedSource& source() { return *source_; }
    session::TimeController& time() { return time_; }
    bool acts() const { return commands_ != nullptr; } ///< there is a way to act, and the session goes on
    story::Moment moment();
    void refresh(); ///< at once
    RehearsalStrip* rehearsal() const { return rehearsal_; }

    QByteArray layout() const;
    void restore_layout(const QByteArray& layout);

signals:
    void changed();                     ///< something new is shown: for the window's title
    void failed(const QString& reason); ///< the session could not be opened or read
    void ended();                       ///< nothing follows

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
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
    charts::TimeView view_;
    QTimer tick_;
    bool dirty_ = true;
    Nanos followed_; ///< how much of the end the charts show by themselves

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
