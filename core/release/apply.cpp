#include "plan/loader.h"
#include "release/apply_measures.h"

#include <algorithm>
#include <utility>

namespace sluice::release {
namespace {

bool same_due(const plan::Step* before, const plan::Step& after) {
    return before && before->due && after.due && before->due->step == after.due->step &&
           before->due->delay == after.due->delay;
}

/// One overload an event type; `now` is the event's time.
class Fold : public FoldMeasures {
public:
    Fold(Release& release, Nanos now, bool away) : FoldMeasures(release, now), away_(away) {}
    using FoldMeasures::operator();

    void operator()(const SessionOpened& e) {
        r.opened = e;
        r.started = now_;
        r.values = e.variables;
        pin(e.files);
        r.lead = e.by.name;
        auto loaded = plan::load(e.plan_source, e.plan_file, plan::included(e.includes), plan::Origin::log);
        if (!loaded.plan || !plan::take_variant(*loaded.plan, e.variant)) {
            return; // a session is only opened with a plan that loads; verify tells of an altered one
        }
        r.plan = std::make_shared<const plan::Plan>(std::move(*loaded.plan));
        for (const auto& phase : r.plan->phases) {
            r.phases[phase.id];
        }
        for (const auto* list : {&r.plan->steps, &r.plan->rollback_steps}) {
            for (const auto& step : *list) {
                r.steps[step.id].title = step.title;
            }
        }
        for (const auto& traffic : r.plan->traffic) {
            for (const auto& [side, arm] : traffic.arms) {
                r.split[traffic.name][arm] = arm == traffic.initial ? 100 : 0;
            }
            r.ready_arms.insert(traffic.initial);
        }
    }
    void operator()(const SessionResumed& e) {
        if (r.rollback.active) {
            r.rollback.programs_end = now_ + end_of_programs; // they are asked once more
        }
        for (auto& [id, step] : r.steps) {
            stop_clock(step, "the program was away");
            const auto* planned = r.plan ? r.plan->step(id) : nullptr;
            if (planned && !std::holds_alternative<plan::Hold>(planned->body)) {
                continue; // what a shadow said as the step began: nobody looks again
            }
            for (auto& [key, gate] : step.gates) {
                gate.verdict = "no-data";
                gate.close = false;
                gate.breach_in = gate.breach_at = {};
                gate.why = "the program was away";
                gate.since = now_;
            }
        }
        for (auto& [key, alert] : r.alerts) { // nobody looked meanwhile: what was pending goes on where it was
            alert.unread = true;
            if (alert.state == "pending") {
                alert.state = "frozen";
                alert.frozen_at = e.last_known;
            }
            if (alert.state == "frozen") {
                thaw(alert, key, e.last_known);
            }
        }
        for (auto& [key, trigger] : r.triggers) {
            if (trigger.state == "pending") {
                freeze(trigger, e.last_known);
            }
            if (trigger.state == "frozen") {
                thaw(trigger, key, e.last_known);
            }
            if (trigger.grace_ends.count != 0) {
                trigger.grace_ends = end_of_grace(key); // nobody could answer meanwhile
            }
        }
    }
    void operator()(const SessionClosed& e) { r.outcome = e.outcome; }
    void operator()(const ClockJumped& e) {
        const Nanos from = std::min(e.from, now_); // set back: no time went by
        const auto moved = [&](Nanos since) { return since + (now_ - std::max(from, since)); };
        for (auto& [id, step] : r.steps) {
            if (step.hold.running) {
                step.hold.held = step.hold.held_at(from);
                step.hold.mark = now_;
            }
            for (auto& [key, gate] : step.gates) {
                gate.since = moved(gate.since);
                if (gate.own.running) {
                    gate.own.held = gate.own.held_at(from);
                    gate.own.mark = now_;
                }
            }
        }
        for (auto& [id, alert] : r.alerts) {
            if (alert.state == "pending") {
                alert.since = moved(alert.since);
            }
        }
        for (auto& [id, trigger] : r.triggers) {
            if (trigger.state == "pending") {
                trigger.since = moved(trigger.since);
            }
            if (trigger.grace_ends.count != 0) {
                trigger.grace_ends += now_ - from; // nobody could answer meanwhile
            }
        }
    }

