#pragma once
#include "host/paths.h"
#include "plan/model.h"

#include <QString>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sluice::story {

/// A plan that was opened before, as the start screen tells of it.
struct RecentPlan {
    std::string file;
    bool missing = false;
    std::string title; ///< "Nova Streaming …" where it wants a value
    std::string id;
    std::size_t steps = 0;
    Nanos length;        ///< at the earliest
    std::string trouble; ///< the first thing that is wrong with it; empty = it can be used
};

/// A session's file, as the start screen tells of it.
struct RecentSession {
    enum class State {
        closed,     ///< over: it is replayed
        at_work,    ///< its owner listens: it is followed
        left_open,  ///< nobody owns it: its program was killed or closed
        unreadable, ///< there, and no session that can be read
        missing
    };
    std::string file;
    State state = State::closed;
    bool rehearsal = false;
    std::string plan_id, title;
    std::string outcome; ///< done | rolled-back | aborted; empty = not closed
    std::size_t events = 0;
    Nanos begun;         ///< of a run; a rehearsal's own time says nothing about when it was
    Nanos length;        ///< from its first event to its last, by its own clock
    Nanos written;       ///< when the file was changed last
    std::string trouble; ///< of `unreadable`

    /// Can be gone on with: a run that nobody owns.
    bool resumable() const { return state == State::left_open && !rehearsal; }
};

/// Read the disk, and ask at a socket whether an owner is there: any thread but the GUI's.
RecentPlan read_recent_plan(const std::string& file);
RecentSession read_recent_session(const std::filesystem::path& file, const host::Paths& paths);

/// Those that were opened before, and the newest of the user's folder of sessions; newest first, at most `most`. What
/// was opened before and is gone is among them, last.
std::vector<RecentSession> read_recent_sessions(const host::Paths& paths, const std::vector<std::string>& opened,
                                                std::size_t most);

} // namespace sluice::story
