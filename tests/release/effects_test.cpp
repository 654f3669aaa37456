#include "driver.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::steps;

namespace {

const char* const act_then_after = "      - {id: act, run: [act]}\n      - {id: after, confirm: After}\n";

Driver in_doubt() {
    Driver drive = steps(act_then_after);
    (void)drive.prepare("act", "shop/main");
    (void)drive.submit(Unknown{"s1/act/1", "the program ended before the answer", ""}, drill::engine);
    return drive;
}

} // namespace

class EffectsTest : public QObject {
    Q_OBJECT
private slots:
    void an_intent_comes_before_the_outcome_and_the_outcome_ends_the_step() {
        Driver drive = steps(act_then_after);
        QCOMPARE(drive.status("act"), "running");
        QVERIFY(!drive.settle("act", true).empty()); // nothing was sent yet
        QCOMPARE(drive.prepare("act"), "");
        QCOMPARE(drive.last(), "intent act s1/act/1");
        QCOMPARE(drive.prepare("act"), "the step does not ask for this any more");
        QCOMPARE(drive.settle("act", true), "");
        QCOMPARE(drive.last(), "settled s1/act/1, step-finished act passed, step-started after");
        QCOMPARE(drive.settle("act", true), ""); // told twice
        QCOMPARE(drive.count("settled"), 1);
    }

    void what_is_in_doubt_when_all_is_done_aborts_nothing_any_more() {
        std::string plan = drill::plan_with("channels: {ops: {on: chat}}\n"
                                            "phases: [{id: m, steps: [{id: tell, notify: {to: ops, text: Done}}]}]\n");
        plan.insert(plan.find("  prom:"), "  chat: {http: {url: 'https://c.example'}}\n");
        Driver drive(plan);
        QCOMPARE(drive.prepare("tell"), "");
        QCOMPARE(drive.submit(Unknown{"s1/tell/1", "lost", ""}, drill::engine), "");
        QCOMPARE(drive.release.outcome, "done");
        QCOMPARE(drive.submit(ResolveDoubt{"s1/tell/1", "abort", "because"}), "the session is closed: done");
        QVERIFY(!drive.release.aborted);
        QCOMPARE(drive.submit(ResolveDoubt{"s1/tell/1", "skip", "because"}), "");
        QCOMPARE(drive.release.outcome, "done");
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void an_intent_is_only_for_an_effect_that_runs() {
        Driver drive = steps("      - {id: look, probe: {metric: lag, must: '< 5'}}\n      - {id: act, run: [act]}\n");
        QCOMPARE(drive.prepare("look"), "a probe changes nothing outside");
        QCOMPARE(drive.prepare("act"), "the step does not ask for this any more");
        QCOMPARE(drive.prepare("nothing"), "the plan has no step 'nothing'");
    }

    void two_operations_never_write_one_object_at_once() {
        Driver drive = steps("      - {id: both, group: [{id: a, run: [a]}, {id: b, run: [b]}]}\n");
        QCOMPARE(drive.prepare("a", "shop/main"), "");
        QCOMPARE(drive.prepare("b", "shop/main"), "operation s1/a/1 is still writing the same object");
        (void)drive.settle("a", true);
        QCOMPARE(drive.prepare("b", "shop/main"), "");
    }

    void outputs_of_an_outcome_are_values_for_later_steps() {
        Driver drive = steps(R"(      - {id: act, run: [act], outputs: {build: {extract: '[0-9]+'}}}
      - {id: after, confirm: Look at it, title: 'Build ${build}'}
)");
        (void)drive.prepare("act");
        Outcome outcome;
        outcome.settled = {"s1/act/1", true, "returned", "", nullptr, 0, ""};
        outcome.outputs = {{"build", "42"}};
        QCOMPARE(drive.submit(outcome), "");
        QCOMPARE(QString::fromStdString(drive.release.at("after").title), "Build 42");
    }

    void a_condition_may_name_an_output_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("after");
        QTest::newRow("as it is wanted") << "major"
                                         << "awaiting a person";
        QTest::newRow("another") << "minor"
                                 << "not applicable";
    }
    void a_condition_may_name_an_output() {
        QFETCH(QString, kind);
        QFETCH(QString, after);
        Driver drive = steps(R"(      - {id: act, run: [act], outputs: {kind: {extract: '[a-z]+'}}}
      - {id: after, confirm: Look at it, when: {var: kind, equals: major}}
      - {id: last, confirm: Well}
)");
        (void)drive.prepare("act");
        Outcome outcome;
        outcome.settled = {"s1/act/1", true, "returned", "", nullptr, 0, ""};
        outcome.outputs = {{"kind", kind.toStdString()}};
        QCOMPARE(drive.submit(outcome), "");
        QCOMPARE(drive.status("after"), after);
    }

