#include "driver.h"
#include "simulation/drawn.h"
#include "simulation/people.h"
#include "simulation/plans.h"
#include "simulation/rules.h"
#include "support/suite.h"

#include <QtTest>
#include <algorithm>
#include <fmt/format.h>
#include <rapidcheck.h>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::plan_with;

namespace {

const char* const the_ways_back = R"(
rollback:
  triggers:
    - {id: errors, metric: errors, must: '> 5%', for: 1m, mode: act, from: ready, until: retire}
    - {id: lag, metric: lag, must: '> 100', for: 30s, mode: propose}
  options:
    back:
      default: true
      steps:
        - {id: scale, scale: {workload: shop/blue, replicas: '3'}, on: cluster}
        - {id: ready, probe: {metric: lag, must: '< 5'}, makes-ready: blue, retry: {times: 1, every: 10s}}
        - {id: all-blue, shift: {edge: {blue: 100}}}
    undo: {title: Undo}
)";

/// A go-live in small: every kind of step, a window, a decision, a group, a ramp with holds.
const std::string& go_live() {
    static const std::string text = plan_with(std::string(R"(calendar: {deny: [{days: [sat, sun]}]}
phases:
  - id: before
    steps:
      - {id: list, confirm: The list, evidence: required, valid-for: 30s, escalate: {after: 1m, to: owner}, due: ready + 1h}
      - {id: ready, probe: {metric: lag, must: '< 5'}, makes-ready: green, retry: {times: 1, every: 10s}}
      - id: side
        group: [{id: a, run: [a], retry: {times: 2, every: 5s}}, {id: b, run: [b]}, {id: c, wait: 30s}]
  - id: switch
    window: true
    steps:
      - {id: to-25, shift: {edge: {green: 25}}, undo: {shift: {edge: {green: 0}}}, when: {is: '${ramp}'}}
      - {id: bake, hold: {for: 1m, deadline: 3m, then: ask}, gates: [{metric: lag, must: '< 10'}, {metric: errors, must: '< 1%', for: 10s}]}
      - {id: go, approve: {roles: [owner, sre]}}
      - {id: to-100, shift: {edge: {green: 100}}, undo: {shift: {edge: {green: 25}}}, gates: [{metric: lag, must: '< 50'}]}
      - id: way
        decide:
          text: Keep blue?
          choices: [{id: keep, steps: [{id: tell, confirm: Tell}]}, {id: drop, steps: [{id: drain, wait: {until: {metric: lag, must: '< 1'}, deadline: 1m}}]}]
  - id: after
    steps:
      - {id: typed, external: type it, verify: {run: [look]}}
      - {id: tidy, run: [tidy], always: true}
      - {id: retire, scale: {workload: shop/blue, replicas: '0'}, on: cluster, not-before: to-100 + 2m, point-of-no-return: true, required: true}
)") + the_ways_back);
    return text;
}

/// Side by side: effects on the same objects, and nothing in order.
const std::string& side_by_side() {
    static const std::string text = plan_with(std::string(R"(phases:
  - id: main
    steps:
      - {id: ready, confirm: Ready, makes-ready: green, needs: []}
      - {id: a, run: [a], needs: []}
      - {id: b, run: [b], needs: [], retry: {times: 3, every: 1s}}
      - {id: to-50, shift: {edge: {green: 50}}, needs: [ready], undo: {shift: {edge: {blue: 100}}}}
      - {id: bake, hold: {for: 30s, on-breach: pause}, gates: [{metric: lag, must: '< 10'}], needs: [a]}
      - {id: watch, hold: {for: 30s, deadline: 10m, on-breach: fail}, gates: [{metric: errors, must: '< 10%'}, {metric: lag, must: '< 10', tier: important, for: 10s}], needs: [b, to-50]}
      - {id: retire, run: [retire], needs: [bake, watch]}
)") + the_ways_back);
    return text;
}

template <typename T>
T pick(std::initializer_list<T> values) {
    return *rc::gen::elementOf(std::vector<T>(values));
}

/// Uniform whatever RapidCheck's size is: early cases would know only one branch otherwise.
int below(int limit) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, limit));
}

