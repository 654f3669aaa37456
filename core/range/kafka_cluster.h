#pragma once
#include "base/result.h"
#include "base/scheduler.h"
#include "range/load/profile.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sluice::range {

/// A consumer group, and the topics that it reads, by their partitions.
struct GroupTopics {
    std::string group;
    std::map<std::string, int> topics;
};

/// Three simulated brokers (librdkafka's mock cluster) with the profile's topic and consumer group. Messages are really
/// produced and offsets really committed, so that the group stands exactly as far behind as it is told.
///
/// The broker calls run on a worker thread; meanwhile the Scheduler's clock is held. Made and used on the engine
/// thread.
class KafkaCluster {
public:
    static constexpr int brokers = 3;

    /// `unreachable` when the brokers can't be started.
    static Result<std::unique_ptr<KafkaCluster>> start(Scheduler& scheduler, const Profile& profile);
    ~KafkaCluster();
    KafkaCluster(const KafkaCluster&) = delete;
    KafkaCluster& operator=(const KafkaCluster&) = delete;

    std::string bootstrap() const; ///< "127.0.0.1:41233,…"

    /// Produces and commits so that end offsets minus commits make `lag` in all, spread evenly over the partitions with
    /// leaders. Offsets and commits only grow. `done` may be empty; it is called when the brokers have it.
    void set_lag(std::int64_t lag, std::int64_t produced, std::function<void(Result<void>)> done = {});

    /// Makes a topic, spread over the brokers. `unreachable` when they can't.
    Result<void> create(const std::string& topic, int partitions, int replication);
    /// Each group has committed 0 on each partition of its topics: it has read all that there is.
    void stand_at_the_start(std::vector<GroupTopics> groups);

    /// Broker 1, 2 or 3 stops answering; its partitions have no leader until `fail_over`.
    void broker_down(int broker);
    /// The partitions of brokers that are down get leaders among the others, and the group another coordinator.
    void fail_over();
    /// It answers again, and leads what nobody leads.
    void broker_up(int broker);

private:
    class Worker;
    explicit KafkaCluster(std::unique_ptr<Worker> worker);
    std::unique_ptr<Worker> worker_;
};

} // namespace sluice::range