    void a_failed_effect_goes_to_triage() {
        Driver drive = steps(act_then_after);
        (void)drive.prepare("act");
        (void)drive.settle("act", false);
        QCOMPARE(drive.last(), "settled s1/act/1, triage-opened act");
        QCOMPARE(drive.status("act"), "failed");
        QCOMPARE(drive.submit(Retry{"act", "the disk was full"}), "");
        QCOMPARE(drive.last(), "triage-answered act, step-started act");
        QCOMPARE(drive.release.at("act").attempt, 2);
        QCOMPARE(drive.submit(Retry{"act", ""}), "the step is running, not failed");
        drive.done("act");
        QCOMPARE(drive.status("after"), "awaiting a person");
    }

    void what_fails_before_its_intent_goes_to_triage_too() {
        Driver drive = steps(act_then_after);
        (void)drive.submit(Unprepared{"act", 1, "no such object"}, drill::engine);
        QCOMPARE(drive.status("act"), "failed");
        QCOMPARE(drive.why("act"), "no such object");
    }

    void retries_come_by_themselves_so_often_and_no_more() {
        Driver drive = steps("      - {id: act, run: [act], retry: {times: 2, every: 30s}}\n");
        for (int attempt = 1; attempt <= 2; ++attempt) {
            QCOMPARE(drive.prepare("act"), "");
            QCOMPARE(drive.settle("act", false), "");
            QCOMPARE(drive.status("act"), "about to be retried");
            drive.pass(seconds(29));
            QCOMPARE(drive.release.at("act").attempt, attempt);
            drive.pass(seconds(1));
            QCOMPARE(drive.release.at("act").attempt, attempt + 1);
        }
        (void)drive.prepare("act");
        (void)drive.settle("act", false);
        QCOMPARE(drive.status("act"), "failed");
    }

    void a_retry_that_is_planned_can_be_hurried_or_skipped() {
        Driver hurried = steps("      - {id: act, run: [act], retry: {times: 1, every: 1h}}\n");
        (void)hurried.prepare("act");
        (void)hurried.settle("act", false);
        QCOMPARE(hurried.submit(Retry{"act", ""}), "");
        QCOMPARE(hurried.status("act"), "running");
        Driver skipped = steps("      - {id: act, run: [act], retry: {times: 1, every: 1h}}\n");
        (void)skipped.prepare("act");
        (void)skipped.settle("act", false);
        QCOMPARE(skipped.submit(Skip{"act", "done by hand"}), "");
        QVERIFY(skipped.release.closed());
    }

    void what_was_read_back_as_not_happened_is_sent_again() {
        Driver drive = steps(act_then_after);
        for (int attempt = 1; attempt <= 3; ++attempt) {
            QCOMPARE(drive.prepare("act"), "");
            QCOMPARE(drive.settle("act", false, true), "");
            QCOMPARE(drive.release.at("act").attempt, attempt + 1);
        }
        (void)drive.prepare("act");
        (void)drive.settle("act", false, true);
        QCOMPARE(drive.status("act"), "failed"); // four are enough: a person is asked
    }

    void skipping_needs_a_reason_and_is_refused_where_required() {
        Driver drive = steps("      - {id: act, run: [act]}\n      - {id: must, run: [must], required: true}\n");
        QCOMPARE(drive.submit(Skip{"act", "why not"}), "the step is running");
        (void)drive.prepare("act");
        (void)drive.settle("act", false);
        QCOMPARE(drive.submit(Skip{"act", ""}), "this needs a reason");
        QCOMPARE(drive.submit(Skip{"act", "done by hand"}), "");
        QCOMPARE(drive.status("act"), "skipped");
        (void)drive.prepare("must");
        (void)drive.settle("must", false);
        QCOMPARE(drive.submit(Skip{"must", "done by hand"}), "the plan says that this step is required");
        QCOMPARE(drive.submit(Abort{"it can't be done"}), "");
        QCOMPARE(drive.last(), "aborted, step-finished must stopped, session-closed aborted");
    }

