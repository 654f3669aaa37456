#pragma once
#include "base/scheduler.h"

#include <map>
#include <utility>

namespace sluice {

/// The scheduler of rehearsals and of tests: time stands still until `step` moves it.
///
/// Whoever owns the event loop calls `step` whenever the loop has nothing left to do. Not thread-safe.
class VirtualScheduler : public Scheduler {
public:
    explicit VirtualScheduler(Nanos start) : now_(start) {}

    Nanos now() const override { return now_; }
    TimerId at(Nanos when, Callback callback) override;
    void cancel(TimerId timer) override;
    WorkId begin(std::string key) override;
    void finish(WorkId work, Callback deliver) override;
    void abandon(WorkId work) override;
    void park(std::string_view key) override;
    void resume(std::string_view key) override;

    /// True while some work holds the clock.
    bool in_flight() const { return holding_ > 0; }

    /// True while finished answers wait to be delivered.
    bool has_answers() const { return !ready_.empty(); }

    /// When the next timer is due; `{INT64_MAX}` when there is none.
    Nanos next_timer() const;

    /// Does one round: if work is in flight, nothing (returns false). Else delivers every finished answer in the order
    /// of keys; if there was none, moves to the next timer and fires it, unless it lies past `limit`. Returns whether
    /// anything was done.
    bool step(Nanos limit = {INT64_MAX});

    /// For tests: steps until `when`, then stands there. Needs all work to be finished by callbacks.
    void run_until(Nanos when);

private:
    struct Work {
        std::string key;
        bool parked = false;
    };
    Nanos now_;
    std::uint64_t last_id_ = 0;
    int holding_ = 0;
    std::map<std::pair<Nanos, std::uint64_t>, Callback> timers_;
    std::map<std::uint64_t, Nanos> timer_due_;
    std::map<std::uint64_t, Work> work_;
    std::multimap<std::string, Callback, std::less<>> ready_;
};

} // namespace sluice
