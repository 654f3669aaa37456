#pragma once
/// How a consumer gets on, by Burrow's rules (linkedin/Burrow, evaluator/caching.go; from their description). Pure.
#include "base/nanos.h"

#include <cstdint>
#include <span>

namespace sluice::analysis {

/// From good to bad: of several partitions the worst counts for the group.
enum class LagState {
    ok,
    warning, ///< it reads on, and its lag does not fall
    rewind,  ///< its commit went back and has not come again to where it was
    stall,   ///< its commit does not move
    stop,    ///< it has committed nothing for longer than its last commits took together
};

/// "ok", "warning", "rewind", "stall", "stop".
const char* name(LagState state);

/// One commit of a group for a partition.
struct Commit {
    Nanos at;
    std::int64_t offset = 0;
    std::int64_t lag = 0; ///< of that moment, in messages
};

/// `commits` of the window and `recent_ends` of the log, both in order of time; `lag` is of now. Without commits, or
/// with no more lag than `allowed`, it is ok.
LagState lag_state(std::span<const Commit> commits, std::span<const std::int64_t> recent_ends, std::int64_t lag,
                   std::int64_t allowed, Nanos now);

} // namespace sluice::analysis
