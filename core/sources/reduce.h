#pragma once
#include "plan/model.h"
#include "series/sample.h"

#include <vector>

namespace sluice::sources {

/// What several series become when one value is wanted (PLAN.md, "Metrics, gates, holds, triggers").
/// `none`: several are a source error. `each` and `any` keep them: a gate then holds when each, or any, of them does.
using plan::Reduce;

/// Reduces the readings of one arm; all of them must be `ok`, or they count as not answering.
///
/// Fewer than `at_least` answering is no data. The result is as old as the oldest part.
std::vector<series::Reading> reduce(std::vector<series::Reading> readings, Reduce how, int at_least);

/// Sorts the readings, and sets the batch's status and detail from them: `ok` when one is, else the worse of the
/// others.
void conclude(series::SampleBatch& batch);

} // namespace sluice::sources
