#pragma once
#include "panels/bookmark_actions.h"
#include "panels/scrubber_track.h"
#include "story/command_channel.h"

#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QWidget>
#include <optional>

namespace sluice::panels {

class LivePause;

/// Play, pause, speed, next and previous event, a typed time, bookmarks, a loop (design/replay.png).
///
/// Of a session that goes on and is looked at live, it is folded to its line. Whoever goes back sees all of it, a loud
/// "LIVE −02:31", the way back to now, and the pause of the release as it is now.
class Scrubber : public QWidget {
    Q_OBJECT
public:
    /// `commands` null: nothing here acts.
    Scrubber(session::TimeController& time, story::CommandChannel* commands, QWidget* parent = nullptr);

    /// With what is at the cursor now. Cheap when nothing has changed.
    /// `at`: the moment that the rest of the screen shows; without one, where the time stands now.
    void show_story(const story::Story& story, const QString& caption, std::optional<Nanos> at = {});
    void show_bookmarks(const session::Bookmarks& bookmarks);
    const session::Bookmarks& bookmarks() const { return bookmarks_->bookmarks(); }

    /// Something could not be done; told until the next deed.
    void tell(const QString& why);

    /// Space, ←/→, Ctrl+←/→, J K L, [ ], Home, End, M …
    QList<QAction*> actions_of_time() const { return actions_; }
    ScrubberTrack& track() { return *track_; }
    QLineEdit& clock() { return *clock_; }
    const QLabel& badge() const { return *badge_; }

signals:
    void moved();             ///< the cursor, or whether and how fast it moves, has changed
    void bookmarks_changed(); ///< they are to be kept

private:
    QAction* add(const QString& text, const QList<QKeySequence>& keys, std::function<void()> act);
    void lay_out();
    void make_actions();
    void make_steps();
    void make_play();
    void make_loop();
    void make_menu();
    void typed();
    void faster(double by);
    void play(double direction);
    void go(std::optional<Nanos> to, const QString& none);
    void set_folded(bool folded);
    void show_map();
    QString clock_of(Nanos time) const;

    session::TimeController& time_;
    const story::Story* story_ = nullptr;
    std::size_t events_ = 0;
    story::ScrubberMap map_;
    story::ScrubberView shown_;
    QString told_; ///< what could not be done
    QLabel* badge_;
    QLabel* caption_;
    QPushButton *back_, *play_, *forward_, *more_, *live_;
    LivePause* pause_ = nullptr;
    ScrubberTrack* track_;
    QLineEdit* clock_;
    QLabel* rest_;
    BookmarkActions* bookmarks_;
    QWidget *keys_, *left_, *right_;
    QList<QAction*> actions_;
};

} // namespace sluice::panels
