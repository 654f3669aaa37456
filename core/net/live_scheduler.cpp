#include "net/live_scheduler.h"

#include <algorithm>
#include <ctime>

namespace sluice::net {
namespace {

constexpr Nanos longest_sleep = seconds(1); // so that a jump of the clock is noticed, and timers moved by it fire

Nanos read(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return seconds(time.tv_sec) + Nanos{time.tv_nsec};
}

} // namespace

Clocks machine_clocks() {
    return {[] { return read(CLOCK_REALTIME); }, [] { return read(CLOCK_MONOTONIC); },
            [] { return read(CLOCK_BOOTTIME); }};
}

LiveScheduler::LiveScheduler(Clocks clocks)
    : clocks_(std::move(clocks)), last_wall_(clocks_.wall()), last_running_(clocks_.running()), last_(last_wall_),
      last_asleep_(asleep(last_running_)) {
    timer_.setSingleShot(true);
    timer_.setTimerType(Qt::PreciseTimer);
    QObject::connect(&timer_, &QTimer::timeout, &context_, [this] { fire(); });
    arm();
}

Nanos LiveScheduler::asleep(Nanos running) const {
    return clocks_.booted ? clocks_.booted() - running : Nanos{};
}

Nanos LiveScheduler::now() const {
    const Nanos wall = clocks_.wall();
    const Nanos running = clocks_.running();
    const Nanos jump = (wall - last_wall_) - (running - last_running_);
    last_wall_ = wall;
    last_running_ = running;
    if (jump >= jump_threshold) {
        ahead_ = std::max(Nanos{}, ahead_ - jump);
        untold_jump_.by += jump;
        // The two clocks are read one after the other: what is shorter than a jump is no sleep.
        const Nanos slept = asleep(running) - last_asleep_;
        untold_jump_.slept += slept >= jump_threshold ? slept : Nanos{};
    } else if (jump <= -jump_threshold) {
        ahead_ += -jump;
        untold_jump_.by += jump;
    }
    last_asleep_ = asleep(running);
    last_ = std::max(last_, wall + ahead_);
    return last_;
}

TimerId LiveScheduler::at(Nanos when, Callback callback) {
    const std::uint64_t id = ++last_id_;
    timers_.emplace(std::pair{when, id}, std::move(callback));
    timer_due_.emplace(id, when);
    if (timers_.begin()->first.second == id) {
        arm();
    }
    return TimerId{id};
}

void LiveScheduler::cancel(TimerId timer) {
    const auto found = timer_due_.find(static_cast<std::uint64_t>(timer));
    if (found == timer_due_.end()) {
        return;
    }
    timers_.erase({found->second, found->first}); // an early wake-up costs less than arming anew
    timer_due_.erase(found);
}

void LiveScheduler::arm() {
    Nanos wait = longest_sleep;
    if (!timers_.empty()) {
        wait = std::clamp(timers_.begin()->first.first - now(), Nanos{}, longest_sleep);
    }
    timer_.start(static_cast<int>((wait.count + 999'999) / 1'000'000));
}

void LiveScheduler::tell_jump() {
    (void)now();
    if (untold_jump_.by != Nanos{}) {
        const ClockJump jump = std::exchange(untold_jump_, {});
        if (jumped_) {
            jumped_(jump);
        }
    }
}

void LiveScheduler::fire() {
    tell_jump();
    const Nanos time = now();
    // What these callbacks set for at once waits for the next turn of the loop, so that sockets are heard in between.
    const std::uint64_t newest = last_id_;
    for (auto next = timers_.begin(); next != timers_.end() && next->first.first <= time;) {
        if (next->first.second > newest) {
            ++next;
            continue;
        }
        auto due = timers_.extract(next);
        timer_due_.erase(due.key().second);
        due.mapped()();
        next = timers_.begin();
    }
    arm();
}

WorkId LiveScheduler::begin(std::string key) {
    const std::uint64_t id = ++last_id_;
    work_.emplace(id, std::move(key));
    return WorkId{id};
}

void LiveScheduler::finish(WorkId work, Callback deliver) {
    if (work_.erase(static_cast<std::uint64_t>(work)) == 1) {
        QMetaObject::invokeMethod(&context_, std::move(deliver), Qt::QueuedConnection);
    }
}

void LiveScheduler::abandon(WorkId work) {
    work_.erase(static_cast<std::uint64_t>(work));
}

} // namespace sluice::net
