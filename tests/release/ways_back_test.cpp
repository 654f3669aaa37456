#include "driver.h"
#include "release/schedule.h"
#include "release/ways_back.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

/// Three phases; `late` is preferred while the second, `full` is the default, `other` needs the ramp.
Driver three_ways(const std::string& ramp = "true", const std::string& trigger = "") {
    return Driver(plan_with(R"(phases:
  - {id: a, steps: [{id: one, confirm: One}]}
  - {id: b, steps: [{id: two, confirm: Two}]}
  - {id: c, steps: [{id: three, confirm: Three}]}
rollback:
  triggers: [)" + trigger + R"(]
  options:
    other: {available-if: {is: '${ramp}'}, steps: [{id: tell, confirm: Tell}]}
    full: {default: true, steps: [{id: tell, confirm: Tell}]}
    late: {default-while: b, steps: [{id: tell, confirm: Tell}]}
)"),
                  {{"ramp", ramp}});
}

std::string order(const Release& release) {
    std::string text;
    for (const auto* option : ranked_options(release)) {
        text += (text.empty() ? "" : " ") + option->id;
    }
    return text;
}

/// All done; the way back stays open for two hours after the only step.
Driver kept_open() {
    Driver drive(plan_with(R"(phases: [{id: main, steps: [{id: one, confirm: One}]}]
rollback:
  within: 2h after one
  triggers: [{id: slow, metric: lag, must: '> 100', for: 1m}]
  options: {back: {steps: [{id: tell, confirm: Tell}]}}
)"));
    (void)drive.submit(Confirm{"one", "", false, ""});
    return drive;
}

} // namespace

class WaysBackTest : public QObject {
    Q_OBJECT
private slots:
    void they_are_ranked_by_phase_and_by_what_is_available() {
        Driver drive = three_ways();
        QCOMPARE(order(drive.release), "full other late");
        (void)drive.submit(Confirm{"one", "", false, ""}); // b begins
        QCOMPARE(order(drive.release), "late full other");
        (void)drive.submit(Confirm{"two", "", false, ""});
        QCOMPARE(order(drive.release), "full other late");
        QCOMPARE(order(three_ways("false").release), "full late other");
    }

    void the_button_and_a_trigger_that_names_none_take_the_first() {
        Driver by_hand = three_ways();
        (void)by_hand.submit(Confirm{"one", "", false, ""});
        QCOMPARE(by_hand.submit(RollBack{"", "", "odd"}), "");
        QCOMPARE(by_hand.release.rollback.option, "late");

        Driver by_itself = three_ways("true", "{id: slow, metric: lag, must: '> 100', for: 0s}");
        (void)by_itself.submit(Confirm{"one", "", false, ""});
        by_itself.trigger("slow", "yes");
        QCOMPARE(by_itself.release.rollback.option, "late");
    }

    void what_is_not_available_is_never_what_the_button_does() {
        Driver drive(plan_with(R"(phases: [{id: a, steps: [{id: one, confirm: One}]}]
rollback:
  options:
    first: {default: true, available-if: {is: '${ramp}'}, steps: [{id: tell, confirm: Tell}]}
    second: {steps: [{id: tell, confirm: Tell}]}
)"),
                     {{"ramp", "false"}});
        QCOMPARE(default_option(drive.release)->id, "second");
        QCOMPARE(drive.submit(RollBack{}), "");
        QCOMPARE(drive.release.rollback.option, "second");
    }

    void readiness_is_that_of_the_default_one_now() {
        Driver drive = three_ways();
        (void)drive.submit(Readiness{"full", true, ""}, drill::engine);
        QVERIFY(default_ready(drive.release));
        (void)drive.submit(Confirm{"one", "", false, ""});
        QVERIFY(!default_ready(drive.release)); // late is not proven
        (void)drive.submit(Readiness{"late", true, ""}, drill::engine);
        QVERIFY(default_ready(drive.release));
        QCOMPARE(drive.count("rollback-readiness"), 2);
    }

