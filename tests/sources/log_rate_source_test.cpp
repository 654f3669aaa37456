#include "sources/log_rate_source.h"

#include "base/instant.h"
#include "base/json.h"
#include "base/virtual_scheduler.h"
#include "sources/fake_http.h"
#include "support/new_year.h"
#include "support/suite.h"

#include <QUrl>
#include <QUrlQuery>
#include <QtTest>
#include <algorithm>

using namespace sluice;
using namespace sluice::sources;
using series::Status;
using sluice::testing::new_year;

namespace {

struct Line {
    Nanos at;
    std::string text;
};

/// One container, as a kubelet tells of it.
struct Pod {
    std::string name;
    Nanos created = new_year - hours(1);
    int restarts = 0;
    bool started = true;
    std::vector<Line> log = {};    ///< of the present instance
    std::vector<Line> before = {}; ///< of the one before
    int status = 200;              ///< of its log
    std::string raw = {};          ///< instead of its log

    Json object() const {
        const auto id = [this](int n) { return "containerd://" + name + "-" + std::to_string(n); };
        Json told = {{"name", "app"}, {"restartCount", restarts}, {"state", Json::object()}};
        told["state"][started ? "running" : "waiting"] = Json::object();
        if (started) {
            told["containerID"] = id(restarts);
        }
        if (restarts > 0) {
            told["lastState"]["terminated"]["containerID"] = id(restarts - 1);
        }
        return {{"metadata", {{"name", name}, {"uid", "uid-" + name}, {"creationTimestamp", utc(created)}}},
                {"spec", {{"containers", {{{"name", "app"}}}}}},
                {"status", {{"phase", "Running"}, {"containerStatuses", Json::array({told})}}}};
    }
    void restart() {
        before = std::exchange(log, {});
        ++restarts;
    }
};

std::string as_text(const Line& line) {
    const auto part = static_cast<unsigned>(line.at.count % 1'000'000'000);
    return utc(line.at).substr(0, 19) + QString(".%1Z ").arg(part, 9, 10, QChar('0')).toStdString() + line.text + "\n";
}

/// A cluster with one deployment, and a source of its pods' logs over 20 s that is asked when the test says.
struct World {
    VirtualScheduler scheduler{new_year};
    std::vector<Pod> pods{{"a"}};
    int workload = 200;
    int listing = 200;
    std::string odd_workload = {}, odd_list = {}; ///< instead of what they are
    testing::FakeHttp http{scheduler, [this](const net::HttpRequest& request) { return answer(request); }};
    kubernetes::Client client{http, scheduler, cluster(), [](const std::string&) -> Result<std::string> {
                                  return fail(ErrorCode::not_found, "no file");
                              }};
    std::unique_ptr<LogRateSource> source;

    World() {
        LogMetric metric{"m", "per-second", Pattern::compile("ERROR|FATAL").value()};
        metric.workload = kubernetes::parse_in_namespace("shop/web").value();
        metric.name_space = "shop";
        metric.over = seconds(20);
        source = std::make_unique<LogRateSource>(client, metric);
    }
    static kubernetes::Cluster cluster() {
        kubernetes::Cluster cluster;
        cluster.name = "prod";
        cluster.server = "https://api";
        cluster.token = "t";
        return cluster;
    }

    Result<net::HttpResponse> answer(const net::HttpRequest& request) {
        const QUrl url(QString::fromStdString(request.url));
        const QString path = url.path();
        if (path.endsWith("/deployments/web") && !odd_workload.empty()) {
            return net::HttpResponse{200, date(), odd_workload};
        }
        if (path.endsWith("/pods") && !odd_list.empty()) {
            return net::HttpResponse{200, date(), odd_list};
        }
        if (path.endsWith("/deployments/web")) {
            return told(workload, {{"spec", {{"selector", {{"matchLabels", {{"app", "web"}}}}}}}});
        }
        if (path.endsWith("/pods")) {
            Json items = Json::array();
            for (const Pod& pod : pods) {
                items.push_back(pod.object());
            }
            return told(listing, {{"items", items}});
        }
        const auto pod = std::find_if(pods.begin(), pods.end(), [&](const Pod& one) {
            return path == QString::fromStdString("/api/v1/namespaces/shop/pods/" + one.name + "/log");
        });
        return pod == pods.end()    ? told(404, {})
               : pod->status != 200 ? told(pod->status, {})
                                    : log_of(*pod, QUrlQuery(url));
    }
    Result<net::HttpResponse> told(int status, const Json& object) const {
        const Json refusal = {{"kind", "Status"}, {"message", "no, says the server"}};
        return net::HttpResponse{status, date(), status == 200 ? object.dump() : refusal.dump()};
    }
    /// As the kubelet: whole seconds, from the beginning on until the limit.
    Result<net::HttpResponse> log_of(const Pod& pod, const QUrlQuery& query) const {
        const bool previous = query.queryItemValue("previous") == "true";
        if (previous && pod.restarts == 0) {
            return told(400, {});
        }
        if (query.queryItemValue("timestamps") != "true" || query.queryItemValue("container") != "app") {
            return told(500, {});
        }
        std::vector<std::string> lines;
        const auto since = parse_instant(query.queryItemValue("sinceTime", QUrl::FullyDecoded).toStdString(), {});
        for (const Line& line : previous ? pod.before : pod.log) {
            if (!since || line.at >= *since) {
                lines.push_back(as_text(line));
            }
        }
        if (query.queryItemValue("tailLines") == "1" && lines.size() > 1) {
            lines.erase(lines.begin(), lines.end() - 1);
        }
        std::string body;
        for (const auto& line : lines) {
            body += line;
        }
        return net::HttpResponse{
            200, date(), pod.raw.empty() ? body.substr(0, query.queryItemValue("limitBytes").toULong()) : pod.raw};
    }
    net::Headers date() const {
        const auto now = QDateTime::fromMSecsSinceEpoch(scheduler.now().count / 1'000'000, Qt::UTC);
        return {{"Date", QLocale::c().toString(now, "ddd, dd MMM yyyy HH:mm:ss 'GMT'").toStdString()}};
    }

    /// "0.15", or "no-data" or "source-error" and why.
    QString ask(int second) {
        scheduler.run_until(new_year + seconds(second));
        std::optional<series::SampleBatch> got;
        source->poll(scheduler.now() + seconds(5), "k/" + std::to_string(second),
                     [&](series::SampleBatch batch) { got = std::move(batch); });
        scheduler.run_until(scheduler.now() + seconds(5));
        if (!got) {
            return "no answer";
        }
        const auto& reading = got->readings.at(0);
        if (reading.status != Status::ok) {
            return QString::fromStdString(std::string(name(got->status)) + " " + got->detail);
        }
        return reading.measured_at == new_year + seconds(second)
                   ? QString::fromStdString(number_text(reading.value))
                   : "measured at " + QString::fromStdString(utc(reading.measured_at));
    }
    void write(Pod& pod, double second, const std::string& text = "ERROR x") const {
        pod.log.push_back({new_year + Nanos{static_cast<std::int64_t>(second * 1e9)}, text});
    }
};

const QString unseen = "no-data less than 20s of the logs has been seen";

} // namespace

class LogRateSourceTest : public QObject {
    Q_OBJECT
private slots:
    void each_line_counts_once_over_the_window() {
        World world;
        Pod& a = world.pods[0];
        world.write(a, -3);
        world.write(a, -2);
        QCOMPARE(world.ask(0), unseen);
        world.write(a, 7);
        world.write(a, 9.5);
        world.write(a, 9.5, "INFO fine");
        QCOMPARE(world.ask(10), unseen);
        world.write(a, 9.5); // of the same nanosecond, and written after it was read
        QCOMPARE(world.ask(20), QString("0.15"));
        QCOMPARE(world.ask(30), QString("0.05"));
        QCOMPARE(world.ask(40), QString("0"));
    }

