#include "kubernetes/mask.h"

#include <functional>

namespace sluice::kubernetes {
namespace {

/// Calls back with each holder (an env entry, an annotations map) and the key in it that is secret.
void each_secret(Json& value, const std::function<void(Json& holder, const char* key)>& found) {
    if (value.is_array()) {
        for (Json& element : value) {
            each_secret(element, found);
        }
        return;
    }
    if (!value.is_object()) {
        return;
    }
    if (value.contains(applied_copy)) {
        found(value, applied_copy);
    }
    for (auto& [key, child] : value.items()) {
        if (key == "env" && child.is_array()) {
            for (Json& entry : child) {
                if (entry.is_object() && entry.contains("value")) {
                    found(entry, "value");
                }
            }
        } else {
            each_secret(child, found);
        }
    }
}

} // namespace

bool holds_secrets(const Json& value) {
    Json copy = {{"env", value}}; // so that a list of variables is seen as one; any other value is looked into below
    bool any = false;
    const auto see = [&any](Json&, const char*) { any = true; };
    each_secret(copy, see);
    copy = value;
    each_secret(copy, see);
    return any;
}

Json masked(Json object) {
    each_secret(object, [](Json& holder, const char* key) {
        if (std::string_view(key) == applied_copy) {
            holder.erase(key);
        } else {
            holder[key] = mask_text;
        }
    });
    if (object.is_object() && object.value("kind", "") == "Secret") {
        for (const char* part : {"data", "stringData"}) {
            if (object.contains(part)) {
                for (Json& value : object[part]) {
                    value = mask_text;
                }
            }
        }
    }
    return object;
}

Json without_secrets(Json shape, const Json& said) {
    const std::string known = said.dump(-1, ' ', false, Json::error_handler_t::replace);
    each_secret(shape, [&known](Json& holder, const char* key) {
        if (known.find(holder[key].dump(-1, ' ', false, Json::error_handler_t::replace)) == std::string::npos) {
            holder.erase(key);
        }
    });
    return shape;
}

} // namespace sluice::kubernetes
