#pragma once
#include "plan/model.h"

#include <string>
#include <vector>

namespace sluice::report {

/// What is asked for a metric, each once: itself, or what it is derived from in the end. `arm`: only what one arm's
/// formula names; empty = all. Pure.
std::vector<const plan::Metric*> asked_metrics(const plan::Plan& plan, const plan::Metric& metric,
                                               const std::string& arm);

} // namespace sluice::report