    void a_poll_asks_for_no_more_than_came_since() {
        World world;
        for (int i = 0; i < 500; ++i) {
            world.write(world.pods[0], -600 + i);
        }
        world.ask(0);
        QCOMPARE(world.http.requests.size(), 3u);
        QVERIFY(world.http.requests[2].url.find("tailLines=1&limitBytes=1048576") != std::string::npos);
        world.ask(10); // the selector is known
        QCOMPARE(world.http.requests.size(), 5u);
        QVERIFY(world.http.requests[3].url.ends_with("/namespaces/shop/pods?labelSelector=app%3Dweb"));
        QVERIFY(world.http.requests[4].url.find("sinceTime=2025-12-31T23%3A58%3A20.000Z") != std::string::npos);
        QCOMPARE(world.http.requests[4].headers.back().second, std::string("Bearer t"));
    }

    void a_restart_loses_neither_the_last_lines_nor_the_first() {
        World world;
        Pod& a = world.pods[0];
        world.ask(0);
        world.write(a, 3);
        world.ask(10);
        world.write(a, 11, "FATAL out of memory");
        a.restart();
        world.write(a, 13);
        QCOMPARE(world.ask(20), QString("0.15")); // three in 20 s
        QCOMPARE(world.ask(30), QString("0.1"));
    }

