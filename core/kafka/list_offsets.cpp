#include "kafka/list_offsets.h"

#include "kafka/broker_error.h"

#include <algorithm>

namespace sluice::kafka {
namespace {

constexpr std::size_t partitions_per_call = 1000;

void list_some(const Call& call, std::span<const Place> places, std::int64_t time, ListedOffsets& listed) {
    if (call.over()) {
        return;
    }
    const Partitions list(rd_kafka_topic_partition_list_new(static_cast<int>(places.size())));
    for (const auto& [topic, partition] : places) {
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = time;
    }
    const auto error = rd_kafka_offsets_for_times(call.client, list.get(), std::max(call.left(), 1));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        for (int i = 0; i < list->cnt; ++i) {
            const auto& element = list->elems[i];
            const Place place{element.topic, element.partition};
            if (element.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
                listed.troubles[place] = element.err;
            } else {
                listed.found[place] = element.offset;
            }
        }
        return;
    }
    // One bad partition fails the call for all, while their errors read "none". Halving finds it; where the leader
    // is away, halving would only wait longer.
    if (is_away(error) || places.size() == 1) {
        for (const auto& place : places) {
            listed.troubles[place] = error;
        }
        return;
    }
    list_some(call, places.first(places.size() / 2), time, listed);
    list_some(call, places.subspan(places.size() / 2), time, listed);
}

} // namespace

void list_offsets(const Call& call, std::span<const Place> places, std::int64_t time, ListedOffsets& listed) {
    for (std::size_t i = 0; i < places.size(); i += partitions_per_call) {
        list_some(call, places.subspan(i, std::min(partitions_per_call, places.size() - i)), time, listed);
    }
}

} // namespace sluice::kafka
