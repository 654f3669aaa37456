#include "sources/polling.h"

#include "base/json.h"
#include "base/virtual_scheduler.h"
#include "sources/fake_http.h"
#include "sources/http_health_source.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::sources;
using series::Status;

namespace {

/// Answers after `delay` with `status`; remembers the times at which it was asked.
struct ScriptedSource : Source {
    ScriptedSource(VirtualScheduler& clock, std::vector<std::pair<Nanos, std::string>>& asked_at)
        : scheduler(clock), asked(asked_at) {}
    void poll(Nanos, std::string key, Done done) override {
        asked.emplace_back(scheduler.now(), key);
        scheduler.after(delay, [this, done] {
            auto batch = series::without_value("m", status, scheduler.now(), "scripted");
            done(std::move(batch));
        });
    }
    void end() override { ++ends; }
    VirtualScheduler& scheduler;
    std::vector<std::pair<Nanos, std::string>>& asked;
    int ends = 0;
    Nanos delay = milliseconds(1);
    Status status = Status::ok;
};

/// Answers with 1, 2, 3, …
struct CountingSource : Source {
    CountingSource(VirtualScheduler& clock, std::string of, Nanos takes)
        : scheduler(clock), metric(std::move(of)), delay(takes) {}
    void poll(Nanos, std::string, Done done) override {
        scheduler.after(delay, [this, done] {
            auto batch = series::without_value(metric, Status::ok, scheduler.now(), "");
            batch.readings.front().value = ++answers;
            done(std::move(batch));
        });
    }
    VirtualScheduler& scheduler;
    std::string metric;
    Nanos delay;
    int answers = 0;
};

std::vector<std::int64_t> seconds_of(const std::vector<std::pair<Nanos, std::string>>& asked) {
    std::vector<std::int64_t> all;
    for (const auto& [at, key] : asked) {
        all.push_back(at.count / 1'000'000'000);
    }
    return all;
}

} // namespace

class PollingTest : public QObject {
    Q_OBJECT
private slots:
    /// A part of two arrives later than the other in the same instant; the derived one never mixes two instants, and
    /// until it is there the Poller owes it.
    void what_is_derived_comes_with_the_last_answer_of_an_instant() {
        plan::Plan plan;
        for (const char* name : {"a", "b", "half", "sum"}) {
            plan.metrics.emplace_back().name = name;
        }
        plan.metrics[2].derived = {{"", "b / 2"}};
        plan.metrics[3].derived = {{"", "a + half"}};
        VirtualScheduler scheduler(seconds(0));
        std::vector<std::string> told;
        Poller* polling = nullptr;
        Poller poller(scheduler, [&](const series::SampleBatch& batch) {
            const auto& reading = batch.readings.front();
            told.push_back(batch.metric + (reading.status == Status::ok ? "=" + number_text(reading.value) : " -") +
                           (polling->owes() ? " owes" : ""));
        });
        polling = &poller;
        for (const auto& [name, delay] : {std::pair{"a", milliseconds(5)}, std::pair{"b", milliseconds(20)}}) {
            poller.add({name, std::make_unique<CountingSource>(scheduler, name, delay)});
        }
        for (const std::size_t derived : {2u, 3u}) {
            poller.add(*analysis::Derived::make(plan, plan.metrics[derived]));
        }
        poller.start();
        scheduler.run_until(seconds(6));
        const std::vector<std::string> expected{"a=1 owes", "b=1 owes", "half=0.5 owes", "sum=1.5",
                                                "a=2 owes", "b=2 owes", "half=1 owes",   "sum=3"};
        QCOMPARE(told, expected);
    }

    void polls_lie_on_a_grid_and_errors_double_the_distance_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<qint64>("delay_ms");
        QTest::addColumn<bool>("backs_off");
        QTest::addColumn<QList<qint64>>("expected");
        QTest::newRow("good") << 0 << qint64{1} << true << QList<qint64>{0, 5, 10, 15, 20};
        QTest::newRow("no data is an answer") << 1 << qint64{1} << true << QList<qint64>{0, 5, 10, 15, 20};
        QTest::newRow("slow: slots are left out") << 0 << qint64{6000} << true << QList<qint64>{0, 10, 20};
        QTest::newRow("errors") << 2 << qint64{1} << true << QList<qint64>{0, 5, 15};
        QTest::newRow("errors that cost nobody anything") << 2 << qint64{1} << false << QList<qint64>{0, 5, 10, 15, 20};
    }
    void polls_lie_on_a_grid_and_errors_double_the_distance() {
        QFETCH(int, status);
        QFETCH(qint64, delay_ms);
        QFETCH(bool, backs_off);
        QFETCH(QList<qint64>, expected);
        VirtualScheduler scheduler(seconds(0));
        std::vector<std::pair<Nanos, std::string>> asked;
        auto source = std::make_unique<ScriptedSource>(scheduler, asked);
        source->status = static_cast<Status>(status);
        source->delay = milliseconds(delay_ms);
        Poller poller(scheduler, [](const series::SampleBatch&) {});
        PolledMetric metric{"m", std::move(source)};
        metric.backs_off = backs_off;
        poller.add(std::move(metric));
        poller.start();
        scheduler.run_until(seconds(24));
        const auto times = seconds_of(asked);
        QCOMPARE(QList<qint64>(times.begin(), times.end()), expected);
        QCOMPARE(asked[1].second, std::string("poll/m/2"));
    }

