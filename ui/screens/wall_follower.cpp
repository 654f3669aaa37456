#include "screens/wall_follower.h"

#include "story/format.h"

namespace sluice::screens {

WallFollower::WallFollower(std::unique_ptr<story::FeedSource> source, std::function<bool()> owner_listens,
                           QObject* parent)
    : QObject(parent), source_(std::move(source)), owner_listens_(std::move(owner_listens)), display_(this),
      tick_(this) {
    connect(&display_, &WallDisplay::closed, this, &WallFollower::closed);
    connect(source_.get(), &story::FeedSource::delivered, this, &WallFollower::take);
    connect(source_.get(), &story::FeedSource::failed, this, [this](const Error& error) {
        display_.show_trouble(QString::fromStdString(to_text(error)));
        emit failed(error);
    });
    tick_.callOnTimeout(this, [this] {
        if (dirty_) {
            refresh();
        }
        if (!story_.ended() && !story_.empty() && heard_.elapsed() > patience_ms_) {
            ask_for_owner();
        }
    });
    tick_.start(100);
    heard_.start();
    source_->start();
}

WallFollower::~WallFollower() {
    disconnect(source_.get(), nullptr, this, nullptr);
}

void WallFollower::take(const story::DeliveryPtr& delivery) {
    story_.take(*delivery);
    heard_.restart();
    dirty_ = true;
    display_.show_trouble(delivery->trouble ? QString::fromStdString(to_text(*delivery->trouble)) : QString());
}

void WallFollower::refresh() {
    dirty_ = false;
    if (!story_.empty()) {
        display_.show_moment(story_.latest(story_.ended() ? story::Mode::replay : story::Mode::following));
    }
}

// Quiet is no trouble by itself: a person may be awaited, and nothing measured.
void WallFollower::ask_for_owner() {
    heard_.restart();
    asked_.ask(owner_listens_, [this](bool listens) {
        if (!listens && !story_.ended()) {
            display_.show_trouble(tr("The program that ran this session has ended at %1; the session can be resumed. "
                                     "What is shown here is "
                                     "from then.")
                                      .arg(story::utc_time(story_.end())));
        }
    });
}

} // namespace sluice::screens
