#include "driver.h"
#include "release/draft.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

const char* const forward = R"(phases:
  - id: main
    steps:
      - {id: one, confirm: One}
      - {id: act, run: [act]}
      - {id: two, confirm: Two}
)";

const char* const options = R"(rollback:
  options:
    back:
      default: true
      steps:
        - {id: ready, run: [ready], retry: {times: 1, every: 10s}}
        - {id: all-blue, run: [all-blue]}
    rest: {available-if: {is: '${ramp}'}, steps: [{id: stop, confirm: Stop}]}
)";

Driver begun(std::map<std::string, std::string> variables = {{"ramp", "true"}}) {
    Driver drive(plan_with(std::string(forward) + options), std::move(variables));
    (void)drive.submit(Confirm{"one", "", false, ""});
    return drive;
}

} // namespace

class RollbackTest : public QObject {
    Q_OBJECT
private slots:
    void it_stops_what_waits_and_runs_the_default_option() {
        Driver drive = begun();
        drive.done("act");
        QCOMPARE(drive.submit(RollBack{"", "", "complaints"}), "");
        QCOMPARE(drive.last(), "rollback-started back, step-finished two stopped, step-started back/ready");
        QCOMPARE(drive.submit(RollBack{}), "it is being rolled back already");
        QCOMPARE(drive.submit(Confirm{"two", "", false, ""}), "the step is stopped; nobody is awaited");
        drive.done("back/ready");
        drive.done("back/all-blue");
        QCOMPARE(drive.last(),
                 "settled s1/back/all-blue/1, step-finished back/all-blue passed, rollback-finished back done, "
                 "session-closed rolled-back");
        QCOMPARE(drive.status("rest/stop"), "to come");
        QCOMPARE(drive.submit(RollBack{}), "the session is closed: rolled-back");
    }

    void it_runs_beside_a_forward_step_in_flight_and_closes_after_its_late_outcome_data() {
        QTest::addColumn<bool>("succeeded");
        QTest::addColumn<bool>("repeat");
        QTest::addColumn<QString>("status");
        QTest::newRow("it happened") << true << false << "passed";
        QTest::newRow("it failed") << false << false << "stopped";
        QTest::newRow("it did not happen") << false << true << "stopped"; // and is not sent again
    }
    void it_runs_beside_a_forward_step_in_flight_and_closes_after_its_late_outcome() {
        QFETCH(bool, succeeded);
        QFETCH(bool, repeat);
        Driver drive = begun();
        (void)drive.prepare("act", "shop/main");
        QCOMPARE(drive.submit(RollBack{}), "");
        QCOMPARE(drive.status("act"), "running");
        QCOMPARE(drive.status("back/ready"), "waiting"); // a program is ended first; this one does not end
        QCOMPARE(drive.why("back/ready"), "'Act' is being ended first");
        drive.pass(seconds(29));
        QCOMPARE(drive.status("back/ready"), "waiting");
        drive.pass(seconds(1));
        QCOMPARE(drive.status("back/ready"), "running");
        QVERIFY(!drive.prepare("back/ready", "shop/main").empty()); // it is read back first
        QCOMPARE(drive.prepare("back/ready"), "");
        (void)drive.settle("back/ready", true);
        drive.done("back/all-blue");
        QCOMPARE(drive.count("rollback-finished"), 1);
        QVERIFY(!drive.release.closed());
        QVERIFY(closing_awaits(drive.release) == std::vector<OperationId>{"s1/act/1"}); // and says what it waits for
        QCOMPARE(QString::fromStdString(describe(drive.all<RollbackFinished>().front())),
                 "Rollback back done; still in flight, so the session stays open: s1/act/1");
        QCOMPARE(drive.settle("act", succeeded, repeat), "");
        QTEST(drive.status("act"), "status");
        QCOMPARE(QString::fromStdString(drive.release.outcome), "rolled-back");
        QCOMPARE(drive.count("rollback-finished"), 1);
    }

    void a_program_is_ended_before_anything_is_put_back() {
        Driver drive = begun();
        (void)drive.prepare("act");
        QVERIFY(programs_to_end(drive.release).empty());
        (void)drive.submit(RollBack{});
        QVERIFY(programs_to_end(drive.release) == std::vector<OperationId>{"s1/act/1"});
        drive.pass(seconds(2));
        (void)drive.settle("act", false); // SIGTERM
        QCOMPARE(drive.last(), "settled s1/act/1, step-finished act stopped, step-started back/ready");
        (void)drive.prepare("back/ready");
        QVERIFY(programs_to_end(drive.release).empty()); // those of the way back go on
    }

