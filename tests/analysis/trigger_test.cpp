#include "analysis/trigger.h"

#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::analysis;
using sluice::testing::new_year;

namespace {

plan::Plan plan_of_two() {
    plan::Plan plan;
    for (const char* name : {"errors", "lag"}) {
        plan::Metric metric;
        metric.name = name;
        metric.unit = name == std::string("errors") ? "ratio" : "messages";
        metric.by_arm = name == std::string("errors") ? "version" : "";
        plan.metrics.push_back(metric);
    }
    return plan;
}

/// y above the limit, n below, - no data, ! source error, . never asked
void put(Latest& latest, const std::string& metric, const std::vector<std::pair<std::string, QChar>>& arms) {
    series::SampleBatch batch;
    batch.metric = metric;
    for (const auto& [arm, letter] : arms) {
        if (letter == '.') {
            continue;
        }
        series::Reading reading;
        reading.arm = arm;
        reading.measured_at = reading.received_at = new_year;
        reading.value = letter == 'y' ? 100 : 0;
        reading.status = letter == '-'   ? series::Status::no_data
                         : letter == '!' ? series::Status::source_error
                                         : series::Status::ok;
        batch.readings.push_back(reading);
    }
    latest.take(std::move(batch));
}

plan::Condition above(const std::string& metric, const std::string& arm = "") {
    plan::Condition condition;
    condition.kind = plan::Condition::Kind::metric;
    condition.name = metric;
    condition.arm = arm;
    condition.must = plan::parse_must("> 50").value();
    return condition;
}

plan::Condition combined(plan::Condition::Kind kind, std::vector<plan::Condition> parts) {
    plan::Condition condition;
    condition.kind = kind;
    condition.parts = std::move(parts);
    return condition;
}

QString truth_of(const plan::Condition& condition, const Latest& latest, const std::string& arm = "blue") {
    plan::Trigger trigger;
    trigger.condition = condition;
    trigger.arm = arm;
    return name(judge(trigger, plan_of_two(), latest, {"blue", "green"}, new_year, {}).at(0).truth);
}

} // namespace

class TriggerTruthTest : public QObject {
    Q_OBJECT
private slots:
    void truth_is_combined_without_losing_what_is_not_known_data() {
        QTest::addColumn<QString>("errors");
        QTest::addColumn<QString>("lag");
        QTest::addColumn<QString>("all");
        QTest::addColumn<QString>("any");
        QTest::addColumn<QString>("negated"); // not errors
        const auto row = [](const char* errors, const char* lag, const char* all, const char* any,
                            const char* negated) {
            QTest::newRow(qPrintable(QString("%1 and %2").arg(errors, lag))) << errors << lag << all << any << negated;
        };
        row("y", "y", "yes", "yes", "no");
        row("y", "n", "no", "yes", "no");
        row("n", "n", "no", "no", "yes");
        row("y", "-", "no-data", "yes", "no");
        row("n", "-", "no", "no-data", "yes");
        row("y", "!", "source-error", "yes", "no");
        row("n", "!", "no", "source-error", "yes");
        row("-", "!", "source-error", "source-error", "no-data");
        row("!", "-", "source-error", "source-error", "source-error");
        row("-", "y", "no-data", "yes", "no-data");
        row("-", "n", "no", "no-data", "no-data");
        row("!", "n", "no", "source-error", "source-error");
        row(".", "y", "no-data", "yes", "no-data");
    }
    void truth_is_combined_without_losing_what_is_not_known() {
        QFETCH(QString, errors);
        QFETCH(QString, lag);
        Latest latest;
        put(latest, "errors", {{"blue", errors[0]}});
        put(latest, "lag", {{"", lag[0]}});
        using Kind = plan::Condition::Kind;
        QTEST(truth_of(combined(Kind::all, {above("errors"), above("lag")}), latest), "all");
        QTEST(truth_of(combined(Kind::all, {above("lag"), above("errors")}), latest), "all");
        QTEST(truth_of(combined(Kind::any, {above("errors"), above("lag")}), latest), "any");
        QTEST(truth_of(combined(Kind::any, {above("lag"), above("errors")}), latest), "any");
        QTEST(truth_of(combined(Kind::negation, {above("errors")}), latest), "negated");
    }

