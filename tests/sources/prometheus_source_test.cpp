#include "sources/prometheus_source.h"

#include "base/virtual_scheduler.h"
#include "series/prometheus_json.h"
#include "series/promql.h"
#include "sources/fake_http.h"
#include "support/suite.h"

#include <QByteArray>
#include <QtTest>
#include <algorithm>
#include <fmt/format.h>

using namespace sluice;
using namespace sluice::sources;
using series::Reading;
using series::Status;

namespace {

constexpr Nanos start = seconds(1'767'225'600);
constexpr const char* ratio = "sum by (version) (rate(nova_http_errors_total[5m])) / sum by (version) "
                              "(rate(nova_http_requests_total[5m]))";
constexpr const char* witness = "sum by (version) (rate(nova_http_requests_total[5m])) > 0";

/// A Prometheus on a store, and a source that asks it.
struct World {
    VirtualScheduler scheduler{start};
    series::SeriesStore store;
    std::function<Result<net::HttpResponse>(const std::string& query)> override_answer;
    std::string warning;
    testing::FakeHttp http{scheduler, [this](const net::HttpRequest& request) { return answer(request); }};

    Result<net::HttpResponse> answer(const net::HttpRequest& request) {
        const auto at = request.url.find("?query=");
        const auto query =
            QByteArray::fromPercentEncoding(QByteArray::fromStdString(request.url.substr(at + 7))).toStdString();
        if (override_answer) {
            if (auto other = override_answer(query); !other || other->status != 0) {
                return other;
            }
        }
        net::HttpResponse response;
        const auto parsed = series::promql::parse(query);
        const auto value = parsed ? series::promql::evaluate(*parsed, store, scheduler.now())
                                  : Result<series::promql::Value>(failed(parsed));
        response.status = value ? 200 : series::prometheus_status(value.error());
        response.body = value ? series::prometheus_success(*value) : series::prometheus_failure(value.error());
        if (value && !warning.empty()) {
            response.body.insert(1, R"("warnings":[")" + warning + R"("],)");
        }
        return response;
    }

    /// Counts `each` more every 15 s, for `many` scrapes from the start.
    void count_up(series::Labels labels, double each, int many) {
        for (int i = 0; i < many; ++i) {
            store.append(labels, start + seconds(15 * i), each * i);
        }
    }
    void requests_and_errors(const std::string& version, double requests, double errors, int many = 40) {
        count_up({{"__name__", "nova_http_requests_total"}, {"version", version}, {"pod", "a"}}, requests, many);
        if (errors > 0) {
            count_up({{"__name__", "nova_http_errors_total"}, {"version", version}, {"pod", "a"}}, errors, many);
        }
    }

    PrometheusMetric error_ratio() const {
        PrometheusMetric metric;
        metric.name = "error_ratio";
        metric.unit = "ratio";
        metric.query = ratio;
        metric.by_arm = "version";
        metric.arms = {{"v1", "blue"}, {"v2", "green"}};
        metric.zero_while = witness;
        return metric;
    }

    series::SampleBatch ask(PrometheusMetric metric, Nanos at = start + seconds(590)) {
        scheduler.run_until(at);
        auto source = PrometheusSource::make(http, scheduler, {"http://prom", {{"Authorization", "Bearer x"}}, nullptr},
                                             std::move(metric));
        if (!source) {
            qFatal("%s", to_text(source.error()).c_str());
        }
        std::vector<series::SampleBatch> batches;
        (*source)->poll(scheduler.now() + seconds(5), "poll/m/1",
                        [&](series::SampleBatch batch) { batches.push_back(std::move(batch)); });
        scheduler.run_until(scheduler.now() + seconds(10));
        if (batches.size() != 1) {
            qFatal("%zu callbacks", batches.size());
        }
        return batches.front();
    }
};

Result<net::HttpResponse> reply(int status, std::string body) {
    net::HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

QString text(const series::SampleBatch& batch) {
    QStringList parts;
    for (const auto& reading : batch.readings) {
        parts << QString::fromStdString(
            reading.arm + ":" + (reading.status == Status::ok ? number_text(reading.value) : name(reading.status)));
    }
    return parts.join(" ");
}

} // namespace

class PrometheusSourceTest : public QObject {
    Q_OBJECT
private slots:
    void each_arm_has_its_ratio_and_the_age_of_its_data() {
        World world;
        world.requests_and_errors("v1", 60, 3);
        world.requests_and_errors("v2", 30, 3);
        world.requests_and_errors("v0", 30, 30);
        const auto batch = world.ask(world.error_ratio());
        QCOMPARE(text(batch), QString("blue:0.05 green:0.1"));
        QCOMPARE(batch.status, Status::ok);
        QCOMPARE(batch.unit, std::string("ratio"));
        // Asked at 590 s, answered 1 ms later; the last scrape was at 585 s.
        for (const auto& reading : batch.readings) {
            QVERIFY(reading.age() == milliseconds(5001));
            QVERIFY(reading.received_at == start + milliseconds(590'001));
        }
    }

    void a_state_is_what_the_label_of_its_series_says() {
        World world;
        PrometheusMetric metric;
        metric.name = "breaker";
        metric.unit = "state";
        metric.query = "breaker_state";
        metric.state_label = "state";
        metric.states = {{"closed", 0, "closed"}, {"open", 1, "open"}};
        metric.reduce = Reduce::each;
        const auto set = [&](const char* name, const char* state, double value) {
            world.store.append({{"__name__", "breaker_state"}, {"name", name}, {"state", state}}, start + seconds(585),
                               value);
        };
        set("pay", "closed", 0);
        set("pay", "open", 1);
        set("ship", "closed", 1);
        set("ship", "open", 0);
        const auto batch = world.ask(metric);
        QCOMPARE(text(batch), QString(":1 :0"));
        QCOMPARE(batch.readings.at(0).labels.contains("state"), false); // one series, whatever its state
        QCOMPARE(batch.readings.at(0).labels.at("name"), std::string("pay"));
        metric.states = {{"closed", 0, "closed"}, {"half_open", 1, "half-open"}};
        const auto unknown = world.ask(metric, start + seconds(601));
        QCOMPARE(text(unknown), QString(":source-error :0"));
        QCOMPARE(unknown.readings.at(0).detail, std::string("it says 'open', which is none of its states"));
        metric.query = "breaker_state == 0";
        const auto none = world.ask(metric, start + seconds(612));
        QCOMPARE(text(none), QString(":no-data"));
        QCOMPARE(none.detail, std::string("no state is set: all are 0"));
    }

    void one_poll_sends_all_its_requests_together_and_equal_questions_once() {
        World world;
        world.requests_and_errors("v1", 60, 3);
        world.ask(world.error_ratio());
        // The ratio, two ages, the witness; the witness' selector is one of the two.
        QCOMPARE(world.http.requests.size(), 4u);
        QCOMPARE(world.http.requests[0].key, std::string("poll/m/1#1"));
        QCOMPARE(world.http.requests[3].key, std::string("poll/m/1#4"));
        QCOMPARE(world.http.requests[0].headers.front().second, std::string("Bearer x"));
        QVERIFY(world.http.requests[0].timeout == seconds(5));
        QVERIFY(world.http.requests[0].url.starts_with("http://prom/api/v1/query?query=sum%20by%20%28version%29"));
    }

    void a_counter_that_never_counted_is_zero_only_where_the_witness_answers() {
        World world;
        world.requests_and_errors("v1", 60, 0);
        auto batch = world.ask(world.error_ratio());
        QCOMPARE(text(batch), QString("blue:0 green:no-data"));
        QVERIFY(batch.readings[0].age() == milliseconds(5001));
        auto metric = world.error_ratio();
        metric.zero_while.clear();
        batch = world.ask(metric, world.scheduler.now());
        QCOMPARE(text(batch), QString("blue:no-data green:no-data"));
        QCOMPARE(batch.status, Status::no_data);
        QCOMPARE(batch.detail, std::string("the answer is empty"));
    }

    void an_arm_that_nothing_carries_is_told_with_what_there_is_instead() {
        World world;
        world.requests_and_errors("v1", 60, 3);
        world.requests_and_errors("v0", 60, 3);
        auto metric = world.error_ratio();
        const auto detail = [&] {
            const auto batch = world.ask(metric, world.scheduler.now());
            return QString::fromStdString(batch.readings.at(1).detail);
        };
        QCOMPARE(text(world.ask(metric)), QString("blue:0.05 green:no-data"));
        QCOMPARE(detail(),
                 "the answer is empty, and so is zero-while for version=v2; it names v0, which the plan's arms do not");
        metric.zero_while.clear();
        QCOMPARE(detail(), "the answer is empty for version=v2; it names v0, which the plan's arms do not");
        metric.arms = {{"v0", "blue"}, {"v2", "green"}, {"v1", "red"}};
        QCOMPARE(detail(), "the answer is empty"); // each of the others is where it should be
    }

    void data_that_is_too_old_is_no_data_though_rate_still_answers() {
        World world;
        world.requests_and_errors("v1", 60, 3);
        world.requests_and_errors("v2", 60, 3, 37); // last scrape at 540 s
        auto batch = world.ask(world.error_ratio());
        QCOMPARE(text(batch), QString("blue:0.05 green:no-data"));
        QVERIFY(batch.readings[1].age() == milliseconds(50'001));
        QCOMPARE(batch.readings[1].detail, std::string("the data is older than 30 s"));
        auto metric = world.error_ratio();
        metric.max_age = seconds(55); // 10 s later
        QCOMPARE(text(world.ask(metric, world.scheduler.now())), QString("blue:0.05 green:no-data"));
        metric.max_age = seconds(90);
        QVERIFY(text(world.ask(metric, world.scheduler.now())).startsWith("blue:0.05 green:0.0"));
    }

    void the_age_of_a_zero_is_that_of_its_witness() {
        World world;
        world.requests_and_errors("v1", 60, 0, 37);
        const auto batch = world.ask(world.error_ratio());
        QCOMPARE(text(batch), QString("blue:no-data green:no-data"));
        QVERIFY(batch.readings[0].detail == "the data is older than 30 s");
    }

    void a_series_that_has_ended_is_no_data_at_once() {
        World world;
        world.requests_and_errors("v1", 60, 3);
        for (const char* name : {"nova_http_requests_total", "nova_http_errors_total"}) {
            world.store.mark_stale({{"__name__", name}, {"version", "v1"}, {"pod", "a"}}, start + seconds(588));
        }
        const auto batch = world.ask(world.error_ratio());
        QCOMPARE(batch.readings[0].status, Status::no_data);
        QCOMPARE(batch.readings[0].detail, std::string("the series behind the answer have ended"));
    }

    void a_fallback_by_or_needs_only_one_side_to_be_alive() {
        World world;
        world.requests_and_errors("v1", 60, 0);
        auto metric = world.error_ratio();
        metric.zero_while.clear();
        metric.query = "sum by (version) (rate(nova_http_errors_total[5m])) or sum by (version) "
                       "(rate(nova_http_requests_total[5m])) * 0";
        QCOMPARE(text(world.ask(metric)), QString("blue:0 green:no-data"));
    }

    void the_plans_own_freshness_question_goes_before_the_derived_one() {
        World world;
        world.requests_and_errors("v1", 60, 3);
        auto metric = world.error_ratio();
        metric.query = "topk(1, x)"; // not in our subset: its age can't be derived
        QVERIFY(!PrometheusSource::make(world.http, world.scheduler, {}, metric));
        metric.query = ratio;
        metric.freshness = "vector(12.5)";
        const auto batch = world.ask(metric);
        QVERIFY(batch.readings[0].age() == milliseconds(12'500));
        metric.freshness = "vector(31)";
        QCOMPARE(text(world.ask(metric, world.scheduler.now())), QString("blue:no-data green:no-data"));
    }

    void several_series_need_reduce_data() {
        QTest::addColumn<int>("how");
        QTest::addColumn<int>("at_least");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, Reduce how, int at_least, const char* expected) {
            QTest::newRow(name) << static_cast<int>(how) << at_least << expected;
        };
        row("none", Reduce::none, 1, ":source-error");
        row("sum", Reduce::sum, 1, ":6");
        row("max", Reduce::max, 1, ":3");
        row("min", Reduce::min, 1, ":1");
        row("avg", Reduce::avg, 1, ":2");
        row("each", Reduce::each, 1, ":1 :2 :3 :no-data");
        row("any", Reduce::any, 3, ":1 :2 :3 :no-data");
        row("too few", Reduce::sum, 4, ":no-data");
    }
    void several_series_need_reduce() {
        QFETCH(int, how);
        QFETCH(int, at_least);
        QFETCH(QString, expected);
        World world;
        int value = 0;
        for (const char* host : {"a", "b", "c"}) {
            world.store.append({{"__name__", "load"}, {"host", host}}, start + seconds(580), ++value);
        }
        world.store.append({{"__name__", "load"}, {"host", "d"}}, start + seconds(580), std::nan(""));
        PrometheusMetric metric;
        metric.name = "load";
        metric.query = "load";
        metric.reduce = static_cast<Reduce>(how);
        metric.at_least = at_least;
        QCOMPARE(text(world.ask(metric)), expected);
    }

    void nan_is_no_data() {
        World world;
        world.requests_and_errors("v1", 0, 3);
        world.count_up({{"__name__", "nova_http_errors_total"}, {"version", "v2"}, {"pod", "a"}}, 0, 40);
        world.requests_and_errors("v2", 0, 0);
        const auto batch = world.ask(world.error_ratio());
        QCOMPARE(text(batch), QString("blue:+Inf green:no-data"));
        QCOMPARE(batch.readings[1].detail, std::string("the answer is NaN"));
    }

    void warnings_make_the_batch_degraded() {
        World world;
        world.requests_and_errors("v1", 60, 3);
        world.warning = "store s3 is away";
        const auto batch = world.ask(world.error_ratio());
        QCOMPARE(batch.status, Status::ok);
        QCOMPARE(batch.degraded, std::vector<std::string>{"store s3 is away"});
    }

    void what_goes_wrong_is_a_source_error_with_its_reason_data() {
        QTest::addColumn<int>("status"); ///< 0 refused
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("detail");
        QTest::newRow("refused") << 0 << ""
                                 << "could not be reached";
        QTest::newRow("bad query") << 400 << R"({"status":"error","errorType":"bad_data","error":"1:2: parse error"})"
                                   << "bad_data: 1:2: parse error";
        QTest::newRow("execution") << 422 << R"({"status":"error","errorType":"execution","error":"many-to-many"})"
                                   << "execution: many-to-many";
        QTest::newRow("query timeout") << 503 << R"({"status":"error","errorType":"timeout","error":"query timed out"})"
                                       << "timeout: query timed out";
        QTest::newRow("gateway") << 502 << "<html>"
                                 << "HTTP status 502";
        QTest::newRow("login page") << 200 << "<html>"
                                    << "the answer is not JSON";
        QTest::newRow("other service") << 200 << R"({"status":"UP"})"
                                       << "the answer is not one of the Prometheus query API";
        QTest::newRow("redirect") << 302 << ""
                                  << "HTTP status 302";
        QTest::newRow("ranges") << 200 << R"({"status":"success","data":{"resultType":"matrix","result":[]}})"
                                << "the query answers with ranges; one value a series is wanted";
    }
    void what_goes_wrong_is_a_source_error_with_its_reason() {
        QFETCH(int, status);
        QFETCH(QString, body);
        QFETCH(QString, detail);
        World world;
        world.requests_and_errors("v1", 60, 3);
        world.override_answer = [&](const std::string&) -> Result<net::HttpResponse> {
            if (status == 0) {
                return fail(ErrorCode::unreachable, "connection refused by 127.0.0.1:40123");
            }
            return reply(status, body.toStdString());
        };
        const auto batch = world.ask(world.error_ratio());
        QCOMPARE(text(batch), QString("blue:source-error green:source-error"));
        QCOMPARE(batch.status, Status::source_error);
        QCOMPARE(QString::fromStdString(batch.detail), detail);
    }

    void an_age_that_can_not_be_told_never_counts_as_fresh() {
        World world;
        world.requests_and_errors("v1", 60, 3);
        world.override_answer = [](const std::string& query) -> Result<net::HttpResponse> {
            return query.starts_with("max") ? reply(500, "") : reply(0, "");
        };
        const auto batch = world.ask(world.error_ratio());
        QCOMPARE(batch.readings[0].status, Status::source_error);
        QCOMPARE(batch.readings[0].detail, std::string("the data's age can't be told: HTTP status 500"));
    }

    void a_late_answer_is_a_source_error_at_the_deadline() {
        World world;
        world.requests_and_errors("v1", 60, 3);
        world.http.delay = seconds(6);
        const auto batch = world.ask(world.error_ratio());
        QCOMPARE(batch.detail, std::string("no answer in time"));
        QVERIFY(batch.received_at == start + seconds(595));
    }

    void a_destroyed_source_calls_nobody() {
        World world;
        auto source = *PrometheusSource::make(world.http, world.scheduler, {}, world.error_ratio());
        bool called = false;
        source->poll(start + seconds(5), "k", [&](const series::SampleBatch&) { called = true; });
        QCOMPARE(world.http.in_flight(), 4u);
        source.reset();
        QCOMPARE(world.http.in_flight(), 0u);
        world.scheduler.run_until(start + seconds(10));
        QVERIFY(!called);
    }
};

SLUICE_TEST(PrometheusSourceTest)
#include "prometheus_source_test.moc"
