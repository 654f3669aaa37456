#include "range/world/ownership.h"

#include <algorithm>
#include <set>

namespace sluice::range {
namespace {

bool named_list(const Json& value) {
    return value.is_array() && !value.empty() && std::all_of(value.begin(), value.end(), [](const Json& item) {
               return item.is_object() && item.value("name", Json()).is_string();
           });
}

void collect(const Json& value, FieldPath& path, Fields& fields) {
    if (value.is_object() && !value.empty()) {
        for (const auto& [key, item] : value.items()) {
            path.push_back("f:" + key);
            collect(item, path, fields);
            path.pop_back();
        }
    } else if (named_list(value)) {
        for (const Json& item : value) {
            path.push_back("k:" + Json{{"name", item["name"]}}.dump());
            collect(item, path, fields);
            path.pop_back();
        }
    } else {
        fields[path] = value;
    }
}

void unfold(const Json& node, FieldPath& path, std::set<FieldPath>& paths) {
    if (node.empty()) {
        paths.insert(path);
    }
    for (const auto& [key, item] : node.items()) {
        if (key == ".") {
            continue;
        }
        path.push_back(key);
        unfold(item, path, paths);
        path.pop_back();
    }
}

using Owner = std::pair<std::string, std::string>; // manager, operation

std::map<Owner, std::set<FieldPath>> owners(const Json& object) {
    std::map<Owner, std::set<FieldPath>> all;
    if (!object.is_object() || !object.contains("metadata")) {
        return all;
    }
    for (const Json& entry : object["metadata"].value("managedFields", Json::array())) {
        FieldPath path;
        unfold(entry.value("fieldsV1", Json::object()), path,
               all[{entry.value("manager", ""), entry.value("operation", "")}]);
    }
    return all;
}

Json folded(const std::set<FieldPath>& paths) {
    Json root = Json::object();
    for (const FieldPath& path : paths) {
        Json* node = &root;
        for (const std::string& step : path) {
            node = &(*node)[step];
            if (node->is_null()) {
                *node = Json::object();
            }
        }
    }
    return root;
}

} // namespace

Fields decided_fields(const Json& object) {
    Json decided = object;
    for (const char* kept : {"apiVersion", "kind", "status"}) {
        decided.erase(kept);
    }
    if (decided.contains("metadata")) {
        for (const char* kept : {"name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp",
                                 "managedFields", "selfLink", "deletionTimestamp", "generateName"}) {
            decided["metadata"].erase(kept);
        }
        if (decided["metadata"].empty()) {
            decided.erase("metadata");
        }
    }
    Fields fields;
    if (!decided.empty()) {
        FieldPath path;
        collect(decided, path, fields);
    }
    return fields;
}

void note_author(const Json& before, Json& after, const Author& author, const Fields& applied,
                 const std::string& time) {
    const Fields old_fields = before.is_object() ? decided_fields(before) : Fields();
    const Fields new_fields = decided_fields(after);
    auto all = owners(before);
    std::map<Owner, std::string> times;
    if (before.is_object()) {
        for (const Json& entry : before["metadata"].value("managedFields", Json::array())) {
            times[{entry.value("manager", ""), entry.value("operation", "")}] = entry.value("time", time);
        }
    }
    const Owner own{author.manager, author.operation};
    for (const auto& [path, value] : new_fields) {
        const auto old = old_fields.find(path);
        if (old == old_fields.end() || old->second != value) {
            for (auto& [owner, paths] : all) {
                paths.erase(path);
            }
            all[own].insert(path);
            times[own] = time;
        }
    }
    if (author.operation == "Apply") {
        all[own].clear(); // what is no longer applied is given up
        for (const auto& [path, value] : applied) {
            all[own].insert(path);
        }
        times[own] = time;
    }
    Json entries = Json::array();
    for (auto& [owner, paths] : all) {
        std::erase_if(paths, [&](const FieldPath& path) { return !new_fields.contains(path); });
        if (!paths.empty()) {
            entries.push_back({{"manager", owner.first},
                               {"operation", owner.second},
                               {"apiVersion", after.value("apiVersion", "")},
                               {"time", times[owner]},
                               {"fieldsType", "FieldsV1"},
                               {"fieldsV1", folded(paths)}});
        }
    }
    after["metadata"]["managedFields"] = std::move(entries);
}

std::vector<FieldConflict> conflicts(const Json& live, const Fields& applied, const std::string& manager) {
    std::vector<FieldConflict> found;
    const Fields fields = decided_fields(live);
    for (const auto& [owner, paths] : owners(live)) {
        if (owner.first == manager) {
            continue;
        }
        for (const FieldPath& path : paths) {
            const auto wanted = applied.find(path);
            const auto now = fields.find(path);
            if (wanted != applied.end() && now != fields.end() && wanted->second != now->second) {
                found.push_back({owner.first, readable(path)});
            }
        }
    }
    return found;
}

std::vector<FieldPath> applied_before(const Json& live, const std::string& manager) {
    const auto all = owners(live);
    const auto own = all.find({manager, "Apply"});
    std::vector<FieldPath> found;
    if (own != all.end()) {
        for (const FieldPath& path : own->second) {
            const bool shared = std::any_of(all.begin(), all.end(), [&](const auto& other) {
                return other.first != own->first && other.second.contains(path);
            });
            if (!shared) {
                found.push_back(path);
            }
        }
    }
    return found;
}

std::string readable(const FieldPath& path) {
    std::string text;
    for (const std::string& step : path) {
        if (step.starts_with("f:")) {
            text += "." + step.substr(2);
        } else {
            const Json name = Json::parse(step.substr(2), nullptr, false);
            text += "[name=" + (name.is_object() ? name.value("name", Json()).dump() : std::string("?")) + "]";
        }
    }
    return text;
}

} // namespace sluice::range
