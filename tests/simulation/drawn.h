#pragma once
/// The plans that are simulated: three small ones, each with parts that may be there or not, so that between them they
/// have every way in which a release goes on.
#include "base/nanos.h"
#include "chance.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace sluice::simulation {

/// Which of it is there.
struct Drawn {
    int plan = 0;
    std::set<std::string> parts; ///< of `all_parts`
    int amended = 0;             ///< another title for each
    bool ramp = true;            ///< the variable
    std::string variant = {};    ///< taken at the start; empty = none
};
constexpr int plan_count = 3;
const std::vector<std::string>& all_parts();

Drawn draw(Chance& chance);

/// Its YAML. Which parts it has stands in its first line.
std::string text_of(const Drawn& drawn);
/// What such a text says of itself; ramp and variant are not in it.
Drawn read_back(const std::string& text);
std::map<std::string, std::string> variables_of(const Drawn& drawn);

/// Whether the plan has an approval that every way through it passes; without one the policy does not let it begin.
inline bool can_be_governed(const Drawn& drawn) {
    return drawn.plan != 1;
}

// --- what the text says, told once more, so that nobody asks the program whether the program is right ---

/// Steps that its variant leaves out.
std::set<std::string> left_out(const Drawn& drawn, const std::string& variant);
/// Whether the calendar of a plan with the part "window" is open.
bool window_open(Nanos at);
/// low 1, high 2, worst 3; 0 = none.
int badness(const std::string& severity);

} // namespace sluice::simulation
