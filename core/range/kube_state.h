#pragma once
#include "range/world/objects.h"
#include "series/exposition.h"

namespace sluice::range {

/// What kube-state-metrics shows of the cluster, as far as releases are watched by it: of each Deployment
/// `kube_deployment_spec_replicas` and `kube_deployment_status_replicas_ready` (labels namespace, deployment), of each
/// container of a pod `kube_pod_container_status_restarts_total` (namespace, pod, container).
series::Exposition kube_state(const Objects& objects);

} // namespace sluice::range
