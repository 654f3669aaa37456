#include "series/exposition.h"
#include "series/scraped_target.h"
#include "support/suite.h"

#include <QtTest>
#include <cmath>

using namespace sluice;
using namespace sluice::series;

class ExpositionTest : public QObject {
    Q_OBJECT
private slots:
    void names_labels_values_and_help_are_read() {
        const auto got =
            parse_exposition("# HELP http_requests_total Said \\\\ and \\n so.\n"
                             "# TYPE http_requests_total counter\n"
                             "# any comment\n\n"
                             "http_requests_total{code=\"200\",path=\"a\\\\b\\\"c\\nd\"} 1027 1395066363000\n"
                             "http_requests_total { code = \"500\" , } 3\n"
                             "{\"my.metric\", \"l.x\"=\"y\"} +Inf -5\n"
                             "nothing\tnan\n"
                             "gone{empty=\"\"} -1.5e-3\n",
                             "scrape");
        QVERIFY2(got, got ? "" : to_text(got.error()).c_str());
        QCOMPARE(got->samples.size(), 5u);
        QCOMPARE(got->families.at("http_requests_total").type, MetricType::counter);
        QCOMPARE(got->families.at("http_requests_total").help, std::string("Said \\ and \n so."));
        QCOMPARE(got->samples[0].labels.at("path"), std::string("a\\b\"c\nd"));
        QCOMPARE(got->samples[0].value, 1027.0);
        QVERIFY(got->samples[0].at == milliseconds(1395066363000));
        QCOMPARE(got->samples[1].labels.at("code"), std::string("500"));
        QVERIFY(!got->samples[1].at);
        QCOMPARE(got->samples[2].labels.at("__name__"), std::string("my.metric"));
        QCOMPARE(got->samples[2].labels.at("l.x"), std::string("y"));
        QVERIFY(std::isinf(got->samples[2].value));
        QVERIFY(got->samples[2].at == milliseconds(-5));
        QVERIFY(std::isnan(got->samples[3].value));
        QVERIFY(!got->samples[4].labels.contains("empty"));
        QCOMPARE(got->samples[4].value, -0.0015);
    }

