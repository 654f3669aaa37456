#include "driver.h"
#include "release/shift.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

const std::string& ramp() {
    static const std::string text = plan_with(R"(phases:
  - id: main
    steps:
      - {id: ready, confirm: Ready, makes-ready: green}
      - {id: to-10, shift: {edge: {green: 10}}}
      - {id: to-25, shift: {edge: {green: 25}}}
      - {id: bake, hold: {for: 10m, deadline: 3h}, gates: [{metric: lag, must: '< 10'}]}
      - {id: to-50, shift: {edge: {green: 50}}}
      - {id: to-100, shift: {edge: {green: 100}}}
      - {id: last, confirm: Last}
      - {id: retire, scale: {workload: shop/blue, replicas: '0'}, on: cluster, point-of-no-return: true}
      - {id: end, confirm: End}
rollback:
  options:
    back:
      default: true
      steps: [{id: all-blue, shift: {edge: {blue: 100}}}]
)");
    return text;
}

Json split(int green) {
    return {{"traffic", "edge"}, {"weights", {{"blue", 100 - green}, {"green", green}}}};
}

/// At 25 %, in the hold, with three minutes held.
Driver baking() {
    Driver drive(ramp());
    (void)drive.submit(Confirm{"ready", "", false, ""});
    drive.done("to-10", split(10));
    drive.done("to-25", split(25));
    drive.gate("bake", "lag", "pass");
    drive.pass(minutes(3));
    return drive;
}

QString shift(Driver& drive, int green, const std::string& reason = "errors look odd") {
    return QString::fromStdString(drive.submit(release::Shift{"edge", {{"green", green}}, reason}));
}

void settle(Driver& drive, const StepId& step, int green) {
    QCOMPARE(drive.prepare(step, "shop/canary", split(green)), "");
    QCOMPARE(drive.settle(step, true), "");
}

int green(const Driver& drive) {
    return drive.release.split.at("edge").at("green");
}

} // namespace

class ShiftTest : public QObject {
    Q_OBJECT
private slots:
    // What was carried out in part, or overtaken by somebody else, is told by what was read then.
    void a_shift_that_fails_leaves_the_split_that_was_read() {
        Driver drive = baking();
        QCOMPARE(shift(drive, 10), "");
        QCOMPARE(drive.prepare("~shift-1", "shop/canary", split(10)), "");
        Settled settled{"s1/~shift-1/1", false, "returned", "somebody else was at work", nullptr, 0, ""};
        settled.result = {{"split", {{"blue", 40}, {"green", 60}}}};
        QCOMPARE(drive.submit(Outcome{settled, {}, false, ""}), "");
        QCOMPARE(green(drive), 60);
        QCOMPARE(drive.submit(Shift{"edge", {{"green", 10}}, "as it was"}), "");
        QCOMPARE(drive.prepare("~shift-2", "shop/canary", split(10)), "");
        settled.operation = "s1/~shift-2/1";
        for (const Json& odd : {Json(nullptr), Json("x"), Json{{"split", 3}}, Json{{"split", {{"blue", 40}}}},
                                Json{{"split", {{"blue", 40}, {"red", 60}}}}}) {
            Driver other = drive;
            settled.result = odd;
            QCOMPARE(other.submit(Outcome{settled, {}, false, ""}), "");
            QCOMPARE(green(other), 60); // nothing was learnt
        }
    }

    void a_shift_back_by_hand_is_an_operation_of_its_own() {
        Driver drive = baking();
        QCOMPARE(shift(drive, 10), "");
        QCOMPARE(drive.last(), "shift-asked ~shift-1, hold-changed bake paused, step-started ~shift-1");
        QCOMPARE(drive.status("~shift-1"), "running");
        QCOMPARE(green(drive), 25); // commanded only once it has settled
        QCOMPARE(drive.prepare("~shift-1", "shop/canary", split(10)), "");
        QCOMPARE(drive.last(), "intent ~shift-1 s1/~shift-1/1");
        QCOMPARE(drive.settle("~shift-1", true), "");
        QCOMPARE(drive.last(), "settled s1/~shift-1/1, hold-changed bake restarted, step-finished ~shift-1 passed");
        QCOMPARE(green(drive), 10);
        QCOMPARE(drive.status("bake"), "running");
        QCOMPARE(QString::fromStdString(drill::replayed(drive.log)),
                 QString::fromStdString(drill::state_text(drive.release)));
    }

