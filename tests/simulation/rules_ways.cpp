/// The ways through a plan, and its end: variants, severity, clean-up, messages, follow-up work.
#include "drawn.h"
#include "rules.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace sluice::simulation {

using namespace release;

namespace {

template <typename Kind>
bool is(const plan::Step* step) {
    return step != nullptr && std::holds_alternative<Kind>(step->body);
}

bool is_message(const plan::Step* step) {
    return is<plan::Notify>(step) && !step->required;
}

/// What may follow the end: what was sent before comes to its end, people say things, or it is taken back.
bool may_follow_the_end(const Body& body) {
    return std::holds_alternative<Settled>(body) || std::holds_alternative<InDoubt>(body) ||
           std::holds_alternative<DoubtAnswered>(body) || std::holds_alternative<StepFinished>(body) ||
           std::holds_alternative<OutputTaken>(body) || std::holds_alternative<Noted>(body) ||
           std::holds_alternative<SessionResumed>(body) || std::holds_alternative<RollbackStarted>(body) ||
           std::holds_alternative<Told>(body) || std::holds_alternative<AlertTold>(body) ||
           std::holds_alternative<Approved>(body) || std::holds_alternative<ApprovedAfterwards>(body) ||
           std::holds_alternative<ApprovalOverdue>(body) || std::holds_alternative<SignatureAsked>(body) ||
           std::holds_alternative<Observed>(body);
}

bool proposes_only(const plan::Plan& plan, const std::string& trigger) {
    const auto& all = plan.rollback.triggers;
    return std::none_of(all.begin(), all.end(),
                        [&](const auto& one) { return one.id == trigger && one.mode == plan::TriggerMode::act; });
}

} // namespace

const std::set<StepId>& Rules::omitted(const Release& release) {
    if (plan_ != release.plan) {
        plan_ = release.plan;
        omitted_ = left_out(read_back(plan_->source), release.opened.variant);
    }
    return omitted_;
}

void Rules::check_released(const Release& before) {
    if (released_) {
        find("it is released twice");
    }
    released_ = true;
    for (const auto& phase : before.plan->phases) {
        for (const auto& id : phase.follow_up ? std::vector<StepId>{} : phase.steps) {
            if (!over(before.at(id).status)) {
                find("it is released, and " + id + " is not over");
            }
        }
    }
}

void Rules::check_cleaning(const Release& before, const plan::Step& step) {
    if (before.rollback.active && !cleared_) {
        find(step.id + " cleans up before the way back is gone");
    }
    for (const auto& id : in_flight(before)) {
        const auto* other = before.step(before.operations.at(id).intent.step);
        if (other != nullptr && !other->always) {
            find(fmt::format("{} cleans up while {} is at work", step.id, id));
        }
    }
}

void Rules::check_closing(const Release& before, const SessionClosed& closed) {
    closed_ = true;
    for (const auto& step : before.plan->steps) {
        if (step.always && !over(before.at(step.id).status)) {
            find(fmt::format("it is {}, and '{}', which cleans up whatever happens, has not run", closed.outcome,
                             step.id));
        }
    }
    const auto& phases = before.plan->phases;
    if (closed.outcome == "done") {
        if (std::any_of(phases.begin(), phases.end(), [](const auto& one) { return one.follow_up; }) && !released_) {
            find("it is done, and was never released");
        }
        for (const auto& step : before.plan->steps) {
            if (step.parent.empty() && !satisfies(before.at(step.id).status)) {
                find("it is done, and " + step.id + " is not");
            }
        }
    } else if (closed.outcome.starts_with("roll") ? !cleared_ : !before.aborted) {
        find("it is " + closed.outcome + ", and was not");
    }
}

/// A level that is declared proposes what its triggers say, while they are armed, and never else.
void Rules::hear_severity(const Release& before, const Event& event) {
    const std::string taken = std::exchange(taken_, "");
    if (const auto* declared = std::get_if<SeverityDeclared>(&event.body)) {
        if (badness(declared->level) == 0 ||
            (declared->by.name == "engine" &&
             (badness(declared->level) <= badness(severity_) || set_aside_.contains(declared->level) ||
              before.rollback.active || before.aborted))) {
            find("the severity " + declared->level + " is declared by " + declared->by.name);
        }
        for (const auto& level : before.plan->severity) {
            if (badness(level.id) <= badness(declared->level)) {
                set_aside_.erase(level.id);
            } else if (level.when && badness(level.id) <= badness(severity_)) {
                set_aside_.insert(level.id);
            }
        }
        severity_ = declared->level;
    } else if (const auto* cleared = std::get_if<SeverityCleared>(&event.body)) {
        if (set_aside_.erase(cleared->level) == 0) {
            find("the severity " + cleared->level + " was not set aside, and is told to be over");
        }
    } else if (const auto* changed = std::get_if<TriggerChanged>(&event.body)) {
        const auto& all = before.plan->rollback.triggers;
        const auto trigger =
            std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == changed->trigger; });
        if (changed->state == "fired") {
            const std::string& state = triggers_[changed->trigger];
            const bool no_way = before.rollback.active || before.aborted || before.closed();
            if (no_way || state.empty() || state == "disarmed" || (changed->arm.empty() && state == "fired")) {
                find(changed->trigger + " fires, and is not armed");
            }
            if (trigger != all.end() && !trigger->severity.empty()) {
                const bool ended = !trigger->until.empty() && before.at(trigger->until).attempt > 0;
                if (no_return_ || ended) {
                    find(changed->trigger + " fires, and is not armed: its time is over");
                }
                if (badness(severity_) < badness(trigger->severity)) {
                    find(changed->trigger + " fires for a severity that nobody declared");
                }
            }
        }
        if (changed->arm.empty()) {
            triggers_[changed->trigger] = changed->state;
        }
        fired_ = changed->state == "fired" ? changed->trigger : "";
        return;
    } else if (const auto* answered = std::get_if<ProposalAnswered>(&event.body)) {
        taken_ = answered->answer == "rolled-back" ? answered->trigger : "";
    } else if (const auto* back = std::get_if<RollbackStarted>(&event.body); back && back->cause == "trigger") {
        if (taken != back->trigger && (fired_ != back->trigger || proposes_only(*before.plan, back->trigger))) {
            find(back->trigger + " rolls back, and only proposes");
        }
    }
    fired_.clear();
}

