/// Triggers: armed in their scope, pending while true, frozen while there is no answer, fired after `for`.
/// "Breached for D": true and `now - since >= D`. An absent series starts it anew; a source error freezes it
/// (Prometheus' `for`, read in its rules/alerting.go).
#include "release/draft.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::release {
namespace {

/// The step, or, if it does not apply, the next one of the plan that does.
auto applying(const Release& release, const StepId& id) {
    const auto& steps = release.plan->steps;
    auto at = std::find_if(steps.begin(), steps.end(), [&](const auto& step) { return step.id == id; });
    while (at != steps.end() && release.at(at->id).status == StepStatus::not_applicable) {
        ++at;
    }
    return at;
}

/// The step after which it is armed: `from`, or the next one that applies.
bool begun(const Release& release, const plan::Trigger& trigger) {
    if (trigger.from.empty()) {
        return true;
    }
    const auto at = applying(release, trigger.from);
    return at != release.plan->steps.end() && satisfies(release.at(at->id).status);
}

/// Skipped while it waited is not started.
bool started(const Release& release, const StepId& id) {
    return release.at(id).attempt > 0;
}

/// The step whose start ends it: `until`, or the next one that applies; where none does, it ends with the plan's last.
bool ended(const Release& release, const plan::Trigger& trigger) {
    if (trigger.until.empty()) {
        return false;
    }
    const auto at = applying(release, trigger.until);
    return at == release.plan->steps.end() || started(release, at->id) ||
           release.at(at->id).status == StepStatus::skipped;
}

} // namespace

bool in_scope(const Release& release, const plan::Trigger& trigger) {
    return begun(release, trigger) && !ended(release, trigger);
}

bool wanted(const Release& release, const plan::Trigger& trigger) {
    return !release.rollback.active && !release.aborted && !release.closed() && begun(release, trigger) &&
           !ended(release, trigger) && no_return_since(release) == nullptr;
}

namespace {

std::string state_of(const Release& release, const std::string& key) {
    const auto found = release.triggers.find(key);
    return found == release.triggers.end() ? "disarmed" : found->second.state;
}

/// What was pending on an arm that has lost its traffic starts anew when it gets some again.
void forget_idle_arms(Draft& draft, const plan::Trigger& trigger) {
    if (!trigger.arm.empty()) {
        return;
    }
    const auto busy = arms_with_traffic(draft.state());
    std::vector<std::string> idle;
    for (const auto& [key, state] : draft.state().triggers) {
        const bool proposes = trigger.mode == plan::TriggerMode::propose && state.state == "fired";
        if (key.starts_with(trigger.id + "/") && (state.state == "pending" || state.state == "frozen" || proposes)) {
            const std::string arm = key.substr(trigger.id.size() + 1);
            if (!busy.contains(arm)) {
                idle.push_back(arm);
            }
        }
    }
    for (const auto& arm : idle) {
        draft.add(TriggerChanged{trigger.id, arm, "armed", "", arm + " has no traffic", nullptr});
    }
}

/// What follows from a trigger that has been true for long enough.
void fire(Draft& draft, const plan::Trigger& trigger, const TriggerReading& reading) {
    const plan::Option* option = option_of(draft.state(), trigger);
    const std::string not_now = option ? not_available(draft.state(), *option) : "the plan has no such option";
    const bool act = trigger.mode == plan::TriggerMode::act;
    const std::string why = act && !not_now.empty() ? fmt::format("{}; but {} is not available: {}", reading.why,
                                                                  option ? option->id : trigger.option, not_now)
                                                    : reading.why;
    draft.add(TriggerChanged{reading.trigger, reading.arm, "fired", reading.value, why, reading.samples});
    if (act && not_now.empty()) {
        start_rollback(draft, RollBack{option->id, trigger.id, reading.why});
    }
}

/// Whether what is declared is this level, or a worse one.
bool as_bad_as(const Release& release, const std::string& level) {
    bool seen = false;
    for (const auto& one : release.plan->severity) {
        seen = seen || one.id == level;
        if (one.id == release.severity) {
            return seen;
        }
    }
    return false;
}

} // namespace

void fire_for_severity(Draft& draft, const std::string& why) {
    const auto plan = draft.state().plan;
    for (const auto& trigger : plan->rollback.triggers) {
        const bool watches = state_of(draft.state(), trigger.id) == "armed" && wanted(draft.state(), trigger);
        if (!trigger.severity.empty() && watches && as_bad_as(draft.state(), trigger.severity)) {
            fire(draft, trigger, {trigger.id, "", "yes", draft.state().severity, why, nullptr});
        }
    }
}

namespace {

/// One that is armed while what it waits for is declared fires at once; one that proposed stays fired until the
/// severity is lowered.
void watch_severity_of(Draft& draft, const plan::Trigger& trigger) {
    if (trigger.severity.empty() || !wanted(draft.state(), trigger)) {
        return;
    }
    const std::string state = state_of(draft.state(), trigger.id);
    const std::string& declared = draft.state().severity;
    const bool bad = as_bad_as(draft.state(), trigger.severity);
    if (state == "armed" && bad) {
        fire(draft, trigger, {trigger.id, "", "yes", declared, declared + " is declared", nullptr});
    } else if (state == "fired" && !bad) {
        draft.add(TriggerChanged{trigger.id, "", "armed", "", "", nullptr});
    }
}

} // namespace

