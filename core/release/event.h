#pragma once
/// What happened: the only thing that is ever stored, and all that state is made of (DESIGN.md, "One idea").
///
/// Each type has a name and a version in its body. A field may be added (readers default it); anything else is a new
/// version. Text in events is redacted and already filled; real ports, pids and latencies never enter (they would make
/// two runs of one seed differ), but for `Observed`, which only a real process writes.
#include "base/alternative.h"
#include "base/json.h"
#include "base/nanos.h"
#include "plan/step.h"
#include "release/people_events.h"

#include <map>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace sluice::release {

class Names;

using OperationId = std::string; ///< "session/step/attempt"

// --- the session ---------------------------------------------------------------------------------------------------

struct SessionOpened {
    std::string session;
    std::string mode; ///< run | rehearse
    std::string plan_id;
    std::string plan_file;
    std::string plan_folder; ///< where its files are named from; empty in a rehearsal, whose log names no machine
    std::string plan_source; ///< the plan's bytes: the session needs no other file to be read
    std::string plan_digest; ///< plan::digest of them and of the files below, hexadecimal
    std::map<std::string, std::string> variables; ///< frozen; secrets only as references
    Actor by;
    std::string public_key; ///< C2SP verifier key of the checkpoints
    std::string seed;       ///< of a rehearsal
    std::vector<std::string> faults;
    std::string program; ///< "sluice 0.1.0"
    std::map<std::string, std::string> includes =
        {};                           ///< files that the plan names and that were read with it → their text
    Json files = Json::array();       ///< what steps use: [{"path", "digest": SHA-256, "commit"}]
    std::string variant;              ///< of the plan; empty = as it stands
    Json repository = Json::object(); ///< {"from", "to", "commits": [{"id", "time", "author", "subject"}]}
    Json evidence = Json::object(); ///< the earlier session that the plan asks for: {"session", "file", "outcome", …}
    Nanos opening = {}; ///< of the calendar, that this session is for: T0 does not come before; 0 = the next one
};

struct SessionResumed {
    Actor by;
    Nanos last_known;                 ///< time of the last durable event before
    std::string taken_over_from = {}; ///< the owner that hung and was ended ("pid 4711")
};

struct SessionClosed {
    std::string outcome; ///< done | rolled-back | aborted
};

/// The machine slept or its clock was set: `from` is the last instant known before, the event's time the first after.
struct ClockJumped {
    Nanos from;
    Nanos slept = {}; ///< how much of it the machine was suspended; 0 = its clock was set
};

// --- phases and steps ----------------------------------------------------------------------------------------------

struct PhaseWaiting {
    std::string phase;
    std::string why;
    Nanos until; ///< when the calendar opens; 0 = not known
};

struct PhaseStarted {
    std::string phase;
    std::string warning = {}; ///< outside of the calendar's preferred times
    Nanos window_ends = {};   ///< 0 = it is not bound, or the calendar stays open
};

/// The window of a phase ended while it was under way.
struct WindowEnded {
    std::string phase;
    std::string then;    ///< finish | pause | ask
    bool paused = false; ///< whether it paused the release: not where it goes on, nor where a person had paused it
    Nanos opens;         ///< next; 0 = not known, or it does not wait for it
};

/// It opened again, or ends at another time since the plan was amended.
struct WindowReopened {
    std::string phase;
    Nanos ends; ///< 0 = it stays open
};

struct PhaseFinished {
    std::string phase;
};

struct StepStarted {
    StepId step;
    int attempt = 1;
    std::string title; ///< filled
};

struct StepWaiting {
    StepId step;
    std::string why;
    Nanos until; ///< 0 = not known
};

struct StepNotApplicable {
    StepId step;
    std::string why;
};

/// A probe that has to be asked again said something new.
struct StepProbed {
    StepId step;
    int attempt = 1;
    std::string why;
};

struct OutputTaken {
    StepId step;
    std::string name;
    std::string value;
    Actor by = {}; ///< who said so, where its own answer was lost; no name: the step gave it
};

struct StepFinished {
    StepId step;
    int attempt = 1;
    std::string
        outcome; ///< passed | skipped | overridden | stopped | failed (only a shift by hand: nothing waits for it)
    std::string why;
};

