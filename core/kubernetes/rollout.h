#pragma once
#include "kubernetes/client.h"

#include <functional>
#include <string>
#include <vector>

namespace sluice::kubernetes {

enum class RolloutState { waiting, failed, done };
const char* name(RolloutState state);

/// What keeps pods from being ready.
struct Cause {
    std::string reason;     ///< "ImagePullBackOff", "CrashLoopBackOff", "Unschedulable", as the cluster names it
    std::string ended;      ///< of a crash loop: how a container ended last, if the cluster says more than "Error"
    int pods = 0;           ///< on how many
    std::string concerning; ///< an image, or what the scheduler says; of the first of them
};

/// Where a deployment, stateful set or daemon set stands, by the rules of `kubectl rollout status` (generation,
/// Progressing, updated, old, available), with the cause that its pods give.
struct RolloutStatus {
    RolloutState state = RolloutState::waiting;
    std::string reason; ///< "2 of 3 new replicas are up", "ProgressDeadlineExceeded"
    std::string cause;  ///< "ImagePullBackOff on 2 pods (nova/user-service:v1.2.9)"; empty when nothing names one
    std::vector<std::string> causes; ///< the names in it, how a crash ended too; with the reason of a failure, last
    int desired = 0;
    int updated = 0; ///< of the present template
    int ready = 0;
    int available = 0;     ///< ready for minReadySeconds
    int total = 0;         ///< old ones too
    bool observed = false; ///< the controller has seen the present spec; else the counts belong to an older one

    Json to_json() const;
};

/// Pure. `pods` is the list's `items`; empty when they were not asked for.
RolloutStatus rollout_status(const Json& workload, const Json& pods);

/// How many replicas of the present template are surely ready: what is ready beyond all that the old ones can be. A
/// rollout that brings up none has none, however many of the version before are ready.
int surely_ready(const RolloutStatus& status);

/// What keeps pods from being ready, the most frequent first: waiting or terminated containers, unschedulable pods.
std::vector<Cause> causes_of(const Json& pods);
/// The same for people.
std::string cause_of(const Json& pods);

/// How often containers of a pod were started again, those that only prepare it too.
int restarts_of(const Json& pod);
/// How one of them ended last, "OOMKilled"; empty when none did.
std::string last_end_of(const Json& pod);

/// Names of the pods that are Ready and not being deleted, sorted.
std::vector<std::string> ready_pods(const Json& pods);

/// The result of a `ready` probe: {"ready", "desired", "pods": names of ready pods, "image", "observed", "cause"}.
///
/// `ready` counts replicas of the present template only, and 0 while the controller has not seen the present spec: the
/// readiness of the version before must not pass for that of this one.
Json ready_result(const Json& deployment, const Json& pods);

/// A deployment and its pods, both read now.
struct Workload {
    Json deployment;
    Json pods;
    std::optional<Nanos> server_time;
};
void read_workload(Client& client, const ObjectRef& deployment, const Ask& ask,
                   std::function<void(Result<Workload>)> done);

} // namespace sluice::kubernetes