bool chance(int of) {
    return below(of) == 0;
}

std::string reason() {
    return chance(8) ? "" : "because";
}

/// Drives one session by random commands, most of which fit the state, and checks what must always be true.
class Storm {
public:
    explicit Storm(const std::string& plan) : plan_(plan) {
        SessionOpened session;
        session.session = "s1";
        session.plan_id = "small";
        session.plan_source = plan;
        session.variables = {{"ramp", chance(2) ? "true" : "false"}};
        session.by = drill::lead;
        submit(Open{session});
    }

    /// One of the plans that are simulated, with people who do what it needs, and all that must be true of it.
    Storm(const simulation::Drawn& drawn, bool governed) : plan_(simulation::text_of(drawn)), peopled_(true) {
        SessionOpened session;
        session.session = "s1";
        session.plan_id = "simulated";
        session.plan_source = plan_;
        session.variables = simulation::variables_of(drawn);
        session.variant = drawn.variant;
        session.by = drill::lead;
        People known;
        if (governed) {
            known.policy = PolicyBound{"policy.yaml", simulation::policy(), "p1", "keys", "keys", "k1", "", "", {}};
        }
        submit(Open{session, known}, drill::lead);
        RC_ASSERT(live_.plan != nullptr);
    }

    void rage() {
        const int steps = 1 + below(150);
        for (int i = 0; i < steps; ++i) {
            step();
            rollback_is_open();
        }
        classify();
    }

private:
    void step() {
        if (chance(2)) {
            now_ += pick<Nanos>(
                {Nanos{1}, seconds(1), seconds(5), seconds(31), minutes(1), minutes(5), hours(1), hours(20)});
        } else if (const auto next = next_tick(live_, now_); next && chance(2)) {
            RC_ASSERT(*next > now_);
            now_ = *next;
        }
        if (peopled_ && chance(2)) {
            simulation::Chance of(*rc::gen::arbitrary<std::uint64_t>());
            const auto said = simulation::say_something(live_, of);
            submit(said.command, said.by);
        } else {
            submit(chance(10) ? anything() : fitting());
        }
        if (chance(20)) {
            submit(Shift{"edge", {{"green", pick<int>({0, 10, 25, 50, 100})}}, reason()});
        }
    }

    /// How far it came: a storm that never leaves the harbour shows nothing.
    void classify() const {
        RC_CLASSIFY(live_.outcome == "done");
        RC_CLASSIFY(live_.outcome == "rolled-back");
        RC_CLASSIFY(live_.outcome == "aborted");
        RC_CLASSIFY(live_.rollback.cause == "trigger");
        RC_CLASSIFY(std::any_of(live_.shifts.begin(), live_.shifts.end(),
                                [](const auto& one) { return one.state.status == StepStatus::passed; }));
        RC_CLASSIFY(live_.at("bake").status == StepStatus::passed);
        if (peopled_) {
            RC_CLASSIFY(live_.policy != nullptr, "governed");
            RC_CLASSIFY(live_.released.count != 0, "released");
            RC_CLASSIFY(!live_.severity.empty(), "severity");
            RC_CLASSIFY(!live_.amendments.empty(), "amended");
            RC_CLASSIFY(!live_.opened.variant.empty(), "variant");
            RC_CLASSIFY(any_of(&StepState::escalated), "escalated");
        }
        RC_CLASSIFY(std::any_of(live_.operations.begin(), live_.operations.end(),
                                [](const auto& one) { return one.second.phase == OperationState::Phase::in_doubt; }));
    }

    void rollback_is_open() {
        const bool open = !live_.rollback.active;
        const auto bodies = decide(live_, RollBack{}, now_, drill::lead);
        RC_ASSERT(bodies.has_value() == open);
    }

    bool any_of(bool StepState::*what) const {
        return std::any_of(live_.steps.begin(), live_.steps.end(), [&](const auto& one) { return one.second.*what; });
    }

