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

/// Why this pod is not ready: reason and what it concerns; empty reason = it only needs time.
std::pair<std::string, std::string> trouble(const Json& pod) {
    for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
        for (const Json& container : pod.value("status", Json::object()).value(list, Json::array())) {
            if (container.value("ready", false)) {
                continue;
            }
            const std::string waiting = container.value("/state/waiting/reason"_json_pointer, "");
            const std::string ended = container.value("/state/terminated/reason"_json_pointer, "");
            if (!ordinary(waiting)) {
                return {waiting, container.value("image", "")};
            }
            if (!ended.empty() && ended != "Completed") {
                return {ended, container.value("image", "")};
            }
        }
    }
    const Json* scheduled = condition(pod, "PodScheduled");
    if (scheduled != nullptr && scheduled->value("status", "") == "False") {
        return {scheduled->value("reason", "Unschedulable"), scheduled->value("message", "")};
    }
    return {};
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

std::string cause_of(const Json& pods) {
    std::map<std::string, std::pair<int, std::string>> counts;
    for (const Json& pod : pods) {
        const auto [reason, concerning] = is_ready(pod) ? std::pair<std::string, std::string>() : trouble(pod);
        if (!reason.empty()) {
            auto& [count, first] = counts[reason];
            ++count;
            first = first.empty() ? concerning : first;
        }
    }
    std::vector<std::pair<std::string, std::pair<int, std::string>>> sorted(counts.begin(), counts.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.second.first > b.second.first; });
    std::string out;
    for (const auto& [reason, seen] : sorted) {
        out += fmt::format("{}{} on {} pod{}{}", out.empty() ? "" : "; ", reason, seen.first,
                           seen.first == 1 ? "" : "s", seen.second.empty() ? "" : " (" + seen.second + ")");
    }
    return out;
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

RolloutStatus rollout_status(const Json& deployment, const Json& pods) {
    const Json status = deployment.value("status", Json::object());
    const Json spec = deployment.value("spec", Json::object());
    RolloutStatus out;
    out.desired = spec.value("replicas", 1);
    out.updated = status.value("updatedReplicas", 0);
    out.ready = status.value("readyReplicas", 0);
    out.available = status.value("availableReplicas", 0);
    out.total = status.value("replicas", 0);
    out.observed = status.value("observedGeneration", std::int64_t{0}) >=
                   deployment.value("/metadata/generation"_json_pointer, std::int64_t{0});
    out.cause = cause_of(pods);
    const Json* progressing = condition(deployment, "Progressing");
    if (!out.observed) {
        out.reason = "the controller has not seen the change yet";
    } else if (progressing != nullptr && progressing->value("reason", "") == "ProgressDeadlineExceeded") {
        out.state = RolloutState::failed;
        out.reason = "ProgressDeadlineExceeded";
    } else if (spec.value("paused", false)) {
        out.reason = "the deployment is paused";
    } else if (out.updated < out.desired) {
        out.reason = fmt::format("{} of {} new replicas are up", out.updated, out.desired);
    } else if (out.total > out.updated) {
        out.reason = fmt::format("{} old replicas have yet to end", out.total - out.updated);
    } else if (out.available < out.updated) {
        out.reason = fmt::format("{} of {} new replicas are available", out.available, out.updated);
    } else {
        out.state = RolloutState::done;
        out.reason = fmt::format("{} of {} replicas are available", out.available, out.desired);
        out.cause.clear();
    }
    return out;
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
