#pragma once
#include "base/nanos.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

enum class TimerId : std::uint64_t { none = 0 };
enum class WorkId : std::uint64_t { none = 0 };

/// The one clock and the one place to wait (DESIGN.md, "Clock"). Everything runs on the engine thread.
///
/// Live: the machine's clock. Rehearsal: a virtual clock, shared by the engine and the range in process, which moves to
/// the next timer only when no work is in flight. Work is whatever runs outside this thread's callbacks and comes back
/// in real time: an HTTP exchange, a Kafka call, a process. Who starts it calls `begin`; when its answer is there, it
/// calls `finish` with what is to be done with the answer.
class Scheduler {
public:
    using Callback = std::function<void()>;
    virtual ~Scheduler() = default;

    /// Nanoseconds since the epoch, UTC. Never goes back within one scheduler.
    virtual Nanos now() const = 0;

    /// What the machine's clock shows, for comparing other machines' clocks with: `now` can be ahead of it. Nothing
    /// where time is virtual.
    virtual std::optional<Nanos> wall() const { return std::nullopt; }

    /// Whoever waits to hear that the machine's clock was set, or that it slept, is told now of what nobody was told
    /// yet. Called before a time is used that such a jump would falsify. Where time is virtual it does not jump.
    virtual void tell_jump() {}

    /// Calls back once at `when` (or as soon as it can, if that is past). Timers of one instant fire in the order in
    /// which they were set.
    virtual TimerId at(Nanos when, Callback callback) = 0;
    TimerId after(Nanos delay, Callback callback) { return at(now() + delay, std::move(callback)); }

    /// Does nothing if it has fired or is `none`.
    virtual void cancel(TimerId timer) = 0;

    /// Work is now in flight. `key` orders answers that are ready together, so it must not depend on ports, pids or
    /// real time; it is unique among the work in flight (an HTTP exchange sends it as X-Request-Id).
    virtual WorkId begin(std::string key) = 0;

    /// The answer is there. Live: `deliver` runs from the event loop, soon. Virtual: when nothing is in flight any
    /// more, answers are delivered in the order of their keys, at the virtual time that stood still meanwhile.
    virtual void finish(WorkId work, Callback deliver) = 0;

    /// The work ended and nobody wants the answer (cancelled, timed out).
    virtual void abandon(WorkId work) = 0;

    /// Called by the range for an exchange whose answer it delays on purpose: from now until `resume`, the work with
    /// this key does not hold the clock, because a timer of the range does. Unknown keys (a client that gave up,
    /// another process) are ignored. Live: nothing.
    virtual void park(std::string_view key) = 0;
    virtual void resume(std::string_view key) = 0;
};

} // namespace sluice
