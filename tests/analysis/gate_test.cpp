#include "analysis/gate.h"

#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>
#include <cmath>

using namespace sluice;
using namespace sluice::analysis;
using sluice::testing::new_year;

namespace {

plan::Metric metric(const std::string& by_arm = "", const std::string& unit = "messages") {
    plan::Metric metric;
    metric.name = "lag";
    metric.unit = unit;
    metric.by_arm = by_arm;
    return metric;
}

series::Reading reading(const std::string& arm, double value, Nanos age = {}) {
    series::Reading reading;
    reading.arm = arm;
    reading.value = value;
    reading.measured_at = new_year - age;
    reading.received_at = new_year;
    return reading;
}

Latest latest(std::vector<series::Reading> readings, series::Status status = series::Status::ok,
              const std::string& detail = "") {
    series::SampleBatch batch;
    batch.metric = "lag";
    batch.status = status;
    batch.detail = detail;
    batch.received_at = new_year;
    batch.readings = std::move(readings);
    Latest all;
    all.take(std::move(batch));
    return all;
}

plan::Gate gate(const QString& must, const std::string& arm = "") {
    plan::Gate gate;
    gate.id = "lag";
    gate.metric = "lag";
    gate.arm = arm;
    gate.must = plan::parse_must(must.toStdString()).value();
    return gate;
}

} // namespace

class GateTest : public QObject {
    Q_OBJECT
private slots:
    void a_gate_tells_verdict_closeness_and_headroom_data() {
        QTest::addColumn<QString>("must");
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("verdict");
        QTest::addColumn<bool>("close");
        QTest::addColumn<double>("headroom"); // NaN = none
        const double none = std::nan("");
        QTest::newRow("far below") << "< 1000" << 260.0 << "pass" << false << 0.74;
        QTest::newRow("just not close") << "< 1000" << 899.0 << "pass" << false << 0.101;
        QTest::newRow("close") << "< 1000" << 900.0 << "pass" << true << 0.1;
        QTest::newRow("at the limit, strictly") << "< 1000" << 1000.0 << "fail" << false << 0.0;
        QTest::newRow("at the limit") << "<= 1000" << 1000.0 << "pass" << true << 0.0;
        QTest::newRow("breached") << "< 1000" << 1500.0 << "fail" << false << -0.5;
        QTest::newRow("far above") << "> 10" << 15.0 << "pass" << false << 0.5;
        QTest::newRow("close from above") << ">= 10" << 10.5 << "pass" << true << 0.05;
        QTest::newRow("below") << ">= 10" << 9.0 << "fail" << false << -0.1;
        QTest::newRow("equality has no headroom") << "== 1" << 1.0 << "pass" << false << none;
        QTest::newRow("inequality neither") << "!= 0" << 3.0 << "pass" << false << none;
        QTest::newRow("a limit of 0 neither") << "<= 0" << 0.0 << "pass" << false << none;
        QTest::newRow("infinite") << "< 5" << HUGE_VAL << "fail" << false << none;
        QTest::newRow("no number") << "< 5" << none << "no-data" << false << none;
    }
    void a_gate_tells_verdict_closeness_and_headroom() {
        QFETCH(QString, must);
        QFETCH(double, value);
        QFETCH(double, headroom);
        const auto verdicts = judge(gate(must), metric(), latest({reading("", value)}), {"blue"}, new_year);
        QCOMPARE(verdicts.size(), std::size_t(1));
        QTEST(QString(name(verdicts[0].verdict)), "verdict");
        QTEST(verdicts[0].close, "close");
        QCOMPARE(verdicts[0].headroom.has_value(), !std::isnan(headroom));
        if (verdicts[0].headroom) {
            QVERIFY(std::abs(*verdicts[0].headroom - headroom) < 1e-12);
        }
        QCOMPARE(verdicts[0].evidence.size(), std::size_t(std::isnan(value) ? 0 : 1));
    }

    void a_breach_tells_what_the_source_knows_about_it() {
        auto known = reading("", -1);
        known.detail = "ImagePullBackOff on 2 pods";
        QCOMPARE(judge(gate(">= 0"), metric(), latest({known}), {"blue"}, new_year)[0].why,
                 "-1, must be >= 0: ImagePullBackOff on 2 pods");
        QCOMPARE(judge(gate(">= -1"), metric(), latest({known}), {"blue"}, new_year)[0].why, "-1, must be >= -1");
    }

