#pragma once
#include "story/step_titles.h"
#include "story/story.h"

#include <QString>

namespace sluice::story {

/// A gate by its title, of the step that has it: "Error rate, green". `key` as a step's state has it: "gate" or
/// "gate/arm".
QString gate_name(const release::Release& release, const plan::StepId& step, const std::string& key);

/// "breached", "source error", "no data", "inconclusive", "holds"
QString verdict_words(const std::string& verdict);

/// What the war room tells of an event, in people's names for things; empty = it is no news there. `before` is what
/// happened until then: that a gate holds is news only after it did not.
QString wall_news(const release::Release& release, StepTitles& titles, const release::Event& event,
                  std::span<const Entry> before);

} // namespace sluice::story
