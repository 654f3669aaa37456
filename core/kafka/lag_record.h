#pragma once
/// A cluster's lag by partition, as it is kept in a session file beside the metric that asked for it
/// (doc/session-format.md, "Lag by partition"). report/recorded_lag.h reads it back.
#include "kafka/lag_report.h"
#include "series/sample.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::kafka {

/// The name under which it is recorded: "lag/partitions", which no metric of a plan can have.
std::string partitions_of(const std::string& metric);

/// What is said of one answer as a whole, beside its partitions.
struct LagHead {
    Nanos since; ///< the last answer that was recorded in full: a partition last told before it is not there any more
    std::vector<std::string> groups; ///< that answered
    std::vector<std::string> failed_groups;
    std::vector<std::string> missing_topics, failures;
    std::int64_t left_out = 0; ///< partitions that were asked, and are not recorded, since there are so many
    /// Of those of `groups` of which it is known: LagAnswer::group_states.
    std::map<std::string, std::string> states = {};
    bool operator==(const LagHead&) const = default;
};

std::string to_text(const LagHead& head);
std::optional<LagHead> read_head(std::string_view text); ///< nothing if it is none

/// One partition's offsets and figures; which one it is, the series' labels say.
std::string to_text(const LagRow& row);
/// `at` names group, topic and partition. Nothing if it is none.
std::optional<LagRow> read_row(std::string_view text, PartitionLag at);

/// Makes the samples of one metric's answers. Pure; the time of each is given, and must not go back.
///
/// Of most answers only those partitions whose text is another one; all of them once a minute, and when one is not
/// there any more. Of more than `most` the ones that are in trouble or have most lag, chosen once a minute.
class LagRecord {
public:
    static constexpr Nanos distance = seconds(10); ///< between answers that are recorded, at least
    static constexpr Nanos whole_after = minutes(1);
    static constexpr std::size_t most = 1000;

    LagRecord(const std::string& metric, std::vector<std::string> groups);

    /// Whether the answer to what is asked now is to be recorded: it is asked for the whole log then. Counts from one
    /// asking to the next, with some room for a timer that goes off early.
    bool ask(Nanos now) {
        const bool due = !asked_ || now - *asked_ >= distance - milliseconds(500);
        asked_ = due ? std::optional(now) : asked_;
        return due;
    }

    /// The head first: no value and the reason, where nothing could be asked.
    std::vector<series::Sample> take(const LagAnswer& answer, Nanos now);

private:
    using Key = std::pair<std::string, std::pair<std::string, std::int32_t>>; ///< group, topic, partition
    static Key key_of(const PartitionLag& at) { return {at.group, {at.topic, at.partition}}; }
    bool is_whole(const std::vector<const LagRow*>& rows, Nanos now) const;

    std::string metric_;
    std::vector<std::string> groups_;
    LagHistory history_;
    std::optional<Nanos> asked_, whole_;
    std::map<Key, std::string> told_; ///< as it was recorded last
};

} // namespace sluice::kafka
