#pragma once
#include "host/session_host.h"
#include "net/live_scheduler.h"
#include "net/local_process_runner.h"
#include "net/qt_reach.h"

namespace sluice::host {

/// A session against the real production.
class LiveSession : public SessionHost {
public:
    static Result<std::unique_ptr<LiveSession>> run(const StartOptions& options);
    static Result<std::unique_ptr<LiveSession>> resume(const std::filesystem::path& file, const StartOptions& options);

    ~LiveSession() override { let_go(); }

    Scheduler& scheduler() override { return scheduler_; }

private:
    explicit LiveSession(const StartOptions& options);
    engine::Outside outside();

    net::LiveScheduler scheduler_;
    net::QtHttpClient http_;
    net::QtReach reach_;
    net::LocalProcessRunner processes_;
    Secrets secrets_;
    Paths paths_;
};

} // namespace sluice::host