    void what_ran_between_two_polls_and_is_gone_makes_a_gap() {
        World world;
        Pod& a = world.pods[0];
        world.ask(0);
        world.ask(10);
        a.restart();
        a.restart();
        const QString gap = "no-data a container restarted more than once between two polls, and its logs between are "
                            "gone; less than 20s of the logs has been seen since";
        QCOMPARE(world.ask(20), gap);
        world.write(a, 25);
        QCOMPARE(world.ask(30), gap);
        QCOMPARE(world.ask(40), QString("0.05"));
    }

    void a_new_pod_counts_from_its_beginning_and_an_old_one_that_comes_does_not() {
        World world;
        world.ask(0);
        world.ask(10);
        world.pods.push_back({"b", new_year + seconds(12)});
        world.write(world.pods[1], 14);
        world.pods.push_back({"c"}); // its labels were changed
        world.write(world.pods[2], 5);
        QCOMPARE(world.ask(20), QString("0.05"));
        world.pods.erase(world.pods.begin()); // and one that goes takes nothing with it
        QCOMPARE(world.ask(30), QString("0.05"));
    }

    void a_container_that_starts_late_counts_from_its_beginning() {
        World world;
        world.pods[0].started = false;
        QCOMPARE(world.ask(0), QString("no-data no container has run yet"));
        QCOMPARE(world.ask(10), QString("no-data no container has run yet"));
        world.pods[0].started = true;
        world.write(world.pods[0], 15);
        QCOMPARE(world.ask(20), QString("0.05"));
    }

    void nobody_there_is_no_data_and_who_may_not_ask_a_source_error_data() {
        QTest::addColumn<int>("workload");
        QTest::addColumn<int>("listing");
        QTest::addColumn<int>("log"); // 0 = no pod
        QTest::addColumn<QString>("expected");
        QTest::newRow("no pod") << 200 << 200 << 0 << "no-data there are no pods";
        QTest::newRow("no deployment") << 404 << 200 << 200 << "no-data deployment shop/web is not there";
        QTest::newRow("no login") << 401 << 200 << 200
                                  << "source-error the cluster 'prod' does not accept the credentials of the account "
                                     "of this connection";
        QTest::newRow("pods not allowed") << 200 << 403 << 200 << "source-error no, says the server";
        QTest::newRow("logs not allowed") << 200 << 200 << 403 << "source-error pods/log of a: no, says the server";
        QTest::newRow("a node away") << 200 << 200 << 500 << "source-error pods/log of a: could not be reached";
        QTest::newRow("a pod that goes meanwhile") << 200 << 200 << 404 << unseen;
    }
    void nobody_there_is_no_data_and_who_may_not_ask_a_source_error() {
        QFETCH(int, workload);
        QFETCH(int, listing);
        QFETCH(int, log);
        QFETCH(QString, expected);
        World world;
        world.workload = workload;
        world.listing = listing;
        world.pods[0].status = log;
        if (log == 0) {
            world.pods.clear();
        }
        QCOMPARE(world.ask(0), expected);
    }

    void what_is_no_answer_of_an_api_server_is_a_source_error_data() {
        QTest::addColumn<QString>("workload"); // "" = as it should be
        QTest::addColumn<QString>("list");
        QTest::newRow("a list for an object") << "[]"
                                              << "";
        QTest::newRow("a text") << R"("x")"
                                << "";
        QTest::newRow("a label that is none") << R"({"spec":{"selector":{"matchLabels":{"app":1}}}})"
                                              << "";
        QTest::newRow("an object for a list") << ""
                                              << "{}";
        QTest::newRow("nothing") << ""
                                 << "null";
        QTest::newRow("items that are none") << ""
                                             << R"({"items":"x"})";
        QTest::newRow("pods of another shape")
            << ""
            << R"({"items":[{"metadata":[],"spec":{"containers":[{"name":"app"}]}}]})";
    }
    void what_is_no_answer_of_an_api_server_is_a_source_error() {
        QFETCH(QString, workload);
        QFETCH(QString, list);
        World world;
        world.odd_workload = workload.toStdString();
        world.odd_list = list.toStdString();
        QCOMPARE(world.ask(0), QString("source-error the answer is not what an API server sends"));
    }

