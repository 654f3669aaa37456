#pragma once
/// Conditions as triggers read them, over metrics and the plan's values: one truth an arm.
#include "analysis/latest.h"

#include <vector>

namespace sluice::analysis {

enum class Truth { no, yes, no_data, source_error };

/// "no", "yes", "no-data", "source-error".
const char* name(Truth truth);

struct TriggerTruth {
    std::string arm;
    Truth truth = Truth::no_data;
    std::string value, why;
    std::vector<series::Sample> evidence;
};

/// Whether a metric is asked anywhere in it; else only values are, which stand from the start.
bool asks_readings(const plan::Condition& condition);

/// Whether the trigger's condition is true now, for its arm, or for each arm with traffic. Of `all` one that is false
/// decides, of `any` one that is true; else a source error outweighs no data, which outweighs an answer. `is` and `var`
/// ask `values`; a name that is not there is no data.
std::vector<TriggerTruth> judge(const plan::Trigger& trigger, const plan::Plan& plan, const Latest& latest,
                                const std::set<std::string>& with_traffic, Nanos now, const plan::Scope& values);

} // namespace sluice::analysis
