/// Phases under way when their window ends (PLAN.md, "calendar"): they go on, stand still, or ask.
#include "release/draft.h"
#include "release/window.h"

#include <algorithm>

namespace sluice::release {
namespace {

const Actor by_calendar{"calendar", ""};

plan::AtWindowEnd at_end(const Release& release, const plan::Phase& phase) {
    return phase.at_window_end.value_or(release.plan->calendar.at_end);
}

bool stands_still(const Release& release, const std::string& id) {
    const auto& phases = release.plan->phases;
    const auto phase = std::find_if(phases.begin(), phases.end(), [&](const auto& one) { return one.id == id; });
    return phase != phases.end() && at_end(release, *phase) != plan::AtWindowEnd::finish;
}

void end_window(Draft& draft, const plan::Phase& phase) {
    const auto then = at_end(draft.state(), phase);
    const bool pauses = then != plan::AtWindowEnd::finish && !draft.state().paused;
    WindowEnded ended{phase.id, plan::name(then), pauses, {}};
    if (then != plan::AtWindowEnd::finish) {
        ended.opens = plan::next_open(draft.state().plan->calendar, draft.now()).value_or(Nanos{});
    }
    draft.add(ended);
    if (pauses) {
        draft.add(
            Paused{by_calendar, "the window of " + phase.id + " has ended" +
                                    (then == plan::AtWindowEnd::ask ? "; 'continue' goes on outside of it" : "")});
    }
}

/// Whether the release stands still for this phase's window alone, and goes on by itself.
bool stands_for_window(const Draft& draft, const plan::Phase& phase) {
    return at_end(draft.state(), phase) == plan::AtWindowEnd::pause &&
           draft.state().phases.at(phase.id).window_paused && draft.state().paused;
}

void open_window(Draft& draft, const plan::Phase& phase) {
    const auto answer = plan::ask(draft.state().plan->calendar, draft.now());
    const bool goes_on = stands_for_window(draft, phase);
    draft.add(WindowReopened{phase.id, answer && answer->changes ? *answer->changes : Nanos{}});
    if (goes_on) {
        draft.add(Continued{by_calendar});
    }
}

bool bound_and_running(const PhaseState& state, const plan::Phase& phase) {
    return phase.window && state.status == PhaseState::Status::running && !state.overridden;
}

} // namespace

bool paused_by_calendar(const Release& release) {
    return release.paused && std::any_of(release.phases.begin(), release.phases.end(),
                                         [](const auto& one) { return one.second.window_paused; });
}

void pause_until_continued(Draft& draft, const Actor& by, const std::string& why) {
    const bool stands = draft.state().paused;
    if (stands && !paused_by_calendar(draft.state())) {
        return;
    }
    if (stands) {
        draft.add(Continued{{own_name, ""}});
    }
    draft.add(Paused{by, why});
}

void finish_phase(Draft& draft, const plan::Phase& phase) {
    const bool goes_on = stands_for_window(draft, phase); // nobody would look at the window of a phase that is over
    draft.add(PhaseFinished{phase.id});
    if (goes_on) {
        draft.add(Continued{by_calendar});
    }
}

void amend_windows(Draft& draft) {
    const auto plan = draft.state().plan;
    for (const auto& phase : plan->phases) {
        const PhaseState state = draft.state().phases.at(phase.id);
        const auto answer = plan::ask(plan->calendar, draft.now());
        if (!bound_and_running(state, phase) || !answer) {
            continue;
        }
        const Nanos changes = answer->changes.value_or(Nanos{});
        if (answer->open && (state.window_over || state.window_ends != changes)) {
            open_window(draft, phase);
        } else if (!answer->open && !state.window_over) {
            end_window(draft, phase);
        } else if (!answer->open && state.held_by_window() && state.window_opens != changes) {
            draft.add(WindowEnded{phase.id, state.at_window_end, state.window_paused, changes});
        }
    }
}

void watch_windows(Draft& draft) {
    const auto plan = draft.state().plan;
    if (draft.state().rollback.active || draft.state().aborted) {
        return; // the way back is not bound by it
    }
    for (const auto& phase : plan->phases) {
        const PhaseState before = draft.state().phases.at(phase.id);
        if (before.status != PhaseState::Status::running || before.overridden) {
            continue;
        }
        if (!before.window_over && before.window_ends.count != 0 && before.window_ends <= draft.now()) {
            end_window(draft, phase);
        }
        const PhaseState state = draft.state().phases.at(phase.id);
        if (!state.window_over || state.window_opens.count == 0 || state.window_opens > draft.now()) {
            continue;
        }
        // After a long absence it has opened, and perhaps ended again.
        const auto answer = plan::ask(plan->calendar, draft.now());
        if (answer && answer->open) {
            open_window(draft, phase);
        } else if (answer) {
            draft.add(
                WindowEnded{phase.id, state.at_window_end, state.window_paused, answer->changes.value_or(Nanos{})});
        }
    }
}

std::optional<Verdict> override_window(Draft& draft, const Override& command) {
    const auto found = draft.state().phases.find(command.subject);
    if (found == draft.state().phases.end()) {
        return std::nullopt;
    }
    const PhaseState& state = found->second;
    const bool is_step = draft.state().plan->step(command.subject) != nullptr;
    const bool waits = state.status == PhaseState::Status::waiting;
    // One that goes on by itself needs nobody to say so.
    const bool ends =
        state.status == PhaseState::Status::running && !state.overridden && !is_step &&
        (state.window_over ? state.held_by_window()
                           : state.window_ends.count != 0 && stands_still(draft.state(), command.subject));
    if (!waits && !ends) {
        return is_step ? std::nullopt
                       : std::optional(Verdict(refuse("the phase does not wait for its window", command.subject)));
    }
    const bool paused = ends && state.window_paused && draft.state().paused;
    draft.add(Overridden{command.subject, "", draft.by(), command.reason, waits ? state.why : "it has ended"});
    if (paused) {
        draft.add(Continued{draft.by()});
    }
    return Verdict{};
}

} // namespace sluice::release
