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

/// By a group's state: members are being given other partitions, and until that is over nobody reads, or not all.
bool is_rebalancing(const std::string& state);
bool has_no_members(const std::string& state);

LagRow lag_row(PartitionLag at, const analysis::LagFigures& figures);

/// Makes the sums of its rows.
void sum_up(GroupReport& group);

/// `history` has taken this answer already.
LagReport report_of(LagAnswer answer, std::span<const std::string> groups, const LagHistory& history, Nanos at);

/// The same where no other reading is to come: as with a history that took only this one, and without its cost.
LagReport report_of(LagAnswer answer, std::span<const std::string> groups, Nanos at);

/// As `sluicectl lag --json` prints it, on one line without an end of line; resources/manual/10-kafka.md describes it.
/// Written as it goes: a tree of 50,000 rows costs more than to ask the brokers for them.
std::string json_text(const LagReport& report);

/// The same as a value, for few rows.
Json to_json(const LagReport& report);

} // namespace sluice::kafka
