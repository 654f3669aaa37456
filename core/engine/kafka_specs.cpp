#include "engine/kafka_specs.h"

#include "sources/kafka_setting_source.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace sluice::engine {
namespace {

using plan::Scope;

Result<std::string> topic_in(const std::string& text, const Scope& scope) {
    auto name = plan::fill(text, scope);
    const bool fits = name && !name->empty() && name->size() <= 249 && *name != "." && *name != ".." &&
                      std::all_of(name->begin(), name->end(), [](unsigned char c) {
                          return (c < 0x80 && std::isalnum(c) != 0) || c == '.' || c == '_' || c == '-';
                      });
    if (name && !fits) {
        return fail(ErrorCode::bad_input, "'" + name->substr(0, 120) + "' can't be the name of a topic", {},
                    "letters, digits, '.', '_' and '-', 249 at most");
    }
    return name;
}

Result<int> count_in(const std::string& text, const Scope& scope, int most, const char* what) {
    const auto filled = plan::fill(text, scope);
    if (!filled) {
        return failed(filled);
    }
    int count = 0;
    const auto [end, error] = std::from_chars(filled->data(), filled->data() + filled->size(), count);
    if (error != std::errc() || end != filled->data() + filled->size() || count < 1 || count > most) {
        return fail(ErrorCode::bad_input, fmt::format("'{}' is no number of {}", filled->substr(0, 120), what), {},
                    fmt::format("a whole number from 1 to {}", most));
    }
    return count;
}

Result<std::map<std::string, std::string>> config_in(const std::map<std::string, std::string>& config,
                                                     const Scope& scope) {
    std::map<std::string, std::string> filled;
    for (const auto& [name, value] : config) {
        auto one = plan::fill(value, scope);
        if (!one) {
            return failed(one);
        }
        filled[name] = std::move(*one);
    }
    return filled;
}

Result<effects::SetOffsets> spec_of(const plan::KafkaOffsets& body, const Scope& scope) {
    effects::SetOffsets spec;
    const auto group = plan::fill(body.group, scope);
    const auto to = plan::fill(body.to, scope);
    if (!group || !to) {
        return group ? failed(to) : failed(group);
    }
    if (group->empty()) {
        return fail(ErrorCode::bad_input, "the group has no name");
    }
    auto aim = kafka::parse_aim(*to);
    if (!aim) {
        return failed(aim);
    }
    spec.group = *group;
    spec.aim = std::move(*aim);
    spec.to = spec.aim.kind == kafka::Aim::Kind::given ? "what was given" : *to;
    for (const auto& one : body.topics) {
        auto topic = topic_in(one, scope);
        if (!topic) {
            return failed(topic);
        }
        spec.topics.push_back(std::move(*topic));
    }
    return spec;
}

Result<effects::CreateTopic> spec_of(const plan::KafkaTopic& body, const Scope& scope) {
    const auto name = topic_in(body.name, scope);
    const auto partitions = count_in(body.partitions, scope, plan::most_partitions, "partitions");
    const auto replication = count_in(body.replication, scope, plan::most_replicas, "replicas");
    const auto config = config_in(body.config, scope);
    if (!name) {
        return failed(name);
    }
    if (!partitions || !replication) {
        return partitions ? failed(replication) : failed(partitions);
    }
    if (!config) {
        return failed(config);
    }
    return effects::CreateTopic{{*name, *partitions, *replication, *config}};
}

Result<effects::SetConfig> spec_of(const plan::KafkaConfig& body, const Scope& scope) {
    const auto topic = topic_in(body.topic, scope);
    const auto config = config_in(body.config, scope);
    if (!topic || !config) {
        return topic ? failed(config) : failed(topic);
    }
    return effects::SetConfig{*topic, *config};
}

Result<effects::Produce> spec_of(const plan::KafkaMessage& body, const Scope& scope) {
    const auto topic = topic_in(body.topic, scope);
    const auto key = plan::fill(body.key, scope);
    const auto text = plan::fill(body.text, scope);
    const auto json = plan::fill_json(body.json.value_or(nullptr), scope);
    for (const auto* one : {&topic, &key, &text}) {
        if (!*one) {
            return failed(*one);
        }
    }
    if (!json) {
        return failed(json);
    }
    effects::Produce spec{{*topic, *key, -1, body.json ? json->dump() : *text, {}}};
    for (const auto& [name, value] : body.headers) {
        const auto filled = plan::fill(value, scope);
        if (!filled) {
            return failed(filled);
        }
        spec.message.headers.emplace_back(name, *filled);
    }
    return spec;
}

/// The looks of one `try_kafka`, one after the other.
struct Trial : std::enable_shared_from_this<Trial> {
    using Done = std::function<void(Result<void>)>;
    using Look = std::function<void(const kafka::TopicDesk::Ask&, Done)>;

