#include "release/apply_measures.h"

#include <algorithm>

namespace sluice::release {

void FoldMeasures::operator()(const GateChanged& e) {
    auto* step = find(r.steps, e.step);
    if (!step) {
        return;
    }
    auto& gate = step->gates[key_of(e.gate, e.arm)];
    // A gate that holds, and lacks samples at the hold's end only, has held by itself all the while.
    const bool lacked = gate.lacks_samples() && e.verdict == "pass";
    const bool lacks = gate.verdict == "pass" && e.verdict == "inconclusive" && e.seen < e.wanted;
    if ((gate.verdict != e.verdict && !lacked && !lacks) || gate.since.count == 0) {
        gate.since = now_;
    }
    gate.verdict = e.verdict;
    gate.close = e.close;
    gate.value = e.value;
    gate.limit = e.limit;
    gate.headroom = e.headroom;
    gate.why = e.why;
    gate.breach_in = e.breach_in;
    gate.breach_at = e.breach_in.count == 0 ? Nanos{} : now_ + e.breach_in;
    gate.shadow = e.shadow;
    gate.seen = e.seen;
    gate.wanted = e.wanted;
    gate.important = e.important;
    if (const auto aside = step->set_aside.find(e.gate); aside != step->set_aside.end()) {
        gate.overridden = true;
        gate.overridden_by = aside->second;
    }
}
void FoldMeasures::operator()(const HoldHeartbeat& e) {
    auto* step = find(r.steps, e.step);
    if (!step) {
        return;
    }
    if (step->hold.running) {
        step->hold.held = e.held;
        step->hold.mark = now_;
    }
    for (auto& [key, gate] : step->gates) {
        prove(gate.own);
        const auto seen = e.seen.find(key);
        gate.seen = seen != e.seen.end() && seen->is_number_integer() ? seen->get<int>() : gate.seen;
    }
}

void FoldMeasures::prove(HoldState& clock) const {
    if (clock.running) {
        clock.held = clock.held_at(now_);
        clock.mark = now_;
    }
}

void FoldMeasures::take_own_clock(StepState& step, const HoldChanged& e) const {
    auto* gate = find(step.gates, key_of(e.gate, e.arm));
    if (!gate) {
        return;
    }
    gate->own = {e.state == "running", e.held, now_, e.why};
    gate->seen = e.state == "restarted" ? 0 : gate->seen;          // what came before is no evidence for what comes
    if (!gate->own.running && step.status == StepStatus::person) { // nobody advances past it
        step.status = StepStatus::running;
        step.why.clear();
    }
}

void FoldMeasures::operator()(const TriggerChanged& e) {
    auto& trigger = r.triggers[key_of(e.trigger, e.arm)];
    trigger.grace_ends = {};
    trigger.answer.clear();
    if (e.state == "pending") {
        // Going on after it was frozen: the frozen time does not count, nor is what went before lost.
        trigger.since = trigger.state == "frozen" ? now_ - (trigger.frozen_at - trigger.since) : now_;
        trigger.state = e.state;
    } else if (e.state == "frozen") {
        freeze(trigger, now_);
    } else if (e.state == "disarmed") {
        trigger = TriggerState{};
        std::erase_if(r.triggers, [&](const auto& entry) {
            return entry.first.starts_with(e.trigger + "/") && entry.second.state != "fired"; // which arm did it stays
        });
        return; // of an arm: a proposal that is withdrawn
    } else {
        trigger.state = e.state;
        trigger.since = now_;
        trigger.grace_ends = e.state == "fired" ? end_of_grace(e.trigger) : Nanos{};
    }
    trigger.value = e.value;
    trigger.why = e.why;
}
void FoldMeasures::operator()(const AlertChanged& e) {
    auto& alert = r.alerts[key_of(e.alert, e.arm)];
    if (e.state == "frozen") {
        alert.frozen_at = now_;
    } else {
        const bool thaws = alert.state == "frozen" && e.state == "pending" && alert.absent == e.absent;
        alert.since = thaws ? now_ - (alert.frozen_at - alert.since) : now_;
    }
    if (e.state == "firing") {
        ++alert.fired;
        alert.routes.clear();
        alert.acknowledged_by.clear();
        alert.acknowledged_why.clear();
    }
    if (e.state == "inactive" && alert.firing()) {
        alert.routes.clear(); // it begins anew, and what was told of it is past
    }
    alert.state = e.state;
    alert.unread = alert.unread && e.state != "firing" && e.state != "resolved";
    alert.absent = e.absent;
    alert.value = e.value;
    alert.why = e.why;
}
void FoldMeasures::operator()(const AlertSent& e) {
    auto& alert = r.alerts[key_of(e.alert, e.arm)];
    alert.unread = alert.unread && !e.resolved; // it was looked at before that was said
    auto& route = alert.routes[e.channel];
    route = {e.key, e.attempt, true, false, now_, {}, e.resolved, route.heard, false};
}
void FoldMeasures::operator()(const AlertTold& e) {
    auto& route = r.alerts[key_of(e.alert, e.arm)].routes[e.channel];
    route.in_flight = false;
    route.delivered = e.delivered;
    route.at = now_;
    route.why = e.why;
    route.perhaps = e.perhaps;
    route.heard = route.heard || ((e.delivered || e.perhaps) && !e.resolved);
}
void FoldMeasures::operator()(const AlertAcknowledged& e) {
    auto& alert = r.alerts[key_of(e.alert, e.arm)];
    alert.acknowledged_by = e.by.name;
    alert.acknowledged_why = e.reason;
}
void FoldMeasures::operator()(const ProposalAnswered& e) {
    if (auto* trigger = find(r.triggers, key_of(e.trigger, e.arm))) {
        trigger->answer = e.answer;
    }
}
/// What is worse than a person says now, and no worse than what was declared, that person sets aside. Whether its
/// condition holds at that moment is not known here: where it does not, the next reading says so.
void FoldMeasures::operator()(const SeverityDeclared& e) {
    const auto& levels = r.plan->severity;
    const auto badness = [&](const std::string& id) {
        const auto found = std::find_if(levels.begin(), levels.end(), [&](const auto& one) { return one.id == id; });
        return found == levels.end() ? -1 : found - levels.begin();
    };
    const auto before = badness(r.severity), now = badness(e.level);
    for (std::ptrdiff_t at = 0; at < std::ssize(levels); ++at) {
        const auto& level = levels[static_cast<std::size_t>(at)];
        if (at <= now) {
            r.severity_set_aside.erase(level.id);
        } else if (at <= before && level.when) {
            r.severity_set_aside.insert(level.id);
        }
    }
    r.severity = e.level;
    r.severity_since = now_;
}
void FoldMeasures::operator()(const SeverityCleared& e) {
    r.severity_set_aside.erase(e.level);
}
void FoldMeasures::operator()(const SourceChanged& e) {
    r.sources[e.source] = {e.state, e.why, now_};
}

void FoldMeasures::operator()(const BaselineCaptured& e) {
    if (e.before.count != 0) {
        auto& known = r.before[before_key(e.metric, e.before)];
        known = {{}, e.why};
        for (const auto& one : readings_of(e)) {
            known.values[key_of(one.metric, one.arm)] = one.value;
        }
        return;
    }
    auto& taken = r.baselines[e.step];
    // Of a step that was done again the last time counts; without a metric all of it.
    std::erase_if(taken, [&](const auto& one) { return e.metric.empty() || key_names(one.first, e.metric); });
    if (e.metric.empty()) {
        r.baselines_lost.erase(e.step);
    } else {
        r.baselines_lost[e.step].insert(e.metric);
    }
    for (const auto& one : readings_of(e)) {
        taken[key_of(one.metric, one.arm)] = one.value;
    }
}

Nanos FoldMeasures::end_of_grace(const std::string& key) const {
    for (const auto& planned : r.plan ? r.plan->rollback.triggers : std::vector<plan::Trigger>{}) {
        if (key_names(key, planned.id) && planned.grace) {
            return now_ + *planned.grace;
        }
    }
    return {};
}

void FoldMeasures::freeze(TriggerState& trigger, Nanos at) {
    trigger.state = "frozen";
    trigger.frozen_at = at;
}

void FoldMeasures::thaw(TriggerState& trigger, const std::string& key, Nanos last_known) const {
    const auto& all = r.plan->rollback.triggers;
    const auto planned = std::find_if(all.begin(), all.end(), [&](const auto& one) { return key_names(key, one.id); });
    if (planned != all.end()) {
        trigger.since = counts_from(trigger.since, trigger.frozen_at, planned->for_, last_known);
    }
}

void FoldMeasures::thaw(AlertState& alert, const std::string& key, Nanos last_known) const {
    const auto& all = r.plan->alerts;
    const auto planned =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return key_names(key, one.rule.id); });
    if (planned != all.end()) {
        const Nanos lasts = alert.absent ? planned->absent.value_or(Nanos{}) : planned->rule.for_;
        alert.since = counts_from(alert.since, alert.frozen_at, lasts, last_known);
    }
}

Nanos FoldMeasures::counts_from(Nanos since, Nanos frozen_at, Nanos lasts, Nanos last_known) const {
    const Nanos most = lasts - seconds(10);
    return now_ - last_known >= hours(1) || most < Nanos{} ? frozen_at : std::max(since, frozen_at - most);
}

} // namespace sluice::release
