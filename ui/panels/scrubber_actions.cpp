#include "panels/scrubber.h"

#include <QMenu>
#include <algorithm>
#include <cmath>

namespace sluice::panels {
namespace {

constexpr double speeds[] = {0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 60, 120, 300, 600, 1000};

} // namespace

QAction* Scrubber::add(const QString& text, const QList<QKeySequence>& keys, std::function<void()> act) {
    auto* action = new QAction(text, this);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WindowShortcut);
    connect(action, &QAction::triggered, this, [this, act = std::move(act)] {
        tell({});
        act();
        emit moved();
    });
    addAction(action);
    actions_ << action;
    return action;
}

void Scrubber::go(std::optional<Nanos> to, const QString& none) {
    if (to) {
        time_.seek(*to);
    } else {
        tell(none);
    }
}

void Scrubber::make_actions() {
    make_play();
    make_steps();
    make_loop();
    actions_ << bookmarks_->actions();
    make_menu();
}

void Scrubber::play(double direction) {
    const double speed = time_.speed();
    const bool same = speed * direction > 0 && time_.mode() == session::TimeController::Mode::playing;
    time_.set_speed(std::copysign(speed, direction));
    if (same) { // once more is faster, as on a video desk
        faster(2);
    }
    time_.play();
}

void Scrubber::make_play() {
    auto* toggle = add(tr("Play or pause"), {Qt::Key_Space}, [this] { time_.toggle(); });
    add(tr("Pause where it stands"), {Qt::Key_K}, [this] { time_.pause(); });
    add(tr("Play backwards; again: faster"), {Qt::Key_J}, [this] { play(-1); });
    add(tr("Play forwards; again: faster"), {Qt::Key_L}, [this] { play(1); });
    add(tr("Slower"), {Qt::Key_Less, Qt::CTRL | Qt::Key_Down}, [this] { faster(0.5); });
    add(tr("Faster"), {Qt::Key_Greater, Qt::CTRL | Qt::Key_Up}, [this] { faster(2); });
    connect(play_, &QPushButton::clicked, toggle, &QAction::trigger);
    play_->setToolTip(tr("Play or pause (Space); slower <, faster >; backwards J"));
}

void Scrubber::make_steps() {
    const auto by = [this](Nanos length) { return [this, length] { time_.move(length); }; };
    add(tr("1 s back"), {Qt::Key_Left}, by(seconds(-1)));
    add(tr("1 s forward"), {Qt::Key_Right}, by(seconds(1)));
    add(tr("10 s back"), {Qt::SHIFT | Qt::Key_Left}, by(seconds(-10)));
    add(tr("10 s forward"), {Qt::SHIFT | Qt::Key_Right}, by(seconds(10)));
    auto* back = add(tr("Previous event"), {Qt::CTRL | Qt::Key_Left}, [this] {
        go(story_ ? story::previous_event(*story_, story::going_back_from(time_)) : std::nullopt,
           tr("no event before this moment"));
    });
    auto* forward = add(tr("Next event"), {Qt::CTRL | Qt::Key_Right}, [this] {
        go(story_ ? story::next_event(*story_, time_.cursor()) : std::nullopt, tr("no event after this moment"));
    });
    add(tr("To the begin"), {Qt::Key_Home, Qt::CTRL | Qt::Key_Home}, [this] { time_.seek(time_.begin()); });
    auto* end = add(tr("Go live, or to the end"), {Qt::Key_End, Qt::CTRL | Qt::Key_End}, [this] { time_.go_live(); });
    add(tr("Go to a time…"), {Qt::CTRL | Qt::Key_G}, [this] {
        if (track_->folded()) {
            time_.pause(); // there is a field to type in, and the moment stays while one types
            emit moved();
        }
        clock_->setFocus(Qt::ShortcutFocusReason);
        clock_->selectAll();
    });
    connect(back_, &QPushButton::clicked, back, &QAction::trigger);
    connect(forward_, &QPushButton::clicked, forward, &QAction::trigger);
    connect(live_, &QPushButton::clicked, end, &QAction::trigger);
    back_->setToolTip(tr("Previous event (Ctrl+←)"));
    forward_->setToolTip(tr("Next event (Ctrl+→)"));
    live_->setToolTip(tr("What is now, as it was looked at before (End)"));
}

void Scrubber::make_loop() {
    const auto told = [this](bool done) {
        if (!done) {
            tell(tr("a loop needs a length: move first"));
        }
    };
    add(tr("Loop begins here"), {Qt::Key_BracketLeft}, [this, told] { told(time_.loop_from(time_.cursor())); });
    add(tr("Loop ends here"), {Qt::Key_BracketRight}, [this, told] { told(time_.loop_to(time_.cursor())); });
    add(tr("No loop"), {Qt::SHIFT | Qt::Key_BracketRight, Qt::Key_BraceRight, Qt::Key_Backslash},
        [this] { time_.set_loop({}); });
}

// Everything for whoever has a mouse and doesn't know the keys.
void Scrubber::make_menu() {
    auto* menu = new QMenu(more_);
    menu->setAccessibleName(tr("Speed, bookmarks, loop"));
    auto* fast = menu->addMenu(tr("Speed"));
    for (const double speed : speeds) {
        connect(fast->addAction(story::speed_text(speed)), &QAction::triggered, this, [this, speed] {
            time_.set_speed(std::copysign(speed, time_.speed()));
            emit moved();
        });
    }
    menu->addActions(actions_);
    more_->setMenu(menu);
}

void Scrubber::faster(double by) {
    const double now = std::abs(time_.speed());
    double wanted = now;
    if (by > 1) {
        const auto* next = std::upper_bound(std::begin(speeds), std::end(speeds), now * 1.0001);
        wanted = next == std::end(speeds) ? now : *next;
    } else {
        const auto* here = std::lower_bound(std::begin(speeds), std::end(speeds), now * 0.9999);
        wanted = here == std::begin(speeds) ? now : *std::prev(here);
    }
    time_.set_speed(std::copysign(wanted, time_.speed()));
}

} // namespace sluice::panels
