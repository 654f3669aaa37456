#include "analysis/lag_state.h"

#include <algorithm>

namespace sluice::analysis {
namespace {

bool has_stopped(std::span<const Commit> commits, std::span<const std::int64_t> recent_ends, Nanos now) {
    const Commit& last = commits.back();
    const bool overdue = now - last.at > last.at - commits.front().at;
    // Who had read all there was a moment ago has nothing to commit.
    const bool had_all = std::ranges::any_of(recent_ends, [&](std::int64_t end) { return end <= last.offset; });
    return overdue && !had_all;
}

bool went_back(std::span<const Commit> commits) {
    std::int64_t most = commits.front().offset;
    for (const auto& commit : commits) {
        most = std::max(most, commit.offset);
    }
    return commits.back().offset < most;
}

bool stands_still(std::span<const Commit> commits) {
    return std::ranges::all_of(commits, [&](const Commit& commit) { return commit.offset == commits.front().offset; });
}

bool never_falls(std::span<const Commit> commits) {
    return std::ranges::is_sorted(commits, {}, &Commit::lag);
}

} // namespace

const char* name(LagState state) {
    static constexpr const char* names[] = {"ok", "warning", "rewind", "stall", "stop"};
    return names[static_cast<int>(state)];
}

LagState lag_state(std::span<const Commit> commits, std::span<const std::int64_t> recent_ends, std::int64_t lag,
                   std::int64_t allowed, Nanos now) {
    if (commits.empty() || lag <= allowed) {
        return LagState::ok;
    }
    if (has_stopped(commits, recent_ends, now)) {
        return LagState::stop;
    }
    if (went_back(commits)) {
        return LagState::rewind;
    }
    if (std::ranges::any_of(commits, [&](const Commit& commit) { return commit.lag <= allowed; })) {
        return LagState::ok;
    }
    if (stands_still(commits)) {
        return LagState::stall;
    }
    return never_falls(commits) ? LagState::warning : LagState::ok;
}

} // namespace sluice::analysis
