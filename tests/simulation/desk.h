#pragma once
#include "drawn.h"
#include "engine/engine.h"
#include "life_clock.h"
#include "outside.h"
#include "session/failing_disk.h"
#include "watcher.h"

#include <filesystem>
#include <memory>

namespace sluice::simulation {

/// The program: engine, file and connections of one life after the other, on a production that goes on.
class Desk {
public:
    Desk(Production& production, Watcher& watcher, std::filesystem::path file, Drawn plan, bool governed);
    ~Desk();

    /// Opens the session, or comes back to it. `disk_fails_at`: the n-th sync from now on fails; 0 = none.
    Result<void> begin(int disk_fails_at);
    /// As kill -9: what is durable stays, and what was sent is on its way.
    void die();
    bool alive() const { return engine_ != nullptr; }
    bool broken() const { return broken_; } ///< its disk has failed: it does nothing more

    engine::Engine& engine() { return *engine_; }

private:
    Result<void> open();
    Result<void> resume();
    void make_engine();

    Production& production_;
    Watcher& watcher_;
    std::filesystem::path file_;
    Drawn plan_;
    bool governed_; ///< by the policy
    session::SigningKey key_;
    std::unique_ptr<session::testing::FailingDisk> disk_;
    std::unique_ptr<LifeClock> clock_;
    std::unique_ptr<Network> network_;
    std::unique_ptr<Processes> processes_;
    std::unique_ptr<engine::Outside> outside_;
    std::unique_ptr<session::SessionLog> log_;
    std::unique_ptr<engine::Engine> engine_;
    bool broken_ = false;
};

} // namespace sluice::simulation
