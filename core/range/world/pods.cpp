#include "range/world/pods.h"

#include "range/noise.h"
#include "range/time_text.h"
#include "range/world/conditions.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::range {
namespace {

constexpr Nanos pulling = seconds(1);
constexpr Nanos ending = seconds(2);

Nanos start_up_time(const Objects& objects, const Key& key, const Json& pod) {
    const Json annotations = pod.value("/metadata/annotations"_json_pointer, Json::object());
    Nanos told;
    if (parse_length(annotations.value("sluice-range/start-up", ""), told)) {
        return std::max(told, pulling);
    }
    return seconds(8) +
           milliseconds(static_cast<std::int64_t>(6000 * unit(objects.seed(), "start-up " + to_text(key))));
}

void set_containers(Json& pod, bool ready, const Json& state) {
    const Json before = pod["status"].value("containerStatuses", Json::array());
    Json all = Json::array();
    for (const Json& container : pod["spec"]["containers"]) {
        int restarts = 0;
        for (const Json& old : before) {
            if (old.value("name", "") == container["name"]) {
                restarts = old.value("restartCount", 0);
                const bool crashed_now = state.contains("waiting") &&
                                         state["waiting"]["reason"] == "CrashLoopBackOff" &&
                                         !old.value("state", Json::object()).contains("waiting");
                restarts += crashed_now ? 1 : 0;
            }
        }
        all.push_back({{"name", container["name"]},
                       {"image", container["image"]},
                       {"ready", ready},
                       {"started", ready},
                       {"restartCount", restarts},
                       {"state", state}});
    }
    pod["status"]["containerStatuses"] = std::move(all);
}

} // namespace

Pods::~Pods() {
    for (auto& [key, life] : lives_) {
        for (const TimerId timer : life.timers) {
            scheduler_.cancel(timer);
        }
    }
}

Key Pods::create(const Key& owner, const Json& owner_object) {
    const Json& pattern = owner_object["spec"]["template"];
    const std::uint64_t index = made_[owner]++;
    Key key{&kind_named("Pod"), owner.space,
            fmt::format("{}-{}", owner.name, letters(mix(objects_.seed(), to_text(owner), index), 5))};
    Json pod;
    pod["metadata"] = pattern.value("metadata", Json::object());
    pod["metadata"]["ownerReferences"] = Json::array({owner_reference(owner_object)});
    pod["spec"] = pattern["spec"];
    const auto nodes = objects_.list(kind_named("Node"));
    if (!nodes.empty()) {
        const Json& node = *nodes[mix(objects_.seed(), "node " + to_text(key)) % nodes.size()];
        pod["spec"]["nodeName"] = node["metadata"]["name"];
    }
    pod["status"]["phase"] = "Pending";
    objects_.write(key, std::move(pod), {"kube-controller-manager", "Update"});
    Life& life = lives_[key];
    life.start_up = instant_ ? Nanos{} : start_up_time(objects_, key, *objects_.find(key));
    start(key, life);
    return key;
}

void Pods::start(const Key& key, Life& life) {
    life.started = scheduler_.now();
    if (instant_) {
        advance(key);
        return;
    }
    after(key, life, pulling, [this, key] { advance(key); });
    after(key, life, life.start_up, [this, key] { advance(key); });
}

void Pods::after(const Key& key, Life& life, Nanos delay, std::function<void()> action) {
    (void)key;
    life.timers.push_back(scheduler_.after(delay, std::move(action)));
}