    void it_restarts_the_hold_that_runs() {
        Driver drive = baking();
        QCOMPARE(drive.held("bake"), 180.0);
        (void)shift(drive, 10);
        drive.gate("bake", "lag", "pass"); // while it is on its way nothing counts
        drive.pass(minutes(1));
        QCOMPARE(drive.held("bake"), 180.0);
        settle(drive, "~shift-1", 10);
        QCOMPARE(drive.held("bake"), 0.0);
        drive.gate("bake", "lag", "pass");
        drive.pass(minutes(9));
        drive.gate("bake", "lag", "pass");
        QCOMPARE(drive.status("bake"), "running");
        drive.pass(minutes(1));
        drive.gate("bake", "lag", "pass");
        QCOMPARE(drive.status("bake"), "passed");
        QCOMPARE(drive.status("to-50"), "running"); // and the plan goes on from where it was
    }

    void one_that_was_never_sent_leaves_the_hold_as_it_was() {
        Driver drive = baking();
        (void)shift(drive, 10);
        (void)drive.submit(Unprepared{"~shift-1", 1, "the cluster does not answer"}, drill::engine);
        QCOMPARE(drive.last(), "step-finished ~shift-1 failed");
        QCOMPARE(drive.status("bake"), "running");
        drive.gate("bake", "lag", "pass");
        drive.pass(minutes(1));
        QCOMPARE(drive.held("bake"), 240.0);
        QCOMPARE(shift(drive, 10), "");
        QCOMPARE(drive.status("~shift-2"), "running");
    }

    void where_it_may_go_data() {
        QTest::addColumn<QString>("from"); // what was done by hand before, from 25
        QTest::addColumn<int>("to");
        QTest::addColumn<QString>("refused");
        const QString not_reached = "forward by hand goes only to what a step of the plan has reached";
        QTest::newRow("back to a station") << "" << 10 << "";
        QTest::newRow("back to any weight") << "" << 3 << "";
        QTest::newRow("all the way back") << "" << 0 << "";
        QTest::newRow("nowhere") << "" << 25 << "it is so already: blue 75, green 25";
        QTest::newRow("forward") << "" << 50 << not_reached;
        QTest::newRow("forward to all") << "" << 100 << not_reached;
        QTest::newRow("forward again to what was reached") << "10" << 25 << "";
        QTest::newRow("forward to what was not") << "10" << 50 << not_reached;
        QTest::newRow("forward to what lies between") << "10" << 20 << not_reached;
        QTest::newRow("forward to what only a hand reached") << "7,0" << 7 << not_reached;
        QTest::newRow("forward from nothing") << "0" << 10 << "";
        QTest::newRow("too much") << "" << 120 << "120 % is not a weight";
    }
    void where_it_may_go() {
        QFETCH(QString, from);
        QFETCH(int, to);
        QFETCH(QString, refused);
        Driver drive = baking();
        for (const auto& weight : from.split(',', Qt::SkipEmptyParts)) {
            QCOMPARE(shift(drive, weight.toInt()), "");
            settle(drive, drive.release.shifts.back().planned.id, weight.toInt());
        }
        QCOMPARE(shift(drive, to), refused);
    }

