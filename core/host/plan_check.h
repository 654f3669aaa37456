#pragma once
#include "plan/loader.h"

#include <string>

namespace sluice::host {

/// `plan::load_file`, and what a plan's text alone does not tell, each with its place: expressions whose data's age
/// can't be derived are errors; what a rehearsal lacks (files that are not beside the plan, metrics that are not
/// simulated) are warnings. Reads the disk; any thread.
plan::LoadOutcome read_plan(const std::string& file);

/// Expressions whose data's age can't be derived, or that are over what is scraped and our evaluator does not
/// understand, whatever stands for what `values` does not hold. Pure.
std::vector<plan::Diagnostic> expression_errors(const plan::Plan& plan, const plan::Scope& values);

/// Metrics of which a rehearsal has no data, since the simulated Prometheus (or service, for what is scraped) has no
/// series of that name: warnings. Pure.
std::vector<plan::Diagnostic> unsimulated_metrics(const plan::Plan& plan, const plan::Scope& values);

/// Phases with a window that none within 400 days from `at` is long enough for. What has no value yet is left open: its
/// steps count as if they applied. Pure.
std::vector<plan::Diagnostic> window_errors(const plan::Plan& plan, const plan::Scope& values, Nanos at);

/// Files that a rehearsal of this way through the plan reads, and that are not beside it.
std::vector<plan::Diagnostic> missing_files(const plan::Plan& plan, const std::string& file);

/// What a run would do that a rehearsal can't: `plan::rehearsal_errors`, and the files that are not there.
std::vector<plan::Diagnostic> rehearsal_errors(const plan::Plan& plan, const std::string& file);

} // namespace sluice::host
