#include "sources/http_number_source.h"

#include "base/json.h"
#include "base/virtual_scheduler.h"
#include "sources/fake_http.h"
#include "sources/http_endpoint.h"
#include "sources/one_value.h"
#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::sources;
using What = plan::HttpNumber::What;
using series::Status;
using sluice::testing::new_year;

namespace {

Result<net::HttpResponse> answer(int status, const std::string& body) {
    net::HttpResponse response;
    response.status = status;
    response.body = body;
    return response;
}

/// "200", or "source-error" and why.
QString told(const series::SampleBatch& batch) {
    const auto& reading = batch.readings.at(0);
    const bool ok = batch.status == Status::ok && reading.status == Status::ok;
    return QString::fromStdString(ok ? number_text(reading.value)
                                     : std::string(name(batch.status)) + " " + batch.detail);
}

} // namespace

class HttpNumberSourceTest : public QObject {
    Q_OBJECT
private slots:
    void the_number_or_what_stands_there_instead_data() {
        QTest::addColumn<QString>("pointer"); // or "status", "latency"
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* title, const char* pointer, int status, const char* body,
                            const char* expected) {
            QTest::newRow(title) << QString(pointer) << status << QString(body) << QString(expected);
        };
        row("a number", "/queue/depth", 200, R"({"queue":{"depth":412}})", "412");
        row("a fraction, of another 2xx", "/load", 203, R"({"load":-0.25})", "-0.25");
        row("zero that was said", "/load", 200, R"({"load":0})", "0");
        row("text that is a number", "/load", 200, R"({"load":"1.5e3"})", "1500");
        row("in a list", "/2", 200, "[1,2,3]", "3");
        row("chosen by a name", "/queues/name=orders/depth", 200,
            R"({"queues":[{"name":"mail","depth":1},{"name":"orders","depth":7}]})", "7");
        row("a name with a slash", "/a~1b", 200, R"({"a/b":3})", "3");
        row("nothing there", "/queue/depth", 200, R"({"queue":{}})", "source-error nothing stands at /queue/depth");
        row("null", "/load", 200, R"({"load":null})", "source-error null stands at /load, which is no number");
        row("true", "/load", 200, R"({"load":true})", "source-error true stands at /load, which is no number");
        row("text", "/load", 200, R"({"load":"12 ms"})", "source-error '12 ms' stands at /load, which is no number");
        row("NaN", "/load", 200, R"({"load":"NaN"})", "source-error 'NaN' stands at /load, which is no number");
        row("endless", "/load", 200, R"({"load":"+Inf"})", "source-error '+Inf' stands at /load, which is no number");
        row("no text at all", "/load", 200, R"({"load":""})", "source-error '' stands at /load, which is no number");
        row("a list", "/load", 200, R"({"load":[1]})", "source-error a list stands at /load, which is no number");
        row("an object", "/load", 200, R"({"load":{}})", "source-error an object stands at /load, which is no number");
        row("several", "/*/n", 200, R"([{"n":1},{"n":2}])", "source-error 2 values stand at /*/n, where one is wanted");
        row("a line break is no line of ours", "/load", 200, R"({"load":"a\nb"})",
            "source-error 'a\\nb' stands at /load, which is no number");
        row("a secret", "/load", 200, R"({"load":"by s3cr3t-token"})",
            "source-error 'by ‹redacted›' stands at /load, which is no number");
        row("no JSON", "/load", 200, "load 7", "source-error the answer is not JSON");
        row("an error page", "/load", 503, R"({"load":7})", "source-error HTTP status 503");
        row("elsewhere", "/load", 302, R"({"load":7})", "source-error HTTP status 302");
        row("status", "status", 200, "", "200");
        row("the status of an error", "status", 503, "", "503");
        row("latency", "latency", 200, "", "0.25");
        row("an error page is no answer whose latency counts", "latency", 500, "", "source-error HTTP status 500");
    }
    void a_state_is_what_the_plan_says_that_it_is_called_data() {
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* title, const char* body, const char* expected) {
            QTest::newRow(title) << QString(body) << QString(expected);
        };
        row("closed", R"({"state":"CLOSED"})", "0");
        row("open", R"({"state":"OPEN"})", "1");
        row("another that is called open", R"({"state":"FORCED_OPEN"})", "1");
        row("half-open", R"({"state":"HALF_OPEN"})", "3");
        row("another spelling is another text", R"({"state":"closed"})",
            "source-error 'closed' stands at /state, which is none of its states");
        row("a number is no text", R"({"state":0})", "source-error 0 stands at /state, which is none of its states");
        row("nothing there", R"({"other":1})", "source-error nothing stands at /state");
    }
    void a_state_is_what_the_plan_says_that_it_is_called() {
        QFETCH(QString, body);
        QFETCH(QString, expected);
        HttpNumberMetric metric{"m", "state", {What::json, "/health", "/state"}, false, nullptr};
        metric.states = {
            {"CLOSED", 0, "closed"}, {"OPEN", 1, "open"}, {"FORCED_OPEN", 1, "open"}, {"HALF_OPEN", 3, "half-open"}};
        const auto batch = judge_number(metric, answer(200, body.toStdString()), new_year, new_year);
        QCOMPARE(told(batch), expected);
        metric.states = {{"0", 0, "closed"}, {"1", 1, "open"}};
        QCOMPARE(told(judge_number(metric, answer(200, R"({"state":"1.0"})"), new_year, new_year)), "1");
        QCOMPARE(told(judge_number(metric, answer(200, R"({"state":0})"), new_year, new_year)), "0");
    }

    void the_number_or_what_stands_there_instead() {
        QFETCH(QString, pointer);
        QFETCH(int, status);
        QFETCH(QString, body);
        QFETCH(QString, expected);
        auto secrets = std::make_shared<RedactionSet>();
        QVERIFY(secrets->add(Secret("s3cr3t-token"), "env:T").has_value());
        HttpNumberMetric metric{"m", "count", {What::json, "/stats", pointer.toStdString()}, false, secrets};
        metric.number.what = pointer == "status" ? What::status : pointer == "latency" ? What::latency : What::json;
        const auto batch =
            judge_number(metric, answer(status, body.toStdString()), new_year, new_year + milliseconds(250));
        QCOMPARE(told(batch), expected);
        QCOMPARE(batch.received_at, new_year + milliseconds(250));
        QCOMPARE(batch.unit, std::string("count"));
    }

    void a_long_text_is_cut_between_characters() {
        std::string text(59, 'x');
        text += "äöü";
        const HttpNumberMetric metric{"m", "count", {What::json, "/stats", "/t"}, false, nullptr};
        const auto batch = judge_number(metric, answer(200, Json{{"t", text}}.dump()), new_year, new_year);
        QCOMPARE(batch.detail, "'" + std::string(59, 'x') + "…' stands at /t, which is no number");
    }

    void an_api_server_that_finds_nobody_is_no_status_of_the_service() {
        HttpNumberMetric metric{"m", "count", {What::status, "/", ""}, true, nullptr};
        const auto nobody = answer(503, R"({"kind":"Status","status":"Failure"})");
        QCOMPARE(told(judge_number(metric, nobody, new_year, new_year)),
                 QString("source-error the cluster answers, but nobody behind this service does (503)"));
        QCOMPARE(told(judge_number(metric, answer(503, "busy"), new_year, new_year)), QString("503"));
        metric.through_proxy = false;
        QCOMPARE(told(judge_number(metric, nobody, new_year, new_year)), QString("503"));
    }

    void the_latency_is_that_of_the_exchange_and_no_answer_has_none() {
        VirtualScheduler scheduler(new_year);
        testing::FakeHttp http(scheduler, [](const net::HttpRequest&) { return answer(200, "{}"); });
        HttpNumberSource source(http, scheduler, {"http://nova", {}, nullptr},
                                {"m", "s", {What::latency, "/slow", ""}, false, nullptr});
        for (const auto& [delay, expected] :
             {std::pair(milliseconds(1500), "1.5"), std::pair(seconds(7), "source-error no answer in time")}) {
            http.delay = delay;
            series::SampleBatch batch;
            source.poll(scheduler.now() + seconds(5), "k", [&](series::SampleBatch got) { batch = std::move(got); });
            scheduler.run_until(scheduler.now() + seconds(6));
            QCOMPARE(told(batch), QString(expected));
        }
        QCOMPARE(http.requests.front().url, std::string("http://nova/slow"));
    }

    void a_rehearsal_tells_the_plan_s_number_from_the_scheduler() {
        VirtualScheduler scheduler(new_year);
        int answers = 0;
        {
            RehearsedSource source(scheduler, "m", "count", 61);
            source.poll(new_year + seconds(5), "k/1", [&](const series::SampleBatch& batch) {
                ++answers;
                QCOMPARE(told(batch), QString("61"));
            });
            QCOMPARE(answers, 0); // never from within the question
            scheduler.run_until(new_year + seconds(1));
            QCOMPARE(answers, 1);
            source.poll(new_year + seconds(6), "k/2", [&](const series::SampleBatch&) { ++answers; });
        }
        scheduler.run_until(new_year + seconds(2));
        QCOMPARE(answers, 1); // the source is gone
    }

    void what_is_done_about_a_way_that_hangs_is_told_without_its_address() {
        Error late{ErrorCode::timed_out, "no whole answer within 5 s", "GET http://127.0.0.1:40123/", ""};
        QCOMPARE(reason(late), std::string("no answer in time"));
        late.remedy = "nothing came by its port-forward, which is begun anew";
        QCOMPARE(reason(late), std::string("no answer in time: nothing came by its port-forward, which is begun anew"));
    }
};

SLUICE_TEST(HttpNumberSourceTest)
#include "http_number_source_test.moc"
