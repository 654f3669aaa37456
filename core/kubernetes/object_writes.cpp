#include "kubernetes/object_writes.h"

#include "kubernetes/mask.h"
#include "kubernetes/shape.h"

#include <fmt/format.h>

namespace sluice::kubernetes {
namespace {

const Json::json_pointer uid_at("/metadata/uid");
const Json::json_pointer version_at("/metadata/resourceVersion");

/// What a manifest may not bring along: the server's own fields.
Json cleaned(const ObjectRef& object, Json manifest) {
    manifest.erase("status");
    Json& metadata = manifest["metadata"];
    for (const char* key : {"managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink"}) {
        metadata.erase(key);
    }
    if (!object.name_space.empty()) {
        metadata["namespace"] = object.name_space;
    }
    return manifest;
}

/// A manifest as a shape; the values of a Secret stay out of it.
Json shape_of(const ObjectRef& object, Json manifest) {
    if (object.type->kind == "Secret") {
        manifest.erase("data");
        manifest.erase("stringData");
    }
    return manifest;
}

/// Turns a strategic merge patch into the shape that it leaves; a directive that can't be told from the outcome is
/// refused.
Result<Json> outcome_of(const Json& patch) {
    if (patch.is_object()) {
        Json shape = Json::object();
        for (const auto& [key, value] : patch.items()) {
            if (key == "$patch" && value == "delete" && patch.contains("name")) {
                shape["$absent"] = true;
                continue;
            }
            if (key.starts_with('$')) {
                return fail(ErrorCode::bad_input,
                            fmt::format("the directive '{}' is not supported in a strategic merge patch", key), {},
                            "use a JSON patch or a merge patch");
            }
            auto child = outcome_of(value);
            if (!child) {
                return child;
            }
            shape[key] = std::move(*child);
        }
        return shape;
    }
    if (patch.is_array()) {
        Json shape = Json::array();
        for (const Json& element : patch) {
            auto child = outcome_of(element);
            if (!child) {
                return child;
            }
            shape.push_back(std::move(*child));
        }
        return shape;
    }
    return patch;
}

/// The expectation of a merge patch: the values, as they are, at every leaf that it touches.
Json touched(const Json& patch, const Json& found) {
    if (!patch.is_object() || !found.is_object()) {
        return found;
    }
    Json shape = Json::object();
    for (const auto& [key, value] : patch.items()) {
        const auto now = found.find(key);
        shape[key] = now == found.end() ? Json() : touched(value, *now);
    }
    return shape;
}

Result<PreparedWrite> json_patch_write(PreparedWrite write, const ObjectRef& object, const Json& patch,
                                       const Json& found) {
    if (!patch.is_array() || patch.empty()) {
        return fail(ErrorCode::bad_input, "a JSON patch is a list of operations", object.text());
    }
    Json operations = identity_tests(found);
    try {
        const Json after = found.patch(patch);
        bool whole_version = false;
        for (const Json& operation : patch) {
            const std::string op = operation.at("op").get<std::string>();
            const std::string path = operation.at("path").get<std::string>();
            const Json::json_pointer at(path);
            if (op != "test") {
                write.expected = merged_shapes(std::move(write.expected), shape_at(found, at));
                write.desired = merged_shapes(std::move(write.desired), shape_at(after, at));
            }
            const bool open = found.contains(at) && !sensitive(object.type->kind, path) && !holds_secrets(found.at(at));
            if ((op == "replace" || op == "remove") && open) {
                operations.push_back({{"op", "test"}, {"path", path}, {"value", found.at(at)}});
            } else if (op != "test") {
                whole_version = true; // no test can say "must not be there"
            }
        }
        if (whole_version && found.contains(version_at)) {
            operations.push_back({{"op", "test"}, {"path", version_at.to_string()}, {"value", found.at(version_at)}});
        }
    } catch (const Json::exception& error) {
        return fail(ErrorCode::bad_input, std::string("the JSON patch does not fit the object: ") + error.what(),
                    object.text(), "compare its paths with the object as it is");
    }
    operations.insert(operations.end(), patch.begin(), patch.end());
    const bool already = differences(write.desired, found).empty();
    write.expected = without_secrets(std::move(write.expected));
    write.desired = without_secrets(std::move(write.desired), patch);
    if (!write.withheld && already) {
        return nothing_to_send(write.what, object, found, write.desired);
    }
    return patched(std::move(write), PatchKind::json, object.path(), operations, found);
}

} // namespace

tl::unexpected<Error> missing(const ObjectRef& object) {
    return fail(ErrorCode::not_found, fmt::format("there is no {}", object.text()), object.path(),
                "check the name and the namespace");
}

Json identity_tests(const Json& found) {
    Json tests = Json::array();
    if (found.contains(uid_at)) {
        tests.push_back({{"op", "test"}, {"path", uid_at.to_string()}, {"value", found.at(uid_at)}});
    }
    return tests;
}

PreparedWrite patched(PreparedWrite write, PatchKind kind, const std::string& path, Json body, const Json& found) {
    if (kind == PatchKind::merge || kind == PatchKind::strategic) {
        body[version_at] = found.value(version_at, "");
    }
    write.method = "PATCH";
    write.path = with_manager(path);
    write.content_type = content_type(kind);
    write.body = body.dump();
    write.uid = found.is_object() ? found.value(uid_at, "") : "";
    return sealed(std::move(write));
}

Result<PreparedWrite> annotation_write(const ObjectRef& object,
                                       const std::map<std::string, std::optional<std::string>>& changes,
                                       const Json& found) {
    if (found.is_null()) {
        return missing(object);
    }
    Json annotations = Json::object();
    std::string what;
    for (const auto& [key, value] : changes) {
        annotations[key] = value ? Json(*value) : Json();
        what += fmt::format("{}{}{}", what.empty() ? "" : ", ", key, value ? "=" + *value : " removed");
    }
    auto write = patch_write(object, PatchKind::merge, {{"metadata", {{"annotations", annotations}}}}, found);
    if (write) {
        write->what =
            fmt::format("annotate {}: {}{}", object.text(), what, write->nothing_to_do() ? " (already so)" : "");
    }
    return write;
}

Result<PreparedWrite> patch_write(const ObjectRef& object, PatchKind kind, const Json& patch, const Json& found) {
    if (found.is_null()) {
        return missing(object);
    }
    PreparedWrite write;
    write.what = "patch " + object.text();
    write.object_path = object.path();
    write.withheld = object.type->kind == "Secret";
    if (kind == PatchKind::json) {
        auto made = json_patch_write(std::move(write), object, patch, found);
        if (made && made->withheld) {
            made->desired = shape_of(object, std::move(made->desired));
            made->expected = shape_of(object, std::move(made->expected));
        }
        return made;
    }
    if (kind == PatchKind::apply || !patch.is_object()) {
        return fail(ErrorCode::bad_input, "a merge patch is a mapping", object.text());
    }
    if (kind == PatchKind::strategic && object.type->custom) {
        return fail(ErrorCode::bad_input, fmt::format("a {} refuses strategic merge patches", object.type->kind),
                    object.text(), "use a JSON patch or a merge patch");
    }
    const auto desired = kind == PatchKind::merge ? Result<Json>(patch) : outcome_of(patch);
    if (!desired) {
        return failed(desired);
    }
    write.desired = shape_of(object, *desired);
    write.expected = without_secrets(shape_of(object, touched(patch, found)));
    if (!write.withheld && differences(write.desired, found).empty()) {
        return nothing_to_send(write.what, object, found, write.desired);
    }
    return patched(std::move(write), kind, object.path(), patch, found);
}

Result<PreparedWrite> apply_write(const ObjectRef& object, Json manifest, const Json& found) {
    manifest = cleaned(object, std::move(manifest));
    PreparedWrite write;
    write.what = fmt::format("apply {}{}", object.text(), found.is_null() ? " (new)" : "");
    write.object_path = object.path();
    write.withheld = object.type->kind == "Secret";
    write.desired = shape_of(object, manifest);
    write.expected = found.is_null() ? Json() : without_secrets(shape_of(object, touched(manifest, found)));
    if (found.is_object() && found.contains(uid_at)) {
        manifest[uid_at] = found.at(uid_at); // else an object deleted meanwhile would be created again
    }
    return patched(std::move(write), PatchKind::apply, object.path(), std::move(manifest), found);
}

Result<PreparedWrite> create_write(const ObjectRef& object, Json manifest, const Json& found) {
    manifest = cleaned(object, std::move(manifest));
    PreparedWrite write;
    write.what = "create " + object.text();
    write.desired = shape_of(object, manifest);
    if (!found.is_null()) {
        const auto different = differences(write.desired, found);
        if (!different.empty()) {
            return fail(ErrorCode::conflict,
                        fmt::format("{} exists and differs: {}", object.text(), to_text(different)), object.path(),
                        "apply it instead, or take another name");
        }
        return nothing_to_send(write.what, object, found, write.desired);
    }
    write.method = "POST";
    write.path = with_manager(object.list_path());
    write.content_type = "application/json";
    write.body = manifest.dump();
    write.object_path = object.path();
    write.withheld = object.type->kind == "Secret";
    return sealed(std::move(write));
}

Result<PreparedWrite> namespace_write(const std::string& name, const Json& found) {
    const auto object = parse_object("namespace/" + name, "");
    if (!object) {
        return failed(object);
    }
    if (found.is_object() && found.value("/status/phase"_json_pointer, "Active") == "Terminating") {
        return fail(ErrorCode::conflict, fmt::format("the namespace '{}' is being deleted", name), object->path(),
                    "wait until it is gone, then try again");
    }
    return create_write(*object, {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}}, found);
}

Result<PreparedWrite> delete_write(const ObjectRef& object, bool unchanged, const Json& found) {
    PreparedWrite write;
    write.what = "delete " + object.text();
    write.object_path = object.path();
    if (found.is_null()) {
        write.what += " (already gone)";
        return sealed(std::move(write));
    }
    write.uid = found.value(uid_at, "");
    write.expected = {{"metadata", {{"uid", write.uid}}}};
    write.method = "DELETE";
    write.path = object.path();
    write.content_type = "application/json";
    write.body = delete_options({write.uid, unchanged ? found.value(version_at, "") : ""}).dump();
    return sealed(std::move(write));
}

} // namespace sluice::kubernetes
