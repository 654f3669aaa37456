#include "kafka/topics.h"

#include "kafka/broker_error.h"
#include "kafka/call.h"
#include "kafka/list_offsets.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::kafka {
namespace {

Result<Metadata> metadata_of(const Call& call, const std::string& name) {
    const TopicHandle topic(rd_kafka_topic_new(call.client, name.c_str(), nullptr));
    const std::string about = "topic " + name;
    if (topic == nullptr) {
        return tl::unexpected(error_of(rd_kafka_last_error(), about));
    }
    const rd_kafka_metadata_t* found = nullptr;
    const auto error = rd_kafka_metadata(call.client, 0, topic.get(), &found, call.left());
    Metadata metadata(found);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(error_of(error, about));
    }
    if (metadata->topic_cnt != 1) {
        return tl::unexpected(error_of(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, about));
    }
    const auto wrong = metadata->topics[0].err;
    if (wrong != RD_KAFKA_RESP_ERR_NO_ERROR && wrong != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) {
        return tl::unexpected(error_of(wrong, about));
    }
    return metadata;
}

/// A broker can know of a topic later than the one that made it.
Result<void> shown(const Call& call, const NewTopic& topic) {
    do {
        const auto metadata = metadata_of(call, topic.name);
        if (!metadata || (*metadata)->topics[0].partition_cnt != topic.partitions) {
            continue;
        }
        const auto configs = configs_of(call, topic.name);
        if (configs || configs.error().code == ErrorCode::refused) { // who may not read settings may still make a topic
            return {};
        }
    } while (call.pause());
    return fail(ErrorCode::unreachable, "topic " + topic.name + ": it was made, and the brokers don't show it yet", {},
                "look again");
}

} // namespace

Json to_json(const Topic& topic) {
    Json config = Json::object();
    for (const auto& [name, entry] : topic.config) {
        config[name] = entry.value;
    }
    Json json = {{"partitions", topic.partitions},
                 {"replication", topic.replication},
                 {"leaderless", topic.leaderless},
                 {"under-replicated", topic.under_replicated},
                 {"messages", topic.messages ? Json(*topic.messages) : Json()},
                 {"config", std::move(config)}};
    if (!topic.config_error.empty()) {
        json["config-error"] = topic.config_error;
    }
    return json;
}

Result<std::map<std::string, int>> partitions_of(const Call& call, const std::vector<std::string>& topics) {
    std::map<std::string, int> partitions;
    if (auto late = too_late(call, "topics")) {
        return tl::unexpected(*std::move(late));
    }
    for (const auto& name : topics) {
        const auto metadata = metadata_of(call, name);
        if (!metadata) {
            return failed(metadata);
        }
        partitions[name] = (*metadata)->topics[0].partition_cnt;
    }
    return partitions;
}

Result<Topic> describe_topic(const Call& call, const std::string& name) {
    if (auto late = too_late(call, "topic " + name)) {
        return tl::unexpected(*std::move(late));
    }
    const auto metadata = metadata_of(call, name);
    if (!metadata) {
        return failed(metadata);
    }
    const auto& found = (*metadata)->topics[0];
    Topic topic;
    topic.name = name;
    topic.partitions = found.partition_cnt;
    for (int i = 0; i < found.partition_cnt; ++i) {
        const auto& partition = found.partitions[i];
        topic.replication = i == 0 ? partition.replica_cnt : std::min(topic.replication, partition.replica_cnt);
        topic.leaderless += partition.leader < 0 ? 1 : 0;
        topic.under_replicated += partition.isr_cnt < partition.replica_cnt ? 1 : 0;
    }
    return topic;
}

std::optional<std::int64_t> messages_in(const Call& call, const Topic& topic) {
    if (topic.leaderless > 0 || call.over()) {
        return std::nullopt;
    }
    Call half = call;
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(call.ends_at - Call::Clock::now()) / 2;
    half.ends_at = Call::Clock::now() + rest;
    half.most = std::min(call.most, rest / 2); // the starts, then the ends
    const auto places = places_of({{topic.name, topic.partitions}});
    ListedOffsets first, end;
    list_offsets(half, places, RD_KAFKA_OFFSET_BEGINNING, first);
    if (!first.troubles.empty()) {
        return std::nullopt;
    }
    list_offsets(half, places, RD_KAFKA_OFFSET_END, end);
    std::int64_t all = 0;
    for (const auto& place : places) {
        const auto from = first.found.find(place), to = end.found.find(place);
        if (from == first.found.end() || to == end.found.end() || from->second < 0 || to->second < 0) {
            return std::nullopt;
        }
        all += to->second - from->second;
    }
    return all;
}

