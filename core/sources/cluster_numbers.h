#pragma once
#include "kubernetes/resources.h"
#include "series/sample.h"
#include "sources/cluster_metric.h"

#include <optional>
#include <string>

namespace sluice::sources {

/// What of a poll is known by now.
struct ClusterFacts {
    std::optional<Json> workload;
    std::optional<Json> pods; ///< the items of a list; so are `usage` and `nodes`
    std::optional<Json> usage;
    std::optional<Json> nodes;
    kubernetes::ByNode requested; ///< of capacity: by all pods of the pages that came
    bool all_requested = false;
    std::string page; ///< the token of the next page, where one follows
    int pages = 0;
    std::optional<Nanos> dated; ///< the answer with the use, by the server's clock
};

/// What must be asked next to know the number; nothing when all is known. As little as can be: of a workload that is
/// rolled out and ready nobody asks for the pods. `corrupt` where what came forbids to ask on. Pure.
Result<std::optional<ClusterQuestion>> next_question(const ClusterMetric& metric, const ClusterFacts& facts);

/// Puts the answer to the question of `next_question` to what is known. `corrupt` as there.
Result<void> take_answer(const ClusterMetric& metric, ClusterAnswer answer, ClusterFacts& facts);

/// The number, with what a person wants to know about it: the cause of a rollout that fails and what the runbook says,
/// pods that were started again, nodes by name. What is not there, or was not measured yet, is no data; what can't be
/// told is a source error; neither is ever 0. Pure.
series::SampleBatch judge_cluster(const ClusterMetric& metric, const ClusterFacts& facts, Nanos now);

/// A poll reads at most so many pages of so many pods: 20,000 of them.
constexpr int most_pages = 40, pods_a_page = 500;

} // namespace sluice::sources
