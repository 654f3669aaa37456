#pragma once
/// What `sluicectl state` tells of how things stand: in the words of the cockpit's cards (ui/story).
#include "release/state.h"

#include <string>

namespace sluicectl {

/// Why a step that has not begun never will, as far as is known now; empty = it may.
std::string does_not_apply(const sluice::release::Release& release, const sluice::plan::Step& step);

/// The severity that stands declared, what it asks for and which way back it proposes; nothing where none does.
void print_severity(const sluice::release::Release& release);

/// Of a step that is not over: that it is overdue, and to whom its wait was escalated.
void print_lateness(const sluice::release::Release& release, const sluice::plan::Step& step);

/// The gates of a hold at work, and shadows before a step that is: what each says, since when, and what is foreseen.
void print_gates(const sluice::release::Release& release, const sluice::plan::Step& step, sluice::Nanos now);

/// Of the plan's alerts those that are pending or fire, with who was told.
void print_alerts(const sluice::release::Release& release);

/// What the button would do now, and whether that is proven ready; nothing where there is no way back to begin.
void print_readiness(const sluice::release::Release& release);

/// Of a session that nobody owns here, though it is not over.
void print_unwatched(const sluice::release::Release& release);

} // namespace sluicectl
