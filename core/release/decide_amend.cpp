/// A plan that changes while it runs.
#include "plan/amendment.h"
#include "plan/formula.h"
#include "plan/loader.h"
#include "plan/variables.h"
#include "release/amend_guard.h"
#include "release/demand.h"
#include "release/draft.h"
#include "release/shift.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace sluice::release {
namespace {

using plan::PartChange;

/// It has not begun, and nothing has been decided about it: the plan may still say something else.
bool open_to_change(const Release& release, const StepId& id) {
    const StepState& state = release.at(id);
    return state.attempt == 0 && (state.status == StepStatus::to_come || state.status == StepStatus::waiting);
}

/// While something is on its way to the outside, or nobody knows whether it got there, the plan stays as it is: what is
/// read back later must be what was planned then.
std::string at_work(const Release& release) {
    for (const auto& [id, operation] : release.operations) {
        const plan::Step* step = release.plan->step(operation.intent.step);
        const bool message = operation.phase == OperationState::Phase::in_doubt && step &&
                             std::holds_alternative<plan::Notify>(step->body) && over(release.at(step->id).status);
        if (operation.phase != OperationState::Phase::settled && !message) { // in doubt, a message stops nothing
            return operation.phase == OperationState::Phase::in_doubt ? id + " stands in doubt" : id + " is at work";
        }
    }
    return open_shift(release) ? "traffic is being moved by hand" : "";
}

/// Why this one change can't be made now; empty = it can.
std::string in_the_way(const Release& release, const plan::Plan& after, const PartChange& change) {
    using What = PartChange::What;
    if (change.kind == "step") {
        if (change.what == What::added) {
            const plan::Phase* phase = after.phase_of(change.name);
            const auto state = phase ? release.phases.find(phase->id) : release.phases.end();
            const bool late = state != release.phases.end() && state->second.status == PhaseState::Status::finished;
            return late ? "its phase is finished; it would never run" : "";
        }
        const StepState& state = release.at(change.name);
        return open_to_change(release, change.name)  ? ""
               : state.status == StepStatus::waiting ? "it was begun already"
                                                     : fmt::format("it is {} already", name(state.status));
    }
    if (change.kind == "phase" && change.what != What::added) {
        const auto state = release.phases.find(change.name);
        const bool begun = state != release.phases.end() && (state->second.status == PhaseState::Status::running ||
                                                             state->second.status == PhaseState::Status::finished);
        return begun ? "it has begun already" : "";
    }
    if (change.kind == "arm" || change.kind == "traffic") {
        return "where traffic goes can't be redefined while it is moved";
    }
    if (change.kind == "connection" && change.what != What::added) {
        return "where production is stays as it was at the start";
    }
    if (change.kind == "variable" && change.what != What::added) {
        return "variables are frozen at the start";
    }
    if (change.kind == "plan" && change.name == "variants" && !release.plan->variant.empty()) {
        return "the way through the plan was chosen at the start";
    }
    if (change.kind == "plan" && change.name == "requires-session") {
        return "it was asked for at the start";
    }
    if (change.kind == "plan" && (change.name == "id" || change.name == "sluice" || change.name == "release")) {
        return "it says which release this is";
    }
    return {};
}

/// Phases that have begun come first and in the same order; a new one among them would never run.
std::string order_broken(const Release& release, const plan::Plan& after) {
    bool still_to_come = false;
    for (const auto& phase : after.phases) {
        const auto state = release.phases.find(phase.id);
        const bool begun = state != release.phases.end() && state->second.status != PhaseState::Status::to_come &&
                           state->second.status != PhaseState::Status::waiting;
        if (begun && still_to_come) {
            return "the phase " + phase.id + " has begun, and one before it has not";
        }
        still_to_come = still_to_come || !begun;
    }
    return {};
}

/// Adds the metrics that are derived from what is among them.
void add_derived(const plan::Plan& plan, std::set<std::string>& metrics) {
    const auto rests_on_one = [&](const auto& of_arm) {
        const auto formula = plan::Formula::read(of_arm.second);
        return formula && std::any_of(formula->parts().begin(), formula->parts().end(),
                                      [&](const auto& part) { return metrics.contains(part.metric); });
    };
    for (std::size_t before = 0; before != metrics.size();) { // one can be derived from a derived one
        before = metrics.size();
        for (const auto& metric : plan.metrics) {
            if (std::any_of(metric.derived.begin(), metric.derived.end(), rests_on_one)) {
                metrics.insert(metric.name);
            }
        }
    }
}

/// Those that are asked otherwise, or elsewhere, from here on.
std::set<std::string> changed_metrics(const plan::Plan& plan, const std::vector<PartChange>& changes) {
    std::set<std::string> metrics;
    for (const auto& change : changes) {
        if (change.kind == "metric") {
            metrics.insert(change.name);
        }
    }
    add_derived(plan, metrics);
    return metrics;
}

/// Of before the start they are asked for again; what was taken during a step is lost.
void forget_baselines(Draft& draft, const std::vector<BaselineLost>& lost) {
    for (const auto& [step, metric] : lost) {
        draft.add(BaselineCaptured{step, Json::array(), metric, {}, "it asks something else now"});
    }
}

/// What was seen by another condition says nothing of the new one; an alert that is gone is not left firing.
void end_changed_alerts(Draft& draft, const std::vector<PartChange>& changes, const std::set<std::string>& metrics) {
    const auto plan = draft.state().plan;
    const auto is_another = [&](const std::string& metric) { return metrics.contains(metric); };
    for (const auto& alert : plan->alerts) {
        const bool changed = std::any_of(changes.begin(), changes.end(), [&](const PartChange& change) {
            return change.kind == "alert" && change.name == alert.rule.id;
        });
        if (changed || plan::looks_at(alert.rule.condition, is_another)) {
            end_alert(draft, alert, "the plan was amended", true);
        }
    }
}

} // namespace

