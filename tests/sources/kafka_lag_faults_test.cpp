#include "sources/kafka_lag_source.h"
#include "sources/watched_gate.h"
#include "support/mock_kafka.h"
#include "support/suite.h"

#include <array>

using namespace sluice;
using namespace sluice::testing;

namespace {

enum class Trouble { brokers_down, slow, group_refused, topic_refused };
constexpr std::int16_t offset_fetch = 9;

/// Group analytics is 3 behind on the one partition of nova.audit; the gate allows for less than 10.
struct World {
    World() {
        auto settings =
            kafka::settings_of(Json{{"bootstrap", kafka.bootstrap()}, {"group-offsets", "named"}},
                               [](const std::string& reference) { return Result<Secret>(Secret(reference)); });
        settings->ceiling = milliseconds(1500);
        connection = *kafka::Connection::make(time.scheduler(), *settings);
        plan::Metric metric;
        metric.name = "lag";
        metric.interval = seconds(20); // a cluster that is away costs real time with each poll
        metric.max_age = seconds(30);
        sources::LagMetric asked;
        asked.name = metric.name;
        asked.question = {{"analytics"}, {"nova.audit"}};
        asked.reduce = sources::Reduce::sum;
        gate.emplace(time.scheduler(), metric, "< 10",
                     std::make_unique<sources::KafkaLagSource>(connection, time.scheduler(), asked));
    }
    bool fill() {
        return kafka.create("nova.audit", 1) && kafka.produce("nova.audit", 0, 5) &&
               kafka.commit("analytics", "nova.audit", 0, 2);
    }

    void set(Trouble trouble, bool on) {
        auto* cluster = kafka.cluster();
        for (int broker = 1; broker <= 3; ++broker) {
            if (trouble == Trouble::brokers_down) {
                on ? rd_kafka_mock_broker_set_down(cluster, broker) : rd_kafka_mock_broker_set_up(cluster, broker);
            } else if (trouble == Trouble::slow) {
                rd_kafka_mock_broker_set_rtt(cluster, broker, on ? 2500 : 0);
            }
        }
        if (trouble == Trouble::group_refused && on) {
            std::array<rd_kafka_resp_err_t, 50> errors{};
            errors.fill(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
            rd_kafka_mock_push_request_errors_array(cluster, offset_fetch, errors.size(), errors.data());
        } else if (trouble == Trouble::group_refused) {
            rd_kafka_mock_clear_request_errors(cluster, offset_fetch);
        } else if (trouble == Trouble::topic_refused) {
            rd_kafka_mock_topic_set_error(
                cluster, "nova.audit", on ? RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED : RD_KAFKA_RESP_ERR_NO_ERROR);
        }
    }

    MockKafka kafka;
    Time time{false};
    std::shared_ptr<kafka::Connection> connection;
    std::optional<WatchedGate> gate;
};

} // namespace

Q_DECLARE_METATYPE(Trouble)

class KafkaLagFaultsTest : public QObject {
    Q_OBJECT
private slots:
    void no_gate_passes_by_a_cluster_that_fails_and_it_recovers_by_itself_data() {
        QTest::addColumn<Trouble>("trouble");
        QTest::addColumn<QString>("says");
        QTest::addColumn<QString>("names"); ///< whom
        QTest::newRow("all brokers down") << Trouble::brokers_down << "the broker did not answer"
                                          << "";
        QTest::newRow("slower than the ceiling") << Trouble::slow << ""
                                                 << "";
        QTest::newRow("group refused") << Trouble::group_refused << ""
                                       << "analytics";
        QTest::newRow("topic refused") << Trouble::topic_refused << ""
                                       << "nova.audit";
    }
    void no_gate_passes_by_a_cluster_that_fails_and_it_recovers_by_itself() {
        QFETCH(Trouble, trouble);
        QFETCH(QString, says);
        QFETCH(QString, names);
        World world;
        QVERIFY(world.fill());
        QCOMPARE(recovers(world.time, *world.gate), QString()); // a good start
        world.set(trouble, true);
        QCOMPARE(holds_back(world.time, *world.gate, "source-error: " + says), QString());
        QVERIFY(world.gate->said() != "source-error: "); // there is a reason
        QVERIFY2(world.gate->said().contains(names), qPrintable(world.gate->said()));
        world.set(trouble, false);
        QCOMPARE(recovers(world.time, *world.gate), QString());
    }
};

SLUICE_TEST(KafkaLagFaultsTest)
#include "kafka_lag_faults_test.moc"
