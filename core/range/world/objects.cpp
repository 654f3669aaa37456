#include "range/world/objects.h"

#include "range/noise.h"
#include "range/time_text.h"

#include <fmt/format.h>

namespace sluice::range {
namespace {

/// Applying the same again touches only the times of its manager's entry, which is no change.
Json without_times(Json object) {
    Json& metadata = object["metadata"];
    if (metadata.contains("managedFields")) {
        for (Json& entry : metadata["managedFields"]) {
            entry.erase("time");
        }
    }
    return object;
}

} // namespace

const Json* Objects::find(const Key& key) const {
    const auto found = objects_.find(key);
    return found == objects_.end() ? nullptr : &found->second;
}

std::vector<const Json*> Objects::list(const Kind& kind, const std::string& space) const {
    std::vector<const Json*> found;
    for (auto at = objects_.lower_bound(Key{&kind, space, ""}); at != objects_.end(); ++at) {
        if (at->first.kind != &kind || (!space.empty() && at->first.space != space)) {
            break;
        }
        found.push_back(&at->second);
    }
    return found;
}

Json Objects::preview(const Key& key, Json object, const Author& author, const Fields& applied) const {
    const Json* before = find(key);
    Json& metadata = object["metadata"];
    metadata["name"] = key.name;
    if (!key.space.empty()) {
        metadata["namespace"] = key.space;
    }
    object["apiVersion"] = key.kind->api_version();
    object["kind"] = key.kind->kind;
    const auto count = counts_.find(key);
    const Count counted = count == counts_.end() ? Count() : count->second;
    std::int64_t generation = 1;
    if (before) {
        const Json& old = (*before)["metadata"];
        metadata["uid"] = old["uid"];
        metadata["creationTimestamp"] = old["creationTimestamp"];
        metadata["resourceVersion"] = old["resourceVersion"];
        generation = old.value("generation", std::int64_t{1});
        if (object.value("spec", Json()) != before->value("spec", Json())) {
            ++generation;
        }
    } else {
        metadata["uid"] = uuid(seed_, to_text(key), counted.lives);
        metadata["creationTimestamp"] = rfc3339(now() - age_);
        metadata["resourceVersion"] = "";
    }
    if (key.kind->counts_generations) {
        metadata["generation"] = generation;
    } else {
        metadata.erase("generation");
    }
    note_author(before ? *before : Json(), object, author, applied, rfc3339(now() - age_));
    if (before && without_times(object) == without_times(*before)) {
        return *before;
    }
    metadata["resourceVersion"] = std::to_string(1000 + counted.versions + 1);
    return object;
}

Json Objects::write(const Key& key, Json object, const Author& author, const Fields& applied) {
    Json next = preview(key, std::move(object), author, applied);
    const Json* before = find(key);
    if (!before) {
        ++counts_[key].lives;
    } else if (*before == next) {
        return next;
    }
    store(key, next);
    return next;
}

void Objects::write_status(const Key& key, Json object) {
    const Json* before = find(key);
    if (!before) {
        return;
    }
    object["metadata"]["resourceVersion"] = (*before)["metadata"]["resourceVersion"];
    if (object == *before) {
        return;
    }
    object["metadata"]["resourceVersion"] = std::to_string(1000 + counts_[key].versions + 1);
    store(key, std::move(object));
}

void Objects::store(const Key& key, Json object) {
    ++counts_[key].versions;
    ++writes_;
    const auto found = objects_.find(key);
    const Json before = found == objects_.end() ? Json() : found->second;
    objects_[key] = std::move(object);
    const Json after = objects_[key]; // a listener may write it again
    for (const Listener& listener : listeners_) {
        listener(key, before.is_null() ? nullptr : &before, &after);
    }
}

bool Objects::erase(const Key& key) {
    auto node = objects_.extract(key);
    if (node.empty()) {
        return false;
    }
    ++counts_[key].versions;
    ++writes_;
    for (const Listener& listener : listeners_) {
        listener(key, &node.mapped(), nullptr);
    }
    return true;
}

Key key_of(const Kind& kind, const Json& object) {
    const Json& metadata = object["metadata"];
    return {&kind, kind.namespaced ? metadata.value("namespace", std::string("default")) : std::string(),
            metadata.value("name", std::string())};
}

bool labels_match(const Json& labels, const Json& selector) {
    if (!selector.is_object()) {
        return false;
    }
    for (const auto& [key, value] : selector.items()) {
        if (!labels.is_object() || labels.value(key, Json()) != value) {
            return false;
        }
    }
    return true;
}

} // namespace sluice::range
