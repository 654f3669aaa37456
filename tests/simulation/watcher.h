#pragma once
#include "production.h"
#include "release/decide.h"
#include "session/records.h"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

namespace sluice::simulation {

/// What must be true at every event of every release, whatever happens around it. It keeps a release of its own, read
/// from the bytes that are in the file, and an account of its own of what people and gates said.
class Watcher {
public:
    /// `told`: prints each event.
    explicit Watcher(const Production& production, bool told = false) : production_(production), told_(told) {}

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
    void check_finish(const release::StepFinished& finished, Nanos now);
    void check_settled(const release::Settled& settled);
    void check_approved(const release::Approved& approved);
    void check_approvals(const plan::StepId& step, std::vector<std::string> roles, int quorum, Nanos now);
    void check_approved_before(const release::StepStarted& started, Nanos now);
    void hear_people(const release::Event& event);
    void check_state(Nanos now);
    void count_holds(Nanos until);
    void find(const std::string& what);

    const Production& production_;
    bool told_;
    release::Release release_;
    std::optional<std::string> finding_;
    std::set<std::string> intents_;      ///< in the file
    std::set<std::string> wrote_;        ///< by all lives that have ended
    std::map<plan::StepId, Nanos> good_; ///< how long all gates of a hold have passed while the program was there
    bool governed_ = false;              ///< by the policy of plans.h
    std::string lead_;                   ///< as heard, like all that follows
    std::map<std::string, std::string> why_barred_;                   ///< person → for what he did
    std::map<plan::StepId, std::vector<release::Approved>> approved_; ///< of the current attempt, not expired
    std::map<plan::StepId, std::string> glass_;                       ///< broken, and by whom
    std::set<plan::StepId> owed_;                                     ///< approvals after that
    std::set<std::string> nonces_;                                    ///< answered
    std::set<plan::StepId> forced_;                                   ///< a person set it aside, or went on by hand
    Nanos counted_;                                                   ///< holds are counted up to here
    std::string at_;                                                  ///< "event 17 step-started"
};

} // namespace sluice::simulation
