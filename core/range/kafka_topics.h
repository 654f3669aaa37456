#pragma once
#include "base/json.h"
#include "range/http_server.h"
#include "range/kafka_cluster.h"

#include <map>
#include <set>

namespace sluice::range {

/// What librdkafka's mock brokers don't answer: which topics there are (they make each that is named), creating one,
/// and settings, also of brokers (which nobody can change here). The forms are those that kafka/topic_desk.h asks by;
/// topics are really made at the brokers, and settings, and messages without a key to a compacted topic, are refused
/// where a broker would refuse them. Who asks stands before
/// (/as/NAME/topics/…): he may be denied a topic.
class KafkaTopics {
public:
    using Denied = std::set<std::pair<std::string, std::string>>; ///< who, topic
    explicit KafkaTopics(KafkaCluster& cluster, Denied denied = {}) : cluster_(cluster), denied_(std::move(denied)) {}

    void know(const std::string& topic, int partitions); ///< it is at the brokers already, on all three
    Result<void> make(const std::string& topic, int partitions, int replication = 3);

    Answer handle(const Asked& asked);

private:
    struct Topic {
        int partitions = 0, replication = 0;
        std::map<std::string, std::string> own;
    };
    Answer create(const Json& body);
    Answer configure(Topic& topic, const Json& body);
    static Answer admit(const Topic& topic, const Json& body);

    KafkaCluster& cluster_;
    Denied denied_;
    std::map<std::string, Topic> topics_;
};

} // namespace sluice::range
