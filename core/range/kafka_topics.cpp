#include "range/kafka_topics.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::range {
namespace {

/// Kafka's topic settings as its brokers have them by default (Apache Kafka's documentation, "Topic Configs").
const std::map<std::string, std::string>& defaults() {
    static const std::map<std::string, std::string> all{{"cleanup.policy", "delete"},
                                                        {"compression.type", "producer"},
                                                        {"delete.retention.ms", "86400000"},
                                                        {"file.delete.delay.ms", "60000"},
                                                        {"flush.messages", "9223372036854775807"},
                                                        {"flush.ms", "9223372036854775807"},
                                                        {"index.interval.bytes", "4096"},
                                                        {"max.compaction.lag.ms", "9223372036854775807"},
                                                        {"max.message.bytes", "1048588"},
                                                        {"message.timestamp.type", "CreateTime"},
                                                        {"min.cleanable.dirty.ratio", "0.5"},
                                                        {"min.compaction.lag.ms", "0"},
                                                        {"min.insync.replicas", "1"},
                                                        {"preallocate", "false"},
                                                        {"retention.bytes", "-1"},
                                                        {"retention.ms", "604800000"},
                                                        {"segment.bytes", "1073741824"},
                                                        {"segment.index.bytes", "10485760"},
                                                        {"segment.jitter.ms", "0"},
                                                        {"segment.ms", "604800000"},
                                                        {"unclean.leader.election.enable", "false"}};
    return all;
}

bool is_integer(const std::string& text) {
    const std::string digits = text.substr(text.starts_with('-') ? 1 : 0);
    return !digits.empty() && digits.size() <= 19 &&
           std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Empty: a broker would take it.
std::string refused(const std::map<std::string, std::string>& own) {
    for (const auto& [name, value] : own) {
        const auto known = defaults().find(name);
        if (known == defaults().end()) {
            return "Unknown topic config name: " + name;
        }
        if (is_integer(known->second) && !is_integer(value)) {
            return fmt::format("Invalid value {} for configuration {}: Not a number", value, name);
        }
        const bool truth = known->second == "true" || known->second == "false";
        if (truth && value != "true" && value != "false") {
            return fmt::format("Invalid value {} for configuration {}: Expected value to be either true or false",
                               value, name);
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
    if (!path.starts_with(root)) {
        return text_answer(404, "nothing here");
    }
    std::string name = percent_decoded(path.substr(root.size()));
    name.erase(0, name.starts_with('/') ? 1 : 0);
    const bool config = name.ends_with("/config");
    name.erase(config ? name.size() - std::string_view("/config").size() : name.size());
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
    if (asked.method == "POST" && config) {
        return configure(topic->second, *body);
    }
    Json entries = Json::object();
    for (const auto& [key, value] : defaults()) {
        const auto own = topic->second.own.find(key);
        entries[key] = {{"value", own == topic->second.own.end() ? value : own->second},
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

} // namespace sluice::range
