/// A test of a connection finds out what a metric would be refused.
#include "base/virtual_scheduler.h"
#include "engine/connection_tests.h"
#include "plan/loader.h"
#include "sources/fake_http.h"
#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::engine;
using sluice::testing::new_year;

namespace {

const char* const with_logs =
    "sluice: 1\nid: p\nconnections: {cluster: {kubernetes: {context: c}}}\nmetrics:\n"
    "  a: {from: cluster, logs: {workload: shop/web, pattern: ERROR}, unit: per-second, rehearse: {value: 0}}\n"
    "  b: {from: cluster, logs: {selector: app=web, namespace: shop, pattern: FATAL}, unit: per-second}\n"
    "phases: [{id: one, steps: [{id: z, confirm: x}]}]\n";

} // namespace

class ConnectionAccessTest : public QObject {
    Q_OBJECT
private slots:
    void what_reading_logs_needs_is_reviewed_once_a_namespace_data() {
        QTest::addColumn<QString>("refused"); // verb of what is
        QTest::addColumn<QString>("expected");
        QTest::addColumn<int>("reviews");
        QTest::newRow("nothing") << ""
                                 << "Kubernetes v1.34.4, credentials taken, may read what 1 metric asks" << 3;
        QTest::newRow("the log") << "get log"
                                 << "does not let us get pods/log in the namespace shop, which the metric 'b' asks"
                                 << 3;
        QTest::newRow("the list") << "list "
                                  << "does not let us list pods in the namespace shop, which the metric 'b' asks" << 2;
    }
    void what_reading_logs_needs_is_reviewed_once_a_namespace() {
        QFETCH(QString, refused);
        QFETCH(QString, expected);
        QFETCH(int, reviews);
        VirtualScheduler scheduler(new_year);
        int reviewed = 0;
        testing::FakeHttp http(scheduler, [&](const net::HttpRequest& request) -> Result<net::HttpResponse> {
            if (request.url.ends_with("/version")) {
                return net::HttpResponse{200, {}, R"({"gitVersion": "v1.34.4"})"};
            }
            ++reviewed;
            Json review = Json::parse(request.body);
            const Json asked = review["spec"]["resourceAttributes"];
            const std::string what = asked.value("verb", "") + " " + asked.value("subresource", "");
            const bool of_pods = asked.value("resource", "") == "pods" && asked.value("namespace", "") == "shop";
            review["status"]["allowed"] = !of_pods || what != refused.toStdString();
            return net::HttpResponse{201, {}, review.dump()};
        });
        auto loaded = plan::load(with_logs, "p");
        QVERIFY(loaded.plan.has_value());
        const Outside outside{
            scheduler,
            http,
            [](const std::string&) -> Result<std::string> { return fail(ErrorCode::not_found, "no file"); },
            [](const std::string&) -> Result<Secret> { return Secret("x"); },
            std::make_shared<RedactionSet>(),
            [] { return new_year; },
            ""};
        ConnectionTests tests(*loaded.plan, {}, outside, {{"cluster", {{"server", "http://api"}, {"token", "t"}}}});
        std::optional<ConnectionAnswer> answer;
        tests.start([&](const ConnectionAnswer& one) { answer = one; }, [] {});
        scheduler.run_until(new_year + seconds(5));
        QVERIFY(answer.has_value());
        QCOMPARE(QString::fromStdString(answer->error ? answer->error->what : answer->found), expected);
        QCOMPARE(answer->level == ConnectionAnswer::Level::trouble, !refused.isEmpty());
        QCOMPARE(reviewed, reviews);
    }
};

SLUICE_TEST(ConnectionAccessTest)
#include "connection_access_test.moc"
