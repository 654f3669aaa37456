#include "base/virtual_scheduler.h"
#include "series/prometheus_json.h"
#include "sources/backfill.h"
#include "sources/fake_http.h"
#include "sources/prometheus_source.h"
#include "support/suite.h"

#include <QUrlQuery>
#include <QtTest>
#include <fmt/format.h>

using namespace sluice;
using namespace sluice::sources;
using series::Status;

namespace {

constexpr Nanos start = seconds(1'767'225'600);

/// A Prometheus that knows `load` from -600 s on, scraped each 10 s: 100 at the start, 1 more each second; but nothing
/// between -300 s and -200 s. What it was asked, it keeps.
struct World {
    VirtualScheduler scheduler{start};
    series::SeriesStore store;
    std::optional<Result<net::HttpResponse>> instead;
    testing::FakeHttp http{scheduler, [this](const net::HttpRequest& request) { return answer(request); }};
    std::unique_ptr<PrometheusSource> source;

    World() {
        for (int at = -600; at <= 3600; at += 10) {
            if (at < -300 || at > -200) {
                store.append({{"__name__", "load"}}, start + seconds(at), 100 + at);
            }
        }
        store.mark_stale({{"__name__", "load"}}, start + seconds(3601));
        PrometheusMetric metric;
        metric.name = "load";
        metric.query = "load";
        metric.max_age = seconds(30);
        source = std::move(*PrometheusSource::make(http, scheduler, {"http://prom", {}, nullptr}, metric));
    }

    Result<net::HttpResponse> answer(const net::HttpRequest& request) {
        if (instead) {
            return *instead;
        }
        const QUrlQuery asked(QString::fromStdString(request.url.substr(request.url.find('?') + 1)));
        const auto value = [&](const char* name) {
            return asked.queryItemValue(name, QUrl::FullyDecoded).toStdString();
        };
        const auto time = [&](const char* name) {
            return milliseconds(std::llround(parse_number(value(name)).value_or(0) * 1000));
        };
        const auto query = *series::promql::parse(value("query"));
        auto matrix = series::promql::evaluate_range(query, store, {time("start"), time("end"), time("step")});
        return net::HttpResponse{200, {}, series::prometheus_success(std::move(*matrix))};
    }

    Result<std::vector<series::SampleBatch>> past(int from, int to, int step) {
        std::optional<Result<std::vector<series::SampleBatch>>> found;
        source->past({start + seconds(from), start + seconds(to), seconds(step)}, seconds(15), "past/load/1",
                     [&](auto batches) { found = std::move(batches); });
        scheduler.run_until(scheduler.now() + seconds(30));
        if (!found) {
            qFatal("no answer");
        }
        return *found;
    }
};

/// "-20=80 -10=no-data": seconds from the start.
QString text(const std::vector<series::SampleBatch>& batches) {
    QStringList parts;
    for (const auto& batch : batches) {
        for (const auto& reading : batch.readings) {
            parts << QString::fromStdString(
                fmt::format("{:g}={}", (reading.received_at - start).seconds(),
                            reading.status == Status::ok ? number_text(reading.value) : series::name(reading.status)));
        }
    }
    return parts.join(" ");
}

series::SampleBatch answered(const std::string& metric, Nanos at, Status status = Status::ok) {
    series::SampleBatch batch;
    batch.metric = metric;
    batch.status = status;
    batch.received_at = at;
    return batch;
}

} // namespace

class PrometheusPastTest : public QObject {
    Q_OBJECT
private slots:
    void what_was_is_judged_as_polls_of_then_would_have_been_data() {
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("to");
        QTest::addColumn<int>("step");
        QTest::addColumn<QString>("expected");
        QTest::newRow("fresh") << -20 << 0 << 10 << "-20=80 -10=90 0=100";
        QTest::newRow("between scrapes") << -15 << -5 << 5 << "-15=80 -10=90 -5=90";
        QTest::newRow("too old is no data, although Prometheus answers")
            << -300 << -260 << 10 << "-300=-210 -290=-210 -280=-210 -270=no-data -260=no-data";
        QTest::newRow("before it knew anything")
            << -620 << -590 << 10 << "-620=no-data -610=no-data -600=-500 -590=-490";
    }

