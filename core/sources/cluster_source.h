#pragma once
#include "sources/cluster_numbers.h"
#include "sources/source.h"

#include <memory>
#include <set>

namespace sluice::sources {

/// A number that a cluster's API server tells. Asks as little as the number needs, one question behind the other,
/// through the reader that all metrics of the cluster share.
///
/// A workload that is not there is no data: the cluster answered, and has nothing. A refusal (403) is a source error
/// that names what a role must allow. An answer that is not shaped as the API has it is a source error, never a crash.
class ClusterSource : public Source {
public:
    ClusterSource(std::shared_ptr<ClusterReader> reader, Scheduler& scheduler, ClusterMetric metric);
    void poll(Nanos deadline, std::string key, Done done) override;
    Nanos rest() const override { return rest_; }

private:
    struct Poll;
    void go_on(const std::shared_ptr<Poll>& poll);
    void take(const std::shared_ptr<Poll>& poll, const ClusterAnswer& answer);
    void finish(const std::shared_ptr<Poll>& poll, series::SampleBatch batch, Nanos rest);

    std::shared_ptr<ClusterReader> reader_;
    Scheduler& scheduler_;
    ClusterMetric metric_;
    std::set<std::shared_ptr<Poll>> polls_; ///< dropped with the source: then nobody waits for an answer
    Nanos rest_;
};

} // namespace sluice::sources
