#pragma once
/// Where the plans run, and who is there.

#include <map>
#include <set>
#include <string>

namespace sluice::simulation {

extern const char* const world_manifests;

/// Who holds which roles where there is a policy, and the policy that says so: an owner and an sre approve, neither of
/// them who opened the session, leads it, broke a glass in it or moved traffic by hand; for four minutes.
const std::map<std::string, std::set<std::string>>& people();
std::string policy();

} // namespace sluice::simulation
