#pragma once
/// Who leads, who is here, and what the one at this desk can do about it (PLAN.md, "People").
#include "story/step_mark.h"
#include "story/story.h"

#include <QString>
#include <optional>
#include <string>
#include <vector>

namespace sluice::story {

struct PersonLine {
    std::string name;
    std::vector<std::string> roles; ///< that the person holds here; empty = nobody has said
    Mark mark = Mark::to_come;      ///< running: leads; holds: is here; to come: known to the policy, and not here
    QString said;                   ///< the roles, for people
    QString since;                  ///< "leads since 14:02:11 UTC", "here since …", "not here"
    bool leads = false;
    bool here = false;     ///< on the bridge
    QString why_not_lead;  ///< why the lead can't be handed over to this person; empty = it can
    QString why_not_leave; ///< why the person can't be marked as gone; empty = it can
    bool operator==(const PersonLine&) const = default;
};

struct PeopleView {
    QString lead;                    ///< "ada leads since 14:02:11 UTC"
    QString handed_over;             ///< "from lena: my shift ends"; empty = it was not
    QString ground;                  ///< who says who holds which role
    QString desk;                    ///< whose commands are given here: "lena, lead"; empty = nobody's
    std::vector<PersonLine> persons; ///< who leads, who is here, then who else is known
    std::vector<std::string> roles;  ///< that plan and policy name: to choose from
    QString why_not_join;            ///< why nobody can be added from here; empty = somebody can
    bool operator==(const PeopleView&) const = default;
};

/// `viewer`: whose commands they would be. What can't be done is asked of the rules themselves (release/decide.h).
/// Pure.
PeopleView present_people(const Moment& moment, const std::optional<release::Actor>& viewer);

/// Those who may hold one of these roles, by the policy or else by the bridge; empty where neither names anybody.
std::vector<release::Actor> holders(const release::Release& release, const std::vector<std::string>& roles);

} // namespace sluice::story
