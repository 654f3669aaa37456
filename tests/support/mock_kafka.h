#pragma once
#include "kafka/handles.h"

#include <librdkafka/rdkafka_mock.h>
#include <string>

namespace sluice::testing {

/// librdkafka's mock cluster of three brokers on loopback.
class MockKafka {
public:
    MockKafka() {
        kafka::Conf conf(rd_kafka_conf_new());
        char words[256];
        rd_kafka_conf_set(conf.get(), "test.mock.num.brokers", "3", words, sizeof words);
        rd_kafka_conf_set_log_cb(conf.get(), [](const rd_kafka_t*, int, const char*, const char*) {});
        client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.release(), words, sizeof words));
    }

    rd_kafka_mock_cluster_t* cluster() const { return rd_kafka_handle_mock_cluster(client_.get()); }
    std::string bootstrap() const { return rd_kafka_mock_cluster_bootstraps(cluster()); }
    bool create(const char* topic, int partitions) {
        return rd_kafka_mock_topic_create(cluster(), topic, partitions, 1) == RD_KAFKA_RESP_ERR_NO_ERROR;
    }

    /// The mock keeps 5 MB of a partition: what goes beyond lets the oldest go.
    bool produce(const char* topic, int partition, int messages, std::size_t size = 1) {
        std::string text(size, 'x');
        for (int i = 0; i < messages; ++i) {
            if (rd_kafka_producev(client_.get(), RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
                                  RD_KAFKA_V_VALUE(text.data(), text.size()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                  RD_KAFKA_V_END) != RD_KAFKA_RESP_ERR_NO_ERROR) {
                return false;
            }
        }
        return rd_kafka_flush(client_.get(), 10'000) == RD_KAFKA_RESP_ERR_NO_ERROR;
    }

    bool commit(const char* group, const char* topic, int partition, std::int64_t offset) {
        const kafka::Queue queue(rd_kafka_queue_new(client_.get()));
        const kafka::Partitions list(rd_kafka_topic_partition_list_new(1));
        rd_kafka_topic_partition_list_add(list.get(), topic, partition)->offset = offset;
        auto* request = rd_kafka_AlterConsumerGroupOffsets_new(group, list.get());
        rd_kafka_AlterConsumerGroupOffsets(client_.get(), &request, 1, nullptr, queue.get());
        const kafka::Event event(rd_kafka_queue_poll(queue.get(), 10'000));
        rd_kafka_AlterConsumerGroupOffsets_destroy(request);
        return event != nullptr && rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR_NO_ERROR;
    }

private:
    kafka::Client client_;
};

} // namespace sluice::testing
