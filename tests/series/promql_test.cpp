#include "series/prometheus_json.h"
#include "series/promql.h"
#include "support/suite.h"

#include <QtTest>
#include <fmt/format.h>

using namespace sluice;
using namespace sluice::series;

namespace {

constexpr Nanos start = seconds(1'767'225'600);

void fill(SeriesStore& store, Labels labels, std::initializer_list<std::pair<double, double>> points) {
    for (const auto& [at, value] : points) {
        store.append(labels, start + milliseconds(static_cast<std::int64_t>(at * 1000)), value);
    }
}

/// Every 15 s from 0 to 600 s, `each` more a time.
void count_up(SeriesStore& store, const Labels& labels, double each) {
    for (int i = 0; i <= 40; ++i) {
        store.append(labels, start + seconds(15 * i), each * i);
    }
}

SeriesStore world() {
    SeriesStore store;
    count_up(store, {{"__name__", "nova_http_requests_total"}, {"version", "v1"}, {"pod", "a"}}, 30);
    count_up(store, {{"__name__", "nova_http_requests_total"}, {"version", "v1"}, {"pod", "b"}}, 15);
    count_up(store, {{"__name__", "nova_http_requests_total"}, {"version", "v2"}, {"pod", "c"}}, 60);
    count_up(store, {{"__name__", "nova_http_errors_total"}, {"version", "v2"}, {"pod", "c"}}, 3);
    for (const auto& [bound, each] : {std::pair{"0.1", 6.0}, {"0.5", 12.0}, {"+Inf", 15.0}}) {
        count_up(store, {{"__name__", "x_bucket"}, {"version", "v1"}, {"le", bound}}, each);
    }
    fill(store, {{"__name__", "reset_total"}}, {{540, 100}, {555, 110}, {570, 5}, {585, 15}, {600, 25}});
    fill(store, {{"__name__", "gap_total"}}, {{400, 10}, {415, 20}, {430, 30}});
    fill(store, {{"__name__", "young_total"}}, {{580, 1}, {595, 31}});
    fill(store, {{"__name__", "single_total"}}, {{590, 7}});
    fill(store, {{"__name__", "temp"}, {"host", "h1"}}, {{600, 21.5}});
    fill(store, {{"__name__", "temp"}, {"host", "h2"}}, {{597.25, -3}});
    fill(store, {{"__name__", "zero"}}, {{600, 0}});
    fill(store, {{"__name__", "old"}}, {{300, 1}});
    fill(store, {{"__name__", "older"}}, {{299.999, 1}});
    fill(store, {{"__name__", "ended"}}, {{580, 1}, {595, stale_marker()}});
    fill(store, {{"__name__", "back_total"}}, {{570, 1}, {585, stale_marker()}, {600, 31}});
    fill(store, {{"__name__", "mixed"}, {"size", "large"}}, {{600, 1e16}});
    fill(store, {{"__name__", "mixed"}, {"size", "a"}}, {{600, 1}});
    fill(store, {{"__name__", "mixed"}, {"size", "b"}}, {{600, 1}});
    fill(store, {{"__name__", "accented"}, {"host", "é"}}, {{600, 1}});
    return store;
}

} // namespace

/// Figures were reckoned from the formulas in series/promql/functions.h and agree with a Prometheus 2.42 that was given
/// the same samples.
class PromqlTest : public QObject {
    Q_OBJECT
private slots:
    void answers_as_prometheus_does_data() {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("result"); ///< "labels value; labels value", or the scalar
        const auto row = [](const char* query, const char* result) { QTest::newRow(query) << query << result; };
        row("sum by (version) (rate(nova_http_errors_total[5m])) / sum by (version) "
            "(rate(nova_http_requests_total[5m]))",
            "{version=\"v2\"} 0.05");
        row("sum by (version) (rate(nova_http_requests_total[5m])) > 0", "{version=\"v1\"} 3; {version=\"v2\"} 4");
        row("time() - timestamp(temp)", "{host=\"h1\"} 0; {host=\"h2\"} 2.75");
        row("max(time() - timestamp(temp))", "{} 2.75");
        row("min(temp)", "{} -3");
        row("histogram_quantile(0.95, sum by (le, version) (rate(x_bucket[5m])))", "{version=\"v1\"} 0.5");
        row("histogram_quantile(0.6, x_bucket)", "{version=\"v1\"} 0.30000000000000004");
        row("histogram_quantile(0.2, x_bucket)", "{version=\"v1\"} 0.05");
        row("histogram_quantile(0.5, x_bucket{le!=\"+Inf\"})", "{version=\"v1\"} NaN");
        row("histogram_quantile(0.5, x_bucket - x_bucket)", "{version=\"v1\"} NaN");
        // 5 points over 60 s, one reset: 25 − 100 + 110 = 35; up to the range's start there are 4 m, more than 1.1
        // gaps, so half a gap of 15 s is added: 35 × 67.5/60.
        row("increase(reset_total[5m])", "{} 39.375");
        row("rate(reset_total[1m])", "{} 0.5833333333333334");
        // 100 s of nothing before, but the counter was zero 15 s before its first point (under 1.1 gaps); behind, half
        // a gap: 20 × (30 + 15 + 7.5)/30.
        row("increase(gap_total[5m])", "{} 35");
        // Never below zero: 15 s × 1/30 before the first point, and 5 s behind the last.
        row("increase(young_total[5m])", "{} 41");
        row("rate(single_total[5m])", "");
        // A stale marker inside the range is no point: 30 × 31/30, the factor rounded first.
        row("increase(back_total[1m])", "{} 31.000000000000004");
        row("temp / zero", "");
        row("temp{host=\"h1\"} / on () zero", "{} +Inf");
        row("temp{host=\"h2\"} / on () zero", "{} -Inf");
        row("zero / zero", "{} NaN");
        row("temp > 0", "temp{host=\"h1\"} 21.5");
        row("0 < temp", "temp{host=\"h1\"} 21.5");
        row("temp > bool 0", "{host=\"h1\"} 1; {host=\"h2\"} 0");
        row("temp{host=~\"h.\",host!~\".2\"}", "temp{host=\"h1\"} 21.5");
        row("temp{host=~\"h\"}", "");
        row("old", "old 1");
        row("older", "");
        row("ended", "");
        row("ended offset 10s", "ended 1");
        row("sum(nosuch)", "");
        row("absent(nosuch{a=\"b\"})", "{a=\"b\"} 1");
        row("count without (pod) (nova_http_requests_total)", "{version=\"v1\"} 2; {version=\"v2\"} 1");
        row("avg(temp)", "{} 9.25");
        row("nova_http_errors_total / on (version, pod) nova_http_requests_total", "{pod=\"c\", version=\"v2\"} 0.05");
        row("temp and on (host) temp{host=\"h2\"}", "temp{host=\"h2\"} -3");
        row("temp unless temp{host=\"h2\"}", "temp{host=\"h1\"} 21.5");
        row("temp{host=\"h1\"} or zero", "temp{host=\"h1\"} 21.5; zero 0");
        // By labels, not as they came: (1 + 1) + 1e16; the other way around each 1 would be lost.
        row("sum(mixed)", "{} 10000000000000002");
        row("accented{host=~\".\"}", "accented{host=\"é\"} 1");
        row("accented{host=~\"[à-ü]\"}", "accented{host=\"é\"} 1");
        row("accented{host!~\"..\"}", "accented{host=\"é\"} 1");
        row("absent(nosuch{a=\"\"})", "{} 1");
        row("2 * on () vector(3)", "{} 6");
        row("-2 ^ 2", "-4");
        row("vector(0.1 ^ 60)", "{} 1.0000000000000066e-60"); // as Go rounds it
        row("2 ^ -2", "0.25");
        row("2 ^ 0.5", "1.4142135623730951");
        row("2 ^ -0.5", "0.7071067811865475");
        row("(-2) ^ 3", "-8");
        row("(-2) ^ 1.5", "NaN");
        row("0 ^ -1", "+Inf");
        row("2 ^ 2000", "+Inf");
        row("vector(2 ^ -1074)", "{} 5e-324");
        row("010", "8");
        row("089", "89");
        row("2 ^ 3 ^ 2", "512");
        row("1 - 2 - 3", "-4");
        row("0x1F + .5 # half", "31.5");
        row("time()", "1767226200");
        row("1e-7", "0.0000001");
        row("vector(1e-7)", "{} 1e-07");
        row("vector(1e21)", "{} 1e+21");
        row("1e30", "1000000000000000000000000000000");
        row("vector(1.2345678901234567e20)", "{} 123456789012345670000");
        row("scalar(temp)", "NaN");
        row("NaN", "NaN");
        row("1 > bool 2", "0");
    }
    void answers_as_prometheus_does() {
        QFETCH(QString, query);
        QFETCH(QString, result);
        const auto store = world();
        const auto parsed = promql::parse(query.toStdString());
        QVERIFY2(parsed, parsed ? "" : to_text(parsed.error()).c_str());
        const auto value = promql::evaluate(*parsed, store, start + seconds(600));
        QVERIFY2(value, value ? "" : to_text(value.error()).c_str());
        QStringList parts;
        const auto json = *parse_json(prometheus_data(*value), "test");
        if (json["resultType"] == "scalar") {
            parts << QString::fromStdString(json["result"][1]);
        } else {
            for (const auto& element : json["result"]) {
                Labels labels;
                for (const auto& [name, text] : element["metric"].items()) {
                    labels[name] = text;
                }
                parts << QString::fromStdString(to_text(labels) + " " + element["value"][1].get<std::string>());
            }
        }
        QCOMPARE(parts.join("; "), result);
    }

