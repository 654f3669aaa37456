#pragma once
#include "host/rehearsal.h"

#include <memory>
#include <string>

namespace sluice::host {

struct TakeUp : StartOptions {
    std::string range; ///< of a rehearsal: the address that `sluicectl range` printed
    bool assume_yes = false;
};

/// Goes on with a session whose owner is gone (`session` names its file). A rehearsal only if its range is a process of
/// its own and still there; `unreachable` says so. `plan_file` is used for rehearsals, whose log names no folder.
Result<std::unique_ptr<SessionHost>> take_up(const TakeUp& options);

/// How it ended, if nothing is left to do: closed, and its file whole.
Result<std::optional<std::string>> closed_outcome(const std::filesystem::path& session);

/// The rollback option that it was rolled back by; empty: by none.
Result<std::string> way_back_taken(const std::filesystem::path& session);

} // namespace sluice::host
