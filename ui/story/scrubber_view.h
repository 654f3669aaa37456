#pragma once
#include "session/bookmarks.h"
#include "session/time_controller.h"
#include "story/story.h"

#include <QString>
#include <optional>
#include <vector>

namespace sluice::story {

/// A time of the session that one wants to go to.
struct ScrubberMark {
    /// What matters least comes first: where words would overlap, the later kinds keep theirs.
    enum class Kind { note, shift, bookmark, alert, triage, doubt, breach, rollback };
    Nanos at;
    Kind kind = Kind::shift;
    QString label; ///< of a bookmark without a name: empty

    bool operator==(const ScrubberMark&) const = default;
};

struct ScrubberPhase {
    Nanos from, to;
    QString title;
    bool open = false; ///< it goes on: its end is that of the map

    bool operator==(const ScrubberPhase&) const = default;
};

/// What lies along the whole of a session: made once, and again when it has grown.
struct ScrubberMap {
    Nanos begin, end;
    std::vector<ScrubberPhase> phases; ///< one after the other; the rollback is the last
    std::vector<ScrubberMark> marks;   ///< oldest first

    bool operator==(const ScrubberMap&) const = default;
};
ScrubberMap scrubber_map(const Story& story, const session::Bookmarks& bookmarks = {});
/// The same where nothing but time has gone on.
void stretch(ScrubberMap& map, Nanos end);

/// What kind of mark it is, in words: "breach", "note" …
QString word_of(ScrubberMark::Kind kind);

/// What changes with the cursor.
struct ScrubberView {
    QString badge; ///< "REPLAY · 2026-11-18", or "LIVE −02:31" for a session that goes on
    Nanos cursor;
    QString clock;   ///< "T+00:42:13"
    QString caption; ///< "of 1:31:40 · next event in 2:20"
    QString speed;   ///< "8×"
    bool playing = false;
    bool live = false;
    bool behind = false; ///< the session goes on, and one looks at its past
    bool lost = false;   ///< nobody runs the session, and it has not ended

    bool operator==(const ScrubberView&) const = default;
};
ScrubberView present_scrubber(const Story& story, const session::TimeController& time, std::optional<Nanos> at = {});

/// The event after, or before, a time; nothing where there is none. Heartbeats don't count.
std::optional<Nanos> next_event(const Story& story, Nanos after);
std::optional<Nanos> previous_event(const Story& story, Nanos before);

/// Where going back begins: at the cursor; while it plays a little before it, since what one has just run past would
/// catch one again and again.
Nanos going_back_from(const session::TimeController& time);

/// "0.1×", "8×", "−2×".
QString speed_text(double speed);

} // namespace sluice::story
