#include "series/exposition.h"
#include "series/prometheus_json.h"
#include "series/promql.h"
#include "series/scraped_target.h"
#include "sources/fake_http.h"
#include "sources/from_plan.h"
#include "sources/watched_gate.h"
#include "support/suite.h"

#include <QByteArray>
#include <QtTest>
#include <fmt/format.h>
#include <utility>

using namespace sluice;
using namespace sluice::testing;

namespace {

constexpr Nanos start = seconds(1'767'225'600);

enum class Death {
    scrapes_fail,   ///< its series end at once, by stale markers
    unseen,         ///< it is scraped no more, and nobody marks its series: pushed ones, or a Prometheus that hangs
    out_of_service, ///< it is no target any more, so that its own `up` ends too
};

/// A Prometheus that answers well all the time, of two targets that it scrapes every 5 s.
struct World {
    VirtualScheduler scheduler{start};
    series::SeriesStore store;
    series::ScrapedTarget mortal{store, {{"job", "nova"}, {"instance", "a"}}};
    series::ScrapedTarget other{store, {{"job", "nova"}, {"instance", "b"}}};
    std::optional<Death> death;
    bool gone = false;
    int scrapes = 0;
    FakeHttp http{scheduler, [this](const net::HttpRequest& request) { return answer(request); }};
    std::optional<WatchedGate> gate;

    World() { scrape(); }

    void scrape() {
        const auto page = series::parse_exposition(
            fmt::format("# TYPE asked_total counter\nasked_total {}\nbusy 0.5\n", ++scrapes * 50), "");
        const Nanos now = scheduler.now();
        other.take(*page, now);
        if (!death) {
            mortal.take(*page, now);
        } else if (*death == Death::scrapes_fail) {
            mortal.failed(now);
        } else if (*death == Death::out_of_service && !std::exchange(gone, true)) {
            mortal.failed(now);
            store.mark_stale({{"__name__", "up"}, {"job", "nova"}, {"instance", "a"}}, now + milliseconds(1));
        }
        scheduler.after(seconds(5), [this] { scrape(); });
    }

    Result<net::HttpResponse> answer(const net::HttpRequest& request) const {
        const auto asked = request.url.substr(request.url.find("?query=") + 7);
        const auto query = QByteArray::fromPercentEncoding(QByteArray::fromStdString(asked)).toStdString();
        const auto parsed = series::promql::parse(query);
        const auto value = parsed ? series::promql::evaluate(*parsed, store, scheduler.now())
                                  : Result<series::promql::Value>(failed(parsed));
        return net::HttpResponse{value ? 200 : series::prometheus_status(value.error()),
                                 {},
                                 value ? series::prometheus_success(*value)
                                       : series::prometheus_failure(value.error())};
    }

    /// A gate of `must` on what `query` answers.
    void watch(const std::string& query, const char* must, int at_least) {
        plan::Metric metric;
        metric.name = "m";
        metric.from = "prometheus";
        metric.query = query;
        metric.reduce = plan::Reduce::min;
        metric.at_least = at_least;
        auto source = sources::make_source(plan::Plan(), metric, {}, {scheduler, &http, nullptr});
        if (!source) {
            qFatal("%s", to_text(source.error()).c_str());
        }
        gate.emplace(scheduler, metric, must, *std::move(source));
    }
    void pass(Nanos length) { scheduler.run_until(scheduler.now() + length); }
};

constexpr const char* busy = R"(busy{instance="a"})";
constexpr const char* rate = R"(rate(asked_total{instance="a"}[5m]))";
constexpr const char* up = R"(up{instance="a"})";

} // namespace

Q_DECLARE_METATYPE(Death)

/// The Prometheus is well and answers in time; what it tells of is not there.
class DeadTargetTest : public QObject {
    Q_OBJECT
private slots:
    void a_target_dead_for_a_minute_is_no_pass_data() {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("must");
        QTest::addColumn<int>("at_least");
        QTest::addColumn<Death>("death");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* query, const char* must, int at_least, Death death,
                            const char* says) {
            QTest::newRow(name) << QString(query) << QString(must) << at_least << death << QString(says);
        };
        const char* ended = "no-data: the series behind the answer have ended";
        const char* empty = "no-data: the answer is empty";
        const char* old = "no-data: the data is older than 30 s";
        row("a value, its scrapes fail", busy, "< 1", 1, Death::scrapes_fail, empty);
        row("a value that the look-back still shows", busy, "< 1", 1, Death::unseen, old);
        row("a value, no target", busy, "< 1", 1, Death::out_of_service, empty);
        row("a rate that its window still shows", rate, "> 0.5", 1, Death::scrapes_fail, ended);
        row("a rate, unseen", rate, "> 0.5", 1, Death::unseen, old);
        row("up", up, "> 0", 1, Death::scrapes_fail, "fail: ");
        row("up, no target", up, "> 0", 1, Death::out_of_service, empty);
        row("up, unseen", up, "> 0", 1, Death::unseen, old);
        row("up == 1", R"(up{instance="a"} == 1)", "> 0", 1, Death::scrapes_fail, empty);
        row("one of two that are wanted", "busy", "< 1", 2, Death::scrapes_fail,
            "no-data: 1 series answer, at least 2 are wanted");
        row("one of two, unseen", "busy", "< 1", 2, Death::unseen, old);
    }
    void a_target_dead_for_a_minute_is_no_pass() {
        QFETCH(QString, query);
        QFETCH(QString, must);
        QFETCH(int, at_least);
        QFETCH(Death, death);
        QFETCH(QString, says);
        World world;
        world.pass(minutes(2)); // so that windows are not empty
        world.watch(query.toStdString(), must.toLatin1().constData(), at_least);
        world.pass(seconds(21));
        QVERIFY2(world.gate->passes(), qPrintable(world.gate->said()));
        world.death = death;
        world.pass(seconds(45)); // beyond the age that still counts
        const int passed = world.gate->passed();
        for (int i = 0; i < 36; ++i) {
            const auto age = world.gate->age();
            world.pass(seconds(5));
            QVERIFY2(world.gate->said().startsWith(says), qPrintable(world.gate->said()));
            QVERIFY(!world.gate->passes());
            // An `up` of 0 is an answer, and fresh; of all else the age is shown.
            QVERIFY(says.startsWith("fail") || (world.gate->age() && *world.gate->age() > *age));
        }
        world.pass(minutes(3)); // beyond the look-back: what was old is gone
        QCOMPARE(world.gate->passed(), passed);
        QVERIFY(!world.gate->passes());
        world.death.reset();
        world.pass(seconds(25));
        QVERIFY2(world.gate->passes(), qPrintable(world.gate->said()));
        QVERIFY(*world.gate->age() < seconds(15));
    }
};

SLUICE_TEST(DeadTargetTest)
#include "dead_target_test.moc"
