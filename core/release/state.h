#pragma once
/// The release: all that is known of a session, folded from its events. Pure; never changed but by `apply`.
#include "plan/fill.h"
#include "plan/model.h"
#include "plan/policy.h"
#include "release/event.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sluice::release {

enum class StepStatus {
    to_come,
    waiting, ///< could start but for a time (not-before)
    running,
    person,   ///< a person is awaited
    triage,   ///< it failed; a person chooses
    retrying, ///< it failed; it starts again by itself at `until`
    in_doubt, ///< its outcome is not known; a person decides
    passed,
    skipped,
    overridden,
    not_applicable,
    stopped, ///< given up because the release was aborted or rolled back
};

const char* name(StepStatus status);
bool satisfies(StepStatus status); ///< passed, skipped, overridden, not_applicable: what needs it may go on
bool over(StepStatus status);      ///< satisfies, or stopped

/// How long the critical gates of a hold have held together, or an important one by itself: `held` at `mark`, and the
/// time since if it is running.
struct HoldState {
    bool running = false;
    Nanos held;
    Nanos mark;
    std::string why; ///< why it stands still

    Nanos held_at(Nanos now) const { return running && now > mark ? held + (now - mark) : held; }
};

struct GateState {
    std::string verdict = "no-data";
    bool close = false;
    std::string value, limit, headroom, why;
    Nanos since; ///< of this verdict
    bool overridden = false;
    std::string overridden_by;
    Nanos breach_in = {};   ///< as it was told; 0 = nothing is foreseen
    Nanos breach_at = {};   ///< when that is; 0 then too
    bool shadow = false;    ///< it stops nothing, whatever it says
    int seen = 0;           ///< good samples that the hold has seen, as was told last
    int wanted = 0;         ///< so many at least before it can be over; 0 = any number
    bool important = false; ///< it has a clock of its own, and to do with no other
    HoldState own;          ///< that

    /// It keeps a hold's clock from running.
    bool hinders() const { return verdict != "pass" && !overridden && !shadow && !important; }
    /// The hold would be over, but for them.
    bool lacks_samples() const { return verdict == "inconclusive" && seen < wanted; }
};

/// A step that was gone on with without its approval.
struct BrokenGlass {
    Actor by;
    std::string reason;
    Nanos due;
    bool overdue = false;
    bool approved = false; ///< afterwards
};

/// A signature that was asked for.
struct AskedSignature {
    StepId step;
    Json request;
    Nanos expires;
    std::set<std::string> used_by; ///< who answered it: each person once
};

struct StepState {
    StepStatus status = StepStatus::to_come;
    int attempt = 0;
    std::string title;
    Nanos started, ended; ///< of the first attempt, of the last
    Nanos begun;          ///< this attempt: deadlines count from here
    std::string why;
    Nanos until;           ///< waiting, retrying
    OperationId operation; ///< of the current attempt; empty before its intent
    std::vector<Approved> approvals;
    std::optional<BrokenGlass> glass;
    std::string choice;     ///< of a decide
    bool answered = false;  ///< a person has said that it is so, or what to do: in this attempt or one before
    Nanos overdue;          ///< the moment by which it should have been over, once that was told; 0 = not told
    Nanos asked;            ///< since when a person is awaited; 0 = never
    bool escalated = false; ///< it has waited for too long since then, and that was told
    std::string advanced_by;
    std::string stop_asked;                       ///< why its program is to end: a person wants it; of this attempt
    std::map<std::string, GateState> gates;       ///< "gate" or "gate/arm"
    std::map<std::string, std::string> set_aside; ///< gates that were overridden → by whom; for all attempts
    HoldState hold;
};

/// A shift outside of the plan: a step of its own that no other needs.
struct HandShift {
    plan::Step planned; ///< id "~shift-1", the shift as its body
    StepState state;
    Actor by;
    std::string reason;
};

struct OperationState {
    Intent intent;
    Nanos began;
    enum class Phase { in_flight, in_doubt, settled } phase = Phase::in_flight;
    Json observed;
    std::string why, read_back;
    Settled settled;
};

struct TriggerState {
    std::string state = "disarmed"; ///< armed | pending | frozen | fired | disarmed
    Nanos since;                    ///< pending since
    Nanos frozen_at;
    Nanos grace_ends;   ///< of one that proposes, once it has fired: so long it can be answered; 0 = for ever
    std::string answer; ///< of one that proposes; empty = it is open (see ways_back.h)
    std::string value, why;
};

