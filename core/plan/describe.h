#pragma once
/// A plan for people (`sluicectl show`) and for programs (`show --format json`).
#include "base/json.h"
#include "plan/model.h"

#include <string>

namespace sluice::plan {

/// Phases and steps as a tree, then the rollback: one line each, with what it does, who does it and what it waits for.
std::string describe_tree(const Plan& plan);

/// The same as JSON: every name, step, gate, trigger and option, with times as nanoseconds in text.
Json describe_json(const Plan& plan);

/// What a step does, in a few words: "shift edge: blue 75, green 25".
std::string summary(const Step& step);

} // namespace sluice::plan
