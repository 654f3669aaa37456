#pragma once
#include "host/rehearsal.h"
#include "net/live_scheduler.h"

namespace sluice::host {

/// A session against a range in a process of its own (`sluicectl range`), in real time. It can be resumed: the
/// production is still there when this program is not.
class RemoteRehearsal : public SessionHost {
public:
    /// `control`: the address that `sluicectl range` printed.
    static Result<std::unique_ptr<RemoteRehearsal>> start(const RehearsalOptions& options, const std::string& control);
    static Result<std::unique_ptr<RemoteRehearsal>> resume(const std::filesystem::path& file,
                                                           const RehearsalOptions& options, const std::string& control);
    ~RemoteRehearsal() override { let_go(); }

    Scheduler& scheduler() override { return scheduler_; }

private:
    RemoteRehearsal(const RehearsalOptions& options, const std::string& control);
    engine::Outside outside();
    Result<engine::EngineOptions> reach(const RehearsalOptions& options, const plan::Plan& plan);
    Result<std::string> ask(net::HttpRequest request);
    void tell(const std::string& path, std::string body, std::function<void(Result<void>)> done);
    void carry_out(const range::Act& act, std::function<void(Result<void>)> done);
    void remove_next(std::vector<std::string> objects, const std::function<void(Result<void>)>& done);
    void follow_steps();

    net::LiveScheduler scheduler_;
    net::QtHttpClient http_;
    Secrets secrets_;
    std::string control_;
    std::string plan_folder_;
    std::uint64_t told_ = 0;
    std::unique_ptr<range::SimulatedProcesses> processes_;
};

} // namespace sluice::host
