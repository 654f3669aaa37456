#pragma once
#include "kafka/connection.h"
#include "kafka/topic_desk.h"

namespace sluice::kafka {

/// A Kafka cluster as steps of a plan use it. On the engine thread.
class Cluster {
public:
    /// As Connection::make. `http` is only used where the settings lead to a simulated production; it must outlive
    /// this.
    static Result<std::shared_ptr<Cluster>> make(Scheduler& scheduler, net::HttpClient& http, const Settings& settings);

    Connection& connection() { return *connection_; }
    TopicDesk& topics() { return *topics_; }
    bool simulated() const { return simulated_; } ///< a rehearsal's: it has no consumers, and searches for no instant

private:
    Cluster(std::unique_ptr<Connection> connection, std::unique_ptr<TopicDesk> topics, bool simulated)
        : connection_(std::move(connection)), topics_(std::move(topics)), simulated_(simulated) {}

    std::unique_ptr<Connection> connection_;
    std::unique_ptr<TopicDesk> topics_;
    bool simulated_;
};

} // namespace sluice::kafka
