#pragma once
#include "base/nanos.h"
#include "host/paths.h"

#include <filesystem>
#include <string>

namespace sluice::host {

/// Ends the program that owns a session and does not answer any more, so that this one can take the session over
/// (`--take-over`). Two owners can't be: the lock on the file is the kernel's, and goes when that program has ended.
///
/// First it is asked: one that answers within `longest` is not hung, and is `refused` to be ended. It is named by its
/// lock (pid and boot), held by a descriptor of that very process, looked at again, and killed; its children, the
/// processes of steps, go on under their wrappers and are found by the resume. Gives who it was ("pid 4711", empty when
/// nobody owned the session any more). `unreachable` when it does not end (a process that waits for a dead disk can't
/// be killed) or belongs to another user.
Result<std::string> end_hung_owner(const Paths& paths, const std::filesystem::path& session,
                                   Nanos longest = seconds(3));

} // namespace sluice::host
