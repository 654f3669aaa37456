#include "effects/kafka_effect.h"

#include "base/virtual_scheduler.h"
#include "net/virtual_driver.h"
#include "support/mock_kafka.h"
#include "support/scripted_http.h"
#include "support/suite.h"

#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <future>

using namespace sluice;
using namespace sluice::effects;
using namespace sluice::testing;

namespace {

constexpr std::int16_t api_produce = 0, api_offset_commit = 8, api_offset_fetch = 9;

/// Topic nova.events: three partitions with 10, 20 and 30 messages. The desk of topics is a script.
struct World {
    MockKafka kafka;
    VirtualScheduler scheduler{seconds(1'767'225'600)};
    net::VirtualDriver driver{scheduler};
    ScriptedHttp http{scheduler};
    std::shared_ptr<kafka::Cluster> cluster;
    std::unique_ptr<Effect> effect;
    std::optional<Result<Prepared>> prepared;
    std::optional<Outcome> outcome;
    std::string output;

    World() {
        for (int p = 0; p < 3; ++p) {
            if ((p == 0 && !kafka.create("nova.events", 3)) || !kafka.produce("nova.events", p, 10 * (p + 1))) {
                qFatal("no mock");
            }
        }
        connect(kafka.bootstrap());
    }

    void connect(const std::string& bootstrap) {
        const auto settings = kafka::settings_of(
            Json{{"bootstrap", bootstrap}, {"group-offsets", "named"}, {"topics-at", "http://range.test"}},
            [](const std::string& reference) { return Result<Secret>(Secret(reference)); });
        cluster = *kafka::Cluster::make(scheduler, http, *settings);
    }

    void there(int partitions = 3, int replication = 1, const Json& config = Json::object()) {
        http.answer("GET /topics/nova.events", 200,
                    {{"partitions", partitions}, {"replication", replication}, {"config", config}});
    }
    void admits() { http.answer_text("POST /topics/nova.events/message", 200, ""); }
    void missing() { http.answer_text("GET /topics/nova.events", 404, "the brokers don't know it"); }

    template <typename Action>
    const Result<Prepared>& prepare(Action action, Nanos timeout = seconds(10)) {
        prepared.reset();
        effect = kafka_effect(cluster, {std::move(action), timeout});
        effect->prepare("s/reset/1", [this](Result<Prepared> one) { prepared = std::move(one); });
        wait([this] { return prepared.has_value(); });
        return *prepared;
    }
    const Outcome& start() {
        outcome.reset();
        output.clear();
        effect->start(**prepared, {[this](std::string_view text) { output += text; },
                                   [this](Outcome one) { outcome = std::move(one); }});
        wait([this] { return outcome.has_value(); });
        return *outcome;
    }
    /// As after a crash: a new object, the stored intent.
    template <typename Action>
    ReadBack read_back(Action action) {
        const auto stored = Prepared::from_json((*prepared)->to_json());
        const auto resumed = kafka_effect(cluster, {std::move(action), seconds(10)});
        std::optional<ReadBack> back;
        resumed->read_back(*stored, [&](ReadBack one) { back = std::move(one); });
        wait([&] { return back.has_value(); });
        return *back;
    }
    void wait(const std::function<bool()>& until) {
        if (!driver.run_until(until)) {
            qFatal("no answer");
        }
    }
    bool stands(const Json& offsets) {
        std::optional<Result<kafka::Offsets>> found;
        cluster->connection().call<Result<kafka::Offsets>>(
            "stands", seconds(10),
            [](const kafka::Call& call) {
                return kafka::committed(call, "analytics", kafka::places_of({{"nova.events", 3}}));
            },
            [&](Result<kafka::Offsets> one) { found = std::move(one); });
        wait([&] { return found.has_value(); });
        return *found && kafka::to_json(**found) == offsets;
    }
    /// The intent, with other offsets: as if the partitions had changed since.
    void wish(const Json& before, const Json& after) {
        (*prepared)->detail["before"] = before;
        (*prepared)->detail["after"] = after;
    }
    void commit(std::int64_t a, std::int64_t b, std::int64_t c) {
        const std::int64_t all[] = {a, b, c};
        for (int p = 0; p < 3; ++p) {
            if (!kafka.commit("analytics", "nova.events", p, all[p])) {
                qFatal("no commit");
            }
        }
    }
};

SetOffsets to(const std::string& text) {
    return {"analytics", {"nova.events"}, *kafka::parse_aim(text), text};
}

Json text_of(const Json& result) {
    return Json::parse(result.value("text", std::string("null")));
}

Json offsets(const Json& a, const Json& b, const Json& c) {
    return {{"nova.events", {{"0", a}, {"1", b}, {"2", c}}}};
}

} // namespace

class KafkaEffectTest : public QObject {
    Q_OBJECT
private slots:
    void where_a_group_is_to_stand_data() {
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("after");
        const auto row = [](const char* to, const char* after) { QTest::newRow(to) << to << after; };
        row("earliest", R"({"nova.events":{"0":0,"1":0,"2":0}})");
        row("latest", R"({"nova.events":{"0":10,"1":20,"2":30}})");
        row("7", R"({"nova.events":{"0":7,"1":7,"2":7}})");
        // Nothing is as young, so the ends are taken. (The mock searches for no time: live tests do.)
        row("2199-01-01T00:00:00Z", R"({"nova.events":{"0":10,"1":20,"2":30}})");
        row(R"({"nova.events":{"0":1,"1":2,"2":3}})", R"({"nova.events":{"0":1,"1":2,"2":3}})");
    }
    void where_a_group_is_to_stand() {
        QFETCH(QString, to);
        QFETCH(QString, after);
        World world;
        world.commit(4, 5, 6);
        world.there();
        const SetOffsets wanted = ::to(to.toStdString());
        const auto& prepared = world.prepare(wanted);
        QVERIFY2(prepared, prepared ? "" : to_text(prepared.error()).c_str());
        QVERIFY(prepared->effect_class == EffectClass::convergent);
        SAME_JSON(prepared->detail["before"], offsets(4, 5, 6));
        SAME_TEXT(prepared->detail["after"].dump(), after.toStdString());
        QVERIFY(canonical(prepared->to_json()));
        auto back = world.read_back(wanted); // nothing was sent yet
        QVERIFY(back.match == Match::differs && back.as_expected_before);
        QVERIFY(world.start().ending == Ending::done);
        SAME_JSON(text_of(world.outcome->result)["before"], offsets(4, 5, 6));
        back = world.read_back(wanted);
        QVERIFY2(back.match == Match::matches, back.detail.c_str());
        SAME_JSON(text_of(back.seen)["before"], offsets(4, 5, 6)); // what puts it back is not lost with the answer
    }