    void submit(const Command& command) { submit(command, actor()); }

    void submit(const Command& command, const Actor& by) {
        const bool closed = live_.closed();
        auto bodies = decide(live_, command, now_, by);
        if (!bodies) {
            RC_ASSERT(!bodies.error().what.empty());
            return;
        }
        for (const Body& body : *bodies) {
            check_before(body, closed);
            const Event event{live_.seq + 1, now_, body};
            if (peopled_) {
                rules_.hear(live_, event);
            }
            const auto text = canonical(to_json(event));
            RC_ASSERT(text.has_value());
            told_ += "\n  " + nanos_text(now_) + " " + describe(body);
            apply(live_, event);
            apply(replayed_, event_from_json(parse_json(*text, "event").value()).value());
            RC_ASSERT(to_json(live_) == to_json(replayed_));
            RC_ASSERT(!describe(body).empty());
            check_state();
        }
        if (peopled_ && (!bodies->empty() || std::holds_alternative<Tick>(command))) {
            rules_.decided(live_, now_);
        }
        // All that follows by itself has followed: asked again, nothing new comes at this instant.
        // (A wait that has just begun is looked at when the next Tick comes.)
        const bool waits = std::any_of(bodies->begin(), bodies->end(), [&](const Body& body) {
            const auto* started = std::get_if<StepStarted>(&body);
            const auto* step = started ? live_.step(started->step) : nullptr;
            return step && std::holds_alternative<plan::Wait>(step->body);
        });
        if (std::holds_alternative<Tick>(command) && !waits) {
            const auto twice = decide(live_, command, now_, drill::engine);
            if (twice && !twice->empty()) {
                std::string first;
                for (const Body& body : *bodies) {
                    first += "\n  " + describe(body);
                }
                RC_FAIL("asked again, this comes: " + describe(twice->front()) + "\nafter" + first);
            }
        }
    }

    void check_before(const Body& body, bool was_closed) {
        if (const auto* started = std::get_if<StepStarted>(&body)) {
            RC_ASSERT(started->attempt == live_.at(started->step).attempt + 1);
            if (live_.hand_shift(started->step)) {
                RC_ASSERT(!live_.rollback.active && !live_.aborted);
                return;
            }
            const plan::Step& step = *live_.plan->step(started->step);
            if (step.always && (live_.aborted || live_.rollback.active)) {
                return; // clean-up, whatever else happened
            }
            for (const auto& need : step.needs) {
                const bool message = live_.rollback.active && live_.at(need).attempt > 0 &&
                                     std::holds_alternative<plan::Notify>(live_.plan->step(need)->body);
                if (!message && !satisfies(live_.at(need).status)) { // no message holds up the way back
                    RC_FAIL(step.id + " starts, and needs " + need + ", which is " + name(live_.at(need).status));
                }
            }
            RC_ASSERT(!live_.paused);
            const bool back = started->step.find('/') != std::string::npos;
            RC_ASSERT(back == live_.rollback.active);
            if (!step.parent.empty()) {
                RC_ASSERT(live_.at(step.parent).status == StepStatus::running);
            }
        }
        if (const auto* finished = std::get_if<StepFinished>(&body); finished && finished->outcome == "passed") {
            important_have_held(finished->step);
        }
        if (const auto* intent = std::get_if<Intent>(&body)) {
            for (const auto& id : in_flight(live_)) {
                for (const auto& target : live_.operations.at(id).intent.targets) {
                    RC_ASSERT(std::count(intent->targets.begin(), intent->targets.end(), target) == 0);
                }
            }
        }
        if (live_.closed()) {
            const bool late = std::holds_alternative<Settled>(body) || std::holds_alternative<InDoubt>(body) ||
                              std::holds_alternative<DoubtAnswered>(body) ||
                              std::holds_alternative<StepFinished>(body) || std::holds_alternative<OutputTaken>(body);
            RC_ASSERT(was_closed); // nothing follows the closing in its own batch
            const bool afterwards = std::holds_alternative<Approved>(body) ||
                                    std::holds_alternative<ApprovedAfterwards>(body) ||
                                    std::holds_alternative<SignatureAsked>(body) ||
                                    std::holds_alternative<Told>(body) || std::holds_alternative<AlertTold>(body);
            RC_ASSERT(late || std::holds_alternative<Noted>(body) || std::holds_alternative<SessionResumed>(body) ||
                      std::holds_alternative<RollbackStarted>(body) || afterwards);
        }
    }