    void operator()(const PhaseWaiting& e) {
        if (auto* phase = find(r.phases, e.phase)) {
            phase->status = PhaseState::Status::waiting;
            phase->why = e.why;
            phase->until = e.until;
        }
    }
    void operator()(const PhaseStarted& e) {
        if (auto* phase = find(r.phases, e.phase)) {
            phase->status = PhaseState::Status::running;
            phase->started = now_;
            phase->why.clear();
            phase->warning = e.warning;
            phase->window_ends = e.window_ends;
        }
        const auto planned = std::find_if(r.plan->phases.begin(), r.plan->phases.end(),
                                          [&](const auto& candidate) { return candidate.id == e.phase; });
        if (r.t0.count == 0 && planned != r.plan->phases.end() && planned->sets_t0) {
            r.t0 = now_;
        }
    }
    void operator()(const PhaseFinished& e) {
        if (auto* phase = find(r.phases, e.phase)) {
            phase->status = PhaseState::Status::finished;
            phase->ended = now_;
        }
    }

    void operator()(const StepStarted& e) {
        auto* step = any_step(e.step);
        if (!step) {
            return;
        }
        const Nanos first = step->attempt == 0 ? now_ : step->started;
        auto set_aside = std::move(step->set_aside);
        const Nanos overdue = step->overdue;
        const bool answered = step->answered;
        auto glass = std::move(step->glass);
        *step = StepState{};
        step->glass = std::move(glass);
        step->overdue = overdue;
        step->answered = answered;
        step->set_aside = std::move(set_aside);
        step->begun = now_;
        step->attempt = e.attempt;
        step->title = e.title;
        step->started = first;
        const auto* planned = r.plan->step(e.step);
        const bool person = planned && plan::is_persons(planned->body);
        step->status = person ? StepStatus::person : StepStatus::running;
        if (person) {
            ask(*step);
        }
        step->hold.mark = now_;
        step->hold.why = "its gates have not answered yet";
    }
    void operator()(const StepWaiting& e) {
        if (auto* step = find(r.steps, e.step)) {
            step->status = StepStatus::waiting;
            step->why = e.why;
            step->until = e.until;
        }
    }
    void operator()(const StepNotApplicable& e) { end(e.step, StepStatus::not_applicable, e.why); }
    void operator()(const StepProbed& e) {
        if (auto* step = find(r.steps, e.step)) {
            step->why = e.why;
        }
    }
    void operator()(const OutputTaken& e) { r.values[e.name] = e.value; }
    void operator()(const StepFinished& e) {
        const auto status = e.outcome == "passed"       ? StepStatus::passed
                            : e.outcome == "skipped"    ? StepStatus::skipped
                            : e.outcome == "overridden" ? StepStatus::overridden
                                                        : StepStatus::stopped;
        end(e.step, status, e.why);
        const auto* planned = r.plan->step(e.step);
        if (planned && !planned->makes_ready.empty() && status == StepStatus::passed) {
            r.ready_arms.insert(planned->makes_ready);
        }
    }
    void operator()(const TriageOpened& e) {
        set(e.step, StepStatus::triage, e.why);
        if (auto* step = any_step(e.step)) {
            ask(*step);
        }
    }
    void operator()(const RetryPlanned& e) {
        set(e.step, StepStatus::retrying, e.why);
        if (auto* step = find(r.steps, e.step)) {
            step->until = e.at;
        }
    }
    void operator()(const TriageAnswered&) {} // what it leads to is said by StepStarted or StepFinished

