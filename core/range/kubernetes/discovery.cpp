#include "range/kubernetes/discovery.h"

#include "range/kubernetes/status.h"
#include "range/world/kinds.h"

#include <map>

namespace sluice::range {

std::optional<Answer> discovery(std::string_view path) {
    if (path == "/version") {
        return object_answer(
            200,
            {{"major", "1"}, {"minor", "34"}, {"gitVersion", "v1.34.4+sluice-range"}, {"platform", "linux/amd64"}});
    }
    if (path == "/healthz" || path == "/livez" || path == "/readyz") {
        return text_answer(200, "ok");
    }
    if (path == "/api") {
        return object_answer(200, {{"kind", "APIVersions"}, {"versions", {"v1"}}});
    }
    std::map<std::string, std::string> groups; // group → "group/version"
    Json resources = Json::array();
    for (const Kind& kind : kinds()) {
        if (!kind.group.empty()) {
            groups[std::string(kind.group)] = kind.api_version();
        }
        if ((kind.group.empty() ? "/api/" : "/apis/") + kind.api_version() == path) {
            resources.push_back(
                {{"name", kind.resource},
                 {"kind", kind.kind},
                 {"namespaced", kind.namespaced},
                 {"singularName", ""},
                 {"verbs",
                  kind.computed ? Json{"get", "list"} : Json{"create", "delete", "get", "list", "patch", "update"}}});
        }
    }
    if (path == "/apis") {
        Json all = Json::array();
        for (const auto& [group, version] : groups) {
            const Json preferred = {{"groupVersion", version}, {"version", version.substr(group.size() + 1)}};
            all.push_back({{"name", group}, {"versions", Json::array({preferred})}, {"preferredVersion", preferred}});
        }
        return object_answer(200, {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", all}});
    }
    if (!resources.empty()) {
        return object_answer(200, {{"kind", "APIResourceList"},
                                   {"apiVersion", "v1"},
                                   {"groupVersion", path.substr(path.find('/', 1) + 1)},
                                   {"resources", resources}});
    }
    return std::nullopt;
}

} // namespace sluice::range
