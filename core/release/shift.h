#pragma once
/// Traffic moved by a person outside of the plan (PLAN.md, "Time and control"): what is allowed, and where to. Pure.
#include "release/state.h"

#include <string>
#include <vector>

namespace sluice::release {

/// Every arm of the split, the one that is left out getting the rest; `refused`, with the remedy, for arms that are
/// not of the split, weights that don't sum to 100, and what the driver can't reach.
Result<plan::Weights> whole_split(const plan::Plan& plan, const std::string& traffic, const plan::Weights& given);

/// Why traffic may not be moved to this split now. Back (no arm but the initial one gets more) is free; forward only to
/// what a step of the plan, with its gates, has reached. `weights` is whole. `again`: the shift by hand that would be
/// sent once more; it is not in its own way.
Result<void> may_shift(const Release& release, const std::string& traffic, const plan::Weights& weights,
                       const StepId& again = {});
/// The same of a shift by hand that has not come about.
Result<void> may_shift_again(const Release& release, const HandShift& shift);

/// The splits that the plan itself goes through, the initial one and each arm alone among them; by the initial arm's
/// weight, from 100 down.
std::vector<plan::Weights> stations(const plan::Plan& plan, const std::string& traffic);

/// A shift by hand that is neither done nor given up, in doubt too; null if there is none.
const HandShift* open_shift(const Release& release);

/// Why a step of the plan does not move its traffic now: a shift by hand does, or is in doubt. Empty = none is.
std::string moved_by_hand(const Release& release, const plan::Step& step);

/// One whose outcome is still to come, or which was not sent yet.
bool shift_at_work(const Release& release);

/// Why the clock of a hold stands meanwhile.
constexpr const char* being_shifted = "traffic is being shifted by hand";

} // namespace sluice::release
