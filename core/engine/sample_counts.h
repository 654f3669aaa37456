#pragma once
/// How many good samples of a metric a hold has seen, for gates that want a number of them (`samples: 12`).
#include "release/state.h"
#include "series/sample.h"

#include <map>
#include <string>

namespace sluice::engine {

/// Counts since the attempt of the hold began, or since the gate's clock (that of the hold, or of an important gate its
/// own) was last set back to zero: what was seen before that is no evidence for what it holds now. A session that is
/// resumed goes on from what the log told last.
class SampleCounts {
public:
    /// The program was away until now: what was measured meanwhile nobody has looked at as it came.
    void was_away(Nanos now) { away_till_ = now; }

    /// Each good reading that was measured since then and after the last that counted; of a metric that keeps several
    /// series one an answer and an arm. What is measured within half a second of it is the same, asked for again.
    void take(const release::Release& release, const series::SampleBatch& batch);

    /// A clock was set back to zero: that of this gate on this arm, as the log tells it of each arm by itself, or of
    /// the hold (gate "") with all gates that have none of their own.
    void restarted(const release::Release& release, const release::StepId& step, const std::string& gate,
                   const std::string& arm, Nanos now);

    /// For a gate of the hold on this arm ("" = the whole).
    int of(const release::Release& release, const release::StepId& step, const std::string& gate,
           const std::string& arm);

private:
    struct Count {
        int good = 0;
        Nanos last; ///< when the last that counted was measured
        Nanos from; ///< as of the gate, where this arm's own clock was set back since
    };
    struct OfGate {
        Nanos from;                      ///< what was measured before does not count
        std::map<std::string, Count> by; ///< arm

        void take(const std::map<std::string, Nanos>& newest); ///< arm → when what is new of it was measured
    };
    struct Counts {
        int attempt = 0;
        std::map<std::string, OfGate> gates; ///< those that want a number
    };
    Counts& counts_of(const release::Release& release, const release::StepId& step);

    std::map<release::StepId, Counts> counts_;
    Nanos away_till_;
};

} // namespace sluice::engine
