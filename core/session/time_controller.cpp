#include "session/time_controller.h"

#include <algorithm>
#include <cmath>

namespace sluice::session {

Nanos TimeController::clamped(Nanos time) const {
    return std::clamp(time, begin_, std::max(begin_, end_));
}

void TimeController::anchor(Nanos at) {
    anchor_ = clamped(at);
    anchored_ = clock_();
}

void TimeController::set_range(Nanos begin, Nanos end) {
    const Nanos at = cursor();
    begin_ = begin;
    end_ = std::max(begin, end);
    if (mode_ != Mode::live) {
        anchor(at);
    }
}

Nanos TimeController::cursor() const {
    if (mode_ == Mode::live) {
        return end_;
    }
    if (mode_ == Mode::paused) {
        return clamped(anchor_);
    }
    // Saturates long before it could overflow: a day at a thousand times.
    const double passed = std::clamp(static_cast<double>((clock_() - anchored_).count) * speed_, -4e18, 4e18);
    const double at = std::clamp(static_cast<double>(anchor_.count) + passed, -9e18, 9e18);
    Nanos now = anchor_ + Nanos{static_cast<std::int64_t>(passed)};
    if (std::abs(at) >= 9e18) {
        now = passed > 0 ? end_ : begin_;
    }
    if (loop_ && loop_->second > loop_->first && anchor_ >= loop_->first && anchor_ <= loop_->second) {
        const std::int64_t length = (loop_->second - loop_->first).count;
        std::int64_t into = (now - loop_->first).count % length;
        into += into < 0 ? length : 0;
        return clamped(loop_->first + Nanos{into});
    }
    return clamped(now);
}

TimeController::Mode TimeController::mode() const {
    if (mode_ == Mode::playing && !loop_) {
        const Nanos at = cursor();
        if (speed_ > 0 && at >= end_) {
            return over_ ? Mode::paused : Mode::live; // it has caught up
        }
        if (speed_ < 0 && at <= begin_) {
            return Mode::paused;
        }
    }
    return mode_ == Mode::live && over_ ? Mode::paused : mode_;
}

void TimeController::play() {
    const Nanos at = cursor();
    if (speed_ > 0 && at >= end_) {
        anchor(begin_);
    } else if (speed_ < 0 && at <= begin_) {
        anchor(end_);
    } else {
        anchor(at);
    }
    mode_ = Mode::playing;
}

void TimeController::pause() {
    anchor(cursor());
    mode_ = Mode::paused;
}

void TimeController::go_live() {
    anchor(end_);
    mode_ = over_ ? Mode::paused : Mode::live;
}

void TimeController::set_speed(double speed) {
    if (speed == 0 || std::isnan(speed)) {
        return;
    }
    anchor(cursor());
    speed_ = std::copysign(std::clamp(std::abs(speed), slowest, fastest), speed);
}

void TimeController::seek(Nanos time) {
    const bool played = mode() == Mode::playing;
    anchor(time);
    mode_ = played ? Mode::playing : Mode::paused;
}

void TimeController::set_loop(std::optional<std::pair<Nanos, Nanos>> loop) {
    anchor(cursor());
    loop_ = std::move(loop);
}

} // namespace sluice::session
