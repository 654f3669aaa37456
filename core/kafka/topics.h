#pragma once
/// Topics and brokers of a cluster, as they are and as they are changed. Worker thread; blocks no longer than the call.
#include "base/json.h"
#include "base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice::kafka {

struct Call;

struct ConfigValue {
    std::string value;
    bool own = false; ///< set for this topic; else as the brokers have it
    bool operator==(const ConfigValue&) const = default;
};
using Configs = std::map<std::string, ConfigValue>;

/// Whose settings are asked for.
struct ConfigOwner {
    std::string topic; ///< empty: a broker's
    int broker = 0;    ///< its id
};

struct NewTopic {
    std::string name;
    int partitions = 1;
    int replication = 1;
    std::map<std::string, std::string> config;
};

struct Topic {
    std::string name;
    int partitions = 0;
    int replication = 0; ///< of the partition that has fewest
    int leaderless = 0;
    int under_replicated = 0;             ///< partitions of which not all replicas are in sync
    std::optional<std::int64_t> messages; ///< end offsets minus first ones; nothing when not all could be asked
    Configs config;
    std::string config_error; ///< why the settings could not be read
};

/// {"partitions", "replication", "leaderless", "under-replicated", "messages", "config": {name: value}}; "config-error"
/// where the settings could not be read.
Json to_json(const Topic& topic);

/// How many partitions each has. `not_found` names the first that is not there.
Result<std::map<std::string, int>> partitions_of(const Call& call, const std::vector<std::string>& topics);

/// Without messages and settings.
Result<Topic> describe_topic(const Call& call, const std::string& name);

/// How many messages a topic has, asked of all leaders at once, with at most half of what the call has left: a leader
/// that is away costs a look its time, not its answer.
std::optional<std::int64_t> messages_in(const Call& call, const Topic& topic);

/// All settings of a topic.
Result<Configs> configs_of(const Call& call, const std::string& topic);

/// How a sentence names it: "topic nova.events", "broker 1".
std::string words_of(const ConfigOwner& owner);

/// One setting as it is in force, whoever has set it. `not_found`: there is none of that name; `refused` for one that
/// is secret.
Result<std::string> setting_of(const Call& call, const ConfigOwner& owner, const std::string& key);

/// `validate` only asks whether it would be done; else this waits until metadata and settings show it. `conflict`:
/// there is one of that name. `unreachable`: it can have happened.
Result<void> create_topic(const Call& call, const NewTopic& topic, bool validate);

/// Replaces what is set for a topic by `own`: what is not named falls back to the brokers' value (AlterConfigs).
Result<void> replace_configs(const Call& call, const std::string& topic, const std::map<std::string, std::string>& own,
                             bool validate);

/// {"brokers", "controller"}: how many there are, and the id of the one that leads them (null = not known).
Result<Json> brokers_of(const Call& call);

} // namespace sluice::kafka
