#include "kafka/lag_history.h"

namespace sluice::kafka {

std::optional<std::int64_t> log_end(const PartitionLag& at) {
    return at.high ? at.high : at.end;
}

std::optional<std::int64_t> whole_lag(const PartitionLag& at) {
    const auto end = log_end(at);
    if (!at.committed || !end || *at.committed > *end) {
        return std::nullopt;
    }
    return *end - *at.committed;
}

void LagHistory::take(const LagAnswer& answer, Nanos at) {
    last_ = at;
    for (const auto& partition : answer.partitions) {
        const auto end = log_end(partition);
        if (!end || !partition.trouble.empty()) {
            continue; // a gap, not a 0
        }
        auto& watched = watched_[{partition.group, partition.topic, partition.partition}];
        watched.track.take({at, partition.committed, *end});
        watched.last = at;
    }
    std::erase_if(watched_, [&](const auto& entry) { return at - entry.second.last > forgotten_after; });
}

analysis::LagFigures LagHistory::figures(const PartitionLag& at) const {
    const auto found = watched_.find({at.group, at.topic, at.partition});
    const bool is_fresh = found != watched_.end() && found->second.last == last_;
    return is_fresh ? found->second.track.figures() : analysis::LagFigures{};
}

} // namespace sluice::kafka