void Rules::hear_ways(const Release& before, const Event& event) {
    if (!before.plan) {
        return;
    }
    if (closed_ && !may_follow_the_end(event.body)) {
        find("it goes on after it was closed");
    }
    hear_severity(before, event);
    const auto not_of_the_way = [&](const StepId& step) {
        if (omitted(before).contains(step)) {
            find(step + " is left out, and comes all the same");
        }
    };
    if (const auto* started = std::get_if<StepStarted>(&event.body)) {
        not_of_the_way(started->step);
        confirmed_.erase(started->step);
        const plan::Step* step = before.plan->step(started->step);
        const plan::Phase* phase = step != nullptr ? before.plan->phase_of(started->step) : nullptr;
        if (phase != nullptr && phase->follow_up && !released_ && !before.aborted && !before.rollback.active) {
            find(started->step + " follows up before it is released");
        }
        if (step != nullptr && step->always && (before.aborted || before.rollback.active)) {
            check_cleaning(before, *step);
        }
        if (const auto* way = before.plan->option_of(started->step);
            way != nullptr && (!before.rollback.active || before.rollback.option != way->id)) {
            find(started->step + " starts, and is no step of the way back");
        }
    } else if (const auto* waiting = std::get_if<StepWaiting>(&event.body)) {
        not_of_the_way(waiting->step);
    } else if (const auto* intent = std::get_if<Intent>(&event.body)) {
        not_of_the_way(intent->step);
        const StepState& state = before.at(intent->step);
        if (state.status != StepStatus::running || state.attempt != intent->attempt || !state.operation.empty()) {
            find(intent->operation + " is no deed of a step at work");
        }
        const plan::Step* step = before.plan->step(intent->step);
        if (step != nullptr && step->always && (before.aborted || before.rollback.active)) {
            check_cleaning(before, *step);
        }
    } else if (const auto* overdue = std::get_if<StepOverdue>(&event.body)) {
        not_of_the_way(overdue->step);
    } else if (const auto* triage = std::get_if<TriageOpened>(&event.body)) {
        if (is_message(before.plan->step(triage->step))) {
            find(triage->step + " is a message, and stops the plan");
        }
    } else if (const auto* confirmed = std::get_if<Confirmed>(&event.body)) {
        confirmed_[confirmed->step] = decisions_;
    } else if (const auto* finished = std::get_if<StepFinished>(&event.body)) {
        const plan::Step* step = before.plan->step(finished->step);
        if (is<plan::External>(step) && finished->outcome == "passed") {
            const auto said = confirmed_.find(finished->step);
            if (said == confirmed_.end()) {
                find(finished->step + " passed, and nobody says that it was typed");
            } else if (step->verify && said->second == decisions_) {
                find(finished->step + " passed, and was not read back");
            }
        }
    } else if (std::holds_alternative<Released>(event.body)) {
        check_released(before);
    } else if (std::holds_alternative<RollbackFinished>(event.body)) {
        cleared_ = true;
    } else if (std::holds_alternative<RollbackStarted>(event.body)) {
        closed_ = cleared_ = false;
    } else if (const auto* closed = std::get_if<SessionClosed>(&event.body)) {
        check_closing(before, *closed);
    }
}

void Rules::decided_ways(const Release& release) {
    if (!release.plan || release.closed()) {
        return;
    }
    const bool forward = !release.rollback.active && !release.aborted && !release.paused;
    for (const auto& id : omitted(release)) {
        const plan::Step* step = release.plan->step(id);
        const plan::Phase* phase = step != nullptr ? release.plan->phase_of(id) : nullptr;
        if (!forward || phase == nullptr || release.at(id).status != StepStatus::to_come ||
            release.phases.at(phase->id).status != PhaseState::Status::running ||
            (!step->parent.empty() && release.at(step->parent).status != StepStatus::running)) {
            continue;
        }
        if (std::all_of(step->needs.begin(), step->needs.end(),
                        [&](const StepId& need) { return satisfies(release.at(need).status); })) {
            find(id + " is left out, and is waited for");
        }
    }
    for (const auto& trigger : release.plan->rollback.triggers) {
        if (!trigger.severity.empty() && triggers_[trigger.id] == "armed" &&
            badness(severity_) >= badness(trigger.severity)) {
            find(severity_ + " is declared, and " + trigger.id + " says nothing");
        }
    }
    for (const auto& [id, operation] : release.operations) {
        const StepId& step = operation.intent.step;
        if (operation.phase == OperationState::Phase::in_doubt && is_message(release.plan->step(step)) &&
            !over(release.at(step).status) && release.at(step).operation == id) {
            find(step + " is a message, and stops the plan: nobody knows whether it came");
        }
    }
}

} // namespace sluice::simulation
