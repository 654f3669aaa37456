#pragma once
#include "base/result.h"

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

} // namespace sluice::kafka
