#pragma once
#include "kafka/topics.h"

#include <map>
#include <string>

namespace sluice::kafka {

/// Some of a topic's settings, before and after. The value "default" stands for: not set for the topic, as the brokers
/// have it.
struct ConfigChange {
    std::map<std::string, std::string> before, after;
    bool operator==(const ConfigChange&) const = default;
};
inline constexpr const char* as_the_brokers = "default";

/// Whether two values say the same to a broker: numbers as numbers, truths in any case, lists without their blanks.
bool same_value(const std::string& a, const std::string& b);
bool same_values(const std::map<std::string, std::string>& a, const std::map<std::string, std::string>& b);

/// Empty: the topic is as wanted. A setting that nobody asked for may be any.
std::string difference(const Topic& found, const NewTopic& wanted);

/// What is wanted, against the settings as they are. `bad_input` for one that the brokers don't know.
Result<ConfigChange> change_of(const Configs& now, const std::map<std::string, std::string>& wanted,
                               const std::string& topic);

/// All that is set for the topic afterwards: AlterConfigs resets what it does not name. `conflict` when one of them
/// stands neither as before nor as wanted: somebody else has changed it.
Result<std::map<std::string, std::string>> own_after(const Configs& now, const ConfigChange& change,
                                                     const std::string& topic);

/// What others have set since `written` was: the settings that `change` does not name.
ConfigChange others_since(const std::map<std::string, std::string>& written, const Configs& now,
                          const ConfigChange& change);

} // namespace sluice::kafka
