#pragma once
/// Whether a release will ever go on by itself: of one that will not, a rehearsal would wait for ever.
#include "release/state.h"

#include <optional>

namespace sluice::release {

/// What the release waits for that nothing brings: where = "phase switch" or "step go". Nothing while a moment is to
/// come, something is at work or in flight, readings can still let a step start, somebody who paused it goes on with
/// it, or a person must decide (which is told elsewhere).
///
/// `attended`: a person answers what is asked for. Triggers that are armed don't count: what they look at changes only
/// by what happens. Pure.
std::optional<Error> standstill(const Release& release, Nanos now, bool attended);

} // namespace sluice::release
