#pragma once
#include "base/scheduler.h"
#include "net/process.h"

#include <QObject>
#include <QTimer>
#include <map>
#include <memory>

namespace sluice::net {

/// Makes the folder for the records of a session's processes, with a mark that it is there from the session's beginning
/// in this very place: a process of which it has no record was not started then. Durable.
Result<void> begin_records(const std::string& folder);

/// The session is over: the folder goes, if nothing is left in it but the mark.
void end_records(const std::string& folder);

/// Runs processes on this machine, each under sluice-exec, which owns its output and survives this program. Destroying
/// the runner leaves them running; another runner can adopt them. Lives in the engine's thread, needs its event loop.
///
/// The environment of a process is what its spec sets, and of our own only what `inherited_variables` names. Secrets go
/// to the wrapper through a file without a name, so that they are in no argv and on no disk.
class LocalProcessRunner : public ProcessRunner {
public:
    /// `wrapper`: path of sluice-exec.
    LocalProcessRunner(Scheduler& scheduler, std::string wrapper);
    LocalProcessRunner(const LocalProcessRunner&) = delete;
    ~LocalProcessRunner() override;

    static const std::vector<std::string>& inherited_variables();

    ProcessId start(ProcessSpec spec, ProcessSink sink) override;
    void cancel(ProcessId process) override;
    void forget(const std::string& directory) override;
    Result<Adopted> adopt(const std::string& directory, const std::string& key, ProcessSink sink) override;

private:
    struct Watched;

    Watched& watch(const std::string& directory, const std::string& key, ProcessSink sink);
    Result<pid_t> spawn(const ProcessSpec& spec) const;
    void follow(Watched& watched, pid_t wrapper);
    void look(Watched& watched);
    static void tell_output(Watched& watched, std::int64_t until);
    void ended(std::uint64_t id);
    void settle(Watched& watched, Result<ProcessEnd> result);

    Scheduler& scheduler_;
    std::string wrapper_;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, std::unique_ptr<Watched>> watched_;
    QTimer tail_;
    QObject context_;
};

} // namespace sluice::net
