#include "base/virtual_scheduler.h"
#include "kafka/call.h"
#include "kafka/connection.h"
#include "kafka/groups.h"
#include "net/virtual_driver.h"
#include "support/mock_kafka.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::kafka;

namespace {

constexpr std::int16_t list_offsets_key = 2;

/// Topics orders (3 partitions of 10, 20, 30 messages, led by brokers 1, 2, 3) and moves (1 of 5); group billing has
/// committed 4 everywhere.
struct World {
    testing::MockKafka kafka;
    VirtualScheduler scheduler{seconds(1'767'225'600)};
    net::VirtualDriver driver{scheduler};
    std::unique_ptr<Connection> connection;

    bool fill() {
        bool good = kafka.create("orders", 3) && kafka.create("moves", 1);
        for (int p = 0; p < 3; ++p) {
            rd_kafka_mock_partition_set_leader(kafka.cluster(), "orders", p, p + 1);
            good = good && kafka.produce("orders", p, 10 * (p + 1)) && kafka.commit("billing", "orders", p, 4);
        }
        return good && kafka.produce("moves", 0, 5) && kafka.commit("billing", "moves", 0, 4);
    }

    void connect(const std::string& bootstrap, bool named, Nanos ceiling = seconds(10)) {
        Settings settings;
        settings.properties = usual_properties();
        settings.properties["bootstrap.servers"] = bootstrap;
        settings.explicit_partitions = named;
        settings.ceiling = ceiling;
        connection = *Connection::make(scheduler, settings);
    }

    LagAnswer ask(LagQuestion question) {
        if (!connection) {
            connect(kafka.bootstrap(), false);
        }
        std::optional<LagAnswer> answered;
        connection->ask(std::move(question), "ask", [&](LagAnswer answer) { answered = std::move(answer); });
        if (!driver.run_until([&] { return answered.has_value(); })) {
            qFatal("no answer");
        }
        return *answered;
    }
};

/// "orders/0:6" is a lag, "orders/1:?why" has none.
QString shown(const LagAnswer& answer) {
    QStringList parts;
    for (const auto& at : answer.partitions) {
        const auto lag = at.lag();
        parts << QString("%1/%2:%3")
                     .arg(QString::fromStdString(at.topic))
                     .arg(at.partition)
                     .arg(lag ? QString::number(*lag) : "?" + QString::fromStdString(at.trouble));
    }
    return parts.join(' ');
}

} // namespace

class LagTest : public QObject {
    Q_OBJECT
private slots:
    void the_end_of_the_log_is_told_beside_the_stable_one() {
        World world;
        QVERIFY(world.fill());
        const auto answer = world.ask({{"billing"}, {"orders"}, true});
        QCOMPARE(shown(answer), QString("orders/0:6 orders/1:16 orders/2:26"));
        for (const auto& at : answer.partitions) {
            QVERIFY(at.end && at.high && *at.end == *at.high);
        }
        QVERIFY(!world.ask({{"billing"}, {"orders"}}).partitions.front().high);
    }

    /// Who asks for the whole log is a client of its own: here it reaches nobody.
    void what_is_asked_beside_changes_no_lag() {
        World world;
        QVERIFY(world.fill());
        for (const bool reached : {true, false}) {
            Settings settings;
            settings.properties = usual_properties();
            settings.properties["bootstrap.servers"] = world.kafka.bootstrap();
            const auto client = make_client(settings, RD_KAFKA_CONSUMER);
            QVERIFY(client);
            std::map<std::string, Client> others;
            if (!reached) {
                auto nowhere = make_client(settings, RD_KAFKA_CONSUMER, {{"bootstrap.servers", "127.0.0.1:1"}});
                QVERIFY(nowhere);
                others.emplace("whole log", std::move(*nowhere));
            }
            const std::atomic<bool> stop = false;
            const Call call{.client = client->get(),
                            .settings = settings,
                            .ends_at = Call::Clock::now() + std::chrono::seconds(8),
                            .most = std::chrono::seconds(4),
                            .stop = stop,
                            .others = &others};
            LagQuestion question{{"billing"}, {"orders"}};
            question.whole_log_beside = true;
            const auto answer = ask_lag(call, question);
            QCOMPARE(shown(answer), QString("orders/0:6 orders/1:16 orders/2:26"));
            for (const auto& at : answer.partitions) {
                QVERIFY(at.high == (reached ? at.end : std::nullopt));
            }
        }
    }

    void a_partition_without_a_leader_does_not_lose_the_rest() {
        World world;
        QVERIFY(world.fill());
        rd_kafka_mock_partition_set_leader(world.kafka.cluster(), "orders", 1, -1);
        for (const bool whole_log : {false, true}) {
            const auto answer = world.ask({{"billing"}, {"orders"}, whole_log});
            QCOMPARE(shown(answer), QString("orders/0:6 orders/1:?the partition has no leader orders/2:26"));
            QCOMPARE(*answer.partitions[1].committed, std::int64_t{4}); // that much is known
            QVERIFY(answer.failure.empty() && answer.failures.empty());
        }
    }

    void a_broker_that_is_away_loses_only_its_partitions() {
        World world;
        QVERIFY(world.fill());
        // Its coordinator stays, so that commits are known.
        rd_kafka_mock_coordinator_set(world.kafka.cluster(), "group", "billing", 1);
        rd_kafka_mock_broker_set_down(world.kafka.cluster(), 3);
        world.connect(world.kafka.bootstrap(), false, seconds(6));
        QCOMPARE(shown(world.ask({{"billing"}, {"orders"}, true})),
                 QString("orders/0:6 orders/1:16 orders/2:?the broker did not answer"));
    }

