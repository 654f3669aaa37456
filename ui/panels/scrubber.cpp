#include "panels/scrubber.h"

#include "base/instant.h"
#include "story/format.h"
#include "theme/roles.h"
#include "theme/tokens.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <cmath>

namespace sluice::panels {
namespace {

constexpr double speeds[] = {0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 60, 120, 300, 600, 1000};

} // namespace

Scrubber::Scrubber(session::TimeController& time, QWidget* parent)
    : QWidget(parent), time_(time), badge_(new QLabel), caption_(new QLabel),
      back_(new QPushButton(QStringLiteral("|◂"))), play_(new QPushButton),
      forward_(new QPushButton(QStringLiteral("▸|"))), track_(new ScrubberTrack), clock_(new QLineEdit),
      rest_(new QLabel) {
    setObjectName("scrubber");
    setAutoFillBackground(true);
    theme::set_role(this, "bar");
    setAttribute(Qt::WA_StyledBackground);
    theme::set_role(badge_, "warn");
    badge_->setFont(theme::text_font(14, QFont::DemiBold));
    theme::set_role(caption_, "dim");
    theme::set_role(rest_, "dim");
    theme::set_role(play_, "primary");
    back_->setAccessibleName(tr("Previous event"));
    play_->setAccessibleName(tr("Play or pause"));
    forward_->setAccessibleName(tr("Next event"));
    clock_->setAccessibleName(tr("Time; type one, for example T+00:42:13, and press Enter"));
    clock_->setFont(theme::figure_font(16, QFont::Medium));
    clock_->setAlignment(Qt::AlignRight);
    clock_->setFixedWidth(164);
    rest_->setAlignment(Qt::AlignRight);

    auto* keys = new QHBoxLayout;
    keys->setSpacing(8);
    keys->addWidget(back_);
    keys->addWidget(play_);
    keys->addWidget(forward_);
    keys->addStretch();
    auto* left = new QVBoxLayout;
    left->setSpacing(4);
    left->addWidget(badge_);
    left->addWidget(caption_);
    left->addLayout(keys);
    auto* right = new QVBoxLayout;
    right->setSpacing(2);
    right->addStretch();
    right->addWidget(clock_, 0, Qt::AlignRight);
    right->addWidget(rest_);
    right->addStretch();
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 10, 16, 10);
    row->setSpacing(20);
    row->addLayout(left);
    row->addWidget(track_, 1);
    row->addLayout(right);

    make_actions();
    connect(track_, &ScrubberTrack::asked, this, [this](Nanos to) {
        time_.seek(to);
        emit moved();
    });
    connect(clock_, &QLineEdit::returnPressed, this, &Scrubber::typed);
    connect(clock_, &QLineEdit::editingFinished, this, [this] { clock_->setText(shown_.clock); });
}

QAction* Scrubber::add(const QString& text, const QList<QKeySequence>& keys, std::function<void()> act) {
    auto* action = new QAction(text, this);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WindowShortcut);
    connect(action, &QAction::triggered, this, [this, act = std::move(act)] {
        act();
        emit moved();
    });
    addAction(action);
    actions_ << action;
    return action;
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

void Scrubber::make_actions() {
    const auto to = [this](std::optional<Nanos> time) {
        if (time) {
            time_.seek(*time);
        }
    };
    auto* play = add(tr("Play or pause"), {Qt::Key_Space, Qt::Key_K}, [this] { time_.toggle(); });
    auto* back = add(tr("Previous event"), {Qt::CTRL | Qt::Key_Left},
                     [this, to] { to(story_ ? story::previous_event(*story_, time_.cursor()) : std::nullopt); });
    auto* forward = add(tr("Next event"), {Qt::CTRL | Qt::Key_Right},
                        [this, to] { to(story_ ? story::next_event(*story_, time_.cursor()) : std::nullopt); });
    add(tr("Play backwards"), {Qt::Key_J}, [this] {
        time_.set_speed(-std::abs(time_.speed()));
        time_.play();
    });
    add(tr("Play forwards"), {Qt::Key_L}, [this] {
        time_.set_speed(std::abs(time_.speed()));
        time_.play();
    });
    add(tr("Slower"), {Qt::Key_Less, Qt::CTRL | Qt::Key_Down}, [this] { faster(0.5); });
    add(tr("Faster"), {Qt::Key_Greater, Qt::CTRL | Qt::Key_Up}, [this] { faster(2); });
    add(tr("Back to live, or to the end"), {Qt::CTRL | Qt::Key_End}, [this] { time_.go_live(); });
    add(tr("Loop begins here"), {Qt::Key_BracketLeft}, [this] {
        const auto loop = time_.loop();
        time_.set_loop(std::pair(time_.cursor(), loop ? std::max(loop->second, time_.cursor()) : time_.end()));
    });
    add(tr("Loop ends here"), {Qt::Key_BracketRight}, [this] {
        const auto loop = time_.loop();
        time_.set_loop(std::pair(loop ? std::min(loop->first, time_.cursor()) : time_.begin(), time_.cursor()));
    });
    add(tr("No loop"), {Qt::SHIFT | Qt::Key_BracketRight, Qt::Key_BraceRight}, [this] { time_.set_loop({}); });
    connect(play_, &QPushButton::clicked, play, &QAction::trigger);
    connect(back_, &QPushButton::clicked, back, &QAction::trigger);
    connect(forward_, &QPushButton::clicked, forward, &QAction::trigger);
    for (auto* button : {play_, back_, forward_}) {
        button->setFocusPolicy(Qt::TabFocus);
    }
    back_->setToolTip(tr("Previous event (Ctrl+←)"));
    forward_->setToolTip(tr("Next event (Ctrl+→)"));
    play_->setToolTip(tr("Play or pause (Space); slower < faster >; backwards J"));
}

void Scrubber::typed() {
    const Nanos origin = story_ && story_->release().t0.count != 0 ? story_->release().t0 : time_.begin();
    QString text = clock_->text().trimmed();
    text.replace(QChar(0x2212), '-');
    if (!text.startsWith('T') && !text.contains('T')) {
        text.prepend("T+"); // "00:42:13"
    }
    if (text.count(':') == 1) {
        text.insert(2, "00:"); // "42:13"
    }
    const auto time = parse_instant(text.toStdString(), origin);
    if (!time) {
        rest_->setText(QString::fromStdString(time.error().remedy));
        return;
    }
    time_.seek(*time);
    track_->setFocus();
    emit moved();
}

void Scrubber::show_story(const story::Story& story, const QString& caption) {
    story_ = &story;
    if (events_ != story.entries().size() || !story.ended()) {
        events_ = story.entries().size();
        track_->set_map(story::scrubber_map(story));
    }
    const auto view = story::present_scrubber(story, time_);
    track_->set_cursor(view.cursor);
    if (caption_->text() != caption) {
        caption_->setText(caption);
    }
    if (view == shown_) {
        return;
    }
    shown_ = view;
    badge_->setText(view.badge);
    play_->setText((view.playing ? QStringLiteral("❚❚ ") : QStringLiteral("▶ ")) + view.speed);
    if (!clock_->hasFocus()) {
        clock_->setText(view.clock);
    }
    rest_->setText(view.caption);
}

} // namespace sluice::panels