/// It failed, and a person must choose: retry, skip, roll back, abort.
struct TriageOpened {
    StepId step;
    int attempt = 1;
    std::string why;
};

/// It failed and will be tried again by itself, as its `retry` says.
struct RetryPlanned {
    StepId step;
    int attempt = 1; ///< the one that failed
    std::string why;
    Nanos at;
};

struct TriageAnswered {
    StepId step;
    std::string answer; ///< retry | skip
    Actor by;
    std::string reason;
};

// --- effects -------------------------------------------------------------------------------------------------------

/// Durable before anything is sent. `request` is all that is needed to read back or repeat it after a crash.
struct Intent {
    OperationId operation;
    StepId step;
    int attempt = 1;
    std::string kind;         ///< run, kubernetes, shift, scale, http
    std::string effect_class; ///< convergent | keyed | probeable | opaque
    Json request;
    std::string digest;               ///< SHA-256 of the canonical request
    std::string summary;              ///< one line for people: the argv, or method, path and patch
    std::vector<std::string> targets; ///< the objects that it writes
    Json desired; ///< shift: {"traffic": …, "weights": {…}}; scale: {"workload": …, "replicas": n}; else null
};

struct Observed {
    OperationId operation;
    Json what; ///< {"pid", "boot"} of a program that runs for longer than a second
};
/// Nothing where it tells of no process.
std::optional<std::int64_t> pid_of(const Json& observed);

struct Settled {
    OperationId operation;
    bool succeeded = false;
    std::string how; ///< returned | verified | operator
    std::string why;
    Json result; ///< exit, status, what was read back
    std::int64_t output_length = 0;
    std::string output_digest;
};

struct InDoubt {
    OperationId operation;
    std::string why;
    std::string read_back; ///< what a look at the outside gave
};

struct DoubtAnswered {
    OperationId operation;
    std::string answer; ///< happened | run-again | skip | abort
    Actor by;
    std::string reason;
};

// --- gates, triggers, sources --------------------------------------------------------------------------------------

/// A gate's verdict changed, it came close to its limit or left it, or what is foreseen of it is another than was told
/// (release/foresight.h). Embeds what caused it.
struct GateChanged {
    StepId step;
    std::string gate;
    std::string arm;
    std::string verdict; ///< pass | fail | inconclusive | no-data | source-error
    bool close = false;
    std::string value; ///< number as text; empty when there is none
    std::string limit;
    std::string headroom; ///< per cent of the limit, as text
    std::string why;
    Json samples;           ///< [{metric, arm, value, measured, received}]
    Nanos breach_in = {};   ///< at its present slope; 0 = nothing is foreseen
    bool shadow = false;    ///< it stops nothing, whatever it says
    int seen = 0;           ///< good samples so far in this hold, of one that wants a number of them
    int wanted = 0;         ///< so many; 0 = it does not
    bool important = false; ///< it has a clock of its own, and to do with no other
};

/// The clock of a hold, or of an important gate of it.
struct HoldChanged {
    StepId step;
    std::string state; ///< running | paused | restarted | held (as long as asked: a person advances; of a hold)
    Nanos held;
    std::string why;
    std::string gate = {}; ///< whose own clock it is; empty = the hold's
    std::string arm = {};
};

/// All clocks of a hold that run have run on to now.
struct HoldHeartbeat {
    StepId step;
    Nanos held;                 ///< by the hold's own
    Json seen = Json::object(); ///< good samples so far, of gates that want a number: "gate" or "gate/arm" → how many
};

struct TriggerChanged {
    std::string trigger;
    std::string arm;
    std::string state; ///< armed | pending | frozen | fired | disarmed
    std::string value;
    std::string why;
    Json samples;
};

/// What became of a way back that a trigger proposed.
struct ProposalAnswered {
    std::string trigger;
    std::string arm;
    std::string answer; ///< declined; without an answer in time: rolled-back | paused | went-on | not-available
    Actor by;
    std::string reason;
};

struct SourceChanged {
    std::string source; ///< metric
    std::string state;  ///< ok | no-data | source-error | degraded
    std::string why;
};

