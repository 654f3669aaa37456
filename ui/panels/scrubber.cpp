#include "panels/scrubber.h"

#include "panels/live_pause.h"
#include "story/format.h"
#include "story/typed_time.h"
#include "theme/roles.h"
#include "theme/tokens.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace sluice::panels {

Scrubber::Scrubber(session::TimeController& time, story::CommandChannel* commands, QWidget* parent)
    : QWidget(parent), time_(time), badge_(new QLabel), caption_(new QLabel),
      back_(new QPushButton(QStringLiteral("|◂"))), play_(new QPushButton),
      forward_(new QPushButton(QStringLiteral("▸|"))), more_(new QPushButton(QStringLiteral("…"))),
      live_(new QPushButton(tr("Go live"))), pause_(commands ? new LivePause(*commands) : nullptr),
      track_(new ScrubberTrack), clock_(new QLineEdit), rest_(new QLabel),
      bookmarks_(new BookmarkActions(time, *this, [this](Nanos at) { return clock_of(at); })), keys_(new QWidget),
      left_(new QWidget), right_(new QWidget) {
    setObjectName("scrubber");
    setAutoFillBackground(true);
    theme::set_role(this, "bar");
    setAttribute(Qt::WA_StyledBackground);
    theme::set_role(badge_, "replay");
    theme::set_role(caption_, "dim");
    theme::set_role(rest_, "dim");
    theme::set_role(play_, "primary");
    back_->setAccessibleName(tr("Previous event"));
    play_->setAccessibleName(tr("Play or pause"));
    forward_->setAccessibleName(tr("Next event"));
    more_->setAccessibleName(tr("More of time: speed, bookmarks, loop"));
    more_->setToolTip(tr("Speed, bookmarks, loop, and their keys"));
    theme::set_role(live_, "primary");
    live_->hide();
    clock_->setAccessibleName(tr("Time; type one, for example T+00:42:13, and press Enter"));
    clock_->setToolTip(tr("Type a time and press Enter (Ctrl+G):\nT+00:42:13 or 42:13 since T0, 14:51:07 UTC"));
    clock_->setFont(theme::figure_font(16, QFont::Medium));
    clock_->setAlignment(Qt::AlignRight);
    clock_->setFixedWidth(164);
    // As wide as its longest words, so that nothing beside it moves when the speed changes.
    const QFontMetrics of_play(theme::text_font(13, QFont::DemiBold));
    play_->setMinimumWidth(of_play.horizontalAdvance(QStringLiteral("❚❚ −1000×")) + 30);
    rest_->setAlignment(Qt::AlignRight);
    rest_->setTextFormat(Qt::PlainText);
    rest_->setWordWrap(true);
    right_->setFixedWidth(300);
    for (auto* button : {play_, back_, forward_, more_, live_}) {
        button->setFocusPolicy(Qt::TabFocus);
        button->setAutoDefault(false);
    }
    lay_out();
    make_actions();
    connect(track_, &ScrubberTrack::asked, this, [this](Nanos to) {
        tell({});
        time_.seek(to);
        emit moved();
    });
    connect(clock_, &QLineEdit::returnPressed, this, &Scrubber::typed);
    connect(clock_, &QLineEdit::textEdited, this, [this] { tell({}); });
    connect(clock_, &QLineEdit::editingFinished, this, [this] {
        if (told_.isEmpty()) { // what was mistyped stays, to be mended
            clock_->setText(shown_.clock);
        }
    });
    connect(bookmarks_, &BookmarkActions::moved, this, [this] {
        tell({});
        emit moved();
    });
    connect(bookmarks_, &BookmarkActions::refused, this, &Scrubber::tell);
    connect(bookmarks_, &BookmarkActions::changed, this, [this] {
        tell({});
        events_ = 0;
        show_map();
        emit bookmarks_changed();
    });
    if (pause_) {
        connect(pause_, &LivePause::refused, this, &Scrubber::tell);
    }
}

