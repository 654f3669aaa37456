#include "kafka/cluster.h"
#include "kafka/offsets.h"
#include "rehearsed.h"
#include "support/suite.h"

using namespace sluice;
using namespace sluice::range;

namespace {

/// A client as a rehearsal has it, before the range's brokers and its desk of topics.
struct Desk {
    Rehearsed range{{}, 1, false, true};
    std::shared_ptr<kafka::Cluster> cluster;

    Desk() {
        const auto& addresses = range.range->addresses();
        const auto settings = kafka::settings_of(
            Json{{"bootstrap", addresses.kafka}, {"group-offsets", "named"}, {"topics-at", addresses.topics}},
            [](const std::string& reference) { return Result<Secret>(Secret(reference)); });
        cluster = *kafka::Cluster::make(range.scheduler, range.client, *settings);
    }

    template <typename Answer, typename Ask>
    Answer ask(Ask asking) {
        std::optional<Answer> answer;
        asking(kafka::TopicDesk::Ask{"desk/" + std::to_string(++asked), seconds(10), true},
               [&](Answer one) { answer = std::move(one); });
        if (!range.driver.run_until([&] { return answer.has_value(); })) {
            qFatal("no answer");
        }
        return *answer;
    }
    Result<kafka::Topic> describe(const std::string& topic) {
        return ask<Result<kafka::Topic>>([&](auto how, auto done) { cluster->topics().describe(topic, how, done); });
    }
    Result<std::string> setting(const kafka::ConfigOwner& owner, const std::string& key) {
        return ask<Result<std::string>>([&](auto how, auto done) { cluster->topics().setting(owner, key, how, done); });
    }
    Result<void> create(const kafka::NewTopic& topic, bool validate = false) {
        return ask<Result<void>>([&](auto how, auto done) { cluster->topics().create(topic, validate, how, done); });
    }
    Result<void> configure(const std::string& topic, std::map<std::string, std::string> wanted, bool validate = false) {
        const auto changed = ask<Result<kafka::ConfigChange>>([&](auto how, auto done) {
            cluster->topics().configure(topic, {{}, std::move(wanted)}, validate, how, done);
        });
        return changed ? Result<void>() : failed(changed);
    }
    Result<void> admit(const kafka::Message& message) {
        return ask<Result<void>>([&](auto how, auto done) { cluster->topics().admit(message, how, done); });
    }
    int asked = 0;
};

} // namespace

class KafkaTopicsTest : public QObject {
    Q_OBJECT
private slots:
    void the_profiles_topic_is_there_and_others_are_not() {
        Desk desk;
        const auto topic = desk.describe("nova.events");
        QVERIFY2(topic, topic ? "" : to_text(topic.error()).c_str());
        QCOMPARE(topic->partitions, 6);
        QCOMPARE(topic->replication, 3);
        QCOMPARE(topic->leaderless, 0);
        QVERIFY(topic->messages.has_value());
        QCOMPARE(topic->config.at("retention.ms"), (kafka::ConfigValue{"604800000", false}));
        const auto none = desk.describe("nova.elsewhere");
        QVERIFY(!none && none.error().code == ErrorCode::not_found);
        QCOMPARE(none.error().what, std::string("topic nova.elsewhere: the brokers don't know it"));
    }

    void a_topic_is_made_at_the_brokers() {
        Desk desk;
        const kafka::NewTopic topic{"nova.ledger", 4, 2, {{"cleanup.policy", "compact"}}};
        QVERIFY(desk.create(topic, true));
        QVERIFY(!desk.describe("nova.ledger")); // it was only asked
        QVERIFY(desk.create(topic));
        const auto made = desk.describe("nova.ledger");
        QVERIFY2(made, made ? "" : to_text(made.error()).c_str());
        QCOMPARE(made->partitions, 4);
        QCOMPARE(made->replication, 2);
        QCOMPARE(made->messages.value_or(-1), std::int64_t{0});
        QCOMPARE(made->config.at("cleanup.policy"), (kafka::ConfigValue{"compact", true}));
        const auto again = desk.create(topic);
        QVERIFY(!again && again.error().code == ErrorCode::conflict);
    }

    void who_is_denied_a_topic_is_refused() {
        // The range's own desk, as /as/NAME asks it.
        RangeOptions options;
        options.kafka_denied = {{"guest", "nova.events"}};
        options.world = file("plans/nova/range.yaml");
        Desk desk;
        const auto range = *Range::start(desk.range.scheduler, options);
        const std::string topics = range->addresses().topics;
        QCOMPARE(desk.range.send("GET", topics + "/as/guest/topics/nova.events")->status, 403);
        QCOMPARE(desk.range.send("GET", topics + "/as/events/topics/nova.events")->status, 200);
        QCOMPARE(desk.range.send("GET", topics + "/as/guest/topics/other")->status, 404);
    }

