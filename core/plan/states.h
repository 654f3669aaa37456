#pragma once
/// Metrics that are a state (a circuit breaker's, a server's): what the source says, and how people call it.
#include "base/result.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::plan {

struct Metric;
struct Must;

/// One state of a metric. Kept as a number among samples: the one that the source says, or where it says text the place
/// of the first state of that name in the plan's list, from 0.
struct State {
    std::string said; ///< by the source: "1", "HALF_OPEN"
    double value = 0;
    std::string name; ///< for people and limits: "half-open"
};

/// Which number stands for what a source said, as text or as a number in any spelling; nothing = for none of them.
std::optional<double> state_said(const std::vector<State>& states, const std::string& said);

/// How people call it; empty = it is none of them.
std::string state_name(const std::vector<State>& states, double value);

/// True if the source says numbers, so that its readings are the values as they come.
bool said_as_numbers(const std::vector<State>& states);

/// The limit as the metric is measured: of one with states the numbers that "is closed" names. The error says what is
/// wrong between the two, and what to write: a unit that does not suit, a state that it has not, a number of a state or
/// a state of a number.
Result<Must> of_metric(Must must, const Metric& metric);

} // namespace sluice::plan
