#pragma once
#include "range/world/pods.h"

#include <map>

namespace sluice::range {

/// The deployment controller: one ReplicaSet a pod template (told apart by pod-template-hash), rolled over within
/// maxSurge and maxUnavailable, and a status that says what `kubectl rollout status` reads: observedGeneration, the
/// replica counts, Progressing (ReplicaSetUpdated, NewReplicaSetAvailable, ProgressDeadlineExceeded) and Available.
/// Follows deployment/rolling.go and deployment/progress.go of Kubernetes 1.34, without proportional scaling of a
/// paused or half-done rollout and without minReadySeconds.
class Deployments {
public:
    Deployments(Objects& objects, Pods& pods, Scheduler& scheduler)
        : objects_(objects), pods_(pods), scheduler_(scheduler) {}
    ~Deployments();
    Deployments(const Deployments&) = delete;
    Deployments& operator=(const Deployments&) = delete;

    /// The deployment, one of its ReplicaSets or pods has changed; the controller looks 200 ms later.
    void touched(const Key& deployment);
    /// Looks at once, again and again, until nothing changes.
    void settle(const Key& deployment);
    /// The deployment is gone: ends what it owned. `before` is what it was.
    void removed(const Key& deployment, const Json& before);

private:
    struct Progress {
        Nanos since; ///< when something last moved
        Json counts; ///< replicas, updated, available then
        TimerId deadline = TimerId::none;
    };
    struct Sets {
        Key current;
        std::vector<Key> old;
    };
    bool reconcile(const Key& key);
    Sets replica_sets(const Key& key, const Json& deployment);
    void scale(const Json& deployment, const Sets& sets);
    void set_replicas(const Key& set, std::int64_t replicas);
    void sync_pods(const Key& set);
    void update_status(const Key& key, const Sets& sets);
    std::int64_t wanted(const Key& set) const;
    std::int64_t available(const Key& set) const;

    Objects& objects_;
    Pods& pods_;
    Scheduler& scheduler_;
    std::map<Key, TimerId> due_;
    std::map<Key, Progress> progress_;
};

/// "25%" of 3 or 1, as intstr.GetScaledValueFromIntOrPercent has it.
std::int64_t share_of(const Json& value, std::int64_t whole, bool round_up);

} // namespace sluice::range