/// The second copy of the session file came up to date, or fell behind. Only of a run: a rehearsal's log does not tell
/// of this machine.
struct CopyChanged {
    std::string place; ///< empty: there is none any more, as when the session is gone on with in it
    std::string state; ///< kept | behind | none
    std::string why;
};

/// The plan was changed while it ran (see plan/amendment.h). From here on the release follows the new one.
struct PlanAmended {
    std::string plan_source;                      ///< the new plan's bytes
    std::string plan_digest;                      ///< plan::digest of them and of the files below, hexadecimal
    std::string diff;                             ///< unified, from the plan before
    std::vector<std::string> changes;             ///< one line each: "step to-50 removed"
    std::map<std::string, std::string> variables; ///< that the new plan has and the one before had not, frozen
    Actor by;
    std::string reason;
    std::map<std::string, std::string> includes = {}; ///< as in SessionOpened, of the new plan
    Json files = Json::array(); ///< that only the new plan uses, as in `SessionOpened` without commits
};

// --- rollback ------------------------------------------------------------------------------------------------------

struct RollbackStarted {
    std::string option;
    std::string cause; ///< person | trigger
    std::string trigger;
    Actor by;
    std::string reason;
};

struct RollbackFinished {
    std::string option;
    std::string outcome;             ///< done | incomplete
    std::vector<OperationId> awaits; ///< sent before and still in flight: the session closes when they have ended
};

/// Nobody waits any more for the time while which the way back was to stay open.
struct WayBackClosed {
    Actor by;
    std::string reason;
};

/// A person wants a program at work to end; what it has done stands with its outcome.
struct StopAsked {
    StepId step;
    int attempt = 1;
    Actor by;
    std::string reason;
};

/// Whether the default option could run now, and if not, why. Written when that changes.
struct RollbackReadiness {
    std::string option;
    bool ready = false;
    std::string why;
};

/// A person moves traffic outside of the plan (PLAN.md, "Time and control"). It goes on as a step of its own does:
/// started, intent, settled, finished, all under `step`.
struct ShiftAsked {
    StepId step; ///< "~shift-1", "~shift-2", …
    std::string traffic;
    Json weights; ///< arm → per cent, every arm of the split
    Actor by;
    std::string reason;
};

/// It is not over at the moment that the plan wants it to be; told once.
struct StepOverdue {
    StepId step;
    Nanos due;
    std::string why;
};

/// A tick has grown too old before what needs it has started: it is asked for again.
struct StepExpired {
    StepId step;
    int attempt = 1; ///< the one that has lapsed
    std::string why;
};

/// A decision has waited for too long.
struct Escalated {
    StepId step;
    std::string to;      ///< role
    std::string channel; ///< empty = nobody is sent a message
    std::string why;
};

/// What metrics were on the average while a step was at work, for gates that are counted from it. Or, with `before`,
/// what one metric was in the time before the session's start, as its source answered afterwards: the first that has
/// readings stands for good, or until the plan is amended. Of a step and one metric, without readings: what was taken
/// of that metric counts no more, for it is another one now.
struct BaselineCaptured {
    StepId step;   ///< empty with `before`
    Json readings; ///< [{"metric", "arm", "value", "count", "from", "to"}]: count readings, measured from … to
    std::string metric = {}; ///< with `before`, or counted no more: which one
    Nanos before = {};       ///< over how long before the start; 0 = of a step
    std::string why = {};    ///< with `metric`: what is missing, and why
};

/// What became of a message that no step of the plan sends (an escalation).
struct Told {
    StepId step;
    std::string channel;
    bool delivered = false;
    std::string why;
};

/// All but the follow-up work is done.
struct Released {
    std::string why;
};

/// How bad it is now, and what the plan answers to it.
struct SeverityDeclared {
    std::string level;
    Actor by;
    std::string reason;
    std::string response; ///< filled
    std::string option;   ///< the rollback that it proposes; empty = none
};

/// A person had declared less than a level whose condition may hold; now it does not, and may declare the level again.
struct SeverityCleared {
    std::string level;
    std::string why;
};

/// An alert rule of the plan: pending, firing, resolved.
struct AlertChanged {
    std::string alert;
    std::string arm;
    std::string state;   ///< pending | frozen | firing | resolved | inactive (it was pending, and is so no more)
    bool absent = false; ///< because there is no data, not because its condition is true
    std::string value;
    std::string why;
    Json samples;
};

