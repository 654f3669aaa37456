#include "net/virtual_driver.h"

#include <QAbstractEventDispatcher>
#include <QEventLoop>
#include <algorithm>
#include <cmath>

namespace sluice::net {
namespace {

constexpr int longest_tick = 5;         // milliseconds before the loop of the caller gets its turn
constexpr int most_rounds = 200;        // of draining; only something that never rests gets there
constexpr int real_time_interval = 100; // milliseconds between two movements of the clock in real time
constexpr double catch_up = 0.25;       // real seconds

} // namespace

VirtualDriver::VirtualDriver(VirtualScheduler& scheduler)
    : scheduler_(scheduler), dispatcher_(QAbstractEventDispatcher::instance()) {
    Q_ASSERT(dispatcher_);
    tick_.setSingleShot(true);
    tick_.setTimerType(Qt::PreciseTimer);
    QObject::connect(&tick_, &QTimer::timeout, &context_, [this] { tick(); });
    // aboutToBlock: a loop that waits is about to sleep. awake: a round of a loop that does not wait (processEvents).
    QObject::connect(dispatcher_, &QAbstractEventDispatcher::aboutToBlock, &context_, [this] { arm(); });
    QObject::connect(dispatcher_, &QAbstractEventDispatcher::awake, &context_, [this] { arm(); });
}

VirtualDriver::~VirtualDriver() {
    Q_ASSERT(!in_tick_);
}

void VirtualDriver::start() {
    running_ = true;
    anchor();
    arm();
}

void VirtualDriver::stop() {
    running_ = false;
    tick_.stop();
}

void VirtualDriver::set_speed(double speed) {
    speed_ = std::max(0.0, speed);
    anchor();
    tick_.stop();
    arm();
}

void VirtualDriver::real_time(bool on) {
    if (on == real_time_) {
        return;
    }
    real_time_ = on;
    anchor();
    tick_.stop();
    arm();
}

void VirtualDriver::anchor() {
    anchor_ = scheduler_.now();
    since_anchor_.start();
}

Nanos VirtualDriver::allowed() const {
    if (pace() == 0) {
        return {INT64_MAX};
    }
    const double ahead = static_cast<double>(since_anchor_.nsecsElapsed()) * pace();
    return anchor_ + Nanos{static_cast<std::int64_t>(std::min(ahead, 4e18 - static_cast<double>(anchor_.count)))};
}

int VirtualDriver::wait() const {
    if (scheduler_.in_flight()) {
        return nothing_to_do;
    }
    if (scheduler_.has_answers()) {
        return 0;
    }
    const Nanos next = scheduler_.next_timer();
    const Nanos limit = allowed();
    if (next == Nanos{INT64_MAX}) {
        return real_time_ ? real_time_interval : nothing_to_do;
    }
    if (next <= limit) {
        return 0;
    }
    const double milliseconds = std::ceil((next - limit).seconds() * 1000 / pace());
    return static_cast<int>(std::min(milliseconds, real_time_ ? double{real_time_interval} : 60'000.0));
}

void VirtualDriver::arm() {
    if (!running_ || in_tick_) {
        return;
    }
    const int delay = wait();
    if (delay == nothing_to_do) {
        tick_.stop();
    } else if (!tick_.isActive() || tick_.remainingTime() > delay) {
        tick_.start(delay);
    }
}

void VirtualDriver::drain() {
    // Within the tick, because only what processEvents returns tells that the loop has nothing left.
    for (int round = 0; round < most_rounds && dispatcher_->processEvents(QEventLoop::AllEvents); ++round) {
    }
}

void VirtualDriver::tick() {
    in_tick_ = true;
    QElapsedTimer spent;
    spent.start();
    do {
        drain();
        if (!running_ || scheduler_.in_flight()) {
            break;
        }
        const Nanos before = scheduler_.now();
        const Nanos limit = allowed();
        if (!scheduler_.step(limit)) {
            if (real_time_) {
                scheduler_.run_until(limit);
            }
            break;
        }
        if (pace() > 0 && scheduler_.now() != before && (limit - scheduler_.now()).seconds() > catch_up * pace()) {
            anchor();
        }
    } while (running_ && !(until_ && (*until_)()) && spent.elapsed() < longest_tick);
    in_tick_ = false;
    arm();
}

bool VirtualDriver::run_until(const std::function<bool()>& done, std::chrono::milliseconds ceiling) {
    const bool was_running = running_;
    if (!was_running) {
        start();
    }
    QTimer alarm; // only to wake the loop
    alarm.start(ceiling);
    QElapsedTimer spent;
    spent.start();
    until_ = &done;
    QEventLoop loop;
    bool holds = done();
    while (!holds && spent.elapsed() < ceiling.count()) {
        loop.processEvents(QEventLoop::WaitForMoreEvents);
        holds = done();
    }
    until_ = nullptr;
    if (!was_running) {
        stop();
    }
    return holds;
}

} // namespace sluice::net
