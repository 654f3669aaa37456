#pragma once
#include "story/step_mark.h"
#include "theme/marks.h"

namespace sluice::panels {

/// The room of stories has no colours; the two lists are one.
constexpr theme::Mark mark_of(story::Mark mark) {
    return static_cast<theme::Mark>(mark);
}
static_assert(mark_of(story::Mark::holds) == theme::Mark::holds && mark_of(story::Mark::close) == theme::Mark::close &&
              mark_of(story::Mark::breached) == theme::Mark::breached &&
              mark_of(story::Mark::no_data) == theme::Mark::no_data &&
              mark_of(story::Mark::source_error) == theme::Mark::source_error &&
              mark_of(story::Mark::paused) == theme::Mark::paused &&
              mark_of(story::Mark::to_come) == theme::Mark::to_come &&
              mark_of(story::Mark::running) == theme::Mark::running &&
              mark_of(story::Mark::skipped) == theme::Mark::skipped);

} // namespace sluice::panels
