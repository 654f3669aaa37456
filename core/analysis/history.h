#pragma once
/// What metrics were some minutes ago, for gates that are counted from that (`against: {ago: 5m}`).
#include "base/nanos.h"
#include "plan/model.h"
#include "series/sample.h"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace sluice::analysis {

/// Keeps the good readings of the metrics that such gates look at: one an instant at which it was measured, and only as
/// long as the longest `ago` of that metric and its greatest age (max_age) ask for. Pure; the caller gives the time.
///
/// It begins when the session is opened or resumed and when the plan is amended: what was recorded before is not read
/// again. Where the source has a past it is asked for (`remember`); else a gate has no data until it was watched for
/// long enough.
class History {
public:
    /// Nothing is kept of a metric that no gate of the plan counts so, nor of a reading that was too old as it came.
    void take(const plan::Plan& plan, const series::SampleBatch& batch);

    /// What was asked for afterwards, each batch received at the instant that was asked about: stands where nothing was
    /// watched. What is older than any gate asks for as of `now` is not kept.
    void remember(const plan::Plan& plan, const std::vector<series::SampleBatch>& past, Nanos now);

    /// How long before now a reading of this metric can still matter to a gate; 0 = none is counted so.
    static Nanos reach(const plan::Plan& plan, const plan::Metric& metric);

    struct Earlier {
        std::optional<double> value;
        std::string why; ///< there is none: "watched since 2026-01-06T02:00:05Z only; 5m are needed"
    };
    /// The value as of `now - ago`: that of the last reading which was measured till then, if it was fresh then.
    /// `why` stays the same from poll to poll while nothing else changes, so that it is told once.
    Earlier earlier(const plan::Metric& metric, const std::string& arm, Nanos ago, Nanos now) const;

    /// All that gates of the plan are counted from, as of now: `ago`, and "metric" or "metric/arm" → value.
    std::map<std::pair<Nanos, std::string>, double> values(const plan::Plan& plan, Nanos now) const;

    /// Readings that are kept, of all metrics.
    std::size_t size() const;

private:
    struct Point {
        Nanos measured_at;
        double value = 0;
    };
    std::map<std::pair<std::string, std::string>, std::deque<Point>> kept_; ///< metric, arm; oldest first
};

} // namespace sluice::analysis