    void what_is_not_understood_is_refused_with_its_place_data() {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("where");
        const auto row = [](const char* query, const char* where) { QTest::newRow(query) << query << where; };
        row("", "1:1");
        row("sum(", "1:5");
        row("temp{host=}", "1:11");
        row("temp{host=\"a\"", "1:14");
        row("{}", "1:1");
        row("{host=~\".*\"}", "1:1");
        row("temp{host=~\"(\"}", "1:12");
        row("temp{host=~\"(?i)a\"}", "1:12");
        row("temp[5m:1m]", "1:8");
        row("temp[0s]", "1:6");
        row("temp[5q]", "1:6");
        row("temp[5]", "1:6");
        row("temp @ 5", "1:6");
        row("temp offset 0s", "1:13");
        row("bool", "1:1");
        row("sum(Group_Left)", "1:5");
        row("inf{}", "1:4");
        row("abs(temp,)", "1:10");
        row("temp{__name__=~\"a\"}", "1:6");
        row("0xFFFFFFFFFFFFFFFF", "1:1");
        row("foo bar", "1:5");
        row("rate(temp)", "1:6");
        row("rate(temp[5m])[1m]", "1:15");
        row("nofunc(temp)", "1:1");
        row("label_replace(temp, \"a\", \"b\", \"c\", \"d\")", "1:1");
        row("topk(1, temp)", "1:1");
        row("time(1)", "1:1");
        row("1 > 2", "1:3");
        row("temp and 1", "1:6");
        row("1 + bool 2", "1:5");
        row("1 + temp[5m]", "1:3");
        row("temp * on (host) group_left zero", "1:18");
        row("\"abc\"", "1:1");
        row("\"abc", "1:1");
        row("temp{host=\"\\q\"}", "1:12");
        row("sum by (a b) (temp)", "1:11");
        row("temp\n  +\n $", "3:2");
        row("12abc", "1:1");
    }
    void what_is_not_understood_is_refused_with_its_place() {
        QFETCH(QString, query);
        QFETCH(QString, where);
        const auto parsed = promql::parse(query.toStdString());
        QVERIFY(!parsed);
        QCOMPARE(QString::fromStdString(parsed.error().where), where);
        QCOMPARE(parsed.error().code, ErrorCode::bad_input);
        QCOMPARE(prometheus_status(parsed.error()), 400);
        QVERIFY(prometheus_failure(parsed.error()).find("\"errorType\":\"bad_data\"") != std::string::npos);
    }

