#pragma once
#include "base/nanos.h"
#include "kafka/lag.h"
#include "series/sample.h"
#include "sources/reduce.h"

#include <string>
#include <vector>

namespace sluice::sources {

using kafka::LagAnswer;
using kafka::LagQuestion;
using kafka::PartitionLag;

struct LagMetric {
    std::string name;
    std::string unit = "messages";
    std::string arm; ///< empty = the whole: consumers' share follows partitions, not arms
    LagQuestion question;
    Reduce reduce = Reduce::none;
    int at_least = 1;
};

/// What an answer means for a metric. Pure.
///
/// A partition without a commit is left out, and told in `degraded` if there is something to read in it; no commit at
/// all is no data. A missing topic is told in `degraded` too. Where a group or partition could not be asked, a reduced
/// value would be wrong: a source error. That a group is rebalancing stands in `degraded` and in the readings'
/// detail, that one with lag has no members in the detail alone: it may be how it works. No value hangs on either.
/// `told` comes to `degraded` too (see HungTransactions).
series::SampleBatch judge(const LagMetric& metric, const LagAnswer& answer, Nanos now,
                          const std::vector<std::string>& told = {});

} // namespace sluice::sources
