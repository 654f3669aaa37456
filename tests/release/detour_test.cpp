/// Every way to the same deed has the same guards: what one command or state refuses is not reached by another.
#include "desk.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using namespace sluice::release::drill;

namespace {

Json given_to(int green) {
    return {{"traffic", "edge"}, {"weights", {{"blue", 100 - green}, {"green", green}}}};
}

/// In the phase `main`, with green ready and these steps; `rest` adds what stands beside the phases.
Driver shifted(const std::string& steps, const std::string& rest = "") {
    Driver drive(plan_with("phases:\n  - id: main\n    steps:\n"
                           "      - {id: ready, confirm: Ready, makes-ready: green}\n"
                           "      - {id: to-100, shift: {edge: {green: 100}}}\n" +
                           steps + rest));
    (void)drive.submit(Confirm{"ready", "", false, ""});
    drive.done("to-100", given_to(100));
    return drive;
}

void by_hand(Driver& drive, int green) {
    const std::string id = "~shift-" + std::to_string(drive.release.shifts.size() + 1);
    QCOMPARE(drive.submit(release::Shift{"edge", {{"green", green}}, "odd"}), "");
    QCOMPARE(drive.prepare(id, "shop/canary", given_to(green)), "");
}

const char* const retire = "      - {id: retire, scale: {workload: shop/blue, replicas: '0'}, on: cluster, needs: "
                           "to-100}\n      - {id: end, confirm: End}\n";

} // namespace

