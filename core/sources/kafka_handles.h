#pragma once
#include <librdkafka/rdkafka.h>
#include <memory>

namespace sluice::sources {

template <auto destroy>
struct KafkaDestroyer {
    template <typename T>
    void operator()(T* handle) const {
        destroy(handle);
    }
};

using KafkaQueue = std::unique_ptr<rd_kafka_queue_t, KafkaDestroyer<rd_kafka_queue_destroy>>;
using KafkaEvent = std::unique_ptr<rd_kafka_event_t, KafkaDestroyer<rd_kafka_event_destroy>>;
using KafkaConf = std::unique_ptr<rd_kafka_conf_t, KafkaDestroyer<rd_kafka_conf_destroy>>;
using KafkaClient = std::unique_ptr<rd_kafka_t, KafkaDestroyer<rd_kafka_destroy>>;
using KafkaTopic = std::unique_ptr<rd_kafka_topic_t, KafkaDestroyer<rd_kafka_topic_destroy>>;
using KafkaOptions = std::unique_ptr<rd_kafka_AdminOptions_t, KafkaDestroyer<rd_kafka_AdminOptions_destroy>>;
using KafkaPartitions =
    std::unique_ptr<rd_kafka_topic_partition_list_t, KafkaDestroyer<rd_kafka_topic_partition_list_destroy>>;
using KafkaGroupOffsets =
    std::unique_ptr<rd_kafka_ListConsumerGroupOffsets_t, KafkaDestroyer<rd_kafka_ListConsumerGroupOffsets_destroy>>;

} // namespace sluice::sources
