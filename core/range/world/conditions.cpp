#include "range/world/conditions.h"

namespace sluice::range {

void set_condition(Json& object, std::string_view type, bool holds, std::string_view reason, std::string_view message,
                   const std::string& time) {
    Json& all = object["status"]["conditions"];
    if (!all.is_array()) {
        all = Json::array();
    }
    Json* found = nullptr;
    for (Json& one : all) {
        if (one.value("type", "") == type) {
            found = &one;
        }
    }
    if (!found) {
        all.push_back({{"type", type}});
        found = &all.back();
    }
    const char* status = holds ? "True" : "False";
    if (found->value("status", "") != status) {
        (*found)["lastTransitionTime"] = time;
    }
    (*found)["status"] = status;
    if (!reason.empty()) {
        if (found->value("reason", "") != reason || found->value("message", "") != message) {
            (*found)["lastUpdateTime"] = time;
        }
        (*found)["reason"] = reason;
        (*found)["message"] = message;
    }
}

const Json* condition(const Json& object, std::string_view type) {
    const auto status = object.find("status");
    if (status == object.end() || !status->contains("conditions")) {
        return nullptr;
    }
    for (const Json& one : (*status)["conditions"]) {
        if (one.value("type", "") == type) {
            return &one;
        }
    }
    return nullptr;
}

bool condition_holds(const Json& object, std::string_view type) {
    const Json* found = condition(object, type);
    return found && found->value("status", "") == "True";
}

} // namespace sluice::range
