#pragma once
#include "base/redact.h"
#include "base/scheduler.h"
#include "effects/effect.h"
#include "net/process.h"

#include <memory>
#include <string>

namespace sluice::effects {

struct RunSpec {
    net::ProcessSpec process;     ///< its `directory` is filled in by the effect
    std::string records;          ///< folder under which each operation has a directory of its own
    bool judged_by_caller = true; ///< any exit is `done` (an `expect` looks at it)
    std::shared_ptr<const RedactionSet> secrets;
};

/// A program by argv. Opaque by itself: only a plan's `verify` can tell whether it happened.
///
/// The result is {"exit"} or {"signal"}; a time-out is `failed`, a wrapper that vanished is `unknown`. After a restart
/// it is taken up: attached while it runs, and its record is read when it ended meanwhile. Neither pids nor paths of
/// this machine go into the intent.
std::unique_ptr<Effect> run_effect(net::ProcessRunner& processes, Scheduler& scheduler, RunSpec spec);

/// The directory of an operation's records.
std::string record_directory(const std::string& records, const std::string& operation);

} // namespace sluice::effects
