#pragma once
/// What metrics were before the session's start, for gates that are counted from it (`against: {before: 1h}`).
#include "engine/journal.h"
#include "plan/model.h"
#include "series/sample.h"
#include "sources/source.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace sluice::engine {

/// Averages of one metric, each arm apart, over what its source answered for a span of time.
struct PastAverages {
    Json readings;   ///< as BaselineCaptured has them
    std::string why; ///< of whom there is none: fewer than half of the instants had a value
};

/// Every instant with a good and fresh value counts alike, so the average is one over time however often it was
/// measured. `asked`: at how many instants the source was asked; `max_age`: older data counts for nothing.
PastAverages averages(const std::string& metric, const std::vector<series::SampleBatch>& past, std::int64_t asked,
                      Nanos max_age);

/// The instants in the time before `start`: at most 720, at least `interval` apart.
series::promql::Instants instants_before(Nanos start, Nanos before, Nanos interval);

/// Asks each source once, as soon as it has answered a poll, and puts what it said to the release, which keeps the
/// first average for good. A source that could not say it is asked again after a minute; one that keeps no history is
/// not asked. Engine thread.
class BeforeStart {
public:
    explicit BeforeStart(Journal& journal) : journal_(journal) {}
    BeforeStart(const BeforeStart&) = delete;

    /// A metric with its source, which outlives this or is ended by `stop`. Passed over unless a gate of the plan is
    /// counted from the time before the start.
    void add(const plan::Plan& plan, const std::string& metric, sources::Source& source);

    /// An answer to a poll of any metric.
    void take(const series::SampleBatch& answer);

    /// Nothing is asked any more, and what comes is dropped.
    void stop();

    /// How long before the start gates of the plan look, at most; 0 = none does.
    static Nanos reach(const plan::Plan& plan);

private:
    struct Wanted {
        plan::Metric metric;
        sources::Source* source;
        std::set<Nanos> spans;
        std::map<Nanos, Nanos> asked; ///< span → when, last
        std::uint64_t questions = 0;
    };
    void ask(Wanted& wanted, Nanos before, Nanos now);
    void say(const std::string& metric, Nanos before, PastAverages said);

    Journal& journal_;
    std::map<std::string, Wanted> wanted_;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

} // namespace sluice::engine
