#pragma once
/// An arm that serves is not taken away (PLAN.md, "Rollback": the order is scale, ready, shift). Pure.
#include "release/state.h"

#include <string>

namespace sluice::release {

/// The gate that every step which takes an arm's pods away has before its start; `override` can set it aside.
inline constexpr const char* traffic_gate = "traffic";

/// What hinders a step that takes an arm away: the arm still has traffic, as it is commanded, or a shift that gives it
/// some is on its way or in doubt. Empty = nothing does, or the gate was set aside.
std::string still_serves(const Release& release, const plan::Step& step);

/// The step that is taking the arm's pods away now, or in doubt about it; empty = none.
StepId taken_away_by(const Release& release, const std::string& arm);

} // namespace sluice::release
