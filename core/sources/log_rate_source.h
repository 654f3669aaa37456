#pragma once
#include "kubernetes/client.h"
#include "sources/log_tally.h"
#include "sources/source.h"

#include <memory>
#include <optional>
#include <string>

namespace sluice::sources {

struct LogMetric {
    std::string name;
    std::string unit;                                   ///< "per-second"
    Pattern pattern;                                    ///< searched for in each line
    std::optional<kubernetes::ObjectRef> workload = {}; ///< a deployment: all its pods
    std::string name_space = {};                        ///< of the pods
    std::string selector = {};                          ///< of the pods, where there is no workload
    std::string container = {};                         ///< empty = their only one
    Nanos over = minutes(1);                            ///< the window of time, at least a poll's interval
};

/// How often a pattern is found in the logs of pods: lines per second (log_tally.h), read from the Kubernetes API.
///
/// A poll lists the pods and reads of each log what came since the poll before. One that fails anywhere is a source
/// error, and changes nothing: the next one reads on where the last good one ended. No pods, and pods of which no
/// container has run, are no data; so is the time until a window has been seen. Over a budget (200 logs; 1 MiB or
/// 20,000 new lines of a log, 4 MiB of all, a poll) it is a source error, and begins anew: nobody waits until what is
/// behind is read. Only counts leave it, never text of a log.
class LogRateSource : public Source {
public:
    LogRateSource(kubernetes::Client& cluster, LogMetric metric);
    ~LogRateSource() override;
    void poll(Nanos deadline, std::string key, Done done) override;

    static constexpr std::size_t most_logs = 200;
    static constexpr std::size_t most_of_one = 1u << 20;
    static constexpr std::size_t most_of_all = 4u << 20;
    static constexpr std::int64_t most_lines = 20'000;

private:
    struct Watch;
    std::shared_ptr<Watch> watch_; ///< answers that come when it is gone find nobody
};

} // namespace sluice::sources
