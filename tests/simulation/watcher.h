#pragma once
#include "production.h"
#include "release/decide.h"
#include "rules.h"
#include "session/records.h"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

namespace sluice::simulation {

/// What must be true at every event of every release, whatever happens around it. It keeps a release of its own, read
/// from the bytes that are in the file, and an account of its own of what gates said; the rest is in Rules.
class Watcher {
public:
    /// `told`: prints each event.
    explicit Watcher(const Production& production, bool told = false)
        : production_(production), told_(told), rules_([this](const std::string& what) { find(what); }) {}

    /// Events as they are durable; `live` is the release of the program after the last of them.
    void hear(std::span<const session::EventRecord> records, const release::Release& live);
    /// The program has died. `wrote`: the operations of which that life handed writes to the outside.
    void died(Nanos now, const std::set<std::string>& wrote);
    /// It has come back with what its file holds.
    void reopened(Nanos now, std::span<const session::EventRecord> records);
    /// The session is over, or nothing happens any more.
    void end();

    const std::optional<std::string>& finding() const { return finding_; }
    const release::Release& release() const { return release_; }

private:
    void look(const release::Event& event);
    void check_start(const release::StepStarted& started);
    void check_finish(const release::StepFinished& finished);
    void check_triggered(const std::string& trigger, Nanos now);
    void check_settled(const release::Settled& settled);
    void check_declared(const release::SeverityDeclared& declared, Nanos now);
    void check_deeds();
    void check_state(const release::Event& event);
    void count_holds(Nanos until);
    void find(const std::string& what);

    const Production& production_;
    bool told_;
    release::Release release_;
    std::optional<std::string> finding_;
    std::set<std::string> intents_;      ///< in the file
    std::set<std::string> wrote_;        ///< by all lives that have ended
    std::map<plan::StepId, Nanos> good_; ///< how long all gates of a hold have passed while the program was there
    std::set<plan::StepId> forced_;      ///< a person set it aside, or went on by hand
    std::map<plan::StepId, int> calls_;  ///< escalations that somebody is sent a message about
    Nanos counted_;                      ///< holds are counted up to here
    Nanos back_;                         ///< when the program last came back; 0 = it was never away
    std::string at_;                     ///< "event 17 step-started"
    Rules rules_;
};

} // namespace sluice::simulation
