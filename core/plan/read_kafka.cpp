/// Changes in a Kafka cluster, and looks at one.
#include "plan/kafka_aim.h"
#include "plan/reading.h"
#include "plan/secret_reference.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

bool is_template(const std::string& text) {
    return text.find("${") != std::string::npos;
}

bool is_count(const std::string& text, int most) {
    int count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    return error == std::errc() && end == text.data() + text.size() && count >= 1 && count <= most;
}

/// What a step waits for an answer is real time, which a rehearsal's clock does not know: it has a cap of its own.
void check_timeout(Reading& reading, const Node& step_node, Nanos most) {
    const Entry* entry = step_node.entry("timeout");
    if (const auto timeout = reading.duration(step_node, "timeout"); entry != nullptr && timeout && *timeout > most) {
        reading.warn(entry->at, fmt::format("Kafka is waited for {} at most here", duration_text(most)),
                     "remove it, or name less");
    }
}

/// What Kafka takes as a topic's name.
std::string topic_name(Reading& reading, const Node& node) {
    std::string name = reading.filled(node);
    const bool fits = !name.empty() && name.size() <= 249 && name != "." && name != ".." &&
                      std::all_of(name.begin(), name.end(), [](unsigned char c) {
                          return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
                      });
    if (node.is_scalar() && !fits && !is_template(name)) {
        reading.error(node.at, fmt::format("'{}' can't be the name of a topic", name),
                      "letters, digits, '.', '_' and '-', 249 at most");
    }
    return name;
}

std::string topic_name(Reading& reading, const Node& map, const char* key) {
    const Node* node = map.find(key);
    return node == nullptr || !node->is_scalar() ? std::string() : topic_name(reading, *node);
}

std::vector<std::string> topic_names(Reading& reading, const Node* node) {
    std::vector<std::string> names;
    if (node != nullptr && node->is_list()) {
        for (const Node& item : node->items) {
            names.push_back(topic_name(reading, item));
        }
        if (node->items.empty()) {
            reading.error(node->at, "no topic is named", "name one");
        }
    } else if (node != nullptr && node->is_scalar()) {
        names.push_back(topic_name(reading, *node));
    }
    return names;
}

std::string group_name(Reading& reading, const Node& map) {
    std::string name = reading.filled(map, "group");
    if (const Node* node = map.find("group"); node != nullptr && node->is_scalar() && name.empty()) {
        reading.error(node->at, "a group without a name", "name the consumer group");
    }
    return name;
}

std::string count(Reading& reading, const Node& map, const char* key, int most) {
    std::string text = reading.filled(map, key);
    if (const Node* node = map.find(key);
        node != nullptr && node->is_scalar() && !is_template(text) && !is_count(text, most)) {
        reading.error(node->at,
                      fmt::format("'{}' is no number of {}", text,
                                  std::string_view(key) == "partitions" ? "partitions" : "replicas"),
                      fmt::format("a whole number from 1 to {}, or ${{name}}", most));
    }
    return text;
}

std::map<std::string, std::string> read_config(Reading& reading, const Node* map) {
    std::map<std::string, std::string> config;
    for (std::size_t i = 0; map != nullptr && i < map->entries.size(); ++i) {
        const Entry& entry = map->entries[i];
        config[entry.key] = reading.filled(entry.value);
    }
    if (map != nullptr && map->is_map() && map->entries.empty()) {
        reading.error(map->at, "no setting is named", "name one, for example {retention.ms: 3600000}");
    }
    return config;
}

KafkaOffsets read_offsets(Reading& reading, const Node& node) {
    KafkaOffsets offsets{group_name(reading, node), topic_names(reading, node.find("topics")),
                         reading.filled(node, "to")};
    const Node* to = node.find("to");
    if (to != nullptr && to->is_scalar() && !is_template(offsets.to)) {
        if (const auto aim = parse_aim(offsets.to); !aim) {
            reading.error(to->at, aim.error().what, aim.error().remedy);
        }
    }
    return offsets;
}

KafkaMessage read_message(Reading& reading, const Node& node) {
    KafkaMessage message;
    message.topic = topic_name(reading, node, "topic");
    message.key = reading.filled(node, "key");
    if (const Node* json = node.find("json")) {
        message.json = reading.filled_json(*json);
    }
    message.text = reading.filled(node, "text");
    const Node* headers = node.find("headers");
    for (std::size_t i = 0; headers != nullptr && i < headers->entries.size(); ++i) {
        const Entry& entry = headers->entries[i];
        message.headers.emplace_back(entry.key, reading.filled(entry.value));
        if (secret_value(message.headers.back().second)) {
            reading.error(entry.value.at, "a message's header can't be a secret: the brokers would keep it",
                          "remove it");
        }
    }
    return message;
}

} // namespace

KafkaAction read_kafka(Reading& reading, const Node& node, const Node& step_node) {
    check_timeout(reading, step_node, longest_kafka_change);
    if (const Entry* verify = step_node.entry("verify"); verify != nullptr && node.find("produce") != nullptr) {
        reading.error(verify->at, "no look can tell whether a message is this one",
                      "remove it; where its answer is lost, a person looks for the header sluice-operation");
    }
    if (const Node* offsets = node.find("set-offsets")) {
        return {read_offsets(reading, *offsets)};
    }
    if (const Node* topic = node.find("create-topic")) {
        return {KafkaTopic{topic_name(reading, *topic, "name"), count(reading, *topic, "partitions", most_partitions),
                           count(reading, *topic, "replication", most_replicas),
                           read_config(reading, topic->find("config"))}};
    }
    if (const Node* config = node.find("set-config")) {
        return {KafkaConfig{topic_name(reading, *config, "topic"), read_config(reading, config->find("config"))}};
    }
    const Node* message = node.find("produce");
    return {message != nullptr ? read_message(reading, *message) : KafkaMessage{}};
}

ConfigNumber read_config_number(Reading& reading, const Node& node) {
    ConfigNumber number{topic_name(reading, node, "topic"), reading.integer(node, "broker", 0),
                        reading.text(node, "key")};
    const bool fits = std::all_of(number.key.begin(), number.key.end(), [](unsigned char c) {
        return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '.' || c == '-' || c == '_';
    });
    if (const Node* key = node.find("key"); key != nullptr && key->is_scalar() && (!fits || number.key.empty())) {
        reading.error(key->at, fmt::format("'{}' can't be the name of a setting", number.key),
                      "as Kafka's documentation has it: retention.ms, num.io.threads");
    }
    return number;
}

KafkaRead read_kafka_read(Reading& reading, const Node& node, const Node& step_node) {
    KafkaRead read;
    if (step_node.find("probe") != nullptr) { // what verifies or is ready takes its step's
        check_timeout(reading, step_node, longest_kafka_look);
    }
    if (node.find("group") != nullptr) {
        read.kind = KafkaRead::Kind::group;
        read.name = group_name(reading, node);
        read.topics = topic_names(reading, node.find("topics"));
    } else if (const Node* brokers = node.find("brokers")) {
        read.kind = KafkaRead::Kind::brokers;
        if (!reading.boolean(node, "brokers", true)) {
            reading.error(brokers->at, "a look at nothing", "write brokers: true, or remove the step");
        }
    } else {
        read.name = topic_name(reading, node, "topic");
    }
    if (const Entry* topics = node.entry("topics"); topics != nullptr && node.find("group") == nullptr) {
        reading.error(topics->at, "'topics' belongs to a group", "write topic: NAME, or name the group");
    }
    return read;
}

} // namespace sluice::plan
