#pragma once
#include "kafka/connection.h"
#include "kafka/lag_record.h"
#include "sources/hung_transactions.h"
#include "sources/kafka_lag.h"
#include "sources/open_polls.h"
#include "sources/source.h"

#include <memory>

namespace sluice::sources {

/// Messages that consumer groups are behind. The connection is shared by the metrics that ask the same cluster. What is
/// known of each partition is told beside the metric's values (kafka/lag_record.h), to be recorded.
class KafkaLagSource : public Source {
public:
    KafkaLagSource(std::shared_ptr<kafka::Connection> connection, Scheduler& scheduler, LagMetric metric);

    /// At the deadline the poll is a source error, and what the worker brings later is dropped.
    void poll(Nanos deadline, std::string key, Done done) override;

private:
    std::shared_ptr<kafka::Connection> connection_;
    Scheduler& scheduler_;
    LagMetric metric_;
    kafka::LagRecord record_;
    HungTransactions hung_;
    OpenPolls polls_;
};

} // namespace sluice::sources
