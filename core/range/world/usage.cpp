#include "range/world/usage.h"

#include "range/noise.h"
#include "range/time_text.h"

#include <charconv>
#include <fmt/format.h>

namespace sluice::range {
namespace {

/// A quantity of Kubernetes in thousandths ("1500m", "16") or, for memory, in Ki.
std::int64_t quantity(const std::string& text, bool memory) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) {
        return 0;
    }
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (!memory) {
        return unit == "m" ? value : value * 1000;
    }
    return unit == "Ki" ? value : unit == "Mi" ? value << 10 : unit == "Gi" ? value << 20 : value >> 10;
}

double position(const Objects& objects) {
    return objects.now().seconds() / 180;
}

Json metrics(const char* kind, const Json& object, const Objects& objects) {
    Json made = {{"kind", kind},
                 {"apiVersion", "metrics.k8s.io/v1beta1"},
                 {"timestamp", rfc3339(objects.now())},
                 {"window", "15s"}};
    made["metadata"] = {{"name", object["metadata"]["name"]}, {"creationTimestamp", rfc3339(objects.now())}};
    return made;
}

} // namespace

Json node_usage(const Objects& objects, const std::string& name) {
    const Json* node = objects.find({&kind_named("Node"), "", name});
    if (!node) {
        return nullptr;
    }
    const Json can = node->value("/status/allocatable"_json_pointer, Json::object());
    const double cpu = 0.425 + 0.075 * drift(objects.seed(), "cpu " + name, position(objects));
    const double memory = 0.55 + 0.05 * drift(objects.seed(), "memory " + name, position(objects));
    Json made = metrics("NodeMetrics", *node, objects);
    made["usage"] = {
        {"cpu", fmt::format("{}m", static_cast<std::int64_t>(
                                       cpu * static_cast<double>(quantity(can.value("cpu", "16"), false))))},
        {"memory",
         fmt::format("{}Ki", static_cast<std::int64_t>(
                                 memory * static_cast<double>(quantity(can.value("memory", "65536Mi"), true))))}};
    return made;
}

Json pod_usage(const Objects& objects, const std::string& space, const std::string& name) {
    const Json* pod = objects.find({&kind_named("Pod"), space, name});
    if (!pod || pod->value("/status/phase"_json_pointer, "") != "Running") {
        return nullptr;
    }
    Json made = metrics("PodMetrics", *pod, objects);
    made["metadata"]["namespace"] = space;
    made["containers"] = Json::array();
    for (const Json& container : (*pod)["spec"]["containers"]) {
        const double cpu = 350 + 150 * drift(objects.seed(), "cpu " + name, position(objects));
        const double memory = 400 + 60 * drift(objects.seed(), "memory " + name, position(objects));
        made["containers"].push_back({{"name", container["name"]},
                                      {"usage",
                                       {{"cpu", fmt::format("{}m", static_cast<int>(cpu))},
                                        {"memory", fmt::format("{}Mi", static_cast<int>(memory))}}}});
    }
    return made;
}

} // namespace sluice::range
