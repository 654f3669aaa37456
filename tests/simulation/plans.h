#pragma once
/// What is simulated: small plans that between them have every way in which a release goes on, and where they run.

#include <map>
#include <set>
#include <string>

namespace sluice::simulation {

extern const char* const world_manifests;

/// Each begins with the head that they share; `plan_count` of them.
const char* plan(int number);
constexpr int plan_count = 3;

/// Who holds which roles where there is a policy, and the policy that says so: an owner and an sre approve, neither of
/// them who opened the session, leads it, broke a glass in it or moved traffic by hand; for four minutes.
const std::map<std::string, std::set<std::string>>& people();
std::string policy();
/// Whether the plan has an approval that every way through it passes; without one the policy does not let it begin.
constexpr bool can_be_governed(int number) {
    return number != 1;
}

} // namespace sluice::simulation
