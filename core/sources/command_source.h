#pragma once
#include "base/pattern.h"
#include "base/redact.h"
#include "base/scheduler.h"
#include "net/process.h"
#include "plan/states.h"
#include "sources/source.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace sluice::sources {

struct CommandMetric {
    std::string name;
    std::string unit;               ///< as the plan names it
    net::ProcessSpec program;       ///< filled in; key, directory, timeout and budget are each poll's
    std::optional<Pattern> extract; ///< its first group, or what matches, is the number; nothing = the first line is
    std::function<std::string(const std::string& key)> directory; ///< where a run with this key has its records
    std::shared_ptr<const RedactionSet> redactions;               ///< of what a source error shows; may be null
    std::vector<plan::State> states = {};                         ///< what it may print; empty = a number
};

/// What a program said and how it ended. `output` is stdout and stderr as they came, redacted.
struct CommandAnswer {
    Result<net::ProcessEnd> end;
    std::string output;
};

/// The number that the program printed, or a source error: it could not be run, did not end in time, was killed, ended
/// with another exit than 0 (with the last line that it printed), printed over `CommandSource::budget`, or no number.
/// Pure.
series::SampleBatch judge_command(const CommandMetric& metric, const CommandAnswer& answer, Nanos now);

/// Runs a program a poll, by the process runner that effects use. What it prints is not recorded, only the number, or
/// of a failure one line of it. A poll that begins while the last program is still ending runs another.
class CommandSource : public Source {
public:
    static constexpr std::size_t budget = 64u << 10;  ///< bytes of output
    static constexpr Nanos grace = milliseconds(500); ///< between SIGTERM and SIGKILL: it only reads

    CommandSource(net::ProcessRunner& processes, Scheduler& scheduler, CommandMetric metric)
        : processes_(processes), scheduler_(scheduler), metric_(std::move(metric)) {}
    ~CommandSource() override { end(); }

    /// At the deadline the program is ended, and the poll answered however long that takes.
    void poll(Nanos deadline, std::string key, Done done) override;
    void end() override;

private:
    struct Run {
        net::ProcessId process = net::ProcessId::none;
        TimerId deadline = TimerId::none;
        Done done; ///< empty once it is answered
    };
    void answer(const std::string& key, const CommandAnswer& answer);
    void too_late(const std::string& key);

    net::ProcessRunner& processes_;
    Scheduler& scheduler_;
    CommandMetric metric_;
    std::map<std::string, Run> runs_; ///< by the poll's key
    /// A program's end comes also when nobody waits for it any more.
    std::shared_ptr<const bool> alive_ = std::make_shared<bool>(true);
};

} // namespace sluice::sources
