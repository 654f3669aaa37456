#include "driver.h"
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

    void a_session_that_is_taken_up_later_closes_then() {
        Driver drive = kept_open();
        drive.now += hours(3);
        (void)drive.submit(Resume{{"lena", "lead"}, ""});
        QCOMPARE(drive.release.outcome, "done");
    }
};

SLUICE_TEST(WaysBackTest)
#include "ways_back_test.moc"
