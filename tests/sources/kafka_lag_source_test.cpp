#include "sources/kafka_lag_source.h"

#include "base/virtual_scheduler.h"
#include "net/virtual_driver.h"
#include "support/mock_kafka.h"
#include "support/suite.h"

#include <QElapsedTimer>
#include <QtTest>

using namespace sluice;
using namespace sluice::sources;
using series::Status;

namespace {

/// Topics nova.events (3 partitions, 10 20 30 messages), nova.audit (1 partition, 5) and nova.idle (1, none).
struct World {
    testing::MockKafka kafka;
    VirtualScheduler scheduler{seconds(1'767'225'600)};
    net::VirtualDriver driver{scheduler};
    std::shared_ptr<kafka::Connection> connection;

    bool fill() {
        bool good = kafka.create("nova.events", 3) && kafka.create("nova.audit", 1) && kafka.create("nova.idle", 1);
        for (int p = 0; p < 3; ++p) {
            good = good && kafka.produce("nova.events", p, 10 * (p + 1));
        }
        return good && kafka.produce("nova.audit", 0, 5);
    }

    void connect(std::string bootstrap = {}, Nanos ceiling = seconds(10)) {
        auto settings = kafka::settings_of(
            Json{{"bootstrap", bootstrap.empty() ? kafka.bootstrap() : bootstrap}, {"group-offsets", "named"}},
            [](const std::string& reference) { return Result<Secret>(Secret(reference)); });
        settings->ceiling = ceiling;
        connection = *kafka::Connection::make(scheduler, *settings);
    }

    series::SampleBatch ask(LagMetric metric) {
        if (!connection) {
            connect();
        }
        metric.name = "lag";
        KafkaLagSource source(connection, scheduler, std::move(metric));
        std::optional<series::SampleBatch> answered;
        source.poll(scheduler.now() + seconds(5), "poll/lag/1",
                    [&](series::SampleBatch batch) { answered = std::move(batch); });
        if (!driver.run_until([&] { return answered.has_value(); })) {
            qFatal("no answer");
        }
        return *answered;
    }
    series::SampleBatch ask(std::vector<std::string> groups, std::vector<std::string> topics,
                            Reduce reduce = Reduce::sum) {
        LagMetric metric;
        metric.question = {std::move(groups), std::move(topics)};
        metric.reduce = reduce;
        return ask(std::move(metric));
    }
};

QString text(const series::SampleBatch& batch) {
    QStringList parts;
    for (const auto& reading : batch.readings) {
        std::string where;
        for (const auto& [name, value] : reading.labels) {
            where += value + "/";
        }
        parts << QString::fromStdString(
            where + (reading.status == Status::ok ? number_text(reading.value) : name(reading.status)));
    }
    return parts.join(" ");
}

} // namespace

class KafkaLagSourceTest : public QObject {
    Q_OBJECT
private slots:
    /// librdkafka 2.0.2 followed a null pointer here.
    void a_coordinator_that_moves_is_survived() {
        World world;
        QVERIFY(world.fill() && world.kafka.commit("analytics", "nova.audit", 0, 2));
        rd_kafka_mock_push_request_errors(world.kafka.cluster(), 9 /* OffsetFetch */, 1,
                                          RD_KAFKA_RESP_ERR_NOT_COORDINATOR);
        (void)world.ask({"analytics"}, {"nova.audit"}); // may be told, or asked again by librdkafka itself
        const auto batch = world.ask({"analytics"}, {"nova.audit"});
        QCOMPARE(batch.samples().size(), std::size_t{1});
        QCOMPARE(batch.samples().front().value, 3.0);
    }

