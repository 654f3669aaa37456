/// Who may approve, by an account of its own: what people did as the log tells it, and the roles of plans.h.
#include "plans.h"
#include "watcher.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::simulation {

using namespace release;

void Watcher::check_approved(const Approved& approved) {
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
    }
    if (!approved.attested_by.empty() && (approved.attested_by != lead_ || approved.reason.empty())) {
        find(fmt::format("attested by {}, while {} leads, for '{}'", approved.attested_by, lead_, approved.reason));
    }
    approved_[approved.step].push_back(approved);
}

void Watcher::check_approvals(const plan::StepId& step, std::vector<std::string> roles, int quorum, Nanos now) {
    if (governed_) {
        roles.insert(roles.end(), {"owner", "sre"});
    }
    std::set<std::string> persons, held;
    for (const auto& one : approved_[step]) {
        const bool old = one.expires.count != 0 && one.expires <= now;
        if (!old && (!governed_ || (!why_barred_.contains(one.by.name) && one.by.name != lead_))) {
            persons.insert(one.by.name);
            held.insert(one.by.role);
        }
    }
    for (const auto& role : roles) {
        if (!held.contains(role)) {
            find(fmt::format("{} passed without the {}", step, role));
        }
    }
    const auto wanted =
        std::max<std::size_t>(static_cast<std::size_t>(quorum), std::set(roles.begin(), roles.end()).size());
    if (persons.size() < wanted) {
        find(fmt::format("{} passed by {} persons of {}", step, persons.size(), wanted));
    }
}

void Watcher::check_approved_before(const StepStarted& started, Nanos now) {
    const auto* step = release_.plan ? release_.plan->step(started.step) : nullptr;
    for (const auto& need : step != nullptr && started.attempt == 1 ? step->needs : std::vector<StepId>{}) {
        const auto* before = release_.plan->step(need);
        const bool approval = before != nullptr && std::holds_alternative<plan::Approve>(before->body);
        if (approval && release_.at(need).status == StepStatus::passed && plan::is_effect(step->body)) {
            // Who has been barred since had a say then; what has expired since, or was said of another plan, is none.
            const auto count = std::count_if(approved_[need].begin(), approved_[need].end(), [&](const Approved& one) {
                return one.expires.count == 0 || one.expires > now;
            });
            if (count < std::get<plan::Approve>(before->body).quorum) {
                find(fmt::format("{} starts on the approval of {} persons to this plan", started.step, count));
            }
        }
    }
}

void Watcher::hear_people(const Event& event) {
    if (const auto* opened = std::get_if<SessionOpened>(&event.body)) {
        lead_ = opened->by.name;
        why_barred_[lead_] = "opened the session";
    } else if (std::holds_alternative<PolicyBound>(event.body)) {
        governed_ = true;
    } else if (const auto* lead = std::get_if<LeadHandedOver>(&event.body)) {
        if (lead->by.name != lead_) {
            find(lead->by.name + " hands over the lead, which " + lead_ + " has");
        }
        lead_ = lead->to;
    } else if (const auto* shift = std::get_if<ShiftAsked>(&event.body)) {
        why_barred_[shift->by.name] = "moved traffic by hand";
    } else if (const auto* broken = std::get_if<GlassBroken>(&event.body)) {
        if (!governed_ || broken->reason.empty() || !people().at(broken->by.name).contains("lead")) {
            find(broken->by.name + " broke the glass, and may not");
        }
        why_barred_[broken->by.name] = "broke the glass";
        glass_[broken->step] = broken->by.name;
        owed_.insert(broken->step);
    } else if (const auto* afterwards = std::get_if<ApprovedAfterwards>(&event.body)) {
        check_approvals(afterwards->step, {}, 1, event.time);
        owed_.erase(afterwards->step);
    } else if (const auto* amended = std::get_if<PlanAmended>(&event.body)) {
        why_barred_[amended->by.name] = "amended the plan";
        approved_.clear(); // it was another plan
    } else if (const auto* started = std::get_if<StepStarted>(&event.body)) {
        approved_[started->step].clear();
        check_approved_before(*started, event.time);
    } else if (const auto* refused = std::get_if<Refused>(&event.body)) {
        approved_[refused->step].clear();
    } else if (const auto* expired = std::get_if<ApprovalExpired>(&event.body)) {
        std::erase_if(approved_[expired->step], [&](const auto& one) { return one.by.name == expired->person; });
    } else if (const auto* again = std::get_if<ApprovalAskedAgain>(&event.body)) {
        approved_[again->step].clear();
    } else if (const auto* closed = std::get_if<SessionClosed>(&event.body)) {
        if (closed->outcome == "done" && !owed_.empty()) {
            find("done, while the approval of " + *owed_.begin() + " is owed");
        }
    } else if (const auto* finished = std::get_if<StepFinished>(&event.body)) {
        const auto* step = release_.plan ? release_.plan->step(finished->step) : nullptr;
        const bool approval = step != nullptr && std::holds_alternative<plan::Approve>(step->body);
        if (governed_ && approval && (finished->outcome == "skipped" || finished->outcome == "overridden") &&
            !glass_.contains(finished->step)) {
            find(
                fmt::format("{} is {} without an approval that the policy demands", finished->step, finished->outcome));
        }
    }
    const Json data = to_json(event)["data"];
    if (data.contains("proof") && data["proof"].is_object() &&
        !nonces_.insert(data["proof"]["nonce"].get<std::string>()).second) {
        find("a request is answered twice");
    }
}

} // namespace sluice::simulation
