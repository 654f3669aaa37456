#pragma once
#include "release/state.h"

namespace sluice::story {

/// The step that the screen is about: what needs a person first (in doubt, failed, awaited), then what runs (holds,
/// then effects and probes), then what waits; of the rollback when that runs. Empty if nothing is under way.
plan::StepId current_step(const release::Release& release);

} // namespace sluice::story
