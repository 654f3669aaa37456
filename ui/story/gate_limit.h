#pragma once
#include "story/story.h"

#include <optional>
#include <string>

namespace sluice::story {

/// A gate's limit as of an instant, for an arm ("" = the whole), in the metric's unit. Nothing where it is counted from
/// a value that was not known then.
std::optional<plan::Must> limit_at(const Moment& moment, const plan::Gate& gate, const std::string& arm, Nanos time);

} // namespace sluice::story
