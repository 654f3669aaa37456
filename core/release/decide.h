#pragma once
/// The rules of a release: what a command leads to in a state. Pure: no clock, no I/O, no randomness.
#include "release/command.h"
#include "release/state.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::release {

/// What a refusal says where words of the person are missing; how they are given is the asker's to tell.
inline constexpr const char* needs_reason = "this needs a reason";
inline constexpr const char* needs_outputs = "its own answer is lost, and with it"; ///< … "pod, node"
inline constexpr const char* needs_evidence = "the plan wants evidence";
/// Ends the remedy of an amendment that can be made all the same.
inline constexpr const char* or_break_glass = "; or break the glass for it, who may";

/// The events that follow, all at `now`, to be stored together before any is shown; empty when nothing changes.
/// `refused` with reason and remedy when the state does not allow the command.
/// `by`: the person, or {"engine"} for what no person asked.
Result<std::vector<Body>> decide(const Release& release, const Command& command, Nanos now, const Actor& by);

/// decide_alerts.cpp: whether an alert of the plan is looked at now.
bool watched(const Release& release, const plan::Alert& alert);
/// decide_alerts.cpp: when alerts of the plan have to be looked at or told again.
std::vector<Nanos> alert_moments(const Release& release);

/// When time alone next changes something (a wait or timeout ends, a heartbeat is due, a window opens, a trigger
/// matures); the caller gives a Tick then. None = only commands can.
std::optional<Nanos> next_tick(const Release& release, Nanos now);

/// decide_gates.cpp: why this reading of a hold's gate, which has no data, is a breach by now (`absent` of the gate);
/// empty when it is none.
std::string breach_by_absence(const StepState& state, const plan::Gate& gate, const GateReading& reading, Nanos now);

/// decide_outputs.cpp: what a person must say that a step gave who answers that it has happened: the outputs that other
/// steps take; none of a step that is given up.
std::vector<std::string> outputs_to_say(const Release& release, const plan::Step& step);

/// decide_outputs.cpp: it failed only in that what it gave is lost; it is known to have happened.
bool lost_only_outputs(const Release& release, const StepId& step);

/// decide_effects.cpp: how an operation that is in doubt, or whose answer is lost, can be resolved now: of happened,
/// run-again, skip, abort those that are not refused and settle only this. Empty = it need not be.
std::vector<std::string> answers_to_doubt(const Release& release, const OperationId& id, Nanos now);

/// What an amendment costs, whatever it changes: these holds begin anew (doc/decisions.md). Those that have held
/// nothing yet lose nothing.
struct HeldSoFar {
    StepId step;
    Nanos held, wanted;
};
std::vector<HeldSoFar> lost_by_amending(const Release& release, Nanos now);

/// decide_amend.cpp: what was measured of these metrics while these steps were at work counts no more with the new
/// plan, since they, or what they are derived from, ask something else there. Nobody can measure it again.
struct BaselineLost {
    StepId step;
    std::string metric;
};
std::vector<BaselineLost> baselines_lost_by(const Release& release, const plan::Plan& after);

/// The event after which hold clocks are at most this old when the program dies.
constexpr Nanos hold_heartbeat = seconds(30);

} // namespace sluice::release
