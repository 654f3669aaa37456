/// What time brings: each thing at its time, once, and nothing before it.
#include "drawn.h"
#include "rules.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::simulation {

using namespace release;

namespace {

bool going_on(const Release& release) {
    return release.plan && !release.closed() && !release.rollback.active && !release.aborted;
}

bool needs(const plan::Step& step, const StepId& other) {
    return std::find(step.needs.begin(), step.needs.end(), other) != step.needs.end();
}

/// A tick within a group or a choice stands as long as that.
bool can_age(const Release& release, const plan::Step& tick) {
    return tick.valid_for && release.at(tick.id).status == StepStatus::passed &&
           (tick.parent.empty() || release.at(tick.parent).status == StepStatus::running);
}

/// The way back is promised from there, whatever became of the step.
bool keeps_open(const Release& release, const StepId& step) {
    return release.plan->rollback.within && release.plan->rollback.within_after == step;
}

} // namespace

std::optional<Nanos> Rules::moment(const Release& release, const plan::NotBefore& moment) const {
    if (moment.step.empty()) {
        return t0_.count == 0 ? std::nullopt : std::optional(t0_ + moment.delay);
    }
    const auto anchor = ended_.find(moment.step);
    const bool stands =
        satisfies(release.at(moment.step).status) &&
        (release.at(moment.step).status != StepStatus::not_applicable || keeps_open(release, moment.step));
    return stands && anchor != ended_.end() ? std::optional(anchor->second + moment.delay) : std::nullopt;
}

void Rules::check_moments(const Release& before, const StepStarted& started, Nanos now) {
    const plan::Step* step = before.plan->step(started.step);
    if (step == nullptr || !going_on(before) || started.attempt != 1) {
        return;
    }
    if (step->not_before) {
        const auto from = moment(before, *step->not_before);
        const bool never = before.at(step->not_before->step).status == StepStatus::not_applicable &&
                           !keeps_open(before, step->not_before->step);
        if (!never && (!from || *from > now)) {
            find(started.step + " starts before its time");
        }
    }
    for (const auto& need : step->needs) {
        const plan::Step* tick = before.plan->step(need);
        if (tick != nullptr && can_age(before, *tick) && ended_[need] + *tick->valid_for < now) {
            find(fmt::format("{} starts on '{}', which was given {:.1f} s ago and stands for {:.1f} s", started.step,
                             need, (now - ended_[need]).seconds(), tick->valid_for->seconds()));
        }
    }
    const auto* phase = before.plan->phase_of(started.step);
    if (phase != nullptr && phase->window && !open_phases_.contains(phase->id) && !window_open(now) &&
        phase->at_window_end.value_or(before.plan->calendar.at_end) == plan::AtWindowEnd::pause) {
        find(started.step + " starts while the calendar is closed");
    }
}

void Rules::check_overdue(const Release& before, const StepOverdue& told, Nanos now) {
    const plan::Step* step = before.plan->step(told.step);
    if (!overdue_.insert(told.step).second) {
        find(told.step + " is told as overdue twice");
    }
    const auto due = step != nullptr && step->due ? moment(before, *step->due) : std::nullopt;
    if (step == nullptr || !step->due || over(before.at(told.step).status) || told.due > now ||
        (due && *due != told.due)) {
        find(told.step + " is told as overdue, and is not");
    }
}

/// Since when somebody is awaited.
void Rules::ask(const Event& event, const Release& before) {
    const auto note = [&](const StepId& step) {
        asked_[step] = event.time;
        escalated_.erase(step);
    };
    if (const auto* started = std::get_if<StepStarted>(&event.body)) {
        asked_.erase(started->step);
        const plan::Step* step = before.plan->step(started->step);
        const std::string kind = step == nullptr ? "" : plan::kind_name(step->body);
        if (kind == "confirm" || kind == "attest" || kind == "approve" || kind == "decide" || kind == "external") {
            note(started->step);
        }
    } else if (const auto* triage = std::get_if<TriageOpened>(&event.body)) {
        note(triage->step);
    } else if (const auto* doubt = std::get_if<InDoubt>(&event.body)) {
        const auto found = before.operations.find(doubt->operation);
        const StepId step = found == before.operations.end() ? "" : found->second.intent.step;
        if (before.at(step).operation == doubt->operation && !over(before.at(step).status)) {
            note(step);
        }
    } else if (const auto* hold = std::get_if<HoldChanged>(&event.body); hold && hold->state == "held") {
        note(hold->step);
    } else if (const auto* old = std::get_if<ApprovalExpired>(&event.body)) {
        if (before.at(old->step).status == StepStatus::passed) {
            note(old->step);
        }
    } else if (const auto* again = std::get_if<ApprovalAskedAgain>(&event.body)) {
        if (before.at(again->step).status == StepStatus::passed) {
            note(again->step);
        }
    }
}

