#pragma once
#include "range/load/profile.h"

#include <set>
#include <string>

namespace sluice::range {

/// Names of all series that the simulated Prometheus has, or can have after a fault, with this profile. Pure.
std::set<std::string> series_names(const Profile& profile);

} // namespace sluice::range