    void sources_are_told_when_nobody_wants_an_answer_any_more() {
        VirtualScheduler scheduler(seconds(0));
        std::vector<std::pair<Nanos, std::string>> asked;
        auto source = std::make_unique<ScriptedSource>(scheduler, asked);
        source->delay = seconds(3);
        auto* script = source.get();
        int answers = 0;
        Poller poller(scheduler, [&](const series::SampleBatch&) { ++answers; });
        poller.add({"m", std::move(source)});
        poller.start();
        scheduler.run_until(seconds(1));
        QCOMPARE(script->ends, 0);
        poller.stop();
        QCOMPARE(script->ends, 1);
        scheduler.run_until(seconds(20));
        QCOMPARE(answers, 0);
        QCOMPARE(asked.size(), 1u);
    }

    void backoff_ends_at_30_s_and_with_the_first_answer() {
        VirtualScheduler scheduler(seconds(0));
        std::vector<std::pair<Nanos, std::string>> asked;
        auto source = std::make_unique<ScriptedSource>(scheduler, asked);
        auto* script = source.get();
        script->status = Status::source_error;
        Poller poller(scheduler, [](const series::SampleBatch&) {});
        poller.add({"m", std::move(source)});
        poller.start();
        scheduler.run_until(seconds(100)); // 0 5 15 35 65 95
        script->status = Status::ok;
        scheduler.run_until(seconds(131));
        QCOMPARE(seconds_of(asked), (std::vector<std::int64_t>{0, 5, 15, 35, 65, 95, 125, 130}));
    }

    void it_owes_what_is_due_until_it_is_answered_or_too_late_data() {
        QTest::addColumn<qint64>("delay_ms");
        QTest::addColumn<qint64>("at_ms");
        QTest::addColumn<bool>("owes");
        QTest::newRow("on its way") << qint64{300} << qint64{5299} << true;
        QTest::newRow("answered") << qint64{300} << qint64{5300} << false;
        QTest::newRow("slow") << qint64{3000} << qint64{5999} << true;
        QTest::newRow("too slow to wait for") << qint64{3000} << qint64{6000} << false;
    }
    void it_owes_what_is_due_until_it_is_answered_or_too_late() {
        QFETCH(qint64, delay_ms);
        QFETCH(qint64, at_ms);
        VirtualScheduler scheduler(seconds(0));
        std::vector<std::pair<Nanos, std::string>> asked;
        auto source = std::make_unique<ScriptedSource>(scheduler, asked);
        source->delay = milliseconds(delay_ms);
        Poller poller(scheduler, [](const series::SampleBatch&) {});
        poller.add({"m", std::move(source)});
        QVERIFY(!poller.owes());
        poller.start();
        QVERIFY(poller.owes()); // before the poll has begun
        scheduler.run_until(milliseconds(at_ms));
        QTEST(poller.owes(), "owes");
        poller.stop();
        QVERIFY(!poller.owes());
    }

    void age_is_that_of_the_newest_good_reading() {
        VirtualScheduler scheduler(seconds(0));
        std::vector<std::pair<Nanos, std::string>> asked;
        auto source = std::make_unique<ScriptedSource>(scheduler, asked);
        auto* script = source.get();
        int batches = 0;
        Poller poller(scheduler, [&](const series::SampleBatch&) { ++batches; });
        poller.add({"m", std::move(source)});
        QVERIFY(!poller.age("m"));
        poller.start();
        scheduler.run_until(seconds(7));
        QVERIFY(poller.age("m") == seconds(2) - milliseconds(1));
        script->status = Status::no_data;
        scheduler.run_until(seconds(17));
        QVERIFY(poller.age("m") == seconds(12) - milliseconds(1));
        QVERIFY(!poller.age("other"));
        QCOMPARE(batches, 4);
        poller.stop();
        scheduler.run_until(seconds(60));
        QCOMPARE(batches, 4);
    }

    void health_is_one_or_zero_and_no_answer_is_a_source_error_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("expected");
        QTest::newRow("healthy") << 200 << R"({"status":"healthy"})"
                                 << "1 ";
        QTest::newRow("degraded") << 200 << R"({"status":"degraded"})"
                                  << "0 /status is 'degraded', not 'healthy'";
        QTest::newRow("number") << 200 << R"({"status":3})"
                                << "0 /status is '3', not 'healthy'";
        QTest::newRow("missing") << 200 << R"({})"
                                 << "0 nothing stands at /status";
        QTest::newRow("no JSON") << 200 << "OK"
                                 << "0 the answer is not JSON";
        QTest::newRow("unavailable") << 503 << R"({"status":"healthy"})"
                                     << "0 HTTP status 503";
        QTest::newRow("refused") << 0 << ""
                                 << "source-error could not be reached";
    }
    void health_is_one_or_zero_and_no_answer_is_a_source_error() {
        QFETCH(int, status);
        QFETCH(QString, body);
        QFETCH(QString, expected);
        VirtualScheduler scheduler(seconds(0));
        testing::FakeHttp http(scheduler, [&](const net::HttpRequest&) -> Result<net::HttpResponse> {
            if (status == 0) {
                return fail(ErrorCode::unreachable, "refused");
            }
            net::HttpResponse response;
            response.status = status;
            response.body = body.toStdString();
            return response;
        });
        HttpHealthSource source(http, scheduler, {"http://nova", {}, nullptr},
                                {"health", "bool", "green", "/health", status_and_json({}, "/status", "healthy")});
        series::SampleBatch batch;
        source.poll(seconds(5), "k", [&](series::SampleBatch answered) { batch = std::move(answered); });
        scheduler.run_until(seconds(6));
        QCOMPARE(http.requests.front().url, std::string("http://nova/health"));
        const auto& reading = batch.readings.at(0);
        QCOMPARE(reading.arm, std::string("green"));
        const std::string state = reading.status == Status::ok ? std::to_string(static_cast<int>(reading.value))
                                                               : std::string(name(reading.status));
        QCOMPARE(QString::fromStdString(state + " " + reading.detail), expected);
    }
};

SLUICE_TEST(PollingTest)
#include "polling_test.moc"