    void a_pod_that_stays_and_never_has_a_log_is_no_silent_one() {
        World world;
        world.pods.push_back({"b"});
        world.ask(0);
        world.pods[1].status = 404;
        QVERIFY(!world.ask(10).startsWith("source-error")); // as one that goes
        QVERIFY2(world.ask(20).startsWith("source-error pods/log of b: "), qPrintable(world.ask(21)));
        QVERIFY(world.ask(30).startsWith("source-error pods/log of b: "));
        world.pods.pop_back();
        QCOMPARE(world.ask(40), QString("0"));
    }

    void a_log_that_is_dated_ahead_does_not_make_the_next_lines_old() {
        World world;
        world.ask(0);
        world.write(world.pods[0], 300);
        QCOMPARE(world.ask(10), QString("source-error the log of a is dated ahead of the API server: a clock is off"));
    }

    void a_poll_that_fails_loses_nothing() {
        World world;
        world.pods.push_back({"b"});
        world.ask(0);
        world.ask(10);
        world.write(world.pods[0], 15);
        world.pods[1].status = 403;
        QCOMPARE(world.ask(20), QString("source-error pods/log of b: no, says the server"));
        world.pods[1].status = 200;
        world.write(world.pods[0], 25);
        QCOMPARE(world.ask(30), QString("0.1")); // two in the 20 s since the last good one
    }

    void what_is_too_large_is_a_source_error_and_begins_anew() {
        World world;
        Pod& a = world.pods[0];
        world.ask(0);
        world.ask(10);
        for (int i = 0; i < 1'100; ++i) {
            world.write(a, 15, std::string(1'000, 'x'));
        }
        QCOMPARE(world.ask(20),
                 QString("source-error the log of a grew by over 1024 KiB since the last poll: poll more "
                         "often, or read a container that writes less"));
        const QString behind = "no-data a log was larger than what is read of one; less than 20s of the logs has been "
                               "seen since";
        QCOMPARE(world.ask(30), behind);
        world.write(a, 35);
        QCOMPARE(world.ask(40), behind);
        QCOMPARE(world.ask(50), QString("0.05"));
    }

    void what_is_no_log_is_told_without_its_text() {
        World world;
        world.ask(0);
        world.pods[0].raw = "password=s3cr3t\n";
        QCOMPARE(world.ask(10),
                 QString("source-error the log of a: what came is no log: a line does not begin with a time"));
    }

    void a_container_must_be_there_and_be_told_where_there_are_several_data() {
        QTest::addColumn<QString>("container");
        QTest::addColumn<QString>("expected");
        QTest::newRow("several") << ""
                                 << "its pods have several containers: app, proxy";
        QTest::newRow("unknown") << "web"
                                 << "the pod a has no container 'web', but app, proxy";
        QTest::newRow("named") << "app"
                               << "";
        QTest::newRow("one before them") << "wait"
                                         << "";
    }
    void a_container_must_be_there_and_be_told_where_there_are_several() {
        QFETCH(QString, container);
        QFETCH(QString, expected);
        Json pod = Pod{"a"}.object();
        pod["spec"]["containers"].push_back({{"name", "proxy"}});
        pod["spec"]["initContainers"] = Json::array({{{"name", "wait"}}});
        const auto found = kubernetes::logging_containers(Json::array({pod}), container.toStdString());
        QCOMPARE(found ? QString() : QString::fromStdString(found.error().what), expected);
    }

    void nobody_waits_beyond_the_deadline() {
        World world;
        world.http.delay = seconds(3); // each of three requests
        QCOMPARE(world.ask(0), QString("source-error no answer in time"));
    }

    void a_source_that_is_gone_answers_nobody() {
        World world;
        bool told = false;
        world.source->poll(new_year + seconds(5), "k", [&](const series::SampleBatch&) { told = true; });
        world.source.reset();
        world.scheduler.run_until(new_year + seconds(10));
        QVERIFY(!told);
    }
};

SLUICE_TEST(LogRateSourceTest)
#include "log_rate_source_test.moc"
