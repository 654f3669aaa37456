/// Every command of a person in every state: what it leads to, or why it is refused. The page that this makes is in the
/// repository (doc/commands-by-state.md) and is read; a change of the rules shows as a change of the page.
/// SLUICE_WRITE_PAGES=1 writes it anew.
#include "driver.h"
#include "support/suite.h"

#include <QFile>
#include <QtTest>
#include <fmt/format.h>
#include <functional>
#include <set>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

const Actor sre{"sam", "sre"};

const char* const rollback = R"(severity: {bad: {title: Bad}}
rollback:
  options:
    back: {default: true, steps: [{id: blue, scale: {workload: shop/blue, replicas: '3'}, on: cluster}, {id: all-blue, shift: {edge: {blue: 100}}}]}
)";

/// What a state is seen in: a release, and the step that commands are given to.
struct State {
    const char* title;
    StepId step;
    std::function<Driver()> make;
};

/// One phase; `subject` is the step of interest, and another comes after it.
std::string plan_of(const std::string& subject) {
    return plan_with("phases:\n  - id: main\n    steps:\n      - {id: green-ready, probe: {metric: lag, must: '< 5'}, "
                     "makes-ready: green, needs: []}\n      - {id: to-10, shift: {edge: {green: 10}}, needs: "
                     "[green-ready]}\n      - " +
                     subject + "\n      - {id: after, confirm: After}\n" + rollback);
}

Driver with(const std::string& subject) {
    return Driver(plan_of(subject));
}

Json split(int green) {
    return {{"traffic", "edge"}, {"weights", {{"blue", 100 - green}, {"green", green}}}};
}

const char* const policy = R"(policy: 1
allowed-signers: keys
people:
  lena: {roles: [lead], principals: lena@x}
  sam: {roles: [sre], principals: sam@x}
  ada: {roles: [owner], principals: ada@x}
  omar: {roles: [lead], principals: omar@x}
rules: [{type: major, environment: production, roles: [owner, sre], accept: [signed, given, attested]}]
break-glass: {roles: [lead], approve-within: 1h}
commands: {abort: [the-lead]}
lead: [lead]
)";

/// With 10 % on green and the subject begun.
Driver begun(Driver drive) {
    drive.answer("green-ready", true);
    drive.done("to-10", split(10));
    return drive;
}

Driver begun(const std::string& subject) {
    return begun(with(subject));
}