    /// A hold that nobody advanced has seen its important gates hold by themselves, for their own time.
    void important_have_held(const StepId& id) const {
        const auto* step = live_.plan->step(id);
        const auto* hold = step ? std::get_if<plan::Hold>(&step->body) : nullptr;
        const StepState& state = live_.at(id);
        for (const auto& gate : hold&& state.advanced_by.empty() ? hold->gates : std::vector<plan::Gate>{}) {
            if (!gate.has_own_clock() || state.set_aside.contains(gate.id)) {
                continue;
            }
            RC_ASSERT(std::any_of(state.gates.begin(), state.gates.end(), [&](const auto& entry) {
                const bool its = key_names(entry.first, gate.id);
                return its && entry.second.own.running && entry.second.own.held_at(now_) >= gate.for_;
            }));
        }
    }

    void check_state() {
        for (const auto& [traffic, weights] : live_.split) {
            int sum = 0;
            for (const auto& [arm, weight] : weights) {
                sum += weight;
            }
            RC_ASSERT(sum == 100);
        }
        // One shift by hand at a time, and each over or at work.
        RC_ASSERT(std::count_if(live_.shifts.begin(), live_.shifts.end(),
                                [](const auto& one) { return !over(one.state.status); }) <= 1);
        if (live_.closed()) {
            RC_ASSERT(in_flight(live_).empty());
            RC_ASSERT(!next_tick(live_, now_));
        }
        for (const auto& [id, step] : live_.steps) {
            const auto* planned = live_.plan->step(id);
            RC_ASSERT(planned != nullptr);
            RC_ASSERT(!planned->required || step.status != StepStatus::skipped);
            const auto* hold = std::get_if<plan::Hold>(&planned->body);
            RC_ASSERT(step.hold.held >= Nanos{});
            RC_ASSERT(!step.hold.running || hold);
            for (const auto& [key, gate] : step.gates) { // only an important gate has a clock, and that of what holds
                RC_ASSERT(gate.own.held >= Nanos{});
                RC_ASSERT(gate.important || (!gate.own.running && gate.own.held.count == 0));
                RC_ASSERT(!gate.own.running || (!over(step.status) && !live_.paused));
            }
        }
    }

    StepId some_step() {
        std::vector<StepId> busy;
        for (const auto& shift : live_.shifts) {
            if (!over(shift.state.status)) {
                busy.push_back(shift.planned.id);
            }
        }
        for (const auto& [id, state] : live_.steps) {
            if (!over(state.status) && state.status != StepStatus::to_come) {
                busy.push_back(id);
            }
        }
        if (!busy.empty() && !chance(6)) {
            return *rc::gen::elementOf(busy);
        }
        std::vector<StepId> ids{"nothing"};
        for (const auto& [id, state] : live_.steps) {
            ids.push_back(id);
        }
        return *rc::gen::elementOf(ids);
    }

    OperationId some_operation() {
        std::vector<OperationId> open;
        for (const auto& [id, operation] : live_.operations) {
            if (operation.phase != OperationState::Phase::settled || chance(8)) {
                open.push_back(id);
            }
        }
        return open.empty() ? "s1/a/1" : *rc::gen::elementOf(open);
    }

    Actor actor() { return {pick<std::string>({"ada", "bob", "cy"}), pick<std::string>({"owner", "sre", "lead"})}; }

