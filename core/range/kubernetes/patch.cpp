#include "range/kubernetes/patch.h"

#include "range/world/ownership.h"

#include <fmt/format.h>

namespace sluice::range {
namespace {

/// The keys by which Kubernetes' own types merge their lists (the patchMergeKey tags of its API).
std::string_view merge_key(std::string_view field, const Json& items) {
    struct Row {
        std::string_view field, key;
    };
    static constexpr Row table[] = {{"containers", "name"},
                                    {"initContainers", "name"},
                                    {"ephemeralContainers", "name"},
                                    {"env", "name"},
                                    {"volumes", "name"},
                                    {"imagePullSecrets", "name"},
                                    {"volumeMounts", "mountPath"},
                                    {"ownerReferences", "uid"},
                                    {"conditions", "type"},
                                    {"hostAliases", "ip"},
                                    {"topologySpreadConstraints", "topologyKey"}};
    for (const Row& row : table) {
        if (row.field == field) {
            return row.key;
        }
    }
    if (field == "ports") { // a container's or a Service's
        for (const Json& item : items) {
            return item.is_object() && item.contains("containerPort") ? "containerPort" : "port";
        }
    }
    return {};
}

Json merged_list(const Json& live, const Json& patch, std::string_view key) {
    Json result = live.is_array() ? live : Json::array();
    for (const Json& item : patch) {
        if (!item.is_object()) {
            continue;
        }
        if (item.value("$patch", "") == "replace") {
            Json replaced = Json::array();
            for (const Json& other : patch) {
                if (!other.contains("$patch")) {
                    replaced.push_back(other);
                }
            }
            return replaced;
        }
        const std::string name(key);
        std::size_t found = 0;
        while (found < result.size() &&
               !(result[found].contains(name) && item.contains(name) && result[found][name] == item[name])) {
            ++found;
        }
        if (item.value("$patch", "") == "delete") {
            if (found < result.size()) {
                result.erase(found);
            }
        } else if (found < result.size()) {
            result[found] = strategic_merge(result[found], item);
        } else {
            result.push_back(strategic_merge(Json::object(), item));
        }
    }
    return result;
}

void remove_path(Json& object, const FieldPath& path, std::size_t at = 0) {
    const std::string step = path[at].substr(2);
    const bool last = at + 1 == path.size();
    if (path[at].starts_with("f:")) {
        if (!object.is_object() || !object.contains(step)) {
            return;
        }
        if (last) {
            object.erase(step);
        } else {
            remove_path(object[step], path, at + 1);
            if (object[step].empty()) {
                object.erase(step);
            }
        }
        return;
    }
    const Json wanted = Json::parse(step, nullptr, false);
    for (std::size_t i = 0; object.is_array() && wanted.is_object() && i < object.size(); ++i) {
        if (object[i].value("name", Json()) == wanted.value("name", Json())) {
            if (!last) {
                remove_path(object[i], path, at + 1);
            }
            if (last || object[i].empty() ||
                (object[i].size() == 1 && object[i].contains("name") && path.back() == "f:name")) {
                object.erase(i);
            }
            return;
        }
    }
}

} // namespace

Json strategic_merge(const Json& live, const Json& patch) {
    if (!patch.is_object()) {
        return patch;
    }
    if (patch.value("$patch", "") == "replace") {
        Json replaced = patch;
        replaced.erase("$patch");
        return replaced;
    }
    Json result = live.is_object() ? live : Json::object();
    for (const auto& [field, value] : patch.items()) {
        if (field.starts_with("$")) {
            continue; // order and retained keys: no other fields are there that they could concern
        }
        if (value.is_null()) {
            result.erase(field);
        } else if (value.is_object()) {
            if (value.value("$patch", "") == "delete") {
                result.erase(field);
            } else {
                result[field] = strategic_merge(result.value(field, Json::object()), value);
            }
        } else if (value.is_array()) {
            const std::string_view key = merge_key(field, value);
            result[field] = key.empty() ? value : merged_list(result.value(field, Json::array()), value, key);
        } else {
            result[field] = value;
        }
    }
    return result;
}

tl::expected<Json, Refusal> patched(const Key& key, const Json& live, std::string_view media, std::string_view body) {
    media = media.substr(0, media.find(';'));
    const bool custom = key.kind->group.find("gateway") != std::string_view::npos;
    const bool known = media == "application/merge-patch+json" || media == "application/json-patch+json" ||
                       (media == "application/strategic-merge-patch+json" && !custom);
    if (!known) {
        return tl::unexpected(unsupported_media(
            media, custom ? "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
                          : "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml, "
                            "application/strategic-merge-patch+json"));
    }
    const Json patch = Json::parse(body, nullptr, false);
    if (patch.is_discarded()) {
        return tl::unexpected(bad_request("error decoding patch: invalid JSON"));
    }
    if (media == "application/json-patch+json") {
        try {
            return live.patch(patch);
        } catch (const Json::exception& problem) {
            // 501 is a failed test, 403 a path that is not there: both are 422 on a real server, with as little said.
            const bool malformed = problem.id == 104 || problem.id == 105;
            if (malformed) {
                return tl::unexpected(bad_request(fmt::format("error decoding patch: {}", problem.what())));
            }
            return tl::unexpected(
                Refusal{422, "Invalid", "the server rejected our request due to an error in our request", Json()});
        }
    }
    if (!patch.is_object()) {
        return tl::unexpected(bad_request("error decoding patch: an object is wanted"));
    }
    if (media == "application/merge-patch+json") {
        Json result = live;
        result.merge_patch(patch);
        return result;
    }
    return strategic_merge(live, patch);
}

tl::expected<Json, Refusal> server_side_applied(const Key& key, const Json* live, const Json& applied,
                                                const std::string& manager, bool force) {
    if (!live) {
        return applied;
    }
    const Fields fields = decided_fields(applied);
    const auto others = conflicts(*live, fields, manager);
    if (!others.empty() && !force) {
        Json details = {{"name", key.name}, {"kind", key.kind->resource}, {"causes", Json::array()}};
        std::string message =
            fmt::format("Apply failed with {} conflict{}:", others.size(), others.size() == 1 ? "" : "s");
        for (const FieldConflict& one : others) {
            message +=
                fmt::format("{} conflict with \"{}\": {}", &one == &others.front() ? "" : ";", one.manager, one.field);
            details["causes"].push_back({{"reason", "FieldManagerConflict"},
                                         {"message", fmt::format("conflict with \"{}\"", one.manager)},
                                         {"field", one.field}});
        }
        return tl::unexpected(Refusal{409, "Conflict", message, details});
    }
    Json result = *live;
    for (const FieldPath& path : applied_before(*live, manager)) {
        if (!fields.contains(path)) {
            remove_path(result, path);
        }
    }
    return strategic_merge(result, applied);
}

} // namespace sluice::range