void Rules::hear_time(const Release& before, const Event& event) {
    if (!before.plan) {
        return;
    }
    const Nanos now = event.time;
    if (const auto* started = std::get_if<StepStarted>(&event.body)) {
        check_moments(before, *started, now);
        ended_.erase(started->step);
    } else if (const auto* finished = std::get_if<StepFinished>(&event.body)) {
        ended_[finished->step] = now;
        const plan::Step* step = before.plan->step(finished->step);
        const auto* wait = step != nullptr ? std::get_if<plan::Wait>(&step->body) : nullptr;
        if (wait != nullptr && wait->window && finished->outcome == "passed" && !window_open(now)) {
            find(finished->step + " passed while the calendar is closed");
        }
    } else if (const auto* never = std::get_if<StepNotApplicable>(&event.body)) {
        ended_[never->step] = now;
    } else if (const auto* aside = std::get_if<Overridden>(&event.body)) {
        if (before.phases.contains(aside->subject) && before.plan->step(aside->subject) == nullptr) {
            open_phases_.insert(aside->subject);
        }
    } else if (const auto* phase = std::get_if<PhaseStarted>(&event.body)) {
        const auto& phases = before.plan->phases;
        const auto planned =
            std::find_if(phases.begin(), phases.end(), [&](const auto& one) { return one.id == phase->phase; });
        if (planned != phases.end() && planned->window) {
            t0_ = t0_.count == 0 ? now : t0_;
            if (!window_open(now) && !open_phases_.contains(phase->phase)) {
                find(phase->phase + " begins while the calendar is closed");
            }
        }
    } else if (const auto* amended = std::get_if<PlanAmended>(&event.body)) {
        // What waits is looked at anew: with another moment, that is told too.
        const bool due = read_back(amended->plan_source).parts.contains("due");
        std::erase_if(overdue_,
                      [&](const StepId& step) { return !due && before.at(step).status == StepStatus::waiting; });
    } else if (const auto* told = std::get_if<StepOverdue>(&event.body)) {
        check_overdue(before, *told, now);
    } else if (const auto* stale = std::get_if<StepExpired>(&event.body)) {
        const plan::Step* step = before.plan->step(stale->step);
        if (step == nullptr || !can_age(before, *step) || ended_[stale->step] + *step->valid_for > now) {
            find(stale->step + " is asked for again, and is not too old");
        }
    } else if (const auto* escalated = std::get_if<Escalated>(&event.body)) {
        const plan::Step* step = before.plan->step(escalated->step);
        const auto asked = asked_.find(escalated->step);
        if (step == nullptr || !step->escalate || asked == asked_.end() ||
            asked->second + step->escalate->after > now) {
            find(escalated->step + " is escalated, and has not waited for so long");
        }
        if (!escalated_.insert(escalated->step).second) {
            find(escalated->step + " is escalated twice");
        }
    }
    ask(event, before);
}

void Rules::decided_time(const Release& release, Nanos now) {
    if (!release.plan || release.closed()) {
        return;
    }
    const bool forward = going_on(release);
    for (const auto* list : {&release.plan->steps, &release.plan->rollback_steps}) {
        for (const auto& step : *list) {
            const StepState& state = release.at(step.id);
            const bool waits = state.status == StepStatus::person || state.status == StepStatus::triage ||
                               state.status == StepStatus::in_doubt;
            if (step.escalate && waits && !escalated_.contains(step.id) && asked_.contains(step.id) &&
                asked_[step.id] + step.escalate->after <= now) {
                find(step.id + " has waited for too long, and nobody is told");
            }
            if (!forward) {
                continue;
            }
            const auto due = step.due ? moment(release, *step.due) : std::nullopt;
            if (due && *due <= now && !over(state.status) && step.left_out.empty() && !overdue_.contains(step.id)) {
                find(step.id + " is overdue, and nobody is told");
            }
            if (!release.paused && can_age(release, step) && ended_[step.id] + *step.valid_for <= now) {
                for (const auto& other : release.plan->steps) {
                    const StepState& its = release.at(other.id);
                    if (needs(other, step.id) && its.attempt == 0 &&
                        (its.status == StepStatus::to_come || its.status == StepStatus::waiting)) {
                        find(step.id + " has grown too old, and is not asked for again");
                    }
                }
            }
        }
    }
}

} // namespace sluice::simulation
