#pragma once
/// What `decide` writes while it thinks: events so far, and the state that they lead to.
#include "release/command.h"
#include "release/decide.h"
#include "release/ways_back.h"

#include <optional>
#include <vector>

namespace sluice::release {

class Draft {
public:
    Draft(const Release& before, Nanos now, Actor by) : before_(before), now_(now), by_(std::move(by)) {}

    const Release& state() const { return after_ ? *after_ : before_; }
    Nanos now() const { return now_; }
    const Actor& by() const { return by_; }

    /// The state is copied at the first event: most readings lead to none.
    void add(Body body) {
        if (!after_) {
            after_ = before_;
        }
        apply(*after_, Event{after_->seq + 1, now_, body});
        events_.push_back(std::move(body));
    }
    bool empty() const { return events_.empty(); }
    std::size_t size() const { return events_.size(); }
    std::vector<Body> take() { return std::move(events_); }

    /// Readings that conditions on metrics may use; only a Tick brings them.
    std::optional<std::map<std::string, double>> latest;
    std::map<std::string, SeriesValues> several;             ///< see Tick
    std::map<std::pair<Nanos, std::string>, double> earlier; ///< see Tick

private:
    const Release& before_;
    std::optional<Release> after_;
    Nanos now_;
    Actor by_;
    std::vector<Body> events_;
};

using Verdict = Result<void>;

// One file a subject; each adds what follows, or refuses.
void progress(Draft& draft);                                   // progress.cpp: starts and ends what the state allows
void start(Draft& draft, const plan::Step& step, int attempt); // progress.cpp
void again(Draft& draft, const plan::Step& step, int last_attempt, const std::string& why); // decide_steps.cpp
plan::Evaluation holds(const Draft& draft,
                       const plan::Condition& condition); // progress.cpp; unknown while a metric has no answer
/// progress.cpp: whether a gate before its start can keep it waiting; a shadow can't.
bool waits_for_gates(const plan::Step& step);
bool asks_metrics(const plan::Condition& condition); // progress.cpp: whether a reading decides any of it
void fail_step(Draft& draft, const plan::Step& step, const std::string& why); // decide_steps.cpp: retry, triage or stop
/// decide_steps.cpp: the release goes another way now: back, nowhere, or back by another option than the step's. What
/// was sent comes to its end, and nothing of it is begun again. Clean-up is never given up.
bool given_up(const Release& release, const plan::Step& step);
void start_rollback(Draft& draft, const RollBack& command); // decide_rollback.cpp
/// decide_outputs.cpp: what a step gave, or somebody says that it did, as events.
void take_outputs(Draft& draft, const StepId& step, const std::map<std::string, std::string>& outputs,
                  const Actor& by = {});
/// decide_outputs.cpp: what a person says that a step gave, checked as its own answer would be; `whole`: nothing may be
/// missing that other steps take.
Result<std::map<std::string, std::string>> outputs_given(const Release& release, const plan::Step& step,
                                                         const std::map<std::string, std::string>& given, bool whole);
void stop_forward(Draft& draft, const std::string& why); // decide_rollback.cpp: gives up what is not in flight
/// decide_rollback.cpp: whether anything of a step was sent; an undo is for what may have happened.
bool was_begun(const Release& release, const StepId& id);
/// decide_rollback.cpp: why a rollback step has nothing to put back; empty = it has, or that can't be proven, and then
/// it is tried. It has nothing when it wants a value that the plan had not come to read, and nothing was sent that
/// could have altered since what that value stands for. So a way back asked for before that point ends by itself: at
/// night no person has to say that a value is missing which nobody needs. A reader that was skipped or overridden
/// proves nothing, since the plan went on after it; nor does one that sends something itself and has begun.
std::string nothing_to_put_back(const Release& release, const plan::Step& step);
/// progress.cpp: why a step would be passed over as of now: the variant leaves it out, what it undoes was not done, or
/// there is nothing to put back; empty = it would not.
std::string nothing_to_do(const Release& release, const plan::Step& step);
/// progress.cpp: a step that the variant leaves out, whose deed to undo was not done, or that has nothing to put back
/// is told as not applicable; false = it is none.
bool passed_over(Draft& draft, const plan::Step& step);
void pause_holds(Draft& draft, const std::string& why);   // decide_gates.cpp: their clocks stand still
void restart_holds(Draft& draft, const std::string& why); // decide_gates.cpp: nothing held so far counts
/// decide_gates.cpp: these metrics are others now: what gates of holds at work have seen of them counts for nothing,
/// not for their own `for`, not for `absent`, not as samples.
void forget_gates_on(Draft& draft, const std::set<std::string>& metrics);
/// progress.cpp: tells what it waits for, and until when (0 = that is not known), unless that was told.
void wait_until(Draft& draft, const plan::Step& step, Nanos until, const std::string& why);
/// progress.cpp: whether what the step needs is done; what has grown old is asked for again, and is not.
bool needs_met(const Release& release, const plan::Step& step);
void watch_lapses(Draft& draft);                 // decide_lapse.cpp: tells what is overdue, stale, late
bool clean_up(Draft& draft);                     // decide_lapse.cpp: starts what runs `always`; true = over
void watch_windows(Draft& draft);                // decide_windows.cpp: ends and opens those under way
void amend_windows(Draft& draft);                // decide_windows.cpp: after the calendar was amended
bool paused_by_calendar(const Release& release); // decide_windows.cpp: it goes on by itself when the window opens
/// decide_windows.cpp: a pause that only a person ends; where the calendar's stands, it takes its place, or the release
/// would go on by itself when the window opens. Nothing, where somebody has paused it already.
void pause_until_continued(Draft& draft, const Actor& by, const std::string& why);
/// decide_windows.cpp: its steps are over; what its window held up goes on.
void finish_phase(Draft& draft, const plan::Phase& phase);
void watch_triggers(Draft& draft); // decide_triggers.cpp: arms and disarms
void disarm_all(Draft& draft);     // decide_triggers.cpp
void withdraw_all(Draft& draft);   // decide_triggers.cpp: those that have fired too, and what they propose
bool wanted(const Release& release, const plan::Trigger& trigger); // decide_triggers.cpp: in its scope
/// decide_triggers.cpp: between its `from` and its `until`.
bool in_scope(const Release& release, const plan::Trigger& trigger);
void watch_alerts(Draft& draft); // decide_alerts.cpp: ends those out of scope, tells those that fire
/// decide_alerts.cpp: what was on its way when the program ended is not known to have come, and says so.
void doubt_tellings(Draft& draft, const std::string& why);
/// decide_alerts.cpp: nothing comes after the closing, also no answer to what is on its way.
void end_alerts(Draft& draft);
/// decide_alerts.cpp: on each arm; a firing one is resolved, a pending one begins anew.
void end_alert(Draft& draft, const plan::Alert& alert, const std::string& why, bool forgotten = false);
void watch_proposals(Draft& draft); // decide_proposals.cpp: those that nobody has answered in time
void watch_approvals(Draft& draft); // decide_approval.cpp: what is too old, or overdue
/// decide_approval.cpp: who approved, approved the plan as it was; asked again where anything of it is still to come.
void ask_approvals_again(Draft& draft, const std::string& why);
Result<void> bind_people(Draft& draft, const People& people); // decide_roster.cpp: policy and bridge of a new session
/// decide_roster.cpp: whether policy and bridge let this person give the command.
Result<void> may_give(const Release& release, const Command& command, const Actor& by);

Verdict on(Draft& draft, const ProbeAnswer& command); // decide_steps.cpp
Verdict on(Draft& draft, const Retry& command);
Verdict on(Draft& draft, const Skip& command);
Verdict on(Draft& draft, const Tick& command);
Verdict on(Draft& draft, const Prepared& command); // decide_effects.cpp
Verdict on(Draft& draft, const Unprepared& command);
Verdict on(Draft& draft, const Seen& command);
Verdict on(Draft& draft, const Outcome& command);
Verdict on(Draft& draft, const Unknown& command);
Verdict on(Draft& draft, const ResolveDoubt& command);
/// decide_windows.cpp: of a phase that waits for its window, or whose window ends; null when the subject is neither.
std::optional<Verdict> override_window(Draft& draft, const Override& command);

Verdict on(Draft& draft, const GateReadings& command); // decide_gates.cpp
Verdict on(Draft& draft, const Override& command);
Verdict on(Draft& draft, const Advance& command);
Verdict on(Draft& draft, const TriggerReading& command); // decide_triggers.cpp
Verdict on(Draft& draft, const AlertReading& command);   // decide_alerts.cpp
Verdict on(Draft& draft, const AlertDelivery& command);
Verdict on(Draft& draft, const Acknowledge& command);
Verdict on(Draft& draft, const SourceReport& command);
Verdict on(Draft& draft, const Readiness& command);
Verdict on(Draft& draft, const Delivery& command);     // decide_lapse.cpp
Verdict on(Draft& draft, const Baseline& command);     // decide_gates.cpp
Verdict on(Draft& draft, const Decline& command);      // decide_proposals.cpp
Verdict on(Draft& draft, const Stop& command);         // decide_steps.cpp
Verdict on(Draft& draft, const CloseWayBack& command); // decide_rollback.cpp
Verdict on(Draft& draft, const RollBack& command);     // decide_rollback.cpp
Verdict on(Draft& draft, const Abort& command);
Verdict on(Draft& draft, const Pause& command);
Verdict on(Draft& draft, const Continue& command);
Verdict on(Draft& draft, const Shift& command);   // decide_shift.cpp
Verdict on(Draft& draft, const Confirm& command); // decide_approval.cpp
Verdict on(Draft& draft, const Attest& command);
Verdict on(Draft& draft, const Approve& command);
Verdict on(Draft& draft, const AskSignature& command);
Verdict on(Draft& draft, const BreakGlass& command);
Verdict on(Draft& draft, const HandOver& command); // decide_roster.cpp
Verdict on(Draft& draft, const Join& command);
Verdict on(Draft& draft, const Leave& command);
Verdict on(Draft& draft, const Decide& command); // decide_people.cpp
Verdict on(Draft& draft, const Note& command);
Verdict on(Draft& draft, const Amend& command); // decide_amend.cpp
Verdict on(Draft& draft, const CopyReport& command);
Verdict on(Draft& draft, const Severity& command); // decide_severity.cpp
/// decide_severity.cpp: declares the worst level whose condition holds, if that is worse than what is declared,
/// and no person has set it aside.
void watch_severity(Draft& draft);
/// decide_triggers.cpp: what hangs on a severity fires when that, or a worse one, was declared.
void fire_for_severity(Draft& draft, const std::string& why);

inline tl::unexpected<Error> refuse(std::string what, std::string where, std::string remedy = {}) {
    return fail(ErrorCode::refused, std::move(what), std::move(where), std::move(remedy));
}

/// Every person's command that sets a rule aside says why.
inline Verdict reason_given(const std::string& reason, const std::string& where) {
    if (reason.empty()) {
        return refuse(needs_reason, where, "say why; it stays in the log");
    }
    return {};
}

/// The planned step and its state, or a refusal that names what there is.
struct Named {
    const plan::Step* step = nullptr;
    const StepState* state = nullptr;
};
Result<Named> named(const Draft& draft, const StepId& id);

bool is_rollback_step(const Release& release, const StepId& id);

/// Whether the policy lets the person go on without an approval (decide_approval.cpp).
Verdict may_break_glass(const Release& release, const std::string& person, const std::string& where);

} // namespace sluice::release