std::vector<BaselineLost> baselines_lost_by(const Release& release, const plan::Plan& after) {
    std::vector<BaselineLost> lost;
    if (!release.plan || release.baselines.empty()) {
        return lost;
    }
    auto metrics = plan::metrics_asked_otherwise(*release.plan, after);
    add_derived(after, metrics);
    for (const auto& [step, taken] : release.baselines) {
        for (const auto& metric : metrics) {
            if (std::any_of(taken.begin(), taken.end(),
                            [&](const auto& one) { return key_names(one.first, metric); })) {
                lost.push_back({step, metric});
            }
        }
    }
    return lost;
}

Verdict on(Draft& draft, const Amend& command) {
    const Release& release = draft.state();
    const std::string& session = release.opened.session;
    if (auto reason = reason_given(command.reason, session); !reason) {
        return reason;
    }
    if (release.rollback.active || release.aborted) {
        return refuse("the plan is not going forward any more", session);
    }
    if (const std::string busy = at_work(release); !busy.empty()) {
        return refuse("the plan can't be changed now: " + busy, session, "pause, wait until it has settled, try again");
    }
    auto loaded = plan::load(command.plan_source, release.opened.plan_file, plan::included(command.includes));
    if (!loaded.plan) {
        const auto wrong = std::find_if(loaded.diagnostics.begin(), loaded.diagnostics.end(),
                                        [](const auto& one) { return one.severity == plan::Severity::error; });
        return fail(ErrorCode::bad_input,
                    "the new plan does not load: " + (wrong == loaded.diagnostics.end()
                                                          ? std::string("it is empty")
                                                          : plan::to_text(*wrong, release.opened.plan_file)),
                    session, "'sluicectl validate' says all that is wrong with it");
    }
    if (auto taken = plan::take_variant(*loaded.plan, release.opened.variant); !taken) {
        return taken;
    }
    const auto changes = plan::changes_between(*release.plan, *loaded.plan);
    if (changes.empty()) {
        return refuse("the new plan does not differ", session);
    }
    std::vector<std::string> refused, told;
    for (const auto& change : changes) {
        const std::string why = in_the_way(release, *loaded.plan, change);
        told.push_back(to_text(change));
        if (!why.empty()) {
            refused.push_back(fmt::format("{}: {}", to_text(change), why));
        }
    }
    if (const std::string broken = order_broken(release, *loaded.plan); !broken.empty()) {
        refused.push_back(broken);
    }
    if (!refused.empty()) {
        return refuse(fmt::format("the plan can't be changed like that: {}", fmt::join(refused, "; ")), session,
                      "leave what has begun as it is");
    }
    const auto frozen = plan::freeze(*loaded.plan, release.opened.variables, {});
    if (!frozen.errors.empty()) {
        return refuse("a new variable has no value: " + to_text(frozen.errors.front()), session,
                      "give it a default in the new plan");
    }
    PlanAmended amended;
    amended.plan_source = command.plan_source;
    amended.includes = loaded.plan->includes; // only what the plan names, whatever else was sent
    amended.plan_digest = plan::digest(command.plan_source, amended.includes);
    amended.diff = plan::unified_diff(*release.plan, *loaded.plan);
    amended.changes = std::move(told);
    for (const auto& [name, value] : frozen.values) {
        if (!release.values.contains(name)) {
            amended.variables[name] = value;
        }
    }
    amended.by = draft.by();
    amended.reason = command.reason;
    amended.files = command.files;
    const auto metrics = changed_metrics(*release.plan, changes);
    const auto baselines = baselines_lost_by(release, *loaded.plan);
    withdraw_all(draft); // those of the new plan arm themselves, and begin to count anew
    end_changed_alerts(draft, changes, metrics);
    draft.add(std::move(amended));
    ask_approvals_again(draft, "the plan was amended by " + draft.by().name);
    if (draft.state().policy) { // it demands of the new plan what it demanded of the old one
        if (const auto raised = raise(draft.state()); !raised) {
            auto error = raised.error();
            error.where = error.where == release.opened.plan_file ? "the new plan" : error.where;
            return tl::unexpected(std::move(error));
        }
        const auto unapproved = not_approved(release, draft.state(), changes);
        if (auto broken = unapproved.empty() ? Verdict() : break_glass_for(draft, release, unapproved, command);
            !broken) {
            return broken;
        }
    }
    amend_windows(draft);
    restart_holds(draft, "the plan was amended");
    forget_gates_on(draft, metrics);
    forget_baselines(draft, baselines);
    return {};
}

Verdict on(Draft& draft, const CopyReport& command) {
    const CopyState& known = draft.state().copy;
    const bool news = known.place != command.place || known.state != command.state || known.why != command.why;
    if (news) {
        draft.add(CopyChanged{command.place, command.state, command.why});
    }
    // What a person has gone on with is not asked again; while nobody can see the copy it may be news each time.
    if ((news && command.taken) || command.unseen) {
        const Release& release = draft.state();
        if (!release.rollback.active && !release.aborted && !release.closed()) {
            // Two would have the same effects; which of them goes on is for people to say.
            pause_until_continued(
                draft, {own_name, ""},
                command.taken ? "somebody else goes on from the second copy: find out who, and end one of the two; "
                                "'continue' goes on here"
                              : "the second copy does not answer, and somebody may have gone on from it: find out; "
                                "'continue' goes on here");
        }
    }
    return {};
}

} // namespace sluice::release
