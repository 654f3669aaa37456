#include "driver.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

const char* const a_way_back = R"(
  options:
    back: {default: true, steps: [{id: tell, confirm: Tell}]}
    on-ramp: {available-if: {is: '${ramp}'}, steps: [{id: tell, confirm: Tell}]}
)";

/// Three confirms, a point of no return last; these triggers.
std::string guarded(const std::string& triggers) {
    return plan_with(R"(phases:
  - id: main
    steps:
      - {id: one, confirm: One}
      - {id: two, confirm: Two}
      - {id: three, confirm: Three}
      - {id: last, confirm: Last, point-of-no-return: true}
rollback:
  triggers: [)" + triggers +
                     "]" + a_way_back);
}

std::string errors(const std::string& more) {
    return "{id: errors, metric: errors, arm: green, must: '> 5%', for: 1m" + more + "}";
}

void confirm(Driver& drive, const char* step) {
    (void)drive.submit(Confirm{step, "", false, ""});
}

} // namespace

class TriggerTest : public QObject {
    Q_OBJECT
private slots:
    void it_is_armed_from_one_step_until_another() {
        Driver drive(guarded(errors(", from: one, until: three")));
        QCOMPARE(drive.trigger_state("errors"), "");
        drive.trigger("errors", "yes");
        QCOMPARE(drive.trigger_state("errors"), "");
        confirm(drive, "one");
        QCOMPARE(drive.trigger_state("errors"), "armed");
        drive.trigger("errors", "yes");
        QCOMPARE(drive.trigger_state("errors"), "pending");
        confirm(drive, "two"); // three starts
        QCOMPARE(drive.trigger_state("errors"), "disarmed");
        drive.pass(minutes(5));
        drive.trigger("errors", "yes");
        QVERIFY(!drive.release.rollback.active);
    }

    void when_its_last_step_does_not_apply_the_next_one_ends_it_data() {
        QTest::addColumn<QString>("until");
        QTest::newRow("one that does not apply, and another after it") << "three";
        QTest::newRow("the one that comes next then") << "four";
    }
    void when_its_last_step_does_not_apply_the_next_one_ends_it() {
        QFETCH(QString, until);
        Driver drive(plan_with(R"(phases:
  - id: main
    steps:
      - {id: one, confirm: One}
      - {id: two, confirm: Two}
      - {id: three, confirm: Three, when: {is: '${ramp}'}}
      - {id: four, confirm: Four}
      - {id: five, confirm: Five}
rollback:
  triggers: [)" + errors(", from: one, until: " + until.toStdString()) +
                               "]" + a_way_back),
                     {{"ramp", "false"}});
        confirm(drive, "one");
        QCOMPARE(drive.trigger_state("errors"), "armed");
        confirm(drive, "two");
        QCOMPARE(drive.status("three"), "not applicable");
        QCOMPARE(drive.status("four"), "awaiting a person");
        QCOMPARE(drive.trigger_state("errors"), "disarmed");
    }

    void when_nothing_after_its_last_step_applies_it_ends_with_that() {
        Driver drive(plan_with(R"(phases:
  - id: main
    steps:
      - {id: one, confirm: One}
      - {id: two, confirm: Two}
      - {id: beside, confirm: Beside, needs: one}
      - {id: last, confirm: Last, when: {is: '${ramp}'}, needs: one}
rollback:
  triggers: [)" + errors(", from: one, until: last") +
                               "]" + a_way_back),
                     {{"ramp", "false"}});
        confirm(drive, "one");
        QCOMPARE(drive.status("last"), "not applicable");
        QCOMPARE(drive.trigger_state("errors"), "");
    }

    void it_is_armed_at_the_start_unless_it_says_from() {
        Driver drive(guarded(errors("")));
        QCOMPARE(drive.trigger_state("errors"), "armed");
    }

    void when_its_first_step_does_not_apply_the_next_one_arms_it() {
        Driver drive(plan_with(R"(phases:
  - id: main
    steps:
      - {id: one, confirm: One}
      - {id: two, confirm: Two, when: {is: '${ramp}'}}
      - {id: three, confirm: Three}
      - {id: four, confirm: Four}
rollback:
  triggers: [)" + errors(", from: two") +
                               "]" + a_way_back),
                     {{"ramp", "false"}});
        confirm(drive, "one");
        QCOMPARE(drive.status("two"), "not applicable");
        QCOMPARE(drive.trigger_state("errors"), "");
        confirm(drive, "three");
        QCOMPARE(drive.trigger_state("errors"), "armed");
    }