namespace {

/// Gives each setting to `take`, until that refuses one.
template <typename Take>
Result<void> each_setting(const Call& call, const ConfigOwner& owner, const Take& take) {
    const std::string about = "settings of " + words_of(owner);
    if (auto late = too_late(call, about)) {
        return tl::unexpected(*std::move(late));
    }
    const bool of_topic = !owner.topic.empty();
    const std::string name = of_topic ? owner.topic : std::to_string(owner.broker);
    const Queue queue(rd_kafka_queue_new(call.client));
    const Options options = options_for(call, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    const ConfigResource resource(
        rd_kafka_ConfigResource_new(of_topic ? RD_KAFKA_RESOURCE_TOPIC : RD_KAFKA_RESOURCE_BROKER, name.c_str()));
    auto* pointer = resource.get();
    rd_kafka_DescribeConfigs(call.client, &pointer, 1, options.get(), queue.get());
    const auto event = answer_of(call, queue.get(), RD_KAFKA_EVENT_DESCRIBECONFIGS_RESULT, about);
    if (!event) {
        return failed(event);
    }
    std::size_t count = 0;
    const auto** found =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event->get()), &count);
    for (std::size_t i = 0; i < count; ++i) {
        if (const auto error = rd_kafka_ConfigResource_error(found[i]); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return tl::unexpected(error_of(error, about, rd_kafka_ConfigResource_error_string(found[i])));
        }
        std::size_t entries = 0;
        const auto** entry = rd_kafka_ConfigResource_configs(found[i], &entries);
        for (std::size_t e = 0; e < entries; ++e) {
            if (auto taken = take(*entry[e]); !taken) {
                return taken;
            }
        }
    }
    return {};
}

} // namespace

Result<Configs> configs_of(const Call& call, const std::string& topic) {
    Configs configs;
    const auto all = each_setting(call, {topic, 0}, [&](const rd_kafka_ConfigEntry_t& entry) -> Result<void> {
        const char* value = rd_kafka_ConfigEntry_value(&entry);
        const bool secret = rd_kafka_ConfigEntry_is_sensitive(&entry) == 1;
        const bool own = rd_kafka_ConfigEntry_source(&entry) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG;
        if (value == nullptr && own && secret) {
            return fail(ErrorCode::refused,
                        "settings of topic " + topic +
                            ": one is secret, so it can't be read and would be lost by a change",
                        {}, "do it by kafka-configs.sh, which changes single settings");
        }
        if (value != nullptr && !secret) {
            configs[rd_kafka_ConfigEntry_name(&entry)] = {value, own};
        }
        return {};
    });
    return all ? Result<Configs>(std::move(configs)) : failed(all);
}

std::string words_of(const ConfigOwner& owner) {
    return owner.topic.empty() ? "broker " + std::to_string(owner.broker) : "topic " + owner.topic;
}

Result<std::string> setting_of(const Call& call, const ConfigOwner& owner, const std::string& key) {
    Result<std::string> value = fail(ErrorCode::not_found, words_of(owner) + " has no setting " + key, {},
                                     "is the name right, as the brokers' version has it?");
    const auto all = each_setting(call, owner, [&](const rd_kafka_ConfigEntry_t& entry) -> Result<void> {
        if (key != rd_kafka_ConfigEntry_name(&entry)) {
            return {};
        }
        const char* text = rd_kafka_ConfigEntry_value(&entry);
        if (text == nullptr || rd_kafka_ConfigEntry_is_sensitive(&entry) == 1) {
            value = fail(ErrorCode::refused,
                         fmt::format("{} of {} is not told: it is secret, or has no value", key, words_of(owner)));
        } else {
            value = std::string(text);
        }
        return {};
    });
    return all ? value : failed(all);
}

