#pragma once
#include "base/json.h"
#include "effects/traffic/traffic_driver.h"
#include "kubernetes/object_ref.h"

#include <map>
#include <string>
#include <vector>

namespace sluice::effects {

/// Arm → name of its Service.
using ArmServices = std::map<std::string, std::string>;

/// One place of an Ingress that leads to an arm.
struct Backend {
    std::string pointer; ///< of the service's name: "/spec/rules/0/http/paths/0/backend/service/name"
    std::string host;    ///< of its rule; empty = all hosts, or the default backend
    std::string path;    ///< empty = the default backend
    std::string arm;
};

/// The places that lead to any of the arms; paths to other services are none of ours. `path` empty = all of them.
std::vector<Backend> backends_of(const Json& ingress, const ArmServices& services, const std::string& path);

/// The arm to which all of them lead; `conflict` when they lead to several, `not_found` when there is none.
Result<std::string> arm_of(const kubernetes::ObjectRef& ingress, const std::vector<Backend>& backends);

/// One JSON patch that leads all of them to an arm; each place is tested for its path and for the service that was
/// read.
Result<kubernetes::PreparedWrite> switch_write(const kubernetes::ObjectRef& ingress, const Json& found,
                                               const std::vector<Backend>& backends, const ArmServices& services,
                                               const std::string& arm);

} // namespace sluice::effects
