#include "kubernetes/object_ref.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::kubernetes {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

bool answers_to(const ResourceType& type, const std::string& word) {
    return word == lower(type.kind) || word == type.plural || word == type.singular ||
           std::find(type.shorts.begin(), type.shorts.end(), word) != type.shorts.end();
}

Error unknown(std::string_view word) {
    std::string known;
    for (const auto& type : resource_types()) {
        known += (known.empty() ? "" : ", ") + type.singular;
    }
    return {
        ErrorCode::bad_input, fmt::format("'{}' is not a kind of object known here", word), {}, "known are: " + known};
}

/// RFC 1123 subdomain, which is what names of all known types are made of.
Result<std::string> checked_name(std::string_view name, std::string_view what, std::string_view where) {
    const bool fits = !name.empty() && name.size() <= 253 && std::isalnum(static_cast<unsigned char>(name.front())) &&
                      std::isalnum(static_cast<unsigned char>(name.back())) &&
                      std::all_of(name.begin(), name.end(), [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
                      });
    if (!fits) {
        return fail(ErrorCode::bad_input, fmt::format("'{}' can't be the name of a {}", name, what), std::string(where),
                    "names have lower-case letters, digits, '-' and '.', at most 253");
    }
    return std::string(name);
}

} // namespace

std::string ResourceType::api_version() const {
    return group.empty() ? version : group + "/" + version;
}
std::string ResourceType::qualified() const {
    return group.empty() ? plural : plural + "." + group;
}

const std::vector<ResourceType>& resource_types() {
    static const std::vector<ResourceType> types = {
        {"Deployment", "deployments", "deployment", {"deploy"}, "apps", "v1"},
        {"ReplicaSet", "replicasets", "replicaset", {"rs"}, "apps", "v1"},
        {"StatefulSet", "statefulsets", "statefulset", {"sts"}, "apps", "v1"},
        {"DaemonSet", "daemonsets", "daemonset", {"ds"}, "apps", "v1"},
        {"Pod", "pods", "pod", {"po"}, "", "v1"},
        {"Service", "services", "service", {"svc"}, "", "v1"},
        {"Node", "nodes", "node", {"no"}, "", "v1", false},
        {"Namespace", "namespaces", "namespace", {"ns"}, "", "v1", false},
        {"ConfigMap", "configmaps", "configmap", {"cm"}, "", "v1"},
        {"Secret", "secrets", "secret", {}, "", "v1"},
        {"ServiceAccount", "serviceaccounts", "serviceaccount", {"sa"}, "", "v1"},
        {"PersistentVolumeClaim", "persistentvolumeclaims", "persistentvolumeclaim", {"pvc"}, "", "v1"},
        {"Ingress", "ingresses", "ingress", {"ing"}, "networking.k8s.io", "v1"},
        {"NetworkPolicy", "networkpolicies", "networkpolicy", {"netpol"}, "networking.k8s.io", "v1"},
        {"Job", "jobs", "job", {}, "batch", "v1"},
        {"CronJob", "cronjobs", "cronjob", {"cj"}, "batch", "v1"},
        {"HorizontalPodAutoscaler",
         "horizontalpodautoscalers",
         "horizontalpodautoscaler",
         {"hpa"},
         "autoscaling",
         "v2"},
        {"PodDisruptionBudget", "poddisruptionbudgets", "poddisruptionbudget", {"pdb"}, "policy", "v1"},
        {"NodeMetrics", "nodes", "nodemetrics", {}, "metrics.k8s.io", "v1beta1", false},
        {"PodMetrics", "pods", "podmetrics", {}, "metrics.k8s.io", "v1beta1"},
        {"HTTPRoute", "httproutes", "httproute", {}, "gateway.networking.k8s.io", "v1", true, true},
    };
    return types;
}

Result<const ResourceType*> find_type(std::string_view word) {
    const auto dot = word.find('.');
    const std::string name = lower(word.substr(0, dot));
    const std::string group = dot == std::string_view::npos ? "" : lower(word.substr(dot + 1));
    for (const auto& type : resource_types()) {
        // "pods" alone means the pods themselves: they stand before their metrics in the table.
        if (answers_to(type, name) && (group.empty() || group == type.group)) {
            return &type;
        }
    }
    return tl::unexpected(unknown(word));
}

