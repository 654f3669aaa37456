#include "kafka/config_change.h"

#include <fmt/format.h>

namespace sluice::kafka {

Result<ConfigChange> change_of(const Configs& now, const std::map<std::string, std::string>& wanted,
                               const std::string& topic) {
    ConfigChange change{{}, wanted};
    for (const auto& [name, value] : wanted) {
        const auto found = now.find(name);
        if (found == now.end()) {
            return fail(ErrorCode::bad_input, fmt::format("topic {}: the brokers know no setting '{}'", topic, name),
                        {}, "Kafka's documentation lists them under topic configs");
        }
        change.before[name] = found->second.own ? found->second.value : as_the_brokers;
    }
    return change;
}

Result<std::map<std::string, std::string>> own_after(const Configs& now, const ConfigChange& change,
                                                     const std::string& topic) {
    const auto current = change_of(now, change.after, topic);
    if (!current) {
        return failed(current);
    }
    std::map<std::string, std::string> own;
    for (const auto& [name, entry] : now) {
        if (entry.own) {
            own[name] = entry.value;
        }
    }
    for (const auto& [name, wanted] : change.after) {
        const std::string& stands = current->before.at(name);
        const auto before = change.before.find(name);
        if (before != change.before.end() && stands != before->second && stands != wanted) {
            return fail(ErrorCode::conflict,
                        fmt::format("topic {}: somebody has changed {} from {} to {} meanwhile", topic, name,
                                    before->second, stands),
                        {}, "find out who, then try again");
        }
        if (wanted == as_the_brokers) {
            own.erase(name);
        } else {
            own[name] = wanted;
        }
    }
    return own;
}

} // namespace sluice::kafka