    void what_is_not_there_never_passes_data() {
        QTest::addColumn<int>("age");        // s; -1 = no reading
        QTest::addColumn<QString>("status"); // of the reading, or of the batch when there is none
        QTest::addColumn<QString>("verdict");
        QTest::addColumn<QString>("why");
        QTest::newRow("fresh") << 0 << "ok"
                               << "pass"
                               << "3, must be < 10";
        QTest::newRow("as old as it may be") << 30 << "ok"
                                             << "pass"
                                             << "3, must be < 10";
        QTest::newRow("stale") << 31 << "ok"
                               << "no-data"
                               << "the data is older than 30 s";
        QTest::newRow("empty") << 0 << "no-data"
                               << "no-data"
                               << "the answer is empty";
        QTest::newRow("source error") << 0 << "source-error"
                                      << "source-error"
                                      << "the answer is empty";
        QTest::newRow("no reading") << -1 << "ok"
                                    << "no-data"
                                    << "no value in the answer";
        QTest::newRow("no reading, no data") << -1 << "no-data"
                                             << "no-data"
                                             << "the answer is empty";
        QTest::newRow("no reading, source error") << -1 << "source-error"
                                                  << "source-error"
                                                  << "the answer is empty";
    }
    void what_is_not_there_never_passes() {
        QFETCH(int, age);
        QFETCH(QString, status);
        const auto state = status == "ok"        ? series::Status::ok
                           : status == "no-data" ? series::Status::no_data
                                                 : series::Status::source_error;
        std::vector<series::Reading> readings;
        if (age >= 0) {
            readings.push_back(reading("", 3, seconds(age)));
            readings.back().status = state;
        }
        const auto verdicts =
            judge(gate("< 10"), metric(), latest(readings, state, "the answer is empty"), {}, new_year);
        QTEST(QString(name(verdicts.at(0).verdict)), "verdict");
        QTEST(QString::fromStdString(verdicts.at(0).why), "why");
    }

    void a_metric_that_was_never_asked_has_no_data() {
        const auto verdicts = judge(gate("< 10"), metric(), Latest{}, {}, new_year);
        QCOMPARE(name(verdicts.at(0).verdict), "no-data");
        QCOMPARE(verdicts.at(0).why, "not asked yet");
    }

    void a_gate_looks_at_its_arm_or_at_each_with_traffic() {
        const auto both = latest({reading("blue", 1), reading("green", 99)});
        const auto each = judge(gate("< 10"), metric("version"), both, {"blue", "green"}, new_year);
        QCOMPARE(each.size(), std::size_t(2));
        QCOMPARE(name(each[0].verdict), "pass");
        QCOMPARE(name(each[1].verdict), "fail");
        QCOMPARE(each[1].arm, "green");
        const auto quiet = judge(gate("< 10"), metric("version"), both, {"blue"}, new_year);
        QCOMPARE(quiet.size(), std::size_t(1));
        const auto own = judge(gate("< 10", "green"), metric("version"), both, {"blue"}, new_year);
        QCOMPARE(own.size(), std::size_t(1));
        QCOMPARE(own[0].arm, "green");
        const auto missing = judge(gate("< 10", "red"), metric("version"), both, {}, new_year);
        QCOMPARE(name(missing.at(0).verdict), "no-data");
        QCOMPARE(missing.at(0).why, "no value for red in the answer");
        QVERIFY(judge(gate("< 10"), metric("version"), both, {}, new_year).empty());
    }

    void data_may_be_as_old_as_the_plan_says_else_three_intervals_data() {
        QTest::addColumn<int>("interval");
        QTest::addColumn<int>("own"); // 0 = not said
        QTest::addColumn<int>("age");
        QTest::newRow("at least 30 s") << 5 << 0 << 30;
        QTest::newRow("three intervals") << 20 << 0 << 60;
        QTest::newRow("as the plan says") << 20 << 7 << 7;
    }
    void data_may_be_as_old_as_the_plan_says_else_three_intervals() {
        QFETCH(int, interval);
        QFETCH(int, own);
        QFETCH(int, age);
        plan::Metric one = metric();
        one.interval = seconds(interval);
        if (own > 0) {
            one.max_age = seconds(own);
        }
        QCOMPARE(max_age(one).count, seconds(age).count);
    }

    void values_for_conditions_are_those_that_are_fresh() {
        plan::Plan plan;
        plan.metrics = {metric("version")};
        const auto values = latest({reading("blue", 1), reading("green", 2, hours(1))}).values(plan, new_year);
        QCOMPARE(values.size(), std::size_t(1));
        QCOMPARE(values.at("lag/blue"), 1.0);
    }

