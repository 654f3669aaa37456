#pragma once
#include "base/virtual_scheduler.h"
#include "host/session_host.h"
#include "net/virtual_driver.h"
#include "range/range.h"
#include "range/simulated_processes.h"

#include <optional>

namespace sluice::host {

struct RehearsalOptions : StartOptions {
    double speed = 0; ///< virtual seconds a real second at most; 0 = as fast as it can
    std::uint64_t seed = 1;
    std::vector<std::string> faults; ///< "WHEN WHAT [for D] [on ARM]"
    std::optional<Nanos> start;      ///< default: the first allowed window after 2026-01-01T00:00Z
    bool assume_yes = false;
    bool unattended = false; ///< nobody is there for what is never assumed either
};

/// A session against the range in this process: the same engine, with the connections, the clock and the processes
/// replaced (DESIGN.md, "The range"). One seed gives one log, at any speed.
class Rehearsal : public SessionHost {
public:
    static Result<std::unique_ptr<Rehearsal>> start(const RehearsalOptions& options);
    ~Rehearsal() override;

    Scheduler& scheduler() override { return scheduler_; }
    bool can_be_resumed() const override { return false; }
    net::VirtualDriver& driver() { return driver_; }
    range::Range& range() { return *range_; }

private:
    Rehearsal(const RehearsalOptions& options, Nanos start);
    engine::Outside outside();
    void follow();
    void set_pace();
    std::optional<Error> stands_still();
    void look_for_standstill();
    Result<void> build_range(const RehearsalOptions& options, const plan::Plan& plan, const plan::Scope& values);

    VirtualScheduler scheduler_;
    net::VirtualDriver driver_;
    net::QtHttpClient http_;
    Secrets secrets_;
    std::unique_ptr<range::Range> range_;
    std::unique_ptr<range::SimulatedProcesses> processes_;
    std::string plan_folder_;
    bool assume_yes_, unattended_;
    Nanos last_fault_; ///< the last moment at which a fault begins or ends by the clock
    int stood_ = 0;    ///< looks, one after the other, that found it standing still
    TimerId looking_ = TimerId::none;
};

/// Settings for the plan's connections that lead to a range: clusters, the public side, single services, Kafka.
Result<std::map<std::string, Json>> range_connections(const plan::Plan& plan, const range::Addresses& addresses);

/// How far back the simulated Prometheus of a plan knows: as far as its gates look before the start.
Nanos rehearsed_history(const plan::Plan& plan);

/// What the range is to hold for a plan: its world file, filled in, or what it takes for granted (assumed_world.h); its
/// arms and the faults.
Result<range::RangeOptions> range_options(const plan::Plan& plan, const plan::Scope& values, const std::string& folder,
                                          std::uint64_t seed, const std::vector<std::string>& faults);

/// A manifest that a simulated program applies, filled in as a real one would be.
Result<std::string> filled_manifest(const std::string& text, const std::string& file, const release::Release& release);

/// The plan, fit to be rehearsed: every program says what it would do.
Result<CheckedPlan> check_rehearsal(const RehearsalOptions& options);

/// That each phase with a window fits into one within 400 days from `at`: it would be waited for, and nobody is there
/// to override it. `bad_input` in the words of `validate`.
Result<void> check_windows(const CheckedPlan& checked, const std::string& file, Nanos at);

/// How a rehearsal's session opens, and the key that signs it: both come from the seed.
release::SessionOpened rehearsal_session(const RehearsalOptions& options, const CheckedPlan& checked);
Result<session::SigningKey> rehearsal_key(std::uint64_t seed);

struct RehearsalStart {
    Nanos at;
    Nanos opening = {}; ///< that it is for (SessionOpened); 0 = the next one
};

/// When a rehearsal begins: the first instant after 2026-01-01T00:00Z at which the calendar is open, if a phase asks
/// it; before that, where the plan names moments before T0. Where the next opening is always nearer than these (a
/// window each night, and a list for the day before), it is for a later one.
Result<RehearsalStart> rehearsal_start(const plan::Plan& plan);

} // namespace sluice::host
