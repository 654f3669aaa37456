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

void TimeController::settle() {
    if (const Mode now = mode(); now != mode_) {
        anchor(cursor());
        mode_ = now;
    }
}

void TimeController::set_range(Nanos begin, Nanos end) {
    settle();
    const Nanos at = cursor();
    begin_ = begin;
    end_ = std::max(begin, end);
    if (mode_ != Mode::live) {
        anchor(at);
    }
}

// Whether playing on from the anchor runs into the loop's end, or past the loop.
bool TimeController::loops() const {
    return loop_ && (speed_ > 0 ? anchor_ <= loop_->to : anchor_ >= loop_->from);
}

// Where a time lies that was reached by playing on without the loop. Its ends themselves belong to it, so that turning
// round on one of them does not jump.
Nanos TimeController::looped(Nanos time) const {
    const std::int64_t length = (loop_->to - loop_->from).count;
    if (speed_ > 0) {
        return time <= loop_->to ? time : loop_->from + Nanos{(time - loop_->from).count % length};
    }
    return time >= loop_->from ? time : loop_->to - Nanos{(loop_->to - time).count % length};
}

Nanos TimeController::cursor() const {
    if (mode_ == Mode::live) {
        return end_;
    }
    if (mode_ == Mode::paused) {
        return clamped(anchor_);
    }
    // Saturates long before the sum with a time of this century could overflow.
    const double passed = std::clamp(static_cast<double>((clock_() - anchored_).count) * speed_, -4e18, 4e18);
    const Nanos now = anchor_ + Nanos{static_cast<std::int64_t>(passed)};
    return clamped(loops() ? looped(now) : now);
}

TimeController::Mode TimeController::mode() const {
    if (mode_ == Mode::playing && !loops()) {
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
    if (mode() == Mode::live && speed_ > 0) {
        return;
    }
    const Nanos at = cursor();
    if (speed_ > 0 && at >= end_) {
        anchor(loop_ ? loop_->from : begin_);
    } else if (speed_ < 0 && at <= begin_) {
        anchor(loop_ ? loop_->to : end_);
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
    settle();
    anchor(cursor());
    speed_ = std::copysign(std::clamp(std::abs(speed), slowest, fastest), speed);
}

void TimeController::seek(Nanos time) {
    const bool played = mode() == Mode::playing;
    anchor(time);
    mode_ = played ? Mode::playing : Mode::paused;
}

bool TimeController::set_loop(std::optional<Loop> loop) {
    if (loop) {
        loop = Loop{clamped(loop->from), clamped(loop->to)};
        if (loop->from >= loop->to) {
            return false;
        }
    }
    settle();
    anchor(cursor());
    loop_ = loop;
    return true;
}

bool TimeController::loop_from(Nanos time) {
    return set_loop(Loop{time, loop_ && loop_->to > time ? loop_->to : end_});
}

bool TimeController::loop_to(Nanos time) {
    return set_loop(Loop{loop_ && loop_->from < time ? loop_->from : begin_, time});
}

} // namespace sluice::session
