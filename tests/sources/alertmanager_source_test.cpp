#include "sources/alertmanager_source.h"

#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::sources;
using series::Status;
using sluice::testing::new_year;

namespace {

/// As Alertmanager 0.25 answers, without what is not read.
constexpr const char* two = R"([
    {"annotations":{},"endsAt":"2026-01-01T00:05:00.000Z","fingerprint":"0b6f5fcb","receivers":[{"name":"team"}],
     "startsAt":"2026-01-01T00:00:00.000Z","status":{"inhibitedBy":[],"silencedBy":[],"state":"active"},
     "updatedAt":"2026-01-01T00:00:00.000Z","generatorURL":"",
     "labels":{"alertname":"HighErrorRate","severity":"page","version":"v2"}},
    {"labels":{"alertname":"Slow","severity":"page"},"status":{"state":"active"}}])";

Result<net::HttpResponse> answer(const std::string& body, int status = 200) {
    net::HttpResponse response;
    response.status = status;
    response.body = body;
    return response;
}

} // namespace

class AlertmanagerSourceTest : public QObject {
    Q_OBJECT
private slots:
    void alerts_are_counted_in_all_and_by_arm() {
        AlertMetric metric{"alerts", "count", {}, "", {}, Reduce::none};
        auto batch = judge_alerts(metric, answer(two), new_year);
        QCOMPARE(batch.readings.size(), 1u);
        QCOMPARE(batch.readings[0].value, 2.0);
        batch = judge_alerts(metric, answer("[]"), new_year);
        QCOMPARE(batch.status, Status::ok); // it answered, and none fires: a value
        QCOMPARE(batch.readings[0].value, 0.0);
        metric.by_arm = "version";
        metric.arms = {{"v1", "blue"}, {"v2", "green"}};
        batch = judge_alerts(metric, answer(two), new_year);
        QCOMPARE(batch.readings.size(), 2u);
        QCOMPARE(batch.readings[0].value, 0.0);
        QCOMPARE(batch.readings[1].arm, std::string("green"));
        QCOMPARE(batch.readings[1].value, 1.0);
    }

    void each_alert_by_its_name() {
        AlertMetric metric{"alerts", "count", {}, "", {}, Reduce::each};
        const auto batch = judge_alerts(metric, answer(two), new_year);
        QCOMPARE(batch.readings.size(), 2u);
        QCOMPARE(batch.readings[0].labels.at("alertname"), std::string("HighErrorRate"));
        QCOMPARE(batch.readings[1].value, 1.0);
        QCOMPARE(judge_alerts(metric, answer("[]"), new_year).readings[0].value, 0.0);
    }

    void what_is_no_answer_is_a_source_error_data() {
        QTest::addColumn<QString>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("detail");
        QTest::newRow("refused") << "unauthorized" << 401 << "HTTP status 401";
        QTest::newRow("broken") << "[{\"labels\":" << 200 << "the answer is no list of alerts";
        QTest::newRow("an object") << "{}" << 200 << "the answer is no list of alerts";
        QTest::newRow("no labels") << "[{}]" << 200 << "an alert without labels";
        QTest::newRow("no alert") << "[7]" << 200 << "an alert without labels";
        QTest::newRow("no text") << R"([{"labels":{"a":1}}])" << 200 << "an alert whose labels are no text";
    }
    void what_is_no_answer_is_a_source_error() {
        QFETCH(QString, body);
        QFETCH(int, status);
        QFETCH(QString, detail);
        const AlertMetric metric{"alerts", "count", {}, "", {}, Reduce::none};
        const auto batch = judge_alerts(metric, answer(body.toStdString(), status), new_year);
        QCOMPARE(batch.status, Status::source_error);
        QCOMPARE(QString::fromStdString(batch.detail), detail);
    }
};

SLUICE_TEST(AlertmanagerSourceTest)
#include "alertmanager_source_test.moc"
