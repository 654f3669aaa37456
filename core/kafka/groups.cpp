#include "kafka/groups.h"

#include "kafka/broker_error.h"
#include "kafka/call.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace sluice::kafka {

namespace {

/// Kafka's own names; empty where it is not known, as brokers before 2.6 don't tell it, or is one that librdkafka does
/// not know. "Dead" is what a group of the new protocol looks like: never read that as no members.
std::string name_of(rd_kafka_consumer_group_state_t state) {
    switch (state) {
    case RD_KAFKA_CONSUMER_GROUP_STATE_PREPARING_REBALANCE:
    case RD_KAFKA_CONSUMER_GROUP_STATE_COMPLETING_REBALANCE:
    case RD_KAFKA_CONSUMER_GROUP_STATE_STABLE:
    case RD_KAFKA_CONSUMER_GROUP_STATE_EMPTY:
        return rd_kafka_consumer_group_state_name(state);
    default:
        return "";
    }
}

} // namespace

Result<GroupList> list_groups(const Call& call) {
    const char* about = "the list of consumer groups";
    if (const auto late = too_late(call, about)) {
        return tl::unexpected(*late);
    }
    const Queue queue(rd_kafka_queue_new(call.client));
    const Options options = options_for(call, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS);
    rd_kafka_ListConsumerGroups(call.client, options.get(), queue.get());
    const auto event = answer_of(call, queue.get(), RD_KAFKA_EVENT_LISTCONSUMERGROUPS_RESULT, about);
    if (!event) {
        return failed(event);
    }
    const auto* result = rd_kafka_event_ListConsumerGroups_result(event->get());
    GroupList list;
    std::set<std::string> names; // a group that moves may be listed by two
    std::size_t count = 0;
    const auto** groups = rd_kafka_ListConsumerGroups_result_valid(result, &count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string group = rd_kafka_ConsumerGroupListing_group_id(groups[i]);
        if (auto state = name_of(rd_kafka_ConsumerGroupListing_state(groups[i])); !state.empty()) {
            list.states[group] = std::move(state);
        }
        names.insert(group);
    }
    std::size_t troubles = 0;
    const auto** errors = rd_kafka_ListConsumerGroups_result_errors(result, &troubles);
    for (std::size_t i = 0; i < troubles; ++i) {
        const auto error = rd_kafka_error_code(errors[i]);
        if (error == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE && names.empty()) {
            return fail(ErrorCode::bad_input, "these brokers don't list their consumer groups", "",
                        "name the groups: --group NAME");
        }
        if (names.empty() && i + 1 == troubles) {
            return tl::unexpected(error_of(error, about));
        }
        list.failures.push_back(fmt::format("{}: {}", about, told(error)));
    }
    list.groups.assign(names.begin(), names.end());
    std::ranges::sort(list.failures);
    return list;
}

} // namespace sluice::kafka
