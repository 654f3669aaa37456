#pragma once
/// How many good samples of a metric a hold has seen, for gates that want a number of them (`samples: 12`).
#include "release/state.h"
#include "series/sample.h"

#include <map>
#include <string>
#include <utility>

namespace sluice::engine {

/// Counts since the attempt of the hold began, or since its clock was last set back to zero: what was seen before that
/// is no evidence for what it holds now. A session that is resumed goes on from what the log told last.
class SampleCounts {
public:
    /// The program was away until now: what was measured meanwhile nobody has looked at as it came.
    void was_away(Nanos now) { away_till_ = now; }

    /// Each good reading that was measured since then and after the last that counted; of a metric that keeps several
    /// series one an answer and an arm. What is measured within half a second of it is the same, asked for again.
    void take(const release::Release& release, const series::SampleBatch& batch);

    /// The hold's clock was set back to zero.
    void restarted(const release::Release& release, const release::StepId& step, Nanos now);

    /// For a gate of the hold on this metric and arm ("" = the whole).
    int of(const release::Release& release, const release::StepId& step, const std::string& metric,
           const std::string& arm);

private:
    struct Count {
        int good = 0;
        Nanos last; ///< when the last that counted was measured
    };
    struct Counts {
        int attempt = 0;
        Nanos from;                                              ///< what was measured before does not count
        std::map<std::pair<std::string, std::string>, Count> by; ///< metric, arm
    };
    Counts& counts_of(const release::Release& release, const release::StepId& step);

    std::map<release::StepId, Counts> counts_;
    Nanos away_till_;
};

} // namespace sluice::engine
