#pragma once
/// What is told of gates that hold and go towards their limits, and when it is told anew: not with each reading.
#include "release/command.h"
#include "release/state.h"

namespace sluice::release {

/// One that is not close to its limit is told of when it is this near in time. One that is close, always.
constexpr Nanos foreseen_within = minutes(10);

/// Until when a reading's gate will be breached, if that is worth a word; else 0.
Nanos worth_telling(const GateReading& reading);

/// Whether that (0 = nothing) is to be told, of a gate of which something else may have been told before. When it comes
/// under 10, 5, 2 or 1 minutes it is at once. That it is over, farther off, or at another time than was told (by a
/// minute, and by half of what is left) it is only a minute after the last word: an estimate sways.
bool foreseen_anew(const GateState& told, Nanos breach_in, Nanos now);

/// "about 3 min", "less than a minute".
std::string about(Nanos length);

/// To a limit of "> 90" a gate falls, to one of "< 5 %" it rises.
bool falls_to(const std::string& limit);

/// What follows a gate's values: "; breaches it in about 3 min at this slope" of one that is close to its limit, else
/// "; reaches it …". Empty for 0.
std::string foreseen_text(bool close, Nanos breach_in);

} // namespace sluice::release