    void past_a_point_of_no_return_it_is_disarmed() {
        Driver drive(guarded(errors("")));
        for (const char* step : {"one", "two", "three", "last"}) {
            QCOMPARE(drive.trigger_state("errors"),
                     "armed"); // while the last waits for its person nothing has happened
            confirm(drive, step);
        }
        QCOMPARE(drive.trigger_state("errors"), "disarmed");
    }

    void what_acts_passes_the_point_as_it_starts() {
        Driver drive(plan_with("phases: [{id: main, steps: [{id: one, confirm: One}, {id: drop, run: [drop], "
                               "point-of-no-return: true}]}]\nrollback:\n  triggers: [" +
                               errors("") + "]" + a_way_back));
        confirm(drive, "one");
        QCOMPARE(drive.status("drop"), "running");
        QCOMPARE(drive.trigger_state("errors"), "disarmed");
    }

    void what_asks_a_person_passes_the_point_by_the_answer_data() {
        QTest::addColumn<QString>("step");
        QTest::addColumn<QString>("says"); // what is said of it, one after the other
        QTest::addColumn<bool>("past");
        const auto row = [](const char* name, const char* step, const char* says, bool past) {
            QTest::newRow(name) << step << says << past;
        };
        row("nobody has answered", "confirm: Drop it", "", false);
        row("confirmed", "confirm: Drop it", "confirm", true);
        row("refused", "confirm: Drop it", "refuse", false);
        row("refused, asked again, and confirmed", "confirm: Drop it", "refuse retry confirm", true);
        row("skipped", "confirm: Drop it", "skip", false);
        row("confirmed, and asked again since it has grown old", "confirm: Drop it, valid-for: 1m", "confirm wait",
            true);
        row("stated", "attest: It is dropped", "attest", true);
        row("typed elsewhere", "external: {command: drop it}", "confirm", true);
        row("typed elsewhere, and read back", "external: {command: drop it}, verify: {run: [is, it, gone]}", "confirm",
            true);
        row("approved by one of two", "approve: {roles: [sre, owner], quorum: 2}", "sre", false);
        row("approved", "approve: {roles: [sre, owner], quorum: 2}", "sre owner", true);
        row("decided",
            "decide: {text: Drop it, choices: [{id: go-on, steps: [{id: go, confirm: Go}]}, {id: leave, steps: [{id: "
            "left, confirm: Left}]}]}",
            "go-on", true);
    }
    void what_asks_a_person_passes_the_point_by_the_answer() {
        QFETCH(QString, step);
        QFETCH(QString, says);
        QFETCH(bool, past);
        Driver drive(plan_with("phases: [{id: main, steps: [{id: drop, " + step.toStdString() +
                               ", point-of-no-return: true}, {id: hours, confirm: Hours, needs: []}, {id: after, "
                               "confirm: After, needs: [drop, hours]}]}]\nrollback:\n  triggers: [" +
                               errors("") + "]" + a_way_back));
        for (const QString& one : says.split(u' ', Qt::SkipEmptyParts)) {
            const std::string word = one.toStdString();
            if (word == "wait") {
                drive.pass(minutes(2));
                QCOMPARE(drive.status("drop"), "awaiting a person");
                continue;
            }
            QCOMPARE(drive.trigger_state("errors"), "armed");
            QCOMPARE(word == "confirm"  ? drive.submit(Confirm{"drop", "", false, ""})
                     : word == "refuse" ? drive.submit(Confirm{"drop", "", true, "not yet"})
                     : word == "retry"  ? drive.submit(Retry{"drop", "now"})
                     : word == "skip"   ? drive.submit(Skip{"drop", "not this time"})
                     : word == "attest" ? drive.submit(Attest{"drop", "", false, ""})
                     : word == "go-on"  ? drive.submit(Decide{"drop", "go-on", ""})
                                        : drive.submit(Approve{"drop", false, ""}, {word, word}),
                     "");
        }
        QCOMPARE(no_return_since(drive.release) != nullptr, past);
        QCOMPARE(drive.trigger_state("errors"), past ? "disarmed" : "armed");
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void an_approval_that_lapses_takes_the_point_back() {
        Driver drive(plan_with("phases: [{id: main, steps: [{id: go, approve: {roles: [sre]}, valid-for: 1m, "
                               "point-of-no-return: true}, {id: hours, confirm: Hours, needs: []}, {id: drop, run: "
                               "[drop], needs: [go, hours]}]}]\n"
                               "rollback:\n  triggers: [" +
                               errors("") + "]" + a_way_back));
        QCOMPARE(drive.submit(Approve{"go", false, ""}, {"sam", "sre"}), "");
        QCOMPARE(drive.trigger_state("errors"), "disarmed");
        drive.pass(minutes(2)); // what it was for has not begun
        QCOMPARE(drive.status("go"), "awaiting a person");
        QCOMPARE(drive.trigger_state("errors"), "armed");
    }

    void an_abort_disarms_it_and_so_does_the_end() {
        Driver aborted(guarded(errors("")));
        (void)aborted.submit(Abort{"no"});
        QCOMPARE(aborted.last(),
                 "aborted, step-finished one stopped, trigger-changed errors disarmed, session-closed aborted");
        Driver ended(plan_with("phases: [{id: main, steps: [{id: one, confirm: One}]}]\nrollback:\n  triggers: [" +
                               errors("") + "]" + a_way_back));
        confirm(ended, "one");
        QVERIFY(ended.last().endsWith("trigger-changed errors disarmed, session-closed done"));
    }

    void it_fires_when_true_without_a_break_for_exactly_so_long_data() {
        QTest::addColumn<QString>("truths"); // a letter each 10 s; y n - ! (source error)
        QTest::addColumn<int>("fired");      // s after the first letter; -1 = never
        QTest::newRow("true all the time") << "yyyyyyyyyy" << 60;
        QTest::newRow("a break") << "yyyyyynyyyyyyyyyy" << 130;
        QTest::newRow("no data starts it anew") << "yyyyyy-yyyyyyyyyy" << 130;
        QTest::newRow("a source error only stops it") << "yyy!yyyyyy" << 70;
        QTest::newRow("a long source error") << "yyy!!!!!yyyyyy" << 110;
        QTest::newRow("frozen, then false") << "yyy!!nyyyyyy" << -1;
        QTest::newRow("frozen, then no data") << "yyy!!-yyyyyy" << -1;
        QTest::newRow("too short") << "yyyyyynnyyyyyn" << -1;
        QTest::newRow("only errors") << "!!!!!!!!!!" << -1;
    }
    void it_fires_when_true_without_a_break_for_exactly_so_long() {
        QFETCH(QString, truths);
        Driver drive(guarded(errors("")));
        const Nanos start = drive.now;
        int fired = -1;
        for (const QChar letter : truths) {
            drive.trigger("errors", letter == 'y'   ? "yes"
                                    : letter == 'n' ? "no"
                                    : letter == '-' ? "no-data"
                                                    : "source-error");
            if (drive.release.rollback.active && fired < 0) {
                fired = static_cast<int>((drive.now - start).seconds());
            }
            drive.now += seconds(10);
        }
        QTEST(fired, "fired");
    }

    void time_alone_is_asked_for_when_it_matures() {
        Driver drive(guarded(errors("")));
        drive.trigger("errors", "yes");
        QCOMPARE((*next_tick(drive.release, drive.now) - drive.now).count, minutes(1).count);
        drive.now += minutes(1) - Nanos{1};
        drive.trigger("errors", "yes");
        QVERIFY(!drive.release.rollback.active);
        drive.now += Nanos{1};
        drive.trigger("errors", "yes");
        QCOMPARE(drive.last(),
                 "trigger-changed errors fired, rollback-started errors back, step-finished one stopped, step-started "
                 "back/tell");
        QCOMPARE(QString::fromStdString(drive.release.rollback.cause), "trigger");
        QCOMPARE(QString::fromStdString(drive.release.rollback.by.name), "trigger errors");
        QCOMPARE(drive.trigger_state("errors"), "fired");
    }

    void one_that_proposes_fires_once_and_again_only_after_it_was_false() {
        Driver drive(guarded(errors(", mode: propose")));
        for (int i = 0; i < 30; ++i) {
            drive.trigger("errors", "yes");
            drive.now += seconds(10);
        }
        QVERIFY(!drive.release.rollback.active);
        QCOMPARE(drive.trigger_state("errors"), "fired");
        QCOMPARE(drive.count("trigger-changed"), 3); // armed, pending, fired
        drive.trigger("errors", "source-error");
        QCOMPARE(drive.trigger_state("errors"), "fired");
        drive.trigger("errors", "no");
        QCOMPARE(drive.trigger_state("errors"), "armed");
        drive.trigger("errors", "yes");
        drive.now += minutes(1);
        drive.trigger("errors", "yes");
        QCOMPARE(drive.trigger_state("errors"), "fired");
        QCOMPARE(drive.submit(RollBack{}), "");
    }

    void each_arm_with_traffic_has_its_own_clock() {
        Driver drive(guarded("{id: errors, metric: errors, must: '> 5%', for: 1m, mode: propose}"));
        drive.trigger("errors", "yes", "blue");
        drive.now += seconds(30);
        drive.trigger("errors", "no", "blue");
        drive.trigger("errors", "yes", "green");
        QCOMPARE(drive.trigger_state("errors/blue"), "armed");
        // Green has no traffic here: what was pending on it starts anew.
        QCOMPARE(drive.trigger_state("errors/green"), "armed");
        QCOMPARE(drive.trigger_state("errors"), "armed");
        drive.trigger("errors", "yes", "blue");
        drive.now += minutes(1);
        drive.trigger("errors", "yes", "blue");
        QCOMPARE(drive.trigger_state("errors/blue"), "fired");
        for (const char* step : {"one", "two", "three", "last"}) {
            confirm(drive, step);
        }
        QCOMPARE(drive.trigger_state("errors"), "disarmed");
        QCOMPARE(drive.trigger_state("errors/blue"), ""); // what it proposed is over with it
    }

    void an_option_that_is_not_available_is_not_started() {
        const std::string text = guarded(errors(", do: on-ramp"));
        for (const char* ramp : {"true", "false"}) {
            Driver drive(text, {{"ramp", ramp}});
            drive.trigger("errors", "yes");
            drive.now += minutes(1);
            drive.trigger("errors", "yes");
            QCOMPARE(drive.trigger_state("errors"), "fired");
            QCOMPARE(drive.release.rollback.active, ramp == std::string("true"));
        }
    }

    void a_pause_does_not_stop_it() {
        Driver drive(guarded(errors("")));
        (void)drive.submit(Pause{""});
        drive.trigger("errors", "yes");
        drive.now += minutes(1);
        drive.trigger("errors", "yes");
        QVERIFY(drive.release.rollback.active);
        QVERIFY(!drive.release.paused);
    }

    void after_a_crash_it_goes_on_from_where_it_stood_data() {
        QTest::addColumn<int>("before"); // s pending
        QTest::addColumn<int>("away");   // s
        QTest::addColumn<int>("left");   // s until it fires
        QTest::newRow("a short absence") << 20 << 300 << 40;
        QTest::newRow("at least ten seconds are left") << 55 << 300 << 10;
        QTest::newRow("an hour is too long") << 20 << 3600 << 60;
    }
    void after_a_crash_it_goes_on_from_where_it_stood() {
        QFETCH(int, before);
        QFETCH(int, away);
        QFETCH(int, left);
        Driver drive(guarded(errors("")));
        drive.trigger("errors", "yes");
        drive.now += seconds(before);
        (void)drive.submit(Note{"the last that is known", ""});
        drive.now += seconds(away);
        QCOMPARE(drive.submit(Resume{drill::lead}), "");
        QCOMPARE(drive.trigger_state("errors"), "frozen");
        drive.trigger("errors", "yes");
        QCOMPARE(drive.trigger_state("errors"), "pending");
        drive.now += seconds(left) - Nanos{1};
        drive.trigger("errors", "yes");
        QVERIFY(!drive.release.rollback.active);
        drive.now += Nanos{1};
        drive.trigger("errors", "yes");
        QVERIFY(drive.release.rollback.active);
    }

    void time_slept_through_does_not_count() {
        Driver drive(guarded(errors("")));
        drive.trigger("errors", "yes");
        drive.now += seconds(10);
        const Nanos from = drive.now;
        drive.now += hours(8);
        (void)drive.submit(Jump{from});
        drive.now += seconds(49);
        drive.trigger("errors", "yes");
        QVERIFY(!drive.release.rollback.active);
        drive.now += seconds(1);
        drive.trigger("errors", "yes");
        QVERIFY(drive.release.rollback.active);
    }

    void an_unknown_trigger_is_refused() {
        Driver drive(guarded(errors("")));
        QCOMPARE(drive.submit(TriggerReading{"latency", "", "yes", "", "", nullptr}), "the plan has no such trigger");
    }

    void a_source_is_told_when_it_changes() {
        Driver drive(guarded(errors("")));
        for (const char* state : {"ok", "no-data", "no-data", "source-error", "ok", "ok"}) {
            (void)drive.submit(SourceReport{"errors", state, state == std::string("ok") ? "" : "why"}, drill::engine);
        }
        QCOMPARE(drive.count("source-changed"), 3);
    }

    void readiness_is_told_when_it_changes() {
        Driver drive(guarded(errors("")));
        for (const bool ready : {false, true, true, false, true}) {
            (void)drive.submit(Readiness{"back", ready, ready ? "" : "blue has 1 of 3 pods"}, drill::engine);
        }
        QCOMPARE(drive.count("rollback-readiness"), 4);
        QVERIFY(drive.release.rollback.ready);
    }
};

SLUICE_TEST(TriggerTest)
#include "trigger_test.moc"
