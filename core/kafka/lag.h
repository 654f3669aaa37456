#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice::kafka {

struct Call;

struct LagQuestion {
    std::vector<std::string> groups;
    std::vector<std::string> topics; ///< empty = all that the groups have committed to
    bool whole_log = false;          ///< asks for `high` everywhere, so that an open transaction shows
    /// As `whole_log`, but once all else is known, for a second at most: no figure but `high` hangs on what comes of
    /// it.
    bool whole_log_beside = false;
    /// Asks for `LagAnswer::group_states` beside all else: no figure, and no failure, hangs on what comes of it.
    bool group_states = false;
};

/// How far one group is behind on one partition.
struct PartitionLag {
    std::string group;
    std::string topic;
    std::int32_t partition = 0;
    std::optional<std::int64_t> committed; ///< nothing: this group never committed here, which is not a lag of 0
    std::optional<std::int64_t> end;       ///< where the next message goes (read_committed: the last stable offset)
    std::string trouble;                   ///< why one of them could not be asked; empty when all went well
    std::optional<std::int64_t> high = {}; ///< the log's end, asked where the commit lies past `end`, or everywhere

    /// end − committed, 0 up to `high`; nothing when one is missing, or when the commit lies past the log's end (a
    /// topic that was made anew).
    std::optional<std::int64_t> lag() const;
};

/// One answer. Commits are asked before end offsets, so that a lag is never negative on a living topic.
struct LagAnswer {
    std::vector<PartitionLag> partitions;    ///< sorted by group, topic, partition
    std::vector<std::string> missing_topics; ///< asked for, and not known to the cluster
    std::vector<std::string> failures;      ///< "group analytics: not authorised", sorted; what they cover is not above
    std::vector<std::string> failed_groups; ///< those of them that are groups; all groups, where no topic was to be had
    bool refused = false;                   ///< one of them for want of an ACL
    std::string failure;                    ///< nothing at all could be asked
    /// "Stable", "Empty", "PreparingRebalance", "CompletingRebalance", as Kafka names them; of whom it is not known,
    /// nothing. Only where it is asked for.
    std::map<std::string, std::string> group_states;
};

/// Asks a cluster for lag; blocks for no longer than the call. Worker thread.
///
/// All groups' commits at once (one request a group, pipelined), with the metadata of their topics before or after,
/// then the end offsets, one call a leader. What has no leader, is not there or is denied is told at its place and not
/// asked for, so that the rest is answered. DescribeConsumerGroups is never used. A call that is stopped gives a
/// failure.
LagAnswer ask_lag(const Call& call, const LagQuestion& question);

} // namespace sluice::kafka
