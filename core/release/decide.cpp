#include "release/decide.h"

#include "release/demand.h"
#include "release/draft.h"
#include "release/hold_clocks.h"
#include "release/moments.h"

#include <algorithm>

namespace sluice::release {
namespace {

Verdict on(Draft& draft, const Open& command) {
    if (draft.state().plan) {
        return refuse("the session is open already", command.session.session);
    }
    draft.add(command.session);
    if (!draft.state().plan) {
        return fail(ErrorCode::bad_input, "the plan does not load", command.session.plan_file,
                    "run 'sluicectl validate'");
    }
    return bind_people(draft, command.people);
}

Verdict on(Draft& draft, const Resume& command) {
    draft.add(SessionResumed{command.by, draft.state().time, command.taken_over_from});
    doubt_tellings(draft, "the program ended before the answer: it may have come");
    return command.copy ? on(draft, *command.copy) : Verdict{};
}

Verdict on(Draft& draft, const Jump& command) {
    draft.add(ClockJumped{command.from, command.slept});
    return {};
}

bool approves_afterwards(const Release& release, const Command& command) {
    const auto* approve = std::get_if<Approve>(&command);
    const auto* ask = std::get_if<AskSignature>(&command);
    const auto owed = owed_approvals(release);
    return (approve || ask) && std::find(owed.begin(), owed.end(), approve ? approve->step : ask->step) != owed.end();
}

/// Late outcomes and answers to doubts are recorded even then, notes may be added, what was done or aborted can
/// still be rolled back, and what went on by break-glass can still be approved.
bool allowed_when_closed(const Release& release, const Command& command) {
    return std::holds_alternative<Outcome>(command) || std::holds_alternative<Unknown>(command) ||
           std::holds_alternative<ResolveDoubt>(command) || std::holds_alternative<Note>(command) ||
           std::holds_alternative<Resume>(command) || std::holds_alternative<Delivery>(command) ||
           approves_afterwards(release, command) ||
           (std::holds_alternative<RollBack>(command) &&
            (!release.rollback.active || release.rollback.outcome == "incomplete"));
}

} // namespace

Result<Named> named(const Draft& draft, const StepId& id) {
    const plan::Step* step = draft.state().step(id);
    if (!step) {
        return refuse("the plan has no step '" + id + "'", id, "'sluicectl show' lists them");
    }
    return Named{step, &draft.state().at(id)};
}

bool is_rollback_step(const Release& release, const StepId& id) {
    const auto& list = release.plan->rollback_steps;
    return std::any_of(list.begin(), list.end(), [&](const plan::Step& step) { return step.id == id; });
}

Result<std::vector<Body>> decide(const Release& release, const Command& command, Nanos now, const Actor& by) {
    if (!release.plan && !std::holds_alternative<Open>(command)) {
        return refuse("no session is open", "");
    }
    if (release.closed() && !allowed_when_closed(release, command)) {
        return refuse("the session is closed: " + release.outcome, release.opened.session);
    }
    if (release.plan) {
        if (const Verdict may = may_give(release, command, by); !may) {
            return failed(may);
        }
    }
    Draft draft(release, now, by);
    const Verdict verdict = std::visit([&](const auto& what) { return on(draft, what); }, command);
    if (!verdict) {
        return failed(verdict);
    }
    if (!draft.empty() || std::holds_alternative<Tick>(command)) {
        progress(draft);
    }
    return draft.take();
}

namespace {

/// The earliest of the instants it is told, of those that are still to come.
class Next {
public:
    explicit Next(Nanos now) : now_(now) {}

