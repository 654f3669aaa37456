#include "kafka/cluster.h"

namespace sluice::kafka {

Result<std::shared_ptr<Cluster>> Cluster::make(Scheduler& scheduler, net::HttpClient& http, const Settings& settings) {
    auto connection = Connection::make(scheduler, settings);
    if (!connection) {
        return failed(connection);
    }
    auto topics =
        settings.topics_at.empty() ? broker_desk(**connection) : simulated_desk(**connection, http, settings.topics_at);
    return std::shared_ptr<Cluster>(
        new Cluster(std::move(*connection), std::move(topics), !settings.topics_at.empty()));
}

} // namespace sluice::kafka
