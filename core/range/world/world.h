#pragma once
#include "base/result.h"
#include "range/world/admission.h"
#include "range/world/deployments.h"
#include "range/world/jobs.h"
#include "range/world/objects.h"
#include "range/world/pods.h"

#include <string_view>

namespace sluice::range {

/// The simulated production as a cluster sees it: objects and the controllers that move them, in the Scheduler's time.
/// Everything in it is a function of the seed, the time and the writes.
class World {
public:
    World(std::uint64_t seed, Scheduler& scheduler);

    Objects& objects() { return objects_; }
    const Objects& objects() const { return objects_; }
    Pods& pods() { return pods_; }

    /// Puts manifests in place as they would stand after three days: deployments rolled out, pods ready.
    Result<void> load(std::string_view manifests, std::string_view where);

    /// What `kubectl apply` of the manifests would do: creates, or merges into what is there. A document with
    /// `$patch: delete` beside its metadata deletes that object (what `helm uninstall` would do).
    Result<void> apply_manifest(std::string_view manifests, std::string_view where,
                                const Author& author = {"helm", "Update"});

    /// Deletes with what it owns (a namespace with all in it; pods take their two seconds). False if it isn't there.
    bool remove(const Key& key);

private:
    void changed(const Key& key, const Json* before, const Json* after);
    void touch_owner(const Json& object, const std::string& space);
    Result<void> apply(std::string_view manifests, std::string_view where, const Author& author);

    Objects objects_;
    Pods pods_;
    Deployments deployments_;
    Jobs jobs_;
    bool settled_ = false; ///< loading: controllers run afterwards, at once
};

} // namespace sluice::range
