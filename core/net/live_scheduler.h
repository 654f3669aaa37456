#pragma once
#include "base/scheduler.h"

#include <QObject>
#include <QTimer>
#include <map>
#include <unordered_map>
#include <utility>

namespace sluice::net {

/// The two readings that the machine's clock is made of; passed in, so that a test can set the clock back.
struct Clocks {
    std::function<Nanos()> wall;    ///< since the epoch, UTC; may be set by anybody
    std::function<Nanos()> running; ///< only forward, only while the machine runs; its zero means nothing
    std::function<Nanos()> booted =
        {}; ///< the same, but it goes on while the machine is suspended; empty = none is told
};

/// What the wall clock did beside running.
struct ClockJump {
    Nanos by;    ///< so much more (or, negative, less) than the program ran
    Nanos slept; ///< so long was the machine suspended meanwhile; 0 = its clock was set
};

/// CLOCK_REALTIME, CLOCK_MONOTONIC and CLOCK_BOOTTIME.
Clocks machine_clocks();

/// The scheduler of a go-live: the machine's clock and Qt timers. Needs an event loop in its thread.
///
/// `now` follows the wall clock and never goes back. When the wall clock is set back by `jump_threshold` or more, `now`
/// goes on at the pace of the running clock, ahead of the wall clock by what was taken away, until the clock is set
/// forward again: so holds and deadlines keep their length. A step back below the threshold makes it stand still until
/// the clock has caught up. A clock that is set forward is followed; so is a suspended machine that wakes up.
class LiveScheduler : public Scheduler {
public:
    static constexpr Nanos jump_threshold = milliseconds(500);

    explicit LiveScheduler(Clocks clocks = machine_clocks());
    LiveScheduler(const LiveScheduler&) = delete;

    /// Told from the event loop, within about a second, that the clock was set or the machine slept; sooner by
    /// `tell_jump`. One receiver.
    void on_clock_jump(std::function<void(const ClockJump&)> receiver) { jumped_ = std::move(receiver); }

    /// How far `now` is ahead of the wall clock since that was set back; 0 as a rule.
    Nanos ahead_of_wall() const { return ahead_; }

    Nanos now() const override;
    std::optional<Nanos> wall() const override { return clocks_.wall(); }
    void tell_jump() override;
    TimerId at(Nanos when, Callback callback) override;
    void cancel(TimerId timer) override;
    WorkId begin(std::string key) override;
    void finish(WorkId work, Callback deliver) override;
    void abandon(WorkId work) override;
    void park(std::string_view) override {}
    void resume(std::string_view) override {}

private:
    void arm();
    void fire();
    Nanos asleep(Nanos running) const;

    Clocks clocks_;
    mutable Nanos last_wall_;
    mutable Nanos last_running_;
    mutable Nanos last_;
    mutable Nanos ahead_;
    mutable ClockJump untold_jump_;
    mutable Nanos last_asleep_; ///< since the machine was started
    std::function<void(const ClockJump&)> jumped_;
    std::uint64_t last_id_ = 0;
    std::map<std::pair<Nanos, std::uint64_t>, Callback> timers_;
    std::unordered_map<std::uint64_t, Nanos> timer_due_;
    std::unordered_map<std::uint64_t, std::string> work_;
    QTimer timer_;
    QObject context_; ///< last, so that nothing posted outlives the rest
};

} // namespace sluice::net
