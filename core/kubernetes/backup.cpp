#include "kubernetes/backup.h"

#include "base/digest.h"
#include "kubernetes/mask.h"
#include "kubernetes/object_writes.h"
#include "kubernetes/shape.h"

#include <fmt/format.h>

namespace sluice::kubernetes {
namespace {

/// Only what a person or a chart decides; what the server keeps is neither saved nor restored.
Json own_part(Json object) {
    object.erase("status");
    if (object.contains("metadata")) {
        const Json metadata = object["metadata"];
        Json kept = Json::object();
        for (const char* key : {"name", "namespace", "labels", "annotations"}) {
            if (metadata.contains(key)) {
                kept[key] = metadata[key];
            }
        }
        object["metadata"] = std::move(kept);
    }
    return object;
}

struct Filled {
    Json value;
    bool complete = true; ///< false when something masked has no value on the cluster
};

/// Puts the cluster's present values where the back-up has masks; list elements are paired by name, else by place.
Filled fill(const Json& saved, const Json* now) {
    if (saved == mask_text) {
        return now == nullptr ? Filled{saved, false} : Filled{*now, true};
    }
    Filled out{saved, true};
    if (saved.is_object()) {
        for (auto& [key, child] : out.value.items()) {
            const Json* peer = now != nullptr && now->is_object() && now->contains(key) ? &now->at(key) : nullptr;
            Filled inner = fill(child, peer);
            child = std::move(inner.value);
            out.complete = out.complete && inner.complete;
        }
    } else if (saved.is_array()) {
        for (std::size_t i = 0; i < saved.size(); ++i) {
            const Json* peer = nullptr;
            if (now != nullptr && now->is_array()) {
                const Json name = saved[i].is_object() ? saved[i].value("name", Json()) : Json();
                for (std::size_t j = 0; j < now->size() && peer == nullptr; ++j) {
                    const Json& other = now->at(j);
                    if (name.is_null() ? i == j : other.is_object() && other.value("name", Json()) == name) {
                        peer = &other;
                    }
                }
            }
            Filled inner = fill(saved[i], peer);
            out.value[i] = std::move(inner.value);
            out.complete = out.complete && inner.complete;
        }
    }
    return out;
}

} // namespace

Backup backup_of(const Json& found) {
    Backup backup;
    backup.text = masked(own_part(found)).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    backup.digest = hex(sha256(backup.text));
    return backup;
}

void save(Client& client, const ObjectRef& object, const Ask& ask, std::function<void(Result<Backup>)> done) {
    client.get(object, ask, [done = std::move(done)](Result<Reply> reply) {
        done(reply ? Result<Backup>(backup_of(reply->object)) : failed(reply));
    });
}

Result<PreparedWrite> restore_write(const ObjectRef& object, std::string_view backup_text, const Json& found) {
    const auto saved = parse_json(backup_text, "back-up of " + object.text());
    if (!saved) {
        return failed(saved);
    }
    const auto of = object_of(*saved, object.name_space);
    if (!of || !(*of == object)) {
        return fail(ErrorCode::bad_input, "the back-up is of another object", object.text());
    }
    const Filled target = fill(own_part(*saved), found.is_null() ? nullptr : &found);
    if (!target.complete) {
        return fail(ErrorCode::refused, "the back-up has masked values that the cluster does not have any more",
                    object.text(), "restore them from where the secret is kept, by an apply of your own manifest");
    }
    if (found.is_null()) {
        auto write = create_write(object, target.value, found);
        if (write) {
            write->what = "restore " + object.text() + " (it is gone: created again)";
        }
        return write;
    }
    Json now = own_part(found);
    if (const Json::json_pointer copy = Json::json_pointer("/metadata/annotations") / applied_copy;
        now.contains(copy)) {
        now["metadata"]["annotations"].erase(applied_copy);
        if (now["metadata"]["annotations"].empty() && !target.value["metadata"].contains("annotations")) {
            now["metadata"].erase("annotations");
        }
    }
    const Json changes = Json::diff(now, target.value);
    PreparedWrite write;
    write.what = "restore " + object.text();
    write.object_path = object.path();
    // Only keys that the server sets by itself may be there beyond the back-up, and those the diff would have removed.
    write.desired = masked(target.value) == target.value ? target.value : without_secrets(target.value);
    if (object.type->kind == "Secret") {
        write.desired.erase("data");
        write.desired.erase("stringData");
    }
    if (changes.empty()) {
        return nothing_to_send(write.what, object, found, write.desired);
    }
    for (const Json& change : changes) {
        const std::string path = change.at("path").get<std::string>();
        write.withheld =
            write.withheld || sensitive(object.type->kind, path) || holds_secrets(change.value("value", Json()));
        const Json before = shape_at(now, Json::json_pointer(path));
        write.expected = merged_shapes(std::move(write.expected),
                                       object.type->kind == "Secret" ? Json::object() : without_secrets(before));
    }
    Json operations = identity_tests(found);
    operations.push_back({{"op", "test"},
                          {"path", "/metadata/resourceVersion"},
                          {"value", found.value("/metadata/resourceVersion"_json_pointer, "")}});
    operations.insert(operations.end(), changes.begin(), changes.end());
    return patched(std::move(write), PatchKind::json, object.path(), operations, found);
}

} // namespace sluice::kubernetes