    void depth_and_length_have_budgets() {
        QVERIFY(!promql::parse(fmt::format("{:(>1000}1{:)>1000}", "", "")));
        QVERIFY(!promql::parse(fmt::format("{:->5000}1", "")));
        std::string chain = "1";
        for (int i = 0; i < 1000; ++i) {
            chain += "+1";
        }
        QVERIFY(!promql::parse(chain));
        QVERIFY(!promql::parse(fmt::format("{:>20000}1", "")));
        QVERIFY(!promql::parse(fmt::format("a{{b=~\"{:x>1001}\"}}", "")));
        // A pattern that makes a backtracking matcher run for ages.
        SeriesStore store;
        store.append({{"__name__", "a"}, {"b", std::string(64, 'x')}}, start, 1);
        const auto value = promql::evaluate(*promql::parse("a{b=~\"(x+x+)+y\"}"), store, start);
        QVERIFY(std::get<promql::Vector>(*value).empty());
    }

    void data_that_do_not_fit_the_query_are_an_execution_error_data() {
        QTest::addColumn<QString>("query");
        for (const char* query : {"nova_http_errors_total / on (version) nova_http_requests_total{version=\"v1\"} ",
                                  "nova_http_requests_total / on (version) nova_http_errors_total",
                                  "rate({__name__=~\"reset_total|gap_total\"}[10m])",
                                  "histogram_quantile(0.5, {__name__=~\"[xy]_bucket\"})"}) {
            QTest::newRow(query) << query;
        }
    }
    void data_that_do_not_fit_the_query_are_an_execution_error() {
        QFETCH(QString, query);
        auto store = world();
        count_up(store, {{"__name__", "nova_http_requests_total"}, {"version", "v2"}, {"pod", "d"}}, 60);
        count_up(store, {{"__name__", "nova_http_errors_total"}, {"version", "v1"}, {"pod", "a"}}, 60);
        count_up(store, {{"__name__", "y_bucket"}, {"version", "v1"}, {"le", "+Inf"}}, 6);
        const auto value = promql::evaluate(*promql::parse(query.toStdString()), store, start + seconds(600));
        QVERIFY(!value);
        QCOMPARE(prometheus_status(value.error()), 422);
    }

