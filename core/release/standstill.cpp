#include "release/standstill.h"

#include "release/decide.h"
#include "release/demand.h"
#include "release/draft.h"
#include "release/window.h"

#include <algorithm>

namespace sluice::release {
namespace {

Error waits(const std::string& where, const std::string& why, const std::string& remedy) {
    return {ErrorCode::refused, "nothing goes on by itself any more: " + why, where, remedy};
}

/// It ends or changes by itself, or is a person's to decide.
bool at_work(const Release& release, const plan::Step& step, bool attended) {
    switch (release.at(step.id).status) {
    case StepStatus::running: {
        const auto* wait = std::get_if<plan::Wait>(&step.body);
        const bool around_others =
            std::holds_alternative<plan::Group>(step.body) || std::holds_alternative<plan::Decide>(step.body);
        const bool stands = release.paused && std::holds_alternative<plan::Hold>(step.body);
        return !around_others && !stands && !(wait && wait->window);
    }
    case StepStatus::triage:
    case StepStatus::in_doubt:
        return true;
    case StepStatus::person:
        return attended;
    case StepStatus::waiting:
        return !release.paused && (waits_for_gates(step) || (step.when && asks_metrics(*step.when)));
    default:
        return false;
    }
}

const plan::Phase* asks_at_window_end(const Release& release) {
    const auto& phases = release.plan->phases;
    const auto found = std::find_if(phases.begin(), phases.end(), [&](const plan::Phase& phase) {
        const PhaseState& state = release.phases.at(phase.id);
        return state.status == PhaseState::Status::running && !state.overridden && state.window_paused &&
               state.at_window_end == "ask";
    });
    return release.paused && found != phases.end() ? &*found : nullptr;
}

const plan::Phase* waiting_phase(const Release& release) {
    const auto& phases = release.plan->phases;
    const auto found = std::find_if(phases.begin(), phases.end(), [&](const plan::Phase& phase) {
        return release.phases.at(phase.id).status == PhaseState::Status::waiting;
    });
    return release.rollback.active || release.aborted || found == phases.end() ? nullptr : &*found;
}

std::optional<Error> of_step(const Release& release, const plan::Step& step) {
    const StepState& state = release.at(step.id);
    if (state.status == StepStatus::person) {
        return waits("step " + step.id, "nobody gives the answer that it asks for",
                     "name who may give it, or rehearse without --assume-yes");
    }
    if (state.status == StepStatus::waiting) {
        return waits("step " + step.id, "it waits: " + state.why, "mend the plan: what it waits for never comes");
    }
    const auto* wait = std::get_if<plan::Wait>(&step.body);
    if (state.status == StepStatus::running && wait && wait->window) {
        return waits("step " + step.id, "it waits for the calendar, which does not open within 400 days",
                     "widen allow, or narrow deny");
    }
    return std::nullopt;
}

} // namespace

std::optional<Error> standstill(const Release& release, Nanos now, bool attended) {
    if (!release.plan || release.closed() || !in_flight(release).empty()) {
        return std::nullopt;
    }
    const std::vector<plan::Step>* const all[] = {&release.plan->steps, &release.plan->rollback_steps};
    for (const auto* steps : all) {
        if (std::any_of(steps->begin(), steps->end(),
                        [&](const plan::Step& step) { return at_work(release, step, attended); })) {
            return std::nullopt;
        }
    }
    if (std::any_of(release.shifts.begin(), release.shifts.end(),
                    [](const HandShift& shift) { return !over(shift.state.status); })) {
        return std::nullopt;
    }
    // Its window may open and end again and again: without a person it stays as it is.
    if (const auto* phase = asks_at_window_end(release)) {
        return attended ? std::nullopt
                        : std::optional(waits("phase " + phase->id,
                                              "its window has ended, and only a person says that it goes on",
                                              "plan for less time, or rehearse without --assume-yes"));
    }
    for (const auto& [key, trigger] : release.triggers) {
        if (release.paused && trigger.answer == "paused" && !attended) {
            return waits("trigger " + key, "it has paused the release, and nobody goes on with it",
                         "rehearse without --assume-yes, or let the trigger roll back or go on");
        }
    }
    const plan::Phase* kept = kept_by_window(release);
    if ((release.paused && !kept) || next_tick(release, now)) {
        return std::nullopt;
    }
    if (kept) {
        return waits("phase " + kept->id, "its window has ended, and none opens within 400 days",
                     "plan for less time, or widen the calendar");
    }
    if (const auto* phase = waiting_phase(release)) {
        return waits("phase " + phase->id, "it waits: " + release.phases.at(phase->id).why,
                     "plan for less time, or widen the calendar");
    }
    for (const auto* steps : all) {
        for (const plan::Step& step : *steps) {
            if (auto stands = of_step(release, step)) {
                return stands;
            }
        }
    }
    if (const auto open = open_proposals(release); !open.empty() && !attended) {
        return waits("trigger " + open.front().trigger->id, "nobody answers what it proposes",
                     "give it a grace, or rehearse without --assume-yes");
    }
    if (const auto owed = owed_approvals(release); !owed.empty() && !attended) {
        return waits("step " + owed.front(), "it went on without its approval, which nobody gives afterwards",
                     "name who may give it, or rehearse without --assume-yes");
    }
    return std::nullopt;
}

} // namespace sluice::release