    void next() {
        if (looks.empty()) {
            cluster->connection().scheduler().after({}, [self = shared_from_this()] { self->done(self->found()); });
            return;
        }
        const Look look = std::move(looks.front());
        looks.erase(looks.begin());
        look({fmt::format("{}/{}", key, ++count), ceiling}, [self = shared_from_this()](const Result<void>& good) {
            if (good) {
                self->next();
            } else {
                self->done(failed(good));
            }
        });
    }

    std::string found() const {
        return topics.empty() ? std::string("the brokers answer")
                              : fmt::format("the brokers answer, {} is there", fmt::join(topics, ", "));
    }

    void expect_brokers() {
        looks.emplace_back([this](const kafka::TopicDesk::Ask& ask, const Done& then) {
            cluster->connection().call<Result<Json>>(
                ask.key, ask.ceiling, [](const kafka::Call& call) { return brokers_of(call); },
                [then](const Result<Json>& answer) { then(answer ? Result<void>() : failed(answer)); });
        });
    }
    void expect_topic(const std::string& topic) {
        if (made.contains(topic) || std::find(topics.begin(), topics.end(), topic) != topics.end()) {
            return;
        }
        topics.push_back(topic);
        looks.emplace_back([this, topic](const kafka::TopicDesk::Ask& ask, const Done& then) {
            cluster->topics().partitions({topic}, ask, [then](const Result<std::map<std::string, int>>& answer) {
                then(answer ? Result<void>() : failed(answer));
            });
        });
    }
    void expect_group(const std::string& group, const std::string& topic) {
        looks.emplace_back([this, group, topic](const kafka::TopicDesk::Ask& ask, const Done& then) {
            cluster->connection().call<Result<kafka::Offsets>>(
                ask.key, ask.ceiling,
                [group, topic](const kafka::Call& call) {
                    return committed(call, group, {{topic, 0}});
                },
                [then](const Result<kafka::Offsets>& answer) { then(answer ? Result<void>() : failed(answer)); });
        });
    }
    void expect_creation(const kafka::NewTopic& topic) {
        looks.emplace_back([this, topic](const kafka::TopicDesk::Ask& ask, const Done& then) {
            cluster->topics().create(topic, true, ask, [this, topic, ask, then](Result<void> answer) {
                if (answer || answer.error().code != ErrorCode::conflict) {
                    then(std::move(answer));
                    return;
                }
                cluster->topics().describe(
                    topic.name, {ask.key + "/there", ask.ceiling}, [topic, then](const Result<kafka::Topic>& found) {
                        const std::string why = found ? difference(*found, topic) : std::string();
                        then(!found ? failed(found)
                             : why.empty()
                                 ? Result<void>()
                                 : fail(ErrorCode::conflict, why, {}, "name another topic, or ask for what is there"));
                    });
            });
        });
    }
    void expect_config(const effects::SetConfig& wanted) {
        if (made.contains(wanted.topic)) {
            return;
        }
        looks.emplace_back([this, wanted](const kafka::TopicDesk::Ask& ask, const Done& then) {
            cluster->topics().configure(
                wanted.topic, {{}, wanted.config}, true, ask,
                [then](const Result<kafka::ConfigChange>& answer) { then(answer ? Result<void>() : failed(answer)); });
        });
    }

    /// That a metric can read a setting, and that it is a number; one of a topic that the plan makes comes later.
    void expect_number(const plan::ConfigNumber& number, const Scope& values) {
        const auto topic = plan::fill(number.topic, values);
        if (!topic || made.contains(*topic)) {
            return;
        }
        const kafka::ConfigOwner owner{*topic, number.broker};
        looks.emplace_back([this, owner, name = number.key](const kafka::TopicDesk::Ask& ask, const Done& then) {
            cluster->topics().setting(owner, name, ask, [owner, name, then](const Result<std::string>& answer) {
                const auto read =
                    answer ? sources::setting_number(owner, name, *answer, nullptr) : Result<double>(failed(answer));
                then(read ? Result<void>() : failed(read));
            });
        });
    }

