#pragma once
#include "kafka/call.h"
#include "kafka/offsets.h"

#include <span>

namespace sluice::kafka {

struct ListedOffsets {
    std::map<Place, std::int64_t> found; ///< −1 where there is no message at or after the time
    std::map<Place, rd_kafka_resp_err_t> troubles;
};

/// First offsets at or after `time` (milliseconds; RD_KAFKA_OFFSET_BEGINNING and _END are the ends), added to `listed`.
///
/// At best one leader's partitions a call, at most 1,000: librdkafka merges the parts of an answer in quadratic time,
/// and one bad partition loses a whole call.
void list_offsets(const Call& call, std::span<const Place> places, std::int64_t time, ListedOffsets& listed);

} // namespace sluice::kafka
