#pragma once
/// What `sluicectl state` tells of how things stand: in the words of the cockpit's cards (ui/story).
#include "release/state.h"

#include <string>

namespace sluicectl {

/// Why a step that has not begun never will, as far as is known now; empty = it may.
std::string does_not_apply(const sluice::release::Release& release, const sluice::plan::Step& step);

} // namespace sluicectl
