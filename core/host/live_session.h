#pragma once
#include "host/session_host.h"
#include "host/stay_awake.h"
#include "host/vault.h"
#include "net/live_scheduler.h"
#include "net/local_process_runner.h"
#include "net/qt_reach.h"

namespace sluice::host {

/// A session against the real production.
class LiveSession : public SessionHost {
public:
    static Result<std::unique_ptr<LiveSession>> run(const StartOptions& options);
    /// `before`: the session as its events leave it.
    static Result<std::unique_ptr<LiveSession>> resume(const std::filesystem::path& file, const StartOptions& options,
                                                       const release::Release& before);

    ~LiveSession() override;

    Scheduler& scheduler() override { return scheduler_; }

private:
    explicit LiveSession(const StartOptions& options);
    engine::Outside outside();
    /// While the session is at work: the machine is kept from sleeping, and a clock that jumps is told to the engine.
    void watch_machine();
    Result<void> read_secrets(const plan::Plan& plan, const plan::Scope& values);
    void read_again(const plan::Plan& plan, const plan::Scope& values);
    void after_reading();

    net::LiveScheduler scheduler_;
    net::QtHttpClient http_;
    net::QtReach reach_;
    net::LocalProcessRunner processes_;
    Secrets secrets_;
    std::unique_ptr<Vault> vault_; ///< made when the first reference asks for it
    Paths paths_;
    std::unique_ptr<StayAwake> awake_;
    bool told_may_sleep_ = false;
};

} // namespace sluice::host