    void a_probe_says_what_is_new_and_passes_when_met() {
        Driver drive = steps("      - {id: look, probe: {metric: lag, must: '< 5'}, every: 5s, until: 1m}\n");
        (void)drive.answer("look", false, false, "it is 9");
        QCOMPARE(drive.last(), "step-probed look");
        (void)drive.answer("look", false, false, "it is 9");
        QCOMPARE(drive.count("step-probed"), 1);
        (void)drive.answer("look", false, false, "it is 7");
        QCOMPARE(drive.count("step-probed"), 2);
        (void)drive.answer("look", true, false, "it is 3");
        QCOMPARE(drive.status("look"), "passed");
        QCOMPARE(drive.submit(ProbeAnswer{"look", 1, false, true, "late", {}}), "the session is closed: done");
    }

    void a_probe_that_is_not_met_at_its_last_look_goes_to_triage() {
        Driver drive =
            steps("      - {id: look, probe: {metric: lag, must: '< 5'}}\n      - {id: after, confirm: A}\n");
        QCOMPARE(drive.submit(ProbeAnswer{"look", 2, true, true, "", {}}), ""); // of no attempt that there is
        QCOMPARE(drive.status("look"), "running");
        (void)drive.answer("look", false, true, "it is 9");
        QCOMPARE(drive.status("look"), "failed");
        QCOMPARE(drive.submit(Override{"look", "", "the number is known to be wrong"}), "");
        QCOMPARE(drive.status("look"), "overridden");
        QCOMPARE(drive.status("after"), "awaiting a person");
    }

    void a_probe_answer_ends_nothing_but_probes() {
        Driver drive = steps(act_then_after);
        (void)drive.answer("act", true);
        QCOMPARE(drive.status("act"), "running");
    }

    void the_four_answers_to_a_doubt_data() {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QString>("last");
        QTest::addColumn<QString>("status");
        QTest::newRow("happened")
            << "happened"
            << "doubt-answered s1/act/1, settled s1/act/1, step-finished act passed, step-started after"
            << "passed";
        QTest::newRow("run again") << "run-again"
                                   << "doubt-answered s1/act/1, step-started act"
                                   << "running";
        QTest::newRow("skip") << "skip"
                              << "doubt-answered s1/act/1, step-finished act skipped, step-started after"
                              << "skipped";
        QTest::newRow("abort") << "abort"
                               << "doubt-answered s1/act/1, step-finished act stopped, aborted, session-closed aborted"
                               << "stopped";
    }
    void the_four_answers_to_a_doubt() {
        QFETCH(QString, answer);
        Driver drive = in_doubt();
        QCOMPARE(drive.status("act"), "in doubt");
        QVERIFY(needs_person(drive.release));
        QVERIFY(in_flight(drive.release).empty());
        QCOMPARE(drive.submit(ResolveDoubt{"s1/act/1", answer.toStdString(), ""}), "this needs a reason");
        QCOMPARE(drive.submit(ResolveDoubt{"s1/act/1", answer.toStdString(), "I looked"}), "");
        QTEST(drive.last(), "last");
        QTEST(drive.status("act"), "status");
        QVERIFY(!drive.submit(ResolveDoubt{"s1/act/1", "skip", "twice"}).empty());
    }

    void a_required_step_in_doubt_is_not_skipped() {
        Driver drive = steps("      - {id: act, run: [act], required: true}\n");
        (void)drive.prepare("act");
        (void)drive.submit(Unknown{"s1/act/1", "no answer", ""});
        QCOMPARE(drive.submit(ResolveDoubt{"s1/act/1", "skip", "x"}), "the plan says that this step is required");
        QCOMPARE(drive.submit(ResolveDoubt{"s1/act/1", "run-again", "x"}), "");
    }

