/// What the screen says of a limit that is counted from another value.
#include "story/gate_limit.h"
#include "story/metric_view.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::story;

namespace {

const char* const plan_text = R"(sluice: 1
id: small
connections: {prom: {prometheus: {url: 'http://prom'}}}
arms: {blue: {workload: n/b, service: n/b}, green: {workload: n/g, service: n/g}}
metrics: {slow: {title: Slow, unit: s, from: prom, query: x, by-arm: version}}
phases:
  - id: one
    steps:
      - {id: soak, confirm: Soak}
      - id: bake
        hold: {for: 1m}
        gates:
          - {id: now, metric: slow, arm: green, must: '<= 10%', against: {arm: blue, as: share}}
          - {id: before, metric: slow, arm: green, must: '<= 50ms', against: {arm: blue, baseline: soak}}
          - {id: rate, metric: slow, arm: green, must: '<= 10%', against: {ago: 1m, as: share}}
          - {id: hour, metric: slow, arm: green, must: '<= 50ms', against: {arm: blue, before: 1h}}
)";

} // namespace

class GateLimitStoryTest : public QObject {
    Q_OBJECT
    release::Release release_;
    Readings readings_;
    Nanos now_ = seconds(1'767'600'000);

    Moment moment() const {
        static const Outputs outputs;
        return {release_, now_, {}, readings_, outputs};
    }
    void measured(const std::string& arm, double value, session::SampleStatus status = session::SampleStatus::ok) {
        session::Tick tick;
        tick.time = now_;
        tick.samples.push_back({{"slow", arm, "{}", "s"}, status, value, now_, now_, ""});
        readings_.take(tick);
    }
    std::optional<double> limit(std::size_t gate) const {
        const auto& hold = std::get<plan::Hold>(release_.plan->step("bake")->body);
        const auto found = limit_at(moment(), hold.gates[gate], "green", now_);
        return found ? std::optional(found->must.limit) : std::nullopt;
    }

private slots:
    void init() {
        release_ = {};
        readings_ = {};
        release::SessionOpened opened;
        opened.plan_source = plan_text;
        release::apply(release_, {1, now_, opened});
        QVERIFY(release_.plan != nullptr);
    }

    void the_other_arm_counts_as_long_as_it_is_fresh() {
        QVERIFY(!limit(0));
        measured("blue", 0.2);
        QCOMPARE(limit(0).value_or(0), 0.22);
        now_ = now_ + seconds(31); // older than the metric's age allows
        QVERIFY(!limit(0));
        measured("blue", 0, session::SampleStatus::source_error);
        QVERIFY(!limit(0));
    }

    void a_baseline_counts_from_when_it_was_taken() {
        QVERIFY(!limit(1));
        const Json taken = Json::array({{{"metric", "slow"}, {"arm", "blue"}, {"value", "0.2"}}});
        release::apply(release_, {2, now_, release::BaselineCaptured{"soak", taken}});
        QCOMPARE(limit(1).value_or(0), 0.25);
    }

    void the_chart_has_a_band_around_a_baseline_and_around_nothing_else() {
        measured("green", 0.1);
        QVERIFY(!present_metric(moment(), *release_.plan->metric("slow")).usual);
        const Json taken = Json::array({{{"metric", "slow"}, {"arm", "blue"}, {"value", "0.2"}}});
        release::apply(release_, {2, now_, release::BaselineCaptured{"soak", taken}});
        const auto usual = present_metric(moment(), *release_.plan->metric("slow")).usual;
        QVERIFY(usual);
        QCOMPARE(usual->first, 0.15);
        QCOMPARE(usual->second, 0.25);
        measured("blue", 0.1); // the gate that comes first is counted from the other arm
        QVERIFY(!present_metric(moment(), *release_.plan->metric("slow")).usual);
    }

    void what_was_before_the_start_is_a_baseline_with_a_band_too() {
        measured("green", 0.1);
        QVERIFY(!limit(3));
        const Json taken = Json::array({{{"metric", "slow"}, {"arm", "blue"}, {"value", "0.2"}}});
        release::apply(release_, {2, now_, release::BaselineCaptured{{}, taken, "slow", hours(1), ""}});
        QCOMPARE(limit(3).value_or(0), 0.25);
        const auto usual = present_metric(moment(), *release_.plan->metric("slow")).usual;
        QVERIFY(usual);
        QCOMPARE(usual->first, 0.15);
        QCOMPARE(usual->second, 0.25);
    }

    void its_own_value_of_some_time_ago_counts_as_it_was_then() {
        QVERIFY(!limit(2));
        measured("green", 0.2);
        now_ = now_ + seconds(30);
        measured("green", 0.3);
        QVERIFY(!limit(2)); // it was not watched a minute ago
        now_ = now_ + seconds(30);
        QCOMPARE(limit(2).value_or(0), 0.22);
        now_ = now_ + seconds(29);
        QCOMPARE(limit(2).value_or(0), 0.22);
        now_ = now_ + seconds(1);
        QCOMPARE(limit(2).value_or(0), 0.33);
        now_ = now_ + seconds(31); // older than the metric's age allowed then
        QVERIFY(!limit(2));
    }

    void what_was_asked_for_afterwards_is_its_own_value_of_some_time_ago() {
        measured("green", 0.1);
        QVERIFY(!limit(2));
        session::Tick tick;
        tick.time = now_;
        auto& sample = tick.samples.emplace_back();
        sample.series = {"slow", "green", "{}", "s"};
        sample.value = 0.2;
        sample.measured_at = sample.received_at = now_ - seconds(65);
        sample.past = true;
        readings_.take(tick);
        QCOMPARE(limit(2).value_or(0), 0.22);
    }

    void the_chart_draws_it_in_the_figures_of_a_value() {
        measured("green", 0.1234);
        measured("blue", 0.1234567);
        const auto view = present_metric(moment(), *release_.plan->metric("slow"));
        QCOMPARE(view.limit, QString("limit 136 ms"));
        QCOMPARE(view.mark, Mark::holds);
    }
};

SLUICE_TEST(GateLimitStoryTest)
#include "gate_limit_test.moc"
