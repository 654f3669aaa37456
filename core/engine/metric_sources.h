#pragma once
#include "engine/connections.h"
#include "sources/polling.h"

#include <vector>

namespace sluice::engine {

struct MetricSources {
    std::vector<sources::PolledMetric> polled;
    std::vector<analysis::Derived> derived; ///< each behind those that it is made of
};

/// The plan's metrics, each with its source: templates filled, arms matched, connections opened. A metric that can't be
/// asked is `bad_input`, naming it: a release never starts with a gate that can't answer.
Result<MetricSources> metric_sources(const plan::Plan& plan, const plan::Scope& scope, Connections& connections,
                                     const Outside& outside);

} // namespace sluice::engine
