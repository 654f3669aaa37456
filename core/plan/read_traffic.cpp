#include "plan/reading.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

std::string name_space(const std::string& object_name) {
    return object_name.substr(0, object_name.find('/'));
}

void check_services(Reading& reading, const Node& arms, const Traffic& traffic) {
    const std::string ingress_space = name_space(traffic.settings.value("primary", std::string()));
    for (const Entry& entry : arms.entries) {
        const auto arm = std::find_if(reading.plan.arms.begin(), reading.plan.arms.end(),
                                      [&](const Arm& one) { return one.name == entry.value.text; });
        if (arm != reading.plan.arms.end() && !arm->service.empty() && name_space(arm->service) != ingress_space) {
            reading.error(
                entry.value.at,
                fmt::format("the Ingress is in '{}', the arm's service in '{}': an Ingress can't name a Service of "
                            "another namespace",
                            ingress_space, name_space(arm->service)),
                fmt::format("put an ExternalName Service into '{}' and name it as the arm's service", ingress_space));
        }
    }
}

void read_one(Reading& reading, const Entry& entry) {
    const Node& node = entry.value;
    Traffic traffic;
    traffic.name = entry.key;
    traffic.at = entry.at;
    traffic.driver = reading.text(node, "driver");
    traffic.on = reading.text(node, "on");
    traffic.settings = Json::object();
    for (const char* key : {"primary", "canary"}) {
        if (node.find(key) != nullptr) {
            traffic.settings[key] = reading.text(node, key);
        }
    }
    if (const Node* on = node.find("on");
        on != nullptr && reading.check_known(traffic.on, on->at, "connection", reading.names.connections) &&
        reading.names.connection_kinds[traffic.on] != "kubernetes") {
        reading.error(on->at, fmt::format("'{}' is no kubernetes connection", traffic.on),
                      "the driver changes Ingresses");
    }
    if (node.is_map() && traffic.driver == "nginx-canary" && node.find("canary") == nullptr) {
        reading.error(node.at, "the driver nginx-canary lacks the key 'canary'", "add canary: namespace/ingress");
    }
    if (traffic.driver == "ingress-backend" && node.entry("canary") != nullptr) {
        reading.error(node.entry("canary")->at, "the driver ingress-backend has no canary",
                      "remove it, or take nginx-canary");
    }
    if (const Node* arms = node.find("arms"); arms != nullptr && arms->is_map()) {
        for (const Entry& arm : arms->entries) {
            if (arm.value.is_scalar() && reading.check_known(arm.value.text, arm.value.at, "arm", reading.names.arms)) {
                traffic.arms[arm.key] = arm.value.text;
            }
        }
        if (arms->find("primary") == nullptr || arms->find("canary") == nullptr) {
            reading.error(arms->at, "a split has two sides", "name both: {primary: ARM, canary: ARM}");
        } else if (traffic.arms.size() == 2 && traffic.arms["primary"] == traffic.arms["canary"]) {
            reading.error(arms->at, "both sides are the same arm", "name two arms");
        }
        check_services(reading, *arms, traffic);
    }
    const auto primary = traffic.arms.find("primary");
    traffic.initial = reading.text(node, "initial", primary == traffic.arms.end() ? "" : primary->second);
    if (const Node* initial = node.find("initial")) {
        std::vector<std::string> own;
        for (const auto& [side, arm] : traffic.arms) {
            own.push_back(arm);
        }
        reading.check_known(traffic.initial, initial->at, "arm", own);
    }
    reading.plan.traffic.push_back(std::move(traffic));
}

/// What a driver can reach (PLAN.md, "Traffic").
void check_reach(Reading& reading, const Traffic& traffic, int weight, Position at) {
    if (traffic.driver == "ingress-backend" && weight != 0 && weight != 100) {
        reading.error(at, fmt::format("the driver ingress-backend can't reach {} %", weight),
                      "only 0 and 100; for weights take nginx-canary");
    }
}

} // namespace

void read_traffic(Reading& reading, const Node& root) {
    const Node* map = root.find("traffic");
    for (std::size_t i = 0; map != nullptr && i < map->entries.size(); ++i) {
        read_one(reading, map->entries[i]);
    }
}

std::optional<Shift> read_shift(Reading& reading, const Node& node, bool final_) {
    if (!node.is_map()) {
        return std::nullopt;
    }
    if (node.entries.size() != 1) {
        reading.error(node.at, fmt::format("a shift moves one split, here are {}", node.entries.size()),
                      "one step for each split");
        return std::nullopt;
    }
    const Entry& entry = node.entries.front();
    Shift shift;
    shift.traffic = entry.key;
    shift.final_ = final_;
    const auto traffic = std::find_if(reading.plan.traffic.begin(), reading.plan.traffic.end(),
                                      [&](const Traffic& one) { return one.name == entry.key; });
    if (!reading.check_known(entry.key, entry.at, "split", reading.names.traffic) ||
        traffic == reading.plan.traffic.end() || !entry.value.is_map() || traffic->arms.size() != 2) {
        return shift;
    }
    std::vector<std::string> own;
    for (const auto& [side, arm] : traffic->arms) {
        own.push_back(arm);
    }
    int sum = 0;
    for (const Entry& arm : entry.value.entries) {
        if (!reading.check_known(arm.key, arm.at, "arm", own)) {
            return shift;
        }
        const int weight = reading.integer(entry.value, arm.key.c_str(), -1);
        if (weight < 0 || weight > 100) {
            return shift; // told by the check of shapes
        }
        check_reach(reading, *traffic, weight, arm.value.at);
        shift.weights[arm.key] = weight;
        sum += weight;
    }
    if (shift.weights.empty()) {
        reading.error(entry.value.at, "a shift without weights", fmt::format("for example {{{}: 25}}", own.front()));
    } else if (shift.weights.size() == 1) {
        for (const std::string& arm : own) {
            shift.weights.try_emplace(arm, 100 - sum);
        }
    } else if (sum != 100) {
        reading.error(entry.value.at, fmt::format("the weights sum to {}, not to 100", sum),
                      "of two arms one weight is enough");
    }
    if (final_ && shift.weights.size() == 2 &&
        std::none_of(shift.weights.begin(), shift.weights.end(), [](const auto& one) { return one.second == 100; })) {
        reading.error(entry.value.at, "a final shift gives all traffic to one arm", "write 100, or remove final");
    }
    return shift;
}

} // namespace sluice::plan