/// Under a policy, which wants the approval of owner and sre for what comes after `s`.
Driver governed() {
    std::string plan = plan_of("{id: s, approve: {roles: [owner]}}\n      - {id: act, run: [act]}");
    plan.insert(plan.find("phases:"), "release: {type: major, environment: production}\n");
    People people;
    people.policy = PolicyBound{"policy.yaml", policy, "p1", "keys", "keys", "k1", "", "", {}};
    return begun(Driver(plan, {{"ramp", "true"}}, seconds(1'767'600'000), people));
}

Driver in_doubt(const std::string& subject) {
    Driver drive = begun(subject);
    drive.prepare("s");
    (void)drive.submit(Unknown{drive.operation("s"), "the connection broke", ""}, drill::engine);
    return drive;
}

Driver failed_once() {
    Driver drive = begun("{id: s, run: [act]}");
    drive.prepare("s");
    drive.settle("s", false);
    return drive;
}

Driver rolling_back() {
    Driver drive = begun("{id: s, confirm: Go on}");
    (void)drive.submit(RollBack{"", "", "complaints"});
    return drive;
}

const char* const typed_elsewhere = "{id: s, external: vault unseal, verify: {run: [vault, status]}}";

void read_both(Driver& drive, const char* important) {
    GateReading first, second;
    first.gate = "lag";
    second.gate = "slow";
    first.verdict = "pass";
    second.verdict = important;
    (void)drive.submit(GateReadings{"s", {first, second}}, drill::engine);
}

Driver alerting(bool seen) {
    std::string plan = plan_of("{id: s, confirm: Go on}");
    plan.insert(plan.find("phases:"), "channels: {room: {on: web, path: /room}}\n"
                                      "alerts: [{id: slow, metric: lag, must: '> 100', to: room}]\n");
    plan.insert(plan.find("  cluster: {kubernetes"), "  web: {http: {url: 'http://chat:80'}}\n");
    Driver drive = begun(Driver(plan));
    (void)drive.submit(AlertReading{"slow", "", "yes", "200", "lag 200 is > 100", nullptr}, drill::engine);
    if (seen) {
        (void)drive.submit(Acknowledge{"slow", "I look"}, sre);
    }
    return drive;
}

std::vector<State> states() {
    return {
        {"A step to come", "after", [] { return begun("{id: s, confirm: Go on}"); }},
        {"A step waits for its time", "s", [] { return begun("{id: s, confirm: Go on, not-before: to-10 + 1h}"); }},
        {"A phase waits for its window", "s",
         [] {
             return Driver(
                 plan_with(std::string("calendar: {deny: [{days: [mon]}]}\nphases:\n  - {id: main, window: true, "
                                       "steps: [{id: s, confirm: Go on}]}\n") +
                           rollback));
         }},
        {"A confirmation is awaited", "s", [] { return begun("{id: s, confirm: Go on}"); }},
        {"A confirmation with evidence is awaited", "s",
         [] { return begun("{id: s, confirm: Go on, evidence: required, required: true}"); }},
        {"An approval is awaited", "s", [] { return begun("{id: s, approve: {roles: [lead, sre]}}"); }},
        {"A statement is awaited", "s", [] { return begun("{id: s, attest: It works, owner: sre}"); }},
        {"An approval is awaited, under a policy", "s", governed},
        {"An approval is owed after break-glass, under a policy", "s",
         [] {
             Driver drive = governed();
             (void)drive.submit(BreakGlass{"s", "fire"});
             return drive;
         }},
        {"A decision is awaited", "s",
         [] {
             return begun("{id: s, decide: {text: Which, choices: [{id: a, steps: [{id: x, confirm: X}]}, {id: b}]}}");
         }},
        {"What is typed elsewhere is awaited", "s", [] { return begun(typed_elsewhere); }},
        {"What was typed elsewhere is read back", "s",
         [] {
             Driver drive = begun(typed_elsewhere);
             (void)drive.submit(Confirm{"s", "", false, ""});
             return drive;
         }},
        {"A wait runs", "s", [] { return begun("{id: s, wait: 1h}"); }},
        {"A hold runs", "s",
         [] {
             Driver drive = begun("{id: s, hold: {for: 1h}, gates: [{metric: lag, must: '< 5'}]}");
             drive.gate("s", "lag", "pass");
             return drive;
         }},
        {"A hold stands still: a gate has no answer", "s",
         [] {
             Driver drive = begun("{id: s, hold: {for: 1h}, gates: [{metric: lag, must: '< 5'}]}");
             drive.gate("s", "lag", "no-data");
             return drive;
         }},
        {"A hold has held, and a person advances", "s",
         [] {
             Driver drive = begun("{id: s, hold: {for: 1m, then: ask}, gates: [{metric: lag, must: '< 5'}]}");
             drive.gate("s", "lag", "pass");
             drive.pass(minutes(2));
             return drive;
         }},
        {"A probe is asked", "s", [] { return begun("{id: s, probe: {metric: lag, must: '< 5'}, until: 5m}"); }},
        {"An action is prepared", "s", [] { return begun("{id: s, run: [act]}"); }},
        {"An action is on its way", "s",
         [] {
             Driver drive = begun("{id: s, run: [act]}");
             drive.prepare("s");
             return drive;
         }},
        {"An action is in doubt", "s", [] { return in_doubt("{id: s, run: [act]}"); }},
        {"A required action is in doubt", "s", [] { return in_doubt("{id: s, run: [act], required: true}"); }},
        {"A step failed: triage", "s", failed_once},
        {"A step failed and is tried again by itself", "s",
         [] {
             Driver drive = begun("{id: s, run: [act], retry: {times: 3, every: 10s}}");
             drive.prepare("s");
             drive.settle("s", false);
             return drive;
         }},
        {"A group runs", "s", [] { return begun("{id: s, group: [{id: x, confirm: X}, {id: y, wait: 1h}]}"); }},
        {"Paused while a confirmation is awaited", "s",
         [] {
             Driver drive = begun("{id: s, confirm: Go on}");
             (void)drive.submit(Pause{"lunch"});
             return drive;
         }},
        {"Traffic is moved by hand", "s",
         [] {
             Driver drive = begun("{id: s, confirm: Go on}");
             (void)drive.submit(release::Shift{"edge", {{"green", 0}}, "odd"});
             return drive;
         }},
        {"A way back is proposed", "s",
         [] {
             std::string plan = plan_of("{id: s, confirm: Go on}");
             plan.insert(plan.find("  options:"),
                         "  triggers: [{id: slow, metric: lag, must: '> 100', mode: propose, grace: 5m}]\n");
             Driver drive = begun(Driver(plan));
             drive.trigger("slow", "yes");
             return drive;
         }},
        {"An alert fires", "s", [] { return alerting(false); }},
        {"An alert that fires was seen", "s", [] { return alerting(true); }},
        {"The window of the phase has ended, and it waits to open again", "s",
         [] {
             Driver drive(
                 plan_with(std::string("calendar: {allow: [{days: [mon], from: '07:00', to: '09:00'}], "
                                       "when-window-ends: pause}\nphases:\n  - {id: main, window: true, steps: [{id: "
                                       "s, confirm: Go on}, {id: after, confirm: After}]}\n") +
                           rollback));
             drive.pass(hours(2));
             return drive;
         }},
        {"A hold waits for an important gate", "s",
         [] {
             Driver drive = begun("{id: s, hold: {for: 10m}, gates: [{metric: lag, must: '< 5'}, {id: slow, metric: "
                                  "lag, must: '< 9', tier: important, for: 10m}]}");
             read_both(drive, "fail");
             drive.pass(minutes(6));
             read_both(drive, "pass");
             drive.pass(minutes(5));
             return drive;
         }},
        {"A hold has not held by its deadline: triage", "s",
         [] {
             Driver drive = begun("{id: s, hold: {for: 1h, deadline: 2h}, gates: [{metric: lag, must: '< 5'}]}");
             drive.gate("s", "lag", "fail");
             drive.pass(hours(2));
             return drive;
         }},
        {"A confirmation has grown old and is asked for again", "s",
         [] {
             Driver drive = begun("{id: s, confirm: Go on, valid-for: 1h}\n      - {id: rests, confirm: X, needs: [s], "
                                  "not-before: to-10 + 90m}");
             (void)drive.submit(Confirm{"s", "", false, ""});
             drive.pass(minutes(70));
             return drive;
         }},
        {"Released, and follow-up work is left", "s",
         [] {
             Driver drive(plan_with(std::string("phases:\n  - {id: main, steps: [{id: first, confirm: First}]}\n  - "
                                                "{id: week, follow-up: true, steps: [{id: s, confirm: Go on}, {id: "
                                                "after, confirm: After}]}\n") +
                                    rollback));
             (void)drive.submit(Confirm{"first", "", false, ""});
             return drive;
         }},
        {"What is to come was amended", "after",
         [] {
             Driver drive = begun("{id: s, confirm: Go on}");
             std::string text = drive.release.plan->source;
             (void)drive.submit(Amend{text.replace(text.find("confirm: After"), 14, "wait: 1h"), "better"});
             return drive;
         }},
        {"All is done, and the way back stays open", "s",
         [] {
             std::string plan = plan_of("{id: s, confirm: Go on}");
             plan.insert(plan.find("  options:"), "  within: 2h after to-10\n");
             Driver drive = begun(Driver(plan));
             (void)drive.submit(Confirm{"s", "", false, ""});
             (void)drive.submit(Confirm{"after", "", false, ""});
             return drive;
         }},
        {"Aborting: an action is still on its way", "s",
         [] {
             Driver drive = begun("{id: s, run: [act]}");
             drive.prepare("s");
             (void)drive.submit(Abort{"enough"});
             return drive;
         }},
        {"Aborting: clean-up runs", "s",
         [] {
             Driver drive = begun("{id: s, run: [tidy], always: true, needs: [to-10]}");
             (void)drive.submit(Abort{"enough"});
             return drive;
         }},
        {"Rolling back: its step is prepared", "back/blue", rolling_back},
        {"Rolling back: its step failed", "back/blue",
         [] {
             Driver drive = rolling_back();
             drive.prepare("back/blue");
             drive.settle("back/blue", false);
             return drive;
         }},
        {"Rolling back: its step is in doubt", "back/blue",
         [] {
             Driver drive = rolling_back();
             drive.prepare("back/blue");
             (void)drive.submit(Unknown{drive.operation("back/blue"), "no answer", ""}, drill::engine);
             return drive;
         }},
        {"Closed: done", "s",
         [] {
             Driver drive = begun("{id: s, confirm: Go on}");
             (void)drive.submit(Confirm{"s", "", false, ""});
             (void)drive.submit(Confirm{"after", "", false, ""});
             return drive;
         }},
        {"Closed: aborted", "s",
         [] {
             Driver drive = begun("{id: s, confirm: Go on}");
             (void)drive.submit(Abort{"enough"});
             return drive;
         }},
        {"Closed: the way back was not whole", "back/blue",
         [] {
             Driver drive = rolling_back();
             drive.prepare("back/blue");
             drive.settle("back/blue", false);
             (void)drive.submit(Skip{"back/blue", "blue stands"});
             drive.done("back/all-blue", split(0));
             return drive;
         }},
        {"Closed: rolled back", "s",
         [] {
             Driver drive = rolling_back();
             drive.done("back/blue");
             drive.done("back/all-blue", split(0));
             return drive;
         }},
    };
}

struct Given {
    const char* title;
    std::function<Command(const Driver&, const StepId&)> make;
    Actor by = drill::lead;
};

std::vector<Given> commands() {
    const auto doubt = [](const char* answer) {
        return [answer](const Driver& drive, const StepId& step) {
            return ResolveDoubt{drive.operation(step), answer, "seen"};
        };
    };
    return {
        {"confirm",
         [](const Driver&, const StepId& s) {
             return Confirm{s, "", false, ""};
         }},
        {"confirm, with evidence",
         [](const Driver&, const StepId& s) {
             return Confirm{s, "link", false, ""};
         }},
        {"refuse to confirm",
         [](const Driver&, const StepId& s) {
             return Confirm{s, "", true, "no"};
         }},
        {"approve",
         [](const Driver&, const StepId& s) {
             return Approve{s, false, ""};
         }},
        {"approve, as sre",
         [](const Driver&, const StepId& s) {
             return Approve{s, false, ""};
         },
         sre},
        {"refuse to approve",
         [](const Driver&, const StepId& s) {
             return Approve{s, true, "no"};
         }},
        {"approve for sam, by the lead's word",
         [](const Driver&, const StepId& s) {
             Approve command{s, false, "by phone"};
             command.attested = sre;
             return command;
         }},
        {"attest",
         [](const Driver&, const StepId& s) {
             return Attest{s, "", false, ""};
         },
         sre},
        {"refuse to attest",
         [](const Driver&, const StepId& s) {
             return Attest{s, "", true, "no"};
         },
         sre},
        {"ask for a signature",
         [](const Driver& drive, const StepId& s) {
             return AskSignature{s, "n1", std::string(64, 'a'), drive.release.seq};
         }},
        {"break the glass",
         [](const Driver&, const StepId& s) {
             return BreakGlass{s, "fire"};
         }},
        {"hand the lead to omar",
         [](const Driver&, const StepId&) {
             return HandOver{"omar", "night"};
         }},
        {"join sam",
         [](const Driver&, const StepId&) {
             return Join{"sam", {"sre"}};
         }},
        {"leave", [](const Driver&, const StepId&) { return Leave{"sam"}; }, sre},
        {"decide a",
         [](const Driver&, const StepId& s) {
             return Decide{s, "a", ""};
         }},
        {"advance", [](const Driver&, const StepId& s) { return Advance{s}; }},
        {"retry",
         [](const Driver&, const StepId& s) {
             return Retry{s, ""};
         }},
        {"skip",
         [](const Driver&, const StepId& s) {
             return Skip{s, "why"};
         }},
        {"skip without a reason",
         [](const Driver&, const StepId& s) {
             return Skip{s, ""};
         }},
        {"override",
         [](const Driver&, const StepId& s) {
             return Override{s, "", "why"};
         }},
        {"override one gate",
         [](const Driver&, const StepId& s) {
             return Override{s, "lag", "why"};
         }},
        {"override the phase",
         [](const Driver&, const StepId&) {
             return Override{"main", "", "why"};
         }},
        {"it happened", doubt("happened")},
        {"run again", doubt("run-again")},
        {"skip what is in doubt", doubt("skip")},
        {"abort at what is in doubt", doubt("abort")},
        {"pause", [](const Driver&, const StepId&) { return Pause{"why"}; }},
        {"continue", [](const Driver&, const StepId&) { return Continue{}; }},
        {"shift green to 0",
         [](const Driver&, const StepId&) {
             return release::Shift{"edge", {{"green", 0}}, "why"};
         }},
        {"shift green to 50",
         [](const Driver&, const StepId&) {
             return release::Shift{"edge", {{"green", 50}}, "why"};
         }},
        {"amend what is to come",
         [](const Driver& drive, const StepId&) {
             std::string text = drive.release.plan->source;
             const auto at = text.find("confirm: After");
             return Amend{at == std::string::npos ? text + "# same\n" : text.replace(at, 14, "confirm: Then"), "why"};
         }},
        {"declare that it is bad",
         [](const Driver&, const StepId&) {
             return Severity{"bad", "why"};
         }},
        {"declare what the plan does not know",
         [](const Driver&, const StepId&) {
             return Severity{"awful", "why"};
         }},
        {"roll back",
         [](const Driver&, const StepId&) {
             return RollBack{"", "", "why"};
         }},
        {"abort", [](const Driver&, const StepId&) { return Abort{"why"}; }},
        {"stop",
         [](const Driver&, const StepId& s) {
             return Stop{s, "why"};
         }},
        {"decline what is proposed",
         [](const Driver&, const StepId&) {
             return Decline{"slow", "why"};
         }},
        {"acknowledge the alert",
         [](const Driver&, const StepId&) {
             return Acknowledge{"slow", "seen"};
         }},
        {"close the way back", [](const Driver&, const StepId&) { return CloseWayBack{"why"}; }},
        {"note",
         [](const Driver&, const StepId&) {
             return Note{"text", ""};
         }},
    };
}

/// The words of the commands that travel: those that persons give.
template <typename Variant, std::size_t... I>
std::set<std::string> words(std::index_sequence<I...>) {
    std::set<std::string> all;
    const auto add = [&](const Command& command) {
        if (const Json json = to_json(command); json.is_object() && json.contains("do")) {
            all.insert(json["do"].get<std::string>());
        }
    };
    (add(std::variant_alternative_t<I, Variant>()), ...);
    return all;
}
template <typename Variant>
std::set<std::string> every_word() {
    return words<Variant>(std::make_index_sequence<std::variant_size_v<Variant>>());
}

std::string escaped(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) {
        text.insert(at, "\\");
    }
    return text;
}

std::string page() {
    std::string text =
        "# Every command in every state\n\n"
        "Made by `tests/release/commands_by_state_test.cpp` from the rules themselves (`core/release/decide*.cpp`); "
        "don't edit\n"
        "it. ✓ and the events that follow at once, or ✕ and why it is refused. The plan: green is made ready, gets 10 "
        "%,\n"
        "then the step of interest, then a confirmation; the way back scales blue and gives it all traffic.\n";
    for (const State& state : states()) {
        text += fmt::format("\n## {}\n| command | what follows |\n|---|---|\n", state.title);
        for (const Given& given : commands()) {
            Driver drive = state.make();
            const auto before = drive.log.size();
            const std::string refused = drive.submit(given.make(drive, state.step), given.by);
            std::string follows = refused.empty() ? "✓ " + drive.last().toStdString() : "✕ " + refused;
            if (refused.empty() && drive.log.size() == before) {
                follows = "✓ nothing changes";
            }
            text += fmt::format("| {} | {} |\n", given.title, escaped(std::move(follows)));
        }
    }
    return text;
}

} // namespace

class CommandsByStateTest : public QObject {
    Q_OBJECT
private slots:
    void the_page_says_what_the_rules_do() {
        const QString place = QString(SLUICE_SOURCE_DIR) + "/doc/commands-by-state.md";
        const QByteArray made = QByteArray::fromStdString(page());
        QFile file(place);
        if (qEnvironmentVariableIsSet("SLUICE_WRITE_PAGES")) {
            QVERIFY(file.open(QIODevice::WriteOnly));
            QCOMPARE(file.write(made), made.size());
            return;
        }
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(place));
        const auto there = QString::fromUtf8(file.readAll()).split('\n'), now = QString::fromUtf8(made).split('\n');
        for (int i = 0; i < std::min(there.size(), now.size()); ++i) {
            QCOMPARE(now[i], there[i]);
        }
        QCOMPARE(now.size(), there.size());
    }

    /// A command that is new and is not on the page fails here.
    void no_command_of_a_person_is_missing() {
        std::set<std::string> given;
        for (const Given& one : commands()) {
            const Driver drive = states().front().make();
            given.insert(to_json(one.make(drive, "s")).value("do", ""));
        }
        QCOMPARE(given.size(), every_word<AnyCommand>().size());
        QVERIFY(given == every_word<AnyCommand>());
    }

    void a_refusal_changes_nothing_and_gives_a_reason() {
        for (const State& state : states()) {
            for (const Given& given : commands()) {
                Driver drive = state.make();
                const std::string before = drill::state_text(drive.release);
                const auto answer = decide(drive.release, given.make(drive, state.step), drive.now, given.by);
                QCOMPARE(drill::state_text(drive.release), before);
                QVERIFY2(answer || answer.error().what.size() > 8, state.title);
            }
        }
    }

    void the_way_back_is_refused_only_where_it_is_taken_already() {
        for (const State& state : states()) {
            Driver drive = state.make();
            const bool back_already = drive.release.rollback.active;
            QCOMPARE(drive.submit(RollBack{"", "", "why"}).empty(), !back_already);
        }
    }
};

SLUICE_TEST(CommandsByStateTest)
#include "commands_by_state_test.moc"
