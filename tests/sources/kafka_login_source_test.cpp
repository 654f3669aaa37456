#include "sources/kafka_login_source.h"

#include "base/json.h"
#include "kafka/settings.h"
#include "net/live_scheduler.h"
#include "net/virtual_driver.h"
#include "sources/told.h"
#include "support/mock_kafka.h"
#include "support/new_year.h"
#include "support/sasl_broker.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::sources;
using sluice::testing::new_year;
using sluice::testing::SaslBroker;
using sluice::testing::told;
using Says = SaslBroker::Says;
using What = plan::LoginNumber::What;

namespace {

LoginMetric metric_of(What what) {
    LoginMetric metric;
    metric.name = "m";
    metric.unit = what == What::up ? "bool" : "s";
    metric.number.what = what;
    return metric;
}

std::shared_ptr<kafka::Connection> connection_to(const std::string& bootstrap, bool logs_in, Scheduler& scheduler) {
    Json block{{"bootstrap", bootstrap}};
    if (logs_in) {
        block["security"] = {
            {"protocol", "sasl_plaintext"}, {"mechanism", "plain"}, {"username", "lead"}, {"password", "env:KAFKA"}};
    }
    const auto settings =
        kafka::settings_of(block, [](const std::string&) { return Result<Secret>(Secret("hunter2hunter2")); });
    return kafka::Connection::without_client(scheduler, *settings);
}

} // namespace

class KafkaLoginSourceTest : public QObject {
    Q_OBJECT
private slots:
    void a_no_of_the_brokers_is_0_and_silence_is_none_data() {
        QTest::addColumn<int>("says");
        QTest::addColumn<int>("timeout_ms");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* title, Says says, int timeout_ms, const char* expected) {
            QTest::newRow(title) << static_cast<int>(says) << timeout_ms << QString(expected);
        };
        row("let in", Says::yes, 5000, "1");
        row("a wrong password", Says::no, 5000, "0 the brokers do not let this user in");
        row("a mechanism that they don't know", Says::other_mechanism, 5000,
            "0 the brokers don't know this SASL mechanism");
        row("no word", Says::nothing, 400, "source-error");
        row("the connection is cut", Says::hangs_up_at_handshake, 400, "source-error");
        row("or a little later", Says::hangs_up_at_login, 400, "source-error");
    }
    void a_no_of_the_brokers_is_0_and_silence_is_none() {
        QFETCH(int, says);
        QFETCH(int, timeout_ms);
        QFETCH(QString, expected);
        SaslBroker broker(static_cast<Says>(says));
        net::LiveScheduler scheduler;
        KafkaLoginSource source(connection_to(broker.bootstrap(), true, scheduler), scheduler, metric_of(What::up));
        std::optional<series::SampleBatch> batch;
        source.poll(scheduler.now() + milliseconds(timeout_ms), "k",
                    [&](series::SampleBatch got) { batch = std::move(got); });
        QTRY_VERIFY_WITH_TIMEOUT(batch.has_value(), 10'000);
        const QString got = told(*batch); // the clock or librdkafka's says that nobody answered
        QCOMPARE(expected == "source-error" ? got.section(' ', 0, 0) : got, expected);
        QCOMPARE(broker.logins(), 1); // a wrong password must not lock the account
    }

    void the_latency_is_that_of_a_login_which_was_let_in_data() {
        QTest::addColumn<bool>("up");
        QTest::addColumn<bool>("let_in");
        QTest::addColumn<QString>("expected");
        QTest::newRow("let in") << false << true << "0.25";
        QTest::newRow("refused") << false << false << "source-error no";
        QTest::newRow("up, let in") << true << true << "1";
        QTest::newRow("up, refused") << true << false << "0 no";
    }
    void the_latency_is_that_of_a_login_which_was_let_in() {
        QFETCH(bool, up);
        QFETCH(bool, let_in);
        QFETCH(QString, expected);
        const kafka::LoginAnswer login{let_in, let_in ? "" : "no"};
        const auto metric = metric_of(up ? What::up : What::latency);
        QCOMPARE(told(judge_login(metric, login, new_year - milliseconds(250), new_year)), expected);
        QCOMPARE(told(judge_login(metric, fail(ErrorCode::unreachable, "away", "b:9093"), new_year, new_year)),
                 QString("source-error away"));
    }

    void a_rehearsal_s_brokers_let_everybody_in_at_once() {
        testing::MockKafka kafka;
        VirtualScheduler scheduler(new_year);
        net::VirtualDriver driver(scheduler);
        for (const What what : {What::up, What::latency}) {
            KafkaLoginSource source(connection_to(kafka.bootstrap(), false, scheduler), scheduler, metric_of(what));
            std::optional<series::SampleBatch> batch;
            source.poll(scheduler.now() + seconds(5), "k", [&](series::SampleBatch got) { batch = std::move(got); });
            QVERIFY(driver.run_until([&] { return batch.has_value(); }));
            QCOMPARE(told(*batch), QString(what == What::up ? "1" : "0"));
        }
    }

    void a_source_that_goes_away_waits_for_nobody() {
        SaslBroker broker(Says::nothing);
        net::LiveScheduler scheduler;
        bool told_somebody = false;
        {
            KafkaLoginSource source(connection_to(broker.bootstrap(), true, scheduler), scheduler, metric_of(What::up));
            source.poll(scheduler.now() + milliseconds(600), "k",
                        [&](const series::SampleBatch&) { told_somebody = true; });
        }
        QCoreApplication::processEvents();
        QVERIFY(!told_somebody);
    }
};

SLUICE_TEST(KafkaLoginSourceTest)
#include "kafka_login_source_test.moc"