    void a_program_is_asked_again_by_who_takes_the_session_up() {
        Driver drive = begun();
        (void)drive.prepare("act");
        (void)drive.submit(RollBack{});
        drive.now = drive.now + minutes(5); // the program was away
        (void)drive.submit(Resume{{"lena", "lead"}, ""});
        QCOMPARE(drive.status("back/ready"), "waiting");
        drive.pass(seconds(29));
        QCOMPARE(drive.status("back/ready"), "waiting");
        (void)drive.settle("act", false);
        QCOMPARE(drive.status("back/ready"), "running");
    }

    void an_abort_ends_programs_too_but_not_those_that_clean_up() {
        Driver drive = drill::steps("      - {id: act, run: [act]}\n      - {id: tidy, run: [tidy], always: true}\n");
        (void)drive.prepare("act");
        (void)drive.submit(Abort{"enough"});
        QVERIFY(programs_to_end(drive.release) == std::vector<OperationId>{"s1/act/1"});
        (void)drive.settle("act", false);
        (void)drive.prepare("tidy");
        QVERIFY(programs_to_end(drive.release).empty());
    }

    void another_way_back_takes_the_place_of_one_that_fails() {
        Driver drive = begun();
        drive.done("act");
        (void)drive.submit(RollBack{});
        QCOMPARE(drive.submit(RollBack{"rest", "", ""}), "it is being rolled back already");
        for (int attempt = 0; attempt < 2; ++attempt) {
            (void)drive.prepare("back/ready");
            (void)drive.settle("back/ready", false);
            drive.pass(seconds(10));
        }
        QCOMPARE(drive.status("back/ready"), "failed");
        QCOMPARE(drive.submit(RollBack{"back", "", ""}), "it is being rolled back already");
        QCOMPARE(drive.submit(RollBack{"rest", "t", ""}), "it is being rolled back already"); // no trigger's business
        QCOMPARE(other_ways(drive.release).size(), std::size_t{1});
        QCOMPARE(drive.submit(RollBack{"rest", "", "ready never comes"}), "");
        QCOMPARE(drive.status("back/ready"), "stopped");
        QCOMPARE(drive.status("rest/stop"), "awaiting a person");
        (void)drive.submit(Confirm{"rest/stop", "", false, ""});
        QCOMPARE(drive.release.rollback.outcome, "done");
        QCOMPARE(QString::fromStdString(drive.release.outcome), "rolled-back");
        QCOMPARE(drive.submit(RollBack{"back", "", ""}), "the session is closed: rolled-back");
    }