    void what_was_is_judged_as_polls_of_then_would_have_been() {
        QFETCH(int, from);
        QFETCH(int, to);
        QFETCH(int, step);
        QFETCH(QString, expected);
        World world;
        const auto batches = world.past(from, to, step);
        QVERIFY(batches);
        QCOMPARE(text(*batches), expected);
        QCOMPARE(world.http.requests.size(), 2u); // the value and its age
        QCOMPARE(world.http.requests[1].key, std::string("past/load/1#2"));
    }

    void half_an_answer_is_none_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("body");
        QTest::newRow("not served") << 404 << "404 page not found";
        QTest::newRow("refused") << 422 << R"({"status":"error","errorType":"execution","error":"too many samples"})";
        QTest::newRow("an instant answer")
            << 200 << R"({"status":"success","data":{"resultType":"vector","result":[]}})";
    }

    void half_an_answer_is_none() {
        QFETCH(int, status);
        QFETCH(QString, body);
        World world;
        world.instead = net::HttpResponse{status, {}, body.toStdString()};
        QVERIFY(!world.past(-20, 0, 10));
    }

    void long_spans_are_asked_in_parts_the_newest_first() {
        const Instants span{start, start + seconds(50), seconds(10)};
        const auto made = parts(span, 4);
        QCOMPARE(made.size(), 2u);
        QVERIFY((made[0] == Instants{start + seconds(40), start + seconds(50), seconds(10)}));
        QVERIFY((made[1] == Instants{start, start + seconds(30), seconds(10)}));
        QCOMPARE(parts(span, 6).size(), 1u);
        QVERIFY(parts({start, start - seconds(1), seconds(10)}, 6).empty());
        QCOMPARE(range_path("a b", {start, start + milliseconds(1500), milliseconds(500)}),
                 std::string("/api/v1/query_range?query=a%20b&start=1767225600.000&end=1767225601.500&step=0.500"));
    }

    void what_no_poll_has_seen_is_asked_for_once_data() {
        QTest::addColumn<QString>("answers"); // seconds at which polls are answered; ! = with a source error
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("gaps");
        QTest::newRow("before the first answer") << "0"
                                                 << "-20=80 -10=90"
                                                 << "";
        QTest::newRow("an error is no answer") << "!0 10"
                                               << "-10=90 0=100"
                                               << "";
        QTest::newRow("no gap") << "0 10 20 30"
                                << "-20=80 -10=90"
                                << "";
        QTest::newRow("left out twice, no gap") << "0 30"
                                                << "-20=80 -10=90"
                                                << "";
        QTest::newRow("a gap") << "0 60"
                               << "-20=80 -10=90"
                               << "10=110 20=120 30=130 40=140 50=150";
        QTest::newRow("errors make a gap") << "0 !10 !20 !30 40"
                                           << "-20=80 -10=90"
                                           << "10=110 20=120 30=130";
        QTest::newRow("a clock that was set back") << "60 0 10"
                                                   << "40=140 50=150"
                                                   << "";
    }

    void what_no_poll_has_seen_is_asked_for_once() {
        QFETCH(QString, answers);
        QFETCH(QString, before);
        QFETCH(QString, gaps);
        World world;
        std::map<Backfill::Why, QStringList> had;
        Backfill backfill([&](Backfill::Why why, const auto& batches) { had[why] << text(batches); });
        backfill.add({"load", world.source.get(), seconds(10), seconds(20)});
        for (const QString& one : answers.split(' ')) {
            const bool error = one.startsWith('!');
            backfill.take(answered("load", start + seconds(one.mid(error ? 1 : 0).toInt()),
                                   error ? Status::source_error : Status::ok));
            world.scheduler.run_until(world.scheduler.now() + seconds(1));
        }
        QCOMPARE(had[Backfill::Why::before].join(" "), before);
        QCOMPARE(had[Backfill::Why::gap].join(" "), gaps);
    }

