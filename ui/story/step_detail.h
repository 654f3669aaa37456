#pragma once
#include "story/step_titles.h"
#include "story/story.h"

namespace sluice::story {

/// The second line of a step in the plan list: why it waits, who approved, what it came to. Empty where there is
/// nothing to say.
QString detail_of(const plan::Step& step, const release::StepState& state, const Moment& moment);

/// What it has taken so far, or took; of a hold how long its gates have held; before it began what is planned.
QString duration_of(const plan::Step& step, const release::StepState& state, Nanos now);

/// A hold at work whose clock does not count.
bool stands_still(const plan::Step& step, const release::StepState& state);

} // namespace sluice::story
