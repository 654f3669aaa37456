#include "kubernetes/rollout.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace sluice::kubernetes {
namespace {

using namespace nlohmann::literals;

const Json* condition(const Json& object, std::string_view type) {
    const auto at = "/status/conditions"_json_pointer;
    if (!object.contains(at)) {
        return nullptr;
    }
    for (const Json& entry : object.at(at)) {
        if (entry.value("type", "") == type) {
            return &entry;
        }
    }
    return nullptr;
}

bool is_ready(const Json& pod) {
    const Json* ready = condition(pod, "Ready");
    return ready != nullptr && ready->value("status", "") == "True" &&
           !pod.contains("/metadata/deletionTimestamp"_json_pointer);
}

/// Reasons under which a container waits in the ordinary course of starting.
bool ordinary(const std::string& reason) {
    return reason.empty() || reason == "ContainerCreating" || reason == "PodInitializing";
}

const Json& containers_of(const Json& pod, const char* list) {
    static const Json none = Json::array();
    const auto status = pod.find("status");
    const auto found = status == pod.end() ? pod.end() : status->find(list);
    return status == pod.end() || found == status->end() ? none : *found;
}

/// How it ended before it was started again, where that says more than that it failed.
std::string last_end(const Json& container) {
    const std::string ended = container.value("/lastState/terminated/reason"_json_pointer, "");
    return ended == "Completed" || ended == "Error" ? "" : ended;
}

/// Why this pod is not ready; an empty reason = it only needs time.
Cause trouble(const Json& pod) {
    for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
        for (const Json& container : containers_of(pod, list)) {
            if (container.value("ready", false)) {
                continue;
            }
            const std::string waiting = container.value("/state/waiting/reason"_json_pointer, "");
            const std::string ended = container.value("/state/terminated/reason"_json_pointer, "");
            if (!ordinary(waiting)) {
                return {waiting, last_end(container), 1, container.value("image", "")};
            }
            if (!ended.empty() && ended != "Completed") {
                return {ended, "", 1, container.value("image", "")};
            }
        }
    }
    const Json* scheduled = condition(pod, "PodScheduled");
    if (scheduled != nullptr && scheduled->value("status", "") == "False") {
        return {scheduled->value("reason", "Unschedulable"), "", 1, scheduled->value("message", "")};
    }
    return {};
}

/// What the counts of a workload are called where it is no deployment (`kubectl rollout status`, rollout_status.go).
void count_others(const Json& workload, RolloutStatus& out) {
    const Json status = workload.value("status", Json::object());
    const std::string kind = workload.value("kind", "");
    if (kind == "DaemonSet") {
        out.desired = status.value("desiredNumberScheduled", 0);
        out.updated = status.value("updatedNumberScheduled", 0);
        out.ready = status.value("numberReady", 0);
        out.available = status.value("numberAvailable", 0);
        out.total = status.value("currentNumberScheduled", 0);
    } else if (kind == "StatefulSet" && status.value("updateRevision", "") == status.value("currentRevision", "")) {
        out.updated = out.total; // nothing is being replaced
    }
}

/// Replicas that are to stay as they were: those below the partition of a stateful set.
int kept_back(const Json& workload) {
    return workload.value("kind", "") == "StatefulSet"
               ? workload.value("/spec/updateStrategy/rollingUpdate/partition"_json_pointer, 0)
               : 0;
}

/// A pod that can't even be made: a quota, an admission.
const Json* not_made(const Json& workload) {
    const Json* failure = condition(workload, "ReplicaFailure");
    return failure != nullptr && failure->value("status", "") == "True" ? failure : nullptr;
}

std::string words(const Cause& cause) {
    return fmt::format("{}{} on {} pod{}{}", cause.reason, cause.ended.empty() ? "" : " after " + cause.ended,
                       cause.pods, cause.pods == 1 ? "" : "s",
                       cause.concerning.empty() ? "" : " (" + cause.concerning + ")");
}

void find_causes(const Json& workload, const Json& pods, RolloutStatus& out) {
    for (const Cause& cause : causes_of(pods)) {
        out.cause += (out.cause.empty() ? "" : "; ") + words(cause);
        for (const auto* name : {&cause.ended, &cause.reason}) {
            if (!name->empty()) {
                out.causes.push_back(*name);
            }
        }
    }
    if (const Json* failure = not_made(workload)) {
        const std::string reason = failure->value("reason", "FailedCreate");
        const std::string message = failure->value("message", "");
        out.cause += (out.cause.empty() ? "" : "; ") + reason + (message.empty() ? "" : " (" + message + ")");
        out.causes.push_back(reason);
    }
}

} // namespace

const char* name(RolloutState state) {
    switch (state) {
    case RolloutState::waiting:
        return "waiting";
    case RolloutState::failed:
        return "failed";
    case RolloutState::done:
        return "done";
    }
    return "";
}

Json RolloutStatus::to_json() const {
    return {{"state", name(state)},   {"reason", reason},   {"cause", cause},
            {"desired", desired},     {"updated", updated}, {"ready", ready},
            {"available", available}, {"total", total},     {"observed", observed}};
}