/// Durable before it is sent: who is told of an alert that fires, or that it has resolved.
struct AlertSent {
    std::string alert, arm;
    std::string channel;
    std::string key; ///< of this message: sent again with the same one
    int attempt = 1;
    bool resolved = false; ///< the message says that it fires no more
};

/// What became of it.
struct AlertTold {
    std::string alert, arm;
    std::string channel;
    bool delivered = false;
    std::string why;
    bool resolved = false; ///< as in AlertSent
    bool perhaps = false;  ///< not delivered as far as is known, but it may have come
};

/// A person has seen it: it is not told again until it has resolved.
struct AlertAcknowledged {
    std::string alert, arm;
    Actor by;
    std::string reason;
};

using AnyBody =
    std::variant<SessionOpened, SessionResumed, SessionClosed, ClockJumped, PhaseWaiting, PhaseStarted, PhaseFinished,
                 StepStarted, StepWaiting, StepNotApplicable, StepProbed, OutputTaken, StepFinished, TriageOpened,
                 RetryPlanned, TriageAnswered, Intent, Observed, Settled, InDoubt, DoubtAnswered, Confirmed, Approved,
                 Refused, Decided, Advanced, Overridden, Noted, Paused, Continued, Aborted, GateChanged, HoldChanged,
                 HoldHeartbeat, TriggerChanged, SourceChanged, RollbackStarted, RollbackFinished, RollbackReadiness,
                 ShiftAsked, CopyChanged, PlanAmended, WindowEnded, WindowReopened, StepOverdue, StepExpired, Escalated,
                 Told, Released, SeverityDeclared, Attested, PolicyBound, BridgeJoined, BridgeLeft, LeadHandedOver,
                 SignatureAsked, ApprovalExpired, GlassBroken, ApprovalOverdue, ApprovedAfterwards, ApprovalAskedAgain,
                 BaselineCaptured, ProposalAnswered, WayBackClosed, StopAsked, SeverityCleared, AlertChanged, AlertSent,
                 AlertTold, AlertAcknowledged>;

/// One of them. A class of its own, whose copies and ends are compiled once: the variant's own are large, and every
/// file that names an event would carry them.
class Body : public AnyBody {
public:
    Body();
    // NOLINTBEGIN(bugprone-forwarding-reference-overload): it does not take a Body
    template <AlternativeOf<AnyBody> Kind>
    Body(Kind&& kind) : AnyBody(std::in_place_type<std::remove_cvref_t<Kind>>, std::forward<Kind>(kind)) {}
    // NOLINTEND(bugprone-forwarding-reference-overload)
    Body(const Body& other);
    Body(Body&& other) noexcept;
    Body& operator=(const Body& other);
    Body& operator=(Body&& other) noexcept;
    ~Body();
};

struct Event {
    std::int64_t seq = 0; ///< from 1, without a gap
    Nanos time;           ///< UTC
    Body body;
};

/// "step-started"; the name in the body's `type`.
const char* type_name(const Body& body);

/// {"seq", "time", "type", "v", "data"}; canonical once dumped by `canonical`.
Json to_json(const Event& event);

/// Refuses what it does not know (`corrupt`, naming type and version), so that an older program never misreads a
/// session.
Result<Event> event_from_json(const Json& json);

/// One line for a person: `sluicectl log` with the ids of the plan, which commands take; the audit table with titles.
std::string describe(const Body& body);
std::string describe(const Body& body, const Names& names);

struct BaselineReading {
    std::string metric, arm;
    double value = 0;
    std::int64_t count = 0; ///< readings that it is the average of
};
/// What is one of them; what is not is passed over.
std::vector<BaselineReading> readings_of(const BaselineCaptured& baseline);

/// The fingerprint of the key that signed; empty where nothing was signed, or the proof says nothing that is one.
std::string key_of_proof(const Json& proof);

/// What no person asked for was done by this name, which is no person's.
inline constexpr const char* own_name = "engine";

/// Who did it, for the audit table: a person's name, "engine", "trigger".
std::string actor_of(const Body& body);

} // namespace sluice::release