    /// librdkafka 2.0.2 ends the process when a coordinator comes back after the time of a request to it was over.
    void a_coordinator_that_comes_back_answers() {
        World world;
        QVERIFY(world.fill());
        rd_kafka_mock_partition_set_leader(world.kafka.cluster(), "moves", 0, 1);
        rd_kafka_mock_coordinator_set(world.kafka.cluster(), "group", "billing", 3);
        rd_kafka_mock_broker_set_down(world.kafka.cluster(), 3);
        world.connect(world.kafka.bootstrap(), false, seconds(3));
        const auto without = world.ask({{"billing"}, {"moves"}});
        QCOMPARE(without.failures, std::vector<std::string>{"group billing: the broker did not answer"});
        rd_kafka_mock_broker_set_up(world.kafka.cluster(), 3);
        QCOMPARE(shown(world.ask({{"billing"}, {"moves"}})), QString("moves/0:1"));
    }

    void a_topic_that_is_denied_is_told_at_its_place() {
        World world;
        QVERIFY(world.fill());
        world.connect(world.kafka.bootstrap(), true);
        rd_kafka_mock_topic_set_error(world.kafka.cluster(), "moves", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
        const auto answer = world.ask({{"billing"}, {"orders", "moves"}, true});
        QCOMPARE(shown(answer), QString("orders/0:6 orders/1:16 orders/2:26"));
        QCOMPARE(answer.failures, std::vector<std::string>{"topic moves: Broker: Topic authorization failed"});
        QVERIFY(answer.refused && answer.failed_groups.empty());
    }

    void where_no_topic_is_to_be_had_no_group_is_said_to_have_no_commit() {
        World world;
        QVERIFY(world.fill());
        rd_kafka_mock_topic_set_error(world.kafka.cluster(), "moves", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
        rd_kafka_mock_topic_set_error(world.kafka.cluster(), "gone", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
        const auto answer = world.ask({{"billing"}, {"moves", "gone"}, true});
        QCOMPARE(answer.failed_groups, std::vector<std::string>{"billing"});
        QCOMPARE(answer.missing_topics, std::vector<std::string>{"gone"});
        QVERIFY(answer.partitions.empty() && answer.failures.size() == 1);
    }

    void a_partition_that_answers_with_an_error_is_found_among_the_others() {
        World world;
        QVERIFY(world.fill());
        rd_kafka_mock_partition_set_leader(world.kafka.cluster(), "orders", 0, 2); // two led by one broker
        rd_kafka_mock_push_request_errors(world.kafka.cluster(), list_offsets_key, 1,
                                          RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
        const auto answer = world.ask({{"billing"}, {"orders"}});
        QCOMPARE(answer.partitions.size(), std::size_t{3});
        QVERIFY2(std::ranges::count_if(answer.partitions, [](const auto& at) { return at.lag().has_value(); }) >= 2,
                 qPrintable(shown(answer)));
    }

    void a_group_that_is_denied_is_named() {
        World world;
        QVERIFY(world.fill());
        rd_kafka_mock_push_request_errors(world.kafka.cluster(), 9 /* OffsetFetch */, 1,
                                          RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
        const auto answer = world.ask({{"billing"}, {"orders"}});
        QCOMPARE(answer.failed_groups, std::vector<std::string>{"billing"});
        QCOMPARE(answer.failures, std::vector<std::string>{"group billing: Broker: Group authorization failed"});
        QVERIFY(answer.refused && answer.partitions.empty() && answer.failure.empty());
    }

    /// As librdkafka's mock cluster is one of those.
    void brokers_that_list_no_groups_say_so() {
        World world;
        world.connect(world.kafka.bootstrap(), false);
        std::optional<Result<GroupList>> answered;
        world.connection->call<Result<GroupList>>(
            "groups", seconds(10), [](const Call& call) { return list_groups(call); },
            [&](Result<GroupList> list) { answered = std::move(list); });
        QVERIFY(world.driver.run_until([&] { return answered.has_value(); }));
        QVERIFY(!*answered && answered->error().code == ErrorCode::bad_input);
        QCOMPARE(answered->error().remedy, std::string("name the groups: --group NAME"));
        QVERIFY(world.fill()); // and the client goes on
        QCOMPARE(shown(world.ask({{"billing"}, {"moves"}})), QString("moves/0:1"));
    }

    /// As the mock cluster again: what is asked beside is told neither as a failure nor by time that is lost.
    void brokers_that_tell_no_states_leave_the_lag_as_it_is() {
        World world;
        QVERIFY(world.fill());
        for (int i = 0; i < 2; ++i) {
            LagQuestion question{{"billing"}, {"orders"}};
            question.group_states = true;
            const auto answer = world.ask(question);
            QCOMPARE(shown(answer), QString("orders/0:6 orders/1:16 orders/2:26"));
            QVERIFY(answer.group_states.empty() && answer.failures.empty() && answer.failed_groups.empty());
        }
    }

    void nobody_who_could_list_groups_is_unreachable() {
        World world;
        world.connect("127.0.0.1:1", false, seconds(2));
        std::optional<Result<GroupList>> answered;
        world.connection->call<Result<GroupList>>(
            "groups", seconds(2), [](const Call& call) { return list_groups(call); },
            [&](Result<GroupList> list) { answered = std::move(list); });
        QVERIFY(world.driver.run_until([&] { return answered.has_value(); }));
        QVERIFY(!*answered);
        QVERIFY2(answered->error().code == ErrorCode::unreachable, to_text(answered->error()).c_str());
    }
};

SLUICE_TEST(LagTest)
#include "lag_test.moc"
