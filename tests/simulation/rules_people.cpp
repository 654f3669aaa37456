/// Who may approve, by an account of its own: what people did as the log tells it, and the roles of plans.h. And what
/// an approval is for does not begin without it.
#include "plans.h"
#include "rules.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::simulation {

using namespace release;

namespace {

const std::set<std::string> demanded{"owner", "sre"}; ///< by the policy, of each approval, for so long:
constexpr Nanos stands_for = minutes(4);

const plan::Approve* approval(const plan::Step& step) {
    return std::get_if<plan::Approve>(&step.body);
}

/// The steps within a group or a decision, at any depth.
std::set<StepId> within(const plan::Plan& plan, const StepId& outer) {
    std::set<StepId> found;
    for (const auto& step : plan.steps) {
        for (const auto* at = &step; at != nullptr && !at->parent.empty(); at = plan.step(at->parent)) {
            if (at->parent == outer) {
                found.insert(step.id);
            }
        }
    }
    return found;
}

/// No later approval that always comes stands between.
bool directly_before(const plan::Plan& plan, const StepId& approve, const std::set<StepId>& before) {
    return std::none_of(before.begin(), before.end(), [&](const StepId& id) {
        const auto* other = plan.step(id);
        return id != approve && other != nullptr && approval(*other) && !other->when && other->parent.empty() &&
               other->left_out.empty() && all_before(plan, id).contains(approve);
    });
}

} // namespace

std::set<StepId> all_before(const plan::Plan& plan, const StepId& id) {
    std::set<StepId> found;
    std::vector<StepId> look{id};
    const auto add = [&](const StepId& one) {
        if (found.insert(one).second) {
            look.push_back(one);
        }
    };
    while (!look.empty()) {
        const plan::Step* step = plan.step(look.back());
        look.pop_back();
        if (step == nullptr) {
            continue;
        }
        for (const auto& need : step->needs) {
            add(need);
            for (const auto& inner : within(plan, need)) {
                add(inner);
            }
        }
        for (const auto* at = step; !at->parent.empty(); at = plan.step(at->parent)) {
            for (const auto& need : plan.step(at->parent)->needs) {
                add(need);
                for (const auto& inner : within(plan, need)) {
                    add(inner);
                }
            }
        }
        const auto* mine = plan.phase_of(step->id);
        for (const auto& phase : plan.phases) {
            if (mine == nullptr || phase.id == mine->id) {
                break;
            }
            for (const auto& top : phase.steps) {
                add(top);
                for (const auto& inner : within(plan, top)) {
                    add(inner);
                }
            }
        }
    }
    return found;
}

void Rules::check_enough(const Release& release, const StepId& approve, const std::vector<Approved>& approvals,
                         const std::string& what) {
    const auto& asked = *approval(*release.plan->step(approve));
    std::set<std::string> roles(asked.roles.begin(), asked.roles.end());
    if (governed_) {
        roles.insert(demanded.begin(), demanded.end());
    }
    std::set<std::string> persons, held, keys;
    for (const auto& one : approvals) {
        persons.insert(one.by.name);
        held.insert(one.by.role);
        if (const std::string key = key_of_proof(one.proof); !key.empty() && !keys.insert(key).second) {
            find(fmt::format("{} with two approvals by one key", what));
        }
    }
    for (const auto& role : roles) {
        if (!held.contains(role)) {
            find(fmt::format("{} without the {}", what, role));
        }
    }
    const auto wanted = std::max(static_cast<std::size_t>(asked.quorum), roles.size());
    if (persons.size() < wanted) {
        find(fmt::format("{} by {} persons of {}", what, persons.size(), wanted));
    }
}

void Rules::check_approved(const Release& before, const Approved& approved, Nanos now) {
    const std::string& who = approved.by.name;
    if (governed_) {
        const auto found = people().find(who);
        if (found == people().end() || !found->second.contains(approved.by.role)) {
            find(fmt::format("an approval by {} as {}, which he does not hold", who, approved.by.role));
        }
        if (const auto why = why_barred_.find(who); why != why_barred_.end()) {
            find(fmt::format("an approval by {}, who {} and is barred", who, why->second));
        }
        if (who == lead_) {
            find(fmt::format("an approval by {}, who leads and is barred", who));
        }
        if (approved.expires != (owed(approved.step) ? Nanos{} : now + stands_for)) {
            find(fmt::format("an approval by {} that stands for another time", who));
        }
    }
    if (!approved.attested_by.empty() && (approved.attested_by != lead_ || approved.reason.empty())) {
        find(fmt::format("attested by {}, while {} leads, for '{}'", approved.attested_by, lead_, approved.reason));
    }
    if (before.at(approved.step).status != StepStatus::person && !owed(approved.step)) {
        find(approved.step + " is approved, and nobody was asked");
    }
    approved_[approved.step].push_back(approved);
}

std::vector<Approved> Rules::counted(const StepId& step, Nanos now) {
    std::vector<Approved> found;
    for (const auto& one : approved_[step]) {
        const bool old = one.expires.count != 0 && one.expires <= now;
        if (!old && (!governed_ || (!why_barred_.contains(one.by.name) && one.by.name != lead_))) {
            found.push_back(one);
        }
    }
    return found;
}

