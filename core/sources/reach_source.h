#pragma once
#include "base/scheduler.h"
#include "net/place.h"
#include "net/reach.h"
#include "plan/model.h"
#include "sources/source.h"

#include <memory>
#include <string>

namespace sluice::sources {

struct ReachMetric {
    std::string name;
    std::string unit; ///< as the plan names it
    plan::ReachNumber number;
    net::Place place;                    ///< whose name, port or certificate is looked at
    std::shared_ptr<const net::Tls> tls; ///< whose authorities, own certificate and name; null = as the system does
};

/// The number of a look that came back, or a source error. Pure.
///
/// up, count: what the target itself refuses (net/reach.h, `no`) is 0, with the reason; but silence, a resolver that
/// can't tell, a name that can't be found for a port, and no way there are source errors: nobody has said no.
/// latency: in s, from `asked` to `now`, of what was there. days_left: whole days; of a certificate that is not
/// believed (an expired one is not) there are none, and not 0.
series::SampleBatch judge_reach(const ReachMetric& metric, const Result<net::Reached>& reached, Nanos asked, Nanos now);

/// Whether a host's name, a port or its certificate is there, by one look a poll.
class ReachSource : public Source {
public:
    ReachSource(net::Reach& reach, Scheduler& scheduler, ReachMetric metric)
        : reach_(reach), scheduler_(scheduler), metric_(std::move(metric)) {}
    void poll(Nanos deadline, std::string key, Done done) override;

private:
    net::Reach& reach_;
    Scheduler& scheduler_;
    ReachMetric metric_;
    /// A look can't be taken back: whoever comes late sees by this that nobody waits any more.
    std::shared_ptr<const bool> alive_ = std::make_shared<bool>(true);
};

} // namespace sluice::sources