    Command prepared(const StepId& id) {
        Intent intent;
        intent.step = id;
        intent.attempt = live_.at(id).attempt;
        intent.operation = fmt::format("s1/{}/{}", id, intent.attempt);
        intent.kind = "run";
        intent.targets = {pick<std::string>({"shop/main", "shop/canary", id})};
        const auto* step = live_.step(id);
        if (const auto* shift = step ? std::get_if<plan::Shift>(&step->body) : nullptr) {
            intent.desired = {{"traffic", shift->traffic}, {"weights", shift->weights}};
        }
        return Prepared{intent};
    }

    Command outcome() {
        Outcome outcome;
        outcome.settled = {some_operation(), !chance(3), "returned", "so it is", nullptr, 0, ""};
        outcome.outputs = {{"out", "1"}};
        outcome.repeat = chance(2);
        return outcome;
    }

    GateReadings readings(const StepId& id) {
        GateReadings command{id, {}};
        const auto* step = live_.plan->step(id);
        const auto* hold = step ? std::get_if<plan::Hold>(&step->body) : nullptr;
        for (const auto& gate : hold ? hold->gates : std::vector<plan::Gate>{}) {
            if (chance(12)) {
                continue;
            }
            GateReading reading;
            reading.gate = gate.id;
            reading.arm = gate.metric == "errors" ? pick<std::string>({"blue", "green"}) : "";
            reading.verdict =
                chance(4) ? pick<std::string>({"fail", "no-data", "source-error", "inconclusive"}) : "pass";
            reading.close = chance(3);
            reading.breach_in = pick<Nanos>({{}, {}, seconds(30), minutes(4), minutes(9), minutes(14)});
            reading.why = pick<std::string>({"", "why"});
            command.readings.push_back(reading);
        }
        return command;
    }

    Command tick() {
        std::map<std::string, double> latest;
        for (const char* key : {"lag", "errors", "errors/blue", "errors/green"}) {
            if (!chance(4)) {
                latest[key] = pick<double>({0, 0.001, 7, 200});
            }
        }
        return Tick{latest};
    }

    /// What the engine and people would do next for a step that is at work.
    Command fitting() {
        const StepId id = some_step();
        const StepState& state = live_.at(id);
        const auto* step = live_.step(id);
        switch (state.status) {
        case StepStatus::person:
            if (step && std::holds_alternative<plan::Approve>(step->body)) {
                return Approve{id, chance(10), reason()};
            }
            if (step && std::holds_alternative<plan::Decide>(step->body)) {
                return Decide{id, pick<std::string>({"keep", "drop", "fly"}), ""};
            }
            if (step && std::holds_alternative<plan::Hold>(step->body)) {
                return chance(2) ? Command(Advance{id}) : Command(readings(id));
            }
            return Confirm{id, "seen", chance(10), reason()};
        case StepStatus::triage:
            return chance(3) ? Command(Skip{id, reason()}) : Command(Retry{id, reason()});
        case StepStatus::in_doubt:
            return chance(3) ? outcome()
                             : ResolveDoubt{some_operation(),
                                            pick<std::string>({"happened", "run-again", "skip", "abort"}), reason()};
        case StepStatus::running:
            break;
        default:
            return chance(3) ? anything() : tick();
        }
        if (step && plan::is_effect(step->body)) {
            return state.operation.empty() ? prepared(id)
                   : chance(6)             ? Command(Unknown{state.operation, "lost", ""})
                                           : outcome();
        }
        if (step &&
            (std::holds_alternative<plan::Probe>(step->body) || std::holds_alternative<plan::External>(step->body))) {
            return ProbeAnswer{id, state.attempt, chance(2), chance(3), pick<std::string>({"a", "b"}), {}};
        }
        if (step && std::holds_alternative<plan::Hold>(step->body)) {
            return readings(id);
        }
        return tick();
    }

