#pragma once
#include "base/result.h"
#include "session/event_check.h"
#include "session/sqlite.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace sluice::session {

/// A second copy of a session at work, for the day on which the desk itself is lost (DESIGN.md, "Where it goes when one
/// machine is not enough"): on another disk, a network share, a stick.
///
/// Each `follow` brings the copy up to what is durable in the session, in transactions of its own; between two calls
/// the copy is one whole session file that any reader opens. It reads as every other reader does and so never holds up
/// the owner; only the copy's own place can make it slow. No threads and no timers inside; one thread at a time.
class Mirror {
public:
    /// Opens or makes the copy. `refused` where there is something else of that name: no session, another session,
    /// any file that is none of this one's copies; `conflict` where it is one that somebody else has gone on with, or
    /// altered. A copy that is one already is taken up and goes on.
    static Result<Mirror> open(const std::filesystem::path& session, const std::filesystem::path& copy);

    /// Copies what has come since the last call. True: there is more to fetch at once. `conflict` when somebody else
    /// has written into the copy.
    Result<bool> follow();

    /// Whether somebody has opened the copy as its owner since it was last brought up to date: to go on with a session
    /// puts its file into the mode in which it is worked on, and a copy never is in it. Asked while no connection of
    /// this process to the copy is open, since closing any descriptor of the file drops what SQLite has locked there.
    static bool opened_by_owner(const std::filesystem::path& copy);

    std::int64_t events() const { return static_cast<std::int64_t>(check_.range().size()); } ///< in the copy
    bool complete() const { return complete_; } ///< the event `session-closed` and all before it are in the copy

private:
    Mirror(Connection from, Connection to) : from_(std::move(from)), to_(std::move(to)) {}
    Result<void> take_up();

    Connection from_, to_;
    EventCheck check_; // over the events of the copy
    std::int64_t version_ = -1;
    bool complete_ = false;
};

/// Why the copy in that place is behind, for those who see its place beside it and see that its owner tries again.
std::string why_behind(Error error, const std::filesystem::path& copy);

} // namespace sluice::session