    void one_that_fires_tells_what_the_source_knows_about_it() {
        plan::Trigger trigger;
        trigger.condition = above("lag");
        for (const double value : {100.0, 0.0}) {
            series::SampleBatch batch;
            batch.metric = "lag";
            series::Reading reading;
            reading.measured_at = reading.received_at = new_year;
            reading.value = value;
            reading.detail = "OOMKilled";
            batch.readings.push_back(reading);
            Latest latest;
            latest.take(std::move(batch));
            const auto truth = judge(trigger, plan_of_two(), latest, {"blue"}, new_year, {}).at(0);
            QCOMPARE(QString::fromStdString(truth.why).endsWith(": OOMKilled"), value > 50);
        }
    }

    void each_arm_with_traffic_has_its_own_truth() {
        Latest latest;
        put(latest, "errors", {{"blue", 'n'}, {"green", 'y'}});
        plan::Trigger trigger;
        trigger.condition = above("errors");
        const auto truths = judge(trigger, plan_of_two(), latest, {"blue", "green"}, new_year, {});
        QCOMPARE(truths.size(), std::size_t(2));
        QCOMPARE(truths[0].arm, "blue");
        QCOMPARE(name(truths[0].truth), "no");
        QCOMPARE(truths[1].arm, "green");
        QCOMPARE(name(truths[1].truth), "yes");
        QVERIFY(judge(trigger, plan_of_two(), latest, {}, new_year, {}).empty());
    }

    void its_arm_counts_with_or_without_traffic() {
        Latest latest;
        put(latest, "errors", {{"blue", 'n'}, {"green", 'y'}});
        QCOMPARE(truth_of(above("errors"), latest, "green"), "yes");
        QCOMPARE(truth_of(above("errors", "blue"), latest, "green"), "no"); // a condition's own arm goes first
    }

    void a_metric_without_arms_has_one_truth() {
        Latest latest;
        put(latest, "lag", {{"", 'y'}});
        plan::Trigger trigger;
        trigger.condition = above("lag");
        const auto truths = judge(trigger, plan_of_two(), latest, {"blue", "green"}, new_year, {});
        QCOMPARE(truths.size(), std::size_t(1));
        QCOMPARE(truths[0].arm, "");
        QCOMPARE(truths[0].why, "lag 100 is > 50");
        QCOMPARE(truths[0].evidence.size(), std::size_t(1));
    }

    void stale_data_is_no_data() {
        series::SampleBatch batch;
        batch.metric = "lag";
        series::Reading old;
        old.value = 100;
        old.measured_at = new_year - minutes(5); // the answer is new, what it tells is not
        old.received_at = new_year;
        batch.readings = {old};
        Latest latest;
        latest.take(batch);
        QCOMPARE(truth_of(above("lag"), latest), "no-data");
    }

    void an_unknown_metric_is_no_data() { QCOMPARE(truth_of(above("latency"), Latest{}), "no-data"); }

    void values_are_asked_as_anywhere_else() {
        const auto truth_with = [](const plan::Condition& condition, const plan::Scope& values) {
            Latest latest;
            put(latest, "lag", {{"", 'y'}});
            plan::Trigger trigger;
            trigger.condition = condition;
            return judge(trigger, plan_of_two(), latest, {"blue", "green"}, new_year, values).at(0);
        };
        plan::Condition is;
        is.text = "${drill}";
        plan::Condition var;
        var.kind = plan::Condition::Kind::variable;
        var.name = "target";
        var.test = plan::Condition::Test::matches;
        var.values = {"^spare-"};
        QCOMPARE(name(truth_with(is, {{"drill", "true"}}).truth), "yes");
        QCOMPARE(name(truth_with(is, {{"drill", "false"}}).truth), "no");
        QCOMPARE(name(truth_with(is, {}).truth), "no-data");
        QCOMPARE(name(truth_with(var, {{"target", "spare-1"}}).truth), "yes");
        QCOMPARE(truth_with(var, {{"target", "db-b"}}).why, "target is 'db-b', which does not match '^spare-'");
        const auto both = combined(plan::Condition::Kind::all, {is, above("lag")});
        QCOMPARE(name(truth_with(both, {{"drill", "true"}}).truth), "yes");
        QCOMPARE(name(truth_with(both, {{"drill", "false"}}).truth), "no");
        QVERIFY(asks_readings(both));
        QVERIFY(!asks_readings(combined(plan::Condition::Kind::any, {is, var})));
    }
};

SLUICE_TEST(TriggerTruthTest)
#include "trigger_test.moc"
