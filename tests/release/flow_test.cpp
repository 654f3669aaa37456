#include "driver.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;
using sluice::release::drill::steps;

class FlowTest : public QObject {
    Q_OBJECT
private slots:
    void steps_follow_each_other_and_the_last_closes_the_session() {
        Driver drive = steps("      - {id: one, confirm: One}\n      - {id: two, confirm: Two}\n");
        QCOMPARE(drive.last(), "session-opened, phase-started main, step-started one");
        QCOMPARE(drive.submit(Confirm{"one", "", false, ""}), "");
        QCOMPARE(drive.last(), "confirmed one, step-finished one passed, step-started two");
        QCOMPARE(drive.submit(Confirm{"two", "", false, ""}), "");
        QCOMPARE(drive.last(), "confirmed two, step-finished two passed, phase-finished main, session-closed done");
        QCOMPARE(drive.submit(Confirm{"two", "", false, ""}), "the session is closed: done");
        QCOMPARE(drive.submit(Note{"it was fine", ""}), "");
    }

    void a_phase_with_a_window_waits_for_the_calendar_and_sets_T0() {
        Driver drive(plan_with(R"(calendar: {allow: [{days: [tue], from: '02:00', to: '04:00', zone: UTC}]}
phases:
  - {id: before, steps: [{id: list, confirm: The list}]}
  - {id: switch, window: true, steps: [{id: go, confirm: Go}]}
)"));
        (void)drive.submit(Confirm{"list", "", false, ""});
        QCOMPARE(drive.last(),
                 "confirmed list, step-finished list passed, phase-finished before, phase-waiting switch");
        QCOMPARE(drive.release.t0.count, 0);
        const Nanos opening = seconds(1'767'664'800); // Tuesday 2026-01-06T02:00Z
        QCOMPARE(next_tick(drive.release, drive.now)->count, opening.count);
        drive.pass(hours(10));
        QCOMPARE(drive.status("go"), "to come");
        drive.pass(hours(8));
        QCOMPARE(drive.status("go"), "awaiting a person");
        QCOMPARE(drive.release.t0.count, opening.count);
        QCOMPARE(drive.count("phase-waiting"), 1);
    }

    void a_closed_window_can_be_overridden_with_a_reason() {
        Driver drive(plan_with(R"(calendar: {deny: [{days: [mon]}]}
phases:
  - {id: switch, window: true, steps: [{id: go, confirm: Go}]}
)"));
        QCOMPARE(drive.submit(Override{"switch", "", ""}), "this needs a reason");
        QCOMPARE(drive.submit(Override{"switch", "", "the fix can't wait"}), "");
        QCOMPARE(drive.last(), "overridden, phase-started switch, step-started go");
        QCOMPARE(drive.submit(Override{"switch", "", "again"}), "the phase does not wait for its window");
        QCOMPARE(drive.release.overrides, 1);
    }

    void needs_make_a_graph() {
        Driver drive = steps("      - {id: a, confirm: A}\n"
                             "      - {id: b, confirm: B, needs: []}\n"
                             "      - {id: c, confirm: C, needs: [a, b]}\n");
        QCOMPARE(drive.status("b"), "awaiting a person");
        (void)drive.submit(Confirm{"b", "", false, ""});
        QCOMPARE(drive.status("c"), "to come");
        (void)drive.submit(Confirm{"a", "", false, ""});
        QCOMPARE(drive.status("c"), "awaiting a person");
    }

    void steps_of_a_group_run_side_by_side_and_the_group_ends_with_the_last() {
        Driver drive = steps("      - {id: both, group: [{id: a, confirm: A}, {id: b, confirm: B}]}\n"
                             "      - {id: after, confirm: After}\n");
        QCOMPARE(drive.status("both"), "running");
        QCOMPARE(drive.status("a"), "awaiting a person");
        QCOMPARE(drive.status("b"), "awaiting a person");
        (void)drive.submit(Confirm{"a", "", false, ""});
        QCOMPARE(drive.status("both"), "running");
        QCOMPARE(drive.status("after"), "to come");
        (void)drive.submit(Confirm{"b", "", false, ""});
        QCOMPARE(drive.last(), "confirmed b, step-finished b passed, step-finished both passed, step-started after");
    }

    void a_decision_leads_to_its_steps_and_makes_the_others_not_applicable() {
        Driver drive = steps(R"(      - id: way
        decide:
          text: Which way?
          choices:
            - {id: fast, steps: [{id: jump, confirm: Jump}]}
            - {id: slow, steps: [{id: walk, confirm: Walk}, {id: rest, confirm: Rest}]}
            - {id: stay}
      - {id: after, confirm: After}
)");
        QCOMPARE(drive.status("walk"), "to come");
        QCOMPARE(drive.submit(Decide{"way", "fly", ""}), "'fly' is not a choice");
        QCOMPARE(drive.submit(Decide{"way", "slow", "it rains"}), "");
        QCOMPARE(drive.status("jump"), "not applicable");
        QCOMPARE(drive.why("jump"), "another choice was made");
        QCOMPARE(drive.status("walk"), "awaiting a person");
        QCOMPARE(drive.status("way"), "running");
        (void)drive.submit(Confirm{"walk", "", false, ""});
        QCOMPARE(drive.status("after"), "to come");
        (void)drive.submit(Confirm{"rest", "", false, ""});
        QCOMPARE(drive.status("way"), "passed");
        QCOMPARE(drive.status("after"), "awaiting a person");
        QCOMPARE(drive.submit(Decide{"way", "fast", ""}), "the step is passed; nobody is awaited");
    }

    void a_choice_without_steps_ends_the_decision_at_once() {
        Driver drive = steps("      - {id: way, decide: {text: 'Go?', choices: [{id: go, steps: [{id: x, confirm: "
                             "X}]}, {id: stay}]}}\n");
        (void)drive.submit(Decide{"way", "stay", ""});
        QCOMPARE(drive.status("x"), "not applicable");
        QVERIFY(drive.release.closed());
    }

    void a_step_whose_when_is_false_is_not_applicable_with_the_reason() {
        Driver drive =
            steps("      - {id: ramp-up, confirm: Ramp, when: {is: '${ramp}'}}\n      - {id: after, confirm: A}\n",
                  {{"ramp", "false"}});
        QCOMPARE(drive.status("ramp-up"), "not applicable");
        QVERIFY2(drive.why("ramp-up").contains("false"), qPrintable(drive.why("ramp-up")));
        QCOMPARE(drive.status("after"), "awaiting a person");
    }

    void a_when_on_a_metric_waits_for_a_reading() {
        Driver drive = steps("      - {id: drain, confirm: Drain, when: {metric: lag, must: '> 100'}}\n"
                             "      - {id: after, confirm: A}\n");
        QCOMPARE(drive.status("drain"), "waiting");
        const auto before = drive.log.size();
        (void)drive.submit(Note{"still there", ""}); // tells nothing about metrics, so nothing is said of them
        QCOMPARE(drive.log.size(), before + 1);
        drive.tick({{"lag", 7}});
        QCOMPARE(drive.status("drain"), "not applicable");
        QCOMPARE(drive.status("after"), "awaiting a person");
    }

    void gates_of_an_effect_hold_it_back_until_they_hold_or_are_set_aside() {
        const std::string plan =
            "      - {id: act, run: [act], gates: [{metric: lag, must: '< 10'}, {metric: errors, must: '< 1%'}]}\n";
        Driver drive = steps(plan);
        QCOMPARE(drive.status("act"), "waiting");
        drive.tick({{"lag", 20}, {"errors/blue", 0.001}});
        QCOMPARE(drive.why("act"), "gate lag must be < 10");
        drive.tick({{"lag", 5}});
        QCOMPARE(drive.why("act"), "gate errors has no answer");
        drive.tick({{"lag", 5}, {"errors/blue", 0.001}});
        QCOMPARE(drive.status("act"), "running");

        Driver urgent = steps(plan);
        QCOMPARE(urgent.submit(Override{"act", "", "go"}), "a run that is waiting can't be overridden");
        QCOMPARE(urgent.submit(Override{"act", "lag", "it is the backlog that we fix"}), "");
        QCOMPARE(urgent.status("act"), "waiting");
        QCOMPARE(urgent.submit(Override{"act", "lag", "again"}), "the gate 'lag' is set aside already");
        urgent.tick({{"errors/blue", 0.001}});
        QCOMPARE(urgent.status("act"), "running");
    }

    void all_series_decide_before_a_step_too_and_not_the_first_data() {
        QTest::addColumn<bool>("any");
        QTest::addColumn<QString>("series"); // y: it holds, n: it does not, -: it has no data
        QTest::addColumn<QString>("gate");
        QTest::addColumn<QString>("when");
        const auto row = [](bool any, const char* series, const char* gate, const char* when) {
            QTest::addRow("%s %s", any ? "any" : "each", series) << any << series << gate << when;
        };
        row(false, "yyy", "running", "running");
        row(false, "yyn", "gate lag must be < 10", "not applicable");
        row(false, "yy-", "gate lag has no answer", "waiting");
        row(false, "-n-", "gate lag must be < 10", "not applicable");
        row(true, "nny", "running", "running");
        row(true, "-y-", "running", "running");
        row(true, "nn-", "gate lag has no answer", "waiting");
        row(true, "nnn", "gate lag must be < 10", "not applicable");
        row(true, "", "gate lag has no answer", "waiting");
    }
    void all_series_decide_before_a_step_too_and_not_the_first() {
        QFETCH(bool, any);
        QFETCH(QString, series);
        std::string text = plan_with("phases:\n  - id: main\n    steps:\n"
                                     "      - {id: gated, run: [a], needs: [], gates: [{metric: lag, must: '< 10'}]}\n"
                                     "      - {id: asked, run: [b], needs: [], when: {metric: lag, must: '< 10'}}\n");
        text.insert(text.find("  lag: {from") + 8, any ? "reduce: any, " : "reduce: each, ");
        Driver drive(text);
        SeriesValues values;
        for (const QChar one : series) {
            values.push_back(one == '-' ? std::nullopt : std::optional(one == 'y' ? 3.0 : 30.0));
        }
        QCOMPARE(drive.submit(Tick{{}, {}, {{"lag", values}}}, drill::engine), "");
        const auto& gated = drive.release.at("gated");
        QTEST(QString::fromStdString(gated.status == StepStatus::waiting ? gated.why : name(gated.status)), "gate");
        QTEST(QString::fromStdString(name(drive.release.at("asked").status)), "when");
    }

    void a_gate_of_an_effect_is_held_against_a_baseline() {
        Driver drive = steps("      - {id: soak, confirm: Soak}\n"
                             "      - {id: act, run: [act], gates: [{metric: lag, must: '<= 50%', against: {baseline: "
                             "soak, as: share}}]}\n");
        (void)drive.submit(Confirm{"soak", "", false, ""});
        drive.tick({{"lag", 20}});
        QCOMPARE(drive.why("act"), "gate lag has no answer"); // nothing was measured during it
        const Json taken = Json::array({{{"metric", "lag"}, {"arm", ""}, {"value", "10"}, {"count", 3}}});
        QCOMPARE(drive.submit(Baseline{"soak", taken}), "");
        drive.tick({{"lag", 16}});
        QCOMPARE(drive.why("act"), "gate lag must be <= the baseline of soak + 50% of it");
        drive.tick({{"lag", 15}});
        QCOMPARE(drive.status("act"), "running");
        QCOMPARE(drive.submit(Baseline{"nowhere", taken}), "the plan has no step 'nowhere'");
    }

    void a_gate_of_an_effect_is_held_against_what_was_before_the_start() {
        Driver drive =
            steps("      - {id: act, run: [act], gates: [{metric: lag, must: '<= 50%', against: {before: 1h, "
                  "as: share}}]}\n");
        drive.tick({{"lag", 15}});
        const char* const unknown = "gate lag has no answer: its average of the 1h before the start is not known";
        QCOMPARE(drive.why("act"), unknown);
        const Json taken = Json::array({{{"metric", "lag"}, {"arm", ""}, {"value", "10"}, {"count", 720}}});
        QCOMPARE(drive.submit(Baseline{{}, taken, "lag", minutes(5), ""}), ""); // of another time
        QCOMPARE(drive.submit(Baseline{{}, Json::array(), "lag", hours(1), "no history"}), "");
        drive.tick({{"lag", 15}});
        QCOMPARE(drive.why("act"), unknown);
        QCOMPARE(drive.submit(Baseline{{}, taken, "lag", hours(1), ""}), "");
        drive.tick({{"lag", 16}});
        QCOMPARE(drive.why("act"), "gate lag must be <= its average of the 1h before the start + 50% of it");
        drive.tick({{"lag", 15}});
        QCOMPARE(drive.status("act"), "running");
    }

    void a_gate_of_an_effect_is_held_against_its_own_value_of_some_time_ago() {
        Driver drive =
            steps("      - {id: act, run: [act], gates: [{metric: errors, must: '<= 50%', against: {ago: 5m, "
                  "as: share}}]}\n");
        const auto measured = [&](double now, std::map<std::pair<Nanos, std::string>, double> earlier) {
            (void)drive.submit(Tick{{{"errors/blue", now}}, std::move(earlier)}, drill::engine);
            return drive.why("act");
        };
        QCOMPARE(measured(0.01, {}), "gate errors has no answer: its value 5m ago is not known");
        QCOMPARE(measured(0.01, {{{minutes(1), "errors/blue"}, 0.01}}), // of another moment
                 "gate errors has no answer: its value 5m ago is not known");
        QCOMPARE(measured(0.01, {{{minutes(5), "errors/green"}, 0.01}}), // of another arm
                 "gate errors has no answer: its value 5m ago is not known");
        QCOMPARE(measured(0.016, {{{minutes(5), "errors/blue"}, 0.01}}),
                 "gate errors must be <= its value 5m ago + 50% of it");
        QCOMPARE(drive.status("act"), "waiting");
        (void)measured(0.015, {{{minutes(5), "errors/blue"}, 0.01}});
        QCOMPARE(drive.status("act"), "running");
    }

    void a_shadow_before_an_effect_is_told_and_does_not_keep_it_waiting() {
        Driver drive = steps("      - {id: act, run: [act], gates: [{metric: lag, must: '< 10', shadow: true}]}\n"
                             "      - {id: next, run: [act], gates: [{metric: lag, must: '< 10', shadow: true}, "
                             "{metric: errors, must: '< 1%'}]}\n");
        QCOMPARE(drive.status("act"), "running"); // no reading came along, and none is waited for
        drive.gate("act", "lag", "fail");
        QCOMPARE(drive.release.at("act").gates.at("lag").verdict, "fail");
        QVERIFY(drive.release.at("act").gates.at("lag").shadow);
        QCOMPARE(drive.status("act"), "running");
        drive.gate("next", "lag", "fail"); // it has not begun
        QVERIFY(drive.release.at("next").gates.empty());
        drive.done("act");
        drive.tick({{"lag", 99}, {"errors/blue", 0.5}});
        QCOMPARE(drive.why("next"), "gate errors must be < 1%");
        QCOMPARE(drive.submit(Override{"next", "lag", "go"}), "the gate 'lag' is a shadow: it stops nothing");
        drive.tick({{"lag", 99}, {"errors/blue", 0.001}});
        QCOMPARE(drive.status("next"), "running");
        drive.gate("next", "errors", "fail", "blue"); // it has let the step start: what it says now is not told
        QVERIFY(drive.release.at("next").gates.empty());
    }

    void a_gate_of_an_effect_that_compares_nothing_is_shut() {
        Driver drive =
            steps("      - {id: act, run: [act], gates: [{metric: errors, must: '<= 10%', against: {arm: blue, "
                  "as: share}}]}\n");
        drive.tick({{"errors/blue", 0.001}, {"errors/green", 0.001}}); // green has no traffic yet
        QCOMPARE(drive.why("act"), "gate errors has no answer");
    }

    void not_before_waits_after_its_step() {
        Driver drive =
            steps("      - {id: first, confirm: First}\n      - {id: late, confirm: Late, not-before: first + 2h}\n");
        drive.pass(minutes(5));
        (void)drive.submit(Confirm{"first", "", false, ""});
        QCOMPARE(drive.status("late"), "waiting");
        QCOMPARE(drive.why("late"), "not before 2026-01-05T10:05:00Z (2h after first), which is in 2h");
        drive.pass(minutes(5));
        drive.tick();
        QCOMPARE(drive.count("step-waiting"), 1); // told once, although less and less is left
        drive.pass(hours(2) - minutes(5) - seconds(1));
        QCOMPARE(drive.status("late"), "waiting");
        drive.pass(seconds(1));
        QCOMPARE(drive.status("late"), "awaiting a person");
    }

    void lists_before_T0_hang_on_the_next_opening_of_the_calendar() {
        Driver drive(plan_with(R"(calendar: {allow: [{days: [tue], from: '02:00', to: '04:00', zone: UTC}]}
phases:
  - {id: before, steps: [{id: list, confirm: The list, not-before: T0 - 2h}]}
  - {id: switch, window: true, steps: [{id: go, confirm: Go}]}
  - {id: after, steps: [{id: tidy, confirm: Tidy, not-before: T0 + 1h}]}
)"));
        QCOMPARE(drive.status("list"), "waiting");
        QCOMPARE(drive.why("list"), "not before 2026-01-06T00:00:00Z (2h before T0), which is in 16h");
        drive.pass(hours(16) - seconds(1)); // to 23:59:59
        QCOMPARE(drive.status("list"), "waiting");
        drive.pass(seconds(1));
        QCOMPARE(drive.status("list"), "awaiting a person");
        drive.pass(hours(3));
        (void)drive.submit(Confirm{"list", "", false, ""});
        (void)drive.submit(Confirm{"go", "", false, ""});
        QCOMPARE(drive.status("tidy"), "waiting");
        drive.pass(hours(1)); // T0 was 03:00, the start of the phase
        QCOMPARE(drive.status("tidy"), "awaiting a person");
    }

    void a_wait_ends_with_its_time() {
        Driver drive = steps("      - {id: calm, wait: 10m}\n      - {id: after, confirm: A}\n");
        drive.pass(minutes(10) - seconds(1));
        QCOMPARE(drive.status("calm"), "running");
        drive.pass(seconds(1));
        QCOMPARE(drive.status("calm"), "passed");
    }

    void a_wait_until_asks_as_often_as_it_says_and_fails_at_its_deadline() {
        Driver drive =
            steps("      - {id: drained, wait: {until: {metric: lag, must: '< 10'}, every: 20s, deadline: 1m}}\n");
        QCOMPARE((*next_tick(drive.release, drive.now) - drive.now).count, seconds(20).count);
        drive.pass(seconds(30));
        QCOMPARE((*next_tick(drive.release, drive.now) - drive.now).count, seconds(10).count);
        drive.pass(seconds(30));
        QCOMPARE(drive.status("drained"), "failed");
        // Tried again, it has its whole time again.
        QCOMPARE(drive.submit(Retry{"drained", "the consumers are back"}), "");
        drive.pass(seconds(40));
        QCOMPARE(drive.status("drained"), "running");
        drive.tick({{"lag", 3}});
        QCOMPARE(drive.status("drained"), "passed");
    }

    void a_pause_stops_new_steps_but_not_what_is_at_work() {
        Driver drive = steps("      - {id: act, run: [act]}\n      - {id: after, confirm: A}\n");
        QCOMPARE(drive.prepare("act"), "");
        QCOMPARE(drive.submit(Pause{"lunch"}), "");
        QCOMPARE(drive.submit(Pause{""}), "it is paused already");
        QCOMPARE(drive.settle("act", true), "");
        QCOMPARE(drive.status("act"), "passed");
        QCOMPARE(drive.status("after"), "to come");
        QCOMPARE(drive.submit(Continue{}), "");
        QCOMPARE(drive.last(), "continued, step-started after");
        QCOMPARE(drive.submit(Continue{}), "it is not paused");
    }

    void what_is_tried_again_during_a_pause_starts_after_it() {
        Driver drive = steps("      - {id: look, probe: {metric: lag, must: '< 5'}}\n");
        (void)drive.answer("look", false, true, "it is 7");
        (void)drive.submit(Pause{""});
        QCOMPARE(drive.submit(Retry{"look", ""}), "");
        QCOMPARE(drive.status("look"), "about to be retried");
        (void)drive.submit(Continue{});
        QCOMPARE(drive.status("look"), "running");
        QCOMPARE(drive.release.at("look").attempt, 2);
    }

    void an_abort_stops_what_can_be_stopped_and_waits_for_what_is_in_flight() {
        Driver drive = steps(
            "      - {id: both, group: [{id: act, run: [act]}, {id: look, probe: {metric: lag, must: '< 5'}}]}\n");
        (void)drive.prepare("act");
        QCOMPARE(drive.submit(Abort{""}), "this needs a reason");
        QCOMPARE(drive.submit(Abort{"wrong version"}), "");
        QCOMPARE(drive.status("look"), "stopped");
        QCOMPARE(drive.status("act"), "running");
        QVERIFY(!drive.release.closed());
        QCOMPARE(drive.submit(Abort{"twice"}), "it is being aborted already");
        QCOMPARE(drive.settle("act", true), "");
        QCOMPARE(drive.last(), "settled s1/act/1, step-finished act passed, session-closed aborted");
    }

    void a_second_session_can_not_be_opened_and_nothing_goes_without_one() {
        Driver drive = steps("      - {id: a, confirm: A}\n");
        QCOMPARE(drive.submit(Open{drive.release.opened}), "the session is open already");
        QVERIFY(!decide(Release{}, Tick{}, seconds(1), drill::engine));
        SessionOpened broken;
        broken.plan_source = "sluice: 1\n";
        QVERIFY(!decide(Release{}, Open{broken}, seconds(1), drill::engine));
    }
};

SLUICE_TEST(FlowTest)
#include "flow_test.moc"
