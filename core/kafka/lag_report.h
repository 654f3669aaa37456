#pragma once
/// One reading of a cluster's lag as it is shown: by group, topic and partition, with sums. Pure.
#include "base/json.h"
#include "kafka/lag_history.h"

#include <span>

namespace sluice::kafka {

struct LagRow {
    PartitionLag at;
    std::optional<std::int64_t> end; ///< of the log
    std::optional<std::int64_t>
        open_from;                   ///< the last stable offset, where an open transaction keeps it before the end
    std::optional<std::int64_t> lag; ///< end − committed
    analysis::LagFigures figures;
    std::string note; ///< "no commit", or why there is no lag; empty when there is one
};

/// Figures are of the rows that have a lag; each is nothing when that of one row is not known.
struct GroupReport {
    std::string name;
    std::string members; ///< the state of the group itself: LagAnswer::group_states; empty where it is not known
    std::vector<LagRow> rows;
    std::optional<std::int64_t> lag;          ///< of all rows that have one; nothing when none has
    bool is_partial = false;                  ///< a partition that could not be asked is missing in the sum
    int without_commit = 0;                   ///< partitions
    std::optional<double> produced, consumed; ///< messages a second, summed
    std::optional<Nanos> age;                 ///< the highest
    std::optional<double> drain;              ///< seconds; infinity: never
    std::optional<analysis::LagState> state;  ///< the worst; one that is worse than ok counts beside unknown ones
};

struct LagReport {
    Nanos at;
    std::vector<GroupReport> groups; ///< those that were asked for and answered, by name
    std::vector<std::string> missing_topics, failures;
};

/// Members are being given other partitions: until that is over nobody reads, or not all.
bool is_rebalancing(const GroupReport& group);

LagRow lag_row(const PartitionLag& at, const analysis::LagFigures& figures);

/// Makes the sums of its rows.
void sum_up(GroupReport& group);

/// `history` has taken this answer already.
LagReport report_of(const LagAnswer& answer, std::span<const std::string> groups, const LagHistory& history, Nanos at);

/// As `sluicectl lag --json` prints it; resources/manual/10-kafka.md describes it.
Json to_json(const LagReport& report);

} // namespace sluice::kafka
