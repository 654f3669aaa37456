#include "range/kafka_topics.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <librdkafka/rdkafka.h>
#include <limits>
#include <string_view>
#include <vector>

namespace sluice::range {
namespace {

constexpr double no_limit = std::numeric_limits<double>::infinity();
constexpr double int_most = 2'147'483'647;

/// One setting of a topic: its value by default, and what a broker takes.
struct Setting {
    const char* standard;
    enum class Form { integer, number, truth, one_of, list_of, text } form = Form::text;
    double least = -no_limit, most = no_limit;
    std::vector<std::string_view> words = {}; ///< of one_of and list_of
};

/// All settings of topics, as Kafka 4.0's brokers have them (its documentation, "Topic Configs").
const std::map<std::string, Setting>& settings() {
    using Form = Setting::Form;
    constexpr const char* endless = "9223372036854775807";
    const auto integer = [](const char* standard, double least, double most = no_limit) {
        return Setting{standard, Form::integer, least, most, {}};
    };
    const auto truth = [](const char* standard) { return Setting{standard, Form::truth}; };
    static const std::map<std::string, Setting> all{
        {"cleanup.policy", {"delete", Form::list_of, 0, 0, {"compact", "delete"}}},
        {"compression.gzip.level", integer("-1", -1, 9)},
        {"compression.lz4.level", integer("9", 1, 17)},
        {"compression.type",
         {"producer", Form::one_of, 0, 0, {"uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"}}},
        {"compression.zstd.level", integer("3", -131072, 22)},
        {"delete.retention.ms", integer("86400000", 0)},
        {"file.delete.delay.ms", integer("60000", 0)},
        {"flush.messages", integer(endless, 1)},
        {"flush.ms", integer(endless, 0)},
        {"follower.replication.throttled.replicas", {""}},
        {"index.interval.bytes", integer("4096", 0, int_most)},
        {"leader.replication.throttled.replicas", {""}},
        {"local.retention.bytes", integer("-2", -2)},
        {"local.retention.ms", integer("-2", -2)},
        {"max.compaction.lag.ms", integer(endless, 1)},
        {"max.message.bytes", integer("1048588", 0, int_most)},
        {"message.timestamp.after.max.ms", integer("3600000", 0)},
        {"message.timestamp.before.max.ms", integer(endless, 0)},
        {"message.timestamp.type", {"CreateTime", Form::one_of, 0, 0, {"CreateTime", "LogAppendTime"}}},
        {"min.cleanable.dirty.ratio", {"0.5", Form::number, 0, 1, {}}},
        {"min.compaction.lag.ms", integer("0", 0)},
        {"min.insync.replicas", integer("1", 1, int_most)},
        {"preallocate", truth("false")},
        {"remote.log.copy.disable", truth("false")},
        {"remote.log.delete.on.disable", truth("false")},
        {"remote.storage.enable", truth("false")},
        {"retention.bytes", integer("-1", -no_limit)},
        {"retention.ms", integer("604800000", -1)},
        {"segment.bytes", integer("1073741824", 14, int_most)},
        {"segment.index.bytes", integer("10485760", 4, int_most)},
        {"segment.jitter.ms", integer("0", 0)},
        {"segment.ms", integer("604800000", 1)},
        {"unclean.leader.election.enable", truth("false")}};
    return all;
}

/// What each broker has as well, by default as Kafka 4.0's have it (its documentation, "Broker Configs"): those that a
/// release is likely to look at.
const std::map<std::string, const char*>& broker_settings() {
    static const std::map<std::string, const char*> all{{"auto.create.topics.enable", "true"},
                                                        {"background.threads", "10"},
                                                        {"compression.type", "producer"},
                                                        {"connections.max.idle.ms", "600000"},
                                                        {"default.replication.factor", "1"},
                                                        {"delete.topic.enable", "true"},
                                                        {"group.max.session.timeout.ms", "1800000"},
                                                        {"group.min.session.timeout.ms", "6000"},
                                                        {"log.cleanup.policy", "delete"},
                                                        {"log.retention.bytes", "-1"},
                                                        {"log.retention.check.interval.ms", "300000"},
                                                        {"log.retention.hours", "168"},
                                                        {"log.segment.bytes", "1073741824"},
                                                        {"max.connections", "2147483647"},
                                                        {"message.max.bytes", "1048588"},
                                                        {"min.insync.replicas", "1"},
                                                        {"num.io.threads", "8"},
                                                        {"num.network.threads", "3"},
                                                        {"num.partitions", "1"},
                                                        {"num.replica.fetchers", "1"},
                                                        {"offsets.retention.minutes", "10080"},
                                                        {"offsets.topic.replication.factor", "3"},
                                                        {"queued.max.requests", "500"},
                                                        {"replica.lag.time.max.ms", "30000"},
                                                        {"socket.request.max.bytes", "104857600"},
                                                        {"transaction.max.timeout.ms", "900000"},
                                                        {"transaction.state.log.min.isr", "2"},
                                                        {"transaction.state.log.replication.factor", "3"},
                                                        {"unclean.leader.election.enable", "false"}};
    return all;
}

/// As kafka/topic_desk.h asks for a broker's; they have the ids 1, 2, ….
Answer of_broker(const std::string& id) {
    int number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (error != std::errc() || end != id.data() + id.size() || number < 1 || number > KafkaCluster::brokers) {
        return text_answer(404, "there is no such broker");
    }
    Json entries = Json::object();
    for (const auto& [key, value] : broker_settings()) {
        entries[key] = {{"value", value}, {"own", false}};
    }
    entries["broker.id"] = {{"value", id}, {"own", true}};
    return json_answer(200, Json{{"config", std::move(entries)}}.dump());
}

/// Empty: a broker takes it.
std::string wrong_value(const Setting& setting, const std::string& value) {
    const auto is_word = [&](std::string_view one) {
        return std::find(setting.words.begin(), setting.words.end(), one) != setting.words.end();
    };
    const std::string words = fmt::format("{}", fmt::join(setting.words, ", "));
    switch (setting.form) {
    case Setting::Form::integer:
    case Setting::Form::number: {
        std::int64_t whole = 0;
        double number = 0;
        const char *from = value.data(), *to = value.data() + value.size();
        const auto [end, error] = setting.form == Setting::Form::integer ? std::from_chars(from, to, whole)
                                                                         : std::from_chars(from, to, number);
        if (error != std::errc() || end != to) {
            return "Not a number";
        }
        number = setting.form == Setting::Form::integer ? static_cast<double>(whole) : number;
        return number < setting.least  ? fmt::format("Value must be at least {}", setting.least)
               : number > setting.most ? fmt::format("Value must be no more than {}", setting.most)
                                       : "";
    }
    case Setting::Form::truth: {
        std::string lower = value;
        std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
        return lower == "true" || lower == "false" ? "" : "Expected value to be either true or false";
    }
    case Setting::Form::one_of:
        return is_word(value) ? "" : "String must be one of: " + words;
    case Setting::Form::list_of:
        for (std::size_t start = 0; start <= value.size();) {
            const std::size_t end = std::min(value.find(',', start), value.size());
            std::string item = value.substr(start, end - start);
            item.erase(0, item.find_first_not_of(' '));
            item.erase(item.find_last_not_of(' ') + 1);
            if (!is_word(item)) {
                return "String must be one of: " + words;
            }
            start = end + 1;
        }
        return "";
    case Setting::Form::text:
        return "";
    }
    return "";
}

/// Empty: a broker would take it.
std::string refused(const std::map<std::string, std::string>& own) {
    for (const auto& [name, value] : own) {
        const auto known = settings().find(name);
        if (known == settings().end()) {
            return "Unknown topic config name: " + name;
        }
        if (const std::string why = wrong_value(known->second, value); !why.empty()) {
            return fmt::format("Invalid value {} for configuration {}: {}", value, name, why);
        }
    }
    return {};
}

std::map<std::string, std::string> texts_in(const Json& json) {
    std::map<std::string, std::string> texts;
    for (const auto& [name, value] : json.items()) {
        texts[name] = value.is_string() ? value.get<std::string>() : value.dump();
    }
    return texts;
}

} // namespace

void KafkaTopics::know(const std::string& topic, int partitions) {
    topics_[topic] = {partitions, KafkaCluster::brokers, {}};
}

Result<void> KafkaTopics::make(const std::string& topic, int partitions, int replication) {
    if (auto made = cluster_.create(topic, partitions, replication); !made) {
        return made;
    }
    topics_[topic] = {partitions, replication, {}};
    return {};
}

Answer KafkaTopics::handle(const Asked& asked) {
    const std::string_view root = "/topics";
    std::string_view path = asked.path, who;
    if (path.starts_with("/as/")) {
        path.remove_prefix(std::string_view("/as/").size());
        who = path.substr(0, path.find('/'));
        path.remove_prefix(who.size());
    }
    if (const std::string_view brokers = "/brokers/"; path.starts_with(brokers) && asked.method == "GET") {
        return of_broker(std::string(path.substr(brokers.size())));
    }
    if (!path.starts_with(root)) {
        return text_answer(404, "nothing here");
    }
    std::string name = percent_decoded(path.substr(root.size()));
    name.erase(0, name.starts_with('/') ? 1 : 0);
    const auto slash = std::min(name.find('/'), name.size());
    const std::string what = name.substr(slash);
    name.erase(slash);
    const auto body = asked.method == "POST" ? parse_json(asked.body, "body") : Result<Json>(Json::object());
    if (!body || !body->is_object()) {
        return text_answer(422, "no JSON object was sent");
    }
    if (asked.method == "POST" && name.empty()) {
        return create(*body);
    }
    if (denied_.contains({percent_decoded(who), name})) {
        return text_answer(403, "Broker: Topic authorization failed");
    }
    const auto topic = topics_.find(name);
    if (topic == topics_.end()) {
        return text_answer(404, "the brokers don't know it");
    }
    if (asked.method == "POST" && what == "/config") {
        return configure(topic->second, *body);
    }
    if (asked.method == "POST" && what == "/message") {
        return admit(topic->second, *body);
    }
    if (!what.empty()) {
        return text_answer(404, "nothing here");
    }
    Json entries = Json::object();
    for (const auto& [key, setting] : settings()) {
        const auto own = topic->second.own.find(key);
        entries[key] = {{"value", own == topic->second.own.end() ? std::string(setting.standard) : own->second},
                        {"own", own != topic->second.own.end()}};
    }
    return json_answer(200, Json{{"partitions", topic->second.partitions},
                                 {"replication", topic->second.replication},
                                 {"config", std::move(entries)}}
                                .dump());
}

Answer KafkaTopics::create(const Json& body) {
    const std::string name = body.value("name", std::string());
    const int partitions = body.value("partitions", 0), replication = body.value("replication", 0);
    const auto own = texts_in(body.value("config", Json::object()));
    if (topics_.contains(name)) {
        return text_answer(409, "there is one of that name");
    }
    if (replication < 1 || replication > KafkaCluster::brokers) {
        return text_answer(
            422, fmt::format("replication {} is more than there are brokers ({})", replication, KafkaCluster::brokers));
    }
    if (partitions < 1) {
        return text_answer(422, "a topic has at least one partition");
    }
    if (const std::string why = refused(own); !why.empty()) {
        return text_answer(422, why);
    }
    if (body.value("validate", false)) {
        return text_answer(200, "");
    }
    if (const auto made = make(name, partitions, replication); !made) {
        return text_answer(422, made.error().what);
    }
    topics_[name].own = own;
    return text_answer(201, "");
}

Answer KafkaTopics::configure(Topic& topic, const Json& body) {
    const auto own = texts_in(body.value("own", Json::object()));
    if (const std::string why = refused(own); !why.empty()) {
        return text_answer(422, why);
    }
    if (!body.value("validate", false)) {
        topic.own = own;
    }
    return text_answer(200, "");
}

/// The mock brokers take any message.
Answer KafkaTopics::admit(const Topic& topic, const Json& body) {
    const auto policy = topic.own.find("cleanup.policy");
    const bool compacted = policy != topic.own.end() && policy->second.find("compact") != std::string::npos;
    return compacted && !body.value("key", false) ? text_answer(422, rd_kafka_err2str(RD_KAFKA_RESP_ERR_INVALID_RECORD))
                                                  : text_answer(200, "");
}

} // namespace sluice::range
