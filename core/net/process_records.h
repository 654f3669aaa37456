#pragma once
/// Inside core/net: reads what sluice-exec leaves in a process's directory (app/exec/records.h).
#include "net/process.h"

#include <sys/types.h>

namespace sluice::net {

struct StartRecord {
    pid_t wrapper = 0;
    std::string ticks; ///< start time of the wrapper, as in /proc/PID/stat
    std::string boot;
    std::int64_t head = 0; ///< bytes of the output file that can be followed while it runs
    pid_t program = 0;     ///< what the wrapper runs; 0 = not known

    /// Written by `claim`, not by a wrapper.
    bool claimed() const { return wrapper == 0; }
};

/// Nothing when the file does not exist; `corrupt` when it is not what the wrapper writes.
Result<std::optional<StartRecord>> read_start_record(const std::string& directory);

/// Whether the folder of all records was there when its session began, in this very place: then a process without a
/// record was not started. In another place (a copy of the session) that says nothing.
bool is_whole(const std::string& folder);

/// Decides that nothing was started with this directory: a wrapper that is late finds the record and starts nothing.
/// `conflict` if it was quicker.
Result<void> claim(const std::string& directory);

struct EndRecord {
    ProcessEnd end;
    std::string error; ///< not empty: it could not be started
};
Result<std::optional<EndRecord>> read_end_record(const std::string& directory);

/// True while the very wrapper of the record runs: same boot, same pid, same start time, not a zombie.
bool runs(const StartRecord& record);

} // namespace sluice::net
