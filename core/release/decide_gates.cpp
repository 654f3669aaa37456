/// Holds: what the readings of their gates lead to (PLAN.md, "Metrics, gates, holds, triggers").
#include "base/quantity.h"
#include "plan/gates.h"
#include "release/draft.h"
#include "release/foresight.h"
#include "release/hold_clocks.h"
#include "release/retire.h"
#include "release/shift.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace sluice::release {
namespace {

const plan::Gate* gate_named(const plan::Step& step, const std::string& id) {
    const auto& gates = gates_of(step);
    const auto found = std::find_if(gates.begin(), gates.end(), [&](const auto& gate) { return gate.id == id; });
    return found == gates.end() ? nullptr : &*found;
}

/// What keeps the clock from running: a gate, and what is wrong with it.
struct Hindrance {
    std::string gate;
    std::string why;

    bool none() const { return gate.empty(); }
    std::string text() const { return why.empty() ? gate : gate + ": " + why; }
};
struct Sum {
    Hindrance failing;    ///< the first gate that fails
    Hindrance unanswered; ///< the first that has no answer, or has not held by itself for long enough
};

void note(Hindrance& first, const std::string& gate, const std::string& why) {
    if (first.none()) {
        first = {gate, why};
    }
}

/// By its title, but one that has values to be filled in.
std::string called(const plan::Gate& gate) {
    return gate.title.empty() || gate.title.find("${") != std::string::npos ? gate.id : gate.title;
}

Sum sum_up(const Draft& draft, const plan::Hold& hold, const GateReadings& command) {
    Sum sum;
    if (open_shift(draft.state())) {
        note(sum.unanswered, being_shifted, "");
    }
    const StepState& state = draft.state().at(command.step);
    for (const auto& gate : hold.gates) {
        if (gate.shadow || gate.has_own_clock() || state.set_aside.contains(gate.id)) {
            continue;
        }
        bool answered = false;
        for (const auto& reading : command.readings) {
            if (reading.gate != gate.id) {
                continue;
            }
            answered = true;
            if (reading.verdict == "fail") {
                note(sum.failing, called(gate), reading.why);
            } else if (reading.verdict == "inconclusive" && reading.seen < gate.samples) {
                note(sum.unanswered, called(gate), "it has seen too few samples yet"); // how many, the gate says
            } else if (reading.verdict != "pass") {
                note(sum.unanswered, called(gate), reading.why);
            } else if (draft.now() - state.gates.at(key_of(reading.gate, reading.arm)).since < gate.for_) {
                note(sum.unanswered, called(gate), "it has not held by itself for long enough");
            }
        }
        if (!answered) { // no arm that it looks at has traffic: no evidence, so no time held
            note(sum.unanswered, called(gate), "it has no answer");
        }
    }
    return sum;
}

void move_clock(Draft& draft, const plan::Step& step, const plan::Hold& hold, const Sum& sum) {
    const StepState& state = draft.state().at(step.id);
    const HoldState clock = state.hold;
    const Nanos held = std::min(hold.for_, clock.held_at(draft.now()));
    const auto stop = [&](const Hindrance& hindrance) {
        // Values change with every reading; a new line in the log wants another gate or another kind of trouble.
        if (clock.running || !(clock.why == hindrance.gate || clock.why.starts_with(hindrance.gate + ":"))) {
            draft.add(HoldChanged{step.id, "paused", held, hindrance.text()});
        }
    };
    if (!sum.failing.none()) {
        if (hold.on_breach == plan::OnBreach::fail) {
            fail_step(draft, step, "breached: " + sum.failing.text());
        } else if (hold.on_breach == plan::OnBreach::restart && (clock.running || held.count > 0)) {
            draft.add(HoldChanged{step.id, "restarted", {}, sum.failing.text()});
        } else {
            stop(sum.failing);
        }
    } else if (!sum.unanswered.none()) {
        stop(sum.unanswered);
    } else if (!clock.running && state.status == StepStatus::running) {
        draft.add(HoldChanged{step.id, "running", held, ""});
    }
}

/// Those of important gates on an arm that nothing is said of now (its traffic is gone): no evidence, so no time held.
void stop_silent_clocks(Draft& draft, const plan::Step& step, const GateReadings& command) {
    std::set<std::string> told;
    for (const auto& reading : command.readings) {
        told.insert(key_of(reading.gate, reading.arm));
    }
    const auto gates = draft.state().at(step.id).gates; // a copy: what is told alters them
    for (const auto& [key, gate] : gates) {
        const auto slash = key.find('/');
        const plan::Gate* planned = gate_named(step, key.substr(0, slash));
        if (gate.own.running && planned && !told.contains(key)) {
            draft.add(HoldChanged{step.id, "paused", std::min(planned->for_, gate.own.held_at(draft.now())),
                                  "it has no answer", planned->id,
                                  slash == std::string::npos ? "" : key.substr(slash + 1)});
        }
    }
}

/// Of each important gate: a breach sets its own clock back to zero, whatever the hold does on one; what is no answer
/// stops it.
void move_own_clocks(Draft& draft, const plan::Step& step, const GateReadings& command) {
    const bool shifting = open_shift(draft.state());
    for (const auto& reading : command.readings) {
        const plan::Gate& gate = *gate_named(step, reading.gate);
        const StepState& state = draft.state().at(step.id);
        if (!gate.has_own_clock() || state.set_aside.contains(gate.id)) {
            continue;
        }
        const HoldState own = state.gates.at(key_of(reading.gate, reading.arm)).own;
        const Nanos held = std::min(gate.for_, own.held_at(draft.now()));
        const auto tell = [&](const char* what, Nanos so_far, const std::string& why) {
            draft.add(HoldChanged{step.id, what, so_far, why, reading.gate, reading.arm});
        };
        if (reading.verdict == "fail") {
            if (own.running || own.held.count > 0) {
                tell("restarted", {}, reading.why);
            }
        } else if (shifting || reading.verdict != "pass") {
            if (own.running) {
                tell("paused", held, shifting ? being_shifted : reading.why);
            }
        } else if (!own.running) {
            tell("running", held, "");
        }
    }
}

/// Each important gate holds now, on each arm that it looks at, and has for its own time.
bool important_have_held(const Draft& draft, const plan::Step& step, const plan::Hold& hold,
                         const GateReadings& command) {
    const StepState& state = draft.state().at(step.id);
    return std::all_of(hold.gates.begin(), hold.gates.end(), [&](const plan::Gate& gate) {
        if (!gate.has_own_clock() || state.set_aside.contains(gate.id)) {
            return true;
        }
        bool answered = false, all = true;
        for (const auto& reading : command.readings) {
            if (reading.gate == gate.id) {
                const HoldState& own = state.gates.at(key_of(reading.gate, reading.arm)).own;
                answered = true;
                all = all && own.running && own.held_at(draft.now()) >= gate.for_;
            }
        }
        return answered && all;
    });
}

/// The clocks of important gates, as they stand: "gate" or "gate/arm", apart.
void tell_own_clocks(Draft& draft, const StepId& step, const char* what, const std::string& why) {
    const bool back = std::string_view(what) == "restarted";
    const auto gates = draft.state().at(step).gates; // a copy: what is told alters them
    for (const auto& [key, gate] : gates) {
        if (!gate.own.running && !(back && gate.own.held.count > 0)) {
            continue;
        }
        const auto slash = key.find('/');
        const std::string id = key.substr(0, slash);
        const plan::Gate* planned = gate_named(*draft.state().step(step), id); // null: amended away
        const Nanos held = gate.own.held_at(draft.now());
        draft.add(HoldChanged{step, what,
                              back      ? Nanos{}
                              : planned ? std::min(held, planned->for_)
                                        : held,
                              why, id, slash == std::string::npos ? "" : key.substr(slash + 1)});
    }
}

void tell_changes(Draft& draft, const plan::Step& step, const GateReadings& command) {
    for (const auto& reading : command.readings) {
        const plan::Gate& gate = *gate_named(step, reading.gate);
        const auto& gates = draft.state().at(command.step).gates;
        const auto before = gates.find(key_of(reading.gate, reading.arm));
        const bool answered = reading.verdict == "pass" || reading.verdict == "fail";
        const Nanos breach_in = worth_telling(reading);
        if (before == gates.end() || before->second.verdict != reading.verdict ||
            before->second.close != reading.close || before->second.shadow != gate.shadow ||
            before->second.important != gate.has_own_clock() ||
            (before->second.seen < gate.samples && reading.seen >= gate.samples) ||
            (!answered && before->second.why != reading.why) || foreseen_anew(before->second, breach_in, draft.now())) {
            draft.add(GateChanged{command.step, reading.gate, reading.arm, reading.verdict, reading.close,
                                  reading.value, reading.limit, reading.headroom, reading.why, reading.samples,
                                  breach_in, gate.shadow, reading.seen, gate.samples, gate.has_own_clock()});
        }
    }
}

/// At the end of a hold a gate that holds, and has not seen as many samples as it wants, is no pass.
GateReadings counted(const Draft& draft, const plan::Step& step, const plan::Hold& hold, GateReadings command) {
    const StepState& state = draft.state().at(step.id);
    const bool at_the_end = state.hold.held_at(draft.now()) >= hold.for_;
    for (auto& reading : command.readings) {
        const plan::Gate& gate = *gate_named(step, reading.gate);
        const auto told = state.gates.find(key_of(reading.gate, reading.arm));
        const bool by_itself =
            !gate.has_own_clock() || (told != state.gates.end() && told->second.own.held_at(draft.now()) >= gate.for_);
        const int wanted = gate.samples;
        if (at_the_end && by_itself && reading.verdict == "pass" && reading.seen < wanted) {
            reading.verdict = "inconclusive";
            reading.close = false;
            reading.why = samples_text(reading.seen, wanted);
        }
    }
    return command;
}

/// With the numbers of samples, where a gate wants some: what is told by readings is due a moment before the Tick that
/// tells it for the other holds.
void tell_counts(Draft& draft, const plan::Step& step, const GateReadings& command) {
    const StepState& state = draft.state().at(step.id);
    Json seen = Json::object();
    for (const auto& reading : command.readings) {
        if (gate_named(step, reading.gate)->samples > 0) {
            seen[key_of(reading.gate, reading.arm)] = reading.seen;
        }
    }
    const auto due = next_heartbeat(state);
    if (!seen.empty() && due && *due <= draft.now()) {
        draft.add(HoldHeartbeat{step.id, state.hold.held_at(draft.now()), std::move(seen)});
    }
}

/// An arm of which nothing is said now has no traffic: its silence is no absence, also not in part.
void forget_absences(Draft& draft, const plan::Step& step, const GateReadings& command) {
    const auto gates = draft.state().at(step.id).gates; // a copy: what is told alters them
    for (const auto& [key, state] : gates) {
        const auto slash = key.find('/');
        const plan::Gate* gate = gate_named(step, key.substr(0, slash));
        const bool told = std::any_of(command.readings.begin(), command.readings.end(),
                                      [&, at = key](const auto& one) { return key_of(one.gate, one.arm) == at; });
        const bool silent = state.verdict == "no-data" || (state.verdict == "fail" && state.value.empty());
        if (gate == nullptr || !gate->absent || slash == std::string::npos || told || !silent) {
            continue;
        }
        GateReading none;
        none.gate = gate->id;
        none.arm = key.substr(slash + 1);
        none.verdict = "inconclusive";
        none.why = none.arm + " has no traffic";
        tell_changes(draft, step, {step.id, {none}});
    }
}

/// No data for as long as a gate allows is a breach, until there is data again or nobody can be asked.
GateReadings with_absences(const Draft& draft, const plan::Step& step, GateReadings command) {
    for (auto& reading : command.readings) {
        auto why = breach_by_absence(draft.state().at(step.id), *gate_named(step, reading.gate), reading, draft.now());
        if (!why.empty()) {
            reading.verdict = "fail";
            reading.value.clear();
            reading.why = std::move(why);
        }
    }
    return command;
}

GateReadings shadows_of(const plan::Step& step, const GateReadings& command) {
    GateReadings shadows{command.step, {}};
    std::copy_if(command.readings.begin(), command.readings.end(), std::back_inserter(shadows.readings),
                 [&](const auto& reading) { return gate_named(step, reading.gate)->shadow; });
    return shadows;
}

/// The steps that hold, or have held and await a person.
std::vector<StepId> holding(const Release& release) {
    std::vector<StepId> ids;
    for (const auto& [id, state] : release.steps) {
        const bool at_work = state.status == StepStatus::running || state.status == StepStatus::person;
        if (at_work && std::holds_alternative<plan::Hold>(release.plan->step(id)->body)) {
            ids.push_back(id);
        }
    }
    return ids;
}

} // namespace