    void selectors_are_told_once_each_for_freshness() {
        const auto query =
            promql::parse("sum(rate(a{x=\"1\",y!~\"q\\\\d\"}[5m])) / sum(rate(b[5m] offset 1m)) + sum(b) + 1");
        QVERIFY(query);
        const auto selectors = query->selectors();
        QCOMPARE(selectors.size(), 2u);
        QCOMPARE(selectors[0].text, std::string("a{x=\"1\",y!~\"q\\\\d\"}"));
        QCOMPARE(selectors[1].text, std::string("b"));
        QVERIFY(promql::parse(selectors[0].text));
        QVERIFY(selectors[0].essential && selectors[1].essential);
        const auto optional = promql::parse("(a or b) + (c unless d) + sum(absent(e))")->selectors();
        QCOMPARE(optional.size(), 5u);
        for (const auto& [text, essential] : optional) {
            QCOMPARE(essential, text == "c");
        }
    }

    void times_and_values_are_spelled_as_the_api_spells_them() {
        SeriesStore store;
        store.append({{"__name__", "a"}}, milliseconds(1'500), 2.5);
        const auto vector = promql::evaluate(*promql::parse("a"), store, milliseconds(1'500));
        QCOMPARE(
            prometheus_success(*vector),
            std::string(R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"a"},)"
                        R"("value":[1.500,"2.5"]}]}})"));
        const auto matrix = promql::evaluate(*promql::parse("a[1m]"), store, seconds(2));
        QCOMPARE(prometheus_data(*matrix), std::string(R"({"resultType":"matrix","result":[{"metric":{"__name__":"a"},)"
                                                       R"("values":[[1.500,"2.5"]]}]})"));
        const auto scalar = promql::evaluate(*promql::parse("1"), store, milliseconds(1'500));
        QCOMPARE(prometheus_data(*scalar), std::string(R"({"resultType":"scalar","result":[1.5,"1"]})"));
    }

    void an_answer_reads_back_with_its_warnings() {
        const auto answer = parse_prometheus_answer(
            R"({"status":"success","warnings":["store s3 is away"],"data":{"resultType":"vector","result":[)"
            R"({"metric":{"version":"v1"},"value":[1767225600.25,"NaN"]},{"metric":{},"value":[1,"+Inf"]}]}})",
            "prom");
        QVERIFY(answer);
        const auto& vector = std::get<promql::Vector>(answer->value);
        QCOMPARE(vector.size(), 2u);
        QVERIFY(std::isnan(vector[0].value));
        QVERIFY(vector[0].at == milliseconds(1'767'225'600'250));
        QVERIFY(std::isinf(vector[1].value));
        QCOMPARE(answer->warnings, std::vector<std::string>{"store s3 is away"});
    }

    void an_answer_that_is_none_is_an_error_data() {
        QTest::addColumn<QString>("body");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, const char* body, ErrorCode code) {
            QTest::newRow(name) << body << static_cast<int>(code);
        };
        row("bad data", R"({"status":"error","errorType":"bad_data","error":"1:1: parse error"})",
            ErrorCode::bad_input);
        row("execution", R"({"status":"error","errorType":"execution","error":"x"})", ErrorCode::refused);
        row("timeout", R"({"status":"error","errorType":"timeout","error":"x"})", ErrorCode::timed_out);
        row("error with data",
            R"({"status":"error","errorType":"internal","error":"x","data":{"resultType":"vector","result":[]}})",
            ErrorCode::refused);
        row("a login page", "<html>", ErrorCode::corrupt);
        row("other JSON", R"({"status":"healthy"})", ErrorCode::corrupt);
        row("a list", "[]", ErrorCode::corrupt);
        row("no data", R"({"status":"success"})", ErrorCode::corrupt);
        row("value no text",
            R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,2]}]}})",
            ErrorCode::corrupt);
        row("value no number", R"({"status":"success","data":{"resultType":"scalar","result":[1,"x"]}})",
            ErrorCode::corrupt);
        row("string", R"({"status":"success","data":{"resultType":"string","result":[1,"x"]}})", ErrorCode::corrupt);
    }
    void an_answer_that_is_none_is_an_error() {
        QFETCH(QString, body);
        QFETCH(int, code);
        const auto answer = parse_prometheus_answer(body.toStdString(), "prom");
        QVERIFY(!answer);
        QCOMPARE(static_cast<int>(answer.error().code), code);
    }

    void a_query_tells_how_far_it_looks_back() {
        const auto reach = [](const char* text) { return promql::parse(text)->reach().count / 1'000'000'000; };
        QCOMPARE(reach("a"), qint64{300});
        QCOMPARE(reach("1 + time()"), qint64{0});
        QCOMPARE(reach("rate(a[1m])"), qint64{60});
        QCOMPARE(reach("sum by (x) (rate(a[10m] offset 1h)) / (-b)"), qint64{4200});
        QVERIFY(!promql::parse("abs(a) > 1")->shortest_range());
        QVERIFY(promql::parse("rate(a[10m]) / rate(a[1m])")->shortest_range() == minutes(1));
    }
};

SLUICE_TEST(PromqlTest)
#include "promql_test.moc"