/// How one channel stands to an alert that fires, or has.
struct AlertRoute {
    std::string key; ///< of the last message
    int attempt = 0;
    bool in_flight = false;
    bool delivered = false;
    Nanos at; ///< of the last event about it
    std::string why;
    bool resolved = false; ///< the last message says that it fires no more
    bool heard = false;    ///< a message that it fires was delivered, or may have been
    bool perhaps = false;  ///< the last message may have come, though it is not known to
};

struct AlertState {
    std::string state = "inactive"; ///< inactive | pending | frozen | firing | resolved
    bool absent = false;            ///< for want of data
    Nanos since;
    Nanos frozen_at;
    int fired = 0; ///< how often
    std::string value, why;
    std::string acknowledged_by, acknowledged_why;
    std::map<std::string, AlertRoute> routes; ///< by channel; of the last firing
    bool unread = false;                      ///< since the program has begun again no reading has said that it is over

    bool firing() const { return state == "firing"; }
};

struct Standstill {
    Nanos from, to;
};

struct PhaseState {
    enum class Status { to_come, waiting, running, finished } status = Status::to_come;
    Nanos started, ended, until;
    std::string why;
    bool overridden = false; ///< the closed window was set aside
    std::string warning;     ///< it was begun outside of the preferred times
    Nanos window_ends;       ///< of a running one; 0 = its window does not end
    Nanos window_opens;      ///< once it has ended: the next; 0 = not known, or not waited for
    bool window_over = false;
    bool window_paused = false;    ///< its end paused the release
    std::string at_window_end;     ///< once it has ended: finish | pause | ask
    std::vector<Standstill> stood; ///< when ends of its windows have paused it; what goes on is not among them

    /// Stands still, or goes on, only because of what the plan says for the end of its window.
    bool held_by_window() const { return window_over && !overridden && at_window_end != "finish"; }
};

/// SIGTERM, ten seconds, SIGKILL, and some more: by then a program that is asked to end has ended, or never will.
inline constexpr Nanos end_of_programs = seconds(30);

struct RollbackState {
    bool active = false;
    std::string option, cause, trigger, reason, outcome;
    Actor by;
    Nanos started, ended;
    Nanos programs_end;       ///< so long it waits for programs that are asked to end
    std::string ready_option; ///< the one whose readiness was last told; see ways_back.h
    bool ready = false;
    std::string ready_why;
};

struct SourceState {
    std::string state = "ok", why;
    Nanos since;
};

/// The second copy of the session file; no place: none is kept.
struct CopyState {
    std::string place, state, why;
    Nanos since;
};

/// A change of the plan while it ran.
struct AmendmentState {
    std::string digest; ///< of the plan since then
    std::vector<std::string> changes;
    Actor by;
    std::string reason;
    Nanos time;
};

/// What a metric was on the average in the time before the session's start.
struct BeforeStart {
    std::map<std::string, double> values; ///< "metric" or "metric/arm" → average; empty = none is known
    std::string why;                      ///< what is missing, and why
};

struct Release {
    std::int64_t seq = 0; ///< of the last event
    Nanos time;           ///< of the last event
    SessionOpened opened;
    std::shared_ptr<const plan::Plan> plan; ///< null until opened
    Nanos started;
    Nanos t0;                                  ///< start of the phase that sets T0; 0 before
    std::map<std::string, std::string> values; ///< variables and outputs
    std::map<std::string, PhaseState> phases;
    std::map<StepId, StepState> steps; ///< every step of the plan, rollback options too
    std::vector<HandShift> shifts;     ///< by hand, in order: the n-th is "~shift-n"
    std::map<OperationId, OperationState> operations;
    std::map<std::string, plan::Weights> split; ///< commanded: traffic → arm → per cent
    std::set<std::string> ready_arms;
    std::map<std::string, TriggerState> triggers; ///< "trigger" or "trigger/arm"
    std::map<std::string, AlertState> alerts;     ///< "alert" or "alert/arm"; none = it was never pending
    std::map<std::string, SourceState> sources;
    RollbackState rollback;
    CopyState copy;
    std::vector<AmendmentState> amendments;   ///< in order; `plan` is the last one's
    std::map<std::string, std::string> files; ///< what steps use: path → SHA-256 at the start
    /// Captured: step → "metric" or "metric/arm" → average.
    std::map<StepId, std::map<std::string, double>> baselines;
    /// Taken there, and lost since they ask something else: step → metrics.
    std::map<StepId, std::set<std::string>> baselines_lost;
    std::map<std::string, BeforeStart> before; ///< captured of before the start: before_key → what
    Nanos released;                            ///< when all but the follow-up work was done; 0 before
    bool way_back_closed = false;              ///< nobody waits any more for the end of `within`
    std::string severity;                      ///< declared; empty = none
    Nanos severity_since;
    std::set<std::string> severity_set_aside; ///< a person declared less, and their conditions were not false since
    bool paused = false;
    bool aborted = false;
    std::string paused_why;
    Nanos paused_since;
    std::string outcome; ///< done | rolled-back | aborted, once closed
    int notes = 0, overrides = 0;
    std::shared_ptr<const plan::Policy> policy;             ///< null = none
    PolicyBound bound;                                      ///< where it is from, and what it asked for
    std::string lead;                                       ///< who leads the session
    std::map<std::string, std::vector<std::string>> bridge; ///< who is there → roles; empty = nobody was named
    std::set<std::string> proposers;                        ///< of changes within the session
    std::map<std::string, AskedSignature> requests;         ///< by nonce