std::string breach_by_absence(const StepState& state, const plan::Gate& gate, const GateReading& reading, Nanos now) {
    const auto told = state.gates.find(key_of(reading.gate, reading.arm));
    // With a value it is what that is held against that lacks.
    if (reading.verdict != "no-data" || !reading.value.empty() || !gate.absent || told == state.gates.end()) {
        return {};
    }
    const GateState& before = told->second;
    if (before.verdict == "fail" && before.value.empty()) { // what fails without a value does so for its absence
        return before.why;
    }
    const bool long_enough = before.verdict == "no-data" && now - before.since >= *gate.absent;
    return long_enough ? "no data for " + duration_text(*gate.absent) + (reading.why.empty() ? "" : ": " + reading.why)
                       : "";
}

void pause_holds(Draft& draft, const std::string& why) {
    for (const auto& id : holding(draft.state())) {
        const StepState& state = draft.state().at(id);
        if (state.hold.running || state.status == StepStatus::person) {
            draft.add(HoldChanged{id, "paused", state.hold.held_at(draft.now()), why});
        }
        tell_own_clocks(draft, id, "paused", why);
    }
}

std::vector<HeldSoFar> lost_by_amending(const Release& release, Nanos now) {
    std::vector<HeldSoFar> lost;
    for (const auto& id : release.plan ? holding(release) : std::vector<StepId>{}) {
        const Nanos held = release.at(id).hold.held_at(now);
        if (held.count > 0) {
            const Nanos wanted = std::get<plan::Hold>(release.plan->step(id)->body).for_;
            lost.push_back({id, std::min(held, wanted), wanted});
        }
    }
    return lost;
}

