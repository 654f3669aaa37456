#include "analysis/history.h"

#include "analysis/gate.h"
#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>
#include <cmath>

using namespace sluice;
using namespace sluice::analysis;
using sluice::testing::new_year;

namespace {

plan::Metric metric(const std::string& name = "lag") {
    plan::Metric metric;
    metric.name = name;
    metric.unit = "messages";
    return metric;
}

plan::Gate gate(const std::string& id, const std::string& of, Nanos ago, bool share = false,
                const std::string& must = "<= 50") {
    plan::Gate gate;
    gate.id = id;
    gate.metric = of;
    gate.must = plan::parse_must(must).value();
    gate.against = plan::Against{"", "", ago, share, {}};
    return gate;
}

/// Gates that look back 1 and 5 minutes at lag; nothing looks back at the others.
plan::Plan plan_of() {
    plan::Plan plan;
    plan.metrics = {metric(), metric("errors")};
    plan.steps.emplace_back();
    plan.steps.back().body = plan::Hold{};
    std::get<plan::Hold>(plan.steps.back().body).gates = {gate("short", "lag", minutes(1))};
    plan.steps.emplace_back();
    plan.steps.back().gates = {gate("long", "lag", minutes(5))};
    return plan;
}

class Watched {
public:
    explicit Watched(plan::Plan plan = plan_of()) : plan_(std::move(plan)) {}

    void take(Nanos now, double value, Nanos age = {}, const std::string& arm = "", const std::string& name = "lag",
              series::Status status = series::Status::ok) {
        series::SampleBatch batch;
        batch.metric = name;
        batch.received_at = now;
        series::Reading reading;
        reading.arm = arm;
        reading.status = status;
        reading.value = value;
        reading.measured_at = now - age;
        reading.received_at = now;
        batch.readings.push_back(reading);
        history.take(plan_, batch);
    }
    const plan::Plan& plan() const { return plan_; }

    History history;

private:
    plan::Plan plan_;
};

Nanos at(std::int64_t second) {
    return new_year + seconds(second);
}

} // namespace

class HistoryTest : public QObject {
    Q_OBJECT
private slots:
    void a_value_of_some_time_ago_is_that_of_the_last_reading_till_then_data() {
        QTest::addColumn<int>("now"); // s
        QTest::addColumn<int>("ago");
        QTest::addColumn<double>("value"); // NaN = none
        QTest::addColumn<QString>("why");
        const double none = std::nan("");
        // Readings at 0, 5, 10 … 100 s, whose values are those numbers; then none till 300 s.
        QTest::newRow("too early") << 59 << 60 << none << "watched since 2026-01-01T00:00:00Z only; 1m are needed";
        QTest::newRow("just early enough") << 60 << 60 << 0.0 << "";
        QTest::newRow("between two") << 69 << 60 << 5.0 << "";
        QTest::newRow("to the second") << 70 << 60 << 10.0 << "";
        QTest::newRow("the last for a while") << 190 << 60 << 100.0 << "";
        QTest::newRow("too old then") << 191 << 60 << none
                                      << "there was no data 1m ago: none between 2026-01-01T00:01:40Z and now";
        QTest::newRow("of longer ago") << 310 << 300 << 10.0 << "";
    }
    void a_value_of_some_time_ago_is_that_of_the_last_reading_till_then() {
        QFETCH(int, now);
        QFETCH(int, ago);
        QFETCH(double, value);
        Watched watched;
        for (int second = 0; second <= 100 && second <= now; second += 5) {
            watched.take(at(second), second);
        }
        const auto then = watched.history.earlier(metric(), "", seconds(ago), at(now));
        QCOMPARE(then.value.has_value(), !std::isnan(value));
        if (then.value) {
            QCOMPARE(*then.value, value);
        }
        QTEST(QString::fromStdString(then.why), "why");
    }

