#pragma once
/// What a step's state looks like and is called, without a widget: glyph and word, since colour alone tells nothing.
#include "release/state.h"

#include <QString>

namespace sluice::story {

/// The same list as theme::Mark, which this room does not link; panels/mark_of.h turns one into the other.
enum class Mark { holds, close, breached, no_data, source_error, paused, to_come, running, skipped };

/// passed ✓ · running, awaiting a person ▸ · waiting, about to be retried ❚❚ · failed ✕ · in doubt ? · overridden ! ·
/// skipped, stopped, not applicable – · to come ○
Mark mark_of(release::StepStatus status);

/// "running", "needs a person", "failed", "outcome unknown", …
QString word_of(release::StepStatus status);

/// At work or waiting for something: neither to come nor over.
bool under_way(release::StepStatus status);

} // namespace sluice::story
