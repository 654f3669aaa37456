#pragma once
#include "base/virtual_scheduler.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

class QAbstractEventDispatcher;

namespace sluice::net {

/// Moves a VirtualScheduler from the event loop of the thread in which it is made.
///
/// A step is made only when no work is in flight and the loop has nothing left: what a step caused (posted calls, bytes
/// on a loopback socket of the same thread) is heard before the next. While work is in flight the driver sleeps; the
/// answer's own event wakes the loop. So the sequence of virtual times depends neither on the load nor on the speed.
///
/// Must not be destroyed by a callback of the scheduler. `now()` of the scheduler takes only the times of its timers,
/// except while `real_time` is on.
class VirtualDriver {
public:
    explicit VirtualDriver(VirtualScheduler& scheduler);
    VirtualDriver(const VirtualDriver&) = delete;
    ~VirtualDriver();

    /// From now on, until `stop`, time moves whenever the event loop runs. Not started by itself.
    void start();
    void stop();
    bool running() const { return running_; }

    /// Virtual seconds a real second at most, 0 = as fast as it can (the default). A delay of the machine is not caught
    /// up on, beyond a quarter of a real second.
    void set_speed(double speed);

    /// While a person is awaited: virtual time runs as real time does, between timers too (every tenth of a second).
    void real_time(bool on);

    /// For tests and for programs without another loop: runs the event loop until `done` holds; looked at after each
    /// step. False if it does not within `ceiling` (of real time). Starts the driver, and stops it if it
    /// was.
    bool run_until(const std::function<bool()>& done, std::chrono::milliseconds ceiling = std::chrono::seconds(30));

private:
    static constexpr int nothing_to_do = -1;

    double pace() const { return real_time_ ? 1.0 : speed_; }
    Nanos allowed() const; ///< how far the pace lets the clock go by now
    int wait() const;      ///< real milliseconds until the next tick, or nothing_to_do
    void anchor();
    void arm();
    void tick();
    void drain();

    VirtualScheduler& scheduler_;
    QAbstractEventDispatcher* dispatcher_;
    bool running_ = false;
    bool in_tick_ = false;
    bool real_time_ = false;
    double speed_ = 0;
    const std::function<bool()>* until_ = nullptr;
    Nanos anchor_; ///< virtual time at which `since_anchor_` was started
    QElapsedTimer since_anchor_;
    QTimer tick_;
    QObject context_;
};

} // namespace sluice::net
