/// An arm that serves is not taken away.
#include "driver.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

/// The way to 100 % stands between; `full` says whether it applies.
Driver at_25(const std::string& full) {
    Driver drive(plan_with(R"(phases:
  - id: main
    steps:
      - {id: ready, confirm: Ready, makes-ready: green}
      - {id: to-25, shift: {edge: {green: 25}}}
      - {id: to-100, when: {is: '${ramp}'}, shift: {edge: {green: 100}}}
      - {id: retire, scale: {workload: shop/blue, replicas: '0'}, on: cluster, not-before: to-100 + 10m}
      - {id: end, confirm: End}
rollback: {options: {back: {steps: [{id: all-blue, shift: {edge: {blue: 100}}}]}}}
)"),
                 {{"ramp", full}});
    (void)drive.submit(Confirm{"ready", "", false, ""});
    drive.done("to-25", {{"traffic", "edge"}, {"weights", {{"blue", 75}, {"green", 25}}}});
    return drive;
}

const QString hindered = "blue has 75 % of edge: shift it away first, or set the gate 'traffic' aside";

} // namespace

class RetireTest : public QObject {
    Q_OBJECT
private slots:
    void it_waits_while_the_arm_has_traffic_data() {
        QTest::addColumn<QString>("ramp");
        QTest::newRow("the shift does not apply") << "false";
        QTest::newRow("the shift was left out by a person") << "true";
    }
    void it_waits_while_the_arm_has_traffic() {
        QFETCH(QString, ramp);
        Driver drive = at_25(ramp.toStdString());
        if (ramp == "true") {
            drive.prepare("to-100");
            drive.settle("to-100", false);
            QCOMPARE(drive.submit(Skip{"to-100", "the driver is broken"}), "");
            drive.pass(minutes(11));
        }
        QCOMPARE(drive.status("retire"), "waiting");
        QCOMPARE(drive.why("retire"), hindered);
        drive.pass(hours(2));
        QCOMPARE(drive.status("retire"), "waiting");
    }

    void it_follows_what_a_person_shifts() {
        Driver drive = at_25("false");
        // Back is allowed freely: all of it to blue, and then green may go, but never blue.
        QCOMPARE(drive.submit(release::Shift{"edge", {{"green", 0}}, "back to where it was"}), "");
        QCOMPARE(
            drive.prepare("~shift-1", "shop/canary", {{"traffic", "edge"}, {"weights", {{"blue", 100}, {"green", 0}}}}),
            "");
        QCOMPARE(drive.settle("~shift-1", true), "");
        QVERIFY(drive.why("retire").startsWith("blue has 100 % of edge"));
    }

    void a_person_can_set_that_aside() {
        Driver drive = at_25("false");
        QVERIFY(drive.submit(Override{"retire", "lag", "it is empty"}).find("no gate") != std::string::npos);
        QCOMPARE(drive.submit(Override{"retire", "traffic", "the edge is off"}), "");
        QCOMPARE(drive.status("retire"), "running");
    }

    void a_way_back_does_not_take_away_what_serves_either() {
        Driver drive(plan_with(R"(phases:
  - id: main
    steps:
      - {id: room, scale: {workload: shop/green, replicas: '2'}, on: cluster, undo: {scale: {workload: shop/green, replicas: '0'}}}
      - {id: ready, confirm: Ready, makes-ready: green}
      - {id: to-25, shift: {edge: {green: 25}}, undo: {shift: {edge: {green: 0}}}}
      - {id: end, confirm: End}
rollback: {options: {undo: {title: All}}}
)"));
        drive.done("room");
        (void)drive.submit(Confirm{"ready", "", false, ""});
        drive.done("to-25", {{"traffic", "edge"}, {"weights", {{"blue", 75}, {"green", 25}}}});
        QCOMPARE(drive.submit(RollBack{"", "", "odd"}), "");
        drive.prepare("undo/to-25");
        drive.settle("undo/to-25", false);
        QCOMPARE(drive.submit(Skip{"undo/to-25", "by hand"}), "");
        QCOMPARE(drive.status("undo/room"), "waiting");
        QVERIFY(drive.why("undo/room").startsWith("green has 25 % of edge"));
    }
};

SLUICE_TEST(RetireTest)
#include "retire_test.moc"