    void operator()(const Intent& e) {
        auto& operation = r.operations[e.operation];
        operation = OperationState{};
        operation.intent = e;
        operation.began = now_;
        if (auto* step = any_step(e.step)) {
            step->operation = e.operation;
        }
    }
    void operator()(const Observed& e) {
        if (auto* operation = find(r.operations, e.operation)) {
            operation->observed = e.what;
        }
    }
    void operator()(const Settled& e) {
        auto* operation = find(r.operations, e.operation);
        if (!operation) {
            return;
        }
        operation->phase = OperationState::Phase::settled;
        operation->settled = e;
        if (auto* step = any_step(operation->intent.step); step && step->status == StepStatus::in_doubt) {
            step->status = StepStatus::running;
            step->why.clear();
        }
        if (e.succeeded) {
            if (!overtaken(r, *operation)) {
                take_split(operation->intent.desired);
            }
            take_scale(operation->intent.desired);
        } else if (split_told(*operation)) {
            // Carried out in part, or somebody else was at work: what was read is what is commanded.
            take_split(
                {{"traffic", operation->intent.desired.value("traffic", Json())}, {"weights", e.result["split"]}});
        }
    }
    void operator()(const InDoubt& e) {
        auto* operation = find(r.operations, e.operation);
        if (!operation) {
            return;
        }
        operation->phase = OperationState::Phase::in_doubt;
        operation->why = e.why;
        operation->read_back = e.read_back;
        auto* step = any_step(operation->intent.step);
        if (step && step->operation == e.operation && !over(step->status)) {
            const bool known =
                step->status == StepStatus::in_doubt; // said again: the person waits since the first time
            step->status = StepStatus::in_doubt;
            step->why = e.why;
            if (!known) {
                ask(*step);
            }
        }
    }
    void operator()(const DoubtAnswered& e) {
        auto* operation = find(r.operations, e.operation);
        if (operation && e.answer != "happened") {
            operation->phase = OperationState::Phase::settled;
            operation->settled = {e.operation, false, "operator", e.reason, nullptr, 0, ""};
        }
    }

    /// What was typed elsewhere is read back, if the plan says how.
    void operator()(const Confirmed& e) {
        FoldPeople::operator()(e);
        auto* step = find(r.steps, e.step);
        const auto* planned = step ? r.plan->step(e.step) : nullptr;
        if (planned && planned->verify && std::holds_alternative<plan::External>(planned->body)) {
            step->status = StepStatus::running;
            step->why = "attested by " + e.by.name;
        }
    }
    void operator()(const Decided& e) {
        if (auto* step = find(r.steps, e.step)) {
            step->choice = e.choice;
            step->answered = true;
            step->status = StepStatus::running; // until what the choice leads to is over
            r.values[e.step] = e.choice;
        }
    }
    void operator()(const Advanced& e) {
        if (auto* step = find(r.steps, e.step)) {
            step->advanced_by = e.by.name;
        }
    }
    void operator()(const Overridden& e) {
        ++r.overrides;
        auto* phase = find(r.phases, e.subject);
        if (phase && (phase->status == PhaseState::Status::waiting || !r.plan->step(e.subject))) {
            phase->overridden = true;
            return;
        }
        auto* step = find(r.steps, e.subject);
        if (step && !e.gate.empty()) {
            step->set_aside[e.gate] = e.by.name;
            for (auto& [key, gate] : step->gates) {
                if (key_names(key, e.gate)) {
                    gate.overridden = true;
                    gate.overridden_by = e.by.name;
                }
            }
        }
    }
    void operator()(const Noted&) { ++r.notes; }
    void operator()(const Paused& e) {
        r.paused = true;
        r.paused_why = e.reason;
        r.paused_since = now_;
        for (auto& [id, step] : r.steps) {
            stop_clock(step, "the release is paused");
        }
    }
    void operator()(const Continued&) {
        // The deadline of a hold stood still together with its clock.
        for (auto& [id, step] : r.steps) {
            const plan::Step* planned = r.plan->step(id);
            const bool holds = step.status == StepStatus::running || step.status == StepStatus::person;
            if (holds && planned && std::holds_alternative<plan::Hold>(planned->body)) {
                step.begun += now_ - std::max(r.paused_since, step.begun);
            }
        }
        for (auto& [id, phase] : r.phases) {
            const Nanos end = phase.status == PhaseState::Status::finished ? phase.ended : now_;
            if (phase.window_paused && end > r.paused_since) {
                phase.stood.push_back({r.paused_since, end});
            }
            phase.window_paused = false;
        }
        r.paused = false;
        r.paused_why.clear();
        r.paused_since = {};
    }
    void operator()(const WindowEnded& e) {
        if (auto* phase = find(r.phases, e.phase)) {
            phase->window_over = true;
            phase->at_window_end = e.then;
            phase->window_paused = e.paused;
            phase->window_opens = e.opens;
        }
    }
    void operator()(const WindowReopened& e) {
        if (auto* phase = find(r.phases, e.phase)) {
            phase->window_over = false;
            phase->window_ends = e.ends;
            phase->window_opens = {};
        }
    }
    void operator()(const Aborted&) {
        r.aborted = true;
        r.paused = false; // a pause holds the plan, never its clean-up
        r.paused_why.clear();
    }

