#include "kubernetes/workload_writes.h"

#include "kubernetes/object_writes.h"
#include "kubernetes/shape.h"

#include <fmt/format.h>

namespace sluice::kubernetes {
namespace {

const Json::json_pointer containers_at("/spec/template/spec/containers");

/// Index of the container of that name, or of the only one.
Result<std::size_t> container_index(const ObjectRef& workload, const std::string& name, const Json& found) {
    const Json containers = found.value(containers_at, Json::array());
    std::string names;
    for (std::size_t i = 0; i < containers.size(); ++i) {
        const std::string own = containers[i].value("name", "");
        if (own == name || (name.empty() && containers.size() == 1)) {
            return i;
        }
        names += (names.empty() ? "" : ", ") + own;
    }
    if (containers.empty()) {
        return fail(ErrorCode::bad_input, "the object has no containers", workload.text(),
                    "name a workload, for example a deployment");
    }
    return fail(ErrorCode::bad_input,
                name.empty() ? "which container is not said" : fmt::format("it has no container '{}'", name),
                workload.text(), "its containers are: " + names);
}

/// A shape down to one container of the template.
Json in_container(const Json& container) {
    return {{"spec", {{"template", {{"spec", {{"containers", Json::array({container})}}}}}}}};
}

const Json* variable(const Json& container, const std::string& name) {
    const auto env = container.find("env");
    if (env == container.end()) {
        return nullptr;
    }
    for (const Json& entry : *env) {
        if (entry.value("name", "") == name) {
            return &entry;
        }
    }
    return nullptr;
}

/// The change as an element of a strategic merge patch.
Json patch_of(const EnvChange& change, const Json* now) {
    if (!change.value) {
        return {{"name", change.name}, {"$patch", "delete"}};
    }
    Json entry = {{"name", change.name}, {"value", *change.value}};
    if (now != nullptr && now->contains("valueFrom")) {
        entry["valueFrom"] = nullptr; // a merge would keep it beside the value, which the server refuses
    }
    return entry;
}

/// The change as a shape. A secret's value is not named.
Json shape_of(const EnvChange& change) {
    if (!change.value) {
        return {{"name", change.name}, {"$absent", true}};
    }
    Json shape = {{"name", change.name}, {"valueFrom", nullptr}};
    if (!change.secret) {
        shape["value"] = *change.value;
    }
    return shape;
}

} // namespace

std::string scale_path(const ObjectRef& workload) {
    return workload.path() + "/scale";
}

Result<PreparedWrite> scale_write(const ObjectRef& workload, int replicas, const Json& found) {
    if (replicas < 0) {
        return fail(ErrorCode::bad_input, fmt::format("{} replicas can't be", replicas), workload.text());
    }
    if (found.is_null()) {
        return missing(workload);
    }
    const Json spec = found.value("spec", Json::object());
    const int now = spec.value("replicas", 0);
    const Json desired = {{"spec", {{"replicas", replicas}}}};
    PreparedWrite write;
    write.what = fmt::format("scale {} {} → {}", workload.text(), now, replicas);
    if (now == replicas) {
        write = nothing_to_send(write.what, workload, found, desired);
        write.object_path = scale_path(workload);
        return write;
    }
    // A Scale without replicas has none in `spec` either, so the whole of it is what the test names.
    Json operations = identity_tests(found);
    if (now != 0) {
        operations.push_back({{"op", "test"}, {"path", "/spec/replicas"}, {"value", now}});
    } else {
        operations.push_back({{"op", "test"}, {"path", "/spec"}, {"value", spec}});
    }
    operations.push_back({{"op", "add"}, {"path", "/spec/replicas"}, {"value", replicas}});
    write.object_path = scale_path(workload);
    write.expected = {{"spec", {{"replicas", now}}}};
    write.desired = desired;
    return patched(std::move(write), PatchKind::json, scale_path(workload), operations, found);
}

Result<PreparedWrite> image_write(const ObjectRef& workload, const std::string& container, const std::string& image,
                                  const Json& found) {
    if (found.is_null()) {
        return missing(workload);
    }
    const auto index = container_index(workload, container, found);
    if (!index) {
        return failed(index);
    }
    const Json now = found.at(containers_at).at(*index);
    const std::string name = now.value("name", "");
    const std::string old = now.value("image", "");
    PreparedWrite write;
    write.what = fmt::format("image of {} ({}) {} → {}", workload.text(), name, old, image);
    write.desired = in_container({{"name", name}, {"image", image}});
    if (old == image) {
        return nothing_to_send(write.what, workload, found, write.desired);
    }
    const std::string at = fmt::format("{}/{}", containers_at.to_string(), *index);
    Json operations = identity_tests(found);
    operations.push_back({{"op", "test"}, {"path", at + "/name"}, {"value", name}});
    operations.push_back({{"op", "test"}, {"path", at + "/image"}, {"value", old}});
    operations.push_back({{"op", "replace"}, {"path", at + "/image"}, {"value", image}});
    write.object_path = workload.path();
    write.expected = in_container({{"name", name}, {"image", old}});
    return patched(std::move(write), PatchKind::json, workload.path(), operations, found);
}

Result<PreparedWrite> env_write(const ObjectRef& workload, const std::string& container,
                                const std::vector<EnvChange>& changes, const Json& found) {
    if (found.is_null()) {
        return missing(workload);
    }
    const auto index = container_index(workload, container, found);
    if (!index) {
        return failed(index);
    }
    const Json now = found.at(containers_at).at(*index);
    const Json name = now.value("name", "");
    Json patches = Json::array();
    Json before = Json::array();
    Json after = Json::array();
    std::string names;
    PreparedWrite write;
    for (const EnvChange& change : changes) {
        const Json* old = variable(now, change.name);
        patches.push_back(patch_of(change, old));
        after.push_back(shape_of(change));
        before.push_back(old == nullptr ? Json{{"name", change.name}, {"$absent", true}} : Json{{"name", change.name}});
        names += fmt::format("{}{}{}", names.empty() ? "" : ", ", change.name, change.value ? "" : " (removed)");
        write.withheld = write.withheld || change.secret;
    }
    write.what = fmt::format("environment of {} ({}): {}", workload.text(), name.get<std::string>(), names);
    write.desired = in_container({{"name", name}, {"env", after}});
    if (!write.withheld && differences(write.desired, found).empty()) {
        return nothing_to_send(write.what, workload, found, write.desired);
    }
    write.object_path = workload.path();
    // Old values may be secrets that nobody declared: only which variables there are is expected, the version does the
    // rest.
    write.expected = in_container({{"name", name}, {"env", before}});
    return patched(std::move(write), PatchKind::strategic, workload.path(),
                   in_container({{"name", name}, {"env", patches}}), found);
}

Result<PreparedWrite> restart_write(const ObjectRef& workload, const std::string& stamp, const Json& found) {
    if (found.is_null()) {
        return missing(workload);
    }
    const char* annotation = "kubectl.kubernetes.io/restartedAt";
    const Json::json_pointer at("/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt");
    PreparedWrite write;
    write.what = fmt::format("restart {} ({})", workload.text(), stamp);
    write.object_path = workload.path();
    write.expected = shape_at(found, at);
    write.desired = {{"spec", {{"template", {{"metadata", {{"annotations", {{annotation, stamp}}}}}}}}}};
    Json body = write.desired;
    return patched(std::move(write), PatchKind::merge, workload.path(), std::move(body), found);
}

} // namespace sluice::kubernetes
