#pragma once
#include "base/scheduler.h"
#include "sources/source.h"

#include <map>
#include <string>

namespace sluice::sources {

/// The answer to a poll of a metric that is one number, and the whole's: measured when it came.
series::SampleBatch one_value(std::string metric, std::string unit, double value, Nanos now);

/// It could not be asked, or what came is no number; `why` is shown and recorded, so it holds no secret, address or
/// port.
series::SampleBatch no_value(std::string metric, std::string unit, std::string why, Nanos now);

/// Acts in a rehearsal for what no rehearsal has: answers each poll with the number that the plan gives.
class RehearsedSource : public Source {
public:
    RehearsedSource(Scheduler& scheduler, std::string metric, std::string unit, double value)
        : scheduler_(scheduler), metric_(std::move(metric)), unit_(std::move(unit)), value_(value) {}
    ~RehearsedSource() override;
    void poll(Nanos deadline, std::string key, Done done) override;

private:
    Scheduler& scheduler_;
    std::string metric_;
    std::string unit_;
    double value_;
    std::map<std::string, TimerId> owed_; ///< by the poll's key
};

} // namespace sluice::sources
