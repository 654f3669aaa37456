#include "analysis/gate.h"

#include "analysis/trigger.h"
#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::analysis;
using series::Status;
using sluice::testing::new_year;

namespace {

series::Reading ratio_reading(const std::string& arm, double value, Status status = Status::ok,
                              Nanos age = seconds(1)) {
    series::Reading made;
    made.arm = arm;
    made.value = value;
    made.status = status;
    made.measured_at = new_year - age;
    made.received_at = new_year;
    made.detail = status == Status::ok ? "" : "why not";
    return made;
}

plan::Metric ratio_metric(plan::Reduce reduce = plan::Reduce::none, const std::string& by_arm = "version") {
    plan::Metric made;
    made.name = "error_ratio";
    made.unit = "ratio";
    made.by_arm = by_arm;
    made.reduce = reduce;
    return made;
}

plan::Gate below_one_percent() {
    plan::Gate gate;
    gate.id = "errors";
    gate.metric = "error_ratio";
    gate.must = {plan::Comparison::less, 0.01, "< 1%"};
    return gate;
}

Latest ratio_latest(std::vector<series::Reading> readings, Status status = Status::ok) {
    series::SampleBatch batch;
    batch.metric = "error_ratio";
    batch.status = status;
    batch.detail = status == Status::ok ? "" : "why not";
    batch.readings = std::move(readings);
    Latest made;
    made.take(std::move(batch));
    return made;
}

} // namespace

class DecisiveTest : public QObject {
    Q_OBJECT
private slots:
    void verdict_closeness_and_headroom_follow_the_reading_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<int>("status");
        QTest::addColumn<qint64>("age_s");
        QTest::addColumn<QString>("verdict");
        QTest::addColumn<bool>("close");
        QTest::addColumn<double>("headroom");
        const auto row = [](const char* name, double value, Status status, qint64 age, const char* verdict, bool close,
                            double left) {
            QTest::newRow(name) << value << static_cast<int>(status) << age << verdict << close << left;
        };
        row("well below", 0.002, Status::ok, 1, "pass", false, 0.8);
        row("zero", 0, Status::ok, 1, "pass", false, 1);
        row("within a tenth", 0.0095, Status::ok, 1, "pass", true, 0.05);
        row("at the limit", 0.01, Status::ok, 1, "fail", false, 0);
        row("above", 0.02, Status::ok, 1, "fail", false, -1);
        row("as old as may be", 0.002, Status::ok, 30, "pass", false, 0.8);
        row("too old", 0.002, Status::ok, 31, "no-data", false, 99);
        row("no data", 0, Status::no_data, 1, "no-data", false, 99);
        row("source error", 0, Status::source_error, 1, "source-error", false, 99);
        row("not a number", std::nan(""), Status::ok, 1, "no-data", false, 99);
    }
    void verdict_closeness_and_headroom_follow_the_reading() {
        QFETCH(double, value);
        QFETCH(int, status);
        QFETCH(qint64, age_s);
        QFETCH(QString, verdict);
        QFETCH(bool, close);
        QFETCH(double, headroom);
        const auto verdicts =
            judge(below_one_percent(), ratio_metric(),
                  ratio_latest({ratio_reading("green", value, static_cast<Status>(status), seconds(age_s))}), {"green"},
                  new_year);
        QCOMPARE(verdicts.size(), 1u);
        QCOMPARE(QString(name(verdicts[0].verdict)), verdict);
        QCOMPARE(verdicts[0].close, close);
        QCOMPARE(verdicts[0].headroom.has_value(), headroom != 99);
        if (verdicts[0].headroom) {
            QVERIFY(std::abs(*verdicts[0].headroom - headroom) < 1e-9);
        }
    }

    void a_gate_without_an_arm_looks_at_each_arm_with_traffic() {
        const auto readings = ratio_latest({ratio_reading("blue", 0.002), ratio_reading("green", 0.02)});
        const auto verdicts = judge(below_one_percent(), ratio_metric(), readings, {"blue", "green"}, new_year);
        QCOMPARE(verdicts.size(), 2u);
        QCOMPARE(verdicts[0].verdict, Verdict::pass);
        QCOMPARE(verdicts[1].verdict, Verdict::fail);
        QCOMPARE(judge(below_one_percent(), ratio_metric(), readings, {"blue"}, new_year).size(), 1u);
        QCOMPARE(judge(below_one_percent(), ratio_metric(), readings, {"blue", "red"}, new_year)[1].verdict,
                 Verdict::no_data);
        QCOMPARE(judge(below_one_percent(), ratio_metric(), Latest(), {"blue"}, new_year)[0].verdict, Verdict::no_data);
    }

    void of_several_readings_the_decisive_one_counts_data() {
        QTest::addColumn<QList<double>>("values"); ///< −1 no data, −2 source error
        QTest::addColumn<QString>("each");
        QTest::addColumn<QString>("any");
        QTest::newRow("all hold") << QList<double>{0.001, 0.002} << "pass"
                                  << "pass";
        QTest::newRow("the last breaks") << QList<double>{0.001, 0.02} << "fail"
                                         << "pass";
        QTest::newRow("all break") << QList<double>{0.03, 0.02} << "fail"
                                   << "fail";
        QTest::newRow("one has no data") << QList<double>{0.001, -1} << "no-data"
                                         << "pass";
        QTest::newRow("one can't be asked") << QList<double>{0.001, -1, -2} << "source-error"
                                            << "pass";
        QTest::newRow("a breach outweighs") << QList<double>{-1, -2, 0.02} << "fail"
                                            << "source-error";
    }
    void of_several_readings_the_decisive_one_counts() {
        QFETCH(QList<double>, values);
        QFETCH(QString, each);
        QFETCH(QString, any);
        std::vector<series::Reading> readings;
        for (const double value : values) {
            readings.push_back(ratio_reading("", value,
                                             value == -1   ? Status::no_data
                                             : value == -2 ? Status::source_error
                                                           : Status::ok));
        }
        const auto verdict = [&](plan::Reduce reduce) {
            return QString(name(
                judge(below_one_percent(), ratio_metric(reduce, ""), ratio_latest(readings), {"green"}, new_year)[0]
                    .verdict));
        };
        QCOMPARE(verdict(plan::Reduce::each), each);
        QCOMPARE(verdict(plan::Reduce::any), any);
    }

    void a_trigger_on_any_of_several_fires_on_one_of_them() {
        plan::Plan plan;
        plan.metrics = {ratio_metric(plan::Reduce::any, "")};
        plan::Trigger trigger;
        trigger.condition.kind = plan::Condition::Kind::metric;
        trigger.condition.name = "error_ratio";
        trigger.condition.must = {plan::Comparison::greater, 0.05, "> 5%"};
        const auto truth = [&](std::vector<series::Reading> readings) {
            return judge(trigger, plan, ratio_latest(std::move(readings)), {}, new_year, {}).at(0).truth;
        };
        QCOMPARE(truth({ratio_reading("", 0.01), ratio_reading("", 0.06)}), analysis::Truth::yes);
        QCOMPARE(truth({ratio_reading("", 0.01), ratio_reading("", 0.02)}), analysis::Truth::no);
        QCOMPARE(truth({ratio_reading("", 0.01), ratio_reading("", 0, Status::no_data)}), analysis::Truth::no_data);
    }
};

SLUICE_TEST(DecisiveTest)
#include "decisive_test.moc"