    void of_metrics_that_keep_their_series_each_is_known() {
        for (const auto reduce : {plan::Reduce::each, plan::Reduce::any}) {
            plan::Plan plan;
            plan.metrics = {metric("version")};
            plan.metrics[0].reduce = reduce;
            const auto read = latest({reading("blue", 1), reading("blue", 7), reading("blue", 9, hours(1))});
            QVERIFY(read.values(plan, new_year).empty()); // the first says nothing of the others
            const auto all = read.several(plan, new_year);
            QCOMPARE(all.size(), std::size_t(1));
            QVERIFY((all.at("lag/blue") == std::vector<std::optional<double>>{1, 7, std::nullopt}));
        }
    }

    void values_read_well_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("unit");
        QTest::addColumn<QString>("text");
        QTest::newRow("ratio") << 0.0026 << "ratio"
                               << "0.26 %";
        QTest::newRow("milliseconds") << 0.0428 << "s"
                                      << "42.8 ms";
        QTest::newRow("seconds") << 2.5 << "s"
                                 << "2.5 s";
        QTest::newRow("messages") << 1612.0 << "messages"
                                  << "1612";
        QTest::newRow("many") << 1234567.0 << "messages"
                              << "1234567";
        QTest::newRow("few") << 3.0 << "count"
                             << "3";
        QTest::newRow("infinite") << HUGE_VAL << "ratio"
                                  << "+Inf";
    }
    void values_read_well() {
        QFETCH(double, value);
        QFETCH(QString, unit);
        QTEST(QString::fromStdString(format_value(value, unit.toStdString())), "text");
    }

    void a_gate_is_held_against_the_other_arm_as_it_is_now() {
        auto slower = gate("<= 10%");
        slower.against = plan::Against{"blue", "", {}, true, {}};
        const auto judged = [&](std::vector<series::Reading> readings) {
            return judge(slower, metric("version"), latest(std::move(readings)), {"blue", "green"}, new_year);
        };
        auto verdicts = judged({reading("blue", 100), reading("green", 109.5)});
        QCOMPARE(verdicts.size(), 1u); // blue is not held against itself
        QCOMPARE(verdicts[0].arm, "green");
        QCOMPARE(verdicts[0].verdict, Verdict::pass);
        QVERIFY(verdicts[0].close);
        QCOMPARE(verdicts[0].why, "109.5, must be <= blue + 10% of it, which is 110 (blue is 100)");
        QVERIFY(!judged({reading("blue", 100), reading("green", 100)})[0].close); // all that is allowed is left
        QCOMPARE(judged({reading("blue", 100), reading("green", 111)})[0].verdict, Verdict::fail);
        // What can't be compared never passes.
        verdicts = judged({reading("blue", 100, minutes(10)), reading("green", 1)});
        QCOMPARE(verdicts[0].verdict, Verdict::no_data);
        QVERIFY2(verdicts[0].why.starts_with("blue can't be compared with: "), verdicts[0].why.c_str());
        QCOMPARE(judged({reading("green", 1)})[0].verdict, Verdict::no_data);
        // A share of nothing says nothing; both at 0 are alike.
        QCOMPARE(judged({reading("blue", 0), reading("green", 1)})[0].verdict, Verdict::no_data);
        QCOMPARE(judged({reading("blue", 0), reading("green", 0)})[0].verdict, Verdict::pass);
    }

    void a_gate_is_held_against_a_baseline() {
        auto more = gate("<= 50");
        more.against = plan::Against{"", "soak", {}, false, {}};
        std::map<std::string, double> taken;
        const BaselineOf baselines = [&](const plan::Against& against, const std::string& name,
                                         const std::string& arm) {
            const auto found = taken.find(against.baseline + " " + name + " " + arm);
            return found == taken.end() ? History::Earlier{{}, "there is no baseline of " + against.baseline}
                                        : History::Earlier{found->second, ""};
        };
        const auto judged = [&](double value) {
            return judge(more, metric(), latest({reading("", value)}), {"blue"}, new_year, baselines).at(0);
        };
        QCOMPARE(judged(120).verdict, Verdict::no_data);
        QCOMPARE(judged(120).why, "there is no baseline of soak");
        taken["soak lag "] = 100;
        QCOMPARE(judged(120).verdict, Verdict::pass);
        QCOMPARE(judged(151).verdict, Verdict::fail);
        QCOMPARE(judged(151).why,
                 "151, must be <= the baseline of soak + 50, which is 150 (the baseline of soak is 100)");
        more.against = plan::Against{"", "", {}, false, hours(1), {}};
        QCOMPARE(judged(120).verdict, Verdict::no_data);
        taken[" lag "] = 100;
        QCOMPARE(judged(120).verdict, Verdict::pass);
        QCOMPARE(judged(151).why, "151, must be <= its average of the 1h before the start + 50, which is 150 (its "
                                  "average of the 1h before the start was 100)");
    }
};

SLUICE_TEST(GateTest)
#include "gate_test.moc"