    void operator()(const HoldChanged& e) {
        auto* step = find(r.steps, e.step);
        if (step && !e.gate.empty()) {
            take_own_clock(*step, e);
        } else if (step) {
            step->hold = {e.state == "running", e.held, now_, e.why};
            // Held for as long as asked: a person advances, unless a gate fails meanwhile.
            step->status = e.state == "held" ? StepStatus::person : StepStatus::running;
            if (e.state == "held") {
                ask(*step);
            }
            step->why = e.state == "held" ? e.why : "";
            for (auto& [key, gate] : step->gates) {
                // What came before is no evidence for what comes; an important gate's own clock says that of it.
                gate.seen = e.state == "restarted" && !gate.important ? 0 : gate.seen;
                if (e.state == "held") {
                    prove(gate.own);
                }
            }
        }
    }
    void operator()(const RollbackStarted& e) {
        r.rollback.active = true;
        r.rollback.option = e.option;
        r.rollback.cause = e.cause;
        r.rollback.trigger = e.trigger;
        r.rollback.by = e.by;
        r.rollback.reason = e.reason;
        r.rollback.started = now_;
        r.rollback.programs_end = now_ + end_of_programs;
        r.rollback.outcome.clear(); // of the way back before this one
        r.rollback.ended = {};
        r.outcome.clear(); // what was done or aborted is open again
        r.paused_since = {};
        r.paused = false; // a pause holds the plan, never the way back
        r.paused_why.clear();
    }
    void operator()(const RollbackFinished& e) {
        r.rollback.outcome = e.outcome;
        r.rollback.ended = now_;
    }
    void operator()(const WayBackClosed&) { r.way_back_closed = true; }
    void operator()(const StopAsked& e) {
        if (auto* step = any_step(e.step)) {
            step->stop_asked = "stopped by " + e.by.name + ": " + e.reason;
        }
    }
    void operator()(const RollbackReadiness& e) {
        r.rollback.ready_option = e.option;
        r.rollback.ready = e.ready;
        r.rollback.ready_why = e.why;
    }
    void operator()(const CopyChanged& e) { r.copy = {e.place, e.state, e.why, now_}; }
    void operator()(const PlanAmended& e) {
        r.amendments.push_back({e.plan_digest, e.changes, e.by, e.reason, now_});
        r.proposers.insert(e.by.name);
        auto loaded = plan::load(e.plan_source, r.opened.plan_file, plan::included(e.includes), plan::Origin::log);
        if (!loaded.plan || !plan::take_variant(*loaded.plan, r.opened.variant)) {
            return; // only a plan that loads is taken; verify tells of an altered one
        }
        pin(e.files);
        const auto before = std::exchange(r.plan, std::make_shared<const plan::Plan>(std::move(*loaded.plan)));
        r.values.insert(e.variables.begin(), e.variables.end());
        r.before.clear(); // a metric may be another one now: its source is asked again
        std::map<std::string, PhaseState> phases;
        for (const auto& phase : r.plan->phases) {
            PhaseState& state = phases[phase.id] = r.phases[phase.id];
            if (state.status == PhaseState::Status::waiting) {
                state.until = {}; // the calendar may be another one
            }
        }
        r.phases = std::move(phases);
        // What has not begun is as if it had never been looked at: why it waited may not be so any more.
        std::map<StepId, StepState> steps;
        for (const auto* list : {&r.plan->steps, &r.plan->rollback_steps}) {
            for (const auto& step : *list) {
                StepState& state = steps[step.id];
                if (auto* known = find(r.steps, step.id);
                    known && (known->status != StepStatus::waiting || known->attempt > 0)) {
                    state = std::move(*known);
                } else if (known && same_due(before->step(step.id), step)) {
                    state.overdue = known->overdue; // told once
                }
                if (state.status == StepStatus::to_come) {
                    state.title = step.title;
                }
            }
        }
        r.steps = std::move(steps);
        std::erase_if(r.alerts, [&](const auto& entry) {
            const auto& alerts = r.plan->alerts;
            return std::none_of(alerts.begin(), alerts.end(),
                                [&](const auto& alert) { return key_names(entry.first, alert.rule.id); });
        });
        std::erase_if(r.triggers, [&](const auto& entry) {
            const auto& triggers = r.plan->rollback.triggers;
            return std::none_of(triggers.begin(), triggers.end(),
                                [&](const auto& trigger) { return key_names(entry.first, trigger.id); });
        });
    }
    void operator()(const ShiftAsked& e) {
        HandShift shift;
        shift.planned.id = e.step;
        plan::Shift body;
        body.traffic = e.traffic;
        const Json none = Json::object();
        for (const auto& [arm, weight] : (e.weights.is_object() ? e.weights : none).items()) {
            body.weights[arm] = weight.is_number_integer() ? weight.get<int>() : 0;
        }
        shift.planned.body = std::move(body);
        shift.planned.title = describe(e);
        shift.by = e.by;
        shift.reason = e.reason;
        r.proposers.insert(e.by.name);
        r.shifts.push_back(std::move(shift));
    }

