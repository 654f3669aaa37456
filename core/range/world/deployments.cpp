#include "range/world/deployments.h"

#include "base/digest.h"
#include "range/noise.h"
#include "range/time_text.h"
#include "range/world/conditions.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace sluice::range {
namespace {

constexpr Nanos controller_delay = milliseconds(200);
const Author controller{"kube-controller-manager", "Update"};
constexpr const char* revision_annotation = "deployment.kubernetes.io/revision";

std::int64_t revision_of(const Json& object) {
    const Json annotations = object["metadata"].value("annotations", Json::object());
    const std::string text = annotations.value(revision_annotation, "0");
    std::int64_t revision = 0;
    std::from_chars(text.data(), text.data() + text.size(), revision);
    return revision;
}

std::string template_hash(const Json& pattern) {
    const std::string digest = hex(sha256(pattern.dump()));
    std::uint64_t bits = 0;
    std::from_chars(digest.data(), digest.data() + 16, bits, 16);
    return letters(bits, 10);
}

} // namespace

std::int64_t share_of(const Json& value, std::int64_t whole, bool round_up) {
    if (value.is_number_integer()) {
        return value.get<std::int64_t>();
    }
    const std::string text = value.is_string() ? value.get<std::string>() : "0";
    std::int64_t percent = 0;
    std::from_chars(text.data(), text.data() + text.size(), percent);
    return round_up ? (percent * whole + 99) / 100 : percent * whole / 100;
}

Deployments::~Deployments() {
    for (const auto& [key, timer] : due_) {
        scheduler_.cancel(timer);
    }
    for (const auto& [key, progress] : progress_) {
        scheduler_.cancel(progress.deadline);
    }
}

void Deployments::touched(const Key& key) {
    if (due_.contains(key)) {
        return;
    }
    due_[key] = scheduler_.after(controller_delay, [this, key] {
        due_.erase(key);
        reconcile(key);
    });
}

void Deployments::settle(const Key& key) {
    for (int round = 0; round < 100 && reconcile(key); ++round) {
    }
    if (const auto due = due_.find(key); due != due_.end()) {
        scheduler_.cancel(due->second);
        due_.erase(due);
    }
}

void Deployments::removed(const Key& key, const Json& before) {
    if (const auto progress = progress_.extract(key); !progress.empty()) {
        scheduler_.cancel(progress.mapped().deadline);
    }
    for (const Json* set : objects_.list(kind_named("ReplicaSet"), key.space)) {
        if (is_owned_by(*set, before)) {
            const Json gone = *set;
            const Key set_key = key_of(kind_named("ReplicaSet"), gone);
            for (const Json* pod : pods_.owned_by(set_key, gone)) {
                pods_.terminate(key_of(kind_named("Pod"), *pod));
            }
            objects_.erase(set_key);
        }
    }
}

std::int64_t Deployments::wanted(const Key& set) const {
    const Json* found = objects_.find(set);
    return found ? (*found)["spec"].value("replicas", std::int64_t{0}) : 0;
}

std::int64_t Deployments::available(const Key& set) const {
    const Json* found = objects_.find(set);
    if (!found) {
        return 0;
    }
    const auto pods = pods_.owned_by(set, *found);
    return std::count_if(pods.begin(), pods.end(), [](const Json* pod) { return is_ready(*pod); });
}

bool Deployments::reconcile(const Key& key) {
    const Json* found = objects_.find(key);
    if (!found) {
        return false;
    }
    const std::string before = objects_.list_version();
    const Json deployment = *found;
    const Sets sets = replica_sets(key, deployment);
    scale(deployment, sets);
    sync_pods(sets.current);
    for (const Key& old : sets.old) {
        sync_pods(old);
    }
    update_status(key, sets);
    return objects_.list_version() != before;
}

