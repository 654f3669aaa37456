/// Ways back that triggers propose, and the time while which one is kept open after all is done.
#include "rules.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::simulation {

using namespace release;

namespace {

const plan::Trigger* trigger_of(const Release& release, const std::string& id) {
    const auto& all = release.plan->rollback.triggers;
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == id; });
    return found == all.end() ? nullptr : &*found;
}

} // namespace

void Rules::check_answered(const Release& before, const ProposalAnswered& answered, Nanos now) {
    const std::string key = key_of(answered.trigger, answered.arm);
    const auto open = proposed_.find(key);
    const plan::Trigger* trigger = trigger_of(before, answered.trigger);
    if (open == proposed_.end() || trigger == nullptr) {
        find(key + " is answered, and proposes nothing");
        return;
    }
    const bool by_person = answered.answer == "declined";
    if (by_person ? answered.reason.empty() || answered.by.name.starts_with("trigger")
                  : !trigger->grace || now < open->second + *trigger->grace) {
        find(fmt::format("{} is {} before its time, or without a reason", key, answered.answer));
    }
    proposed_.erase(open);
}

void Rules::hear_proposals(const Release& before, const Event& event) {
    if (!before.plan) {
        return;
    }
    if (const auto* changed = std::get_if<TriggerChanged>(&event.body)) {
        const plan::Trigger* trigger = trigger_of(before, changed->trigger);
        const std::string key = key_of(changed->trigger, changed->arm);
        proposed_.erase(key);
        if (changed->state == "fired" && trigger != nullptr && trigger->mode == plan::TriggerMode::propose) {
            proposed_[key] = event.time;
        }
    } else if (const auto* answered = std::get_if<ProposalAnswered>(&event.body)) {
        check_answered(before, *answered, event.time);
    } else if (const auto* jumped = std::get_if<ClockJumped>(&event.body)) {
        for (auto& [key, since] : proposed_) {
            since += event.time - std::min(jumped->from, event.time); // nobody could answer meanwhile
        }
    } else if (std::holds_alternative<SessionResumed>(event.body)) {
        for (auto& [key, since] : proposed_) {
            since = event.time;
        }
    } else if (std::holds_alternative<PlanAmended>(event.body)) {
        std::erase_if(proposed_, [&](const auto& one) {
            return trigger_of(before, one.first.substr(0, one.first.find('/'))) == nullptr;
        });
    } else if (std::holds_alternative<WayBackClosed>(event.body)) {
        way_closed_ = true;
    } else if (const auto* closed = std::get_if<SessionClosed>(&event.body); closed && closed->outcome == "done") {
        check_kept_open(before, event.time);
    }
}

void Rules::check_kept_open(const Release& before, Nanos now) {
    const auto& rollback = before.plan->rollback;
    const auto since = rollback.within ? ended_.find(rollback.within_after) : ended_.end();
    const bool done = since != ended_.end() && satisfies(before.at(rollback.within_after).status);
    if (done && !no_return_ && !way_closed_ && now < since->second + *rollback.within) {
        find("it is closed while there is to be a way back");
    }
}

/// Of what these plans can't take back one acts, and one a person confirms (drawn.cpp).
void Rules::hear_no_return(const Release& before, const Event& event) {
    const auto* started = std::get_if<StepStarted>(&event.body);
    const auto* confirmed = std::get_if<Confirmed>(&event.body);
    const plan::Step* step = !before.plan ? nullptr
                             : started    ? before.plan->step(started->step)
                             : confirmed  ? before.plan->step(confirmed->step)
                                          : nullptr;
    no_return_ = no_return_ || (step != nullptr && step->point_of_no_return &&
                                (confirmed != nullptr || !std::holds_alternative<plan::Confirm>(step->body)));
}

void Rules::decided_proposals(const Release& release, Nanos now) {
    if (!release.plan || release.closed() || release.aborted || release.rollback.active) {
        return;
    }
    for (const auto& [key, since] : proposed_) {
        const plan::Trigger* trigger = trigger_of(release, key.substr(0, key.find('/')));
        if (trigger != nullptr && trigger->grace && now >= since + *trigger->grace) {
            find(key + " proposes, nobody has answered in time, and nothing happens");
        }
    }
    for (const auto& trigger : release.plan->rollback.triggers) {
        const std::string& state = triggers_[trigger.id];
        if (trigger.from.empty() && trigger.until.empty() && !no_return_ && (state.empty() || state == "disarmed")) {
            find(trigger.id + " is not armed, and there is a way back");
        }
    }
}

} // namespace sluice::simulation
