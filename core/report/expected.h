#pragma once
#include "plan/expect.h"
#include "report/kafka_by_hand.h"

namespace sluice::report {

/// What a person has to find in an answer, a line for each thing that a plan expects of it; none where only success is.
std::vector<std::string> expected(const plan::Expect& expect, const Filled& filled);

} // namespace sluice::report
