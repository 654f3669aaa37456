#include "range/world/world.h"

#include "range/manifest.h"

#include <fmt/format.h>

namespace sluice::range {
namespace {

constexpr Nanos standing_for = hours(72);

} // namespace

World::World(std::uint64_t seed, Scheduler& scheduler)
    : objects_(seed, scheduler), pods_(objects_, scheduler), deployments_(objects_, pods_, scheduler),
      jobs_(objects_, pods_, scheduler) {
    objects_.on_change([this](const Key& key, const Json* before, const Json* after) { changed(key, before, after); });
}

Result<void> World::load(std::string_view manifests, std::string_view where) {
    objects_.set_age(standing_for);
    pods_.set_instant(true);
    settled_ = true;
    const auto applied = apply_manifest(manifests, where);
    if (applied) {
        for (const Json* deployment : objects_.list(kind_named("Deployment"))) {
            deployments_.settle(key_of(kind_named("Deployment"), *deployment));
        }
    }
    settled_ = false;
    pods_.set_instant(false);
    objects_.set_age({});
    return applied;
}

Result<void> World::apply_manifest(std::string_view manifests, std::string_view where, const Author& author) {
    try {
        return apply(manifests, where, author);
    } catch (const Json::exception& problem) { // a field of another type than its kind has
        return fail(ErrorCode::bad_input, problem.what(), std::string(where));
    }
}

Result<void> World::apply(std::string_view manifests, std::string_view where, const Author& author) {
    auto objects = read_manifests(manifests, where);
    if (!objects) {
        return failed(objects);
    }
    for (Json& object : *objects) {
        const std::string named = object["kind"];
        const Kind* kind = find_kind(object["apiVersion"].get<std::string>(), named);
        if (!kind || kind->computed) {
            return fail(ErrorCode::bad_input,
                        fmt::format("the range has no {} {}", object["apiVersion"].get<std::string>(), named),
                        std::string(where));
        }
        if (!object.contains("metadata") || !object["metadata"].value("name", Json()).is_string()) {
            return fail(ErrorCode::bad_input, fmt::format("a {} without a name", named), std::string(where));
        }
        const Key key = key_of(*kind, object);
        if (object.value("$patch", "") == "delete") {
            remove(key);
            continue;
        }
        if (kind->namespaced && !objects_.find({&kind_named("Namespace"), "", key.space})) {
            return fail(ErrorCode::bad_input, fmt::format("{}: there is no namespace {}", to_text(key), key.space),
                        std::string(where), "put a Namespace before it");
        }
        Json next = object;
        if (const Json* live = objects_.find(key)) {
            next = *live;
            next.merge_patch(object);
        }
        const auto causes = admit(key, next, objects_.seed());
        if (!causes.empty()) {
            return fail(ErrorCode::bad_input,
                        fmt::format("{}: {}: {}", to_text(key), causes[0].field, causes[0].message),
                        std::string(where));
        }
        objects_.write(key, std::move(next), author);
    }
    return {};
}

bool World::remove(const Key& key) {
    if (!objects_.find(key)) {
        return false;
    }
    if (key.kind->kind == "Pod") {
        pods_.terminate(key);
        return true;
    }
    if (key.kind->kind == "Namespace") {
        for (const Kind& kind : kinds()) {
            if (!kind.namespaced || kind.computed || kind.kind == "ReplicaSet" || kind.kind == "Pod") {
                continue;
            }
            std::vector<Key> inside;
            for (const Json* object : objects_.list(kind, key.name)) {
                inside.push_back(key_of(kind, *object));
            }
            for (const Key& one : inside) {
                objects_.erase(one);
            }
        }
    }
    return objects_.erase(key);
}

void World::changed(const Key& key, const Json* before, const Json* after) {
    const std::string_view kind = key.kind->kind;
    if (kind == "Deployment") {
        if (!after) {
            deployments_.removed(key, *before);
        } else if (!settled_) {
            deployments_.touched(key);
        }
    } else if (kind == "Job") {
        if (!after) {
            jobs_.removed(key, *before);
        } else if (!before) {
            jobs_.created(key);
        }
    } else if (kind == "ReplicaSet" && !settled_) {
        touch_owner(after ? *after : *before, key.space);
    } else if (kind == "Pod" && !settled_) {
        const Json& pod = after ? *after : *before;
        for (const Json* set : objects_.list(kind_named("ReplicaSet"), key.space)) {
            if (is_owned_by(pod, *set)) {
                touch_owner(*set, key.space);
            }
        }
    }
}

void World::touch_owner(const Json& object, const std::string& space) {
    for (const Json* deployment : objects_.list(kind_named("Deployment"), space)) {
        if (is_owned_by(object, *deployment)) {
            deployments_.touched(key_of(kind_named("Deployment"), *deployment));
        }
    }
}

} // namespace sluice::range
