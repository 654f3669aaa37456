#pragma once
/// What must be true at every event of a release of these plans (drawn.h, plans.h), whoever drives it: told from the
/// events alone, by an account of its own of what people and time did. What needs a look outside is the watcher's.
#include "release/state.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sluice::simulation {

using plan::StepId;

class Rules {
public:
    /// `finder`: is told what is not as it must be.
    explicit Rules(std::function<void(const std::string&)> finder) : find(std::move(finder)) {}

    /// Each event, with the release as it was before it.
    void hear(const release::Release& before, const release::Event& event);
    /// After the last event of a decision: what follows by itself has followed.
    void decided(const release::Release& release, Nanos now);
    /// The next event is of another decision, without a look at what has followed.
    void next_decision() { ++decisions_; }

private:
    // rules_time.cpp: due, valid-for, escalate, not-before, the calendar.
    void hear_time(const release::Release& before, const release::Event& event);
    void check_moments(const release::Release& before, const release::StepStarted& started, Nanos now);
    void check_overdue(const release::Release& before, const release::StepOverdue& told, Nanos now);
    void ask(const release::Event& event, const release::Release& before);
    void decided_time(const release::Release& release, Nanos now);
    std::optional<Nanos> moment(const release::Release& release, const plan::NotBefore& moment) const;

    // rules_ways.cpp: variants, severity, clean-up, messages, follow-up work, the end.
    void hear_ways(const release::Release& before, const release::Event& event);
    void hear_severity(const release::Release& before, const release::Event& event);
    void check_closing(const release::Release& before, const release::SessionClosed& closed);
    void check_released(const release::Release& before);
    void check_cleaning(const release::Release& before, const plan::Step& step);
    void decided_ways(const release::Release& release);

    // rules_proposals.cpp: what triggers propose, and what becomes of it; how long there is a way back.
    void hear_proposals(const release::Release& before, const release::Event& event);
    void hear_no_return(const release::Release& before, const release::Event& event);
    void check_kept_open(const release::Release& before, Nanos now);
    void check_answered(const release::Release& before, const release::ProposalAnswered& answered, Nanos now);
    void decided_proposals(const release::Release& release, Nanos now);
    const std::set<StepId>& omitted(const release::Release& release);

    // rules_people.cpp: who may approve, and what may not begin without it.
    void hear_people(const release::Release& before, const release::Event& event);
    void check_approved(const release::Release& before, const release::Approved& approved, Nanos now);
    /// Whether these persons are enough, by the plan and the policy; `what`: what passed.
    void check_enough(const release::Release& release, const StepId& approve,
                      const std::vector<release::Approved>& approvals, const std::string& what);
    void check_guarded(const release::Release& before, const release::StepStarted& started, Nanos now);
    bool owed(const StepId& step) const { return owed_.contains(step); }
    /// Those that count: of who may, not too old.
    std::vector<release::Approved> counted(const StepId& step, Nanos now);

    std::function<void(const std::string&)> find;
    std::map<StepId, Nanos> ended_;        ///< when it was over: satisfied, or found not to apply
    std::map<StepId, Nanos> asked_;        ///< since when a person is awaited
    std::set<StepId> escalated_, overdue_; ///< told
    std::set<std::string> open_phases_;    ///< whose closed window was set aside
    Nanos t0_;                             ///< 0 = not known yet

    std::string severity_;
    std::set<std::string> set_aside_; ///< severities that a person declared less than, and that were not over since
    std::map<std::string, std::string> triggers_; ///< "trigger" → as last told; of the whole trigger
    std::string fired_, taken_;                   ///< by the event before this one; taken: for want of an answer
    std::map<std::string, Nanos> proposed_;       ///< "trigger" or "trigger/arm" → since when it can be answered
    bool way_closed_ = false;
    bool no_return_ = false;          ///< a step that can't be taken back has begun to act, or a person has done it
    std::map<StepId, int> confirmed_; ///< of the current attempt: by which decision
    int decisions_ = 0;
    bool released_ = false, closed_ = false, cleared_ = false; ///< `cleared_`: the rollback is finished

    bool governed_ = false; ///< by the policy of plans.h
    std::string lead_;
    std::map<std::string, std::string> why_barred_;             ///< person → for what he did
    std::map<StepId, std::vector<release::Approved>> approved_; ///< of this attempt and this plan, not expired
    std::map<StepId, std::string> glass_;                       ///< broken, and by whom
    std::set<StepId> owed_;                                     ///< approvals after that
    std::set<std::string> nonces_;                              ///< answered
    std::shared_ptr<const plan::Plan> plan_;                    ///< of which `omitted_` is
    std::set<StepId> omitted_;                                  ///< by the variant
};

/// The steps that must be over before this one can begin, at any distance.
std::set<StepId> all_before(const plan::Plan& plan, const StepId& step);

} // namespace sluice::simulation