    void traps_are_refused_with_their_place_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("where");
        QTest::newRow("label twice") << QByteArray("a{x=\"1\",x=\"2\"} 1\n") << QByteArray("s:1:9");
        QTest::newRow("second HELP") << QByteArray("# HELP a b\n# HELP a c\n") << QByteArray("s:2:3");
        QTest::newRow("second TYPE") << QByteArray("# TYPE a gauge\n# TYPE a gauge\n") << QByteArray("s:2:3");
        QTest::newRow("TYPE after samples") << QByteArray("a 1\n# TYPE a gauge\n") << QByteArray("s:2:3");
        QTest::newRow("TYPE after histogram samples")
            << QByteArray("# HELP h x\nh_bucket{le=\"1\"} 1\n# TYPE h histogram\n") << QByteArray("s:3:3");
        QTest::newRow("unknown type") << QByteArray("# TYPE a thing\n") << QByteArray("s:1:10");
        QTest::newRow("HELP escape") << QByteArray("# HELP a b\\q\n") << QByteArray("s:1:12");
        QTest::newRow("label escape") << QByteArray("a{x=\"\\q\"} 1\n") << QByteArray("s:1:7");
        QTest::newRow("p exponent") << QByteArray("a 0x1p3\n") << QByteArray("s:1:3");
        QTest::newRow("underscore") << QByteArray("a 1_000\n") << QByteArray("s:1:3");
        QTest::newRow("hexadecimal") << QByteArray("a 0x10\n") << QByteArray("s:1:3");
        QTest::newRow("too large") << QByteArray("a 1e999\n") << QByteArray("s:1:3");
        QTest::newRow("two signs") << QByteArray("a +-1\n") << QByteArray("s:1:3");
        QTest::newRow("cut off") << QByteArray("a 1\na 12") << QByteArray("s:2:5");
        QTest::newRow("no value") << QByteArray("a\n") << QByteArray("s:1:2");
        QTest::newRow("float timestamp") << QByteArray("a 1 1.5\n") << QByteArray("s:1:5");
        QTest::newRow("exemplar") << QByteArray("a 1 5 # {}\n") << QByteArray("s:1:7");
        QTest::newRow("name with a digit first") << QByteArray("1a 1\n") << QByteArray("s:1:1");
        QTest::newRow("reserved label") << QByteArray("a{__name__=\"b\"} 1\n") << QByteArray("s:1:11");
        QTest::newRow("name twice") << QByteArray("a{\"b\"} 1\n") << QByteArray("s:1:3");
        QTest::newRow("no name") << QByteArray("{a=\"b\"} 1\n") << QByteArray("s:1:1");
        QTest::newRow("column in characters")
            << QByteArray("a{x=\"\xC3\xA4\xE2\x82\xAC\"} x\n") << QByteArray("s:1:11");
        QTest::newRow("label without quotes") << QByteArray("a{x=1} 1\n") << QByteArray("s:1:5");
        QTest::newRow("string over the line end") << QByteArray("a{x=\"1\n\"} 1\n") << QByteArray("s:1:7");
    }
    void traps_are_refused_with_their_place() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, where);
        const auto got = parse_exposition(text.toStdString(), "s");
        QVERIFY(!got);
        QCOMPARE(QByteArray::fromStdString(got.error().where), where);
        QCOMPARE(got.error().code, ErrorCode::bad_input);
    }

    void budgets_hold() {
        QVERIFY(!parse_exposition("a 1\n", "s", {.bytes = 3}));
        QVERIFY(!parse_exposition("a 1\nb 1\n", "s", {.samples = 1}));
        QVERIFY(!parse_exposition("a{x=\"1\",y=\"2\"} 1\n", "s", {.labels_each = 1}));
        QVERIFY(parse_exposition("a{x=\"1\"} 1\nb 1\n", "s", {.samples = 2, .labels_each = 1}));
    }

    void open_metrics_is_read_with_its_seconds_and_exemplars() {
        const auto got =
            parse_exposition("# TYPE seconds histogram\n"
                             "# UNIT seconds seconds\n"
                             "# HELP seconds Of \\\"all\\\".\n"
                             "seconds_bucket{le=\"1.0\"} 4 1520879607.789 # {trace_id=\"a#b\"} 0.67 1520879607.1\n"
                             "seconds_bucket{le=\"+Inf\"} 5 # {} 2\n"
                             "# TYPE asked counter\n"
                             "asked_total 17 -1.5\n"
                             "# TYPE build info\n"
                             "build_info{version=\"v1\"} 1\n"
                             "# TYPE odd unknown\n"
                             "odd 3\n"
                             "# EOF",
                             "s", {}, ExpositionFormat::open_metrics);
        QVERIFY2(got, got ? "" : to_text(got.error()).c_str());
        QCOMPARE(got->samples.size(), 5u);
        QCOMPARE(got->families.at("seconds").help, std::string("Of \"all\"."));
        QCOMPARE(got->families.at("build").type, MetricType::gauge);
        QCOMPARE(got->families.at("odd").type, MetricType::untyped);
        QCOMPARE(got->samples[0].value, 4.0);
        QVERIFY(got->samples[0].at == milliseconds(1'520'879'607'789));
        QVERIFY(!got->samples[1].at);
        QVERIFY(got->samples[2].at == milliseconds(-1500));
        QCOMPARE(got->samples[2].labels.at("__name__"), std::string("asked_total"));
    }

    void what_is_no_open_metrics_is_refused_with_its_place_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("where");
        const auto row = [](const char* name, const char* text, const char* where) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(where);
        };
        row("cut off at a line", "a 1\n", "s:2:1");
        row("cut off in a line", "a 1\n# EO", "s:2:5");
        row("nothing", "", "s:1:1");
        row("more behind the end", "a 1\n# EOF\nb 1\n", "s:3:1");
        row("words behind the end", "# EOF x\n", "s:1:7");
        row("an empty line", "a 1\n\n# EOF\n", "s:2:1");
        row("a comment", "# by hand\n# EOF\n", "s:1:3");
        row("no number for a time", "a 1 soon\n# EOF\n", "s:1:5");
        row("a time past all times", "a 1 1e300\n# EOF\n", "s:1:5");
        row("an exemplar without labels", "a 1 # 0.5\n# EOF\n", "s:1:7");
        row("an exemplar without a value", "a 1 # {}\n# EOF\n", "s:1:9");
        row("words behind an exemplar", "a 1 # {} 1 2 3\n# EOF\n", "s:1:14");
        row("a type of neither", "# TYPE a thing\n# EOF\n", "s:1:10");
        row("its type behind a counter", "# HELP a x\na_total 1\n# TYPE a counter\n# EOF\n", "s:3:3");
    }
    void what_is_no_open_metrics_is_refused_with_its_place() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, where);
        const auto got = parse_exposition(text.toStdString(), "s", {}, ExpositionFormat::open_metrics);
        QVERIFY(!got);
        QCOMPARE(QByteArray::fromStdString(got.error().where), where);
    }

    void the_content_type_says_the_format() {
        QVERIFY(exposition_format("application/openmetrics-text; version=1.0.0; charset=utf-8") ==
                ExpositionFormat::open_metrics);
        QVERIFY(exposition_format("Text/Plain ;version=0.0.4") == ExpositionFormat::text);
        QVERIFY(exposition_format("") == ExpositionFormat::text);
        const auto page = exposition_format("text/html; charset=utf-8");
        QVERIFY(!page);
        QCOMPARE(page.error().what, std::string("the answer is text/html, not metrics as text"));
    }

    void a_vanished_series_and_a_failed_scrape_go_stale() {
        SeriesStore store;
        ScrapedTarget target(store, {{"job", "nova"}});
        target.take(*parse_exposition("a{job=\"own\"} 1\nb 2\n", "s"), seconds(10));
        target.take(*parse_exposition("b 3\n", "s"), seconds(25));
        const auto* a = store.find({{"__name__", "a"}, {"exported_job", "own"}, {"job", "nova"}});
        const auto* b = store.find({{"__name__", "b"}, {"job", "nova"}});
        QVERIFY(a != nullptr && b != nullptr);
        QVERIFY(is_stale(a->last_at(seconds(25))->value));
        QCOMPARE(a->last_at(seconds(24))->value, 1.0);
        QCOMPARE(b->last_at(seconds(30))->value, 3.0);
        target.failed(seconds(40));
        QVERIFY(is_stale(b->last_at(seconds(40))->value));
        QCOMPARE(store.find({{"__name__", "up"}, {"job", "nova"}})->last_at(seconds(40))->value, 0.0);
    }

    void the_store_refuses_the_past_and_forgets_by_retention() {
        SeriesStore store(minutes(1));
        const Labels labels{{"__name__", "a"}};
        QVERIFY(store.append(labels, milliseconds(1'000) + Nanos{999'999}, 1));
        QVERIFY(!store.append(labels, milliseconds(1'000), 2));
        QVERIFY(!store.append(labels, milliseconds(500), 2));
        for (int i = 2; i <= 300; ++i) {
            QVERIFY(store.append(labels, seconds(i), i));
        }
        const auto points = store.find(labels)->points();
        QCOMPARE(points.size(), 61u);
        QVERIFY(points.front().at == seconds(240));
        QVERIFY(!store.find(labels)->last_at(seconds(239)));
        QCOMPARE(store.find(labels)->between(seconds(250), seconds(252)).size(), 3u);
        QVERIFY(store.newest() == seconds(300));
    }

    void series_that_have_ended_are_forgotten() {
        SeriesStore store;
        const Labels ended{{"__name__", "a"}, {"pod", "old"}};
        const Labels alive{{"__name__", "a"}, {"pod", "new"}};
        store.append(ended, seconds(1), 1);
        store.append(alive, seconds(1), 1);
        store.append(alive, seconds(9), 2);
        store.forget_before(seconds(1));
        QCOMPARE(store.size(), 2u);
        store.forget_before(seconds(5));
        QCOMPARE(store.size(), 1u);
        QVERIFY(store.find(ended) == nullptr);
        QCOMPARE(store.find(alive)->points().size(), 1u);
        QVERIFY(store.append(ended, seconds(10), 3)); // it comes back as a new one, behind the other
        const auto named = Matcher::make("__name__", Matcher::Kind::equal, "a");
        const auto all = store.select(std::span(&*named, 1));
        QCOMPARE(all.size(), 2u);
        QVERIFY(all.back()->labels() == ended);
    }
};

SLUICE_TEST(ExpositionTest)
#include "exposition_test.moc"