    void why_there_is_none_stays_the_same_from_poll_to_poll() {
        Watched watched;
        std::set<std::string> said;
        for (int second = 0; second < 60; second += 5) {
            watched.take(at(second), second);
            said.insert(watched.history.earlier(metric(), "", minutes(1), at(second)).why);
        }
        QCOMPARE(said.size(), 1u);
        QCOMPARE(History{}.earlier(metric(), "", minutes(5), at(0)).why, "not watched yet; 5m are needed");
    }

    void a_gap_is_told_from_its_first_to_its_last() {
        Watched watched;
        watched.take(at(0), 1);
        watched.take(at(600), 2);
        QCOMPARE(watched.history.earlier(metric(), "", minutes(5), at(600)).why,
                 "there was no data 5m ago: none between 2026-01-01T00:00:00Z and 2026-01-01T00:10:00Z");
        QCOMPARE(watched.history.earlier(metric(), "", minutes(5), at(900)).value, std::optional(2.0));
    }

    void what_was_asked_for_afterwards_stands_where_nothing_was_watched() {
        Watched watched;
        watched.take(at(600), 9);
        QVERIFY(!watched.history.earlier(metric(), "", minutes(5), at(600)).value);
        std::vector<series::SampleBatch> past;
        for (const auto& [second, value] : {std::pair{200, 1.0}, {290, 2.0}, {600, 3.0}}) {
            series::SampleBatch& batch = past.emplace_back();
            batch.metric = "lag";
            batch.received_at = at(second);
            series::Reading& reading = batch.readings.emplace_back();
            reading.value = value;
            reading.measured_at = reading.received_at = at(second);
        }
        watched.history.remember(watched.plan(), past, at(600));
        QCOMPARE(watched.history.earlier(metric(), "", minutes(5), at(600)).value, std::optional(2.0));
        QCOMPARE(watched.history.earlier(metric(), "", minutes(1), at(660)).value, std::optional(9.0)); // as watched
        QCOMPARE(watched.history.size(), 2u); // no gate asks for what was 400 s ago
        for (auto& batch : past) {
            batch.metric = "errors";
        }
        watched.history.remember(watched.plan(), past, at(600));
        QCOMPARE(watched.history.size(), 2u);
        QVERIFY(History::reach(watched.plan(), metric()) == minutes(5) + max_age(metric()));
        QVERIFY(History::reach(watched.plan(), metric("errors")) == Nanos{});
    }

