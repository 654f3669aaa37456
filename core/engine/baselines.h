#pragma once
/// Averages of what metrics were while a step was at work, for gates that are counted from a baseline.
#include "release/state.h"
#include "series/sample.h"

#include <map>
#include <string>

namespace sluice::engine {

class Baselines {
public:
    /// The program was away: what was at work till then has no baseline, since a part of it was not measured. A later
    /// attempt has one.
    void interrupted(const release::Release& release);

    /// Each good reading of a metric for which a step that is at work is to be the baseline. One that says again what
    /// was measured at the same instant counts once; what an attempt before measured does not.
    void take(const release::Release& release, const series::SampleBatch& batch);

    /// What was measured since the step began, for BaselineCaptured. It is forgotten then: a step that is done again is
    /// measured anew.
    Json close(const release::Release& release, const release::StepId& step);

    /// Whether a gate of the plan is counted from this step's.
    static bool wanted(const plan::Plan& plan, const release::StepId& step);

private:
    struct Sum {
        double total = 0;
        std::int64_t count = 0;
        Nanos from, to; ///< when it was measured
    };
    struct Sums {
        int attempt = 0;
        bool interrupted = false;
        std::map<std::pair<std::string, std::string>, Sum> of; ///< metric, arm
    };
    /// Of the attempt that is at work.
    Sums& sums_of(const release::Release& release, const release::StepId& step);

    std::map<release::StepId, Sums> sums_;
};

} // namespace sluice::engine