    void an_incomplete_way_back_is_never_called_rolled_back() {
        Driver drive = begun();
        drive.done("act");
        (void)drive.submit(RollBack{"rest", "", ""});
        (void)drive.submit(Confirm{"rest/stop", "", true, "it can't be stopped"});
        QCOMPARE(drive.submit(Skip{"rest/stop", "never mind"}), "");
        QVERIFY(drive.last().endsWith("rollback-finished rest incomplete, session-closed rollback-incomplete"));
        QCOMPARE(drive.submit(RollBack{"rest", "", ""}), "it is being rolled back already");
        QCOMPARE(drive.submit(RollBack{"back", "", ""}), ""); // the other one is left
        QVERIFY(!drive.release.closed());
        drive.done("back/ready");
        drive.done("back/all-blue");
        QCOMPARE(QString::fromStdString(drive.release.outcome), "rolled-back");
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void a_forward_step_in_doubt_does_not_keep_the_session_open() {
        Driver drive = begun();
        (void)drive.prepare("act");
        (void)drive.submit(RollBack{});
        drive.pass(seconds(30)); // it does not end
        drive.done("back/ready");
        drive.done("back/all-blue");
        (void)drive.submit(Unknown{"s1/act/1", "no answer", ""});
        QCOMPARE(drive.last(), "in-doubt s1/act/1, session-closed rolled-back");
        QCOMPARE(drive.status("act"), "in doubt");
        QCOMPARE(drive.submit(ResolveDoubt{"s1/act/1", "skip", "it was never sent"}), "");
        QCOMPARE(drive.status("act"), "skipped");
    }

    void options_are_chosen_by_name_where_available() {
        Driver drive = begun({{"ramp", "false"}});
        QCOMPARE(drive.submit(RollBack{"sideways", "", ""}), "the plan has no rollback option 'sideways'");
        const std::string why = drive.submit(RollBack{"rest", "", ""});
        QVERIFY2(why.starts_with("this option is not available now: "), why.c_str());
        QVERIFY(!drive.release.rollback.active);
        Driver ramped = begun();
        QCOMPARE(ramped.submit(RollBack{"rest", "", ""}), "");
        QCOMPARE(ramped.status("rest/stop"), "awaiting a person");
        QCOMPARE(ramped.status("back/ready"), "to come");
    }

    void a_plan_without_a_rollback_says_so() {
        Driver drive(plan_with(forward));
        QCOMPARE(drive.submit(RollBack{}), "the plan has no rollback");
    }

    void a_failed_rollback_step_is_retried_then_triaged() {
        Driver drive = begun();
        (void)drive.submit(RollBack{});
        (void)drive.prepare("back/ready");
        (void)drive.settle("back/ready", false);
        QCOMPARE(drive.status("back/ready"), "about to be retried");
        drive.pass(seconds(10));
        (void)drive.prepare("back/ready");
        (void)drive.settle("back/ready", false);
        QCOMPARE(drive.status("back/ready"), "failed");
        QCOMPARE(drive.submit(Retry{"back/ready", "scaled by hand"}), "");
        drive.done("back/ready");
        (void)drive.prepare("back/all-blue");
        (void)drive.settle("back/all-blue", false);
        QCOMPARE(drive.submit(Skip{"back/all-blue", "done by hand"}), "");
        QVERIFY(drive.last().endsWith("rollback-finished back incomplete, session-closed rollback-incomplete"));
    }

    void the_way_back_is_neither_paused_nor_aborted() {
        Driver drive = begun();
        (void)drive.submit(Pause{"wait"});
        QCOMPARE(drive.submit(RollBack{}), "");
        QVERIFY(!drive.release.paused);
        QCOMPARE(drive.release.paused_why, "");
        QCOMPARE(drive.submit(Pause{""}), "the way back is not paused");
        QCOMPARE(drive.submit(Abort{"enough"}), "a rollback can't be aborted");
        (void)drive.prepare("back/ready");
        (void)drive.submit(Unknown{"s1/back/ready/1", "no answer", ""});
        QCOMPARE(drive.submit(ResolveDoubt{"s1/back/ready/1", "abort", "enough"}), "a rollback can't be aborted");
        QCOMPARE(drive.submit(ResolveDoubt{"s1/back/ready/1", "run-again", "safe"}), "");
        QCOMPARE(drive.release.at("back/ready").attempt, 2);
    }

    void what_was_done_or_aborted_can_still_be_rolled_back_data() {
        QTest::addColumn<bool>("aborted");
        QTest::newRow("done") << false;
        QTest::newRow("aborted") << true;
    }
    void what_was_done_or_aborted_can_still_be_rolled_back() {
        QFETCH(bool, aborted);
        Driver drive = begun();
        drive.done("act");
        (void)(aborted ? drive.submit(Abort{"no"}) : drive.submit(Confirm{"two", "", false, ""}));
        QVERIFY(drive.release.closed());
        drive.pass(hours(1));
        QCOMPARE(drive.submit(RollBack{"", "", "complaints"}), "");
        QVERIFY(!drive.release.closed());
        // Its steps have all that rollback steps have: retries, triage, doubts.
        (void)drive.prepare("back/ready");
        (void)drive.settle("back/ready", false);
        QCOMPARE(drive.status("back/ready"), "about to be retried");
        drive.pass(seconds(10));
        (void)drive.prepare("back/ready");
        (void)drive.settle("back/ready", false);
        QCOMPARE(drive.status("back/ready"), "failed");
        QCOMPARE(drive.submit(Retry{"back/ready", ""}), "");
        drive.done("back/ready");
        (void)drive.prepare("back/all-blue");
        (void)drive.submit(Unknown{"s1/back/all-blue/1", "no answer", ""});
        QCOMPARE(drive.submit(ResolveDoubt{"s1/back/all-blue/1", "run-again", "safe"}), "");
        drive.done("back/all-blue");
        QCOMPARE(QString::fromStdString(drive.release.outcome), "rolled-back");
    }

    void forward_steps_can_not_be_tried_again_on_the_way_back() {
        Driver drive = begun();
        (void)drive.prepare("act");
        (void)drive.submit(Unknown{"s1/act/1", "no answer", ""});
        (void)drive.submit(RollBack{});
        QCOMPARE(drive.submit(ResolveDoubt{"s1/act/1", "run-again", "x"}), "the plan is not going forward any more");
        QCOMPARE(drive.submit(ResolveDoubt{"s1/act/1", "happened", "I looked"}), "");
        QCOMPARE(drive.status("act"), "passed");
        QCOMPARE(drive.status("two"), "to come");
    }

    void an_option_without_steps_undoes_what_was_begun_last_first() {
        Driver drive(plan_with(R"(phases:
  - id: main
    steps:
      - {id: ready, confirm: Ready, makes-ready: green}
      - {id: to-25, shift: {edge: {green: 25}}, undo: {shift: {edge: {green: 0}}}}
      - {id: to-50, shift: {edge: {green: 50}}, undo: {shift: {edge: {green: 25}}}}
      - {id: to-100, shift: {edge: {green: 100}}, undo: {shift: {edge: {green: 50}}}}
rollback: {options: {undo: {title: Undo}}}
)"));
        const auto split = [](int green) {
            return Json{{"traffic", "edge"}, {"weights", {{"blue", 100 - green}, {"green", green}}}};
        };
        (void)drive.submit(Confirm{"ready", "", false, ""});
        drive.done("to-25", split(25));
        (void)drive.prepare("to-50", "", split(50)); // in flight: it may happen
        QCOMPARE(drive.submit(RollBack{}), "");
        (void)drive.settle("to-50", true);
        QCOMPARE(drive.status("undo/to-100"), "not applicable");
        QCOMPARE(drive.why("undo/to-100"), "to-100 was not done");
        QCOMPARE(drive.status("undo/to-50"), "running");
        drive.done("undo/to-50", split(25));
        drive.done("undo/to-25", split(0));
        QCOMPARE(drive.release.split.at("edge").at("blue"), 100);
        QVERIFY(drive.last().endsWith("rollback-finished undo done, session-closed rolled-back"));
    }

    void what_was_never_read_needs_no_putting_back_data() {
        QTest::addColumn<QString>("stage");
        QTest::addColumn<QString>("status");
        QTest::newRow("before anything") << "start"
                                         << "not applicable";
        QTest::newRow("after an effect that comes before the reading") << "early"
                                                                       << "not applicable";
        QTest::newRow("while it is being read") << "reading"
                                                << "not applicable";
        QTest::newRow("after it could not be read") << "failed"
                                                    << "not applicable";
        // These can't be proven: the step is tried, and a person is asked where it can't be done.
        QTest::newRow("after an effect beside the reading") << "beside"
                                                            << "running";
        QTest::newRow("after the reading was skipped") << "skipped"
                                                       << "running";
        QTest::newRow("after it was read") << "read"
                                           << "running";
    }
    void what_was_never_read_needs_no_putting_back() {
        QFETCH(QString, stage);
        Driver drive(plan_with(R"(phases:
  - {id: first, steps: [{id: early, run: [early]}]}
  - id: second
    steps:
      - {id: look, confirm: Look}
      - {id: state, probe: {kubernetes: {ready: deployment/blue, namespace: shop}}, on: cluster, every: 5s, until: 1m,
         outputs: {replicas: {json: /desired, type: integer}}}
      - {id: beside, run: [beside], needs: look}
      - {id: later, confirm: Later, needs: state}
rollback:
  options:
    back:
      default: true
      steps:
        - {id: scale, scale: {workload: shop/blue, replicas: '${replicas}'}, on: cluster, title: 'Blue to ${replicas}'}
        - {id: all-blue, run: [all-blue]}
)"));
        const auto reached = [&](const char* name) { return stage == name; };
        if (!reached("start")) {
            drive.done("early");
        }
        if (!reached("start") && !reached("early")) {
            (void)drive.submit(Confirm{"look", "", false, ""});
        }
        if (reached("beside")) {
            drive.done("beside");
        } else if (reached("failed")) {
            (void)drive.answer("state", false, true, "no answer");
        } else if (reached("skipped")) {
            (void)drive.answer("state", false, true, "no answer");
            (void)drive.submit(Skip{"state", "later"});
        } else if (reached("read")) {
            (void)drive.submit(ProbeAnswer{"state", 1, true, true, "", {{"replicas", "3"}}}, drill::engine);
        }
        QCOMPARE(drive.submit(RollBack{}), "");
        QTEST(drive.status("back/scale"), "status");
        if (drive.status("back/scale") == "not applicable") {
            QCOMPARE(drive.why("back/scale"), "there is nothing to put back: 'state' had not given 'replicas' yet, and "
                                              "nothing that comes after it was begun");
            drive.done("back/all-blue");
            QVERIFY(drive.release.closed());
            QCOMPARE(QString::fromStdString(drive.release.rollback.outcome), "done");
        }
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void a_resume_in_a_rollback_goes_on_with_it() {
        Driver drive = begun();
        (void)drive.submit(RollBack{});
        (void)drive.prepare("back/ready");
        drive.now += minutes(1);
        QCOMPARE(drive.submit(Resume{drill::lead}), "");
        QCOMPARE(in_flight(drive.release).size(), std::size_t(1));
        (void)drive.settle("back/ready", true);
        QCOMPARE(drive.status("back/all-blue"), "running");
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }
};

SLUICE_TEST(RollbackTest)
#include "rollback_test.moc"
