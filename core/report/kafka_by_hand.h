#pragma once
#include "report/by_hand.h"

#include <functional>

namespace sluice::report {

/// Fills a template in as far as it can be.
using Filled = std::function<std::string(const std::string&)>;

/// A kafka step, or a look at Kafka, by Kafka's own tools (kafka-topics.sh, kafka-configs.sh, kafka-consumer-groups.sh,
/// kafka-console-producer.sh). `settings` are the connection's; who logs in does so by a file client.properties, of
/// which a remark says what it holds.
ByHand kafka_by_hand(const plan::KafkaAction& action, const Json& settings, const Filled& filled);
ByHand kafka_by_hand(const plan::KafkaRead& read, const Json& settings, const Filled& filled);
/// And what a metric reads.
ByHand kafka_by_hand(const plan::ConfigNumber& number, const Json& settings, const Filled& filled);

} // namespace sluice::report
