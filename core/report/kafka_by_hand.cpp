#include "report/kafka_by_hand.h"

#include "base/instant.h"
#include "plan/fill.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>

namespace sluice::report {
namespace {

std::string text_at(const Json& json, const char* key) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
    return text;
}

class KafkaTools {
public:
    KafkaTools(const Json& settings, const Filled& filled) : settings_(settings), filled_(filled) {}

    ByHand take() && {
        if (settings_.is_object() && settings_.contains("security")) {
            tell_of_login(settings_["security"]);
        }
        return std::move(out_);
    }

    void operator()(const plan::KafkaOffsets& body) {
        const std::string to = filled_(body.to);
        out_.remarks.emplace_back("stop the group's consumers first; a group with members is refused");
        if (const auto given = to.starts_with('{') ? parse_json(to, "offsets") : Result<Json>(Json())) {
            if (given->is_object()) {
                return put_back(filled_(body.group), *given);
            }
        }
        if (to.find("${") != std::string::npos) { // what a step has yet to give
            out_.remarks.push_back("offsets.csv has a line topic,partition,offset for each partition, from " + to);
            say("kafka-consumer-groups.sh",
                {"--group", filled_(body.group), "--reset-offsets", "--from-file", "offsets.csv", "--execute"});
            return;
        }
        std::vector<std::string> words{"--group", filled_(body.group)};
        for (const auto& topic : body.topics) {
            words.insert(words.end(), {"--topic", filled_(topic)});
        }
        words.emplace_back("--reset-offsets");
        if (to == "earliest" || to == "latest") {
            words.push_back("--to-" + to);
        } else if (!to.empty() && to.find_first_not_of("0123456789") == std::string::npos) {
            words.insert(words.end(), {"--to-offset", to});
        } else {
            const auto instant = parse_instant(to, {});
            words.insert(words.end(), {"--to-datetime", instant ? utc(*instant) : to});
        }
        words.emplace_back("--execute");
        say("kafka-consumer-groups.sh", words);
    }

    void operator()(const plan::KafkaTopic& body) {
        for (const auto& [name, value] : body.config) {
            if (!takes(name, filled_(value), "[]=")) {
                return;
            }
        }
        out_.remarks.push_back(
            "it is refused where there is a topic of that name; then see whether that one will do: " +
            command("kafka-topics.sh", {"--describe", "--topic", filled_(body.name)}));
        std::vector<std::string> words{"--create",
                                       "--topic",
                                       filled_(body.name),
                                       "--partitions",
                                       filled_(body.partitions),
                                       "--replication-factor",
                                       filled_(body.replication)};
        for (const auto& [name, value] : body.config) {
            words.insert(words.end(), {"--config", name + "=" + filled_(value)});
        }
        say("kafka-topics.sh", words);
    }

    void operator()(const plan::KafkaConfig& body) {
        std::vector<std::string> set, unset;
        for (const auto& [name, value] : body.config) {
            const std::string wanted = filled_(value);
            if (!takes(name, wanted, "[]=")) {
                return;
            }
            if (wanted == "default") {
                unset.push_back(name);
            } else { // a value with commas stands in brackets
                set.push_back(name + "=" + (wanted.find(',') == std::string::npos ? wanted : "[" + wanted + "]"));
            }
        }
        std::vector<std::string> words{"--alter", "--entity-type", "topics", "--entity-name", filled_(body.topic)};
        if (!set.empty()) {
            words.insert(words.end(), {"--add-config", fmt::format("{}", fmt::join(set, ","))});
        }
        if (!unset.empty()) {
            words.insert(words.end(), {"--delete-config", fmt::format("{}", fmt::join(unset, ","))});
        }
        say("kafka-configs.sh", words);
    }

    void operator()(const plan::KafkaMessage& body) {
        std::vector<std::string> fields, words{"--topic", filled_(body.topic), "--producer-property", "acks=all"};
        if (!body.headers.empty()) {
            std::vector<std::string> headers;
            for (const auto& [name, value] : body.headers) {
                if (!takes(name, name, "[],=:") || !takes(name, filled_(value), "[],=")) {
                    return;
                }
                headers.push_back(name + ":" + filled_(value));
            }
            fields.push_back(fmt::format("{}", fmt::join(headers, ",")));
            words.insert(words.end(), {"--property", "parse.headers=true"});
        }
        if (!body.key.empty()) {
            fields.push_back(filled_(body.key));
            words.insert(words.end(), {"--property", "parse.key=true"});
        }
        fields.push_back(body.json ? json_of(*body.json).dump() : filled_(body.text));
        std::string line = "printf '%s", values;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            line += i == 0 ? "" : "\\t%s";
            values += " " + shell_word(fields[i]);
            if (fields[i].find_first_of("\n\t") != std::string::npos) {
                out_.remarks.emplace_back(
                    "this message holds a tab or a line end, which kafka-console-producer.sh takes "
                    "for the end of a field: send it by a program");
            }
        }
        out_.commands.push_back(line + "\\n'" + values + " | " + command("kafka-console-producer.sh", words));
    }