std::vector<Cause> causes_of(const Json& pods) {
    std::map<std::pair<std::string, std::string>, Cause> counts;
    for (const Json& pod : pods) {
        const Cause cause = is_ready(pod) ? Cause{} : trouble(pod);
        if (!cause.reason.empty()) {
            Cause& sum =
                counts.try_emplace({cause.reason, cause.ended}, Cause{cause.reason, cause.ended, 0, ""}).first->second;
            ++sum.pods;
            sum.concerning = sum.concerning.empty() ? cause.concerning : sum.concerning;
        }
    }
    std::vector<Cause> sorted;
    for (auto& [name, cause] : counts) {
        sorted.push_back(std::move(cause));
    }
    std::stable_sort(sorted.begin(), sorted.end(), [](const Cause& a, const Cause& b) { return a.pods > b.pods; });
    return sorted;
}

std::string cause_of(const Json& pods) {
    std::string out;
    for (const Cause& cause : causes_of(pods)) {
        out += (out.empty() ? "" : "; ") + words(cause);
    }
    return out;
}

int restarts_of(const Json& pod) {
    int sum = 0;
    for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
        for (const Json& container : containers_of(pod, list)) {
            sum += container.value("restartCount", 0);
        }
    }
    return sum;
}

std::string last_end_of(const Json& pod) {
    for (const char* list : {"containerStatuses", "initContainerStatuses"}) {
        for (const Json& container : containers_of(pod, list)) {
            if (const auto ended = container.value("/lastState/terminated/reason"_json_pointer, ""); !ended.empty()) {
                return ended;
            }
        }
    }
    return {};
}

std::vector<std::string> ready_pods(const Json& pods) {
    std::vector<std::string> names;
    for (const Json& pod : pods) {
        if (is_ready(pod)) {
            names.push_back(pod.value("/metadata/name"_json_pointer, ""));
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

RolloutStatus rollout_status(const Json& workload, const Json& pods) {
    const Json status = workload.value("status", Json::object());
    const Json spec = workload.value("spec", Json::object());
    RolloutStatus out;
    out.desired = spec.value("replicas", 1);
    out.updated = status.value("updatedReplicas", 0);
    out.ready = status.value("readyReplicas", 0);
    out.available = status.value("availableReplicas", 0);
    out.total = status.value("replicas", 0);
    out.observed = status.value("observedGeneration", std::int64_t{0}) >=
                   workload.value("/metadata/generation"_json_pointer, std::int64_t{0});
    count_others(workload, out);
    find_causes(workload, pods, out);
    const Json* progressing = condition(workload, "Progressing");
    if (!out.observed) {
        out.reason = "the controller has not seen the change yet";
    } else if (progressing != nullptr && progressing->value("reason", "") == "ProgressDeadlineExceeded") {
        out.state = RolloutState::failed;
        out.reason = "ProgressDeadlineExceeded";
        out.causes.push_back(out.reason);
    } else if (spec.value("paused", false)) {
        out.reason = "the deployment is paused";
    } else if (const int wanted = std::max(out.desired - kept_back(workload), 0); out.updated < wanted) {
        out.reason = fmt::format("{} of {} new replicas are up", out.updated, wanted);
    } else if (out.total > out.updated && wanted == out.desired) {
        out.reason = fmt::format("{} old replicas have yet to end", out.total - out.updated);
    } else if (out.available < std::max(out.updated, out.desired)) {
        out.reason =
            fmt::format("{} of {} new replicas are available", out.available, std::max(out.updated, out.desired));
    } else {
        out.state = RolloutState::done;
        out.reason = fmt::format("{} of {} replicas are available", out.available, out.desired);
        out.cause.clear();
        out.causes.clear();
    }
    return out;
}

int surely_ready(const RolloutStatus& status) {
    const int old = std::max(status.total - status.updated, 0);
    return std::clamp(status.ready - old, 0, std::max(std::min(status.updated, status.desired), 0));
}

Json ready_result(const Json& deployment, const Json& pods) {
    const RolloutStatus status = rollout_status(deployment, pods);
    return {{"ready", status.observed ? std::min({status.ready, status.updated, status.desired}) : 0},
            {"desired", status.desired},
            {"pods", ready_pods(pods)},
            {"image", deployment.value("/spec/template/spec/containers/0/image"_json_pointer, "")},
            {"observed", status.observed},
            {"cause", status.cause}};
}

void read_workload(Client& client, const ObjectRef& deployment, const Ask& ask,
                   std::function<void(Result<Workload>)> done) {
    client.get(
        deployment, ask.numbered("#object"), [&client, deployment, ask, done = std::move(done)](Result<Reply> reply) {
            if (!reply) {
                done(failed(reply));
                return;
            }
            const std::string selector =
                selector_text(reply->object.value("/spec/selector"_json_pointer, Json::object()));
            if (selector.empty()) {
                // An empty selector would list every pod of the namespace.
                done(fail(ErrorCode::corrupt, "the object selects no pods", deployment.text(), "name a deployment"));
                return;
            }
            client.list(**find_type("pods"), deployment.name_space, selector, ask.numbered("#pods"),
                        [done, object = std::move(reply->object)](Result<Reply> list) {
                            if (!list) {
                                done(failed(list));
                                return;
                            }
                            done(Workload{object, list->object.value("items", Json::array()), list->server_time});
                        });
        });
}

} // namespace sluice::kubernetes
