#pragma once
#include "engine/look.h"

namespace sluice::engine {

/// What a plan reads of a Kafka cluster, as `expect` and `outputs` read it. Exit 0: a topic's partitions all have a
/// leader and their replicas in sync; a group has committed to each partition; the brokers could be asked. number: a
/// group's lag, how many partitions or brokers there are. A topic that is not there is `not_found`, an ACL that denies
/// `refused`.
void read_kafka(const Eyes& eyes, const plan::KafkaRead& read, const std::string& on, const std::string& key,
                Nanos timeout, const plan::Expect& expect, std::function<void(Result<plan::StepResult>)> done);

/// {"lag", "uncommitted", "partitions": [{"topic", "partition", "committed", "end", "lag"}]}. A partition without a
/// commit leaves no lag, no number and exit 1, and a group without any is `not_found`, unless `expect` names
/// /uncommitted. Pure.
Result<plan::StepResult> group_result(const kafka::LagAnswer& answer, const std::string& group,
                                      const plan::Expect& expect);

} // namespace sluice::engine