Result<const ResourceType*> find_type(std::string_view api_version, std::string_view kind) {
    for (const auto& type : resource_types()) {
        if (type.kind == kind && type.api_version() == api_version) {
            return &type;
        }
    }
    return tl::unexpected(unknown(fmt::format("{} {}", api_version, kind)));
}

std::string ObjectRef::list_path() const {
    return kubernetes::list_path(*type, name_space);
}
std::string ObjectRef::path() const {
    return list_path() + "/" + name;
}
std::string ObjectRef::text() const {
    return type->singular + " " + (name_space.empty() ? name : name_space + "/" + name);
}

Result<ObjectRef> parse_object(std::string_view text, std::string_view name_space) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || text.find('/', slash + 1) != std::string_view::npos) {
        return fail(ErrorCode::bad_input, fmt::format("'{}' does not name an object", text), {},
                    "write kind/name, for example deployment/user-service");
    }
    const auto type = find_type(text.substr(0, slash));
    if (!type) {
        return failed(type);
    }
    auto name = checked_name(text.substr(slash + 1), (*type)->singular, text);
    if (!name) {
        return failed(name);
    }
    ObjectRef ref{*type, {}, std::move(*name)};
    if ((*type)->namespaced) {
        auto space = checked_name(name_space, "namespace", text);
        if (!space) {
            return failed(space);
        }
        ref.name_space = std::move(*space);
    }
    return ref;
}

Result<std::string> parse_namespace(std::string_view text) {
    return checked_name(text, "namespace", text);
}

Result<ObjectRef> parse_in_namespace(std::string_view text, std::string_view kind) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) {
        return fail(ErrorCode::bad_input, fmt::format("'{}' has no namespace", text), {},
                    "write namespace/name, for example production/user-service-blue");
    }
    return parse_object(fmt::format("{}/{}", kind, text.substr(slash + 1)), text.substr(0, slash));
}

Result<ObjectRef> object_of(const Json& manifest, std::string_view name_space) {
    const auto text_at = [&](const char* pointer) {
        const Json::json_pointer at(pointer);
        return manifest.is_object() && manifest.contains(at) && manifest.at(at).is_string()
                   ? manifest.at(at).get<std::string>()
                   : std::string();
    };
    const auto type = find_type(text_at("/apiVersion"), text_at("/kind"));
    if (!type) {
        return failed(type);
    }
    const std::string own_space = text_at("/metadata/namespace");
    return parse_object((*type)->qualified() + "/" + text_at("/metadata/name"),
                        own_space.empty() ? name_space : std::string_view(own_space));
}

std::string list_path(const ResourceType& type, std::string_view name_space, std::string_view selector) {
    std::string path = type.group.empty() ? "/api/" + type.version : "/apis/" + type.group + "/" + type.version;
    if (type.namespaced && !name_space.empty()) {
        path += "/namespaces/" + percent_encoded(name_space);
    }
    path += "/" + type.plural;
    if (!selector.empty()) {
        path += "?labelSelector=" + percent_encoded(selector);
    }
    return path;
}

std::string selector_text(const Json& selector) {
    std::vector<std::string> parts;
    const Json labels = selector.value("matchLabels", Json::object());
    for (const auto& [key, value] : labels.items()) {
        parts.push_back(key + "=" + value.get<std::string>());
    }
    for (const auto& expression : selector.value("matchExpressions", Json::array())) {
        const auto key = expression.value("key", "");
        const auto op = expression.value("operator", "");
        const auto values = expression.value("values", std::vector<std::string>());
        if (op == "Exists") {
            parts.push_back(key);
        } else if (op == "DoesNotExist") {
            parts.push_back("!" + key);
        } else {
            parts.push_back(fmt::format("{} {} ({})", key, op == "In" ? "in" : "notin", fmt::join(values, ",")));
        }
    }
    return fmt::format("{}", fmt::join(parts, ","));
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
        } else {
            out += fmt::format("%{:02X}", byte);
        }
    }
    return out;
}

} // namespace sluice::kubernetes