    void operator()(const Released&) { r.released = now_; }
    void operator()(const StepOverdue& e) {
        if (auto* step = find(r.steps, e.step)) {
            step->overdue = e.due;
        }
    }
    void operator()(const StepExpired& e) { set(e.step, StepStatus::to_come, e.why); }
    void operator()(const Escalated& e) {
        if (auto* step = any_step(e.step)) {
            step->escalated = true;
        }
    }
    void operator()(const Told&) {}

private:
    /// What was pinned before stays as it was then.
    void pin(const Json& files) {
        for (const auto& one : files.is_array() ? files : Json::array()) {
            if (one.is_object()) {
                r.files.emplace(one.value("path", std::string()), one.value("digest", std::string()));
            }
        }
    }
    void ask(StepState& step) const {
        step.asked = now_;
        step.escalated = false;
    }
    /// Of the plan, or a shift by hand.
    StepState* any_step(const StepId& id) {
        if (auto* step = find(r.steps, id)) {
            return step;
        }
        HandShift* shift = r.hand_shift(id);
        return shift ? &shift->state : nullptr;
    }
    void set(const StepId& id, StepStatus status, const std::string& why) {
        if (auto* step = any_step(id)) {
            step->status = status;
            step->why = why;
        }
    }
    void end(const StepId& id, StepStatus status, const std::string& why) {
        set(id, status, why);
        if (auto* step = any_step(id)) {
            stop_clock(*step, why);
            step->ended = now_;
        }
    }
    void stop_clock(StepState& step, const std::string& why) {
        stop(step.hold, why);
        step.hold.mark = now_;
        for (auto& [key, gate] : step.gates) {
            stop(gate.own, why);
        }
    }
    void stop(HoldState& clock, const std::string& why) const {
        if (clock.running) {
            // After a crash the time since the last heartbeat is not proven, so it is not counted.
            clock = {false, away_ ? clock.held : clock.held_at(now_), now_, why};
        }
    }
    /// An arm whose workload was scaled to nothing is not ready any more.
    void take_scale(const Json& desired) {
        if (!desired.is_object() || desired.value("replicas", Json()) != "0" || !desired.contains("workload")) {
            return;
        }
        for (const auto& arm : r.plan->arms) {
            if (desired["workload"] == arm.workload) {
                r.ready_arms.erase(arm.name);
            }
        }
    }
    /// Passes over what is no split: weights of known arms that sum to 100.
    void take_split(const Json& desired) {
        if (!desired.is_object() || !desired.contains("traffic") || !desired.contains("weights")) {
            return;
        }
        const Json& traffic = desired["traffic"];
        auto* split = traffic.is_string() ? find(r.split, traffic.get<std::string>()) : nullptr;
        plan::Weights weights;
        for (const auto& [arm, weight] : split ? *split : plan::Weights{}) {
            weights[arm] = 0;
        }
        int sum = 0;
        for (const auto& [arm, weight] : desired["weights"].items()) {
            if (!split || !split->contains(arm) || !weight.is_number_integer() || weight < 0 || weight > 100) {
                return;
            }
            sum += weights[arm] = weight.get<int>();
        }
        if (sum == 100) {
            *split = std::move(weights);
        }
    }

    bool away_; ///< folding SessionResumed
};

} // namespace

void apply(Release& release, const Event& event) {
    if (!release.plan && !std::holds_alternative<SessionOpened>(event.body)) {
        release.seq = event.seq;
        release.time = event.time;
        return;
    }
    std::visit(Fold(release, event.time, std::holds_alternative<SessionResumed>(event.body)), event.body);
    release.seq = event.seq;
    release.time = event.time;
}

} // namespace sluice::release
