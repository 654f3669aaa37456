/// What follows by itself: phases open and close, steps start, end or turn out not to apply.
#include "base/quantity.h"
#include "release/covered.h"
#include "release/demand.h"
#include "release/draft.h"
#include "release/moments.h"
#include "release/retire.h"
#include "release/shift.h"
#include "release/window.h"

#include <algorithm>
#include <functional>

namespace sluice::release {
namespace {

std::string filled(const Draft& draft, const std::string& text) {
    const auto result = plan::fill(text, scope(draft.state()));
    return result ? *result : text;
}

} // namespace

void wait_until(Draft& draft, const plan::Step& step, Nanos until, const std::string& why) {
    const StepState& state = draft.state().at(step.id);
    if (state.status != StepStatus::waiting || state.until != until || state.why != why) {
        draft.add(StepWaiting{step.id, why, until});
    }
}

bool needs_met(const Release& release, const plan::Step& step) {
    return std::all_of(step.needs.begin(), step.needs.end(), [&](const StepId& need) {
        if (satisfies(release.at(need).status)) {
            return true;
        }
        // A message never holds up the way back.
        const plan::Step* before = release.rollback.active ? release.plan->step(need) : nullptr;
        return before && std::holds_alternative<plan::Notify>(before->body) && release.at(need).attempt > 0;
    });
}

bool waits_for_gates(const plan::Step& step) {
    return std::any_of(step.gates.begin(), step.gates.end(), [](const auto& gate) { return !gate.shadow; });
}

bool asks_metrics(const plan::Condition& condition) {
    return condition.kind == plan::Condition::Kind::metric ||
           std::any_of(condition.parts.begin(), condition.parts.end(), asks_metrics);
}

namespace {

std::optional<double> latest_of(const Draft& draft, const std::string& metric, const std::string& arm) {
    if (!draft.latest) {
        return std::nullopt;
    }
    const auto found = draft.latest->find(key_of(metric, arm));
    return found == draft.latest->end() ? std::nullopt : std::optional(found->second);
}

/// Of a metric that keeps its series all must hold (`each`), or one (`any`): what one without data would say decides
/// only where the others do not. `holds` of a value; none = that can't be said.
plan::Truth truth_of(const Draft& draft, const std::string& metric, const std::string& arm,
                     const std::function<std::optional<bool>(double)>& holds) {
    SeriesValues values{latest_of(draft, metric, arm)};
    if (const auto several = draft.several.find(key_of(metric, arm)); several != draft.several.end()) {
        values = several->second;
    }
    const plan::Metric* known = draft.state().plan->metric(metric);
    const plan::Truth decides = known && known->reduce == plan::Reduce::any ? plan::Truth::yes : plan::Truth::no;
    plan::Truth all = values.empty()                ? plan::Truth::unknown
                      : decides == plan::Truth::yes ? plan::Truth::no
                                                    : plan::Truth::yes;
    for (const auto& value : values) {
        const auto one = value ? holds(*value) : std::nullopt;
        const plan::Truth truth = !one ? plan::Truth::unknown : *one ? plan::Truth::yes : plan::Truth::no;
        if (truth == decides) {
            return truth;
        }
        all = truth == plan::Truth::unknown ? truth : all;
    }
    return all;
}

} // namespace

plan::Evaluation holds(const Draft& draft, const plan::Condition& condition) {
    const plan::MetricLookup lookup = [&](const plan::Condition& metric) {
        return truth_of(draft, metric.name, metric.arm,
                        [&](double value) { return std::optional(metric.must.holds(value)); });
    };
    return plan::evaluate(condition, scope(draft.state()), lookup);
}

namespace {

/// Whether the group or decide around it lets it run now.
enum class Door { open, shut, never };
Door door(const Release& release, const plan::Step& step) {
    if (step.parent.empty()) {
        return Door::open;
    }
    const StepState& parent = release.at(step.parent);
    if (over(parent.status)) {
        return Door::never;
    }
    if (parent.status != StepStatus::running) {
        return Door::shut;
    }
    if (step.choice.empty() || step.choice == parent.choice) {
        return Door::open;
    }
    return parent.choice.empty() ? Door::shut : Door::never;
}

/// True while what the step waits for can only be told by readings, and none came along.
bool blind(const Draft& draft, const plan::Step& step) {
    const bool gates = waits_for_gates(step) && !std::holds_alternative<plan::Hold>(step.body);
    return !draft.latest && (gates || (step.when && asks_metrics(*step.when)));
}

/// What it needs was done, and is asked for again: the reason that it was told before holds no more.
void wait_for_needs(Draft& draft, const plan::Step& step) {
    const auto open = std::find_if(step.needs.begin(), step.needs.end(),
                                   [&](const StepId& need) { return !satisfies(draft.state().at(need).status); });
    if (open != step.needs.end()) {
        wait_until(draft, step, {}, *open + " must be done first");
    }
}

/// Tells the moment of `not-before` once, and how far away it is then.
void wait_for_time(Draft& draft, const plan::Step& step, std::optional<Nanos> from) {
    const StepState& state = draft.state().at(step.id);
    const plan::NotBefore& moment = *step.not_before;
    const std::string anchor = moment.step.empty() ? "T0" : moment.step;
    const std::string distance = moment.delay.count == 0
                                     ? anchor
                                     : duration_text(moment.delay.count < 0 ? -moment.delay : moment.delay) +
                                           (moment.delay.count < 0 ? " before " : " after ") + anchor;
    if (!from) {
        wait_until(draft, step, {}, "not before " + distance + ", and that time is not known yet");
    } else if (state.status != StepStatus::waiting || state.until != *from) {
        wait_until(draft, step, *from,
                   "not before " + instant(*from) + " (" + distance + "), which is in " +
                       duration_text(seconds((*from - draft.now() + seconds(1) - Nanos{1}).count / 1'000'000'000)));
    }
}

/// What a gate's limit is counted from for an arm; nothing where that is not known, or it is a limit of its own.
std::optional<double> reference_of(const Draft& draft, const plan::Gate& gate, const std::string& arm) {
    if (!gate.against) {
        return std::nullopt;
    }
    const std::string& of = reference_arm(gate, arm);
    if (const Nanos ago = gate.against->ago; ago.count != 0) {
        const auto found = draft.earlier.find({ago, key_of(gate.metric, of)});
        return found == draft.earlier.end() ? std::nullopt : std::optional(found->second);
    }
    return gate.against->captured() ? baseline(draft.state(), *gate.against, gate.metric, of)
                                    : latest_of(draft, gate.metric, of);
}

/// Gates of a step that is not a hold must stand where they must before it starts; names the first that does not.
std::string closed_gate(const Draft& draft, const plan::Step& step) {
    if (std::holds_alternative<plan::Hold>(step.body)) {
        return {};
    }
    for (const auto& gate : step.gates) {
        if (gate.shadow || draft.state().at(step.id).set_aside.contains(gate.id)) {
            continue;
        }
        const plan::Metric* metric = draft.state().plan->metric(gate.metric);
        std::set<std::string> arms{gate.arm};
        if (gate.arm.empty() && metric && !metric->by_arm.empty()) {
            arms = arms_with_traffic(draft.state());
        }
        std::erase_if(arms, [&](const std::string& arm) { return compares_with(gate, arm); });
        if (arms.empty()) {
            return "gate " + gate.id + " has no answer";
        }
        for (const auto& arm : arms) {
            const auto from = reference_of(draft, gate, arm);
            bool answered = false;
            const auto holds = truth_of(draft, gate.metric, arm, [&](double value) {
                answered = true;
                return plan::holds(gate, value, from);
            });
            if (holds == plan::Truth::unknown) {
                const bool no_past = answered && !from && gate.against &&
                                     (gate.against->ago.count != 0 || gate.against->before.count != 0);
                return "gate " + gate.id + " has no answer" +
                       (no_past ? ": " + reference_text(gate) + " is not known" : "");
            }
            if (holds == plan::Truth::no) {
                return "gate " + gate.id + " must be " + plan::after_must_be(limit_text(gate));
            }
        }
    }
    return {};
}

/// What stands in the way of each attempt: a gate, traffic on what it takes away, a shift by hand. Empty = nothing.
std::string hindrance(const Draft& draft, const plan::Step& step) {
    const std::string shut = closed_gate(draft, step);
    const std::string served = shut.empty() ? still_serves(draft.state(), step) : shut;
    return served.empty() ? moved_by_hand(draft.state(), step) : served;
}

/// When `not-before` lets it start; 0 = at once, nothing = not known yet.
std::optional<Nanos> earliest(const Draft& draft, const plan::Step& step) {
    return step.not_before ? Moments(draft.state(), draft.now()).of(*step.not_before) : Nanos{};
}

/// What a program that is still at work writes nobody knows: what would be put back waits until it has ended, as it is
/// asked to, so that nothing is overwritten. Not for ever: the way back stays open. Traffic goes back at once, and so
/// do the pods that take it.
bool programs_end_first(Draft& draft, const plan::Step& step) {
    const bool at_once = std::holds_alternative<plan::Shift>(step.body) ||
                         std::holds_alternative<plan::Scale>(step.body) ||
                         std::holds_alternative<plan::Notify>(step.body);
    if (!is_rollback_step(draft.state(), step.id) || !plan::is_effect(step.body) || at_once) {
        return false;
    }
    const auto programs = programs_to_end(draft.state());
    const Nanos until = draft.state().rollback.programs_end;
    if (programs.empty() || draft.now() >= until) {
        return false;
    }
    const StepId& busy = draft.state().operations.at(programs.front()).intent.step;
    wait_until(draft, step, until, "'" + draft.state().at(busy).title + "' is being ended first");
    return true;
}

/// Starts the step, tells what it waits for, or passes it over.
void consider(Draft& draft, const plan::Step& step, bool may_start) {
    const StepState& state = draft.state().at(step.id);
    if (state.status == StepStatus::retrying) {
        if (!may_start || state.until > draft.now() || !unapproved(draft.state(), step).empty() ||
            !needs_met(draft.state(), step)) {
            return;
        }
        // What hinders its start hinders every other one too, and can be set aside then.
        if (const std::string why = hindrance(draft, step); !why.empty()) {
            wait_until(draft, step, {}, why);
        } else {
            start(draft, step, state.attempt + 1);
        }
        return;
    }
    if (state.status != StepStatus::to_come && state.status != StepStatus::waiting) {
        return;
    }
    const Door way = door(draft.state(), step);
    if (way == Door::never) {
        draft.add(StepNotApplicable{step.id, step.choice.empty() ? "what it stands in does not apply"
                                                                 : "another choice was made"});
        return;
    }
    if (way == Door::shut || !may_start) {
        return;
    }
    if (!needs_met(draft.state(), step)) {
        if (state.status == StepStatus::waiting) {
            wait_for_needs(draft, step);
        }
        return;
    }
    if (state.status == StepStatus::waiting && blind(draft, step)) {
        return; // it looks again when there are readings
    }
    const bool first = state.attempt == 0;
    if (first && passed_over(draft, step)) {
        return;
    }
    if (first && step.when) {
        const auto applies = holds(draft, *step.when);
        if (applies.truth == plan::Truth::unknown) {
            wait_until(draft, step, {}, applies.why);
            return;
        }
        if (applies.truth == plan::Truth::no) {
            draft.add(StepNotApplicable{step.id, applies.why});
            return;
        }
    }
    if (const std::string why = hindrance(draft, step); !why.empty()) {
        wait_until(draft, step, {}, why);
        return;
    }
    if (const StepId approval = unapproved(draft.state(), step); !approval.empty()) {
        wait_until(draft, step, {}, approval + " must be approved again");
        return;
    }
    if (programs_end_first(draft, step)) {
        return;
    }
    const auto from = first ? earliest(draft, step) : Nanos{};
    if (!from || *from > draft.now()) {
        wait_for_time(draft, step, from);
        return;
    }
    start(draft, step, state.attempt + 1);
}

/// Ends a group, or a decide whose chosen steps are over.
void close_parent(Draft& draft, const plan::Step& step, const std::vector<plan::Step>& list) {
    const StepState& state = draft.state().at(step.id);
    const bool group = std::holds_alternative<plan::Group>(step.body);
    const bool decide = std::holds_alternative<plan::Decide>(step.body);
    if (state.status != StepStatus::running || !(group || decide) || (decide && state.choice.empty())) {
        return;
    }
    for (const auto& child : list) {
        if (child.parent == step.id && !over(draft.state().at(child.id).status)) {
            return;
        }
    }
    draft.add(StepFinished{step.id, state.attempt, "passed", decide ? "chosen: " + state.choice : ""});
}

void consider_all(Draft& draft, const std::vector<plan::Step>& list, const std::vector<StepId>& top, bool may_start) {
    for (const auto& step : list) {
        const StepId& root = [&]() -> const StepId& {
            const plan::Step* at = &step;
            while (!at->parent.empty()) {
                at = draft.state().plan->step(at->parent);
            }
            return at->id;
        }();
        if (std::find(top.begin(), top.end(), root) == top.end()) {
            continue;
        }
        consider(draft, step, may_start);
        close_parent(draft, step, list);
    }
}

bool all_over(const Release& release, const std::vector<StepId>& steps) {
    return std::all_of(steps.begin(), steps.end(), [&](const StepId& id) { return over(release.at(id).status); });
}

/// What was asked for again after its phase was over, and is to be tried once more: nothing else of it starts.
void begin_again(Draft& draft, const plan::Phase& phase) {
    const auto plan = draft.state().plan;
    for (const auto& id : phase.steps) {
        const StepState& state = draft.state().at(id);
        if (state.status == StepStatus::retrying || (state.status == StepStatus::waiting && state.attempt > 0)) {
            consider(draft, *plan->step(id), !draft.state().paused);
        }
    }
}

void open_phase(Draft& draft, const plan::Phase& phase) {
    const PhaseState& state = draft.state().phases.at(phase.id);
    if (draft.state().paused) {
        return;
    }
    WindowAnswer answer;
    if (phase.window && !state.overridden) {
        if (state.status == PhaseState::Status::waiting && state.until > draft.now()) {
            return;
        }
        answer = may_start(draft.state(), phase, draft.now());
        if (!answer.open) {
            if (state.status != PhaseState::Status::waiting || state.why != answer.why || state.until != answer.until) {
                draft.add(PhaseWaiting{phase.id, answer.why, answer.until});
            }
            return;
        }
    }
    draft.add(PhaseStarted{phase.id, answer.warning, answer.ends});
}

/// Nothing comes after the closing, so triggers are told to be disarmed before it.
void close_when_quiet(Draft& draft, const char* outcome) {
    if (in_flight(draft.state()).empty() && !shift_at_work(draft.state())) {
        disarm_all(draft);
        end_alerts(draft);
        draft.add(SessionClosed{outcome});
    }
}

void forward(Draft& draft) {
    const auto plan = draft.state().plan;
    for (const auto& phase : plan->phases) {
        const auto status = draft.state().phases.at(phase.id).status;
        if (status == PhaseState::Status::finished) {
            begin_again(draft, phase);
            continue;
        }
        if (status != PhaseState::Status::running) {
            if (phase.follow_up && draft.state().released.count == 0) {
                draft.add(Released{"what is left is follow-up work"});
            }
            open_phase(draft, phase);
            return;
        }
        consider_all(draft, plan->steps, phase.steps, !draft.state().paused);
        if (!all_over(draft.state(), phase.steps)) {
            return;
        }
        finish_phase(draft, phase);
    }
    // It is not done while nobody knows where the traffic goes, nor while an approval is owed.
    if (open_shift(draft.state()) || !owed_approvals(draft.state()).empty()) {
        return;
    }
    const auto release_once = [&](const std::string& why) {
        if (draft.state().released.count == 0) {
            draft.add(Released{why});
        }
    };
    if (const Nanos until = kept_open_until(draft.state(), draft.now()); until.count != 0) {
        release_once("the way back stays open until " + instant(until));
        return; // triggers look on meanwhile
    }
    if (!open_proposals(draft.state()).empty()) {
        release_once("a way back is proposed, and waits for an answer");
        return;
    }
    if (draft.state().paused) {
        return; // who paused it says when it goes on
    }
    // A tick of a phase that is over may be asked for again; what needed it was left out meanwhile.
    const bool asked = std::any_of(plan->steps.begin(), plan->steps.end(), [&](const auto& step) {
        return step.parent.empty() && !over(draft.state().at(step.id).status);
    });
    if (!asked) {
        close_when_quiet(draft, "done");
    }
}

void backward(Draft& draft) {
    const auto plan = draft.state().plan;
    const auto* option = plan->option(draft.state().rollback.option);
    consider_all(draft, plan->rollback_steps, option->steps, true);
    if (!all_over(draft.state(), option->steps)) {
        return;
    }
    if (draft.state().rollback.outcome.empty()) {
        // Parts of groups and decisions too: what stands around them has passed when they are over.
        const auto& all = plan->rollback_steps;
        const bool whole = std::none_of(all.begin(), all.end(), [&](const plan::Step& step) {
            const auto status = draft.state().at(step.id).status;
            return (status == StepStatus::skipped || status == StepStatus::stopped) &&
                   plan->option_of(step.id) == option && !std::holds_alternative<plan::Notify>(step.body);
        });
        draft.add(RollbackFinished{option->id, whole ? "done" : "incomplete", in_flight(draft.state())});
    }
    if (!clean_up(draft)) {
        return;
    }
    // A forward step that is still at work must have ended, or stand in doubt, before the log is closed.
    close_when_quiet(draft, draft.state().rollback.outcome == "done" ? "rolled-back" : "rollback-incomplete");
}

} // namespace

std::string nothing_to_do(const Release& release, const plan::Step& step) {
    if (!step.left_out.empty()) {
        return step.left_out;
    }
    if (!step.undoes.empty() && !was_begun(release, step.undoes)) {
        return step.undoes + " was not done";
    }
    return nothing_to_put_back(release, step);
}

bool passed_over(Draft& draft, const plan::Step& step) {
    const std::string why = nothing_to_do(draft.state(), step);
    if (why.empty()) {
        return false;
    }
    draft.add(StepNotApplicable{step.id, why});
    return true;
}

void start(Draft& draft, const plan::Step& step, int attempt) {
    draft.add(StepStarted{step.id, attempt, filled(draft, step.title)});
}

void progress(Draft& draft) {
    std::size_t before = 0;
    do {
        before = draft.size();
        if (!draft.state().plan || draft.state().closed()) {
            return;
        }
        watch_approvals(draft);
        // Time comes first: nothing begins on what it has brought to an end, not even after a pause or an absence.
        watch_windows(draft);
        watch_lapses(draft);
        const Release& release = draft.state();
        if (release.rollback.active) {
            backward(draft);
        } else if (release.aborted) {
            if (clean_up(draft)) {
                close_when_quiet(draft, "aborted");
            }
        } else {
            forward(draft);
        }
        if (!draft.state().closed()) {
            watch_severity(draft);
            watch_triggers(draft);
            watch_alerts(draft);
        }
    } while (draft.size() != before);
}

} // namespace sluice::release
