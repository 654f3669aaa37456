#pragma once
#include "engine/connections.h"
#include "net/process.h"
#include "sources/polling.h"

#include <vector>

namespace sluice::engine {

struct MetricSources {
    std::vector<sources::PolledMetric> polled;
    std::vector<analysis::Derived> derived; ///< each behind those that it is made of
};

/// What runs the programs of metrics.
struct Programs {
    net::ProcessRunner& processes;
    std::string records; ///< folder for their records
    std::string folder;  ///< the plan's, from which they run
};

/// The plan's metrics, each with its source: templates filled, arms matched, connections opened. A metric that can't be
/// asked is `bad_input`, naming it: a release never starts with a gate that can't answer.
Result<MetricSources> metric_sources(const plan::Plan& plan, const plan::Scope& scope, Connections& connections,
                                     const Outside& outside, const Programs& programs);

/// Programs of metrics are cut off by a crash, and by leaving a session or closing it: their records, which hold what
/// they printed unredacted, go. Before any is started, or when all were told to end.
void forget_cut_off(const Programs& programs);

} // namespace sluice::engine
