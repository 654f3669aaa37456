#pragma once
#include "report/kafka_by_hand.h"

namespace sluice::report {

/// How a person looks by kubectl at what a metric of a cluster tells; `kubectl` is the program with the options of its
/// connection and namespace.
ByHand cluster_by_hand(const plan::ClusterNumber& number, std::vector<std::string> kubectl, const Filled& filled);

/// Where a cluster's API shows a service:
/// "http://user-service.production:8081" → "/api/v1/namespaces/production/services/user-service:8081/proxy"
std::string proxied_path(const std::string& url);

} // namespace sluice::report