Deployments::Sets Deployments::replica_sets(const Key& key, const Json& deployment) {
    const Json& pattern = deployment["spec"]["template"];
    const std::string hash = template_hash(pattern);
    Sets sets;
    sets.current = {&kind_named("ReplicaSet"), key.space, key.name + "-" + hash};
    std::int64_t newest = 0;
    for (const Json* set : objects_.list(kind_named("ReplicaSet"), key.space)) {
        if (is_owned_by(*set, deployment)) {
            const Key set_key = key_of(kind_named("ReplicaSet"), *set);
            if (set_key != sets.current) {
                newest = std::max(newest, revision_of(*set));
                sets.old.push_back(set_key);
            }
        }
    }
    const Json* current = objects_.find(sets.current);
    Json set;
    if (current) {
        set = *current;
        newest = std::max(newest + 1, revision_of(set));
        if (revision_of(set) < newest) { // an older template is wanted again: its revision moves to the front
            set["metadata"]["annotations"][revision_annotation] = std::to_string(newest);
            objects_.write_status(sets.current, set);
        }
    } else if (deployment["spec"].value("paused", false)) {
        return sets;
    } else {
        ++newest;
        set["metadata"]["labels"] = pattern.value("/metadata/labels"_json_pointer, Json::object());
        set["metadata"]["labels"]["pod-template-hash"] = hash;
        set["metadata"]["annotations"][revision_annotation] = std::to_string(newest);
        set["metadata"]["ownerReferences"] = Json::array({owner_reference(deployment)});
        set["spec"]["replicas"] = 0;
        set["spec"]["selector"] = deployment["spec"]["selector"];
        set["spec"]["selector"]["matchLabels"]["pod-template-hash"] = hash;
        set["spec"]["template"] = pattern;
        set["spec"]["template"]["metadata"]["labels"]["pod-template-hash"] = hash;
        objects_.write(sets.current, std::move(set), controller);
    }
    const Json* live = objects_.find(key);
    if (live && revision_of(*live) != newest) {
        Json changed = *live;
        changed["metadata"]["annotations"][revision_annotation] = std::to_string(newest);
        objects_.write_status(key, std::move(changed));
    }
    return sets;
}

void Deployments::scale(const Json& deployment, const Sets& sets) {
    const Json& spec = deployment["spec"];
    const auto desired = spec.value("replicas", std::int64_t{1});
    std::int64_t old_wanted = 0, old_available = 0;
    for (const Key& old : sets.old) {
        old_wanted += wanted(old);
        old_available += available(old);
    }
    if (old_wanted == 0) {
        set_replicas(sets.current, desired);
        return;
    }
    if (spec.value("paused", false)) {
        return;
    }
    if (spec["strategy"].value("type", "") == "Recreate") {
        for (const Key& old : sets.old) {
            set_replicas(old, 0);
        }
        return; // the new ones come at the next look, when the old ones have been asked to end
    }
    const Json rolling = spec["strategy"].value("rollingUpdate", Json::object());
    std::int64_t surge = share_of(rolling.value("maxSurge", Json("25%")), desired, true);
    const std::int64_t unavailable = share_of(rolling.value("maxUnavailable", Json("25%")), desired, false);
    if (surge == 0 && unavailable == 0) {
        surge = 1;
    }
    const std::int64_t now = wanted(sets.current);
    if (now > desired) {
        set_replicas(sets.current, desired);
    } else if (now + old_wanted < desired + surge) {
        set_replicas(sets.current, std::min(desired, desired + surge - old_wanted));
    }
    // Old pods that are not available serve nobody and go first; then available ones as far as enough stay.
    std::int64_t total = wanted(sets.current) + old_wanted;
    const std::int64_t least = desired - unavailable;
    const std::int64_t new_missing = wanted(sets.current) - available(sets.current);
    std::int64_t spare = std::max<std::int64_t>(0, total - least - new_missing);
    std::int64_t sick = old_wanted - old_available;
    std::int64_t spare_available = std::max<std::int64_t>(0, old_available + available(sets.current) - least);
    for (const Key& old : sets.old) {
        const std::int64_t own = wanted(old);
        const std::int64_t own_sick = std::min({own - available(old), sick, spare});
        sick -= own_sick;
        spare -= own_sick;
        const std::int64_t own_spare = std::min({available(old), spare_available, spare});
        spare_available -= own_spare;
        spare -= own_spare;
        set_replicas(old, own - own_sick - own_spare);
    }
}

void Deployments::set_replicas(const Key& set, std::int64_t replicas) {
    const Json* found = objects_.find(set);
    if (found && wanted(set) != replicas) {
        Json changed = *found;
        changed["spec"]["replicas"] = replicas;
        objects_.write(set, std::move(changed), controller);
    }
}

