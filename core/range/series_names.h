#pragma once
#include "range/load/profile.h"

#include <set>
#include <string>

namespace sluice::range {

/// Names of all series that the simulated Prometheus has, or can have after a fault, with this profile. Pure.
std::set<std::string> series_names(const Profile& profile);

/// Those among them that a simulated service shows under its own /metrics, and `up`, which who scrapes adds. Pure.
std::set<std::string> service_series_names(const Profile& profile);

} // namespace sluice::range
