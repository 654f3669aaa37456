#pragma once
#include "base/result.h"
#include "kafka/handles.h"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace sluice::kafka {

struct Call;

struct GroupList {
    std::vector<std::string> groups;           ///< sorted; those that this user may see
    std::vector<std::string> failures;         ///< of brokers that did not answer, so that some groups may be missing
    std::map<std::string, std::string> states; ///< by group, as LagAnswer::group_states has them
};

/// Names and states of all consumer groups, asked of every broker at once. Worker thread; blocks no longer than the
/// call.
///
/// `unreachable` when no broker answered, `refused` when none may. `bad_input` when none knows the request, as
/// librdkafka's mock cluster does not. Never describes a group: against that cluster DescribeConsumerGroups would block
/// for ever.
Result<GroupList> list_groups(const Call& call);

/// The same states beside another question, which never waits longer for them than a moment: sent before it, taken when
/// it is answered. One for each connection, so that all metrics of a cluster share what came: one request a broker, at
/// most every four seconds, and less often where there are very many groups. Worker thread; goes away before the
/// clients of its calls.
class StatesBeside {
public:
    /// Sends, unless one is under way, or the last is young, or came to nothing a short while ago.
    void ask(const Call& call);

    /// The states of these groups, as of the last few seconds; none of whom they are not known.
    std::map<std::string, std::string> of(const Call& call, const std::vector<std::string>& groups);

private:
    using Clock = std::chrono::steady_clock;
    void collect(int wait_ms);

    Queue under_way_;
    Clock::time_point sent_, told_at_, next_;
    std::map<std::string, std::string> told_;
    bool whole_ = true; ///< all brokers answered the last one
};

} // namespace sluice::kafka