    /// Anything at all.
    Command anything() {
        const StepId id = some_step();
        switch (below(28)) {
        case 26:
            return CopyReport{"/copy", pick<std::string>({"kept", "behind"}), pick<std::string>({"", "full"})};
        case 27:
            return Delivery{id, "ops", chance(2), "because"};
        case 0:
            return Resume{actor()};
        case 1:
            return Jump{now_ - pick<Nanos>({Nanos{}, seconds(20), hours(3), -minutes(1)})};
        case 2:
            return prepared(id);
        case 3:
            return Unprepared{id, live_.at(id).attempt, "no such object"};
        case 4:
            return Seen{some_operation(), {{"pid", "7"}}};
        case 5:
            return outcome();
        case 6:
            return Unknown{some_operation(), pick<std::string>({"lost", "gone"}), pick<std::string>({"", "differs"})};
        case 7:
            return ProbeAnswer{id, pick<int>({0, 1, 2}), chance(2), chance(2), "x", {{"o", "1"}}};
        case 8:
            return readings(id);
        case 9:
            return TriggerReading{pick<std::string>({"errors", "lag", "none"}),
                                  pick<std::string>({"", "blue", "green"}),
                                  pick<std::string>({"yes", "yes", "yes", "no", "no-data", "source-error"}),
                                  "6 %",
                                  "why",
                                  nullptr};
        case 10:
            return SourceReport{"lag", pick<std::string>({"ok", "no-data"}), ""};
        case 11:
            return Readiness{"back", chance(2), ""};
        case 12:
            return Confirm{id, "", chance(4), reason()};
        case 13:
            return Approve{id, chance(4), reason()};
        case 14:
            return Decide{id, "keep", ""};
        case 15:
            return Advance{id};
        case 16:
            return Retry{id, reason()};
        case 17:
            return Skip{id, reason()};
        case 18:
            return Override{chance(3) ? pick<std::string>({"switch", "main"}) : id,
                            pick<std::string>({"", "lag", "errors"}), reason()};
        case 19:
            return Pause{reason()};
        case 20:
            return Continue{};
        case 21:
            return chance(4) ? Command(Abort{reason()}) : Command(Note{"n", ""});
        case 24:
        case 25:
            return Shift{chance(9) ? "nowhere" : "edge", {{"green", pick<int>({0, 10, 25, 50, 100, 130})}}, reason()};
        case 22:
            return chance(3) ? Command(RollBack{pick<std::string>({"", "back", "undo", "none"}), "", reason()})
                             : tick();
        default:
            return ResolveDoubt{some_operation(), pick<std::string>({"happened", "run-again", "skip", "abort", "x"}),
                                reason()};
        }
    }

    std::string plan_;
    bool peopled_ = false;
    simulation::Rules rules_{[this](const std::string& what) { RC_FAIL(what + "\nafter" + told_); }};
    std::string told_; ///< the events, as they are told
    Release live_, replayed_;
    Nanos now_ = seconds(1'767'600'000);
};

} // namespace

class PropertyTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        // A storm is one long row of draws: made smaller for hours, it tells no more than its events do.
        if (!qEnvironmentVariableIsSet("RC_PARAMS")) {
            qputenv("RC_PARAMS", "noshrink=1");
        }
    }
    void whatever_people_do_with_a_drawn_plan_the_rules_hold() {
        const bool held = rc::check([&] {
            simulation::Chance of(*rc::gen::arbitrary<std::uint64_t>());
            const auto drawn = simulation::draw(of);
            Storm storm(drawn, simulation::can_be_governed(drawn) && chance(2));
            storm.rage();
        });
        QVERIFY(held);
    }
    void whatever_is_commanded_the_rules_hold_data() {
        QTest::addColumn<bool>("in_order");
        QTest::newRow("a go-live") << true;
        QTest::newRow("side by side") << false;
    }
    void whatever_is_commanded_the_rules_hold() {
        QFETCH(bool, in_order);
        const std::string& text = in_order ? go_live() : side_by_side();
        (void)drill::Driver(text); // it loads
        const bool held = rc::check([&] {
            Storm storm(text);
            storm.rage();
        });
        QVERIFY(held);
    }
};

SLUICE_TEST(PropertyTest)
#include "property_test.moc"
