#include "screens/wall_follower.h"

#include "story/chart_choice.h"
#include "story/format.h"

#include <utility>

namespace sluice::screens {

WallFollower::WallFollower(std::unique_ptr<story::FeedSource> source, std::function<bool()> owner_listens,
                           QObject* parent)
    : QObject(parent), source_(std::move(source)), display_(this), owner_(std::move(owner_listens)), tick_(this) {
    connect(&display_, &WallDisplay::closed, this, &WallFollower::closed);
    connect(&display_, &WallDisplay::chosen, this, &WallFollower::refresh);
    connect(source_.get(), &story::FeedSource::delivered, this, &WallFollower::take);
    connect(source_.get(), &story::FeedSource::failed, this, [this](const Error& error) {
        display_.show_trouble(QString::fromStdString(to_text(error)));
        emit failed(error);
    });
    connect(&owner_, &OwnerWatch::gone, this, [this] {
        if (!story_.empty()) {
            display_.show_trouble(tr("The program that ran this session has ended at %1; the session can be resumed. "
                                     "What is shown here is from then.")
                                      .arg(story::utc_time(story_.end())));
        }
    });
    tick_.callOnTimeout(this, [this] {
        if (dirty_) {
            refresh();
        }
    });
    tick_.start(100);
    source_->start();
}

WallFollower::~WallFollower() {
    disconnect(source_.get(), nullptr, this, nullptr);
}

void WallFollower::take(const story::DeliveryPtr& delivery) {
    story_.take(*delivery);
    story_.ended() ? owner_.rest() : owner_.heard();
    dirty_ = true;
    display_.show_trouble(delivery->trouble ? QString::fromStdString(to_text(*delivery->trouble)) : QString());
}

void WallFollower::ask_for_tiles(const QStringList& tiles) {
    asked_ = tiles;
    display_.ask_for(tiles);
}

void WallFollower::refresh() {
    dirty_ = false;
    if (story_.empty()) {
        return;
    }
    const auto moment = story_.latest(story_.ended() ? story::Mode::replay : story::Mode::following);
    display_.show_moment(moment);
    if (const auto known = story::check_choices_early(moment, std::exchange(asked_, {})); !known) {
        emit failed(known.error());
    }
}

} // namespace sluice::screens
