#pragma once
#include "host/session_host.h"
#include "host/stay_awake.h"
#include "net/live_scheduler.h"
#include "net/local_process_runner.h"

namespace sluice::host {

/// A session against the real production.
class LiveSession : public SessionHost {
public:
    static Result<std::unique_ptr<LiveSession>> run(const StartOptions& options);
    static Result<std::unique_ptr<LiveSession>> resume(const std::filesystem::path& file, const StartOptions& options);

    ~LiveSession() override;

    Scheduler& scheduler() override { return scheduler_; }

private:
    explicit LiveSession(const StartOptions& options);
    engine::Outside outside();
    /// While the session is at work: the machine is kept from sleeping, and a clock that jumps is told to the engine.
    void watch_machine();

    net::LiveScheduler scheduler_;
    net::QtHttpClient http_;
    net::LocalProcessRunner processes_;
    Secrets secrets_;
    Paths paths_;
    std::unique_ptr<StayAwake> awake_;
    bool told_may_sleep_ = false;
};

} // namespace sluice::host
