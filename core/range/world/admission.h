#pragma once
#include "base/json.h"
#include "range/world/kinds.h"

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::range {

/// One reason for a 422 answer.
struct Cause {
    std::string field;   ///< "spec.template.spec.containers[0].image"
    std::string message; ///< "Required value"
};

/// Fills in what an API server fills in (replicas, strategy, cluster IPs, `stringData`) and returns what it would
/// refuse.
std::vector<Cause> admit(const Key& key, Json& object, std::uint64_t seed);

} // namespace sluice::range