    void doubts_are_told_once_and_wrong_answers_are_refused() {
        Driver drive = in_doubt();
        const auto before = drive.log.size();
        (void)drive.submit(Unknown{"s1/act/1", "the program ended before the answer", ""}, drill::engine);
        QCOMPARE(drive.log.size(), before);
        (void)drive.submit(Unknown{"s1/act/1", "the program ended before the answer", "it differs"}, drill::engine);
        QCOMPARE(drive.log.size(), before + 1);
        QCOMPARE(drive.submit(ResolveDoubt{"s1/act/1", "perhaps", "x"}), "'perhaps' is not an answer");
        QCOMPARE(drive.submit(ResolveDoubt{"s1/act/9", "skip", "x"}), "there is no such operation");
        QCOMPARE(drive.submit(Retry{"act", ""}), "the step is in doubt, not failed");
        QCOMPARE(drive.submit(Skip{"act", "x"}), "the step is in doubt");
    }

    void an_outcome_that_comes_after_all_resolves_the_doubt() {
        Driver drive = in_doubt();
        QCOMPARE(drive.settle("act", true), "");
        QCOMPARE(drive.status("act"), "passed");
        QCOMPARE(drive.status("after"), "awaiting a person");
    }

    void a_doubt_outlives_an_abort_and_can_still_be_answered() {
        Driver drive = in_doubt();
        QCOMPARE(drive.submit(Abort{"no"}), "");
        QVERIFY(drive.release.closed());
        QCOMPARE(drive.status("act"), "in doubt");
        QCOMPARE(drive.submit(ResolveDoubt{"s1/act/1", "run-again", "x"}), "the plan is not going forward any more");
        QCOMPARE(drive.submit(ResolveDoubt{"s1/act/1", "happened", "I looked"}), "");
        QCOMPARE(drive.status("act"), "passed");
        QCOMPARE(drive.status("after"), "to come");
        QCOMPARE(QString::fromStdString(drive.release.outcome), "aborted");
    }

    void a_shift_that_settles_is_the_commanded_split() {
        Driver drive = steps(R"(      - {id: ready, probe: {metric: lag, must: '< 5'}, makes-ready: green}
      - {id: to-25, shift: {edge: {green: 25}}}
      - {id: to-50, shift: {edge: {green: 50}}}
)");
        QCOMPARE(drive.release.split.at("edge").at("blue"), 100);
        (void)drive.answer("ready", true);
        QVERIFY(drive.release.ready_arms.contains("green"));
        drive.done("to-25", {{"traffic", "edge"}, {"weights", {{"blue", 75}, {"green", 25}}}});
        QCOMPARE(drive.release.split.at("edge").at("green"), 25);
        (void)drive.prepare("to-50", "", {{"traffic", "edge"}, {"weights", {{"blue", 50}, {"green", 50}}}});
        (void)drive.settle("to-50", false);
        QCOMPARE(drive.release.split.at("edge").at("green"), 25); // what failed is not the split
    }

    void a_desired_split_that_is_none_is_passed_over_data() {
        QTest::addColumn<QString>("desired");
        QTest::newRow("not 100") << R"({"traffic": "edge", "weights": {"blue": 50, "green": 25}})";
        QTest::newRow("unknown arm") << R"({"traffic": "edge", "weights": {"red": 100}})";
        QTest::newRow("unknown split") << R"({"traffic": "door", "weights": {"blue": 100}})";
        QTest::newRow("text") << R"({"traffic": "edge", "weights": {"blue": "all"}})";
        QTest::newRow("negative") << R"({"traffic": "edge", "weights": {"blue": 150, "green": -50}})";
        QTest::newRow("a list") << R"({"traffic": "edge", "weights": [1]})";
        QTest::newRow("numbers") << R"({"traffic": 1, "weights": 2})";
    }
    void a_desired_split_that_is_none_is_passed_over() {
        QFETCH(QString, desired);
        Driver drive = steps(act_then_after);
        drive.done("act", Json::parse(desired.toStdString()));
        QCOMPARE(drive.release.split.at("edge").at("blue"), 100);
        QCOMPARE(drive.release.split.at("edge").at("green"), 0);
    }
};

SLUICE_TEST(EffectsTest)
#include "effects_test.moc"
