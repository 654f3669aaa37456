#include "driver.h"
#include "support/suite.h"

#include "base/instant.h"
#include "plan/includes.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

Nanos at(const char* text) {
    return parse_instant(text, {}).value();
}

/// Tuesday nights from 02:00 to `to`.
std::string until(const std::string& to, const std::string& more = "") {
    return plan_with("calendar: {allow: [{days: [tue], from: '02:00', to: '" + to + "'}]" + more +
                     ", when-window-ends: pause}\nphases:\n  - {id: switch, window: true, steps: [{id: go, confirm: "
                     "Go}, {id: after, confirm: After}]}\n");
}

Driver begun_in_window(const char* when) {
    return Driver(until("04:00"), {{"ramp", "true"}}, at(when));
}

const char* const tuesday = "2026-01-06T02:00:00Z";

} // namespace

class AmendWindowTest : public QObject {
    Q_OBJECT
private slots:
    void a_longer_window_holds_for_what_is_under_way() {
        Driver drive = begun_in_window(tuesday);
        drive.pass(hours(1));
        QCOMPARE(drive.submit(Amend{until("06:00"), "the business agreed", {}}), "");
        QCOMPARE(utc(drive.release.phases.at("switch").window_ends), "2026-01-06T06:00:00.000Z");
        drive.pass(hours(2)); // 05:00
        QVERIFY(!drive.release.paused);
        QCOMPARE(drive.count("window-ended"), 0);
        drive.pass(hours(2)); // 07:00
        QVERIFY(drive.release.paused);
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void a_shorter_one_ends_at_once_where_its_end_is_past() {
        Driver drive = begun_in_window(tuesday);
        drive.pass(hours(1));
        QCOMPARE(drive.submit(Amend{until("02:30"), "the bank is back early", {}}), "");
        QVERIFY(drive.release.paused);
        QCOMPARE(drive.release.paused_why, "the window of switch has ended");
        QCOMPARE(utc(drive.release.phases.at("switch").window_opens), "2026-01-13T02:00:00.000Z");
        // and opens when the plan's next text says so
        QCOMPARE(drive.submit(Amend{until("05:00"), "it isn't", {}}), "");
        QVERIFY(!drive.release.paused);
        QCOMPARE(drive.count("window-reopened"), 1);
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void what_waits_for_its_window_asks_the_new_calendar() {
        Driver drive = begun_in_window("2026-01-06T04:10:00Z");
        QVERIFY(drive.release.phases.at("switch").status == PhaseState::Status::waiting);
        QCOMPARE(drive.submit(Amend{until("06:00"), "we got two more hours", {}}), "");
        QVERIFY(drive.release.phases.at("switch").status == PhaseState::Status::running);
    }

    void the_files_that_a_plan_names_are_part_of_what_changes() {
        Driver drive = begun_in_window("2026-01-05T20:00:00Z"); // Monday
        const std::string source = until("04:00", ", deny: [{dates: holidays.txt}]");
        const plan::Includes epiphany = {{"holidays.txt", "2026-01-06 Epiphany\n"}};
        QVERIFY(QString::fromStdString(drive.submit(Amend{source, "a holiday", {}})).contains("holidays.txt"));
        QCOMPARE(drive.submit(Amend{source, "a holiday", epiphany}), "");
        const auto amended = drive.all<PlanAmended>();
        QVERIFY((amended.back().changes ==
                 std::vector<std::string>{"the plan's calendar changed", "file holidays.txt added"}));
        QCOMPARE(amended.back().plan_digest, plan::digest(source, epiphany));
        drive.pass(hours(8)); // Tuesday 04:00
        QCOMPARE(utc(drive.release.phases.at("switch").until), "2026-01-13T02:00:00.000Z");
        QCOMPARE(drive.submit(Amend{source, "no holiday here", {{"holidays.txt", "2026-01-07 Ours\n"}}}), "");
        QVERIFY((drive.all<PlanAmended>().back().changes == std::vector<std::string>{"file holidays.txt changed"}));
        QVERIFY(drive.all<PlanAmended>().back().diff.find("-2026-01-06 Epiphany") != std::string::npos);
        QCOMPARE(drive.submit(Amend{source, "again", {{"holidays.txt", "2026-01-07 Ours\n"}}}),
                 "the new plan does not differ");
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }
};

SLUICE_TEST(AmendWindowTest)
#include "amend_window_test.moc"
