#pragma once
#include "analysis/lag_track.h"
#include "kafka/lag.h"

#include <map>
#include <tuple>

namespace sluice::kafka {

/// Where the log ends, open transactions included, as Kafka's own tool counts; nothing when it could not be asked.
std::optional<std::int64_t> log_end(const PartitionLag& at);

/// The lag up to there, 0 or more; nothing without a commit, or when the commit lies past the log's end.
std::optional<std::int64_t> whole_lag(const PartitionLag& at);

/// Readings of a cluster's lag over time. Pure; the time of each is given, and must not go back.
class LagHistory {
public:
    static constexpr Nanos forgotten_after = hours(1); ///< a group or partition that no answer named for so long

    void take(const LagAnswer& answer, Nanos at);

    /// Of a partition in the last answer taken; all unknown when its offsets could not be asked then.
    analysis::LagFigures figures(const PartitionLag& at) const;

private:
    using Key = std::tuple<std::string, std::string, std::int32_t>; ///< group, topic, partition
    struct Watched {
        analysis::LagTrack track;
        Nanos last;
    };
    std::map<Key, Watched> watched_;
    Nanos last_;
};

} // namespace sluice::kafka