/// An effect, or what is typed elsewhere, begins only after every approval before it was given: by persons who may, to
/// this plan, and not too long ago.
void Rules::check_guarded(const Release& before, const StepStarted& started, Nanos now) {
    const plan::Plan& plan = *before.plan;
    const auto* step = plan.step(started.step);
    if (step == nullptr || !plan::changes_outside(step->body) || plan.phase_of(started.step) == nullptr ||
        before.aborted || before.rollback.active) {
        return;
    }
    const auto earlier = all_before(plan, started.step);
    for (const auto& id : earlier) {
        const auto* guard = plan.step(id);
        if (guard == nullptr || !approval(*guard)) {
            continue;
        }
        const StepStatus status = before.at(id).status;
        if (!satisfies(status)) {
            find(fmt::format("{} starts while the approval {} is {}", started.step, id, name(status)));
        }
        if (governed_ && (status == StepStatus::skipped || status == StepStatus::overridden) && !glass_.contains(id)) {
            find(fmt::format("{} starts past the approval {}, which the policy demands", started.step, id));
        }
        if (status != StepStatus::passed || started.attempt != 1 || !directly_before(plan, id, earlier)) {
            continue;
        }
        // Once a part of what it is for has begun, an approval stands.
        const bool begun = std::any_of(plan.steps.begin(), plan.steps.end(), [&](const plan::Step& other) {
            if (!plan::changes_outside(other.body) || before.at(other.id).attempt == 0) {
                return false;
            }
            const auto its = all_before(plan, other.id);
            return its.contains(id) && directly_before(plan, id, its);
        });
        std::vector<Approved> standing;
        for (const auto& one : approved_[id]) {
            if (begun || one.expires.count == 0 || one.expires > now) {
                standing.push_back(one);
            }
        }
        check_enough(before, id, standing, started.step + " starts on " + id + ", approved to this plan");
    }
}

void Rules::hear_people(const Release& before, const Event& event) {
    const auto planned = [&](const StepId& step) { return before.plan ? before.plan->step(step) : nullptr; };
    if (const auto* opened = std::get_if<SessionOpened>(&event.body)) {
        lead_ = opened->by.name;
        why_barred_[lead_] = "opened the session";
    } else if (std::holds_alternative<PolicyBound>(event.body)) {
        governed_ = true;
    } else if (const auto* approved = std::get_if<Approved>(&event.body)) {
        check_approved(before, *approved, event.time);
    } else if (const auto* lead = std::get_if<LeadHandedOver>(&event.body)) {
        if (lead->by.name != lead_) {
            find(lead->by.name + " hands over the lead, which " + lead_ + " has");
        }
        lead_ = lead->to;
    } else if (const auto* shift = std::get_if<ShiftAsked>(&event.body)) {
        why_barred_[shift->by.name] = "moved traffic by hand";
    } else if (const auto* broken = std::get_if<GlassBroken>(&event.body)) {
        const auto known = people().find(broken->by.name);
        if (!governed_ || broken->reason.empty() || known == people().end() || !known->second.contains("lead")) {
            find(broken->by.name + " broke the glass, and may not");
        }
        why_barred_[broken->by.name] = "broke the glass";
        glass_[broken->step] = broken->by.name;
        owed_.insert(broken->step);
    } else if (const auto* afterwards = std::get_if<ApprovedAfterwards>(&event.body)) {
        check_enough(before, afterwards->step, counted(afterwards->step, event.time),
                     afterwards->step + " passed afterwards");
        owed_.erase(afterwards->step);
    } else if (const auto* amended = std::get_if<PlanAmended>(&event.body)) {
        why_barred_[amended->by.name] = "amended the plan";
        approved_.clear(); // it was another plan
    } else if (const auto* started = std::get_if<StepStarted>(&event.body)) {
        approved_[started->step].clear();
        check_guarded(before, *started, event.time);
    } else if (const auto* refused = std::get_if<Refused>(&event.body)) {
        approved_[refused->step].clear();
    } else if (const auto* expired = std::get_if<ApprovalExpired>(&event.body)) {
        std::erase_if(approved_[expired->step], [&](const auto& one) { return one.by.name == expired->person; });
    } else if (const auto* again = std::get_if<ApprovalAskedAgain>(&event.body)) {
        approved_[again->step].clear();
        if (glass_.contains(again->step)) { // what was approved afterwards was another plan
            owed_.insert(again->step);
        }
    } else if (const auto* closed = std::get_if<SessionClosed>(&event.body)) {
        if (closed->outcome == "done" && !owed_.empty()) {
            find("done, while the approval of " + *owed_.begin() + " is owed");
        }
    } else if (const auto* finished = std::get_if<StepFinished>(&event.body)) {
        const auto* step = planned(finished->step);
        const bool approves = step != nullptr && approval(*step);
        if (governed_ && approves && (finished->outcome == "skipped" || finished->outcome == "overridden") &&
            !glass_.contains(finished->step)) {
            find(
                fmt::format("{} is {} without an approval that the policy demands", finished->step, finished->outcome));
        }
        if (approves && finished->outcome == "passed") {
            check_enough(before, finished->step, counted(finished->step, event.time), finished->step + " passed");
        }
    }
    if (std::holds_alternative<Confirmed>(event.body) || std::holds_alternative<Attested>(event.body) ||
        std::holds_alternative<Approved>(event.body) || std::holds_alternative<Refused>(event.body)) {
        const Json data = to_json(event)["data"];
        if (data.contains("proof") && data["proof"].is_object() &&
            !nonces_.insert(data["proof"]["nonce"].get<std::string>() + " " + actor_of(event.body)).second) {
            find("a request is answered twice");
        }
    }
}

void Rules::hear(const Release& before, const Event& event) {
    hear_people(before, event);
    hear_time(before, event);
    hear_no_return(before, event);
    hear_proposals(before, event);
    hear_ways(before, event);
}

void Rules::decided(const Release& release, Nanos now) {
    ++decisions_;
    decided_time(release, now);
    decided_proposals(release, now);
    decided_ways(release);
}

} // namespace sluice::simulation
