#include "driver.h"
#include "release/ways_back.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

/// Two confirms; one trigger that proposes, with what it says of an answer that does not come.
Driver proposing(const std::string& more, const std::string& ramp = "true") {
    return Driver(plan_with(R"(severity: {high: {title: Bad}}
phases:
  - id: main
    steps:
      - {id: one, confirm: One}
      - {id: two, confirm: Two}
      - {id: last, confirm: Last, point-of-no-return: true}
rollback:
  triggers: [{id: slow, metric: lag, must: '> 100', for: 1m, mode: propose, until: last)" +
                            more + R"(}]
  options:
    back: {default: true, available-if: {is: '${ramp}'}, steps: [{id: tell, confirm: Tell}]}
)"),
                  {{"ramp", ramp}});
}

void fire(Driver& drive) {
    drive.trigger("slow", "yes");
    drive.pass(minutes(1));
    drive.trigger("slow", "yes");
}

std::string answer_of(const Driver& drive) {
    return drive.release.triggers.at("slow").answer;
}

} // namespace

class ProposalTest : public QObject {
    Q_OBJECT
private slots:
    void without_a_grace_it_waits_for_ever() {
        Driver drive = proposing("");
        fire(drive);
        QCOMPARE(open_proposals(drive.release).size(), std::size_t(1));
        drive.pass(hours(24));
        QCOMPARE(open_proposals(drive.release).size(), std::size_t(1));
        QVERIFY(!drive.release.rollback.active);
    }