void restart_holds(Draft& draft, const std::string& why) {
    for (const auto& id : holding(draft.state())) {
        draft.add(HoldChanged{id, "restarted", {}, why});
        tell_own_clocks(draft, id, "restarted", why);
    }
}

void forget_gates_on(Draft& draft, const std::set<std::string>& metrics) {
    for (const auto& id : holding(draft.state())) {
        const plan::Step& step = *draft.state().plan->step(id);
        const auto gates = draft.state().at(id).gates; // a copy: what is told alters them
        for (const auto& [key, state] : gates) {
            const auto slash = key.find('/');
            const plan::Gate* gate = gate_named(step, key.substr(0, slash));
            if (gate == nullptr || !metrics.contains(gate->metric)) {
                continue;
            }
            GateChanged anew; // wants no samples: it is not one that holds and lacks them
            anew.step = id;
            anew.gate = gate->id;
            anew.arm = slash == std::string::npos ? "" : key.substr(slash + 1);
            anew.verdict = "inconclusive";
            anew.limit = plan::limit_text(*gate);
            anew.why = "its metric was amended";
            anew.shadow = gate->shadow;
            anew.important = gate->has_own_clock();
            draft.add(std::move(anew));
        }
    }
}

Verdict on(Draft& draft, const GateReadings& command) {
    const auto found = named(draft, command.step);
    if (!found) {
        return failed(found);
    }
    const auto* hold = std::get_if<plan::Hold>(&found->step->body);
    const StepStatus status = found->state->status;
    for (const auto& reading : command.readings) {
        if (!gate_named(*found->step, reading.gate)) {
            return refuse("the step has no gate '" + reading.gate + "'", command.step);
        }
    }
    if (!hold && found->state->attempt > 0) {
        tell_changes(draft, *found->step, shadows_of(*found->step, command)); // the others have let it start
    }
    // One that has held and awaits a person is still watched: nobody advances past a breach.
    if (!hold || (status != StepStatus::running && status != StepStatus::person)) {
        return {};
    }
    forget_absences(draft, *found->step, command);
    const GateReadings readings = counted(draft, *found->step, *hold, with_absences(draft, *found->step, command));
    tell_changes(draft, *found->step, readings);
    if (draft.state().paused) {
        return {};
    }
    stop_silent_clocks(draft, *found->step, readings);
    move_own_clocks(draft, *found->step, readings); // first: a hold that is over is at work again by it
    if (draft.state().at(command.step).status == StepStatus::person &&
        !important_have_held(draft, *found->step, *hold, readings)) {
        // Its clock stood already, as after the program was away: no event of that clock has told it.
        draft.add(HoldChanged{command.step, "paused", hold->for_, "an important gate does not hold"});
    }
    move_clock(draft, *found->step, *hold, sum_up(draft, *hold, readings));
    tell_counts(draft, *found->step, readings);
    const StepState& state = draft.state().at(command.step);
    if (state.status != StepStatus::running || !state.hold.running || state.hold.held_at(draft.now()) < hold->for_ ||
        !important_have_held(draft, *found->step, *hold, readings)) {
        return {};
    }
    if (hold->then == plan::Then::ask) {
        draft.add(HoldChanged{command.step, "held", hold->for_, "held for as long as asked; a person advances"});
    } else {
        draft.add(StepFinished{command.step, state.attempt, "passed", "all gates held together"});
    }
    return {};
}

