#pragma once
#include "story/step_mark.h"
#include "story/story.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::story {

/// One phase in the strip.
struct PhaseBar {
    std::string id;
    QString title;
    Mark mark = Mark::to_come;
    QString word; ///< "done", "running", "waits", …
    double fraction = 0;
    bool operator==(const PhaseBar&) const = default;
};

/// How a source does: one line.
struct SourceLine {
    Mark mark = Mark::to_come;
    QString name;  ///< "Prometheus"; "4 sources" where several that are well share a line
    QString state; ///< "0.4 s ago", "source error 0:38", …
    QString tip;   ///< each of its metrics
    bool operator==(const SourceLine&) const = default;
};

/// What the top bar prints, but for the rollback button (story/rollback_view.h).
struct TopView {
    QString title, subtitle;
    bool alarming = false; ///< an approval is owed or something was overridden: the subtitle begins with it
    QString lead;          ///< "Lead: ada"
    std::vector<PhaseBar> phases;
    std::vector<SourceLine> sources; ///< three at most, those that are not well first
    QString clock;                   ///< "T+00:42:13"
    QString time;                    ///< "14:51:07 UTC"
    QString window;                  ///< "roll back by 09:14:10 UTC, window ends …"; empty without a rollback
    bool operator==(const TopView&) const = default;
};

TopView present_top(const Moment& moment);

/// T0 as far as it is known: that of the release, else the start of the session where no phase is bound by a window,
/// else the opening of the window that lies ahead. None while the window stands open and nobody has begun.
std::optional<Nanos> expected_t0(const release::Release& release, Nanos now);

/// When the rollback window ends; none before the step that it counts from has been done, and without a window.
std::optional<Nanos> rollback_until(const release::Release& release);

} // namespace sluice::story
