#pragma once
#include "host/paths.h"
#include "screens/owner_watch.h"
#include "screens/wall_display.h"
#include "story/feed_source.h"
#include "story/story.h"

#include <QTimer>
#include <memory>

namespace sluice::screens {

/// `sluice --war-room SESSION`: a wall of its own, in a program of its own. It follows the file of a session that
/// another program runs, or stands at the end of one that is over; there is no way to act in it.
///
/// When the session's program has ended without closing it, the wall says so rather than showing old figures.
class WallFollower : public QObject {
    Q_OBJECT
public:
    /// `source` should have no way to act; it is started here. `owner_listens` is asked off the GUI thread.
    WallFollower(std::unique_ptr<story::FeedSource> source, std::function<bool()> owner_listens,
                 QObject* parent = nullptr);
    ~WallFollower() override;

    void open(QScreen& screen) { display_.open(screen); }
    /// METRIC or METRIC/ARM by tile (story/chart_choice.h); `failed` tells of one that the session does not have.
    void ask_for_tiles(const QStringList& tiles);
    WallDisplay& display() { return display_; }
    const story::Story& story() const { return story_; }

    void set_patience(int ms) { owner_.set_patience(ms); } ///< for tests

signals:
    void closed();                   ///< the wall was closed: nothing is left to do
    void failed(const Error& error); ///< the session can't be read at all

private:
    void take(const story::DeliveryPtr& delivery);
    void refresh();

    std::unique_ptr<story::FeedSource> source_;
    story::Story story_;
    WallDisplay display_;
    OwnerWatch owner_;
    QTimer tick_;
    bool dirty_ = false;
    QStringList asked_; ///< not checked yet
};

} // namespace sluice::screens
