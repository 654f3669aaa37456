#pragma once
#include "range/world/pods.h"

#include <map>

namespace sluice::range {

/// Jobs run one pod to its end: 10 s, or the pod template's annotation `sluice-range/takes`; `sluice-range/exit: "1"`
/// there makes it fail. Applying a finished job again changes nothing, as on a real cluster.
class Jobs {
public:
    Jobs(Objects& objects, Pods& pods, Scheduler& scheduler) : objects_(objects), pods_(pods), scheduler_(scheduler) {}
    ~Jobs();
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;

    void created(const Key& job);
    void removed(const Key& job, const Json& before);

private:
    void finish(const Key& job, const std::string& uid, const Key& pod);

    Objects& objects_;
    Pods& pods_;
    Scheduler& scheduler_;
    std::map<Key, TimerId> running_;
};

} // namespace sluice::range
