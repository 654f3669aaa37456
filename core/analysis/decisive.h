#pragma once
/// Which of an arm's readings decides a limit, when the plan keeps several (`reduce: each` or `any`).
#include "analysis/latest.h"

namespace sluice::analysis {

/// For `each` the worst: one that breaks the limit, else one without an answer, else the one with the least headroom.
/// For `any` the best, the other way round. For all other metrics the arm's one reading, as `Latest::read` gives it.
series::Reading decisive(const Latest& latest, const plan::Metric& metric, const std::string& arm,
                         const plan::Must& must, Nanos now);

/// What a number of series that must hold comes to.
struct CountedSeries {
    series::Reading decisive; ///< it breaks the limit if the others can't make up the number any more, whatever those
                              ///< without an answer say; it holds if enough do; else it has no answer
    std::size_t hold = 0, wanted = 0, all = 0;
};
CountedSeries count_series(const std::vector<series::Reading>& readings, const plan::OfSeries& of,
                           const plan::Must& must);

} // namespace sluice::analysis
