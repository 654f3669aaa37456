#pragma once
/// What a person, the clock, a source, an effect or a trigger wants. `decide` turns it into events, or refuses it.
#include "base/alternative.h"
#include "release/event.h"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sluice::release {

/// How the second copy of the session stands.
struct CopyReport {
    std::string place, state, why;
    bool taken = false;  ///< somebody else goes on from it
    bool unseen = false; ///< it does not answer, so nobody knows whether somebody does
};

// --- the session, the clock ---
/// Who the session knows besides the one who opens it.
struct People {
    std::optional<PolicyBound> policy; ///< `type`, `environment` and `raised` are filled in by `decide`
    std::vector<BridgeJoined> bridge;
};
struct Open {
    SessionOpened session;
    People people = {};
};
struct Resume {
    Actor by;
    std::string taken_over_from =
        {}; ///< the owner that hung and was ended ("pid 4711"); empty = it had ended by itself
    /// What the first look at the second copy found, where that asks for a person before anything is begun.
    std::optional<CopyReport> copy = {};
};
/// What each series of a metric says that keeps them (`reduce: each` or `any`); none = it has no data.
using SeriesValues = std::vector<std::optional<double>>;

/// Time has passed; also given right after opening. `latest`: readings for conditions on metrics ("metric" or
/// "metric/arm"). `earlier`: what they were so long before, where a gate is counted from that. `several`: the same as
/// `latest` of metrics that keep their series, which are not among those.
struct Tick {
    std::map<std::string, double> latest;
    std::map<std::pair<Nanos, std::string>, double> earlier = {};
    std::map<std::string, SeriesValues> several = {};
};
struct Jump {
    Nanos from;
    Nanos slept = {}; ///< see ClockJumped
};

// --- from effects and probes ---
/// The request is built and read-only work is done; nothing has been sent.
struct Prepared {
    Intent intent;
};
/// It failed before there was an intent: nothing was sent.
struct Unprepared {
    StepId step;
    int attempt = 1;
    std::string why;
};
struct Seen {
    OperationId operation;
    Json what;
};
struct Outcome {
    Settled settled;
    std::map<std::string, std::string> outputs;
    /// It was read back and had not happened: its kind may simply be sent again (PLAN.md, "Steps", "after a crash").
    bool repeat = false;
    /// It was read back and had happened, but outputs that only its own answer held are lost: which. A person is asked,
    /// since a second run by itself would do it twice, and going on would fail later, where nobody knows why.
    std::string lost;
};
struct Unknown {
    OperationId operation;
    std::string why;
    std::string read_back;
};
struct ProbeAnswer {
    StepId step;
    int attempt = 1;
    bool met = false;
    bool last = false; ///< it will not be asked again
    std::string why;
    std::map<std::string, std::string> outputs;
};

// --- from gates, triggers, sources ---
struct GateReading {
    std::string gate, arm, verdict;
    bool close = false;
    std::string value, limit, headroom, why;
    Json samples;
    Nanos breach_in = {}; ///< at its present slope; 0 = it does not go there
    int seen = 0;         ///< good samples so far, of a gate that wants a number of them
};
struct GateReadings {
    StepId step;
    std::vector<GateReading> readings;
};
struct TriggerReading {
    std::string trigger, arm;
    std::string truth; ///< yes | no | no-data | source-error
    std::string value, why;
    Json samples;
};
struct AlertReading {
    std::string alert, arm;
    std::string truth; ///< as of a trigger; of one that only waits for an absence "yes" counts as "no"
    std::string value, why;
    Json samples;
};
/// What became of a message about an alert.
struct AlertDelivery {
    std::string alert, arm, channel, key;
    bool delivered = false;
    std::string why;
    bool perhaps = false; ///< not delivered as far as is known, but it may have come: its answer was lost
};
/// What metrics were on the average while a step was at work, or before the session's start; see BaselineCaptured.
struct Baseline {
    StepId step;
    Json readings;
    std::string metric = {};
    Nanos before = {};
    std::string why = {};
};
struct SourceReport {
    std::string source, state, why;
};
struct Readiness {
    std::string option;
    bool ready = false;
    std::string why;
};

/// What became of a message about a step.
struct Delivery {
    StepId step;
    std::string channel;
    bool delivered = false;
    std::string why;
};