    kafka::Cluster* cluster = nullptr;
    std::string key;
    Nanos ceiling;
    std::function<void(Result<std::string>)> done;
    std::vector<Look> looks;
    std::vector<std::string> topics;
    std::set<std::string> made; ///< by steps of the plan
    int count = 0;
};

/// All kafka steps on a connection that can be filled in, forward and back, what undoes them too.
std::vector<effects::KafkaSpec> specs_on(const plan::Plan& plan, const Scope& values, const std::string& connection) {
    std::vector<effects::KafkaSpec> specs;
    for (const auto* steps : {&plan.steps, &plan.rollback_steps}) {
        for (const auto& step : *steps) {
            const auto* action = std::get_if<plan::KafkaAction>(&step.body);
            auto spec = action != nullptr && step.on == connection ? kafka_spec(*action, values)
                                                                   : fail(ErrorCode::not_found, "");
            if (spec) {
                specs.push_back(std::move(*spec));
            }
        }
    }
    return specs;
}

} // namespace

Result<effects::KafkaSpec> kafka_spec(const plan::KafkaAction& action, const Scope& scope) {
    return std::visit(
        [&](const auto& body) -> Result<effects::KafkaSpec> {
            auto spec = spec_of(body, scope);
            return spec ? Result<effects::KafkaSpec>(effects::KafkaSpec{std::move(*spec)})
                        : Result<effects::KafkaSpec>(failed(spec));
        },
        action.what);
}

std::string kafka_target(const plan::KafkaAction& action, const std::string& connection) {
    if (const auto* offsets = std::get_if<plan::KafkaOffsets>(&action.what)) {
        return connection + ": group " + offsets->group;
    }
    if (const auto* topic = std::get_if<plan::KafkaTopic>(&action.what)) {
        return connection + ": topic " + topic->name;
    }
    if (const auto* config = std::get_if<plan::KafkaConfig>(&action.what)) {
        return connection + ": topic " + config->topic;
    }
    return connection + ": topic " + std::get<plan::KafkaMessage>(action.what).topic;
}

void try_kafka(kafka::Cluster& cluster, const plan::Plan& plan, const Scope& values, const std::string& connection,
               const std::string& key, Nanos ceiling, std::function<void(Result<std::string>)> done) {
    auto trial = std::make_shared<Trial>();
    trial->cluster = &cluster;
    trial->key = key;
    trial->ceiling = ceiling;
    trial->done = std::move(done);
    const auto specs = specs_on(plan, values, connection);
    for (const auto& spec : specs) {
        if (const auto* creation = std::get_if<effects::CreateTopic>(&spec.action)) {
            trial->made.insert(creation->topic.name);
        }
    }
    trial->expect_brokers();
    for (const auto& metric : plan.metrics) {
        if (metric.from == connection && metric.lag) {
            std::for_each(metric.lag->topics.begin(), metric.lag->topics.end(),
                          [&](const auto& topic) { trial->expect_topic(topic); });
        }
        const bool acted_out = metric.rehearsed && cluster.simulated();
        if (metric.from == connection && metric.config && !acted_out) {
            trial->expect_number(*metric.config, values);
        }
    }
    for (const auto& spec : specs) {
        if (const auto* creation = std::get_if<effects::CreateTopic>(&spec.action)) {
            trial->expect_creation(creation->topic);
        } else if (const auto* offsets = std::get_if<effects::SetOffsets>(&spec.action)) {
            std::for_each(offsets->topics.begin(), offsets->topics.end(),
                          [&](const auto& topic) { trial->expect_topic(topic); });
            if (!offsets->topics.empty() && !trial->made.contains(offsets->topics.front())) {
                trial->expect_group(offsets->group, offsets->topics.front());
            }
        } else if (const auto* message = std::get_if<effects::Produce>(&spec.action)) {
            trial->expect_topic(message->message.topic);
        } else if (const auto* config = std::get_if<effects::SetConfig>(&spec.action)) {
            trial->expect_topic(config->topic);
            trial->expect_config(*config);
        }
    }
    trial->next();
}

} // namespace sluice::engine