    void what_was_no_good_reading_is_none_later_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<int>("age");
        QTest::addColumn<int>("status");
        QTest::newRow("no number") << std::nan("") << 0 << static_cast<int>(series::Status::ok);
        QTest::newRow("no end") << HUGE_VAL << 0 << static_cast<int>(series::Status::ok);
        QTest::newRow("no data") << 1.0 << 0 << static_cast<int>(series::Status::no_data);
        QTest::newRow("a source's error") << 1.0 << 0 << static_cast<int>(series::Status::source_error);
        QTest::newRow("too old as it came") << 1.0 << 31 << static_cast<int>(series::Status::ok);
    }
    void what_was_no_good_reading_is_none_later() {
        QFETCH(double, value);
        QFETCH(int, age);
        QFETCH(int, status);
        Watched watched;
        watched.take(at(0), value, seconds(age), "", "lag", static_cast<series::Status>(status));
        QCOMPARE(watched.history.size(), 0u);
        QVERIFY(!watched.history.earlier(metric(), "", minutes(1), at(60)).value);
    }

    void no_more_is_kept_than_the_longest_look_back_asks_for() {
        Watched watched;
        for (int second = 0; second <= 24 * 3600; second += 5) {
            watched.take(at(second), second);
            watched.take(at(second), second, {}, "", "errors"); // nobody looks back at it
        }
        // 5 minutes and 30 s of age: 67 instants, and the one before them.
        QCOMPARE(watched.history.size(), 68u);
        watched.take(at(24 * 3600), 7); // the same instant again
        QCOMPARE(watched.history.size(), 68u);
        QCOMPARE(watched.history.earlier(metric(), "", minutes(5), at(24 * 3600 + 300)).value, std::optional(7.0));
        watched.take(at(48 * 3600), 8, {}, "blue"); // what has ended long ago goes
        QCOMPARE(watched.history.size(), 1u);
    }

    void a_clock_that_was_set_back_replaces_what_came_after() {
        Watched watched;
        watched.take(at(0), 1);
        watched.take(at(100), 2);
        watched.take(at(105), 3, seconds(15)); // measured at 90 s
        QCOMPARE(watched.history.size(), 2u);
        QCOMPARE(watched.history.earlier(metric(), "", minutes(1), at(155)).value, std::optional(3.0));
    }

    void values_for_gates_before_a_step_are_all_that_are_counted_from() {
        Watched watched;
        watched.take(at(0), 1, {}, "blue");
        watched.take(at(60), 2, {}, "green");
        const auto values = watched.history.values(watched.plan(), at(65));
        QCOMPARE(values.size(), 1u);
        QCOMPARE(values.at({minutes(1), "lag/blue"}), 1.0);
    }

    void a_gate_is_held_against_its_own_value_of_some_time_ago_data() {
        QTest::addColumn<QString>("must");
        QTest::addColumn<bool>("share");
        QTest::addColumn<double>("then");
        QTest::addColumn<double>("now");
        QTest::addColumn<QString>("verdict");
        QTest::addColumn<QString>("why");
        QTest::newRow("as much more as it may be")
            << "<= 50" << false << 100.0 << 150.0 << "pass"
            << "150, must be <= its value 1m ago + 50, which is 150 (its value 1m ago was 100)";
        QTest::newRow("grown too much")
            << "<= 50" << false << 100.0 << 151.0 << "fail"
            << "151, must be <= its value 1m ago + 50, which is 150 (its value 1m ago was 100)";
        QTest::newRow("a share")
            << "<= 10%" << true << 100.0 << 109.0 << "pass"
            << "109, must be <= its value 1m ago + 10% of it, which is 110 (its value 1m ago was 100)";
        QTest::newRow("a sudden drop")
            << ">= -20%" << true << 100.0 << 79.0 << "fail"
            << "79, must be >= its value 1m ago - 20% of it, which is 80 (its value 1m ago was 100)";
        QTest::newRow("a share of nothing")
            << "<= 10%" << true << 0.0 << 1.0 << "no-data"
            << "its value 1m ago was 0: how far off a value is can't be said as a share of it";
        QTest::newRow("not watched then") << "<= 10%" << true << std::nan("") << 1.0 << "no-data"
                                          << "watched since 2026-01-01T00:01:00Z only; 1m are needed";
    }
    void a_gate_is_held_against_its_own_value_of_some_time_ago() {
        QFETCH(QString, must);
        QFETCH(bool, share);
        QFETCH(double, then);
        QFETCH(double, now);
        plan::Plan plan = plan_of();
        plan.steps[1].gates = {gate("lag", "lag", minutes(1), share, must.toStdString())};
        Watched watched(plan);
        watched.take(at(0), then);
        watched.take(at(60), now);
        series::SampleBatch batch;
        batch.metric = "lag";
        batch.received_at = at(60);
        batch.readings.emplace_back();
        batch.readings.back().value = now;
        batch.readings.back().measured_at = batch.readings.back().received_at = at(60);
        Latest latest;
        latest.take(std::move(batch));
        const auto verdicts =
            judge(plan.steps[1].gates[0], plan.metrics[0], latest, {"blue"}, at(60), {}, watched.history);
        QCOMPARE(verdicts.size(), 1u); // a metric without arms is looked at, though the gate names none
        QTEST(QString(name(verdicts[0].verdict)), "verdict");
        QTEST(QString::fromStdString(verdicts[0].why), "why");
    }
};

SLUICE_TEST(HistoryTest)
#include "history_test.moc"
