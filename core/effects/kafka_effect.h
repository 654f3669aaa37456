#pragma once
#include "effects/effect.h"
#include "kafka/cluster.h"
#include "kafka/message.h"
#include "kafka/offsets.h"

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace sluice::effects {

/// What a kafka step does; every text is filled in.
struct SetOffsets {
    std::string group;
    std::vector<std::string> topics; ///< all their partitions
    kafka::Aim aim;
    std::string to; ///< the aim as it was said, for people
};
struct CreateTopic {
    kafka::NewTopic topic;
};
struct SetConfig {
    std::string topic;
    std::map<std::string, std::string> config; ///< "default" = as the brokers have it
};
struct Produce {
    kafka::Message message;
};

struct KafkaSpec {
    std::variant<SetOffsets, CreateTopic, SetConfig, Produce> action;
    Nanos timeout = seconds(10); ///< real time of one question; at most half a minute
};

/// A message is opaque: it carries its operation in the header sluice-operation, but no broker looks at that. The
/// others are convergent: what is wanted is resolved to figures when it is prepared, and the intent has them with those
/// before.
///
/// The result is {"text": JSON}: {"group", "before", "after"}, {"topic", "partitions", "replication"},
/// {"topic", "before", "after"} or {"topic", "partition", "offset"}. What was read back tells the same.
std::unique_ptr<Effect> kafka_effect(std::shared_ptr<kafka::Cluster> cluster, KafkaSpec spec);

} // namespace sluice::effects
