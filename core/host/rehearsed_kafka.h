#pragma once
#include "plan/model.h"
#include "range/range.h"

namespace sluice::host {

/// What of Kafka a plan takes for granted, so that the range has it from the start: topics that it names and does not
/// make itself, the groups that read them, and what is denied to a connection by which the plan wants to be refused.
/// What is not known before the start is left out.
void add_kafka(const plan::Plan& plan, const plan::Scope& values, range::RangeOptions& options);

} // namespace sluice::host