Verdict on(Draft& draft, const Baseline& command) {
    if (command.before.count != 0) {
        const auto known = draft.state().before.find(before_key(command.metric, command.before));
        const bool stands = known != draft.state().before.end() && !known->second.values.empty();
        const bool news = known == draft.state().before.end() || known->second.why != command.why;
        if (!stands && (news || !command.readings.empty())) {
            draft.add(BaselineCaptured{{}, command.readings, command.metric, command.before, command.why});
        }
        return {};
    }
    if (const auto found = named(draft, command.step); !found) {
        return failed(found);
    }
    draft.add(BaselineCaptured{command.step, command.readings});
    return {};
}

namespace {

/// The first gate that does not pass as was told last, on an arm that it looks at. While it is paused, and until the
/// first readings after the program was away, no reading has taken the hold back to work for it.
std::string not_held(const Release& release, const plan::Step& step, const plan::Hold& hold) {
    const StepState& state = release.at(step.id);
    const auto busy = arms_with_traffic(release);
    for (const auto& gate : hold.gates) {
        if (gate.shadow || state.set_aside.contains(gate.id)) {
            continue;
        }
        for (const auto& [key, told] : state.gates) {
            const std::string arm = key.size() > gate.id.size() ? key.substr(gate.id.size() + 1) : "";
            const bool looked_at = arm.empty() || arm == gate.arm || busy.contains(arm);
            if (key_names(key, gate.id) && looked_at && told.verdict != "pass") {
                return called(gate) + (told.why.empty() ? "" : ": " + told.why);
            }
        }
    }
    return {};
}

} // namespace