    void a_setting_is_that_of_a_topic_or_of_a_broker_data() {
        QTest::addColumn<QString>("topic");
        QTest::addColumn<int>("broker");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("expected"); // or what is wrong
        const auto row = [](const char* topic, int broker, const char* key, const char* expected) {
            QTest::addRow("%s %d %s", topic, broker, key)
                << QString(topic) << broker << QString(key) << QString(expected);
        };
        row("nova.events", 0, "retention.ms", "1000");
        row("nova.events", 0, "segment.ms", "604800000");
        row("nova.events", 0, "num.io.threads", "topic nova.events has no setting num.io.threads");
        row("nova.elsewhere", 0, "retention.ms", "topic nova.elsewhere: the brokers don't know it");
        row("", 1, "num.io.threads", "8");
        row("", 3, "broker.id", "3");
        row("", 4, "num.io.threads", "broker 4: there is no such broker");
        row("", 1, "num.threads", "broker 1 has no setting num.threads");
    }
    void a_setting_is_that_of_a_topic_or_of_a_broker() {
        QFETCH(QString, topic);
        QFETCH(int, broker);
        QFETCH(QString, key);
        QFETCH(QString, expected);
        Desk desk;
        QVERIFY(desk.configure("nova.events", {{"retention.ms", "1000"}}));
        const auto setting = desk.setting({topic.toStdString(), broker}, key.toStdString());
        QCOMPARE(QString::fromStdString(setting ? *setting : setting.error().what), expected);
    }

    void a_compacted_topic_takes_no_message_without_a_key() {
        Desk desk;
        QVERIFY(desk.admit({"nova.events", "", -1, "x", {}}));
        QVERIFY(desk.configure("nova.events", {{"cleanup.policy", "delete, compact"}}));
        QVERIFY(desk.admit({"nova.events", "k", -1, "x", {}}));
        const auto refused = desk.admit({"nova.events", "", -1, "x", {}});
        QVERIFY(!refused && refused.error().code == ErrorCode::bad_input);
        QCOMPARE(refused.error().remedy, std::string("a compacted topic takes no message without a key: add key:"));
    }

    void settings_are_kept_and_given_back() {
        Desk desk;
        QVERIFY(desk.configure("nova.events", {{"retention.ms", "1000"}}, true));
        QVERIFY(!desk.describe("nova.events")->config.at("retention.ms").own);
        QVERIFY(desk.configure("nova.events", {{"retention.ms", "1000"}}));
        QVERIFY(desk.configure("nova.events", {{"cleanup.policy", "compact"}}));
        auto config = desk.describe("nova.events")->config;
        QCOMPARE(config.at("retention.ms"), (kafka::ConfigValue{"1000", true}));
        QVERIFY(desk.configure("nova.events", {{"retention.ms", "default"}}));
        config = desk.describe("nova.events")->config;
        QCOMPARE(config.at("retention.ms"), (kafka::ConfigValue{"604800000", false}));
        QCOMPARE(config.at("cleanup.policy"), (kafka::ConfigValue{"compact", true}));
    }

    void what_a_broker_would_refuse_is_refused_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("why");
        QTest::newRow("no number") << "retention.ms"
                                   << "soon"
                                   << "Invalid value soon for configuration retention.ms: Not a number";
        QTest::newRow("no truth") << "preallocate"
                                  << "maybe"
                                  << "Invalid value maybe for configuration preallocate: Expected value to be either "
                                     "true or false";
        const auto row = [](const char* name, const char* value, const char* why) {
            QTest::addRow("%s %s", name, value)
                << name << value << QString("Invalid value %1 for configuration %2: %3").arg(value, name, why);
        };
        row("cleanup.policy", "compact,remove", "String must be one of: compact, delete");
        row("compression.type", "rar", "String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer");
        row("message.timestamp.type", "createtime", "String must be one of: CreateTime, LogAppendTime");
        row("min.cleanable.dirty.ratio", "1.5", "Value must be no more than 1");
        row("min.insync.replicas", "0", "Value must be at least 1");
        row("retention.ms", "-2", "Value must be at least -1");
        row("max.message.bytes", "2147483648", "Value must be no more than 2147483647");
        row("local.retention.ms", "-3", "Value must be at least -2");
    }
    void what_a_broker_would_refuse_is_refused() {
        QFETCH(QString, name);
        QFETCH(QString, value);
        QFETCH(QString, why);
        Desk desk;
        const auto done = desk.configure("nova.events", {{name.toStdString(), value.toStdString()}});
        QVERIFY(!done);
        QCOMPARE(done.error().what, "settings of topic nova.events: " + why.toStdString());
        const auto made = desk.create({"nova.new", 1, 3, {{name.toStdString(), value.toStdString()}}});
        QVERIFY(!made && made.error().code == ErrorCode::bad_input);
        QVERIFY(!desk.create({"nova.new", 1, 4, {}})); // three brokers
        QVERIFY(!desk.describe("nova.new"));
    }
};

SLUICE_TEST(KafkaTopicsTest)
#include "kafka_topics_test.moc"
