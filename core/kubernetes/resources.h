#pragma once
#include "base/json.h"
#include "base/result.h"

#include <map>
#include <optional>
#include <string>

namespace sluice::kubernetes {

/// What pods ask for and nodes give. All amounts in base units: cores, bytes; of "pods" the number itself.
using ByNode = std::map<std::string, double>;

/// What the scheduler holds free for a pod of this resource ("cpu", "memory"): its containers with the side-cars, or
/// what an init container needs beside the side-cars that began before it, if that is more, and the pod's overhead
/// (resourcehelper.PodRequests of Kubernetes 1.34). A pod is one of "pods". `corrupt` for an amount that can't be read.
Result<double> requested_by(const Json& pod, const std::string& resource);

/// Adds what these pods ask for to that of their nodes. Those that ended, and those that no node has yet, ask for none.
Result<void> add_requests(const Json& pods, const std::string& resource, ByNode& requested);

/// What the node gives to pods (`status.allocatable`); nothing when it does not say.
Result<std::optional<double>> allocatable(const Json& node, const std::string& resource);

/// Whether the node takes new pods: it is ready, not cordoned, and, unless `tainted_too`, has no taint that keeps
/// ordinary pods off.
bool takes_pods(const Json& node, bool tainted_too);

/// "True", "False", "Unknown"; empty when the node does not tell this condition.
std::string condition_of(const Json& node, const std::string& type);

/// What all containers of PodMetrics use; of NodeMetrics the node. `only` with names takes only these containers.
Result<double> used(const Json& metrics, const std::string& resource, const std::map<std::string, double>& only = {});

/// Limits of the containers of a pod template that stay (side-cars too), by container. `not_found` where one has none:
/// then nothing is a share of it.
Result<std::map<std::string, double>> limits_of(const Json& workload, const std::string& resource);

} // namespace sluice::kubernetes
