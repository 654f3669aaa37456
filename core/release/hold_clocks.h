#pragma once
/// The clocks of a hold: its own, which all critical gates share, and one of each important gate (PLAN.md, "Metrics,
/// gates, holds, triggers"). Pure; times are UTC.
#include "release/state.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::release {

/// An important gate on one arm, as far as it is.
struct OwnClock {
    const plan::Gate* gate = nullptr; ///< of the plan
    std::string arm;                  ///< "" = the whole
    Nanos held;                       ///< 0 … `gate->for_`
    bool running = false;

    Nanos left() const { return gate->for_ - held; }
};

/// Those that the hold waits for at `now`: of each important gate that is not set aside one an arm that it has answered
/// for and that counts (with traffic, or its own), and one without an arm if it has not answered at all.
std::vector<OwnClock> own_clocks(const Release& release, const plan::Step& step, const plan::Hold& hold, Nanos now);

/// The least time after which the hold can be over, if all goes well from here on. At least 0.
Nanos left_of_hold(const Release& release, const plan::Step& step, const plan::Hold& hold, Nanos now);

/// When the next heartbeat of a hold is due: so long after the last that a clock of it which runs is proven till. None
/// = no clock runs.
std::optional<Nanos> next_heartbeat(const StepState& state);

} // namespace sluice::release
