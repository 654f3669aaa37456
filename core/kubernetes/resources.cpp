#include "kubernetes/resources.h"

#include "base/quantity.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::kubernetes {
namespace {

using namespace nlohmann::literals;

/// An amount in a list of amounts; nothing when it is not in it.
Result<std::optional<double>> amount(const Json& amounts, const std::string& resource) {
    const auto found = amounts.is_object() ? amounts.find(resource) : amounts.end();
    if (!amounts.is_object() || found == amounts.end()) {
        return std::nullopt;
    }
    const auto value = parse_kubernetes_quantity(found->is_string() ? found->get<std::string>() : found->dump());
    if (!value) {
        return fail(ErrorCode::corrupt, value.error().what);
    }
    return *value;
}

Json list_at(const Json& object, const Json::json_pointer& at) {
    Json list = object.value(at, Json::array());
    return list.is_array() ? list : Json::array();
}

Result<double> request(const Json& holder, const std::string& resource) {
    const auto found = amount(holder.value("/resources/requests"_json_pointer, Json::object()), resource);
    return found ? Result<double>(found->value_or(0)) : failed(found);
}

bool stays(const Json& init_container) {
    return init_container.value("restartPolicy", "") == "Always";
}

bool keeps_off(const Json& taint) {
    const std::string effect = taint.value("effect", "");
    return effect == "NoSchedule" || effect == "NoExecute";
}

} // namespace

Result<double> requested_by(const Json& pod, const std::string& resource) {
    if (resource == "pods") {
        return 1;
    }
    const Json own = pod.value("/spec/resources/requests"_json_pointer, Json::object());
    if (const auto whole = amount(own, resource); !whole || *whole) { // of the pod as a whole: beats its containers
        return whole ? Result<double>(**whole) : failed(whole);
    }
    double containers = 0, beside = 0, preparing = 0;
    for (const Json& container : list_at(pod, "/spec/containers"_json_pointer)) {
        const auto wanted = request(container, resource);
        if (!wanted) {
            return failed(wanted);
        }
        containers += *wanted;
    }
    for (const Json& container : list_at(pod, "/spec/initContainers"_json_pointer)) {
        const auto wanted = request(container, resource);
        if (!wanted) {
            return failed(wanted);
        }
        beside += stays(container) ? *wanted : 0;
        preparing = std::max(preparing, stays(container) ? beside : beside + *wanted);
    }
    const auto overhead = amount(pod.value("/spec/overhead"_json_pointer, Json::object()), resource);
    if (!overhead) {
        return failed(overhead);
    }
    return std::max(containers + beside, preparing) + overhead->value_or(0);
}

Result<void> add_requests(const Json& pods, const std::string& resource, ByNode& requested) {
    for (const Json& pod : pods) {
        const std::string node = pod.value("/spec/nodeName"_json_pointer, "");
        const std::string phase = pod.value("/status/phase"_json_pointer, "");
        if (node.empty() || phase == "Succeeded" || phase == "Failed") {
            continue;
        }
        const auto wanted = requested_by(pod, resource);
        if (!wanted) {
            return fail(ErrorCode::corrupt,
                        fmt::format("of the pod {}/{}: {}", pod.value("/metadata/namespace"_json_pointer, ""),
                                    pod.value("/metadata/name"_json_pointer, ""), wanted.error().what));
        }
        requested[node] += *wanted;
    }
    return {};
}

Result<std::optional<double>> allocatable(const Json& node, const std::string& resource) {
    return amount(node.value("/status/allocatable"_json_pointer, Json::object()), resource);
}

bool takes_pods(const Json& node, bool tainted_too) {
    const Json taints = list_at(node, "/spec/taints"_json_pointer);
    return condition_of(node, "Ready") == "True" && !node.value("/spec/unschedulable"_json_pointer, false) &&
           (tainted_too || std::none_of(taints.begin(), taints.end(), keeps_off));
}

std::string condition_of(const Json& node, const std::string& type) {
    for (const Json& condition : list_at(node, "/status/conditions"_json_pointer)) {
        if (condition.value("type", "") == type) {
            return condition.value("status", "");
        }
    }
    return {};
}

Result<double> used(const Json& metrics, const std::string& resource, const std::map<std::string, double>& only) {
    const Json whole = metrics.value("usage", Json());
    Json parts = whole.is_object() ? Json::array({{{"usage", whole}}}) : metrics.value("containers", Json::array());
    double sum = 0;
    for (const Json& part : parts) {
        if (!only.empty() && !only.contains(part.value("name", ""))) {
            continue;
        }
        const auto own = amount(part.value("usage", Json::object()), resource);
        if (!own || !*own) {
            return own ? fail(ErrorCode::corrupt, fmt::format("no use of {} is told", resource)) : failed(own);
        }
        sum += **own;
    }
    return sum;
}

Result<std::map<std::string, double>> limits_of(const Json& workload, const std::string& resource) {
    std::map<std::string, double> limits;
    for (const char* list : {"containers", "initContainers"}) {
        const Json::json_pointer at("/spec/template/spec/" + std::string(list));
        for (const Json& container : list_at(workload, at)) {
            if (list == std::string_view("initContainers") && !stays(container)) {
                continue;
            }
            const std::string name = container.value("name", "");
            const auto limit = amount(container.value("/resources/limits"_json_pointer, Json::object()), resource);
            if (!limit) {
                return failed(limit);
            }
            if (!*limit || **limit <= 0) {
                return fail(
                    ErrorCode::not_found,
                    fmt::format("the container {} has no limit of {}, so nothing is a share of it", name, resource), {},
                    resource == "cpu" ? "ask for it in cores: unit: count" : "ask for it in bytes");
            }
            limits[name] = **limit;
        }
    }
    return limits;
}

} // namespace sluice::kubernetes
