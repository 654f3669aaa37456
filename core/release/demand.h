#pragma once
/// What an approval needs: the plan's wish, raised to what the policy demands (PLAN.md, "People"). Pure.
#include "release/state.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sluice::release {

struct Demand {
    std::vector<std::string> roles; ///< each at least once
    int quorum = 1;                 ///< distinct persons, at least as many as there are roles
    std::set<plan::Ground> accepts; ///< what an approval may rest on
    std::set<std::string> barred;   ///< persons whose approval does not count, whatever role they hold
    std::optional<Nanos> valid_for;
    bool by_policy = false; ///< a rule of the policy is for it: it can't be skipped
};

/// Of a step that is an approve.
Demand demand(const Release& release, const plan::Step& step);

/// The rule of the policy that is for this release; null = none.
const plan::PolicyRule* rule_of(const Release& release);

/// The approvals of a step that count at `now`: of persons who may, not expired.
std::vector<Approved> counting(const Release& release, const plan::Step& step, Nanos now);

/// What is still missing; empty = approved. "sre", "1 of 3 approvals".
std::string missing(const Demand& demand, const std::vector<Approved>& approvals);

/// Whether the person holds the role, as the policy, or else the bridge, has it. Where neither names anybody, each
/// person's word is taken.
bool holds(const Release& release, const std::string& person, const std::string& role);

/// Whether the person leads the session; in a rehearsal, whose operator is its seed's, anybody does.
bool leads(const Release& release, const std::string& person);

/// The role in which a person who names none gives a command for a step: one that the step asks for, if he holds one.
std::string role_for(const Release& release, const std::string& person, const StepId& step);

/// With that role where none is named.
Actor in_role(const Release& release, const Actor& person, const StepId& step);

/// What the policy asks for beyond the plan, one line an approve step, and what the plan does before any approval;
/// `refused` where it can't be met: no rule for the release, no approve step that all of it passes, roles that nobody
/// holds who may. `release` is opened, with its policy bound.
Result<std::vector<std::string>> raise(const Release& release);

/// Steps whose approval is still owed after the glass was broken.
std::vector<StepId> owed_approvals(const Release& release);

/// Why somebody may not give a command that is a person's, by the policy and the bridge; empty = he may. `command`: its
/// word.
std::string not_allowed(const Release& release, const std::string& command, const Actor& by);

} // namespace sluice::release