    bool closed() const { return !outcome.empty(); }
    /// Of a step of the plan or a shift by hand; that of a step to come if there is none.
    const StepState& at(const StepId& step) const;
    /// As planned, or as a person asked for it; null if there is none.
    const plan::Step* step(const StepId& id) const;
    /// Null if it is none.
    const HandShift* hand_shift(const StepId& id) const;
    HandShift* hand_shift(const StepId& id);
};

/// Folds one event in. Never fails: what an event names and the plan does not is passed over.
void apply(Release& release, const Event& event);

/// "2026-01-06T02:00:00Z"; empty for 0.
std::string instant(Nanos time);

/// What `${…}` may name at this moment: variables, outputs and what is built in.
plan::Scope scope(const Release& release);

/// Arms that the commanded split of any traffic sends something to.
std::set<std::string> arms_with_traffic(const Release& release);

/// The whole of it, in canonical JSON order; its hash is compared live against replayed.
Json to_json(const Release& release);

/// "7 of 12 samples"; empty for a gate that wants no number of them.
std::string samples_text(int seen, int wanted);

/// "gate" or "gate/arm"; so for triggers and metrics.
std::string key_of(const std::string& name, const std::string& arm);
/// Whether the key is of that name, whatever the arm.
bool key_names(const std::string& key, const std::string& name);

/// What was captured of a metric and an arm (of the whole, if the metric has no arms): at a step, or of before the
/// start.
std::optional<double> baseline(const Release& release, const plan::Against& against, const std::string& metric,
                               const std::string& arm);

/// Of a metric over so long before the session's start: the key into Release::before.
std::string before_key(const std::string& metric, Nanos before);

/// Since when a metric has been asked as it is now: when the plan was last amended in what it says of it; 0 = since the
/// start. What was answered till then is of another one.
Nanos asked_since(const Release& release, const std::string& metric);

/// Why there is none: "there is no baseline of soak", "there is no baseline of the 1h before the start: …".
std::string no_baseline(const Release& release, const plan::Against& against, const std::string& metric);

/// It has settled, and where the traffic goes is known by it: it came about, or failed and the split was read then.
bool split_told(const OperationState& operation);

/// Of an operation that moves traffic: another was sent after it, and has told where the traffic goes. That one counts,
/// whatever is heard late of this.
bool overtaken(const Release& release, const OperationState& operation);

/// Operations that are neither settled nor in doubt.
std::vector<OperationId> in_flight(const Release& release);

/// The first step of no return that is past; null: there is a way back from everything. What acts passes the point as
/// it starts. What waits for a person has done nothing yet: his answer passes it, and an approval that lapses takes it
/// back.
const plan::Step* no_return_since(const Release& release);

/// The severity that stands declared; null: none, or one that the plan does not name any more.
const plan::SeverityLevel* declared_severity(const Release& release);

/// Programs in flight that are asked to end: those that a person wants to; and while it is rolled back or aborted those
/// that steps of the plan have started, or steps of another way back than the present one; not clean-up.
std::vector<OperationId> programs_to_end(const Release& release);

/// What the closing of a release that is rolled back or aborted still waits for: sent before, and in flight.
std::vector<OperationId> closing_awaits(const Release& release);

/// True if something stands in triage or in doubt: only a person can go on.
bool needs_decision(const Release& release);

/// True if a forward step is at work or waits for somebody.
bool needs_person(const Release& release);

} // namespace sluice::release