    void what_was_before_puts_it_back() {
        World world;
        world.commit(4, 5, 6);
        world.there();
        QVERIFY(world.prepare(to("latest")));
        QVERIFY(world.start().ending == Ending::done);
        const std::string before = text_of(world.outcome->result)["before"].dump();
        world.there();
        QVERIFY(world.prepare(to(before)));
        SAME_JSON((*world.prepared)->detail["before"], offsets(10, 20, 30));
        QVERIFY(world.start().ending == Ending::done);
        QVERIFY(world.read_back(to(before)).match == Match::matches);
    }

    void what_no_partition_has_is_refused_before_anything_is_sent_data() {
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("why");
        const auto row = [](const char* name, const char* to, const char* why) { QTest::newRow(name) << to << why; };
        row("past the end", "21", "nova.events/0 has no offset 21: it goes from 0 to 10");
        row("given, and past the end", R"({"nova.events":{"0":1,"1":21,"2":3}})",
            "nova.events/1 has no offset 21: it goes from 0 to 20");
        row("given, and no partition any more", R"({"nova.events":{"0":1,"1":2,"2":3,"3":4}})",
            "nova.events/3 was given, and is no partition any more");
    }
    void what_no_partition_has_is_refused_before_anything_is_sent() {
        QFETCH(QString, to);
        QFETCH(QString, why);
        World world;
        world.there();
        QVERIFY(!world.prepare(::to(to.toStdString())));
        QVERIFY(world.prepared->error().code == ErrorCode::conflict);
        SAME_TEXT(world.prepared->error().what, why.toStdString());
        QVERIFY(world.prepared->error().remedy.starts_with("was the topic made anew?"));
    }