    void when_all_is_done_the_session_stays_open_for_the_way_back() {
        Driver drive = kept_open();
        QVERIFY(!drive.release.closed());
        QCOMPARE(drive.count("released"), 1);
        QVERIFY(kept_open_until(drive.release, drive.now) == drive.now + hours(2));
        QCOMPARE(drive.trigger_state("slow"), "armed");
        drive.pass(hours(2) - seconds(1));
        QVERIFY(!drive.release.closed());
        drive.pass(seconds(1));
        QCOMPARE(drive.release.outcome, "done");
        QCOMPARE(drive.trigger_state("slow"), "disarmed");
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void meanwhile_a_trigger_still_rolls_back() {
        Driver drive = kept_open();
        drive.pass(hours(1));
        drive.trigger("slow", "yes");
        drive.pass(minutes(1));
        drive.trigger("slow", "yes");
        QVERIFY(drive.release.rollback.active);
        (void)drive.submit(Confirm{"back/tell", "", false, ""});
        QCOMPARE(drive.release.outcome, "rolled-back");
    }

    void a_person_may_close_it_before() {
        Driver drive = kept_open();
        QCOMPARE(drive.submit(Abort{"enough"}), "all of it is done: there is nothing to abort");
        QCOMPARE(drive.submit(CloseWayBack{""}), "this needs a reason");
        QCOMPARE(drive.submit(CloseWayBack{"the desk goes home"}), "");
        QCOMPARE(drive.release.outcome, "done");
        Driver early = three_ways();
        QCOMPARE(early.submit(CloseWayBack{"now"}), "the session is not kept open for a way back");
    }

    void where_there_is_no_way_back_any_more_nothing_is_kept_open() {
        Driver drive(plan_with(R"(phases:
  - id: main
    steps: [{id: one, confirm: One}, {id: two, confirm: Two, point-of-no-return: true}]
rollback: {within: 2h after one, options: {back: {steps: [{id: tell, confirm: Tell}]}}}
)"));
        (void)drive.submit(Confirm{"one", "", false, ""});
        (void)drive.submit(Confirm{"two", "", false, ""});
        QCOMPARE(drive.release.outcome, "done");
    }

    void it_counts_from_when_the_turn_of_its_step_came_data() {
        QTest::addColumn<QString>("ramp");
        QTest::addColumn<bool>("skipped");
        QTest::addColumn<QString>("told");
        QTest::newRow("done") << "true" << false << "to";
        QTest::newRow("skipped") << "true" << true << "the skipping of to";
        QTest::newRow("its condition is false") << "false" << false << "the place of to, which does not apply";
    }
    void it_counts_from_when_the_turn_of_its_step_came() {
        QFETCH(QString, ramp);
        QFETCH(bool, skipped);
        QFETCH(QString, told);
        Driver drive(plan_with(R"(phases:
  - id: main
    steps:
      - {id: one, confirm: One}
      - {id: to, confirm: To, when: {is: '${ramp}'}}
      - {id: two, confirm: Two}
      - {id: retire, confirm: Retire, not-before: to + 2h}
      - {id: other, confirm: Other, not-before: to + 3h}
rollback: {within: 2h after to, options: {back: {steps: [{id: tell, confirm: Tell}]}}}
)"),
                     {{"ramp", ramp.toStdString()}});
        drive.pass(minutes(10));
        QVERIFY(!way_back(drive.release)); // its turn has not come
        (void)drive.submit(Confirm{"one", "", false, ""});
        const Nanos came = drive.now;
        // Before it has ended it is as far as the plan tells: these steps take no time.
        QVERIFY(schedule(drive.release, drive.now).way_back->ends == came + hours(2));
        if (ramp == "true") {
            QCOMPARE(drive.submit(skipped ? Command(Skip{"to", "not today"}) : Command(Confirm{"to", "", false, ""})),
                     "");
        }
        QVERIFY(way_back(drive.release)->ends == came + hours(2));
        QCOMPARE(QString::fromStdString(counts_from(drive.release)), told);
        drive.pass(minutes(20));
        (void)drive.submit(Confirm{"two", "", false, ""});
        QVERIFY(way_back(drive.release)->ends == came + hours(2));
        QCOMPARE(drive.status("retire"), "waiting"); // as long as there is to be a way back
        QVERIFY(drive.release.at("retire").until == came + hours(2));
        drive.pass(hours(2) - minutes(20));
        QCOMPARE(drive.status("retire"), "awaiting a person");
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void of_a_step_without_such_a_promise_nothing_waits_where_it_does_not_apply() {
        Driver drive(plan_with(R"(phases:
  - id: main
    steps:
      - {id: to, confirm: To, when: {is: '${ramp}'}}
      - {id: two, confirm: Two, not-before: to + 2h}
rollback: {within: 2h after two, options: {back: {steps: [{id: tell, confirm: Tell}]}}}
)"),
                     {{"ramp", "false"}});
        QCOMPARE(drive.status("two"), "awaiting a person");
        (void)drive.submit(Confirm{"two", "", false, ""});
        QVERIFY(kept_open_until(drive.release, drive.now) == drive.now + hours(2));
    }

    void a_session_is_kept_open_too_where_that_step_does_not_apply() {
        Driver drive(plan_with(R"(phases:
  - id: main
    steps: [{id: to, confirm: To, when: {is: '${ramp}'}}, {id: two, confirm: Two}]
rollback: {within: 2h after to, options: {back: {steps: [{id: tell, confirm: Tell}]}}}
)"),
                     {{"ramp", "false"}});
        const Nanos came = drive.now;
        drive.pass(minutes(5));
        (void)drive.submit(Confirm{"two", "", false, ""});
        QVERIFY(kept_open_until(drive.release, drive.now) == came + hours(2));
        drive.pass(hours(2));
        QCOMPARE(drive.release.outcome, "done");
    }

    void a_session_that_is_taken_up_later_closes_then() {
        Driver drive = kept_open();
        drive.now += hours(3);
        (void)drive.submit(Resume{{"lena", "lead"}, ""});
        QCOMPARE(drive.release.outcome, "done");
    }
};

SLUICE_TEST(WaysBackTest)
#include "ways_back_test.moc"