class DetourTest : public QObject {
    Q_OBJECT
private slots:
    void what_failed_does_not_take_away_an_arm_that_serves_again_data() {
        QTest::addColumn<bool>("by_itself");
        QTest::newRow("a person tries it again") << false;
        QTest::newRow("it is tried again by itself") << true;
    }
    void what_failed_does_not_take_away_an_arm_that_serves_again() {
        QFETCH(bool, by_itself);
        std::string list = retire;
        Driver drive =
            shifted(by_itself ? list.replace(list.find("on: cluster"), 0, "retry: {times: 1, every: 1m}, ") : list);
        drive.prepare("retire");
        drive.settle("retire", false);
        by_hand(drive, 0);
        drive.settle("~shift-1", true);
        if (by_itself) {
            drive.pass(minutes(2));
        } else {
            QCOMPARE(drive.submit(Retry{"retire", ""}), "");
        }
        QCOMPARE(drive.status("retire"), "waiting");
        QCOMPARE(drive.why("retire"), "blue has 100 % of edge: shift it away first, or set the gate 'traffic' aside");
        QCOMPARE(drive.release.at("retire").attempt, 1);
        // It waits, and was begun all the same: another plan neither alters nor forgets that.
        const std::string text = drive.release.plan->source;
        std::string other = text;
        other.replace(other.find("'0'"), 3, "'1'");
        const std::string refused = drive.submit(Amend{other, "because"});
        QVERIFY2(refused.ends_with("it was begun already"), refused.c_str());
        other = text;
        other.replace(other.find("id: end, confirm: End"), 21, "id: end, confirm: Over");
        QCOMPARE(drive.submit(Amend{other, "because"}), "");
        QCOMPARE(drive.release.at("retire").attempt, 1);
        QCOMPARE(drive.submit(Override{"retire", "traffic", "the edge is off"}), "");
        QCOMPARE(drive.release.at("retire").attempt, 2);
        drive.done("retire");
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }
    void clean_up_does_not_take_away_an_arm_that_serves() {
        Driver drive = whole(R"(phases:
  - id: main
    steps:
      - {id: ready, confirm: Ready, makes-ready: green}
      - {id: to-25, shift: {edge: {green: 25}}}
      - {id: ask, confirm: Ask}
      - {id: to-100, shift: {edge: {green: 100}}}
      - {id: tidy, scale: {workload: shop/blue, replicas: '0'}, on: cluster, always: true}
)");
        (void)drive.submit(Confirm{"ready", "", false, ""});
        drive.done("to-25", given_to(25));
        drive.submit(Abort{"enough"});
        QCOMPARE(drive.status("tidy"), "waiting");
        QCOMPARE(drive.why("tidy"), "blue has 75 % of edge: shift it away first, or set the gate 'traffic' aside");
        drive.submit(Override{"tidy", "traffic", "the edge is off"});
        drive.done("tidy");
        QCOMPARE(drive.release.outcome, "aborted");
    }
    static Driver stuck(const std::string& more = "") {
        Driver drive =
            whole("phases:\n  - {id: one, steps: [{id: act, run: [act]}, {id: ask, confirm: Ask}" + more + R"(]}
rollback:
  options:
    a: {default: true, steps: [{id: x, run: [x], needs: []}, {id: y, run: [y], needs: []}]}
    b: {steps: [{id: z, confirm: Z}]}
)");
        drive.done("act");
        drive.submit(RollBack{"a", "", "broken"});
        drive.prepare("a/x");
        drive.prepare("a/y");
        drive.settle("a/y", false);
        return drive;
    }
    void an_arm_is_not_taken_away_while_traffic_is_brought_to_it() {
        Driver drive =
            shifted("      - {id: go, confirm: Go}\n      - {id: retire, scale: {workload: shop/blue, replicas: "
                    "'0'}, on: cluster}\n      - {id: end, confirm: End}\n");
        by_hand(drive, 0);
        drive.submit(Confirm{"go", "", false, ""});
        QCOMPARE(drive.status("retire"), "waiting");
    }
    void traffic_is_not_brought_to_an_arm_that_is_being_taken_away() {
        Driver drive = shifted(retire);
        drive.prepare("retire");
        QVERIFY(drive.submit(release::Shift{"edge", {{"green", 0}}, "odd"}) != "");
    }
    void a_way_back_that_was_left_is_not_gone_on_with_data() {
        QTest::addColumn<QString>("what");
        for (const char* way : {"run-again", "retry", "run-again closed"}) {
            QTest::newRow(way) << way;
        }
    }
    void a_way_back_that_was_left_is_not_gone_on_with() {
        QFETCH(QString, what);
        Driver drive = stuck();
        if (what.startsWith("run-again")) {
            (void)drive.submit(Unknown{"s1/a/x/1", "lost", ""}, engine);
        }
        QCOMPARE(drive.submit(RollBack{"b", "", "a is stuck"}), "");
        if (what == "retry") {
            drive.settle("a/x", false);
            QCOMPARE(drive.status("a/x"), "stopped");
            QVERIFY(drive.submit(Retry{"a/x", ""}) != "");
            drive.submit(Confirm{"b/z", "", false, ""});
        } else {
            if (what.endsWith("closed")) {
                drive.submit(Confirm{"b/z", "", false, ""});
                QCOMPARE(drive.release.outcome, "rolled-back");
            }
            QCOMPARE(drive.submit(ResolveDoubt{"s1/a/x/1", "run-again", "again"}),
                     "it is rolled back by another way now");
            QCOMPARE(drive.submit(ResolveDoubt{"s1/a/x/1", "skip", "b has seen to it"}), "");
        }
        QCOMPARE(drive.release.at("a/x").attempt, 1);
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }
    void what_a_way_back_that_was_left_had_sent_is_not_sent_again_by_itself() {
        Driver drive = stuck();
        QCOMPARE(drive.submit(RollBack{"b", "", "a is stuck"}), "");
        drive.settle("a/x", false, true);
        QCOMPARE(drive.status("a/x"), "stopped");
        drive.submit(Confirm{"b/z", "", false, ""});
        QCOMPARE(drive.release.outcome, "rolled-back");
    }
    void nobody_advances_past_a_breach_that_nothing_acted_on_data() {
        QTest::addColumn<QString>("how");
        for (const char* way : {"paused", "continued", "resumed"}) {
            QTest::newRow(way) << way;
        }
    }
    void nobody_advances_past_a_breach_that_nothing_acted_on() {
        QFETCH(QString, how);
        Driver drive = steps("      - {id: soak, hold: {for: 10m, then: ask}, gates: [{metric: lag, must: '< 5'}]}\n"
                             "      - {id: end, confirm: End}\n");
        drive.gate("soak", "lag", "pass");
        drive.pass(minutes(10));
        drive.gate("soak", "lag", "pass");
        QCOMPARE(drive.status("soak"), "awaiting a person");
        if (how == "resumed") {
            (void)drive.submit(Resume{lead}, lead);
        } else {
            drive.submit(Pause{"look"});
            drive.gate("soak", "lag", "fail");
            if (how == "continued") {
                drive.submit(Continue{});
            }
        }
        const std::string refused = drive.submit(Advance{"soak"});
        QVERIFY2(refused.starts_with("a gate does not hold now: lag"), refused.c_str());
        QCOMPARE(drive.status("soak"), "awaiting a person");
        if (how == "paused") {
            QCOMPARE(drive.submit(Override{"soak", "lag", "the source is broken"}), "");
        } else {
            drive.gate("soak", "lag", "pass");
        }
        QCOMPARE(drive.status("soak"), "awaiting a person");
        QCOMPARE(drive.submit(Advance{"soak"}), "");
    }
    void a_window_that_opens_does_not_go_on_from_what_a_proposal_paused() {
        Driver drive = whole(R"(calendar: {allow: [{from: '07:00', to: '09:00'}], when-window-ends: pause}
phases:
  - {id: one, window: true, steps: [{id: s, confirm: Go on}, {id: act, run: [act]}]}
rollback: {triggers: [{id: slow, metric: lag, must: '> 100', mode: propose, grace: 5m, then: pause}], options: {back: {steps: [{id: see, confirm: See}]}}}
)");
        drive.pass(hours(2));
        QVERIFY(drive.release.paused);
        drive.trigger("slow", "yes");
        drive.pass(minutes(6));
        QVERIFY(drive.release.paused);
        drive.submit(Confirm{"s", "", false, ""});
        drive.pass(hours(24));
        QVERIFY(drive.release.paused);
        QCOMPARE(drive.status("act"), "to come");
    }
    void what_failed_is_not_tried_again_while_its_gate_does_not_hold_data() {
        QTest::addColumn<QString>("how");
        for (const char* way : {"by itself", "by a person", "repeat", "run-again"}) {
            QTest::newRow(way) << way;
        }
    }
    void what_failed_is_not_tried_again_while_its_gate_does_not_hold() {
        QFETCH(QString, how);
        const std::string retry = how == "by itself" ? ", retry: {times: 1, every: 10m}" : "";
        Driver drive = steps("      - {id: act, run: [act], gates: [{metric: lag, must: '< 5'}]" + retry +
                             "}\n      - {id: end, confirm: End}\n");
        drive.tick({{"lag", 1}});
        QCOMPARE(drive.status("act"), "running");
        drive.prepare("act");
        if (how == "run-again") {
            (void)drive.submit(Unknown{"s1/act/1", "lost", ""}, engine);
        } else {
            drive.settle("act", false, how == "repeat");
        }
        if (how == "by a person") {
            drive.submit(Retry{"act", ""});
        } else if (how == "run-again") {
            drive.submit(ResolveDoubt{"act", "run-again", "it did not"}); // a step stands for its last attempt
        }
        drive.now = drive.now + minutes(11);
        drive.tick({{"lag", 50}});
        QCOMPARE(drive.release.at("act").attempt, 1);
        QCOMPARE(drive.status("act"), "waiting");
        QCOMPARE(drive.why("act"), "gate lag must be < 5");
        if (how == "by a person") {
            QCOMPARE(drive.submit(Override{"act", "lag", "it falls"}), "");
            drive.tick({{"lag", 50}});
        } else {
            drive.tick({{"lag", 1}});
        }
        QCOMPARE(drive.release.at("act").attempt, 2);
        drive.done("act");
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }
    void a_shift_by_hand_in_doubt_is_sent_again_only_where_it_could_be_asked_for_data() {
        QTest::addColumn<QString>("how");
        for (const char* way : {"run-again", "repeat"}) {
            QTest::newRow(way) << way;
        }
    }
    void a_shift_by_hand_in_doubt_is_sent_again_only_where_it_could_be_asked_for() {
        QFETCH(QString, how);
        Driver drive =
            shifted("      - {id: go, confirm: Go}\n      - {id: act, run: [act], point-of-no-return: true}\n"
                    "      - {id: end, confirm: End}\n");
        by_hand(drive, 0);
        (void)drive.submit(Unknown{"s1/~shift-1/1", "lost", ""}, engine);
        drive.submit(Confirm{"go", "", false, ""});
        drive.done("act");
        if (how == "repeat") {
            drive.settle("~shift-1", false, true);
            QCOMPARE(drive.status("~shift-1"), "stopped");
        } else {
            QCOMPARE(drive.submit(ResolveDoubt{"s1/~shift-1/1", "run-again", "again"}),
                     "the point of no return is past: act");
            QCOMPARE(drive.submit(ResolveDoubt{"s1/~shift-1/1", "skip", "it did not happen"}), "");
        }
        QCOMPARE(drive.release.at("~shift-1").attempt, 1);
    }
    void an_answer_to_a_doubt_aborts_only_what_can_be_aborted() {
        Driver drive = steps("      - {id: ask, confirm: Ask}\n"
                             "      - {id: tidy, run: [tidy], always: true, required: true}\n");
        drive.submit(Abort{"enough"});
        drive.prepare("tidy");
        (void)drive.submit(Unknown{"s1/tidy/1", "lost", ""}, engine);
        QVERIFY(drive.submit(ResolveDoubt{"s1/tidy/1", "skip", "no"}) != "");
        QCOMPARE(drive.submit(ResolveDoubt{"s1/tidy/1", "abort", "no"}), "clean-up is not aborted");
        QCOMPARE(drive.submit(ResolveDoubt{"s1/tidy/1", "run-again", "it did not happen"}), "");
        drive.done("tidy");
        QCOMPARE(drive.release.outcome, "aborted");
    }
    void what_is_all_done_is_not_aborted_by_an_answer_to_a_doubt() {
        std::string plan = plan_with(R"(phases:
  - {id: one, steps: [{id: act, run: [act]}, {id: say, notify: {to: ops, text: Done}}]}
rollback: {within: 2h after act, options: {back: {steps: [{id: see, confirm: See}]}}}
)");
        plan.insert(plan.find("arms:\n"), "  chat: {http: {url: 'http://chat'}}\nchannels: {ops: {on: chat}}\n");
        Driver drive(plan);
        drive.done("act");
        drive.prepare("say");
        (void)drive.submit(Unknown{"s1/say/1", "lost", ""}, engine);
        QVERIFY(drive.release.released.count != 0);
        QVERIFY(drive.submit(Abort{"enough"}) != "");
        QCOMPARE(drive.submit(ResolveDoubt{"s1/say/1", "abort", "no"}), "all of it is done: there is nothing to abort");
        QVERIFY(!drive.release.aborted);
    }
    void who_may_not_abort_does_not_by_an_answer_to_a_doubt() {
        Desk desk(policy_text(two_roles, "commands: {abort: [the-lead], skip: [owner], retry: [owner]}\n"),
                  plan_with("release: {type: major, environment: production}\nphases: [{id: m, steps: [{id: look, run: "
                            "[look]}, {id: go, approve: {roles: [owner]}}, {id: act, run: [act]}]}]\n"));
        QCOMPARE(desk.refusal, "");
        Intent intent;
        intent.step = "look";
        intent.attempt = 1;
        intent.operation = "s1/look/1";
        QCOMPARE(desk.submit(Prepared{intent}, engine), "");
        QCOMPARE(desk.submit(Unknown{"s1/look/1", "lost", ""}, engine), "");
        QVERIFY(desk.submit(Abort{"x"}, {"bob", "sre"}) != "");
        QVERIFY(desk.submit(ResolveDoubt{"s1/look/1", "abort", "x"}, {"bob", "sre"}) != "");
        QVERIFY(desk.submit(ResolveDoubt{"s1/look/1", "skip", "x"}, {"bob", "sre"}) != "");
        QVERIFY(desk.submit(ResolveDoubt{"s1/look/1", "run-again", "x"}, {"bob", "sre"}) != "");
        QVERIFY(!desk.release.aborted);
        QCOMPARE(desk.submit(ResolveDoubt{"s1/look/1", "happened", "x"}, {"bob", "sre"}), "");
    }
    void clean_up_that_has_sent_nothing_yet_sends_nothing_before_the_way_back_is_gone() {
        auto drive = whole(R"(phases:
  - {id: one, steps: [{id: lock, run: [lock], undo: {run: [unlock]}}, {id: tidy, run: [tidy], always: true}]}
rollback: {options: {back: {}}}
)");
        drive.done("lock");
        QCOMPARE(drive.status("tidy"), "running");
        drive.submit(RollBack{"", "", "broken"});
        QCOMPARE(drive.prepare("tidy"), "the step does not ask for this any more");
        drive.done("back/lock");
        drive.done("tidy");
        QCOMPARE(drive.release.outcome, "rolled-back");
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }
    void a_way_back_of_which_a_part_was_left_out_is_not_whole() {
        Driver drive = whole(R"(phases:
  - {id: one, steps: [{id: act, run: [act]}, {id: ask, confirm: Ask}]}
rollback: {options: {a: {steps: [{id: g, group: [{id: x, run: [x]}, {id: y, run: [y]}]}]}}}
)");
        drive.done("act");
        drive.submit(RollBack{"a", "", "broken"});
        drive.done("a/x");
        drive.prepare("a/y");
        drive.settle("a/y", false);
        QCOMPARE(drive.submit(Skip{"a/y", "no"}), "");
        QCOMPARE(drive.status("a/g"), "passed");
        QCOMPARE(drive.release.outcome, "rollback-incomplete");
    }
    void what_is_typed_elsewhere_is_not_asked_again_without_its_approval() {
        Driver drive = steps("      - {id: go, approve: {roles: [lead]}}\n"
                             "      - {id: type, external: drop it, valid-for: 1h}\n"
                             "      - {id: ask, confirm: Ask, needs: [go]}\n"
                             "      - {id: act, run: [act], needs: [type, ask]}\n");
        QCOMPARE(drive.submit(Approve{"go", false, ""}), "");
        QCOMPARE(drive.submit(Confirm{"type", "", false, ""}), "");
        std::string text = drive.release.plan->source;
        QCOMPARE(drive.submit(Amend{text.replace(text.find("A small plan"), 12, "Another plan"), "because"}), "");
        QCOMPARE(drive.status("go"), "awaiting a person");
        drive.pass(minutes(61));
        QCOMPARE(drive.release.at("type").attempt, 1);
        QCOMPARE(drive.submit(Approve{"go", false, ""}), "");
        QCOMPARE(drive.release.at("type").attempt, 2);
    }
    void what_was_approved_afterwards_is_approved_again_when_the_plan_is_amended() {
        Desk desk(policy_text(two_roles, glass),
                  plan_with("release: {type: major, environment: production}\nphases: [{id: m, steps: [{id: go, "
                            "approve: {roles: [owner]}}, {id: act, run: [act]}, {id: more, run: [more]}]}]\n"));
        QCOMPARE(desk.submit(BreakGlass{"go", "fire"}, {"dee", "lead"}), "");
        QCOMPARE(desk.approve({"ada", "owner"}), "");
        QCOMPARE(desk.approve({"bob", "sre"}), "");
        QVERIFY(owed_approvals(desk.release).empty());
        std::string text = desk.release.plan->source;
        QCOMPARE(desk.submit(Amend{text.replace(text.find("[more]"), 6, "[worse]"), "because"}, {"lena", "lead"}), "");
        QCOMPARE(desk.status("go"), "overridden"); // it goes on, as it did
        QCOMPARE(owed_approvals(desk.release).size(), 1u);
        QVERIFY(desk.release.at("go").glass->due == desk.now + hours(12));
        desk.done("act");
        desk.done("more");
        QCOMPARE(desk.release.outcome, "");
        QCOMPARE(desk.approve({"ada", "owner"}), "");
        QCOMPARE(desk.approve({"bob", "sre"}), "");
        QCOMPARE(desk.release.outcome, "done");
        QCOMPARE(replayed(desk.log), state_text(desk.release));
    }
    void it_is_not_done_while_a_tick_is_asked_for_again() {
        Driver drive = whole(R"(phases:
  - {id: one, steps: [{id: list, confirm: List, valid-for: 1h}]}
  - {id: two, steps: [{id: go, confirm: Go, needs: [list], not-before: list + 2h}]}
)");
        drive.submit(Confirm{"list", "", false, ""});
        drive.pass(minutes(61));
        QCOMPARE(drive.status("list"), "awaiting a person");
        drive.submit(Skip{"go", "no"});
        QCOMPARE(drive.release.outcome, "");
        QVERIFY(needs_person(drive.release));
        QCOMPARE(drive.submit(Confirm{"list", "", false, ""}), "");
        QCOMPARE(drive.release.outcome, "done");
    }
    void what_is_known_late_of_a_shift_does_not_move_traffic_back_there_data() {
        QTest::addColumn<bool>("came_about");
        QTest::addColumn<int>("green");
        QTest::newRow("the one after it came about") << true << 0;
        QTest::newRow("it failed, and the split was read then") << false << 20;
    }
    void what_is_known_late_of_a_shift_does_not_move_traffic_back_there() {
        QFETCH(bool, came_about);
        QFETCH(int, green);
        Driver drive = whole(R"(phases:
  - id: main
    steps:
      - {id: ready, confirm: Ready, makes-ready: green}
      - {id: to-50, shift: {edge: {green: 50}}}
rollback: {options: {back: {steps: [{id: all-blue, shift: {edge: {blue: 100}}}, {id: see, confirm: See}]}}}
)");
        drive.submit(Confirm{"ready", "", false, ""});
        drive.prepare("to-50", "", given_to(50));
        (void)drive.submit(Unknown{"s1/to-50/1", "lost", ""}, engine);
        drive.pass(seconds(1));
        drive.submit(RollBack{"", "", "broken"});
        drive.prepare("back/all-blue", "", given_to(0));
        Outcome back;
        back.settled = {drive.operation("back/all-blue"), came_about, "returned", "", nullptr, 0, ""};
        if (!came_about) {
            back.settled.result = {{"split", given_to(green)["weights"]}};
        }
        QCOMPARE(drive.submit(back, engine), "");
        QCOMPARE(drive.submit(ResolveDoubt{"s1/to-50/1", "happened", "it was at 50 for a minute"}), "");
        QCOMPARE(drive.release.split.at("edge").at("green"), green);
    }
    void a_window_that_opens_does_not_go_on_from_what_a_person_paused() {
        Driver drive = whole(R"(calendar: {allow: [{from: '07:00', to: '09:00'}], when-window-ends: pause}
phases:
  - {id: one, window: true, steps: [{id: s, confirm: Go on}, {id: act, run: [act]}]}
)");
        drive.pass(hours(2));
        QCOMPARE(drive.submit(Pause{"wait for the bank"}), "");
        QCOMPARE(drive.submit(Pause{"once more"}), "it is paused already");
        QCOMPARE(drive.release.paused_why, "wait for the bank");
        QCOMPARE(drive.submit(Continue{}), "the window of 'one' has ended");
        drive.submit(Confirm{"s", "", false, ""});
        drive.pass(hours(22)); // the window has opened
        QVERIFY(drive.release.paused);
        QCOMPARE(drive.status("act"), "to come");
        QCOMPARE(drive.submit(Continue{}), "");
        QCOMPARE(drive.status("act"), "running");
    }
    void the_plan_moves_no_traffic_while_a_shift_by_hand_is_in_doubt_data() {
        QTest::addColumn<bool>("again");
        QTest::newRow("at its first start") << false;
        QTest::newRow("at another attempt") << true;
    }
    void the_plan_moves_no_traffic_while_a_shift_by_hand_is_in_doubt() {
        QFETCH(bool, again);
        Driver drive = whole(R"(phases:
  - id: main
    steps:
      - {id: ready, confirm: Ready, makes-ready: green}
      - {id: to-25, shift: {edge: {green: 25}}}
      - {id: ask, confirm: Ask}
      - {id: to-50, shift: {edge: {green: 50}}}
)");
        drive.submit(Confirm{"ready", "", false, ""});
        drive.done("to-25", given_to(25));
        if (again) {
            drive.submit(Confirm{"ask", "", false, ""});
            drive.prepare("to-50");
            drive.settle("to-50", false);
        }
        by_hand(drive, 0);
        (void)drive.submit(Unknown{"s1/~shift-1/1", "lost", ""}, engine);
        if (again) {
            drive.submit(Retry{"to-50", ""});
        } else {
            drive.submit(Confirm{"ask", "", false, ""});
        }
        QCOMPARE(drive.status("to-50"), "waiting");
        QCOMPARE(drive.why("to-50"), "~shift-1 is in doubt: say first what became of it");
        QCOMPARE(drive.submit(ResolveDoubt{"s1/~shift-1/1", "happened", "it is at 0"}), "");
        QCOMPARE(drive.status("to-50"), "running");
        QCOMPARE(drive.release.at("to-50").attempt, again ? 2 : 1);
    }
    void what_has_fired_stays_to_be_seen_when_the_way_back_takes_the_traffic_off_its_arm() {
        Driver drive = whole(R"(phases:
  - id: main
    steps:
      - {id: ready, confirm: Ready, makes-ready: green}
      - {id: to-50, shift: {edge: {green: 50}}}
      - {id: ask, confirm: Ask}
rollback: {triggers: [{id: slow, metric: errors, must: '> 5%', mode: propose, grace: 5m}], options: {back: {steps: [{id: all-blue, shift: {edge: {blue: 100}}}, {id: see, confirm: See}]}}}
)");
        drive.submit(Confirm{"ready", "", false, ""});
        drive.done("to-50", given_to(50));
        drive.trigger("slow", "yes", "green");
        drive.pass(minutes(5));
        QCOMPARE(drive.release.rollback.trigger, "slow");
        drive.done("back/all-blue", given_to(0));
        QCOMPARE(drive.trigger_state("slow/green"), "fired");
    }
    void clean_up_waits_for_all_that_is_on_its_way_data() {
        QTest::addColumn<QString>("what");
        QTest::newRow("of a way back that was left") << "a/x";
        QTest::newRow("of a shift by hand") << "~shift-1";
    }
    void clean_up_waits_for_all_that_is_on_its_way() {
        QFETCH(QString, what);
        const std::string id = what.toStdString();
        Driver drive = id == "a/x" ? stuck(", {id: tidy, run: [tidy], always: true}")
                                   : shifted("      - {id: ask, confirm: Ask}\n      - {id: tidy, run: [tidy], always: "
                                             "true}\n");
        if (id == "a/x") {
            QCOMPARE(drive.submit(RollBack{"b", "", "a is stuck"}), "");
            drive.submit(Confirm{"b/z", "", false, ""});
        } else {
            by_hand(drive, 0);
            drive.submit(Abort{"enough"});
        }
        QCOMPARE(drive.status("tidy"), "to come");
        drive.settle(id, true);
        QCOMPARE(drive.status("tidy"), "running");
        drive.done("tidy");
        QVERIFY(drive.release.closed());
    }
    void the_deadline_of_a_hold_that_has_held_stands_still_in_a_pause_too() {
        Driver drive = steps("      - {id: soak, hold: {for: 10m, deadline: 20m, then: ask}, gates: [{metric: lag, "
                             "must: '< 5'}]}\n      - {id: end, confirm: End}\n");
        drive.gate("soak", "lag", "pass");
        drive.pass(minutes(10));
        drive.gate("soak", "lag", "pass");
        QCOMPARE(drive.status("soak"), "awaiting a person");
        drive.submit(Pause{"overnight"});
        drive.pass(hours(8));
        drive.submit(Continue{});
        drive.gate("soak", "lag", "fail");
        drive.tick();
        drive.pass(minutes(5));
        QCOMPARE(drive.status("soak"), "running");
        drive.pass(minutes(6));
        QCOMPARE(drive.status("soak"), "failed");
    }
    void clean_up_that_a_person_types_is_asked_for_once_the_way_back_is_gone() {
        auto drive = whole(R"(phases:
  - {id: one, steps: [{id: lock, run: [lock], undo: {run: [unlock]}}, {id: tidy, external: tidy up, always: true}]}
rollback: {options: {back: {}}}
)");
        drive.done("lock");
        QCOMPARE(drive.status("tidy"), "awaiting a person");
        drive.submit(RollBack{"", "", "broken"});
        QVERIFY(drive.submit(Confirm{"tidy", "", false, ""}) != "");
        drive.done("back/lock");
        QCOMPARE(drive.submit(Confirm{"tidy", "", false, ""}), "");
        QCOMPARE(drive.release.outcome, "rolled-back");
    }
};

SLUICE_TEST(DetourTest)
#include "detour_test.moc"
