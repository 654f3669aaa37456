#include "driver.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;

class StopTest : public QObject {
    Q_OBJECT
private slots:
    void a_program_that_hangs_is_ended_and_a_person_goes_on() {
        Driver drive = drill::steps("      - {id: act, run: [act], retry: {times: 3, every: 10s}}\n");
        QCOMPARE(drive.submit(Stop{"act", "it hangs"}), "it is about to start: there is nothing to stop yet");
        drive.prepare("act");
        QVERIFY(programs_to_end(drive.release).empty());
        QCOMPARE(drive.submit(Stop{"act", ""}), "this needs a reason");
        QCOMPARE(drive.submit(Stop{"act", "it hangs"}), "");
        QVERIFY(programs_to_end(drive.release) == std::vector<OperationId>{drive.operation("act")});
        QCOMPARE(drive.submit(Stop{"act", "it still hangs"}), "it is being ended already");
        drive.settle("act", false);
        QCOMPARE(drive.status("act"), "failed"); // not tried again by itself
        QVERIFY2(drive.why("act").endsWith("; stopped by lena: it hangs"), qPrintable(drive.why("act")));
        QCOMPARE(drive.submit(Retry{"act", "with another host"}), "");
        QCOMPARE(drive.status("act"), "running");
        drive.prepare("act");
        QVERIFY(programs_to_end(drive.release).empty()); // that was the attempt before
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void one_that_ends_well_all_the_same_has_ended_well() {
        Driver drive = drill::steps("      - {id: act, run: [act]}\n");
        drive.prepare("act");
        (void)drive.submit(Stop{"act", "it hangs"});
        drive.settle("act", true);
        QCOMPARE(drive.status("act"), "passed");
    }

    void a_probe_is_not_asked_any_more() {
        Driver drive = drill::steps("      - {id: look, probe: {metric: lag, must: '< 5'}, until: 5m}\n");
        QCOMPARE(drive.submit(Stop{"look", "it never will"}), "");
        QCOMPARE(drive.status("look"), "failed");
        drive.answer("look", true); // comes too late
        QCOMPARE(drive.status("look"), "failed");
    }

    void nothing_else_is_stopped_half_way_data() {
        QTest::addColumn<QString>("step");
        QTest::addColumn<QString>("why");
        QTest::newRow("a person is awaited") << "confirm: Go on"
                                             << "the step is awaiting a person";
        QTest::newRow("a wait") << "wait: 1h"
                                << "a wait is not stopped half-way";
        QTest::newRow("a shift") << "scale: {workload: shop/green, replicas: 3}, on: cluster"
                                 << "a scale is not stopped half-way";
    }
    void nothing_else_is_stopped_half_way() {
        QFETCH(QString, step);
        Driver drive = drill::steps("      - {id: s, " + step.toStdString() + "}\n");
        QTEST(QString::fromStdString(drive.submit(Stop{"s", "it hangs"})), "why");
    }
};

SLUICE_TEST(StopTest)
#include "stop_test.moc"
