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

/// `names` is of all that are listed, with a state or not; null where nobody wants them.
void take_groups(const rd_kafka_ListConsumerGroups_result_t* result, std::map<std::string, std::string>& states,
                 std::set<std::string>* names) {
    std::size_t count = 0;
    const auto** groups = rd_kafka_ListConsumerGroups_result_valid(result, &count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string group = rd_kafka_ConsumerGroupListing_group_id(groups[i]);
        if (auto state = name_of(rd_kafka_ConsumerGroupListing_state(groups[i])); !state.empty()) {
            states[group] = std::move(state);
        }
        if (names != nullptr) {
            names->insert(group);
        }
    }
}

/// Nothing is waited for longer than the answers of brokers that are up take.
constexpr std::chrono::milliseconds a_moment{150};
/// A broker that is away keeps those of the others back for so long.
constexpr std::chrono::milliseconds longest_list{2000};
constexpr std::chrono::seconds least_apart{4};
/// Where nobody tells any (brokers before 2.6, or all of them away), and where a list is of 15,000 groups: all of them
/// are listed, whoever is asked about.
constexpr std::chrono::seconds most_apart{15};
constexpr std::chrono::seconds young{20};

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
    take_groups(result, list.states, &names);
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

void StatesBeside::ask(const Call& call) {
    collect(0);
    const auto now = Clock::now();
    if (under_way_ != nullptr || now < next_ || call.over()) {
        return;
    }
    auto beside = asks_beside(call);
    if (!beside) {
        return;
    }
    beside->most = std::min(call.most, longest_list);
    const Options options = options_for(*beside, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS);
    under_way_.reset(rd_kafka_queue_new(beside->client));
    sent_ = now;
    rd_kafka_ListConsumerGroups(beside->client, options.get(), under_way_.get());
}

std::map<std::string, std::string> StatesBeside::of(const Call& call, const std::vector<std::string>& groups) {
    // After a question that took longer than a moment, or while a broker is away, there is nothing to wait for.
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(sent_ + a_moment - Clock::now());
    collect(whole_ ? std::clamp(static_cast<int>(rest.count()), 0, call.left()) : 0);
    std::map<std::string, std::string> states;
    if (Clock::now() - told_at_ > young) {
        return states;
    }
    for (const auto& group : groups) {
        if (const auto told = told_.find(group); told != told_.end()) {
            states.insert(*told);
        }
    }
    return states;
}

void StatesBeside::collect(int wait_ms) {
    if (under_way_ == nullptr) {
        return;
    }
    Event event(rd_kafka_queue_poll(under_way_.get(), wait_ms));
    if (event == nullptr) {
        return;
    }
    told_.clear();
    whole_ = false;
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_LISTCONSUMERGROUPS_RESULT &&
        rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const auto* result = rd_kafka_event_ListConsumerGroups_result(event.get());
        take_groups(result, told_, nullptr);
        std::size_t troubles = 0;
        (void)rd_kafka_ListConsumerGroups_result_errors(result, &troubles);
        whole_ = troubles == 0;
    }
    told_at_ = sent_;
    const std::chrono::milliseconds by_size(told_.size());
    next_ = told_.empty() ? Clock::now() + most_apart
                          : sent_ + std::clamp<Clock::duration>(by_size, least_apart, most_apart);
    event.reset(); // before the queue that it came by
    under_way_.reset();
}

} // namespace sluice::kafka
