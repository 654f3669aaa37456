#include "sources/from_plan.h"

#include "base/virtual_scheduler.h"
#include "sources/fake_http.h"
#include "support/suite.h"

#include <QByteArray>
#include <QtTest>

using namespace sluice;
using namespace sluice::sources;

namespace {

struct World {
    VirtualScheduler scheduler{seconds(1'767'225'600)};
    testing::FakeHttp http{scheduler, [](const net::HttpRequest& request) {
                               net::HttpResponse response;
                               response.status = 200;
                               response.body = request.url == "/health"
                                                   ? R"({"status":"healthy"})"
                                                   : R"({"status":"success","data":{"resultType":"vector","result":[
                                       {"metric":{"version":"v1.2.4"},"value":[1,"0.5"]}]}})";
                               return Result<net::HttpResponse>(response);
                           }};
    plan::Plan plan;
    plan::Scope scope{{"version", "v1.2.4"}, {"previous", "v1.2.3"}};

    World() {
        plan.arms.resize(2);
        plan.arms[0].name = "blue";
        plan.arms[0].match = "${previous}";
        plan.arms[1].name = "green";
        plan.arms[1].match = "${version}";
    }
    Result<std::unique_ptr<Source>> make(const plan::Metric& metric) {
        return make_source(plan, metric, scope, {scheduler, &http, nullptr});
    }
    series::SampleBatch ask(const plan::Metric& metric) {
        auto source = make(metric);
        if (!source) {
            qFatal("%s", to_text(source.error()).c_str());
        }
        series::SampleBatch answered;
        (*source)->poll(scheduler.now() + seconds(5), "k",
                        [&](series::SampleBatch batch) { answered = std::move(batch); });
        scheduler.run_until(scheduler.now() + seconds(5));
        return answered;
    }
};

} // namespace

class FromPlanTest : public QObject {
    Q_OBJECT
private slots:
    void templates_are_filled_and_arms_found_by_what_metrics_call_them() {
        World world;
        plan::Metric metric;
        metric.name = "m";
        metric.from = "prom";
        metric.query = "load{version=\"${version}\"}";
        metric.by_arm = "version";
        const auto batch = world.ask(metric);
        QCOMPARE(batch.readings.size(), 2u);
        QCOMPARE(batch.readings[0].arm, std::string("blue"));
        QCOMPARE(batch.readings[0].status, series::Status::no_data);
        QCOMPARE(batch.readings[1].arm, std::string("green"));
        QCOMPARE(batch.readings[1].value, 0.5);
        QCOMPARE(QByteArray::fromPercentEncoding(QByteArray::fromStdString(world.http.requests[0].url)),
                 QByteArray("/api/v1/query?query=load{version=\"v1.2.4\"}"));
    }

    void health_is_judged_by_the_plans_expectation() {
        World world;
        plan::Metric metric;
        metric.name = "health";
        metric.health = plan::HealthQuery{"/health", {}};
        plan::JsonExpect json;
        json.pointer = "/status";
        json.matcher.values = {"healthy"};
        metric.health->expect.json.push_back(json);
        QCOMPARE(world.ask(metric).readings[0].value, 1.0);
        metric.health->expect.json[0].matcher.values = {"fine"};
        const auto batch = world.ask(metric);
        QCOMPARE(batch.readings[0].value, 0.0);
        QVERIFY(!batch.readings[0].detail.empty());
    }

