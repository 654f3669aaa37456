#include "range/load/load_model.h"
#include "rehearsed.h"

#include "support/suite.h"

#include <fmt/format.h>

using namespace sluice;
using namespace sluice::range;

namespace {
const ArmKey blue{"production/user-service-blue", "v1.2.3"};
const ArmKey green{"production-green/user-service-green", "v1.2.4"};
} // namespace

class LoadTest : public QObject {
    Q_OBJECT
private slots:
    void injected_errors_are_exact_data() {
        QTest::addColumn<qint64>("per_million");
        for (const qint64 share : {1, 500, 49'000, 51'000, 60'000, 1'000'000}) {
            QTest::addRow("%lld ppm", share) << share;
        }
    }
    void injected_errors_are_exact() {
        QFETCH(qint64, per_million);
        LoadModel load(Profile(), 7, tuesday, [&](const ArmKey&, Nanos) { return Strain{per_million, 1000}; });
        load.set_shares(tuesday, {{blue, 0.75}, {green, 0.25}});
        for (int i = 0; i < 500; ++i) {
            load.advance(tuesday + seconds(7 * i));
            for (const ArmKey& arm : {blue, green}) {
                const auto totals = load.totals(arm);
                QCOMPARE(totals.errors, totals.requests * per_million / 1'000'000);
            }
        }
        QVERIFY(load.totals(green).requests > 150'000);
    }

    void what_is_counted_does_not_depend_on_when_it_is_looked_at() {
        LoadModel often(Profile(), 3, tuesday, {}), once(Profile(), 3, tuesday, {});
        for (LoadModel* load : {&often, &once}) {
            load->set_shares(tuesday, {{blue, 1.0}});
        }
        for (int i = 1; i <= 600; ++i) {
            often.advance(tuesday + milliseconds(500 * i));
        }
        once.advance(tuesday + seconds(300));
        QCOMPARE(often.exposition_text(std::span(&blue, 1)), once.exposition_text(std::span(&blue, 1)));
    }

    void the_seed_varies_the_load() {
        std::set<std::int64_t> seen;
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            LoadModel load(Profile(), seed, tuesday, {});
            load.set_shares(tuesday, {{blue, 1.0}});
            load.advance(tuesday + minutes(5));
            const auto requests = load.totals(blue).requests;
            QVERIFY(requests > 240 * 300 * 0.7 && requests < 240 * 300 * 1.3);
            seen.insert(requests);
        }
        QCOMPARE(seen.size(), std::size_t{5});
    }

    void canary_weights_move_the_rates_of_the_versions() {
        Rehearsed r;
        r.green_up();
        QCOMPARE(r.canary(25).status, 200);
        QCOMPARE(r.range->commanded_percent("green"), 25.0);
        r.pass(minutes(6));
        const double green_rate = r.query("sum by (version) (rate(nova_http_requests_total{version=\"v1.2.4\"}[5m]))");
        const double all = r.query("sum(rate(nova_http_requests_total[5m]))");
        QVERIFY2(std::abs(green_rate / all - 0.25) < 0.001, qPrintable(QString::number(green_rate / all)));
        QCOMPARE(r.canary(0).status, 200);
        r.pass(minutes(6));
        QCOMPARE(r.query("sum(rate(nova_http_requests_total{version=\"v1.2.4\"}[5m]))"), 0.0);
    }

    void the_backend_switch_moves_all_of_it_after_two_seconds() {
        Rehearsed r;
        r.green_up();
        r.api(
            "PATCH", r.ingress,
            R"([{"op":"replace","path":"/spec/rules/0/http/paths/0/backend/service/name","value":"user-service-green"}])",
            "application/json-patch+json");
        QCOMPARE(r.range->commanded_percent("green"), 100.0);
        r.pass(minutes(6));
        QCOMPARE(r.query("sum(rate(nova_http_requests_total{version=\"v1.2.3\"}[5m]))"), 0.0);
        QVERIFY(r.query("sum(nova_streaming_websocket_connections)") > 15'000);
    }

    void windows_are_full_when_the_rehearsal_begins() {
        Rehearsed r;
        const double rate = r.query("sum(rate(nova_http_requests_total[5m]))");
        QVERIFY2(rate > 180 && rate < 280, qPrintable(QString::number(rate)));
        const double p95 =
            r.query("histogram_quantile(0.95, sum by (le) (rate(nova_http_request_duration_seconds_bucket[5m])))");
        QVERIFY2(p95 > 0.1 && p95 < 0.2, qPrintable(QString::number(p95)));
        const double database =
            r.query("histogram_quantile(0.95, sum by (le) (rate(pg_query_duration_seconds_bucket[5m])))");
        QVERIFY2(database > 0.02 && database < 0.1, qPrintable(QString::number(database)));
        const double errors =
            r.query("sum(rate(nova_http_errors_total[5m])) / sum(rate(nova_http_requests_total[5m]))");
        QVERIFY2(errors > 0 && errors < 0.001, qPrintable(QString::number(errors)));
        QVERIFY(r.query("time() - max(timestamp(nova_http_requests_total))") <= 5);
        QCOMPARE(r.query("sum(up{job=\"user-service\"})"), 1.0);
    }

    void errors_on_one_arm_show_in_its_ratio_alone() {
        Rehearsed r({"split:green>=25 errors 6% on green"});
        r.green_up();
        r.canary(10);
        r.pass(minutes(6));
        const std::string ratio =
            "sum by (version) (rate(nova_http_errors_total{version=\"%\"}[5m])) / sum by (version) "
            "(rate(nova_http_requests_total{version=\"%\"}[5m]))";
        const auto of = [&](const char* version) {
            return r.query(QString::fromStdString(ratio).replace("%", version).toStdString());
        };
        QVERIFY(of("v1.2.4") < 0.001);
        r.canary(25);
        r.pass(minutes(6));
        QVERIFY2(std::abs(of("v1.2.4") - 0.06) < 1e-4, qPrintable(QString::number(of("v1.2.4"), 'g', 10)));
        QVERIFY(of("v1.2.3") < 0.001);
    }

    void latency_three_times_shows_in_the_quantile() {
        Rehearsed r({"step:bake latency 3x for 10m on blue"});
        r.range->step_started("another");
        r.range->step_started("bake");
        r.pass(minutes(6));
        const std::string p95 =
            "histogram_quantile(0.95, sum by (le) (rate(nova_http_request_duration_seconds_bucket[5m])))";
        QVERIFY(r.query(p95) > 0.3);
        r.pass(minutes(10));
        QVERIFY(r.query(p95) < 0.2);
    }

    void without_scrapes_data_gets_old_and_then_is_gone() {
        Rehearsed r({"T+1m no data for 10m"});
        r.pass(minutes(4));
        const double age = r.query("time() - max(timestamp(nova_http_requests_total))");
        QVERIFY2(age > 170 && age < 190, qPrintable(QString::number(age)));
        r.pass(minutes(5));
        QVERIFY(std::isnan(r.query("sum(nova_http_requests_total)")));
        r.pass(minutes(3));
        QVERIFY(r.query("sum(nova_http_requests_total)") > 0);
    }

    void a_message_is_taken_under_any_path_of_a_chat() {
        Rehearsed r;
        const std::string chat = r.range->addresses().messages();
        QCOMPARE(r.send("POST", chat + "/T0/B1", R"({"text":"Begun"})")->status, 200);
        QCOMPARE(r.send("POST", chat, R"({"text":"Begun"})")->status, 200);
        QCOMPARE(r.send("POST", chat + "/T0/B1", R"({"said":"Begun"})")->status, 400);
        QCOMPARE(r.send("GET", chat + "/T0/B1")->status, 400);
        QCOMPARE(r.send("POST", chat + "s/T0/B1", R"({"text":"Begun"})")->status, 503); // that would be a service
    }

    void a_service_s_own_metrics_can_be_scraped_until_nobody_can() {
        Rehearsed r({"T+3m no data for 1m"});
        const std::string url = r.range->addresses().services + "/production/user-service-blue/metrics";
        r.pass(minutes(2));
        const auto shown = r.send("GET", url);
        QVERIFY(shown.has_value());
        QCOMPARE(shown->status, 200);
        const auto read = series::parse_exposition(shown->body, "metrics");
        QVERIFY2(read.has_value(), read ? "" : to_text(read.error()).c_str());
        QVERIFY(read->families.at("nova_http_requests_total").type == series::MetricType::counter);
        QVERIFY(read->families.at("nova_http_request_duration_seconds").type == series::MetricType::histogram);
        r.pass(seconds(90));
        QCOMPARE(r.send("GET", url)->status, 503);
        r.pass(minutes(1));
        QCOMPARE(r.send("GET", url)->status, 200);
    }

    void two_versions_behind_one_service_show_each_family_once() {
        LoadModel load(Profile(), 3, tuesday, {});
        const std::vector<ArmKey> arms{{blue.service, "v1"}, {blue.service, "v2"}};
        load.set_shares(tuesday, {{arms[0], 0.75}, {arms[1], 0.25}});
        load.advance(tuesday + minutes(5));
        const auto read = series::parse_exposition(load.exposition_text(arms), "metrics");
        QVERIFY2(read.has_value(), read ? "" : to_text(read.error()).c_str());
        std::map<std::string, double> requests;
        for (const auto& sample : read->samples) {
            if (series::label(sample.labels, series::metric_name) == "nova_http_requests_total") {
                requests[std::string(series::label(sample.labels, "version"))] = sample.value;
            }
        }
        QCOMPARE(requests.size(), std::size_t{2});
        QVERIFY(requests["v1"] > 2 * requests["v2"]);
    }

    void one_seed_gives_one_history() {
        const auto story = [](std::uint64_t seed) {
            Rehearsed r({"T+2m errors 3% on green"}, seed);
            r.green_up();
            r.canary(25);
            r.pass(minutes(3));
            const std::string pods = r.get("/api/v1/pods").dump();
            return pods +
                   r.api("GET", "/api/v1/namespaces/production/services/user-service-green:8081/proxy/metrics").body;
        };
        QCOMPARE(story(1), story(1));
        QVERIFY(story(1) != story(2));
    }

    void the_application_answers_through_proxy_and_edge() {
        Rehearsed r;
        const std::string edge = r.range->addresses().edge;
        QCOMPARE(r.send("GET", edge + "/health")->body, R"({"status":"healthy"})");
        QCOMPARE(r.send("GET", edge + "/api/v1/streams/active")->status, 401);
        const net::Headers token = {{"Authorization", "Bearer test"}, {"Content-Type", "application/json"}};
        const auto made =
            r.send("POST", edge + "/api/v1/streams", R"({"title":"Green Smoke Test","description":""})", token);
        QCOMPARE(made->status, 201);
        const std::string id = Json::parse(made->body)["id"];
        const Json list = Json::parse(r.send("GET", edge + "/api/v1/streams/active", "", token)->body);
        QVERIFY(list["total_count"].get<int>() > 1000);
        QCOMPARE(r.send("GET", edge + "/api/v1/streams/" + id, "", token)->status, 200);
        QCOMPARE(r.send("DELETE", edge + "/api/v1/streams/" + id, "", token)->status, 204);
        QCOMPARE(r.send("GET", edge + "/api/v1/streams/" + id, "", token)->status, 404);
        QCOMPARE(r.range->writes().all().size(), std::size_t{2});
        QVERIFY(r.send("GET", edge + "/metrics")->body.find("nova_streaming_active_streams{") != std::string::npos);
        const std::string proxied = r.range->addresses()
                                        .service("monitoring", "prometheus", "9090")
                                        .substr(r.range->addresses().kubernetes.size());
        QVERIFY(r.api("GET", proxied + "/api/v1/query?query=up").body.find("\"success\"") != std::string::npos);
    }

    void a_request_with_a_key_is_carried_out_once() {
        Rehearsed r;
        const std::string url = r.range->addresses().edge + "/api/v1/streams";
        const net::Headers keyed = {{"Authorization", "Bearer test"}, {"Idempotency-Key", "s/step/1"}};
        const auto first = r.send("POST", url, R"({"title":"one"})", keyed);
        const auto again = r.send("POST", url, R"({"title":"one"})", keyed);
        QCOMPARE(first->status, 201);
        QCOMPARE(again->status, 201);
        QCOMPARE(again->body, first->body);
        QCOMPARE(r.send("POST", url, R"({"title":"two"})", keyed)->status, 422);
        const auto list = r.send("GET", url, "", {{"Authorization", "Bearer test"}});
        QCOMPARE(Json::parse(list->body)["streams"].size(), std::size_t{1});
    }

    void a_range_query_answers_as_instant_queries_of_then_did() {
        Rehearsed r;
        r.pass(seconds(3)); // between two scrapes: at the instant of one it is a matter of which comes first
        const char* const requests = "sum(rate(nova_http_requests_total[1m]))";
        const std::string base = r.range->addresses().prometheus +
                                 "/api/v1/query_range?query=" + QByteArray(requests).toPercentEncoding().toStdString();
        std::vector<double> then;
        const std::int64_t first = r.scheduler.now().count / 1'000'000'000;
        for (int i = 0; i < 4; ++i) {
            then.push_back(r.query(requests));
            r.pass(seconds(30));
        }
        const auto answer = r.send("GET", base + fmt::format("&start={}&end={}&step=30s", first, first + 100));
        const Json values = Json::parse(answer->body)["data"]["result"][0]["values"];
        QCOMPARE(values.size(), then.size());
        for (std::size_t i = 0; i < then.size(); ++i) {
            QCOMPARE(values[i][0].get<std::int64_t>(), first + 30 * static_cast<std::int64_t>(i));
            QCOMPARE(parse_number(values[i][1].get<std::string>()).value_or(-1), then[i]);
        }
        QVERIFY(then.front() > 0);
    }

    void a_range_query_that_prometheus_would_refuse_is_refused_in_its_words_data() {
        QTest::addColumn<QString>("asked");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* asked, const char* says) {
            QTest::newRow(name) << QString(asked) << QString(says);
        };
        row("no step", "query=up&start=0&end=60", R"(invalid parameter "step": cannot parse "" to a valid duration)");
        row("step 0", "query=up&start=0&end=60&step=0", "zero or negative query resolution step widths");
        row("no start", "query=up&end=60&step=1", R"(invalid parameter "start": cannot parse "" to a valid timestamp)");
        row("backwards", "query=up&start=60&end=0&step=1", "end timestamp must not be before start time");
        row("too many", "query=up&start=0&end=11000&step=1", "exceeded maximum resolution of 11,000 points");
        row("from end to end", "query=up&start=-9e9&end=9e9&step=1", "exceeded maximum resolution");
        row("ranges", "query=up%5B5m%5D&start=0&end=60&step=1", "invalid expression type");
    }

    void a_range_query_that_prometheus_would_refuse_is_refused_in_its_words() {
        QFETCH(QString, asked);
        QFETCH(QString, says);
        Rehearsed r;
        const auto answer =
            r.send("GET", r.range->addresses().prometheus + "/api/v1/query_range?" + asked.toStdString());
        QCOMPARE(answer->status, 400);
        const auto error = QString::fromStdString(Json::parse(answer->body)["error"].get<std::string>());
        QVERIFY2(error.contains(says), qPrintable(error));
    }

    void an_unknown_function_is_bad_data() {
        Rehearsed r;
        const auto answer =
            r.send("GET", r.range->addresses().prometheus + "/api/v1/query?query=predict_linear(up%5B5m%5D,1)");
        QCOMPARE(answer->status, 400);
        QCOMPARE(Json::parse(answer->body)["errorType"].get<std::string>(), "bad_data");
    }
};

SLUICE_TEST(LoadTest)
#include "load_test.moc"
