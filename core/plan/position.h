#pragma once
#include <string>

namespace sluice::plan {

/// Where something stands in a plan file. Line and column count from 1; the column counts characters, not bytes.
struct Position {
    int line = 0;
    int column = 0;
    bool operator==(const Position&) const = default;
};

} // namespace sluice::plan