    void what_it_needs() {
        Driver drive = baking();
        QCOMPARE(shift(drive, 10, ""), "this needs a reason");
        QCOMPARE(drive.submit(release::Shift{"nowhere", {{"green", 10}}, "x"}), "the plan has no split 'nowhere'");
        QCOMPARE(drive.submit(release::Shift{"edge", {{"red", 10}}, "x"}), "'red' is not an arm of this split");
        QCOMPARE(drive.submit(release::Shift{"edge", {{"green", 10}, {"blue", 10}}, "x"}),
                 "the weights sum to 20, not to 100");
        QCOMPARE(drive.submit(release::Shift{"edge", {{"green", 10}, {"blue", 90}}, "x"}), "");
    }

    void one_at_a_time() {
        Driver by_plan(ramp());
        (void)by_plan.submit(Confirm{"ready", "", false, ""});
        QCOMPARE(shift(by_plan, 0), "to-10 is moving the traffic now");
        Driver by_hand = baking();
        (void)shift(by_hand, 10);
        QCOMPARE(shift(by_hand, 0), "~shift-1 is moving the traffic now");
        (void)by_hand.prepare("~shift-1", "shop/canary", split(10));
        (void)by_hand.submit(Unknown{"s1/~shift-1/1", "no answer", ""}, drill::engine);
        QCOMPARE(shift(by_hand, 0), "~shift-1 is in doubt");
    }

    void not_while_rolled_back_nor_after_the_close() {
        Driver drive = baking();
        (void)drive.submit(RollBack{"", "", ""});
        QCOMPARE(shift(drive, 10), "it is being rolled back");
        drive.done("back/all-blue", split(0));
        QVERIFY(drive.release.closed());
        QCOMPARE(shift(drive, 10), "the session is closed: rolled-back");
    }

    void a_rollback_gives_up_one_that_was_not_sent_and_awaits_one_that_was() {
        Driver unsent = baking();
        (void)shift(unsent, 10);
        (void)unsent.submit(RollBack{"", "", ""});
        QCOMPARE(unsent.status("~shift-1"), "stopped");
        Driver sent = baking();
        (void)shift(sent, 10);
        (void)sent.prepare("~shift-1", "shop/canary", split(10));
        (void)sent.submit(RollBack{"", "", ""});
        QCOMPARE(sent.prepare("back/all-blue", "shop/canary", split(0)),
                 "operation s1/~shift-1/1 is still writing the same object");
        QCOMPARE(sent.settle("~shift-1", true), "");
        settle(sent, "back/all-blue", 0);
        QCOMPARE(green(sent), 0);
        QVERIFY(sent.release.closed());
    }

    void an_arm_that_is_gone_gets_nothing() {
        Driver drive = baking();
        drive.pass(minutes(7));
        drive.gate("bake", "lag", "pass");
        drive.done("to-50", split(50));
        drive.done("to-100", split(100));
        QCOMPARE(shift(drive, 50), "");
        settle(drive, "~shift-1", 50);
        QCOMPARE(shift(drive, 100), "");
        settle(drive, "~shift-2", 100);
        (void)drive.submit(Confirm{"last", "", false, ""});
        drive.done("retire", {{"workload", "shop/blue"}, {"replicas", "0"}});
        QVERIFY(!drive.release.ready_arms.contains("blue"));
        QCOMPARE(shift(drive, 50), "the point of no return is past: retire");
    }

    void a_pause_does_not_hold_it() {
        Driver drive = baking();
        (void)drive.submit(Pause{"look"});
        QCOMPARE(shift(drive, 10), "");
        settle(drive, "~shift-1", 10);
        QCOMPARE(green(drive), 10);
    }

