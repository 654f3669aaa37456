#pragma once
#include "release/state.h"

#include <span>

namespace sluice::story {

/// How many steps came to what. Groups are headings, not steps; a choice that was not taken counts as over, so that the
/// whole never changes.
struct ProgressCount {
    int steps = 0;
    int over = 0;
    int passed = 0, by_hand = 0; ///< of the passed
    int skipped = 0, overridden = 0, not_applicable = 0, stopped = 0;

    double fraction() const { return steps == 0 ? 0 : static_cast<double>(over) / steps; }
};

/// Of the steps of `list` that stand under `top`, at any depth.
ProgressCount count_steps(const release::Release& release, std::span<const plan::Step> list,
                          std::span<const plan::StepId> top);

/// Of all phases.
ProgressCount count_forward(const release::Release& release);

} // namespace sluice::story
