#include "analysis/derive.h"

#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::analysis;
using series::Status;
using sluice::testing::new_year;

namespace {

plan::Metric metric(const std::string& name, bool by_arm, std::map<std::string, std::string> derived = {}) {
    plan::Metric made;
    made.name = name;
    made.unit = "count";
    made.by_arm = by_arm ? "version" : "";
    made.derived = std::move(derived);
    return made;
}

plan::Plan plan_of(std::map<std::string, std::string> derived, bool by_arm = true) {
    plan::Plan plan;
    plan.arms.resize(2);
    plan.arms[0].name = "blue";
    plan.arms[1].name = "green";
    plan.metrics = {metric("errors", true), metric("asked", true), metric("pods", false),
                    metric("d", by_arm, std::move(derived))};
    return plan;
}

/// Readings of a metric by arm; a text in the place of a value is why there is none.
struct Said {
    std::string arm;
    double value = 0;
    Nanos age = {};
    Status status = Status::ok;
    std::string detail = {};
};

void put(Latest& latest, const std::string& name, const std::vector<Said>& all, const std::string& warning = "") {
    series::SampleBatch batch;
    batch.metric = name;
    for (const auto& said : all) {
        series::Reading reading;
        reading.arm = said.arm;
        reading.value = said.value;
        reading.status = said.status;
        reading.detail = said.detail;
        reading.measured_at = new_year - said.age;
        reading.received_at = new_year;
        batch.readings.push_back(reading);
    }
    if (!warning.empty()) {
        batch.degraded.push_back(warning);
    }
    latest.take(std::move(batch));
}

series::SampleBatch derived(const plan::Plan& plan, const Latest& latest) {
    const auto made = Derived::make(plan, *plan.metric("d"));
    if (!made) {
        qFatal("%s", to_text(made.error()).c_str());
    }
    return made->at(latest, new_year);
}

} // namespace

class DeriveTest : public QObject {
    Q_OBJECT
private slots:
    void each_arm_is_reckoned_with_its_own_and_with_the_whole() {
        Latest latest;
        put(latest, "errors", {{"blue", 2, seconds(3)}, {"green", 8, seconds(4)}}, "partial");
        put(latest, "asked", {{"blue", 10, seconds(9)}, {"green", 16}});
        put(latest, "pods", {{"", 2}});
        const auto batch = derived(plan_of({{"", "errors / asked * pods"}}), latest);
        QCOMPARE(batch.readings.size(), 2u);
        QCOMPARE(batch.readings[0].arm, std::string("blue"));
        QCOMPARE(batch.readings[0].value, 0.4);
        QCOMPARE(batch.readings[0].age(), seconds(9)); // that of the oldest part
        QCOMPARE(batch.readings[1].value, 1.0);
        QCOMPARE(batch.readings[1].age(), seconds(4));
        QCOMPARE(batch.degraded, std::vector<std::string>{"partial"});
    }

    void arms_can_come_from_different_sources() {
        Latest latest;
        put(latest, "pods", {{"", 3}});
        put(latest, "errors", {{"green", 5}});
        const auto both = derived(plan_of({{"blue", "pods"}, {"green", "errors - 1"}}), latest);
        QCOMPARE(both.readings[0].value, 3.0);
        QCOMPARE(both.readings[1].value, 4.0);
        const auto one = derived(plan_of({{"green", "errors"}}), latest);
        QCOMPARE(one.readings[0].status, Status::no_data); // nobody says what it is for blue
        QCOMPARE(one.readings[1].value, 5.0);
        const auto whole = derived(plan_of({{"", "errors{arm=\"green\"} + pods"}}, false), latest);
        QCOMPARE(whole.readings.size(), 1u);
        QCOMPARE(whole.readings[0].arm, std::string());
        QCOMPARE(whole.readings[0].value, 8.0);
    }

    void a_value_that_is_taken_as_it_is_keeps_what_its_source_says_of_it() {
        Latest latest;
        put(latest, "errors", {{"blue", 1, {}, Status::ok, "OOMKilled"}, {"green", 2}});
        put(latest, "pods", {{"", 3, {}, Status::ok, "1 of 3 are ready"}});
        const auto detail = [&](const char* formula) {
            const auto plan = plan_of({{"", formula}});
            return Derived::make(plan, plan.metrics[3])->at(latest, new_year).readings[0].detail;
        };
        QCOMPARE(detail("errors"), std::string("OOMKilled"));
        QCOMPARE(detail("errors / pods"), std::string());
    }

    void what_a_part_lacks_the_derived_one_lacks_data() {
        QTest::addColumn<int>("errors");
        QTest::addColumn<int>("asked");
        QTest::addColumn<int>("age_seconds");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("detail");
        const int ok = int(Status::ok);
        const int none = int(Status::no_data);
        const int error = int(Status::source_error);
        QTest::newRow("all there") << ok << ok << 0 << ok << "";
        QTest::newRow("no data") << ok << none << 0 << none << "asked: why";
        QTest::newRow("a source error") << error << ok << 0 << error << "errors: why";
        QTest::newRow("an error outweighs") << none << error << 0 << error << "asked: why";
        QTest::newRow("whichever comes first") << error << none << 0 << error << "errors: why";
        QTest::newRow("too old") << ok << ok << 31 << none << "asked: the data is older than 30 s";
    }
    void what_a_part_lacks_the_derived_one_lacks() {
        QFETCH(int, errors);
        QFETCH(int, asked);
        QFETCH(int, age_seconds);
        QFETCH(int, status);
        QFETCH(QString, detail);
        const auto why = [](int of) { return of == 0 ? std::string() : std::string("why"); };
        Latest latest;
        put(latest, "errors", {{"green", 1, {}, Status(errors), why(errors)}});
        put(latest, "asked", {{"green", 4, seconds(age_seconds), Status(asked), why(asked)}});
        const auto batch = derived(plan_of({{"", "errors / asked"}}), latest);
        QCOMPARE(int(batch.readings[1].status), status);
        QCOMPARE(QString::fromStdString(batch.readings[1].detail), detail);
        QCOMPARE(batch.readings[1].value, status == 0 ? 0.25 : 0.0);
        QCOMPARE(batch.readings[0].status, Status::no_data); // of blue nothing was told at all
    }

    void no_number_is_no_data() {
        Latest latest;
        put(latest, "errors", {{"green", 0}});
        put(latest, "asked", {{"green", 0}});
        const auto batch = derived(plan_of({{"", "errors / asked"}}), latest);
        QCOMPARE(batch.readings[1].status, Status::no_data);
        QCOMPARE(batch.readings[1].detail, std::string("it comes to no number"));
    }

    void what_can_not_be_derived_is_told_with_the_metric_s_name() {
        for (const char* formula : {"errors +", "nobody * 2", "d + 1"}) {
            const auto plan = plan_of({{"", formula}});
            const auto made = Derived::make(plan, *plan.metric("d"));
            QVERIFY2(!made, formula);
            QVERIFY(made.error().where.starts_with("metric d"));
        }
    }
};

SLUICE_TEST(DeriveTest)
#include "derive_test.moc"
