#pragma once
#include "kafka/connection.h"
#include "sources/kafka_lag.h"
#include "sources/source.h"

#include <memory>

namespace sluice::sources {

/// Messages that consumer groups are behind. The connection is shared by the metrics that ask the same cluster.
class KafkaLagSource : public Source {
public:
    KafkaLagSource(std::shared_ptr<kafka::Connection> connection, Scheduler& scheduler, LagMetric metric);
    ~KafkaLagSource() override;

    /// At the deadline the poll is a source error, and what the worker brings later is dropped. In a rehearsal virtual
    /// time stands still meanwhile; there the connection's own ceiling ends it.
    void poll(Nanos deadline, std::string key, Done done) override;

private:
    struct Polls;
    std::shared_ptr<kafka::Connection> connection_;
    Scheduler& scheduler_;
    LagMetric metric_;
    std::shared_ptr<Polls> polls_; ///< emptied by the destructor, so that late answers find nobody
};

} // namespace sluice::sources
