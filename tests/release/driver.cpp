#include "driver.h"

#include "plan/loader.h"

#include <QStringList>
#include <fmt/format.h>
#include <stdexcept>

namespace sluice::release::drill {

std::string plan_with(const std::string& rest) {
    return R"(sluice: 1
id: small
title: A small plan
variables:
  ramp: {type: boolean, default: 'true'}
roles: [lead, sre, owner]
connections:
  cluster: {kubernetes: {context: test}}
  prom: {prometheus: {url: 'http://prometheus:9090'}}
arms:
  blue: {workload: shop/blue, service: shop/blue}
  green: {workload: shop/green, service: shop/green}
metrics:
  errors: {from: prom, query: errors, unit: ratio, by-arm: version}
  lag: {from: prom, query: lag, unit: messages}
traffic:
  edge: {driver: nginx-canary, on: cluster, primary: shop/main, canary: shop/canary, arms: {primary: blue, canary: green}}
)" + rest;
}

Driver::Driver(const std::string& plan, std::map<std::string, std::string> variables, Nanos start, const People& people)
    : now(start) {
    for (const auto& diagnostic : plan::load(plan, "small.yaml").diagnostics) {
        if (diagnostic.severity == plan::Severity::error) {
            throw std::runtime_error(plan::to_text(diagnostic, "small.yaml"));
        }
    }
    SessionOpened session;
    session.session = "s1";
    session.mode = "run";
    session.plan_id = "small";
    session.plan_file = "small.yaml";
    session.plan_source = plan;
    session.variables = std::move(variables);
    session.by = lead;
    if (const std::string why = submit(Open{session, people}); !why.empty()) {
        throw std::runtime_error(why);
    }
}

Driver::Driver(const SessionOpened& session, Nanos start) : now(start) {
    if (const std::string why = submit(Open{session}); !why.empty()) {
        throw std::runtime_error(why);
    }
}

std::string Driver::submit(const Command& command, const Actor& by) {
    auto bodies = decide(release, command, now, by);
    if (!bodies) {
        return bodies.error().what;
    }
    batch_ = log.size();
    for (auto& body : *bodies) {
        log.push_back({release.seq + 1, now, std::move(body)});
        apply(release, log.back());
    }
    return {};
}

void Driver::pass(Nanos length) {
    const Nanos end = now + length;
    while (true) {
        const auto next = next_tick(release, now);
        if (!next || *next > end) {
            break;
        }
        now = *next;
        tick();
    }
    now = end;
}

void Driver::tick(std::map<std::string, double> latest) {
    (void)submit(Tick{std::move(latest)}, engine);
}

std::string Driver::prepare(const StepId& step, const std::string& target, Json desired) {
    Intent intent;
    intent.step = step;
    intent.attempt = release.at(step).attempt;
    intent.operation = fmt::format("s1/{}/{}", step, intent.attempt);
    intent.kind = "run";
    intent.effect_class = "opaque";
    intent.request = {{"argv", {"make", step}}};
    intent.summary = "make " + step;
    if (!target.empty()) {
        intent.targets = {target};
    }
    intent.desired = std::move(desired);
    return submit(Prepared{intent}, engine);
}

std::string Driver::settle(const StepId& step, bool succeeded, bool repeat) {
    Outcome outcome;
    outcome.settled.operation = operation(step);
    outcome.settled.succeeded = succeeded;
    outcome.settled.how = "returned";
    outcome.settled.why = succeeded ? "" : "exit 1";
    outcome.repeat = repeat;
    return submit(outcome, engine);
}

std::string Driver::answer(const StepId& step, bool met, bool last, const std::string& why) {
    return submit(ProbeAnswer{step, release.at(step).attempt, met, last, why, {}}, engine);
}

void Driver::done(const StepId& step, Json desired) {
    std::string why = prepare(step, "", std::move(desired));
    why += settle(step, true);
    if (!why.empty()) {
        throw std::runtime_error(step + ": " + why);
    }
}

void Driver::gate(const StepId& step, const std::string& gate, const std::string& verdict, const std::string& arm) {
    GateReading reading;
    reading.gate = gate;
    reading.arm = arm;
    reading.verdict = verdict;
    reading.why = verdict == "pass" ? "" : "it says " + verdict;
    (void)submit(GateReadings{step, {reading}}, engine);
}

void Driver::trigger(const std::string& trigger, const std::string& truth, const std::string& arm) {
    (void)submit(TriggerReading{trigger, arm, truth, "6 %", "errors", nullptr}, engine);
}

QString Driver::status(const StepId& step) const {
    return name(release.at(step).status);
}
QString Driver::why(const StepId& step) const {
    return QString::fromStdString(release.at(step).why);
}

QString Driver::trigger_state(const std::string& key) const {
    const auto found = release.triggers.find(key);
    return found == release.triggers.end() ? QString() : QString::fromStdString(found->second.state);
}

double Driver::held(const StepId& step) const {
    return release.at(step).hold.held_at(now).seconds();
}

OperationId Driver::operation(const StepId& step) const {
    return fmt::format("s1/{}/{}", step, release.at(step).attempt);
}

QString Driver::last() const {
    QStringList lines;
    for (std::size_t i = batch_; i < log.size(); ++i) {
        const Json data = to_json(log[i])["data"];
        QString line = type_name(log[i].body);
        for (const char* key : {"step", "phase", "trigger", "option", "operation", "outcome", "state"}) {
            if (data.contains(key) && data[key].is_string() && !data[key].get<std::string>().empty()) {
                line += " " + QString::fromStdString(data[key].get<std::string>());
            }
        }
        lines << line;
    }
    return lines.join(", ");
}

int Driver::count(const std::string& type) const {
    return static_cast<int>(
        std::count_if(log.begin(), log.end(), [&](const Event& event) { return type == type_name(event.body); }));
}

std::string state_text(const Release& release) {
    return canonical(to_json(release)).value();
}

std::string replayed(const std::vector<Event>& log) {
    Release release;
    for (const auto& event : log) {
        const auto text = canonical(to_json(event)).value();
        apply(release, event_from_json(parse_json(text, "event").value()).value());
    }
    return state_text(release);
}

Driver whole(const std::string& rest) {
    return Driver(plan_with(rest));
}

Driver steps(const std::string& list, std::map<std::string, std::string> variables) {
    return Driver(plan_with("phases:\n  - id: main\n    steps:\n" + list), std::move(variables));
}

} // namespace sluice::release::drill
