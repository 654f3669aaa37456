#include "range/world/routing.h"

#include "range/world/pods.h"

#include <algorithm>
#include <charconv>

namespace sluice::range {
namespace {

struct Rule {
    const Json* ingress = nullptr;
    std::string host;
    std::string path;
    const Json* service = nullptr; ///< {name, port}
};

std::string annotation(const Json& ingress, const char* name) {
    const Json all = ingress["metadata"].value("annotations", Json::object());
    const Json value = all.value(std::string("nginx.ingress.kubernetes.io/") + name, Json(""));
    return value.is_string() ? value.get<std::string>() : std::string();
}

bool is_canary(const Json& ingress) {
    return annotation(ingress, "canary") == "true";
}

int whole(const std::string& text, int otherwise) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value >= 0 ? value : otherwise;
}

std::vector<Rule> rules_of(const Json& ingress) {
    std::vector<Rule> found;
    if (!ingress["spec"].contains("rules")) {
        return found;
    }
    for (const Json& rule : ingress["spec"]["rules"]) {
        if (!rule.contains("http") || !rule["http"].contains("paths")) {
            continue;
        }
        for (const Json& path : rule["http"]["paths"]) {
            if (path.contains("backend") && path["backend"].contains("service")) {
                found.push_back(
                    {&ingress, rule.value("host", ""), path.value("path", "/"), &path["backend"]["service"]});
            }
        }
    }
    return found;
}

Backend backend(const Rule& rule, int percent) {
    const Json& metadata = (*rule.ingress)["metadata"];
    const Json& port = rule.service->contains("port") ? (*rule.service)["port"] : Json();
    return {metadata["namespace"].get<std::string>() + "/" + metadata["name"].get<std::string>(), metadata["namespace"],
            rule.service->value("name", ""), port.value("number", port.value("name", Json())), percent};
}

std::vector<Backend> with_canary(const Objects& objects, const Rule& primary) {
    const std::string space = (*primary.ingress)["metadata"]["namespace"];
    for (const Json* other : objects.list(kind_named("Ingress"), space)) {
        if (!is_canary(*other)) {
            continue;
        }
        for (const Rule& rule : rules_of(*other)) {
            if (rule.host != primary.host || rule.path != primary.path) {
                continue;
            }
            const int total = std::max(1, whole(annotation(*other, "canary-weight-total"), 100));
            const int weight = std::clamp(whole(annotation(*other, "canary-weight"), 0), 0, total);
            const int percent = weight * 100 / total;
            return {backend(primary, 100 - percent), backend(rule, percent)};
        }
    }
    return {backend(primary, 100)};
}

} // namespace

std::vector<Backend> backends(const Objects& objects, std::string_view host, std::string_view path) {
    std::vector<Rule> all;
    for (const Json* ingress : objects.list(kind_named("Ingress"))) {
        if (!is_canary(*ingress)) {
            for (Rule& rule : rules_of(*ingress)) {
                if (path.starts_with(rule.path)) {
                    all.push_back(std::move(rule));
                }
            }
        }
    }
    const bool known_host = std::any_of(all.begin(), all.end(), [&](const Rule& rule) { return rule.host == host; });
    const Rule* best = nullptr;
    for (const Rule& rule : all) {
        if ((!known_host || rule.host == host) && (!best || rule.path.size() > best->path.size())) {
            best = &rule;
        }
    }
    return best ? with_canary(objects, *best) : std::vector<Backend>();
}

std::vector<Backend> backends_of(const Objects& objects, const Key& ingress) {
    const Json* found = objects.find(ingress);
    if (!found) {
        return {};
    }
    const auto rules = rules_of(*found);
    return rules.empty() ? std::vector<Backend>() : with_canary(objects, rules.front());
}

std::optional<Key> resolve_service(const Objects& objects, const std::string& space, const std::string& service) {
    Key key{&kind_named("Service"), space, service};
    for (int hop = 0; hop < 4; ++hop) {
        const Json* found = objects.find(key);
        if (!found) {
            return std::nullopt;
        }
        const Json& spec = (*found)["spec"];
        if (spec.value("type", "") != "ExternalName") {
            return key;
        }
        const std::string target = spec.value("externalName", "");
        const auto dot = target.find('.');
        const auto next = target.find('.', dot == std::string::npos ? dot : dot + 1);
        if (dot == std::string::npos ||
            target.compare(next == std::string::npos ? target.size() : next, 4, ".svc") != 0) {
            return std::nullopt; // a name outside the cluster
        }
        key.name = target.substr(0, dot);
        key.space = target.substr(dot + 1, next - dot - 1);
    }
    return std::nullopt;
}

std::vector<const Json*> ready_pods(const Objects& objects, const Key& service) {
    std::vector<const Json*> found;
    const Json* object = objects.find(service);
    if (!object || !(*object)["spec"].contains("selector")) {
        return found;
    }
    for (const Json* pod : objects.list(kind_named("Pod"), service.space)) {
        if (is_ready(*pod) && labels_match((*pod)["metadata"].value("labels", Json()), (*object)["spec"]["selector"])) {
            found.push_back(pod);
        }
    }
    return found;
}

std::map<std::string, int> ready_versions(const Objects& objects, const Key& service) {
    std::map<std::string, int> found;
    for (const Json* pod : ready_pods(objects, service)) {
        ++found[image_tag(*pod)];
    }
    return found;
}

} // namespace sluice::range
