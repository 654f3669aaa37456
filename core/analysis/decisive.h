#pragma once
/// Which of an arm's readings decides a limit, when the plan keeps several (`reduce: each` or `any`).
#include "analysis/latest.h"

namespace sluice::analysis {

/// For `each` the worst: one that breaks the limit, else one without an answer, else the one with the least headroom.
/// For `any` the best, the other way round. For all other metrics the arm's one reading, as `Latest::read` gives it.
series::Reading decisive(const Latest& latest, const plan::Metric& metric, const std::string& arm,
                         const plan::Must& must, Nanos now);

} // namespace sluice::analysis
