#pragma once
#include "range/alertmanager_api.h"
#include "range/application.h"
#include "range/kafka_cluster.h"
#include "range/kafka_topics.h"
#include "range/kubernetes/cluster_api.h"
#include "range/prometheus_api.h"
#include "range/range.h"
#include "range/world/world.h"

#include <optional>
#include <set>

namespace sluice::range {

/// Everything behind a Range, wired together: world → shares → load → metrics, and the faults into each of them.
class Range::Production {
public:
    Production(Scheduler& scheduler, RangeOptions options);
    ~Production();

    Result<void> start();
    void start_fault(std::size_t index);
    double commanded_percent(std::string_view arm) const;

    Scheduler& scheduler_;
    RangeOptions options_;
    FaultBoard faults_;
    World world_;
    LoadModel load_;
    Writes writes_;
    Addresses addresses_;

private:
    friend class Range;
    void refresh_shares();
    Shares shares_now() const;
    std::string arm_of_pod(const Json& pod) const;
    std::string arm_of_service(const std::string& service) const;
    Result<void> start_kafka();
    std::int64_t lag_now() const;
    void move_lag();
    std::map<std::string, series::Exposition> exporters() const;
    Answer proxied(const Key& service, const Asked& inner);
    Answer at_edge(const Asked& asked);
    Answer at_service(const Asked& asked);
    TimerId timer(Nanos at, std::function<void()> action);

    Application application_;
    ClusterApi cluster_;
    PrometheusApi prometheus_;
    AlertmanagerApi alertmanager_;
    HttpServer cluster_server_;
    HttpServer prometheus_server_;
    HttpServer edge_server_;
    HttpServer services_server_;
    HttpServer topics_server_;
    std::unique_ptr<KafkaCluster> kafka_;
    std::unique_ptr<KafkaTopics> topics_;
    std::set<TimerId> timers_;
    bool running_ = false;
};

} // namespace sluice::range
