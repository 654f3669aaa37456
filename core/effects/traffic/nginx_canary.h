#pragma once
/// What ingress-nginx makes of a primary and a canary Ingress, and the writes that lead from one split to another.
/// Pure.
///
/// The canary Ingress has the host and path of the primary, its own backend, and the annotations
/// `nginx.ingress.kubernetes.io/canary: "true"` and `canary-weight: "N"` (text): N of 100 requests go to its backend,
/// the rest to the primary's. Once the primary leads to the canary's arm as well, the weight makes no difference.
#include "effects/traffic/ingress_backends.h"

#include <string>
#include <vector>

namespace sluice::effects {

struct CanarySettings {
    kubernetes::ObjectRef primary;
    kubernetes::ObjectRef canary;
    std::string primary_arm; ///< "blue": has what the canary leaves
    std::string canary_arm;  ///< "green"
    ArmServices services;
    std::string path;
};

/// The two Ingresses, as read together; null = not there.
struct CanaryState {
    Json primary;
    Json canary;
};

/// What is commanded: `conflict` when the primary's paths disagree or the canary leads elsewhere.
Result<Split> commanded(const CanarySettings& settings, const CanaryState& state);

/// The writes to a weight of the canary's arm (0 … 100), in order.
///
/// - To 0 (a rollback): the primary leads to its own arm first, then the weight goes to 0, then the canary is removed
/// if
///   this program made it. Each step only takes traffic away from the canary's arm.
/// - To 100 for good (`final`): the primary leads to the canary's arm (one write; from then on all traffic is there),
/// then
///   the canary is removed, or put to 0 if it was there before.
/// - Else: the canary is made with weight 0 if it is missing, gets its weight, and only then, if the primary had been
///   switched, that leads back to its own arm: so the share never passes the target on the way.
Result<std::vector<kubernetes::PreparedWrite>> canary_writes(const CanarySettings& settings, const CanaryState& state,
                                                             int weight, bool final);

/// The canary that this driver makes: paths, host and class of the primary, the canary arm's service, weight 0.
Json canary_manifest(const CanarySettings& settings, const Json& primary);

} // namespace sluice::effects