void disarm_all(Draft& draft) {
    const auto plan = draft.state().plan;
    for (const auto& trigger : plan->rollback.triggers) {
        const std::string state = state_of(draft.state(), trigger.id);
        if (state != "disarmed" && state != "fired") {
            draft.add(TriggerChanged{trigger.id, "", "disarmed", "", "", nullptr});
        }
    }
}

namespace {

/// A proposal whose trigger's time is over is none any more; what a rollback was started by stays to be seen.
void withdraw(Draft& draft, const plan::Trigger& trigger) {
    std::vector<std::string> arms;
    for (const auto& proposal : open_proposals(draft.state())) {
        if (proposal.trigger == &trigger) {
            arms.push_back(proposal.arm);
        }
    }
    for (const auto& arm : arms) {
        draft.add(TriggerChanged{trigger.id, arm, "disarmed", "", "", nullptr});
    }
}

} // namespace

void withdraw_all(Draft& draft) {
    const auto known = draft.state().triggers;
    for (const auto& [key, state] : known) {
        const auto slash = key.find('/');
        if (state.state == "fired" && slash != std::string::npos) {
            draft.add(TriggerChanged{key.substr(0, slash), key.substr(slash + 1), "disarmed", "", "", nullptr});
        }
    }
    const auto plan = draft.state().plan;
    for (const auto& trigger : plan->rollback.triggers) {
        if (state_of(draft.state(), trigger.id) != "disarmed") {
            draft.add(TriggerChanged{trigger.id, "", "disarmed", "", "", nullptr});
        }
    }
}

void watch_triggers(Draft& draft) {
    const auto plan = draft.state().plan;
    for (const auto& trigger : plan->rollback.triggers) {
        const std::string state = state_of(draft.state(), trigger.id);
        const bool armed = wanted(draft.state(), trigger);
        if (armed && state == "disarmed") {
            draft.add(TriggerChanged{trigger.id, "", "armed", "", "", nullptr});
        } else if (!armed) {
            withdraw(draft, trigger);
            if (const std::string now = state_of(draft.state(), trigger.id); now != "disarmed" && now != "fired") {
                draft.add(TriggerChanged{trigger.id, "", "disarmed", "", "", nullptr});
            }
        }
        if (armed) { // else what has fired stays to be seen: the way back takes the traffic off its arm
            forget_idle_arms(draft, trigger);
        }
        watch_severity_of(draft, trigger);
    }
    watch_proposals(draft);
}

Verdict on(Draft& draft, const TriggerReading& command) {
    const auto plan = draft.state().plan;
    const auto& all = plan->rollback.triggers;
    const auto trigger = std::find_if(all.begin(), all.end(), [&](const auto& t) { return t.id == command.trigger; });
    if (trigger == all.end()) {
        return refuse("the plan has no such trigger", command.trigger);
    }
    const std::string base = state_of(draft.state(), trigger->id);
    if (base == "disarmed" || !wanted(draft.state(), *trigger)) {
        return {};
    }
    const std::string key = key_of(command.trigger, command.arm);
    const std::string state = state_of(draft.state(), key);
    // One that only proposes stays fired until it is no longer true.
    const bool waiting = state == "pending" || state == "frozen" || state == "fired";
    const auto say = [&](const char* next) {
        draft.add(TriggerChanged{command.trigger, command.arm, next, command.value, command.why, command.samples});
    };
    if (command.truth == "source-error") {
        if (state == "pending") {
            say("frozen");
        }
        return {};
    }
    if (command.truth != "yes") {
        if (waiting) {
            say("armed");
        }
        return {};
    }
    if (state == "fired") {
        return {};
    }
    if (state != "pending") {
        say("pending");
    }
    if (draft.now() - draft.state().triggers.at(key).since >= trigger->for_) {
        fire(draft, *trigger, command);
    }
    return {};
}

Verdict on(Draft& draft, const SourceReport& command) {
    const auto& sources = draft.state().sources;
    const auto found = sources.find(command.source);
    const std::string before = found == sources.end() ? "ok" : found->second.state;
    const std::string why = found == sources.end() ? "" : found->second.why;
    if (before != command.state || (command.state != "ok" && why != command.why)) {
        draft.add(SourceChanged{command.source, command.state, command.why});
    }
    return {};
}

Verdict on(Draft& draft, const Readiness& command) {
    const RollbackState& rollback = draft.state().rollback;
    if (rollback.active || (rollback.ready_option == command.option && rollback.ready == command.ready &&
                            rollback.ready_why == command.why)) {
        return {};
    }
    draft.add(RollbackReadiness{command.option, command.ready, command.why});
    return {};
}

} // namespace sluice::release
