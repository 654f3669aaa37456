#pragma once
/// A gate that holds and goes towards its limit, in words (release/foresight.h says when that is told).
#include "release/state.h"

#include <QString>

namespace sluice::story {

/// How long it is until then, of a gate of that step; none where nothing is foreseen, nor where nobody looks any more:
/// in triage the last word would stand for ever.
std::optional<Nanos> breach_foreseen(const release::StepState& step, const release::GateState& gate, Nanos now);

/// "close, breached in about 3 min", "rising, at its limit in about 4 min"; short enough for a row of a table.
QString foreseen_words(bool close, const std::string& limit, Nanos left);

} // namespace sluice::story
