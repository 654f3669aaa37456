#include "release/standstill.h"

#include "driver.h"
#include "support/suite.h"

#include "base/instant.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

QString told(const Driver& drive, bool attended) {
    const auto error = standstill(drive.release, drive.now, attended);
    return error ? QString::fromStdString(error->where + ": " + error->what) : QString();
}

} // namespace

class StandstillTest : public QObject {
    Q_OBJECT
private slots:
    void what_nothing_brings_is_told_with_who_waits_for_it_data() {
        QTest::addColumn<QString>("plan"); // calendar and phases
        QTest::addColumn<int>("hours");    // that have passed
        QTest::addColumn<QString>("unattended");
        QTest::addColumn<QString>("attended");
        const QString night = "calendar: {allow: [{%1, from: '02:00', to: '04:00'}]%2}\nphases:\n";
        const QString weekly = night.arg("days: [tue]"), once = night.arg("dates: [2026-01-06]");
        const QString go = "  - {id: switch, window: true, steps: [{id: go, confirm: Go}]}\n";
        const QString all_by_itself = "  - {id: switch, window: true, steps: [{id: bake, wait: 1h}]}\n";
        const QString over = ": nothing goes on by itself any more: ";
        const auto row = [](const char* name, const QString& plan, int hours, const QString& unattended,
                            const QString& attended) {
            QTest::newRow(name) << plan << hours << unattended << attended;
        };
        const QString never = "phase late" + over + "it waits: no window within 400 days is as long as its planned 3h";
        row("a phase that fits no window",
            weekly.arg("") + "  - {id: late, window: true, planned: 3h, steps: [{id: a, confirm: A}]}\n", 1, never,
            never);
        row("a phase that fits the next one",
            night.arg("days: [wed]").arg("") +
                "  - {id: late, window: true, planned: 2h, steps: [{id: a, confirm: A}]}\n",
            1, "", "");
        const QString gone = "phase second" + over + "it waits: outside of: 02:00 to 04:00 UTC, 2026-01-06";
        row("a window that has gone by",
            once.arg("") + "  - {id: first, steps: [{id: a, wait: 3h}]}\n"
                           "  - {id: second, window: true, steps: [{id: b, confirm: B}]}\n",
            3, gone, gone);
        const QString nobody = "step go" + over + "nobody gives the answer that it asks for";
        row("a question", weekly.arg("") + go, 3, nobody, "");
        row("a question while the window ends yet", weekly.arg("") + go, 1, "", "");
        row("a window that ends and opens again", weekly.arg(", when-window-ends: pause") + go, 3, "", "");
        row("a window that ends for good", once.arg(", when-window-ends: pause") + go, 3,
            "phase switch" + over + "its window has ended, and none opens within 400 days", "");
        row("a window whose end asks", weekly.arg(", when-window-ends: ask") + go, 3,
            "phase switch" + over + "its window has ended, and only a person says that it goes on", "");
        row("and that has opened again", weekly.arg(", when-window-ends: ask") + go, 24 * 7 + 1,
            "phase switch" + over + "its window has ended, and only a person says that it goes on", "");
        row("a wait that ends", weekly.arg("") + all_by_itself, 0, "", "");
        row("a wait for a calendar that is over",
            "calendar: {allow: [{dates: [2025-12-24]}]}\nphases: [{id: one, steps: [{id: w, wait: {window: true}}]}]\n",
            1, "step w" + over + "it waits for the calendar, which does not open within 400 days",
            "step w" + over + "it waits for the calendar, which does not open within 400 days");
        row("a hold", "phases: [{id: one, steps: [{id: h, hold: 1h, gates: [{metric: lag, must: '< 1'}]}]}]\n", 0, "",
            "");
        row("a reading that may come",
            "phases: [{id: one, steps: [{id: a, confirm: A, when: {metric: lag, must: '< 1'}}]}]\n", 1, "", "");
        row("a condition that has no end",
            "phases: [{id: one, steps: [{id: w, wait: {until: {metric: lag, must: '< 1'}}}]}]\n", 1, "", "");
        row("a program", "phases: [{id: one, steps: [{id: r, run: [x], rehearse: {}}]}]\n", 1, "", "");
    }
    void what_nothing_brings_is_told_with_who_waits_for_it() {
        QFETCH(QString, plan);
        QFETCH(int, hours);
        Driver drive(plan_with(plan.toStdString()), {{"ramp", "true"}},
                     parse_instant("2026-01-06T02:00:00Z", {}).value());
        drive.pass(sluice::hours(hours));
        QTEST(told(drive, false), "unattended");
        QTEST(told(drive, true), "attended");
    }

    void whoever_pauses_goes_on() {
        Driver drive = drill::steps("      - {id: go, confirm: Go}\n");
        (void)drive.submit(Pause{"coffee"});
        QCOMPARE(told(drive, false), "");
    }

    void what_failed_is_a_person_s() {
        Driver drive = drill::steps("      - {id: go, confirm: Go}\n");
        (void)drive.submit(Confirm{"go", "", true, "no"});
        QCOMPARE(told(drive, false), "");
    }

    void what_is_over_stands_still_for_good() {
        Driver drive = drill::steps("      - {id: go, confirm: Go}\n");
        (void)drive.submit(Confirm{"go", "", false, ""});
        QVERIFY(drive.release.closed());
        QCOMPARE(told(drive, false), "");
    }
};

SLUICE_TEST(StandstillTest)
#include "standstill_test.moc"
