#pragma once
/// The parts of a source report that the plan alone gives.
#include "report/source_report.h"

namespace sluice::report {

/// Tells by what the metric has, not by the kind of its connection: what is asked in PromQL is so wherever it goes.
std::vector<Question> questions(const plan::Plan& plan, const plan::Metric& metric, const plan::Scope& scope);

/// Gates, triggers, severities, conditions of steps and ways back, and metrics that are derived from it.
std::vector<Dependent> dependents(const release::Release& release, const plan::Metric& metric,
                                  const plan::Scope& scope);

/// Where a connection goes, without user, password and query.
std::string bare_address(const plan::Connection& connection, const plan::Scope& scope);

} // namespace sluice::report