    void at(Nanos when) {
        if (when > now_ && (!first_ || when < *first_)) {
            first_ = when;
        }
    }
    /// The next full `every` since `since`.
    void each(Nanos since, Nanos every) {
        if (every.count > 0 && now_ >= since) {
            at(since + every * ((now_ - since).count / every.count + 1));
        }
    }
    std::optional<Nanos> first() const { return first_; }

private:
    Nanos now_;
    std::optional<Nanos> first_;
};

void next_of_hold(Next& next, const Release& release, const plan::Step& step, const plan::Hold& hold, Nanos now) {
    const StepState& state = release.at(step.id);
    if (!release.paused) { // it stands still meanwhile
        next.at(state.begun + hold.deadline);
    }
    if (state.hold.running) {
        next.at(state.hold.mark + (hold.for_ - state.hold.held));
    }
    if (const auto due = next_heartbeat(state)) {
        next.at(*due);
    }
    for (const auto& clock : own_clocks(release, step, hold, now)) {
        if (clock.running) {
            next.at(now + clock.left());
        }
    }
    for (const auto& [key, gate] : state.gates) {
        for (const auto& planned : hold.gates) {
            if (gate.verdict == "pass" && (key == planned.id || key.starts_with(planned.id + "/"))) {
                next.at(gate.since + planned.for_);
            }
        }
    }
}

void next_of_lapses(Next& next, const Release& release, const Moments& moments, const plan::Step& step) {
    const bool forward = !release.rollback.active && !release.aborted && !is_rollback_step(release, step.id);
    if (const auto due = forward ? moments.overdue(step) : std::nullopt) {
        next.at(*due);
    }
    if (const auto stale = forward && !release.paused ? moments.stale(step) : std::nullopt) {
        next.at(*stale);
    }
    if (const auto escalated = moments.escalated(step)) {
        next.at(*escalated);
    }
}

void next_of_approvals(Next& next, const Release& release) {
    for (const auto& [id, state] : release.steps) {
        if (state.glass && !state.glass->approved && !state.glass->overdue) {
            next.at(state.glass->due);
        }
        const bool may_expire = state.status == StepStatus::person || state.status == StepStatus::passed;
        for (const auto& approval : may_expire ? state.approvals : std::vector<Approved>{}) {
            if (approval.expires.count != 0) {
                next.at(approval.expires);
            }
        }
    }
}

void next_of_step(Next& next, const Release& release, const plan::Step& step, Nanos now) {
    const StepState& state = release.at(step.id);
    if (state.status == StepStatus::waiting || state.status == StepStatus::retrying) {
        next.at(state.until);
    } else if (state.status == StepStatus::running) {
        if (const auto* wait = std::get_if<plan::Wait>(&step.body)) {
            next.at(state.begun + wait->for_.value_or(Nanos{}));
            if (wait->window) {
                const auto opening = plan::next_open(release.plan->calendar, state.begun);
                next.at(opening ? std::max(*opening, state.begun + Nanos{1}) : Nanos{}); // a Tick looks, open or not
            }
            next.at(state.begun + wait->deadline.value_or(Nanos{}));
            if (wait->until) {
                next.each(state.begun, wait->every);
            }
        } else if (const auto* hold = std::get_if<plan::Hold>(&step.body)) {
            next_of_hold(next, release, step, *hold, now);
        }
    }
}

} // namespace

std::optional<Nanos> next_tick(const Release& release, Nanos now) {
    Next next(now);
    if (!release.plan || release.closed()) {
        return std::nullopt;
    }
    for (const auto& [id, phase] : release.phases) {
        if (phase.status == PhaseState::Status::waiting) {
            next.at(phase.until);
        } else if (phase.status == PhaseState::Status::running && !phase.overridden) {
            next.at(phase.window_over ? phase.window_opens : phase.window_ends);
        }
    }
    const Moments moments(release, now);
    for (const auto& [id, state] : release.steps) {
        const plan::Step& step = *release.plan->step(id);
        next_of_step(next, release, step, now);
        if (step.due || step.valid_for || step.escalate) {
            next_of_lapses(next, release, moments, step);
        }
    }
    next_of_approvals(next, release);
    for (const auto& [key, state] : release.triggers) {
        for (const auto& trigger : release.plan->rollback.triggers) {
            if (state.state == "pending" && (key == trigger.id || key.starts_with(trigger.id + "/"))) {
                next.at(state.since + trigger.for_);
            }
        }
    }
    for (const Nanos moment : alert_moments(release)) {
        next.at(moment);
    }
    for (const auto& proposal : open_proposals(release)) {
        next.at(proposal.ends);
    }
    next.at(kept_open_until(release, now));
    return next.first();
}

} // namespace sluice::release
