#pragma once
#include "story/story.h"

#include <optional>
#include <string>

namespace sluice::story {

/// A gate's limit as of an instant, in the metric's unit.
struct CountedLimit {
    plan::Must must;
    std::optional<double> from; ///< the value that it is counted from; none = a limit of its own
};
/// What a gate's limit is counted from for an arm ("" = the whole); nothing where that was not known then, or it is a
/// limit of its own.
std::optional<double> reference_at(const Moment& moment, const plan::Gate& gate, const std::string& arm, Nanos time);
/// Nothing where it is counted from a value that was not known then, or a share of 0.
std::optional<CountedLimit> limit_at(const Moment& moment, const plan::Gate& gate, const std::string& arm, Nanos time);

} // namespace sluice::story