void Scrubber::lay_out() {
    auto* keys = new QHBoxLayout(keys_);
    keys->setContentsMargins(0, 0, 0, 0);
    keys->setSpacing(8);
    for (QWidget* button : {back_, play_, forward_, more_}) {
        keys->addWidget(button);
    }
    keys->addStretch();
    auto* left = new QVBoxLayout(left_);
    left->setContentsMargins(0, 0, 0, 0);
    left->setSpacing(4);
    left->addWidget(badge_, 0, Qt::AlignLeft);
    left->addWidget(caption_);
    left->addWidget(keys_);
    auto* now = new QHBoxLayout;
    now->setSpacing(8);
    now->addStretch();
    if (pause_) {
        now->addWidget(pause_);
    }
    now->addWidget(live_);
    auto* right = new QVBoxLayout(right_);
    right->setContentsMargins(0, 0, 0, 0);
    right->setSpacing(2);
    right->addStretch();
    right->addWidget(clock_, 0, Qt::AlignRight);
    right->addWidget(rest_);
    right->addLayout(now);
    right->addStretch();
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 10, 16, 10);
    row->setSpacing(20);
    row->addWidget(left_);
    row->addWidget(track_, 1);
    row->addWidget(right_);
}

QString Scrubber::clock_of(Nanos time) const {
    const Nanos t0 = story_ ? story_->release().t0 : Nanos{};
    return t0.count != 0 ? story::t_clock(time, t0) : story::utc_time(time);
}

void Scrubber::typed() {
    const Nanos t0 = story_ ? story_->release().t0 : Nanos{};
    const auto time = story::typed_time(clock_->text(), {t0, time_.begin(), time_.end(), time_.cursor()});
    if (!time) {
        tell(QString::fromStdString(time.error().what + ": " + time.error().remedy));
        clock_->selectAll();
        return;
    }
    tell({});
    time_.seek(*time);
    track_->setFocus();
    emit moved();
}

void Scrubber::tell(const QString& why) {
    if (why == told_) {
        return;
    }
    told_ = why;
    theme::set_role(rest_, why.isEmpty() ? "dim" : "breach");
    rest_->setText(why.isEmpty() ? shown_.caption : QStringLiteral("✕ ") + why);
    rest_->setToolTip(why);
}

void Scrubber::set_folded(bool folded) {
    track_->set_folded(folded);
    for (QWidget* one : std::initializer_list<QWidget*>{caption_, keys_, right_}) {
        one->setVisible(!folded);
    }
    auto* row = layout();
    row->setContentsMargins(16, folded ? 3 : 10, 16, folded ? 3 : 10);
    // "LIVE" is how it should be; that one looks at the past while it goes on, or that nobody runs it, must not be
    // missed.
    const bool loud = shown_.lost || (!folded && shown_.behind);
    theme::set_role(badge_, loud ? "badge" : folded ? "section" : "replay");
    badge_->setMargin(loud && !folded ? 4 : 0);
    badge_->setIndent(loud ? 4 : 0);
}

void Scrubber::show_bookmarks(const session::Bookmarks& bookmarks) {
    bookmarks_->show_bookmarks(bookmarks);
    events_ = 0;
    show_map();
}

void Scrubber::show_map() {
    if (!story_) {
        return;
    }
    if (events_ != story_->entries().size()) {
        events_ = story_->entries().size();
        map_ = story::scrubber_map(*story_, bookmarks_->bookmarks());
    } else {
        story::stretch(map_, story_->end());
    }
    track_->set_map(map_);
}

void Scrubber::show_story(const story::Story& story, const QString& caption, std::optional<Nanos> at) {
    story_ = &story;
    const auto view = story::present_scrubber(story, time_, at);
    const bool fold = view.live;
    const bool other =
        view.live != shown_.live || view.behind != shown_.behind || view.lost != shown_.lost || shown_.badge.isEmpty();
    show_map();
    track_->set_cursor(view.cursor);
    track_->set_loop(time_.loop());
    if (pause_) {
        pause_->show_release(story.release(), view.behind);
    }
    if (caption_->text() != caption) {
        caption_->setText(caption);
    }
    if (view == shown_) {
        return;
    }
    shown_ = view;
    if (other) {
        set_folded(fold);
        live_->setVisible(view.behind);
    }
    badge_->setText(view.badge);
    play_->setText((view.playing ? QStringLiteral("❚❚ ") : QStringLiteral("▶ ")) + view.speed);
    if (!clock_->hasFocus()) {
        clock_->setText(view.clock);
    }
    if (told_.isEmpty()) {
        rest_->setText(view.caption);
    }
}

} // namespace sluice::panels
