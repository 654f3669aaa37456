#pragma once
#include "base/nanos.h"
#include "series/sample.h"
#include "sources/reduce.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice::sources {

struct LagQuestion {
    std::vector<std::string> groups;
    std::vector<std::string> topics; ///< empty = all that the groups have committed to
};

/// How far one group is behind on one partition.
struct PartitionLag {
    std::string group;
    std::string topic;
    std::int32_t partition = 0;
    std::optional<std::int64_t> committed; ///< nothing: this group never committed here, which is not a lag of 0
    std::optional<std::int64_t> end;       ///< where the next message goes (read_committed: the last stable offset)
    std::string trouble;                   ///< why one of them could not be asked; empty when all went well

    /// end − committed; nothing when one is missing, or when the commit lies past the end (a topic that was made anew).
    std::optional<std::int64_t> lag() const;
};

/// One answer. Commits are asked before end offsets, so that a lag is never negative on a living topic.
struct LagAnswer {
    std::vector<PartitionLag> partitions;    ///< sorted by group, topic, partition
    std::vector<std::string> missing_topics; ///< asked for, and not known to the cluster
    std::vector<std::string> failures; ///< "group analytics: not authorised", sorted; what they cover is not above
    std::string failure;               ///< nothing at all could be asked
};

struct LagMetric {
    std::string name;
    std::string unit = "messages";
    std::string arm; ///< empty = the whole: consumers' share follows partitions, not arms
    LagQuestion question;
    Reduce reduce = Reduce::none;
    int at_least = 1;
};

/// What an answer means for a metric. Pure.
///
/// A partition without a commit is left out, and told in `degraded` if there is something to read in it; no commit at
/// all is no data. A missing topic is told in `degraded` too. Where a group or partition could not be asked, a reduced
/// value would be wrong: a source error.
series::SampleBatch judge(const LagMetric& metric, const LagAnswer& answer, Nanos now);

} // namespace sluice::sources