Verdict on(Draft& draft, const Advance& command) {
    const auto found = named(draft, command.step);
    if (!found) {
        return failed(found);
    }
    const auto* hold = std::get_if<plan::Hold>(&found->step->body);
    if (!hold || found->state->status != StepStatus::person) {
        return refuse("there is nothing to advance from", command.step,
                      hold ? "its gates have not held for as long as asked; 'override' needs a reason"
                           : "it is not a hold");
    }
    if (const std::string gate = not_held(draft.state(), *found->step, *hold); !gate.empty()) {
        return refuse("a gate does not hold now: " + gate, command.step,
                      "wait until it does, or set it aside: 'override' with a reason");
    }
    draft.add(Advanced{command.step, draft.by()});
    draft.add(StepFinished{command.step, found->state->attempt, "passed", "advanced by " + draft.by().name});
    return {};
}

namespace {

Verdict override_gate(Draft& draft, const Override& command, const Named& found) {
    const plan::Gate* gate = gate_named(*found.step, command.gate);
    const bool of_traffic = command.gate == traffic_gate && !still_serves(draft.state(), *found.step).empty();
    if (!of_traffic && !gate) {
        return refuse("the step has no gate '" + command.gate + "'", command.subject);
    }
    if (!of_traffic && gate->shadow) {
        return refuse("the gate '" + command.gate + "' is a shadow: it stops nothing", command.subject,
                      "nothing has to be set aside; what the step waits for is something else");
    }
    if (found.state->set_aside.contains(command.gate)) {
        return refuse("the gate '" + command.gate + "' is set aside already", command.subject);
    }
    draft.add(Overridden{command.subject, command.gate, draft.by(), command.reason});
    return {};
}

} // namespace

Verdict on(Draft& draft, const Override& command) {
    if (auto reason = reason_given(command.reason, command.subject); !reason) {
        return reason;
    }
    if (const auto of_window = override_window(draft, command)) {
        return *of_window;
    }
    const auto found = named(draft, command.subject);
    if (!found) {
        return failed(found);
    }
    const auto& body = found->step->body;
    const bool measures = std::holds_alternative<plan::Hold>(body) || std::holds_alternative<plan::Probe>(body) ||
                          std::holds_alternative<plan::Wait>(body);
    const StepStatus status = found->state->status;
    // Gates before an effect can be set aside one by one; the effect itself is done or skipped, never overridden.
    const bool by_gate = !command.gate.empty() && status == StepStatus::waiting;
    if ((!measures && !by_gate) || over(status) || status == StepStatus::to_come) {
        return refuse(fmt::format("{} that is {} can't be overridden", plan::a_kind(body), name(status)),
                      command.subject,
                      "a hold, probe or wait at work or in triage can be, and a phase that waits for its window");
    }
    if (!command.gate.empty()) {
        return override_gate(draft, command, *found);
    }
    draft.add(Overridden{command.subject, "", draft.by(), command.reason});
    draft.add(StepFinished{command.subject, std::max(found->state->attempt, 1), "overridden", command.reason});
    return {};
}

} // namespace sluice::release