    void a_cluster_that_does_not_let_us_ask_tells_nothing_of_the_health_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("body");
        QTest::addColumn<bool>("through_proxy");
        QTest::addColumn<QString>("expected");
        const QString of_cluster = R"({"kind":"Status","status":"Failure"})";
        QTest::newRow("our login has ended") << 401 << of_cluster << true << "the cluster does not let us ask (401)";
        QTest::newRow("we may not ask") << 403 << of_cluster << true << "the cluster does not let us ask (403)";
        QTest::newRow("nobody is behind it") << 503 << of_cluster << true << "0";
        QTest::newRow("the service's own refusal") << 401 << R"({"status":"who are you"})" << true << "0";
        QTest::newRow("not by a cluster") << 401 << of_cluster << false << "0";
    }
    void a_cluster_that_does_not_let_us_ask_tells_nothing_of_the_health() {
        QFETCH(int, status);
        QFETCH(QString, body);
        QFETCH(bool, through_proxy);
        QFETCH(QString, expected);
        World world;
        testing::FakeHttp http(world.scheduler, [&](const net::HttpRequest&) {
            return Result<net::HttpResponse>(net::HttpResponse{status, {}, body.toStdString()});
        });
        plan::Metric metric;
        metric.name = "health";
        metric.health = plan::HealthQuery{"/health", {}};
        Ways ways{world.scheduler, &http, nullptr};
        ways.through_proxy = through_proxy;
        const auto source = make_source(world.plan, metric, world.scope, ways);
        QVERIFY(source.has_value());
        series::SampleBatch batch;
        (*source)->poll(world.scheduler.now() + seconds(5), "k",
                        [&](series::SampleBatch answered) { batch = std::move(answered); });
        world.scheduler.run_until(world.scheduler.now() + seconds(1));
        const bool has_value = batch.status == series::Status::ok;
        QCOMPARE(has_value ? QString::number(batch.readings.at(0).value) : QString::fromStdString(batch.detail),
                 expected);
    }

    void logs_are_read_of_the_workload_or_of_the_selector_data() {
        QTest::addColumn<QString>("workload");
        QTest::addColumn<QString>("selector");
        QTest::addColumn<QString>("expected"); // the first request, or why there is none
        QTest::newRow("workload") << "shop/web"
                                  << ""
                                  << "http://api/apis/apps/v1/namespaces/shop/deployments/web";
        QTest::newRow("selector") << ""
                                  << "version=${version}"
                                  << "http://api/api/v1/namespaces/shop/pods?labelSelector=version%3Dv1.2.4";
        QTest::newRow("a value that is no label") << ""
                                                  << "version=${odd}"
                                                  << "the value of 'odd' is no label and no label's value";
        QTest::newRow("nothing") << ""
                                 << ""
                                 << "the selector is empty";
    }
    void logs_are_read_of_the_workload_or_of_the_selector() {
        QFETCH(QString, workload);
        QFETCH(QString, selector);
        QFETCH(QString, expected);
        World world;
        world.scope["odd"] = "a,b";
        kubernetes::Cluster cluster;
        cluster.server = "http://api";
        kubernetes::Client client(world.http, world.scheduler, cluster, {});
        plan::Metric metric;
        metric.name = "failing";
        metric.from = "cluster";
        metric.logs.emplace();
        metric.logs->workload = workload.toStdString();
        metric.logs->selector = selector.toStdString();
        metric.logs->name_space = "shop";
        metric.logs->pattern = "ERROR";
        Ways ways{world.scheduler, nullptr, nullptr};
        QVERIFY(!make_source(world.plan, metric, world.scope, ways)); // nobody to be asked
        ways.pods = &client;
        const auto source = make_source(world.plan, metric, world.scope, ways);
        if (source) {
            (*source)->poll(world.scheduler.now() + seconds(5), "k", [](const series::SampleBatch&) {});
        }
        QCOMPARE(QString::fromStdString(source ? world.http.requests.at(0).url : source.error().what), expected);
    }

    void a_number_of_an_answer_is_asked_for_by_its_path() {
        World world;
        plan::Metric metric;
        metric.name = "waiting";
        metric.from = "shop";
        metric.unit = "count";
        metric.http = plan::HttpNumber{plan::HttpNumber::What::json, "/stats/${version}", "/data/result/0/value/1"};
        QCOMPARE(world.ask(metric).readings[0].value, 0.5);
        QCOMPARE(world.http.requests[0].url, std::string("/stats/v1.2.4"));
        metric.rehearsed = 12;
        QCOMPARE(world.ask(metric).readings[0].value, 0.5); // which counts in a rehearsal only
        Ways ways{world.scheduler, &world.http, nullptr};
        ways.acted_out = true;
        const auto asked = world.http.requests.size();
        const auto source = make_source(world.plan, metric, world.scope, ways);
        QVERIFY(source.has_value());
        series::SampleBatch batch;
        (*source)->poll(world.scheduler.now() + seconds(5), "k",
                        [&](series::SampleBatch answered) { batch = std::move(answered); });
        world.scheduler.run_until(world.scheduler.now() + seconds(1));
        QCOMPARE(batch.readings.at(0).value, 12.0);
        QCOMPARE(world.http.requests.size(), asked);
    }

    void a_host_is_looked_at_by_a_socket_or_acted_out() {
        World world;
        plan::Metric metric;
        metric.name = "left";
        metric.from = "front";
        metric.http = plan::HttpNumber{plan::HttpNumber::What::certificate_days, {}, {}};
        plan::Metric port = metric;
        port.http.reset();
        port.reach = plan::ReachNumber{};
        for (auto* one : {&metric, &port}) {
            const auto made = world.make(*one);
            QVERIFY(!made);
            QCOMPARE(made.error().where, std::string("metric left"));
            one->rehearsed = 61;
            Ways ways{world.scheduler, nullptr, nullptr};
            ways.acted_out = true;
            QVERIFY(make_source(world.plan, *one, world.scope, ways).has_value());
        }
    }

    void a_program_is_run_or_acted_out() {
        World world;
        plan::Metric metric;
        metric.name = "rows";
        metric.run = plan::CommandNumber{};
        metric.run->extract = "(";
        const auto made = world.make(metric);
        QVERIFY(!made); // nobody runs it
        QCOMPARE(made.error().where, std::string("metric rows"));
        metric.rehearsed = 12;
        Ways ways{world.scheduler, nullptr, nullptr};
        ways.acted_out = true;
        QVERIFY(make_source(world.plan, metric, world.scope, ways).has_value());
    }

    void alerts_are_asked_for_by_the_plan_s_matchers() {
        World world;
        plan::Metric metric;
        metric.name = "alerts";
        metric.alerts = plan::AlertQuery{{"severity=\"page\"", "version=~\"${version}\""}};
        metric.by_arm = "version";
        const auto batch = world.ask(metric);
        QCOMPARE(batch.status, series::Status::source_error); // what answers here is no Alertmanager
        QCOMPARE(batch.detail, std::string("the answer is no list of alerts"));
        QCOMPARE(QByteArray::fromPercentEncoding(QByteArray::fromStdString(world.http.requests[0].url)),
                 QByteArray("/api/v2/alerts?active=true&silenced=false&inhibited=false&unprocessed=false"
                            "&filter=severity=\"page\"&filter=version=~\"v1\\\\.2\\\\.4\""));
    }

    void a_query_over_what_is_scraped_is_filled_and_judged_alike() {
        World world;
        testing::FakeHttp page(world.scheduler, [](const net::HttpRequest& request) {
            return Result<net::HttpResponse>(net::HttpResponse{
                request.url.empty() ? 200 : 404, {}, "load{version=\"v1.2.4\"} 7\nload{version=\"v1.2.40\"} 8\n"});
        });
        const Ways ways{world.scheduler, &page, nullptr,
                        std::make_shared<Scraper>(page, world.scheduler, ScrapeSettings{"own"})};
        plan::Metric metric;
        metric.name = "m";
        metric.from = "own";
        metric.query = "load{version=~\"${version}\"}";
        metric.by_arm = "version";
        auto source = make_source(world.plan, metric, world.scope, ways);
        QVERIFY2(source.has_value(), source ? "" : to_text(source.error()).c_str());
        series::SampleBatch batch;
        (*source)->poll(world.scheduler.now() + seconds(5), "k",
                        [&](series::SampleBatch answered) { batch = std::move(answered); });
        world.scheduler.run_until(world.scheduler.now() + seconds(1));
        QCOMPARE(batch.readings.size(), 2u);
        QCOMPARE(batch.readings[0].status, series::Status::no_data);
        QCOMPARE(batch.readings[1].value, 7.0);
        metric.query = "topk(1, load)";
        metric.freshness = "vector(0)";
        const auto other = make_source(world.plan, metric, world.scope, ways);
        QVERIFY(!other);
        QCOMPARE(other.error().where, std::string("metric m, query:1:1"));
    }

    void what_can_not_be_asked_is_told_with_the_metrics_name() {
        World world;
        plan::Metric metric;
        metric.name = "m";
        metric.query = "topk(1, x)";
        auto made = world.make(metric);
        QVERIFY(!made);
        QCOMPARE(made.error().where, std::string("metric m, query:1:1"));
        metric.query = "x{v=\"${nosuch}\"}";
        QVERIFY(!world.make(metric));
        metric.query = "x";
        metric.by_arm = "version";
        world.plan.arms[0].match = "${version}";
        made = world.make(metric);
        QVERIFY(!made);
        QVERIFY(made.error().what.find("blue and green alike") != std::string::npos);
        metric.lag = plan::LagQuery{{"g"}, {}};
        QVERIFY(!world.make(metric)); // no Kafka connection
    }
};

SLUICE_TEST(FromPlanTest)
#include "from_plan_test.moc"