    void what_happens_when_nobody_answers_data() {
        QTest::addColumn<QString>("then");
        QTest::addColumn<QString>("ramp");
        QTest::addColumn<QString>("answer");
        QTest::addColumn<bool>("back");
        QTest::addColumn<bool>("paused");
        QTest::newRow("it is rolled back if nothing else is said") << ""
                                                                   << "true"
                                                                   << "rolled-back" << true << false;
        QTest::newRow("rolled back") << ", then: roll-back"
                                     << "true"
                                     << "rolled-back" << true << false;
        QTest::newRow("paused") << ", then: pause"
                                << "true"
                                << "paused" << false << true;
        QTest::newRow("it goes on") << ", then: go-on"
                                    << "true"
                                    << "went-on" << false << false;
        QTest::newRow("its way back is not available") << ""
                                                       << "false"
                                                       << "not-available" << false << false;
    }
    void what_happens_when_nobody_answers() {
        QFETCH(QString, then);
        QFETCH(QString, ramp);
        Driver drive = proposing(", grace: 5m" + then.toStdString(), ramp.toStdString());
        fire(drive);
        drive.pass(minutes(5) - seconds(1));
        QCOMPARE(answer_of(drive), "");
        QVERIFY(!drive.release.rollback.active && !drive.release.paused);
        drive.pass(seconds(1));
        QTEST(QString::fromStdString(answer_of(drive)), "answer");
        QTEST(drive.release.rollback.active, "back");
        QTEST(drive.release.paused, "paused");
        QVERIFY(open_proposals(drive.release).empty());
        if (drive.release.rollback.active) {
            QCOMPARE(drive.release.rollback.cause, "trigger");
            QCOMPARE(drive.release.rollback.by.name, "trigger slow");
            QVERIFY(drive.release.rollback.reason.ends_with("nobody has answered within 5m"));
        }
        drive.pass(hours(1));
        QCOMPARE(drive.count("proposal-answered"), 1);
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void who_declines_says_why_and_the_plan_goes_on() {
        Driver drive = proposing(", grace: 5m");
        QCOMPARE(drive.submit(Decline{"slow", "fine"}), "'slow' proposes nothing now");
        fire(drive);
        QCOMPARE(drive.submit(Decline{"slow", ""}), "this needs a reason");
        QCOMPARE(drive.submit(Decline{"fast", "fine"}), "'fast' proposes nothing now");
        QCOMPARE(drive.submit(Decline{"slow", "the queue drains"}), "");
        QCOMPARE(drive.last(), "proposal-answered slow");
        QCOMPARE(drive.submit(Decline{"slow", "again"}), "'slow' proposes nothing now");
        drive.pass(hours(1));
        QVERIFY(!drive.release.rollback.active);
        QCOMPARE(drive.submit(Confirm{"one", "", false, ""}), "");
    }

    void it_proposes_anew_when_its_cause_has_gone_and_comes_again() {
        Driver drive = proposing(", grace: 5m");
        fire(drive);
        (void)drive.submit(Decline{"slow", "the queue drains"});
        drive.trigger("slow", "no");
        QCOMPARE(drive.trigger_state("slow"), "armed");
        QCOMPARE(answer_of(drive), "");
        fire(drive);
        QCOMPARE(open_proposals(drive.release).size(), std::size_t(1));
        QVERIFY(open_proposals(drive.release).front().ends == drive.now + minutes(5));
    }

    void it_is_withdrawn_with_its_cause() {
        Driver drive = proposing(", grace: 5m");
        fire(drive);
        drive.trigger("slow", "no");
        QVERIFY(open_proposals(drive.release).empty());
        drive.pass(minutes(10));
        QVERIFY(!drive.release.rollback.active);
    }

    void it_is_withdrawn_when_its_time_is_over() {
        Driver drive = proposing(", grace: 5m");
        fire(drive);
        (void)drive.submit(Confirm{"one", "", false, ""});
        (void)drive.submit(Confirm{"two", "", false, ""}); // last starts
        QCOMPARE(drive.trigger_state("slow"), "disarmed");
        drive.pass(minutes(10));
        QVERIFY(!drive.release.rollback.active);
    }

    void an_arm_that_loses_its_traffic_takes_its_proposal_with_it() {
        Driver drive(plan_with(R"(phases:
  - id: main
    steps:
      - {id: green-ready, confirm: Ready, makes-ready: green}
      - {id: to-10, shift: {edge: {green: 10}}}
      - {id: on, confirm: On}
rollback:
  triggers: [{id: slow, metric: errors, must: '> 5%', for: 1m, mode: propose, grace: 5m}]
  options: {back: {steps: [{id: tell, confirm: Tell}]}}
)"));
        (void)drive.submit(Confirm{"green-ready", "", false, ""});
        drive.done("to-10", {{"traffic", "edge"}, {"weights", {{"blue", 90}, {"green", 10}}}});
        drive.trigger("slow", "yes", "green");
        drive.pass(minutes(1));
        drive.trigger("slow", "yes", "green");
        QCOMPARE(open_proposals(drive.release).front().arm, "green");
        (void)drive.submit(Shift{"edge", {{"green", 0}}, "it is bad"});
        drive.done("~shift-1", {{"traffic", "edge"}, {"weights", {{"blue", 100}, {"green", 0}}}});
        QVERIFY(open_proposals(drive.release).empty());
        drive.pass(minutes(10));
        QVERIFY(!drive.release.rollback.active);
    }

    void while_nobody_could_answer_the_grace_stands_still() {
        Driver drive = proposing(", grace: 5m");
        fire(drive);
        drive.pass(minutes(4));
        drive.now += hours(1); // the program was away
        (void)drive.submit(Resume{{"lena", "lead"}, ""});
        QVERIFY(open_proposals(drive.release).front().ends == drive.now + minutes(5));
        drive.pass(minutes(4));
        const Nanos before = drive.now;
        drive.now += hours(1); // the machine slept
        (void)drive.submit(Jump{before, hours(1)}, drill::engine);
        QVERIFY(open_proposals(drive.release).front().ends == drive.now + minutes(1));
        QVERIFY(!drive.release.rollback.active);
    }

    void whether_it_rolls_back_by_itself_is_known_before_data() {
        QTest::addColumn<QString>("how");
        QTest::addColumn<QString>("way");
        QTest::addColumn<bool>("back");
        QTest::newRow("it does") << ", grace: 5m"
                                 << "" << true;
        QTest::newRow("it waits for ever") << ""
                                           << "" << false;
        QTest::newRow("it pauses") << ", grace: 5m, then: pause"
                                   << "" << false;
        QTest::newRow("it goes on") << ", grace: 5m, then: go-on"
                                    << "" << false;
        QTest::newRow("its way back is not available") << ", grace: 5m"
                                                       << "available-if: {not: {is: '${ramp}'}}, " << false;
    }
    void whether_it_rolls_back_by_itself_is_known_before() {
        QFETCH(QString, how);
        QFETCH(QString, way);
        QFETCH(bool, back);
        Driver drive(plan_with("phases: [{id: main, steps: [{id: one, confirm: One}]}]\nrollback:\n  triggers: "
                               "[{id: slow, metric: lag, must: '> 100', for: 1m, mode: propose" +
                               how.toStdString() + "}]\n  options: {back: {" + way.toStdString() +
                               "steps: [{id: tell, confirm: Tell}]}}\n"));
        QVERIFY(!rolls_back_unanswered(drive.release));
        fire(drive);
        QCOMPARE(open_proposals(drive.release).size(), std::size_t(1));
        QCOMPARE(rolls_back_unanswered(drive.release), back);
        drive.pass(minutes(6));
        QCOMPARE(drive.release.rollback.active, back);
        QVERIFY(!rolls_back_unanswered(drive.release));
    }

    void one_by_a_severity_ends_when_it_is_lowered() {
        Driver drive(plan_with(R"(severity: {low: {title: Low}, high: {title: Bad}}
phases: [{id: main, steps: [{id: one, confirm: One}]}]
rollback:
  triggers: [{id: bad, severity: high, mode: propose, grace: 5m}]
  options: {back: {steps: [{id: tell, confirm: Tell}]}}
)"));
        (void)drive.submit(Severity{"high", "it burns"});
        QCOMPARE(open_proposals(drive.release).size(), std::size_t(1));
        (void)drive.submit(Severity{"low", "it smokes"});
        QVERIFY(open_proposals(drive.release).empty());
        (void)drive.submit(Severity{"high", "it burns again"});
        drive.pass(minutes(5));
        QVERIFY(drive.release.rollback.active);
    }

    void the_session_does_not_close_over_it() {
        for (const bool declined : {true, false}) {
            Driver open(plan_with(R"(phases: [{id: main, steps: [{id: one, confirm: One}]}]
rollback:
  triggers: [{id: slow, metric: lag, must: '> 100', for: 1m, mode: propose, grace: 5m}]
  options: {back: {steps: [{id: tell, confirm: Tell}]}}
)"));
            fire(open);
            (void)open.submit(Confirm{"one", "", false, ""});
            QVERIFY(!open.release.closed());
            QCOMPARE(open.count("released"), 1);
            if (declined) {
                QCOMPARE(open.submit(Decline{"slow", "it is fine"}), "");
                QCOMPARE(open.release.outcome, "done");
            } else {
                open.pass(minutes(5));
                QVERIFY(open.release.rollback.active);
            }
        }
    }

    void what_its_grace_has_paused_stays_open_until_somebody_goes_on() {
        Driver drive(plan_with(R"(phases: [{id: main, steps: [{id: one, confirm: One}]}]
rollback:
  triggers: [{id: slow, metric: lag, must: '> 100', for: 1m, mode: propose, grace: 5m, then: pause}]
  options: {back: {steps: [{id: tell, confirm: Tell}]}}
)"));
        fire(drive);
        drive.pass(minutes(5));
        (void)drive.submit(Confirm{"one", "", false, ""});
        drive.pass(hours(2));
        QVERIFY(drive.release.paused && !drive.release.closed());
        QCOMPARE(drive.submit(Continue{}), "");
        QCOMPARE(drive.release.outcome, "done");
    }

    void an_amendment_lets_it_begin_anew_data() {
        QTest::addColumn<QString>("after");
        QTest::addColumn<bool>("back");
        QTest::addColumn<bool>("open");
        QTest::newRow("it waits for ever now") << "mode: propose" << false << true;
        QTest::newRow("it has longer now") << "mode: propose, grace: 1h" << false << true;
        QTest::newRow("it acts now") << "mode: act" << true << false;
    }
    void an_amendment_lets_it_begin_anew() {
        QFETCH(QString, after);
        QFETCH(bool, back);
        QFETCH(bool, open);
        const auto text = [](const std::string& how) {
            return plan_with("severity: {high: {title: Bad}}\nphases: [{id: main, steps: [{id: one, confirm: One}]}]\n"
                             "rollback:\n  triggers: [{id: bad, severity: high, " +
                             how + "}]\n  options: {back: {steps: [{id: tell, confirm: Tell}]}}\n");
        };
        Driver drive(text("mode: propose, grace: 5m"));
        (void)drive.submit(Severity{"high", "it burns"});
        drive.pass(minutes(4));
        QCOMPARE(drive.submit(Amend{text(after.toStdString()), "we know more"}), "");
        drive.pass(minutes(5));
        QCOMPARE(drive.release.rollback.active, back);
        QCOMPARE(open_proposals(drive.release).size(), std::size_t(open ? 1 : 0));
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void a_pause_does_not_hold_it() {
        Driver drive = proposing(", grace: 5m");
        fire(drive);
        (void)drive.submit(Pause{"lunch"});
        drive.pass(minutes(5));
        QVERIFY(drive.release.rollback.active && !drive.release.paused);
    }
};

SLUICE_TEST(ProposalTest)
#include "proposal_test.moc"