    /// What was given is looked at against the log as it is now.
    void what_the_log_has_lost_begins_at_its_start() {
        World world;
        world.commit(4, 5, 6);
        QVERIFY(world.kafka.produce("nova.events", 0, 9, 900'000)); // 10 small ones and some of these are gone
        world.there();
        QVERIFY(world.prepare(to("earliest")));
        const auto start = (*world.prepared)->detail["after"]["nova.events"]["0"].get<std::int64_t>();
        QVERIFY2(start > 10, std::to_string(start).c_str());
        const std::string gone = " messages are gone from the log";
        world.there();
        QVERIFY(world.prepare(to(R"({"nova.events":{"0":7,"1":null,"2":3}})")));
        SAME_JSON((*world.prepared)->detail["after"], offsets(start, nullptr, 3));
        QVERIFY2((*world.prepared)->what.find(std::to_string(start - 7) + gone) != std::string::npos,
                 (*world.prepared)->what.c_str());
        world.there();
        QVERIFY(world.prepare(to("9")));
        SAME_JSON((*world.prepared)->detail["after"], offsets(start, 9, 9));
        QVERIFY((*world.prepared)->what.find(std::to_string(start - 9) + gone) != std::string::npos);
    }

    void a_partition_of_which_nothing_was_given_stays() {
        World world;
        world.commit(4, 5, 6);
        world.there();
        QVERIFY(world.prepare(to(R"({"nova.events":{"0":1,"1":2}})")));
        SAME_JSON((*world.prepared)->detail["after"], offsets(1, 2, 6));
        QVERIFY((*world.prepared)->what.find("nova.events/2 is new and stays as it is") != std::string::npos);
        QVERIFY((*world.prepared)->what.find("(simulated: members are not checked)") != std::string::npos);
        world.there();
        QVERIFY(world.prepare(to("2199-01-01T00:00:00Z")));
        QVERIFY((*world.prepared)->what.find("an instant is the end)") != std::string::npos);
    }

    /// Some were committed, one was refused: nobody may call that failed, and the read-back tells what stands.
    void what_is_half_done_is_not_known() {
        World world;
        world.commit(4, 5, 6);
        world.there();
        QVERIFY(world.prepare(to("latest")));
        Json after = offsets(7, 8, 9);
        after["nova.events"]["9"] = 1;
        world.wish((*world.prepared)->detail["before"], after);
        QVERIFY2(world.start().ending == Ending::unknown, world.outcome->error.what.c_str());
        QVERIFY(world.outcome->error.what.ends_with("; others were changed"));
        QVERIFY(world.stands(offsets(7, 8, 9)));
        QVERIFY(world.read_back(to("latest")).match != Match::matches);
    }

    void the_intent_tells_the_result() {
        World world;
        world.commit(4, 5, 6);
        world.there();
        QVERIFY(world.prepare(to("latest")));
        SAME_JSON(text_of(world.effect->foretold(**world.prepared))["before"], offsets(4, 5, 6));
    }

    void a_coordinator_that_moves_is_waited_for() {
        World world;
        world.commit(4, 5, 6);
        const auto moved = RD_KAFKA_RESP_ERR_NOT_COORDINATOR, loads = RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS;
        world.there();
        rd_kafka_mock_push_request_errors(world.kafka.cluster(), api_offset_fetch, 2, moved, loads);
        QVERIFY2(world.prepare(to("latest")), world.prepared->error().what.c_str());
        rd_kafka_mock_push_request_errors(world.kafka.cluster(), api_offset_commit, 2, moved, loads);
        QVERIFY2(world.start().ending == Ending::done, world.outcome->error.what.c_str());
        QVERIFY(world.stands(offsets(10, 20, 30)));
        world.there();
        std::vector<rd_kafka_resp_err_t> many(100, moved);
        rd_kafka_mock_push_request_errors_array(world.kafka.cluster(), api_offset_fetch, many.size(), many.data());
        QVERIFY(!world.prepare(to("latest"), seconds(1)));
        QVERIFY(world.prepared->error().code == ErrorCode::unreachable);
        SAME_TEXT(world.prepared->error().what, "group analytics: its coordinator is moving to another broker");
    }

    void waiting_behind_a_slow_question_is_no_broker_that_is_away() {
        World world;
        std::promise<void> answered;
        world.cluster->connection().call<int>(
            "slow", seconds(5),
            [until = answered.get_future().share()](const kafka::Call&) {
                until.wait();
                return 1;
            },
            [](int) {});
        std::optional<Result<kafka::Offsets>> late;
        world.cluster->connection().call<Result<kafka::Offsets>>(
            "late", milliseconds(10),
            [](const kafka::Call& call) {
                return kafka::committed(call, "analytics", {{"nova.events", 0}});
            },
            [&](Result<kafka::Offsets> one) { late = std::move(one); });
        const QDeadlineTimer its_time(20);
        world.wait([&] { return its_time.hasExpired(); });
        answered.set_value();
        world.wait([&] { return late.has_value(); });
        QVERIFY(!*late && late->error().code == ErrorCode::timed_out);
        SAME_TEXT(late->error().what,
                  "group analytics: its turn did not come in time behind a slow question; nothing was sent");
    }

    /// What a topic is like needs no leader: only counting its messages would.
    void a_leader_that_is_away_holds_up_no_topic() {
        World world;
        world.there();
        rd_kafka_mock_partition_set_leader(world.kafka.cluster(), "nova.events", 1, 2);
        rd_kafka_mock_broker_set_down(world.kafka.cluster(), 2);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(world.prepare(SetConfig{"nova.events", {}}, seconds(8)));
        QVERIFY2(timer.elapsed() < 1500, qPrintable(QString::number(timer.elapsed())));
        world.there();
        std::optional<Result<kafka::Topic>> seen;
        timer.start();
        world.cluster->topics().describe("nova.events", {"look", seconds(4), true},
                                         [&](Result<kafka::Topic> one) { seen = std::move(one); });
        world.wait([&] { return seen.has_value(); });
        QVERIFY(*seen && !(*seen)->messages);
        QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
    }

    void a_topic_that_is_not_there_is_told() {
        World world;
        world.missing();
        QVERIFY(!world.prepare(to("latest")));
        QVERIFY(world.prepared->error().code == ErrorCode::not_found);
        world.missing();
        QVERIFY(!world.prepare(Produce{{"nova.events", "", -1, "x", {}}}));
        SAME_TEXT(world.prepared->error().what, "topic nova.events: the brokers don't know it");
    }

    void a_group_with_members_is_refused_with_the_remedy() {
        World world;
        world.commit(4, 5, 6);
        world.there();
        QVERIFY(world.prepare(to("latest")));
        rd_kafka_mock_push_request_errors(world.kafka.cluster(), api_offset_commit, 1,
                                          RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID);
        QVERIFY(world.start().ending == Ending::failed);
        QVERIFY(world.outcome->error.what.find("it has members") != std::string::npos);
        QVERIFY(world.outcome->error.remedy.starts_with("stop its consumers"));
        QVERIFY(world.read_back(to("latest")).as_expected_before);
    }

    void an_acl_that_denies_is_a_refusal() {
        World world;
        world.there();
        rd_kafka_mock_push_request_errors(world.kafka.cluster(), api_offset_fetch, 1,
                                          RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
        QVERIFY(!world.prepare(to("latest")));
        QVERIFY(world.prepared->error().code == ErrorCode::refused);
        SAME_TEXT(world.prepared->error().remedy, "let this user have the ACL, or use another");
    }

    void brokers_that_die_leave_it_unknown_and_nothing_hangs() {
        World world;
        world.commit(4, 5, 6);
        world.there();
        QVERIFY(world.prepare(to("latest"), seconds(2)));
        for (int broker = 1; broker <= 3; ++broker) {
            rd_kafka_mock_broker_set_down(world.kafka.cluster(), broker);
        }
        QElapsedTimer timer;
        timer.start();
        QVERIFY(world.start().ending == Ending::unknown);
        QVERIFY2(timer.elapsed() < 4000, qPrintable(QString::number(timer.elapsed())));
        SAME_TEXT(world.outcome->error.what, "group analytics: the broker did not answer");
        world.there();
        QVERIFY(!world.prepare(to("latest"), seconds(2)));
        QVERIFY(world.prepared->error().code == ErrorCode::unreachable);
    }

    void a_message_is_kept_by_all_and_is_opaque() {
        World world;
        world.there();
        world.admits();
        const Produce message{{"nova.events", "k", -1, R"({"release":"v1"})", {{"by", "sluice"}}}};
        const auto& prepared = world.prepare(message);
        QVERIFY(prepared && prepared->effect_class == EffectClass::opaque);
        QVERIFY(prepared->to_json().dump().find("v1") == std::string::npos); // a digest stands for it
        QVERIFY2(world.start().ending == Ending::done, world.outcome->error.what.c_str());
        const Json kept = text_of(world.outcome->result);
        QCOMPARE(kept["partition"].get<int>(), 2); // murmur2 of the key, as Java's producers have it
        QCOMPARE(kept["offset"].get<int>(), 30);
        const auto back = world.read_back(message);
        QVERIFY(back.match == Match::unknown && back.detail.find("sluice-operation: s/reset/1") != std::string::npos);
    }

    void a_message_that_is_refused_was_not_kept() {
        World world;
        world.there();
        world.admits();
        QVERIFY(world.prepare(Produce{{"nova.events", "", -1, "x", {}}}));
        rd_kafka_mock_push_request_errors(world.kafka.cluster(), api_produce, 1,
                                          RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
        QVERIFY(world.start().ending == Ending::failed);
        QVERIFY(world.outcome->error.code == ErrorCode::refused);
    }

    void a_message_to_dead_brokers_ends_in_time() {
        World world;
        world.there();
        world.admits();
        QVERIFY(world.prepare(Produce{{"nova.events", "", -1, "x", {}}}, seconds(2)));
        for (int broker = 1; broker <= 3; ++broker) {
            rd_kafka_mock_broker_set_down(world.kafka.cluster(), broker);
        }
        QElapsedTimer timer;
        timer.start();
        QVERIFY(world.start().ending != Ending::done);
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    }

    void a_message_without_a_leader_tells_what_is_missing() {
        World world;
        world.there();
        world.admits();
        for (int p = 0; p < 3; ++p) {
            rd_kafka_mock_partition_set_leader(world.kafka.cluster(), "nova.events", p, -1);
        }
        QVERIFY(world.prepare(Produce{{"nova.events", "", -1, "x", {}}}, seconds(3)));
        QVERIFY(world.start().ending != Ending::done);
        SAME_TEXT(world.outcome->error.what,
                  "message to nova.events: not taken in time: 3 of 3 partitions have no leader");
    }

    void a_compacted_topic_takes_no_message_without_a_key() {
        World world;
        world.there();
        world.http.answer_text("POST /topics/nova.events/message", 422,
                               rd_kafka_err2str(RD_KAFKA_RESP_ERR_INVALID_RECORD));
        QVERIFY(world.prepare(Produce{{"nova.events", "", -1, "x", {}}}));
        QVERIFY(world.start().ending == Ending::failed);
        SAME_TEXT(world.outcome->error.remedy, "a compacted topic takes no message without a key: add key:");
        SAME_JSON(world.http.body(1), (Json{{"key", false}}));
    }

    void a_topic_is_made_once() {
        World world;
        const CreateTopic wanted{{"nova.events", 3, 1, {{"cleanup.policy", "compact"}}}};
        world.missing();
        QVERIFY(world.prepare(wanted));
        QVERIFY(!(*world.prepared)->detail["there"].get<bool>());
        world.missing();
        QVERIFY(world.read_back(wanted).as_expected_before);
        world.http.answer("POST /topics", 201, Json::object());
        QVERIFY(world.start().ending == Ending::done);
        SAME_JSON(world.http.body(2), (Json{{"name", "nova.events"},
                                            {"partitions", 3},
                                            {"replication", 1},
                                            {"config", {{"cleanup.policy", "compact"}}},
                                            {"validate", false}}));
        const Json compact = {{"cleanup.policy", {{"value", "compact"}, {"own", true}}}};
        world.there(3, 1, compact);
        QVERIFY(world.read_back(wanted).match == Match::matches);
        world.there(3, 1, compact); // a second run finds it
        QVERIFY(world.prepare(wanted));
        QVERIFY(world.start().ending == Ending::done);
        QVERIFY(world.http.finished());
    }

    void a_topic_that_is_there_in_another_form_is_told() {
        World world;
        world.there();
        QVERIFY(!world.prepare(CreateTopic{{"nova.events", 6, 1, {}}}));
        SAME_TEXT(world.prepared->error().what,
                  "topic nova.events is there with 3 partitions and replication 1, not 6 and 1");
        world.there(3, 1, {{"cleanup.policy", {{"value", "delete"}, {"own", false}}}});
        QVERIFY(!world.prepare(CreateTopic{{"nova.events", 3, 1, {{"cleanup.policy", "compact"}}}}));
        SAME_TEXT(world.prepared->error().what, "topic nova.events is there with cleanup.policy delete, not compact");
    }

    void values_are_compared_as_brokers_read_them_data() {
        QTest::addColumn<QString>("stands");
        QTest::addColumn<QString>("wanted");
        QTest::addColumn<bool>("same");
        const auto row = [](const char* stands, const char* wanted, bool same) {
            QTest::addRow("%s, %s", stands, wanted) << stands << wanted << same;
        };
        row("3600000", "03600000", true);
        row("0.5", "0.50", true);
        row("9223372036854775807", "9223372036854775806", false);
        row("compact,delete", " compact , delete", true);
        row("compact,delete", "compact", false);
        row("true", "TRUE", true);
        row("CreateTime", "createtime", false);
        row("", "0", false);
    }
    void values_are_compared_as_brokers_read_them() {
        QFETCH(QString, stands);
        QFETCH(QString, wanted);
        QFETCH(bool, same);
        const std::string value = wanted.toStdString();
        World world;
        const Json config = {{"a.b", {{"value", stands.toStdString()}, {"own", true}}}};
        world.there(3, 1, config);
        QCOMPARE(world.prepare(CreateTopic{{"nova.events", 3, 1, {{"a.b", value}}}}).has_value(), same);
        world.there(3, 1, config);
        QVERIFY(world.prepare(SetConfig{"nova.events", {{"a.b", value}}}));
        world.there(3, 1, config);
        QCOMPARE(world.read_back(SetConfig{"nova.events", {{"a.b", value}}}).match == Match::matches, same);
        if (same) {
            QVERIFY(world.start().ending == Ending::done); // and nothing is sent
        }
        SCRIPT_DONE(world.http);
    }

    void what_somebody_else_changed_meanwhile_is_told() {
        World world;
        const Json before = {{"retention.ms", {{"value", "604800000"}, {"own", false}}},
                             {"min.insync.replicas", {{"value", "1"}, {"own", false}}}};
        Json then = before;
        then["retention.ms"] = {{"value", "5"}, {"own", true}};
        then["min.insync.replicas"] = {{"value", "2"}, {"own", true}};
        world.there(3, 1, before);
        QVERIFY(world.prepare(SetConfig{"nova.events", {{"retention.ms", "5"}}}));
        world.there(3, 1, before);
        world.http.answer("POST /topics/nova.events/config", 200, Json::object());
        world.there(3, 1, then);
        QVERIFY(world.start().ending == Ending::done);
        SAME_TEXT(world.output, "somebody else changed min.insync.replicas meanwhile: default → 2\n");
        SAME_JSON(text_of(world.outcome->result)["others"],
                  (Json{{"before", {{"min.insync.replicas", "default"}}}, {"after", {{"min.insync.replicas", "2"}}}}));
    }

    void a_desk_that_is_gone_calls_nobody() {
        World world;
        bool called = false;
        const auto note = [&](const auto&) { called = true; };
        const kafka::NewTopic topic{"nova.events", 1, 1, {}};
        world.admits();
        world.http.answer("POST /topics", 201, Json::object());
        world.there();
        world.cluster->topics().admit({"nova.events", "k", -1, "", {}}, {"a", seconds(5)}, note);
        world.cluster->topics().create(topic, false, {"b", seconds(5)}, note);
        world.cluster->topics().describe("nova.events", {"c", seconds(5)}, note);
        world.cluster.reset();
        world.scheduler.run_until(world.scheduler.now() + seconds(5));
        QVERIFY(!called);
        SCRIPT_DONE(world.http);
    }

    void settings_that_nobody_named_stay() {
        World world;
        const Json stands = {{"cleanup.policy", {{"value", "compact"}, {"own", true}}},
                             {"retention.ms", {{"value", "604800000"}, {"own", false}}}};
        const SetConfig wanted{"nova.events", {{"retention.ms", "3600000"}}};
        world.there(3, 1, stands);
        QVERIFY(world.prepare(wanted));
        SAME_JSON((*world.prepared)->detail["before"], (Json{{"retention.ms", "default"}}));
        world.there(3, 1, stands);
        QVERIFY(world.read_back(wanted).as_expected_before);
        world.there(3, 1, stands);
        world.http.answer("POST /topics/nova.events/config", 200, Json::object());
        world.there(3, 1, stands); // as the answer: nobody else was there
        QVERIFY(world.start().ending == Ending::done);
        SAME_TEXT(world.output, "");
        SAME_JSON(world.http.body(3),
                  (Json{{"own", {{"cleanup.policy", "compact"}, {"retention.ms", "3600000"}}}, {"validate", false}}));
        SAME_JSON(text_of(world.outcome->result)["before"], (Json{{"retention.ms", "default"}}));
        world.there(3, 1, {{"retention.ms", {{"value", "3600000"}, {"own", true}}}});
        QVERIFY(world.read_back(wanted).match == Match::matches);
    }

    void a_setting_that_somebody_changed_meanwhile_is_not_overwritten() {
        World world;
        world.there(3, 1, {{"retention.ms", {{"value", "604800000"}, {"own", false}}}});
        QVERIFY(world.prepare(SetConfig{"nova.events", {{"retention.ms", "3600000"}}}));
        world.there(3, 1, {{"retention.ms", {{"value", "7"}, {"own", true}}}});
        QVERIFY(world.start().ending == Ending::failed);
        SAME_TEXT(world.outcome->error.what,
                  "topic nova.events: somebody has changed retention.ms from default to 7 meanwhile");
    }

    void a_setting_that_there_is_not_is_told() {
        World world;
        world.there();
        QVERIFY(!world.prepare(SetConfig{"nova.events", {{"retention", "1"}}}));
        SAME_TEXT(world.prepared->error().what, "topic nova.events: the brokers know no setting 'retention'");
    }

    void an_effect_that_is_gone_calls_nobody() {
        World world;
        world.there();
        bool called = false;
        world.effect = kafka_effect(world.cluster, {to("latest"), seconds(10)});
        world.effect->prepare("s/reset/1", [&](const Result<Prepared>&) { called = true; });
        world.effect.reset();
        world.driver.run_until([&] { return !world.scheduler.in_flight(); });
        world.scheduler.run_until(world.scheduler.now() + seconds(5));
        QVERIFY(!called);
    }
};

SLUICE_TEST(KafkaEffectTest)
#include "kafka_effect_test.moc"
