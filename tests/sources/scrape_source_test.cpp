#include "sources/scrape_source.h"

#include "base/instant.h"
#include "base/virtual_scheduler.h"
#include "net/fake_server.h"
#include "net/live_scheduler.h"
#include "net/qt_http_client.h"
#include "net/virtual_driver.h"
#include "sources/fake_http.h"
#include "sources/http_endpoint.h"
#include "support/suite.h"

#include <QtTest>
#include <fmt/format.h>

using namespace sluice;
using namespace sluice::sources;
using series::Status;

namespace {

constexpr Nanos start = seconds(1'767'225'600);
constexpr const char* text_format = "text/plain; version=0.0.4";

Result<net::HttpResponse> page(std::string text, const char* type = text_format, int status = 200,
                               net::Headers headers = {}) {
    headers.emplace_back("Content-Type", type);
    return net::HttpResponse{status, std::move(headers), std::move(text)};
}

PrometheusMetric metric(std::string query) {
    PrometheusMetric made;
    made.name = "m";
    made.unit = "per-second";
    made.query = std::move(query);
    return made;
}

/// "blue:0.5 green:no-data"
QString text(const series::SampleBatch& batch) {
    QStringList parts;
    for (const auto& reading : batch.readings) {
        parts << QString::fromStdString(
            reading.arm + ":" +
            (reading.status == Status::ok ? fmt::format("{:.6g}", reading.value) : name(reading.status)));
    }
    return parts.join(" ");
}

/// An application that counts 10 requests a second on v1, of which 1 fails, and its scraper; times in seconds from the
/// start.
struct World {
    VirtualScheduler scheduler{start};
    std::function<Result<net::HttpResponse>()> answer = [this] { return page(counted()); };
    testing::FakeHttp http{scheduler, [this](const net::HttpRequest&) { return answer(); }};
    std::shared_ptr<Scraper> scraper = std::make_shared<Scraper>(http, scheduler, ScrapeSettings{"app", seconds(5)});

    std::int64_t passed() const { return (scheduler.now() - start).count / 1'000'000'000; }
    std::string counted() const {
        return fmt::format("# TYPE asked_total counter\nasked_total{{version=\"v1\"}} {}\n"
                           "# TYPE failed_total counter\nfailed_total{{version=\"v1\"}} {}\n"
                           "busy{{version=\"v1\"}} 3\nother 1\n",
                           passed() * 10, passed());
    }
    std::unique_ptr<ScrapeSource> source(PrometheusMetric asked, Nanos interval = seconds(5)) {
        auto made = ScrapeSource::make(scraper, scheduler, std::move(asked), interval);
        if (!made) {
            qFatal("%s", to_text(made.error()).c_str());
        }
        return *std::move(made);
    }
    series::SampleBatch ask(Source& source, std::int64_t at, Nanos within = milliseconds(2)) {
        scheduler.run_until(start + seconds(at));
        std::vector<series::SampleBatch> batches;
        source.poll(scheduler.now() + seconds(5), "poll/m/1",
                    [&](series::SampleBatch batch) { batches.push_back(std::move(batch)); });
        scheduler.run_until(scheduler.now() + within);
        if (batches.size() != 1) {
            qFatal("%zu callbacks", batches.size());
        }
        return batches.front();
    }
};

/// Puts the address of a server on, as a plan's connection does.
class At : public net::HttpClient {
public:
    At(net::HttpClient& way, std::string url) : way_(way), url_(std::move(url)) {}
    net::ExchangeId send(net::HttpRequest request, Done done) override {
        request.url = url_ + request.url;
        return way_.send(std::move(request), std::move(done));
    }
    void cancel(net::ExchangeId exchange) override { way_.cancel(exchange); }

private:
    net::HttpClient& way_;
    std::string url_;
};

} // namespace

using Answer = std::function<Result<net::HttpResponse>()>;
Q_DECLARE_METATYPE(Answer)

class ScrapeSourceTest : public QObject {
    Q_OBJECT
private slots:
    void a_rate_needs_two_scrapes_and_says_so() {
        World world;
        const auto source = world.source(metric("sum(rate(asked_total[1m]))"));
        auto batch = world.ask(*source, 0);
        QCOMPARE(text(batch), QString(":no-data"));
        QCOMPARE(batch.detail, std::string("scraped once; rate needs two"));
        batch = world.ask(*source, 5);
        QCOMPARE(batch.status, Status::ok);
        batch = world.ask(*source, 10);
        QCOMPARE(batch.status, Status::ok);
        QVERIFY(batch.readings.front().age() == milliseconds(1)); // since the scrape began
        QCOMPARE(batch.unit, std::string("per-second"));
    }

    void a_witness_makes_no_zero_of_a_rate_that_has_no_two_scrapes() {
        World world;
        auto asked = metric("sum(rate(failed_total[20s]))");
        asked.zero_while = "up == 1";
        auto never = metric("sum(rate(never_seen[20s]))");
        never.zero_while = "up == 1";
        const auto source = world.source(asked), healthy = world.source(never);
        auto batch = world.ask(*source, 0);
        QCOMPARE(text(batch), QString(":no-data"));
        QCOMPARE(batch.detail, std::string("scraped once; rate needs two"));
        QCOMPARE(world.ask(*source, 5).status, Status::ok);
        QCOMPARE(text(world.ask(*healthy, 6)), QString(":0"));
        const auto good = std::exchange(world.answer, [] { return page("", "text/plain", 500); });
        for (const std::int64_t at : {10, 15, 20, 25}) {
            QCOMPARE(world.ask(*source, at).status, Status::source_error);
        }
        world.answer = good;
        batch = world.ask(*source, 30);
        QCOMPARE(text(batch), QString(":no-data"));
        QCOMPARE(batch.detail, std::string("fewer than two good scrapes within 20s; rate needs two"));
        QCOMPARE(text(world.ask(*healthy, 31)), QString(":no-data"));
    }

    void values_by_arm_are_judged_as_those_of_a_prometheus() {
        World world;
        auto asked = metric("sum by (version) (rate(failed_total[20s])) / sum by (version) (rate(asked_total[20s]))");
        asked.by_arm = "version";
        asked.arms = {{"v1", "blue"}, {"v2", "green"}};
        auto busy = metric("busy");
        busy.at_least = 2;
        busy.reduce = Reduce::sum;
        auto zero = metric("never_seen");
        zero.zero_while = "busy > 0";
        const auto ratio = world.source(asked), few = world.source(busy), none = world.source(zero);
        for (const std::int64_t at : {0, 5, 10, 15, 20}) {
            (void)world.ask(*ratio, at);
        }
        const auto batch = world.ask(*ratio, 25);
        QCOMPARE(text(batch), QString("blue:0.1 green:no-data"));
        QCOMPARE(batch.readings[1].detail, std::string("the answer is empty"));
        QCOMPARE(world.ask(*few, 26).detail, std::string("1 series answer, at least 2 are wanted"));
        QCOMPARE(text(world.ask(*none, 27)), QString(":0"));
        QCOMPARE(world.http.requests.size(), std::size_t{6}); // no poll between the slots brings one
    }

    void all_metrics_of_a_connection_share_one_scrape() {
        World world;
        const auto one = world.source(metric("busy"));
        const auto two = world.source(metric("other"));
        QStringList order;
        one->poll(start + seconds(5), "poll/one/1", [&](const auto& batch) { order << "one" + text(batch); });
        two->poll(start + seconds(5), "poll/two/1", [&](const auto& batch) { order << "two" + text(batch); });
        QVERIFY(order.isEmpty());
        world.scheduler.run_until(start + seconds(1));
        QCOMPARE(order, (QStringList{"one:3", "two:1"}));
        QCOMPARE(world.http.requests.size(), std::size_t{1});
        const auto& request = world.http.requests.front();
        QCOMPARE(request.key, std::string("scrape/app/1"));
        QCOMPARE(request.url, std::string());
        QVERIFY(request.timeout == seconds(5));
        QCOMPARE(request.budget, ScrapeSettings::scrape_budget.bytes);
        QCOMPARE(request.headers.front().first, std::string("Accept"));
        QVERIFY(request.headers.front().second.starts_with("application/openmetrics-text;version=1.0.0,text/plain"));
        QVERIFY(request.headers.front().second.find("protobuf") == std::string::npos);
    }

    void the_content_type_decides_how_the_answer_is_read() {
        World world;
        world.answer = [] {
            return page("# TYPE busy gauge\nbusy 4 # {a=\"b\"} 1\n# EOF\n",
                        "application/openmetrics-text; version=1.0.0");
        };
        const auto source = world.source(metric("busy"));
        QCOMPARE(text(world.ask(*source, 0)), QString(":4"));
        world.answer = [] { return page("busy 4 # {a=\"b\"} 1\n"); };
        QCOMPARE(world.ask(*source, 5).status, Status::source_error);
    }

    void a_scrape_that_fails_is_a_source_error_with_its_reason_data() {
        QTest::addColumn<Answer>("answer");
        QTest::addColumn<QString>("why");
        const auto row = [](const char* name, Result<net::HttpResponse> answer, const char* why) {
            QTest::newRow(name) << Answer([answer] { return answer; }) << QString(why);
        };
        row("refused", fail(ErrorCode::unreachable, "Connection refused by 127.0.0.1:1234"), "could not be reached");
        row("500", page("oh", text_format, 500), "HTTP status 500");
        row("429", page("", text_format, 429), "HTTP status 429");
        row("a redirect", page("", text_format, 302), "HTTP status 302");
        row("a login page", page("<html>\n", "text/html"), "the answer is text/html, not metrics as text");
        row("protobuf", page("x", "application/vnd.google.protobuf; proto=x"),
            "the answer is application/vnd.google.protobuf, not metrics as text");
        row("words", page("busy 1\nbusy three\n"), "line 2, column 6: a number is expected here");
        row("cut off", page("busy 1\nbus"), "line 2, column 4: the last line has no line end: the text was cut off");
        row("cut off in OpenMetrics", page("busy 1\n", "application/openmetrics-text"),
            "line 2, column 1: the last line is not # EOF: the text was cut off");
        row("a text that moves the cursor", page("# TYPE busy \x1b[2J\n"),
            "line 1, column 13: unknown metric type '\\x1b[2J'");
        row("over its budget", page(std::string(9u << 20, '\n')), "9437184 bytes are over the budget of 8388608");
        std::string many;
        for (int i = 0; i <= 50'000; ++i) {
            many += "x 1\n";
        }
        row("too many series", page(many), "line 50001, column 1: more than 50000 samples");
        row("a long label", page("busy{x=\"" + std::string(5000, 'a') + "\"} 1\n"), "a label of more than 4096 bytes");
    }
    void a_scrape_that_fails_is_a_source_error_with_its_reason() {
        QFETCH(Answer, answer);
        QFETCH(QString, why);
        World world;
        const auto source = world.source(metric("busy"));
        world.answer = answer;
        auto batch = world.ask(*source, 0);
        QCOMPARE(text(batch), QString(":source-error"));
        QCOMPARE(batch.status, Status::source_error);
        QCOMPARE(QString::fromStdString(batch.detail), why + "; no good scrape yet");
        world.answer = [&world] { return page(world.counted()); };
        QCOMPARE(text(world.ask(*source, 5)), QString(":3")); // by itself
        world.answer = answer;
        for (const std::int64_t at : {10, 15}) { // the look-back would still answer
            batch = world.ask(*source, at);
            QCOMPARE(text(batch), QString(":source-error"));
            QCOMPARE(QString::fromStdString(batch.detail), why + "; last good scrape 2026-01-01T00:00:05.000Z");
            QVERIFY(batch.readings.front().measured_at == start + seconds(5));
        }
    }

    void an_error_is_told_for_each_arm() {
        World world;
        auto asked = metric("busy");
        asked.by_arm = "version";
        asked.arms = {{"v1", "blue"}, {"v2", "green"}};
        const auto source = world.source(asked);
        world.answer = [] { return page("", text_format, 500); };
        QCOMPARE(text(world.ask(*source, 0)), QString("blue:source-error green:source-error"));
    }

    void a_slow_answer_is_none() {
        World world;
        const auto source = world.source(metric("busy"));
        (void)world.ask(*source, 0);
        world.http.delay = seconds(60);
        const auto batch = world.ask(*source, 5, seconds(5));
        QCOMPARE(text(batch), QString(":source-error"));
        QCOMPARE(batch.detail, std::string("no answer in time; last good scrape 2026-01-01T00:00:00.000Z"));
        world.http.delay = milliseconds(1);
        QCOMPARE(text(world.ask(*source, 15)), QString(":3"));
    }

    void it_waits_as_long_as_the_server_asks_and_no_longer_data() {
        QTest::addColumn<QString>("retry_after");
        QTest::addColumn<QString>("date");
        QTest::addColumn<qint64>("seconds_until");
        const auto row = [](const char* name, const char* wait, const char* date, qint64 until) {
            QTest::newRow(name) << QString(wait) << QString(date) << until;
        };
        row("seconds", "12", "", 12);
        row("a date by its own clock", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:17 GMT", 20);
        row("a date that is over", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 09:00:00 GMT", 0);
        row("a date, and no clock", "Sun, 06 Nov 1994 08:49:37 GMT", "", 0);
        row("for ever", "99999999999999999999", "", 300);
        row("for a day", "86400", "", 300);
        row("words", "soon", "", 0);
        row("before now", "-5", "", 0);
        row("nothing", "", "", 0);
    }
    void it_waits_as_long_as_the_server_asks_and_no_longer() {
        QFETCH(QString, retry_after);
        QFETCH(QString, date);
        QFETCH(qint64, seconds_until);
        const auto response =
            page("", text_format, 429, {{"Retry-After", retry_after.toStdString()}, {"Date", date.toStdString()}});
        QCOMPARE(sources::retry_after(*response).count / 1'000'000'000, seconds_until);
        if (seconds_until > 20) {
            return;
        }
        World world;
        const auto source = world.source(metric("busy"));
        world.answer = [response] { return response; };
        (void)world.ask(*source, 0);
        world.answer = [&world] { return page(world.counted()); };
        const qint64 next = std::max<qint64>(5, (seconds_until + 5) / 5 * 5); // the first slot that is not before
        for (qint64 at = 1; at < next; ++at) {
            QCOMPARE(text(world.ask(*source, at)), QString(":source-error"));
            QCOMPARE(world.http.requests.size(), std::size_t{1});
        }
        QCOMPARE(text(world.ask(*source, next)), QString(":3"));
    }

    void what_an_old_scrape_says_is_old() {
        World world;
        auto asked = metric("busy");
        asked.max_age = seconds(4);
        const auto source = world.source(asked);
        world.scraper->keep(*series::promql::parse("busy"), seconds(60)); // polled seldom: scrapes go on
        QCOMPARE(text(world.ask(*source, 0)), QString(":3"));
        world.http.delay = seconds(4) + milliseconds(900);
        world.scheduler.run_until(start + seconds(5)); // a slow scrape is in flight
        std::optional<series::SampleBatch> late;
        source->poll(start + seconds(7), "k", [&](series::SampleBatch batch) { late = std::move(batch); });
        world.scheduler.run_until(start + seconds(7));
        QVERIFY(late.has_value()); // at its deadline, by what there is
        QCOMPARE(text(*late), QString(":no-data"));
        QCOMPARE(late->detail, std::string("the data is older than 4 s"));
        QVERIFY(late->readings.front().age() == seconds(7));
    }

    void an_outage_longer_than_the_range_is_told_when_it_is_over() {
        World world;
        const auto source = world.source(metric("sum(rate(asked_total[10s]))"));
        for (const std::int64_t at : {0, 5, 10}) {
            (void)world.ask(*source, at);
        }
        world.answer = [] { return page("", text_format, 500); };
        for (const std::int64_t at : {15, 20, 25}) {
            QCOMPARE(text(world.ask(*source, at)), QString(":source-error"));
        }
        world.answer = [&world] { return page(world.counted()); };
        QCOMPARE(world.ask(*source, 30).detail, std::string("fewer than two good scrapes within 10s; rate needs two"));
        QCOMPARE(text(world.ask(*source, 35)), QString(":10"));
    }

    void scrapes_end_when_nobody_asks_and_begin_again() {
        World world;
        const auto source = world.source(metric("busy"));
        (void)world.ask(*source, 0);
        world.scheduler.run_until(start + hours(1));
        QCOMPARE(world.http.requests.size(), std::size_t{4}); // two polls and a slot more
        QVERIFY(world.scheduler.next_timer().count == INT64_MAX);
        QCOMPARE(text(world.ask(*source, 3601)), QString(":3"));
        QCOMPARE(world.http.requests.size(), std::size_t{5});
    }

    void only_what_is_asked_for_is_kept_and_no_longer_than_a_query_looks_back() {
        World world;
        world.answer = [&world] { // a new pod with each scrape, and a sample of the far future
            return page(fmt::format("busy{{pod=\"{}\"}} 1\nother{{pod=\"{}\"}} 1\nbusy{{pod=\"ahead\"}} 1 {}\n",
                                    world.passed(), world.passed(), (start + hours(2400)).count / 1'000'000));
        };
        const auto source = world.source(metric("count(busy)"));
        for (std::int64_t at = 0; at <= 3600; at += 5) {
            QCOMPARE(text(world.ask(*source, at)), QString(":1"));
        }
        // Five minutes that a selector looks back, as long again, and a minute until it is looked at.
        QVERIFY2(world.scraper->store().size() <= 140, qPrintable(QString::number(world.scraper->store().size())));
        QVERIFY(world.scraper->store().find({{"__name__", "other"}, {"pod", "3600"}}) == nullptr);
    }

    void names_that_change_with_each_scrape_do_not_fill_the_memory() {
        World world;
        world.scraper = std::make_shared<Scraper>(world.http, world.scheduler,
                                                  ScrapeSettings{"app", seconds(5), {1u << 20, 10, 64}});
        world.answer = [&world] {
            std::string all;
            for (int i = 0; i < 9; ++i) {
                all += fmt::format("busy{{id=\"{}/{}\"}} 1\n", world.passed(), i);
            }
            return page(all);
        };
        const auto source = world.source(metric("count(busy)"));
        QCOMPARE(text(world.ask(*source, 0)), QString(":9"));
        QCOMPARE(text(world.ask(*source, 5)), QString(":9"));
        const auto batch = world.ask(*source, 10);
        QVERIFY2(batch.detail.starts_with("more than 20 series within 600 s: their names change"),
                 batch.detail.c_str());
        QVERIFY(world.scraper->store().size() <= 20);
    }

    void what_the_evaluator_does_not_know_is_told_with_its_place_data() {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("freshness");
        QTest::addColumn<QString>("zero_while");
        QTest::addColumn<QString>("where");
        QTest::newRow("query") << "topk(1, busy)"
                               << ""
                               << ""
                               << "query:1:1";
        QTest::newRow("query, though freshness is said") << "topk(1, busy)"
                                                         << "vector(0)"
                                                         << ""
                                                         << "query:1:1";
        QTest::newRow("freshness") << "busy"
                                   << "1 +"
                                   << ""
                                   << "freshness:1:4";
        QTest::newRow("witness") << "busy"
                                 << ""
                                 << "busy{"
                                 << "zero-while:1:6";
    }
    void what_the_evaluator_does_not_know_is_told_with_its_place() {
        QFETCH(QString, query);
        QFETCH(QString, freshness);
        QFETCH(QString, zero_while);
        QFETCH(QString, where);
        World world;
        auto asked = metric(query.toStdString());
        asked.freshness = freshness.toStdString();
        asked.zero_while = zero_while.toStdString();
        const auto made = ScrapeSource::make(world.scraper, world.scheduler, asked, seconds(5));
        QVERIFY(!made);
        QCOMPARE(made.error().code, ErrorCode::bad_input);
        QCOMPARE(QString::fromStdString(made.error().where), where);
    }

    void a_query_that_the_data_do_not_fit_is_a_source_error() {
        World world;
        world.answer = [] { return page("a{x=\"1\"} 1\na{x=\"2\"} 1\nb 1\n"); };
        const auto source = world.source(metric("a * on () b"));
        QCOMPARE(text(world.ask(*source, 0)), QString(":source-error"));
    }

    void what_is_destroyed_is_not_called() {
        World world;
        int calls = 0;
        auto one = world.source(metric("busy"));
        auto two = world.source(metric("busy"));
        one->poll(start + seconds(5), "k", [&](const auto&) { ++calls; });
        two->poll(start + seconds(5), "k", [&](const auto&) {
            ++calls;
            two.reset();
            world.scraper.reset();
        });
        one.reset();
        world.scheduler.run_until(start + seconds(60));
        QCOMPARE(calls, 1);
        QCOMPARE(world.http.in_flight(), std::size_t{0});
        QVERIFY(world.scheduler.next_timer().count == INT64_MAX);
    }

    void a_server_that_answers_badly_is_told_and_recovers_data() {
        QTest::addColumn<int>("fault");
        QTest::addColumn<QString>("why");
        QTest::newRow("reset at once") << 0 << "could not be reached";
        QTest::newRow("reset half-way") << 1 << "could not be reached";
        QTest::newRow("ended half-way") << 2 << "could not be reached";
        QTest::newRow("says it will be huge") << 3 << "the answer is over the budget of 8388608 bytes";
        QTest::newRow("is huge") << 4 << "the answer is over the budget of 8388608 bytes";
        QTest::newRow("no HTTP") << 5 << "could not be reached"; // as Qt tells it
    }
    void a_server_that_answers_badly_is_told_and_recovers() {
        QFETCH(int, fault);
        QFETCH(QString, why);
        bool bad = true;
        testing::FakeServer server([&](const testing::Seen& seen) {
            auto* socket = seen.socket;
            const QByteArray head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
            if (!bad) {
                socket->write(testing::answer(200, "busy 3\n", "Content-Type: text/plain\r\n"));
            } else if (fault == 0) {
                testing::reset(socket);
            } else if (fault == 1 || fault == 2) {
                socket->write(head + "Content-Length: 100\r\n\r\nbusy 1\n");
                socket->flush();
                fault == 1 ? testing::reset(socket) : socket->disconnectFromHost();
            } else if (fault == 3) {
                socket->write(head + "Content-Length: 99999999\r\n\r\nbusy 1\n");
            } else if (fault == 4) {
                socket->write(head + "Connection: close\r\n\r\n" + QByteArray(9 << 20, '\n'));
                socket->disconnectFromHost();
            } else {
                socket->write("SSH-2.0-OpenSSH_9.2\r\n\r\n");
                socket->disconnectFromHost();
            }
        });
        VirtualScheduler scheduler(start);
        net::VirtualDriver driver(scheduler);
        net::QtHttpClient client(scheduler);
        At http(client, server.url("/metrics"));
        const auto scraper = std::make_shared<Scraper>(http, scheduler, ScrapeSettings{"app", seconds(5)});
        const auto source = ScrapeSource::make(scraper, scheduler, metric("busy"), seconds(5));
        QVERIFY(source.has_value());
        const auto ask = [&] {
            std::optional<series::SampleBatch> got;
            (*source)->poll(scheduler.now() + seconds(5), "k",
                            [&](series::SampleBatch batch) { got = std::move(batch); });
            driver.run_until([&] { return got.has_value(); });
            return got.value_or(series::SampleBatch());
        };
        const auto batch = ask();
        QCOMPARE(text(batch), QString(":source-error"));
        QVERIFY2(QString::fromStdString(batch.detail).startsWith(why), batch.detail.c_str());
        QVERIFY(batch.detail.find("127.0.0.1") == std::string::npos); // it goes into events
        bad = false;
        QVERIFY(driver.run_until([&] { return scraper->last_good().has_value(); })); // the next slot
        QCOMPARE(text(ask()), QString(":3"));
        QCOMPARE(server.seen.back().target, QByteArray("/metrics"));
    }

    void nobody_listens() {
        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        const auto url = "http://127.0.0.1:" + std::to_string(closed.serverPort()) + "/metrics";
        closed.close();
        VirtualScheduler scheduler(start);
        net::VirtualDriver driver(scheduler);
        net::QtHttpClient client(scheduler);
        At http(client, url);
        const auto scraper = std::make_shared<Scraper>(http, scheduler, ScrapeSettings{"app", seconds(5)});
        scraper->keep(*series::promql::parse("busy"), seconds(5));
        scraper->ask(scheduler.now() + seconds(5), [] {});
        QVERIFY(driver.run_until([&] { return !scraper->failure().empty(); }));
        QCOMPARE(scraper->failure(), std::string("could not be reached: Connection refused"));
    }

    void a_slow_drip_ends_with_the_interval() {
        testing::FakeServer server([](const testing::Seen& seen) {
            seen.socket->write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n");
            auto* drip = new QTimer(seen.socket);
            QObject::connect(drip, &QTimer::timeout, seen.socket, [socket = seen.socket] { socket->write("#"); });
            drip->start(5);
        });
        net::LiveScheduler scheduler;
        net::QtHttpClient client(scheduler);
        At http(client, server.url("/metrics"));
        Scraper scraper(http, scheduler, ScrapeSettings{"app", seconds(1)});
        scraper.keep(*series::promql::parse("busy"), seconds(1));
        scraper.ask(scheduler.now() + seconds(5), [] {});
        QTRY_VERIFY_WITH_TIMEOUT(!scraper.failure().empty(), 10'000);
        QCOMPARE(scraper.failure(), std::string("no answer in time"));
    }
};

SLUICE_TEST(ScrapeSourceTest)
#include "scrape_source_test.moc"
