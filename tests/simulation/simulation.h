#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace sluice::simulation {

/// What one seed came to.
struct Outcome {
    std::optional<std::string> finding; ///< what was not as it must be
    std::string ending;                 ///< done | rolled-back | rollback-incomplete | aborted
    std::int64_t events = 0;
    int lives = 0;
    /// Commands of people by what they met: ("approve", "person") → accepted, refused.
    std::map<std::pair<std::string, std::string>, std::pair<int, int>> reached;
};

/// One release, from its opening to its end, with clock, network, processes, disk, people and deaths of the program
/// simulated; everything in it follows from the seed. `folder` is for its file. `told`: prints each event.
Outcome simulate(std::uint64_t seed, const std::string& folder, bool told = false);

} // namespace sluice::simulation