// --- from people ---
/// The answer to a request for a signature (release/signing.h). Who hands it to the session says nothing about it: the
/// host finds whose key signed, has ssh-keygen verify it, and only then sets `verified`.
struct SignedAnswer {
    std::string statement; ///< the bytes that were signed
    std::string signature; ///< armoured
    std::string principal = {}, key = {};
    bool verified = false; ///< never from outside
};
/// Of a confirm or an attest.
struct Confirm {
    StepId step;
    std::string evidence;
    bool refuse = false;
    std::string reason;
    std::optional<SignedAnswer> answer = {};
};
struct Attest {
    StepId step;
    std::string evidence;
    bool refuse = false;
    std::string reason;
    std::optional<SignedAnswer> answer = {};
};
struct Approve {
    StepId step;
    bool refuse = false;
    std::string reason;
    std::optional<Actor> attested = {}; ///< who approved, by the word of the lead who gives the command
    std::optional<SignedAnswer> answer = {};
};
/// A signature for a confirm, an attest or an approve that is awaited. What is random or known to the log only is the
/// host's.
struct AskSignature {
    StepId step;
    std::string nonce = {}, root = {};
    std::int64_t size = 0;
};
/// Goes on without approval, as the policy lets some.
struct BreakGlass {
    StepId step;
    std::string reason;
};
struct HandOver {
    std::string to, reason;
};
struct Join {
    std::string person;
    std::vector<std::string> roles;
};
struct Leave {
    std::string person;
};
struct Decide {
    StepId step;
    std::string choice, reason;
};
struct Advance {
    StepId step;
};
struct Retry {
    StepId step;
    std::string reason;
};
struct Skip {
    StepId step;
    std::string reason;
    std::map<std::string, std::string> outputs = {}; ///< what it would have given, for the steps that use it
};
struct Override {
    std::string subject, gate, reason;
};
struct Pause {
    std::string reason;
};
struct Continue {};
struct Abort {
    std::string reason;
};
struct RollBack {
    std::string option;  ///< empty = the default
    std::string trigger; ///< set when a trigger asks
    std::string reason;
};
/// The way back that a trigger proposes is not taken: the plan goes on.
struct Decline {
    std::string trigger; ///< its id, or "trigger/arm"
    std::string reason;
};
/// A person has seen an alert that fires.
struct Acknowledge {
    std::string alert; ///< its id, or "alert/arm"
    std::string reason;
};
/// All is done, and the way back need not be kept open any longer.
struct CloseWayBack {
    std::string reason;
};
/// Ends the program, or the asking, of a step at work.
struct Stop {
    StepId step;
    std::string reason;
};
struct Note {
    std::string text;
    StepId step;
};
/// The four answers to an action in doubt.
struct ResolveDoubt {
    OperationId operation; ///< or a step: the operation of its last attempt
    std::string answer;    ///< happened | run-again | skip | abort
    std::string reason;
    std::map<std::string, std::string> outputs = {}; ///< of happened and skip: its own answer, which held them, is lost
};

/// Traffic moved outside of the plan: back freely, forward only to a split that a step of the plan has reached.
struct Shift {
    std::string traffic;
    plan::Weights weights; ///< an arm that is left out gets the rest
    std::string reason;
};

/// The plan is to be another one from here on: its whole text.
struct Amend {
    std::string plan_source;
    std::string reason;
    std::map<std::string, std::string> includes = {}; ///< see SessionOpened
    Json files = Json::array(); ///< pins of files that only the new plan uses; put in by the engine, never travels
    bool break_glass = false;   ///< also what the policy wants others to approve first; it is owed afterwards
};

/// How bad it is.
struct Severity {
    std::string level;
    std::string reason;
};

using AnyCommand =
    std::variant<Open, Resume, Tick, Jump, Prepared, Unprepared, Seen, Outcome, Unknown, ProbeAnswer, GateReadings,
                 TriggerReading, SourceReport, Readiness, Confirm, Approve, Decide, Advance, Retry, Skip, Override,
                 Pause, Continue, Abort, RollBack, Note, ResolveDoubt, Shift, CopyReport, Amend, Delivery, Severity,
                 Attest, AskSignature, BreakGlass, HandOver, Join, Leave, Baseline, Decline, CloseWayBack, Stop,
                 AlertReading, AlertDelivery, Acknowledge>;

/// One of them. A class of its own for the reason that `Body` (event.h) is one: its copies and ends are compiled once.
class Command : public AnyCommand {
public:
    // NOLINTBEGIN(bugprone-forwarding-reference-overload): it does not take a Command
    template <AlternativeOf<AnyCommand> Kind>
    Command(Kind&& kind) : AnyCommand(std::in_place_type<std::remove_cvref_t<Kind>>, std::forward<Kind>(kind)) {}
    // NOLINTEND(bugprone-forwarding-reference-overload)
    Command(const Command& other);
    Command(Command&& other) noexcept;
    Command& operator=(const Command& other);
    Command& operator=(Command&& other) noexcept;
    ~Command();
};

/// Person's commands to and from the JSON of the command socket: {"do": "confirm", "step": …, …}.
Result<Command> command_from_json(const Json& json);
Json to_json(const Command& command); ///< only of the person's commands

} // namespace sluice::release
