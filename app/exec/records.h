#pragma once
#include "spec.h"

#include <optional>
#include <sys/types.h>

namespace sluice::exec {

/// How the process ended. Exactly one of exit_code, signal and error is set.
struct Ending {
    std::optional<int> exit_code;
    std::optional<int> signal;
    std::string error; ///< why it could not be started
    bool timed_out = false;
    bool cancelled = false; ///< the wrapper was told to end it (SIGTERM)
    int left_behind = 0;    ///< processes that were still there when it had ended, and were killed
    std::uint64_t length = 0;
    std::uint64_t head = 0; ///< of `length` bytes the first `head` and the last `tail` are in the file `output`
    std::uint64_t tail = 0;
    std::string digest; ///< SHA-256 of all `length` bytes, hexadecimal
    Nanos started;
    Nanos ended;
};

Nanos wall_clock();

/// started.json: {pid, ticks, child, boot, head}. `head`: how much of the file `output` can be followed as it grows.
/// `pid` is the wrapper's, `ticks` its start time as in /proc/PID/stat, which together with the boot id names a process
/// for ever. An error if the record is there already: then somebody has decided that nothing runs here.
Result<void> write_started(const Spec& spec, pid_t child, std::size_t head);

/// exit.json: written whole or not at all, and durable when this returns.
Result<void> write_ending(const Spec& spec, const Ending& ending);

} // namespace sluice::exec
