#pragma once
#include "base/json.h"
#include "base/nanos.h"
#include "base/result.h"
#include "base/secret.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::net {

/// A process that a step runs: argv, never a shell line.
struct ProcessSpec {
    std::vector<std::string> argv;
    std::map<std::string, std::string> environment; ///< set for this process
    std::map<std::string, Secret> secrets;          ///< the same, for values that may appear nowhere else
    std::string cwd;                                ///< empty = the program's own
    std::string directory; ///< of its own, for the records; made (mode 0700) if it does not exist
    Nanos timeout = minutes(10);
    Nanos grace = seconds(10); ///< between SIGTERM and SIGKILL
    std::size_t output_budget = 4u << 20;
    Json rehearse;   ///< what a simulated runner plays instead; a real one does not look at it
    std::string key; ///< orders outcomes that are ready together, as for the Scheduler
};

/// How a process ended. Either exit_code or signal is set.
struct ProcessEnd {
    std::optional<int> exit_code;
    std::optional<int> signal;
    bool timed_out = false;
    bool cancelled = false;
    int left_behind = 0;      ///< background processes that it left and that were killed
    std::uint64_t length = 0; ///< bytes of output, stdout and stderr as they came
    std::uint64_t head = 0;   ///< how many of them were kept from the beginning
    std::uint64_t tail = 0;   ///< and from the end; head + tail < length if the budget was exceeded
    std::string digest;       ///< SHA-256 of all of it, hexadecimal
    Nanos started;            ///< wall clock of the machine
    Nanos ended;
};

/// Who listens to a process. Output comes in real time and not redacted; its cuts mean nothing. When the budget was
/// exceeded, the last part comes at the end, after a call of `omitted`. Any function may be empty.
struct ProcessSink {
    std::function<void()> started; ///< it is about to run, and the record that says so is durable
    std::function<void(std::string_view bytes)> output;
    std::function<void(std::uint64_t bytes)> omitted;
    /// Last, once, through the Scheduler. `not_found` and `io`: it did not run, with the reason. `corrupt`: its wrapper
    /// is gone without a record; what it did is unknown.
    std::function<void(Result<ProcessEnd>)> finished;
    /// With `started`: the program's pid on this machine, and the boot that it is of. Only a real one has any.
    std::function<void(std::int64_t pid, const std::string& boot)> at_work = {};
};

enum class ProcessId : std::uint64_t { none = 0 };

enum class Adoption {
    running,   ///< attached: the sink hears its output from the beginning and its end
    finished,  ///< ended while nobody watched: the sink hears all of it, soon
    never_ran, ///< it was not started, and can't be any more; the sink hears nothing
    gone,      ///< started, but neither running nor with a record of its end: unknown; the sink hears nothing
};

/// Runs processes. Abstract so that a rehearsal can act out what a plan says about them.
class ProcessRunner {
public:
    virtual ~ProcessRunner() = default;
    virtual ProcessId start(ProcessSpec spec, ProcessSink sink) = 0;

    /// Asks it to end (SIGTERM to all of it, after the grace SIGKILL); its end comes through the sink. No-op if it
    /// ended.
    virtual void cancel(ProcessId process) = 0;

    /// The end of the process is durable elsewhere: its records, which hold its output unredacted, go.
    virtual void forget(const std::string& directory) = 0;

    struct Adopted {
        Adoption state;
        ProcessId process = ProcessId::none; ///< for running and finished
    };
    /// Takes up a process that an earlier run of this program started with `directory`.
    virtual Result<Adopted> adopt(const std::string& directory, const std::string& key, ProcessSink sink) = 0;
};

} // namespace sluice::net