    void a_session_gone_on_with_asks_for_the_time_that_it_was_down() {
        World world;
        QStringList had;
        Backfill backfill([&](Backfill::Why why, const auto& batches) {
            QVERIFY(why == Backfill::Why::gap);
            had << text(batches);
        });
        backfill.add({"load", world.source.get(), seconds(10), seconds(20)});
        backfill.was_answered("load", start - seconds(35));
        backfill.take(answered("load", start));
        world.scheduler.run_until(start + seconds(1));
        QCOMPARE(had.join(" "), QString("-30=70 -20=80 -10=90"));
    }

    void what_gates_look_back_at_is_asked_for_again_after_the_program_was_down() {
        World world;
        std::map<Backfill::Why, QStringList> had;
        Backfill backfill([&](Backfill::Why why, const auto& batches) { had[why] << text(batches); });
        backfill.add({"load", world.source.get(), seconds(10), seconds(20), seconds(60)});
        backfill.was_answered("load", start - seconds(40));
        backfill.take(answered("load", start));
        backfill.take(answered("load", start + seconds(10)));
        world.scheduler.run_until(start + seconds(1));
        QCOMPARE(had[Backfill::Why::gap].join(" "), QString("-30=70 -20=80 -10=90"));
        QCOMPARE(had[Backfill::Why::again].join(" "), QString("-60=40 -50=50"));
        QVERIFY(had[Backfill::Why::before].isEmpty());
    }

    /// It was not to be reached before the program ended, while another was.
    void each_metric_was_answered_when_it_was_answered_itself() {
        World world;
        QStringList had;
        Backfill backfill([&](auto, const auto& batches) { had << text(batches); });
        backfill.add({"load", world.source.get(), seconds(10), seconds(20)});
        backfill.was_answered("other", start - seconds(5));
        backfill.was_answered("load", start - seconds(35));
        backfill.take(answered("load", start));
        world.scheduler.run_until(start + seconds(1));
        QCOMPARE(had.join(" "), QString("-30=70 -20=80 -10=90"));
    }

    void one_request_at_a_time_and_none_once_stopped() {
        World world;
        int had = 0;
        Backfill backfill([&](auto, const auto&) { ++had; });
        backfill.add({"load", world.source.get(), seconds(1), seconds(720 * 3)});
        backfill.take(answered("load", start));
        for (int i = 0; i < 3; ++i) {
            QVERIFY(world.http.in_flight() <= 1);
            world.scheduler.run_until(world.scheduler.now() + milliseconds(1));
        }
        QCOMPARE(had, 1);
        backfill.stop();
        world.scheduler.run_until(world.scheduler.now() + seconds(1));
        QCOMPARE(had, 1);
    }

    void a_server_that_refuses_is_not_asked_for_the_rest() {
        World world;
        world.instead = net::HttpResponse{404, {}, ""};
        int had = 0;
        Backfill backfill([&](auto, const auto&) { ++had; });
        backfill.add({"load", world.source.get(), seconds(1), seconds(720 * 3)});
        backfill.take(answered("load", start));
        world.scheduler.run_until(start + seconds(1));
        QCOMPARE(had, 0);
        QCOMPARE(world.http.requests.size(), 1u);
    }

    void absence_is_told_once_where_it_begins() {
        World world;
        QStringList had;
        Backfill backfill([&](auto, const auto& batches) { had << text(batches); });
        backfill.add({"load", world.source.get(), seconds(20), seconds(160)});
        backfill.take(answered("load", start - seconds(140)));
        world.scheduler.run_until(start + seconds(1));
        QCOMPARE(had.join(" "), QString("-300=-210 -280=-210 -260=no-data -180=-80 -160=-60"));
    }
};

SLUICE_TEST(PrometheusPastTest)
#include "prometheus_past_test.moc"
