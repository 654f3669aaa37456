#include "range/world/kinds.h"

#include <cstdlib>
#include <fmt/format.h>

namespace sluice::range {
namespace {

constexpr Kind table[] = {
    {"", "v1", "namespaces", "Namespace", false},
    {"", "v1", "nodes", "Node", false},
    {"", "v1", "pods", "Pod"},
    {"", "v1", "services", "Service"},
    {"", "v1", "configmaps", "ConfigMap"},
    {"", "v1", "secrets", "Secret"},
    {"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"},
    {"", "v1", "serviceaccounts", "ServiceAccount"},
    {"", "v1", "events", "Event"},
    {"apps", "v1", "deployments", "Deployment", true, true},
    {"apps", "v1", "replicasets", "ReplicaSet", true, true},
    {"batch", "v1", "jobs", "Job", true, true},
    {"networking.k8s.io", "v1", "ingresses", "Ingress", true, true},
    {"gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", true, true},
    {"policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true, true},
    {"metrics.k8s.io", "v1beta1", "nodes", "NodeMetrics", false, false, true},
    {"metrics.k8s.io", "v1beta1", "pods", "PodMetrics", true, false, true},
};

} // namespace

std::string Kind::api_version() const {
    return group.empty() ? std::string(version) : fmt::format("{}/{}", group, version);
}

std::string Kind::qualified() const {
    return group.empty() ? std::string(resource) : fmt::format("{}.{}", resource, group);
}

std::span<const Kind> kinds() {
    return table;
}

const Kind* find_resource(std::string_view group, std::string_view version, std::string_view resource) {
    for (const Kind& kind : table) {
        if (kind.group == group && kind.version == version && kind.resource == resource) {
            return &kind;
        }
    }
    return nullptr;
}

const Kind* find_kind(std::string_view api_version, std::string_view name) {
    for (const Kind& kind : table) {
        if (kind.kind == name && kind.api_version() == api_version) {
            return &kind;
        }
    }
    return nullptr;
}

const Kind& kind_named(std::string_view name) {
    for (const Kind& kind : table) {
        if (kind.kind == name) {
            return kind;
        }
    }
    std::abort(); // a misspelling in this library
}

std::strong_ordering operator<=>(const Key& a, const Key& b) {
    // By position in the table, which is the same in every run; an address is not.
    if (const auto order = (a.kind - table) <=> (b.kind - table); order != 0) {
        return order;
    }
    if (const auto order = a.space <=> b.space; order != 0) {
        return order;
    }
    return a.name <=> b.name;
}

std::string to_text(const Key& key) {
    return key.space.empty() ? fmt::format("{} {}", key.kind->qualified(), key.name)
                             : fmt::format("{} {}/{}", key.kind->qualified(), key.space, key.name);
}

} // namespace sluice::range