void Pods::advance(const Key& key) {
    const Json* found = objects_.find(key);
    const auto at = lives_.find(key);
    if (!found || at == lives_.end() || is_ending(*found)) {
        return;
    }
    Life& life = at->second;
    const Nanos age = scheduler_.now() - life.started;
    const PodTrouble trouble = troubles_ ? troubles_(*found) : PodTrouble::none;
    const bool was_running = (*found)["status"].value("phase", "") == "Running";
    Json pod = *found;
    const std::string time = rfc3339(scheduler_.now());
    const auto ready_conditions = [&](bool ready, const char* reason, const char* message) {
        set_condition(pod, "PodScheduled", true, "", "", time);
        set_condition(pod, "Initialized", true, "", "", time);
        set_condition(pod, "ContainersReady", ready, reason, message, time);
        set_condition(pod, "Ready", ready, reason, message, time);
    };
    life.troubled = true;
    if (age < pulling && !instant_) {
        life.troubled = false;
        return;
    }
    if (trouble == PodTrouble::image_missing && !was_running) {
        const std::string image = pod["spec"]["containers"][0]["image"];
        ready_conditions(false, "ContainersNotReady", "containers are not ready");
        set_containers(
            pod, false,
            {{"waiting", {{"reason", "ImagePullBackOff"}, {"message", "Back-off pulling image \"" + image + "\""}}}});
    } else if (trouble == PodTrouble::crash) {
        pod["status"]["phase"] = "Running";
        ready_conditions(false, "ContainersNotReady", "containers are not ready");
        set_containers(
            pod, false,
            {{"waiting", {{"reason", "CrashLoopBackOff"}, {"message", "back-off 10s restarting failed container"}}}});
    } else {
        life.troubled = false;
        const bool ready = instant_ || age >= life.start_up;
        const std::uint64_t bits = mix(objects_.seed(), "pod-ip " + to_text(key));
        pod["status"]["phase"] = "Running";
        pod["status"]["podIP"] = fmt::format("10.244.{}.{}", bits % 250, (bits >> 16) % 250 + 2);
        if (!pod["status"].contains("startTime")) {
            pod["status"]["startTime"] = pod["metadata"]["creationTimestamp"];
        }
        ready_conditions(ready, ready ? "" : "ContainersNotReady", ready ? "" : "containers are not ready");
        set_containers(pod, ready, {{"running", {{"startedAt", pod["status"]["startTime"]}}}});
    }
    objects_.write_status(key, std::move(pod));
}

void Pods::recheck() {
    std::vector<Key> keys;
    for (const auto& [key, life] : lives_) {
        keys.push_back(key);
    }
    for (const Key& key : keys) {
        const auto at = lives_.find(key);
        const Json* pod = objects_.find(key);
        if (at == lives_.end() || !pod) {
            continue;
        }
        const bool fine_now = !troubles_ || troubles_(*pod) == PodTrouble::none;
        if (at->second.troubled && fine_now) {
            // It starts again, and is ready after its start-up time.
            at->second.troubled = false;
            if (at->second.start_up == Nanos{}) {
                at->second.start_up = start_up_time(objects_, key, *pod);
            }
            start(key, at->second);
        } else {
            advance(key);
        }
    }
}

void Pods::terminate(const Key& key) {
    const Json* pod = objects_.find(key);
    if (!pod || is_ending(*pod)) {
        return;
    }
    if (instant_) {
        forget(key);
        objects_.erase(key);
        return;
    }
    Json marked = *pod;
    marked["metadata"]["deletionTimestamp"] = rfc3339(scheduler_.now());
    objects_.write_status(key, std::move(marked));
    Life& life = lives_[key];
    after(key, life, ending, [this, key] {
        forget(key);
        objects_.erase(key);
    });
}

void Pods::forget(const Key& key) {
    // Called from within a timer of its own too, so the timers that are left find nothing to do.
    lives_.erase(key);
}

std::vector<const Json*> Pods::owned_by(const Key& owner, const Json& owner_object) const {
    std::vector<const Json*> found;
    for (const Json* pod : objects_.list(kind_named("Pod"), owner.space)) {
        if (!is_ending(*pod) && is_owned_by(*pod, owner_object)) {
            found.push_back(pod);
        }
    }
    return found;
}

bool is_ready(const Json& pod) {
    return !is_ending(pod) && condition_holds(pod, "Ready");
}

bool is_ending(const Json& object) {
    return object["metadata"].contains("deletionTimestamp");
}

bool is_owned_by(const Json& object, const Json& owner) {
    for (const Json& reference : object["metadata"].value("ownerReferences", Json::array())) {
        if (reference.value("uid", "") == owner["metadata"]["uid"]) {
            return true;
        }
    }
    return false;
}

Json owner_reference(const Json& owner) {
    return {{"apiVersion", owner["apiVersion"]}, {"kind", owner["kind"]}, {"name", owner["metadata"]["name"]},
            {"uid", owner["metadata"]["uid"]},   {"controller", true},    {"blockOwnerDeletion", true}};
}

std::string image_tag(const Json& pod) {
    const std::string image = pod.value("/spec/containers/0/image"_json_pointer, std::string());
    const auto slash = image.rfind('/');
    const auto colon = image.rfind(':');
    return colon == std::string::npos || (slash != std::string::npos && colon < slash) ? "latest"
                                                                                       : image.substr(colon + 1);
}

} // namespace sluice::range
