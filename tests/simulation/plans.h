#pragma once
/// What is simulated: small plans that between them have every way in which a release goes on, and where they run.

namespace sluice::simulation {

extern const char* const world_manifests;

/// Each begins with the head that they share; `plan_count` of them.
const char* plan(int number);
constexpr int plan_count = 3;

} // namespace sluice::simulation
