#pragma once
#include "story/recent.h"
#include "story/step_mark.h"

#include <QString>
#include <optional>

namespace sluice::story {

/// How one recent thing is told: two lines, and at the right what became of it.
struct RecentText {
    QString title, below, right;
    std::optional<Mark> mark; ///< none: nothing became of it yet, as of a plan that can be used
    bool operator==(const RecentText&) const = default;

    QString spoken() const; ///< all of it, for whoever hears it
};

RecentText present(const RecentPlan& plan);
RecentText present(const RecentSession& session);

} // namespace sluice::story