    void lag_is_end_minus_commit_and_is_reduced() {
        World world;
        QVERIFY(world.fill());
        for (int p = 0; p < 3; ++p) {
            QVERIFY(world.kafka.commit("analytics", "nova.events", p, 4));
        }
        QCOMPARE(text(world.ask({"analytics"}, {"nova.events"})), QString("48"));
        QCOMPARE(text(world.ask({"analytics"}, {"nova.events"}, Reduce::max)), QString("26"));
        QCOMPARE(text(world.ask({"analytics"}, {"nova.events"}, Reduce::avg)), QString("16"));
        QCOMPARE(text(world.ask({"analytics"}, {"nova.events"}, Reduce::each)),
                 QString("analytics/0/nova.events/6 analytics/1/nova.events/16 analytics/2/nova.events/26"));
        const auto batch = world.ask({"analytics"}, {"nova.events"}, Reduce::none);
        QCOMPARE(batch.status, Status::source_error);
        QVERIFY(batch.readings[0].received_at == seconds(1'767'225'600)); // no virtual time passed
        QCOMPARE(batch.unit, std::string("messages"));
    }

    void partitions_are_told_beside_the_values_with_those_that_have_no_commit() {
        World world;
        QVERIFY(world.fill() && world.kafka.commit("analytics", "nova.events", 0, 4));
        const auto batch = world.ask({"analytics"}, {"nova.events"});
        QCOMPARE(text(batch), QString("6"));
        QStringList beside;
        for (const auto& one : batch.beside) {
            beside << QString::fromStdString(one.metric + " " + name(one.status) + " " + one.detail);
        }
        QCOMPARE(beside.size(), 4);
        QVERIFY(beside[0].startsWith("lag/partitions ok {\"groups\":[\"analytics\"]"));
        QCOMPARE(beside.mid(1),
                 (QStringList{"lag/partitions ok 4 10 10 - - - - -", "lag/partitions no-data - 20 20 - - - - -",
                              "lag/partitions no-data - 30 30 - - - - -"}));
    }

    void no_commit_is_told_and_is_never_zero() {
        World world;
        QVERIFY(world.fill());
        auto batch = world.ask({"fresh"}, {"nova.events"});
        QCOMPARE(text(batch), QString("no-data"));
        QCOMPARE(batch.detail, std::string("no commit"));
        QCOMPARE(batch.degraded,
                 std::vector<std::string>{"fresh nova.events: 3 partition(s) with messages and no commit"});
        QVERIFY(world.kafka.commit("fresh", "nova.events", 1, 20));
        batch = world.ask({"fresh"}, {"nova.events", "nova.idle"});
        QCOMPARE(text(batch), QString("0")); // caught up there: a real 0
        QCOMPARE(batch.degraded,
                 std::vector<std::string>{"fresh nova.events: 2 partition(s) with messages and no commit"});
    }

    void an_unknown_topic_is_told_without_losing_the_rest() {
        World world;
        QVERIFY(world.fill());
        QVERIFY(world.kafka.commit("analytics", "nova.audit", 0, 2));
        // The mock cluster makes every topic that is asked for, so it has to be told what a broker answers.
        rd_kafka_mock_topic_set_error(world.kafka.cluster(), "nova.gone", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
        auto batch = world.ask({"analytics"}, {"nova.audit", "nova.gone"});
        QCOMPARE(text(batch), QString("3"));
        QCOMPARE(batch.degraded, std::vector<std::string>{"topic nova.gone is not known to the cluster"});
        batch = world.ask({"analytics"}, {"nova.gone"});
        QCOMPARE(text(batch), QString("no-data"));
        QCOMPARE(batch.detail, std::string("topic nova.gone is not known to the cluster"));
    }

    void what_groups_do_is_told_beside_their_lag_and_changes_none_data() {
        QTest::addColumn<QString>("states"); // of analytics, that is 3 behind, and of billing, that has read all
        QTest::addColumn<QString>("detail");
        QTest::addColumn<QString>("degraded");
        QTest::newRow("not known") << ""
                                   << ""
                                   << "";
        QTest::newRow("stable") << "Stable Stable"
                                << ""
                                << "";
        QTest::newRow("one is rebalancing") << "PreparingRebalance Stable"
                                            << "group analytics is rebalancing"
                                            << "group analytics is rebalancing";
        QTest::newRow("both are") << "CompletingRebalance PreparingRebalance"
                                  << "groups analytics and 1 more are rebalancing"
                                  << "groups analytics and 1 more are rebalancing";
        QTest::newRow("nobody reads") << "Empty Stable"
                                      << "group analytics has no members"
                                      << "";
        QTest::newRow("nobody needs to read") << "Stable Empty"
                                              << ""
                                              << "";
        QTest::newRow("one of each") << "Empty PreparingRebalance"
                                     << "group billing is rebalancing; group analytics has no members"
                                     << "group billing is rebalancing";
    }
    void what_groups_do_is_told_beside_their_lag_and_changes_none() {
        QFETCH(QString, states);
        QFETCH(QString, detail);
        QFETCH(QString, degraded);
        LagAnswer answer;
        answer.partitions = {{"analytics", "nova.audit", 0, 2, 5, {}, {}}, {"billing", "nova.audit", 0, 5, 5, {}, {}}};
        const QStringList both = states.split(' ');
        if (both.size() == 2) {
            answer.group_states = {{"analytics", both[0].toStdString()}, {"billing", both[1].toStdString()}};
        }
        LagMetric metric;
        metric.name = "lag";
        metric.reduce = Reduce::sum;
        auto batch = judge(metric, answer, seconds(1));
        QCOMPARE(text(batch), QString("3"));
        QCOMPARE(QString::fromStdString(batch.readings[0].detail), detail);
        QCOMPARE(QString::fromStdString(batch.degraded.empty() ? "" : batch.degraded[0]), degraded);
        // Where each stands for itself, it is told of each.
        metric.reduce = Reduce::each;
        batch = judge(metric, answer, seconds(1));
        QCOMPARE(text(batch), QString("analytics/0/nova.audit/3 billing/0/nova.audit/0"));
        QCOMPARE(batch.readings[0].detail.empty(), !(states.startsWith("Empty") || both[0].contains("Rebalance")));
        QCOMPARE(batch.readings[1].detail.empty(), !states.endsWith("Rebalance"));
    }

    void a_group_that_never_committed_tells_what_it_does() {
        LagAnswer answer;
        answer.partitions = {{"fresh", "nova.audit", 0, {}, 5, {}, {}}};
        answer.group_states = {{"fresh", "Empty"}};
        LagMetric metric;
        metric.name = "lag";
        metric.reduce = Reduce::sum;
        const auto batch = judge(metric, answer, seconds(1));
        QCOMPARE(text(batch), QString("no-data"));
        QCOMPARE(batch.detail, std::string("no commit; group fresh has no members"));
    }

    void without_topics_all_that_a_group_committed_counts() {
        World world;
        QVERIFY(world.fill());
        QVERIFY(world.kafka.commit("analytics", "nova.audit", 0, 2));
        QVERIFY(world.kafka.commit("billing", "nova.events", 2, 0));
        QCOMPARE(text(world.ask({"analytics", "billing"}, {}, Reduce::each)),
                 QString("analytics/0/nova.audit/3 billing/2/nova.events/30"));
    }

    void many_groups_are_asked_at_once() {
        World world;
        QVERIFY(world.fill());
        std::vector<std::string> groups;
        for (int i = 0; i < 100; ++i) {
            groups.push_back("g" + std::to_string(i));
            QVERIFY(world.kafka.commit(groups.back().c_str(), "nova.audit", 0, 1));
        }
        for (int broker = 1; broker <= 3; ++broker) {
            rd_kafka_mock_broker_set_rtt(world.kafka.cluster(), broker, 20);
        }
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(text(world.ask(groups, {"nova.audit"})), QString("400"));
        // 100 groups × 2 requests × 20 ms would be 4 s one after the other.
        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
    }

    void a_commit_past_the_end_is_no_lag() {
        World world;
        QVERIFY(world.fill());
        QVERIFY(world.kafka.commit("analytics", "nova.audit", 0, 99));
        const auto batch = world.ask({"analytics"}, {"nova.audit"});
        QCOMPARE(batch.status, Status::source_error);
        QCOMPARE(batch.detail, std::string("analytics nova.audit/0: the commit lies past the end"));
    }

    void a_group_that_is_refused_does_not_lose_the_others() {
        World world;
        QVERIFY(world.fill());
        QVERIFY(world.kafka.commit("analytics", "nova.audit", 0, 2));
        QVERIFY(world.kafka.commit("billing", "nova.audit", 0, 1));
        constexpr std::int16_t offset_fetch = 9;
        rd_kafka_mock_push_request_errors(world.kafka.cluster(), offset_fetch, 1,
                                          RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
        auto batch = world.ask({"analytics", "billing"}, {"nova.audit"}, Reduce::each);
        QCOMPARE(batch.readings.size(), 1u);
        QCOMPARE(batch.degraded.size(), 1u);
        QVERIFY(batch.degraded[0].find("Group authorization failed") != std::string::npos);
        // A sum without one of its groups would be too small.
        rd_kafka_mock_push_request_errors(world.kafka.cluster(), offset_fetch, 1,
                                          RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
        batch = world.ask({"analytics", "billing"}, {"nova.audit"}, Reduce::sum);
        QCOMPARE(text(batch), QString("source-error"));
    }

    void brokers_that_are_away_are_a_source_error_and_come_back() {
        World world;
        QVERIFY(world.fill());
        QVERIFY(world.kafka.commit("analytics", "nova.audit", 0, 2));
        world.connect({}, milliseconds(3000));
        QCOMPARE(text(world.ask({"analytics"}, {"nova.audit"})), QString("3"));
        for (int broker = 1; broker <= 3; ++broker) {
            rd_kafka_mock_broker_set_down(world.kafka.cluster(), broker);
        }
        auto batch = world.ask({"analytics"}, {"nova.audit"});
        QCOMPARE(text(batch), QString("source-error"));
        QCOMPARE(batch.detail, std::string("the broker did not answer"));
        for (int broker = 1; broker <= 3; ++broker) {
            rd_kafka_mock_broker_set_up(world.kafka.cluster(), broker);
        }
        for (int i = 0; i < 10 && batch.status != Status::ok; ++i) {
            batch = world.ask({"analytics"}, {"nova.audit"});
        }
        QCOMPARE(text(batch), QString("3"));
    }

    void nobody_listening_is_a_source_error() {
        World world;
        world.connect("127.0.0.1:1", milliseconds(1000));
        const auto batch = world.ask({"analytics"}, {"nova.audit"});
        QCOMPARE(batch.status, Status::source_error);
        QCOMPARE(batch.detail, std::string("the broker did not answer"));
    }

    void a_destroyed_source_and_connection_call_nobody() {
        World world;
        world.connect("127.0.0.1:1", milliseconds(500));
        bool called = false;
        {
            LagMetric metric;
            metric.question = {{"g"}, {"t"}};
            KafkaLagSource source(world.connection, world.scheduler, metric);
            source.poll(world.scheduler.now() + seconds(5), "k", [&](const series::SampleBatch&) { called = true; });
            QVERIFY(world.scheduler.in_flight());
        }
        world.connection.reset();
        QVERIFY(!world.scheduler.in_flight());
        world.scheduler.run_until(world.scheduler.now() + seconds(60));
        QVERIFY(!called);
    }

    void settings_become_librdkafka_properties() {
        const auto resolve = [](const std::string& reference) -> Result<Secret> {
            if (reference == "env:PASSWORD") {
                return Secret("hunter2");
            }
            if (reference == "file:our.key") {
                return Secret("PRIVATE KEY");
            }
            return fail(ErrorCode::not_found, "no such secret", reference);
        };
        const auto settings = kafka::settings_of(
            *parse_json(R"({"bootstrap":"b:9093","isolation":"read_uncommitted","properties":{"socket.timeout.ms":1500},
                            "security":{"protocol":"sasl_ssl","mechanism":"scram-sha-512","username":"sluice",
                                        "password":"env:PASSWORD","ca":"/ca.pem","certificate":"/our.pem",
                                        "key":"file:our.key"}})",
                        "test"),
            resolve);
        QVERIFY(settings);
        const auto& got = settings->properties;
        QCOMPARE(got.at("bootstrap.servers"), std::string("b:9093"));
        QCOMPARE(got.at("security.protocol"), std::string("sasl_ssl"));
        QCOMPARE(got.at("sasl.mechanisms"), std::string("SCRAM-SHA-512"));
        QCOMPARE(got.at("sasl.username"), std::string("sluice"));
        QCOMPARE(got.at("sasl.password"), std::string("hunter2"));
        QCOMPARE(got.at("ssl.ca.location"), std::string("/ca.pem"));
        QCOMPARE(got.at("ssl.certificate.location"), std::string("/our.pem"));
        QCOMPARE(got.at("ssl.key.pem"), std::string("PRIVATE KEY"));
        QCOMPARE(got.at("isolation.level"), std::string("read_uncommitted"));
        QCOMPARE(got.at("socket.timeout.ms"), std::string("1500"));
        QVERIFY(!settings->explicit_partitions);
        for (const char* bad : {R"({})", R"([])", R"({"bootstrap":"b","colour":"red"})", R"({"bootstrap":["b"]})",
                                R"({"bootstrap":"b","security":{"pin":"1"}})", R"({"bootstrap":"b","security":"ssl"})",
                                R"({"bootstrap":"b","security":{"password":"env:OTHER"}})",
                                R"({"bootstrap":"b","isolation":"none"})", R"({"bootstrap":"b","properties":[]})"}) {
            QVERIFY2(!kafka::settings_of(*parse_json(bad, "test"), resolve), bad);
        }
    }

    void what_librdkafka_does_not_take_is_told_without_its_value() {
        VirtualScheduler scheduler(seconds(0));
        kafka::Settings settings;
        settings.properties = {
            {"bootstrap.servers", "b:1"}, {"sasl.mechanisms", "SCRAM-SHA-512"}, {"nosuch", "hunter2"}};
        const auto connection = kafka::Connection::make(scheduler, settings);
        QVERIFY(!connection);
        QVERIFY(to_text(connection.error()).find("nosuch") != std::string::npos);
        QVERIFY(to_text(connection.error()).find("hunter2") == std::string::npos);
    }
};

SLUICE_TEST(KafkaLagSourceTest)
#include "kafka_lag_source_test.moc"