namespace {

Result<void> ask_for_topic(const Call& call, const NewTopic& topic, bool validate) {
    const std::string about = "topic " + topic.name;
    char words[256];
    const NewTopicHandle wanted(
        rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, topic.replication, words, sizeof words));
    if (wanted == nullptr) {
        return fail(ErrorCode::bad_input, about + ": " + words);
    }
    for (const auto& [name, value] : topic.config) {
        rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
    }
    const Queue queue(rd_kafka_queue_new(call.client));
    const Options options = options_for(call, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    // Waits until the brokers know of it, as long as the call may take.
    rd_kafka_AdminOptions_set_operation_timeout(options.get(), std::max(call.left() - 200, 1), words, sizeof words);
    rd_kafka_AdminOptions_set_validate_only(options.get(), validate ? 1 : 0, words, sizeof words);
    auto* pointer = wanted.get();
    rd_kafka_CreateTopics(call.client, &pointer, 1, options.get(), queue.get());
    const auto event = answer_of(call, queue.get(), RD_KAFKA_EVENT_CREATETOPICS_RESULT, about);
    if (!event) {
        return failed(event);
    }
    std::size_t count = 0;
    const auto** results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event->get()), &count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto error = rd_kafka_topic_result_error(results[i]);
        if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
            return fail(ErrorCode::conflict, about + ": there is one of that name");
        }
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return tl::unexpected(error_of(error, about, rd_kafka_topic_result_error_string(results[i])));
        }
    }
    return {};
}

Result<void> ask_for_configs(const Call& call, const std::string& topic, const std::map<std::string, std::string>& own,
                             bool validate) {
    const std::string about = "settings of topic " + topic;
    const ConfigResource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    for (const auto& [name, value] : own) {
        rd_kafka_ConfigResource_set_config(resource.get(), name.c_str(), value.c_str());
    }
    const Queue queue(rd_kafka_queue_new(call.client));
    const Options options = options_for(call, RD_KAFKA_ADMIN_OP_ALTERCONFIGS);
    char ignored[128];
    rd_kafka_AdminOptions_set_validate_only(options.get(), validate ? 1 : 0, ignored, sizeof ignored);
    auto* pointer = resource.get();
    rd_kafka_AlterConfigs(call.client, &pointer, 1, options.get(), queue.get());
    const auto event = answer_of(call, queue.get(), RD_KAFKA_EVENT_ALTERCONFIGS_RESULT, about);
    if (!event) {
        return failed(event);
    }
    std::size_t count = 0;
    const auto** results =
        rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(event->get()), &count);
    for (std::size_t i = 0; i < count; ++i) {
        if (const auto error = rd_kafka_ConfigResource_error(results[i]); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return tl::unexpected(error_of(error, about, rd_kafka_ConfigResource_error_string(results[i])));
        }
    }
    return {};
}

template <typename Write>
Result<void> written(const Call& call, const std::string& about, const Write& write) {
    if (auto late = too_late(call, about)) {
        late->code = ErrorCode::refused; // nothing was sent
        return tl::unexpected(*std::move(late));
    }
    return once_settled(call, "", write);
}

} // namespace

Result<void> create_topic(const Call& call, const NewTopic& topic, bool validate) {
    auto made =
        written(call, "topic " + topic.name, [&](const Call& at) { return ask_for_topic(at, topic, validate); });
    return made && !validate ? shown(call, topic) : made;
}

Result<void> replace_configs(const Call& call, const std::string& topic, const std::map<std::string, std::string>& own,
                             bool validate) {
    return written(call, "settings of topic " + topic,
                   [&](const Call& at) { return ask_for_configs(at, topic, own, validate); });
}

Result<Json> brokers_of(const Call& call) {
    if (auto late = too_late(call, "brokers")) {
        return tl::unexpected(*std::move(late));
    }
    const rd_kafka_metadata_t* found = nullptr;
    const auto error = rd_kafka_metadata(call.client, 0, nullptr, &found, call.left());
    const Metadata metadata(found);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return tl::unexpected(error_of(error, ""));
    }
    const int controller = rd_kafka_controllerid(call.client, 0); // as that answer had it
    return Json{{"brokers", metadata->broker_cnt}, {"controller", controller < 0 ? Json() : Json(controller)}};
}

} // namespace sluice::kafka
