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

/// What is wanted, against the settings as they are. `bad_input` for one that the brokers don't know.
Result<ConfigChange> change_of(const Configs& now, const std::map<std::string, std::string>& wanted,
                               const std::string& topic);

/// All that is set for the topic afterwards: AlterConfigs resets what it does not name. `conflict` when one of them
/// stands neither as before nor as wanted: somebody else has changed it.
Result<std::map<std::string, std::string>> own_after(const Configs& now, const ConfigChange& change,
                                                     const std::string& topic);

} // namespace sluice::kafka