void Deployments::sync_pods(const Key& set) {
    const Json* found = objects_.find(set);
    if (!found) {
        return;
    }
    const Json replica_set = *found;
    auto pods = pods_.owned_by(set, replica_set);
    const std::int64_t goal = wanted(set);
    // Those that are not ready end first, then by name.
    std::stable_sort(pods.begin(), pods.end(),
                     [](const Json* a, const Json* b) { return !is_ready(*a) && is_ready(*b); });
    std::vector<Key> ending;
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(pods.size()) - goal; ++i) {
        ending.push_back(key_of(kind_named("Pod"), *pods[static_cast<std::size_t>(i)]));
    }
    for (const Key& pod : ending) {
        pods_.terminate(pod);
    }
    for (std::int64_t i = static_cast<std::int64_t>(pods.size()); i < goal; ++i) {
        pods_.create(set, replica_set);
    }
    Json status = *objects_.find(set);
    const auto left = static_cast<std::int64_t>(pods_.owned_by(set, replica_set).size());
    status["status"] = {{"replicas", left},
                        {"fullyLabeledReplicas", left},
                        {"readyReplicas", available(set)},
                        {"availableReplicas", available(set)},
                        {"observedGeneration", status["metadata"]["generation"]}};
    objects_.write_status(set, std::move(status));
}

void Deployments::update_status(const Key& key, const Sets& sets) {
    const Json* found = objects_.find(key);
    Json deployment = *found;
    const auto count = [&](const Key& set) {
        const Json* one = objects_.find(set);
        return one ? static_cast<std::int64_t>(pods_.owned_by(set, *one).size()) : 0;
    };
    const std::int64_t updated = count(sets.current);
    std::int64_t total = updated, ready = available(sets.current);
    for (const Key& old : sets.old) {
        total += count(old);
        ready += available(old);
    }
    const auto desired = deployment["spec"].value("replicas", std::int64_t{1});
    Json& status = deployment["status"];
    if (!status.is_object()) {
        status = Json::object();
    }
    const Json counts = {{"replicas", total},
                         {"updatedReplicas", updated},
                         {"readyReplicas", ready},
                         {"availableReplicas", ready},
                         {"unavailableReplicas", std::max<std::int64_t>(0, desired - ready)}};
    for (const auto& [name, value] : counts.items()) {
        if (value == 0) {
            status.erase(name); // zero counts are left out on the wire
        } else {
            status[name] = value;
        }
    }
    status["observedGeneration"] = deployment["metadata"]["generation"];

    const std::string time = rfc3339(scheduler_.now());
    const Json rolling = deployment["spec"]["strategy"].value("rollingUpdate", Json::object());
    const std::int64_t least = desired - share_of(rolling.value("maxUnavailable", Json(0)), desired, false);
    const bool enough = ready >= least;
    set_condition(deployment, "Available", enough, enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                  enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
                  time);

    Progress& progress = progress_[key];
    const bool complete = updated == desired && total == desired && available(sets.current) >= desired;
    Json moved = counts;
    moved["template"] = sets.current.name;
    moved["desired"] = desired;
    if (progress.counts != moved) {
        progress.counts = moved;
        progress.since = scheduler_.now();
    }
    scheduler_.cancel(progress.deadline);
    progress.deadline = TimerId::none;
    const Nanos deadline =
        progress.since + seconds(deployment["spec"].value("progressDeadlineSeconds", std::int64_t{600}));
    if (complete) {
        set_condition(deployment, "Progressing", true, "NewReplicaSetAvailable",
                      fmt::format("ReplicaSet \"{}\" has successfully progressed.", sets.current.name), time);
    } else if (scheduler_.now() >= deadline) {
        set_condition(deployment, "Progressing", false, "ProgressDeadlineExceeded",
                      fmt::format("ReplicaSet \"{}\" has timed out progressing.", sets.current.name), time);
    } else {
        set_condition(deployment, "Progressing", true, "ReplicaSetUpdated",
                      fmt::format("ReplicaSet \"{}\" is progressing.", sets.current.name), time);
        progress.deadline = scheduler_.at(deadline, [this, key] { reconcile(key); });
    }
    objects_.write_status(key, std::move(deployment));
}

} // namespace sluice::range
