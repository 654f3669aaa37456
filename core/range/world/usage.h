#pragma once
#include "range/world/objects.h"

#include <string>

namespace sluice::range {

/// metrics.k8s.io: a node's processors stand between 35 and 50 % of what it can give, its memory between 50 and 60 %,
/// drifting from the seed over minutes. Null for a node that is not there.
Json node_usage(const Objects& objects, const std::string& node);

/// The same for a running pod, a fifth to a half of a processor for each container; null when it does not run.
Json pod_usage(const Objects& objects, const std::string& space, const std::string& pod);

} // namespace sluice::range