    void the_four_answers_to_a_doubt_data() {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QString>("status");
        QTest::addColumn<int>("green");
        QTest::newRow("happened") << "happened"
                                  << "passed" << 10;
        QTest::newRow("run again") << "run-again"
                                   << "running" << 25;
        QTest::newRow("skip") << "skip"
                              << "skipped" << 25;
        QTest::newRow("abort") << "abort"
                               << "stopped" << 25;
    }
    void the_four_answers_to_a_doubt() {
        QFETCH(QString, answer);
        Driver drive = baking();
        (void)shift(drive, 10);
        (void)drive.prepare("~shift-1", "shop/canary", split(10));
        (void)drive.submit(Unknown{"s1/~shift-1/1", "the program ended before the answer", ""}, drill::engine);
        QCOMPARE(drive.status("~shift-1"), "in doubt");
        QVERIFY(needs_decision(drive.release));
        drive.gate("bake", "lag", "pass");
        QVERIFY(!drive.release.at("bake").hold.running); // nobody knows what the arms get
        QCOMPARE(drive.submit(ResolveDoubt{"s1/~shift-1/1", answer.toStdString(), "I looked"}), "");
        QTEST(drive.status("~shift-1"), "status");
        QTEST(green(drive), "green");
        QCOMPARE(drive.held("bake"), 0.0);
        QCOMPARE(drive.release.aborted, answer == "abort");
        QCOMPARE(QString::fromStdString(drill::replayed(drive.log)),
                 QString::fromStdString(drill::state_text(drive.release)));
    }

    void a_doubt_keeps_the_release_from_being_done() {
        Driver drive(plan_with(R"(phases:
  - id: main
    steps:
      - {id: ready, confirm: Ready, makes-ready: green}
      - {id: to-10, shift: {edge: {green: 10}}}
      - {id: last, confirm: Last}
)"));
        (void)drive.submit(Confirm{"ready", "", false, ""});
        drive.done("to-10", split(10));
        QCOMPARE(shift(drive, 0), "");
        (void)drive.prepare("~shift-1", "shop/canary", split(0));
        (void)drive.submit(Unknown{"s1/~shift-1/1", "no answer", ""}, drill::engine);
        (void)drive.submit(Confirm{"last", "", false, ""});
        QVERIFY(!drive.release.closed());
        QVERIFY(needs_person(drive.release));
        QCOMPARE(drive.submit(ResolveDoubt{"s1/~shift-1/1", "happened", "I looked"}), "");
        QCOMPARE(QString::fromStdString(drive.release.outcome), "done");
        QCOMPARE(green(drive), 0);
    }

    void what_was_read_back_as_not_happened_is_sent_again() {
        Driver drive = baking();
        (void)shift(drive, 10);
        (void)drive.prepare("~shift-1", "shop/canary", split(10));
        QCOMPARE(drive.settle("~shift-1", false, true), "");
        QCOMPARE(drive.release.at("~shift-1").attempt, 2);
        settle(drive, "~shift-1", 10);
        QCOMPARE(green(drive), 10);
    }

    void the_stations_of_a_plan_are_where_it_stops() {
        const Driver drive = baking();
        std::vector<int> weights;
        for (const auto& one : stations(*drive.release.plan, "edge")) {
            weights.push_back(one.at("green"));
        }
        QCOMPARE(weights, (std::vector<int>{0, 10, 25, 50, 100}));
    }

    void its_json_is_read_back() {
        const Json json = {{"do", "shift"}, {"traffic", "edge"}, {"weights", {{"green", 10}}}, {"reason", "odd"}};
        const auto command = command_from_json(json);
        QVERIFY(command.has_value());
        QCOMPARE(QString::fromStdString(to_json(*command).dump()), QString::fromStdString(json.dump()));
        for (const Json& wrong : {Json(), Json::object(), Json{{"green", 101}}, Json{{"green", 1.5}}, Json("green")}) {
            Json bad = json;
            bad["weights"] = wrong;
            QVERIFY(!command_from_json(bad).has_value());
        }
    }

    void the_log_says_who_moved_what_and_why() {
        Driver drive = baking();
        (void)shift(drive, 10);
        const Body body = drive.all<ShiftAsked>().front();
        QCOMPARE(QString::fromStdString(describe(body)), "Shift by hand: edge to blue 90, green 10: errors look odd");
        QCOMPARE(QString::fromStdString(actor_of(body)), "lena");
    }
};

SLUICE_TEST(ShiftTest)
#include "shift_test.moc"
