#pragma once
#include "sources/kafka_handles.h"
#include "sources/kafka_lag.h"

#include <atomic>
#include <chrono>

namespace sluice::sources {

/// Asks a cluster for lag; blocks for at most `ceiling` of real time. Worker thread.
///
/// Metadata, then all groups' commits at once (one request a group, pipelined), then the end offsets, one call a leader
/// and 1,000 partitions: librdkafka merges the parts of an answer in quadratic time, and one bad partition loses a
/// whole call. DescribeConsumerGroups is never used. `stop` ends it early, with a failure.
LagAnswer ask_lag(rd_kafka_t* client, const LagQuestion& question, bool explicit_partitions,
                  std::chrono::milliseconds ceiling, const std::atomic<bool>& stop);

/// An error's words for events. Whether a broker is away shows as one of several errors, as the race goes: they read
/// alike.
std::string told(rd_kafka_resp_err_t error);

} // namespace sluice::sources