    void operator()(const plan::KafkaRead& body) {
        switch (body.kind) {
        case plan::KafkaRead::Kind::topic:
            say("kafka-topics.sh", {"--describe", "--topic", filled_(body.name)});
            break;
        case plan::KafkaRead::Kind::group:
            say("kafka-consumer-groups.sh", {"--describe", "--group", filled_(body.name)});
            if (!body.topics.empty()) {
                std::vector<std::string> topics;
                std::transform(body.topics.begin(), body.topics.end(), std::back_inserter(topics), filled_);
                out_.remarks.push_back(fmt::format("only what it tells of {} counts", fmt::join(topics, ", ")));
            }
            break;
        case plan::KafkaRead::Kind::brokers:
            say("kafka-broker-api-versions.sh", {});
            break;
        }
    }

    void operator()(const plan::ConfigNumber& body) {
        const bool of_broker = body.topic.empty();
        say("kafka-configs.sh", {"--describe", "--all", "--entity-type", of_broker ? "brokers" : "topics",
                                 "--entity-name", of_broker ? std::to_string(body.broker) : filled_(body.topic)});
        out_.remarks.push_back("the number is what it tells of " + body.key);
    }

private:
    std::string command(const std::string& tool, const std::vector<std::string>& words) const {
        const bool producer = tool == "kafka-console-producer.sh";
        std::string line = tool + " --bootstrap-server " + shell_word(text_at(settings_, "bootstrap"));
        if (settings_.is_object() && settings_.contains("security")) {
            line += producer ? " --producer.config client.properties" : " --command-config client.properties";
        }
        for (const auto& word : words) {
            line += " " + shell_word(word);
        }
        return line;
    }
    void say(const std::string& tool, const std::vector<std::string>& words) {
        out_.commands.push_back(command(tool, words));
    }

    /// Whether the tools take a value as it is: they cut it at some characters, and have no way to write them
    /// otherwise.
    bool takes(const std::string& name, const std::string& value, const char* cut_at) {
        if (value.find_first_of(cut_at) == std::string::npos) {
            return true;
        }
        out_.remarks.push_back(
            fmt::format("the value of {} is {}, and Kafka's tools would cut it at one of '[ ] , =': set "
                        "it by a program",
                        name, value));
        return false;
    }

    /// Offsets by topic and partition, as a step before recorded them: a file of lines topic,partition,offset.
    void put_back(const std::string& group, const Json& offsets) {
        std::string lines;
        std::vector<std::string> none;
        for (const auto& [topic, partitions] : offsets.items()) {
            for (const auto& [partition, offset] : partitions.items()) {
                if (offset.is_null()) {
                    none.push_back(fmt::format("{}:{}", topic, partition));
                } else {
                    lines += " " + shell_word(fmt::format("{},{},{}", topic, partition, offset.dump()));
                }
            }
        }
        if (!lines.empty()) {
            out_.commands.push_back("printf '%s\\n'" + lines + " > offsets.csv && " +
                                    command("kafka-consumer-groups.sh", {"--group", group, "--reset-offsets",
                                                                         "--from-file", "offsets.csv", "--execute"}));
        }
        if (!none.empty()) { // there was no commit
            std::vector<std::string> words{"--group", group, "--delete-offsets"};
            for (const auto& place : none) {
                words.insert(words.end(), {"--topic", place});
            }
            say("kafka-consumer-groups.sh", words);
        }
    }

    Json json_of(const Json& value) const {
        if (value.is_string()) {
            return filled_(value.get<std::string>());
        }
        Json all = value;
        for (auto& part : all) {
            if (value.is_structured()) {
                part = json_of(Json(part));
            }
        }
        return all;
    }

    void tell_of_login(const Json& security) {
        std::string holds = "security.protocol=" + upper(text_at(security, "protocol"));
        if (const auto mechanism = text_at(security, "mechanism"); !mechanism.empty()) {
            const bool plain = mechanism == "plain";
            holds += fmt::format(", sasl.mechanism={}, sasl.jaas.config=org.apache.kafka.common.security.{} required "
                                 "username=\"{}\" password=\"…\"; (the password is {})",
                                 upper(mechanism), plain ? "plain.PlainLoginModule" : "scram.ScramLoginModule",
                                 text_at(security, "username"), text_at(security, "password"));
        }
        if (const auto ca = text_at(security, "ca"); !ca.empty()) {
            holds += fmt::format(", ssl.truststore.type=PEM, ssl.truststore.location={}", ca);
        }
        if (const auto certificate = text_at(security, "certificate"); !certificate.empty()) {
            holds +=
                fmt::format(", ssl.keystore.type=PEM, ssl.keystore.location=FILE; (in FILE {} and its key, which is "
                            "{})",
                            certificate, text_at(security, "key"));
        }
        out_.remarks.push_back("client.properties holds, a line each: " + holds);
    }

    const Json& settings_;
    const Filled& filled_;
    ByHand out_;
};

} // namespace

ByHand kafka_by_hand(const plan::KafkaAction& action, const Json& settings, const Filled& filled) {
    KafkaTools tools(settings, filled);
    std::visit(tools, action.what);
    return std::move(tools).take();
}

ByHand kafka_by_hand(const plan::ConfigNumber& number, const Json& settings, const Filled& filled) {
    KafkaTools tools(settings, filled);
    tools(number);
    return std::move(tools).take();
}

ByHand kafka_by_hand(const plan::KafkaRead& read, const Json& settings, const Filled& filled) {
    KafkaTools tools(settings, filled);
    tools(read);
    return std::move(tools).take();
}

} // namespace sluice::report
