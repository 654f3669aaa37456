#pragma once
#include "report/kafka_by_hand.h"

namespace sluice::report {

/// How a person looks by kubectl at what a metric of a cluster tells; `kubectl` is the program with the options of its
/// connection and namespace.
ByHand cluster_by_hand(const plan::ClusterNumber& number, std::vector<std::string> kubectl, const Filled& filled);

} // namespace sluice::report
