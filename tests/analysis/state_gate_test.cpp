/// Gates and triggers on metrics that are a state: a circuit breaker's, a server's behind a proxy.
#include "analysis/gate.h"
#include "analysis/trigger.h"
#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::analysis;
using sluice::testing::new_year;

namespace {

plan::Metric breaker(plan::Reduce reduce = plan::Reduce::none) {
    plan::Metric metric;
    metric.name = "breaker";
    metric.title = "Breaker";
    metric.unit = "state";
    metric.reduce = reduce;
    metric.states = {{"0", 0, "closed"}, {"1", 1, "open"}, {"2", 2, "half-open"}};
    return metric;
}

Latest says(const std::vector<double>& values, Nanos age = {}) {
    series::SampleBatch batch;
    batch.metric = "breaker";
    batch.received_at = new_year;
    for (const double value : values) {
        series::Reading reading;
        reading.value = value;
        reading.measured_at = new_year - age;
        reading.received_at = new_year;
        batch.readings.push_back(reading);
    }
    Latest latest;
    latest.take(std::move(batch));
    return latest;
}

plan::Gate gate(const std::string& must) {
    plan::Gate gate;
    gate.id = gate.metric = "breaker";
    gate.must = plan::of_metric(plan::parse_must(must).value(), breaker()).value();
    return gate;
}

} // namespace

class StateGateTest : public QObject {
    Q_OBJECT
private slots:
    void a_gate_tells_the_state_by_its_name_data() {
        QTest::addColumn<QString>("must");
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("told");
        QTest::newRow("it is") << "is closed" << 0.0 << "pass: closed, must be closed";
        QTest::newRow("it is not") << "is closed" << 1.0 << "fail: open, must be closed";
        QTest::newRow("one of two") << "is closed or half-open" << 2.0
                                    << "pass: half-open, must be closed or half-open";
        QTest::newRow("what it may not be") << "is not open" << 1.0 << "fail: open, must be not open";
        QTest::newRow("another") << "is not open" << 2.0 << "pass: half-open, must be not open";
        QTest::newRow("one that the plan does not name is no pass")
            << "is not open" << 7.0 << "source-error: it says 7, which is none of its states";
    }
    void a_gate_tells_the_state_by_its_name() {
        QFETCH(QString, must);
        QFETCH(double, value);
        QFETCH(QString, told);
        const auto verdicts = judge(gate(must.toStdString()), breaker(), says({value}), {}, new_year);
        QCOMPARE(verdicts.size(), 1u);
        QCOMPARE(QString::fromStdString(name(verdicts[0].verdict) + (": " + verdicts[0].why)), told);
        QVERIFY(!verdicts[0].close && !verdicts[0].headroom); // nothing is nearer to a state
    }

    void what_is_old_is_no_state() {
        const auto verdicts = judge(gate("is not open"), breaker(), says({0}, minutes(2)), {}, new_year);
        QCOMPARE(verdicts[0].verdict, Verdict::no_data);
    }

    void of_several_all_or_one_must_be_so() {
        const auto verdict = [](plan::Reduce reduce, const std::vector<double>& values) {
            return judge(gate("is closed"), breaker(reduce), says(values), {}, new_year)[0].verdict;
        };
        QCOMPARE(verdict(plan::Reduce::each, {0, 0, 0}), Verdict::pass);
        QCOMPARE(verdict(plan::Reduce::each, {0, 1, 0}), Verdict::fail);
        QCOMPARE(verdict(plan::Reduce::each, {0, 7, 0}), Verdict::source_error);
        QCOMPARE(verdict(plan::Reduce::any, {1, 2, 0}), Verdict::pass);
        QCOMPARE(verdict(plan::Reduce::any, {1, 2, 1}), Verdict::fail);
    }

    void a_trigger_fires_by_a_state() {
        plan::Plan plan;
        plan.metrics.push_back(breaker());
        plan::Trigger trigger;
        trigger.id = "t";
        trigger.condition.kind = plan::Condition::Kind::metric;
        trigger.condition.name = "breaker";
        trigger.condition.must = gate("is open").must;
        const auto open = judge(trigger, plan, says({1}), {}, new_year, {});
        QCOMPARE(open[0].truth, Truth::yes);
        QCOMPARE(open[0].value, "open");
        QCOMPARE(open[0].why, "Breaker is open");
        const auto closed = judge(trigger, plan, says({0}), {}, new_year, {});
        QCOMPARE(closed[0].truth, Truth::no);
        QCOMPARE(closed[0].why, "Breaker is closed");
    }
};

SLUICE_TEST(StateGateTest)
#include "state_gate_test.moc"
