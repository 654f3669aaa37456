/// When a plan's steps are, as planned.
#include "plan/loader.h"
#include "plan/variables.h"
#include "story/timetable.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using story::Timetable;
using story::timetable;

namespace {

plan::Plan loaded(const std::string& text) {
    auto outcome = plan::load(text, "plan.yaml");
    if (!outcome.plan) {
        qFatal("%s", plan::to_text(outcome.diagnostics.front(), "plan.yaml").c_str());
    }
    return std::move(*outcome.plan);
}

const char* small = R"(
sluice: 1
id: small
variables: {slowly: {type: boolean, default: true}}
connections: {cluster: {kubernetes: {context: prod}}}
arms:
  blue: {workload: production/blue, service: production/blue, match: v1}
  green: {workload: production/green, service: production/green, match: v2}
traffic:
  edge: {driver: nginx-canary, on: cluster, primary: production/i, canary: production/i-canary, arms: {primary: blue, canary: green}}
calendar: {allow: [{days: [tue], from: '02:00', to: '04:00', zone: UTC}]}
phases:
  - id: before
    steps:
      - {id: ask, confirm: Ready, planned: 10m}
      - {id: ready, probe: {kubernetes: {ready: deployment/green, namespace: production}}, on: cluster, makes-ready: green}
  - id: switch
    window: true
    planned: 20m
    steps:
      - {id: a-tenth, shift: {edge: {green: 10}}, when: {is: '${slowly}'}}
      - {id: rest, wait: {for: 5m}, when: {is: '${slowly}'}}
      - {id: all, shift: {edge: {green: 100}}, planned: 1m}
  - id: after
    steps:
      - {id: look, wait: {for: 10m}, not-before: all + 2h}
      - {id: side-by-side, group: [{id: one, wait: {for: 3m}}, {id: two, wait: {for: 8m}}]}
      - {id: gone, run: ['true'], point-of-no-return: true}
)";

const Timetable::Bar* bar(const Timetable& table, const std::string& step) {
    const auto found =
        std::find_if(table.bars.begin(), table.bars.end(), [&](const auto& one) { return one.step == step; });
    return found == table.bars.end() ? nullptr : &*found;
}

} // namespace

class TimetableTest : public QObject {
    Q_OBJECT

private slots:
    void steps_follow_each_other_and_phases_take_what_is_planned() {
        const auto plan = loaded(small);
        const auto table = timetable(plan, {{"slowly", "true"}});
        QCOMPARE(table.phases.size(), std::size_t(3));
        QCOMPARE(table.phases[0].to, minutes(10));
        QCOMPARE(table.t0, minutes(10)); // the first phase that waits for the window
        QCOMPARE(table.phases[1].from, minutes(10));
        QCOMPARE(table.phases[1].to, minutes(30)); // 20 planned, though its steps take 6
        QVERIFY(table.phases[1].window && !table.phases[0].window);
        QCOMPARE(bar(table, "all")->from, minutes(15));
        // Two hours after `all` has ended.
        QCOMPARE(bar(table, "look")->from, minutes(16) + hours(2));
        QCOMPARE(table.phases[2].from, minutes(16) + hours(2));
        // A group takes as long as the longest in it.
        QCOMPARE(bar(table, "one")->from, bar(table, "two")->from);
        QCOMPARE(bar(table, "gone")->from, minutes(16) + hours(2) + minutes(18));
        QCOMPARE(*table.no_return, bar(table, "gone")->from);
        QCOMPARE(table.length, bar(table, "gone")->to);
        QVERIFY(bar(table, "side-by-side") == nullptr);
    }

    void the_traffic_moves_as_the_variables_let_it() {
        const auto plan = loaded(small);
        const auto slowly = timetable(plan, {{"slowly", "true"}});
        QCOMPARE(slowly.weights.size(), std::size_t(2));
        QCOMPARE(slowly.weights[0].percent, 10);
        QCOMPARE(slowly.weights[0].arm, QString("green"));
        QCOMPARE(slowly.weights[1].percent, 100);
        QCOMPARE(slowly.weights[1].at, minutes(16));
        const auto at_once = timetable(plan, {{"slowly", "false"}});
        QCOMPARE(at_once.weights.size(), std::size_t(1));
        QVERIFY(bar(at_once, "rest") == nullptr);
        QCOMPARE(bar(at_once, "all")->from, minutes(10));
    }

    void a_person_passes_the_point_of_no_return_at_the_end() {
        const std::string acts = "{id: gone, run: ['true'], point-of-no-return: true}";
        std::string text = small;
        text.replace(text.find(acts), acts.size(), "{id: gone, confirm: Gone, planned: 4m, point-of-no-return: true}");
        const auto table = timetable(loaded(text), {});
        QCOMPARE(*table.no_return, bar(table, "gone")->from + minutes(4));
    }

    void times_are_told_from_t0() {
        const auto table = timetable(loaded(small), {});
        QCOMPARE(story::from_t0(table, {}), QString("T−0:10"));
        QCOMPARE(story::from_t0(table, table.t0), QString("T0"));
        QCOMPARE(story::from_t0(table, table.t0 + minutes(125)), QString("T+2:05"));
        const QString words = story::spoken(table);
        QVERIFY2(words.contains("100 % to green at T+0:06") && words.contains("no way back from T+2:24"),
                 qPrintable(words));
    }

    void where_the_calendar_fixes_t0_they_are_told_on_the_clock_too() {
        auto table = timetable(loaded(small), {});
        QVERIFY(!story::moment_of(table, table.t0));
        table.t0_at = seconds(1'767'664'800); // 2026-01-06T02:00Z
        QCOMPARE(story::moment_of(table, table.t0 + minutes(10))->count, (*table.t0_at + minutes(10)).count);
        QVERIFY(!story::moment_of(table, {})); // it begins with the session, perhaps days before
        const QString words = story::spoken(table);
        QVERIFY2(words.startsWith("T0 is Tue 2026-01-06 02:00 UTC at the earliest; "), qPrintable(words));
    }

    void the_plan_that_ships_has_its_ramp_and_its_point_of_no_return() {
        auto outcome = plan::load_file(SLUICE_SOURCE_DIR "/plans/nova/blue-green.yaml");
        QVERIFY(outcome.plan);
        const auto frozen = plan::freeze(*outcome.plan, {{"version", "v1.2.4"}, {"previous", "v1.2.3"}}, {});
        QVERIFY(frozen.errors.empty());
        const auto table = timetable(*outcome.plan, frozen.values);
        std::vector<int> weights;
        for (const auto& weight : table.weights) {
            weights.push_back(weight.percent);
        }
        QCOMPARE(weights, (std::vector<int>{10, 25, 50, 100}));
        QVERIFY(table.no_return && bar(table, "to-100")->to + hours(2) <= *table.no_return);
        for (std::size_t i = 1; i < table.phases.size(); ++i) {
            QVERIFY(table.phases[i - 1].to <= table.phases[i].from);
        }
    }
};

SLUICE_TEST(TimetableTest)
#include "timetable_test.moc"
