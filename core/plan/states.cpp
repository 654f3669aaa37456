#include "plan/states.h"

#include "base/json.h"
#include "plan/model.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::plan {

std::optional<double> state_said(const std::vector<State>& states, const std::string& said) {
    const bool numbers = said_as_numbers(states);
    const auto number = parse_number(said);
    for (const State& state : states) {
        if (numbers ? number && state.value == *number : state.said == said) {
            return state.value;
        }
    }
    return std::nullopt;
}

std::string state_name(const std::vector<State>& states, double value) {
    const auto found =
        std::find_if(states.begin(), states.end(), [&](const State& state) { return state.value == value; });
    return found == states.end() ? std::string() : found->name;
}

bool said_as_numbers(const std::vector<State>& states) {
    return std::all_of(states.begin(), states.end(),
                       [](const State& state) { return parse_number(state.said).has_value(); });
}

Result<Must> of_metric(Must must, const Metric& metric) {
    if (must.states.empty() && metric.states.empty()) {
        if (const auto fine = suits(must, metric.unit); !fine) {
            return failed(fine);
        }
        return must;
    }
    if (metric.states.empty()) {
        return fail(ErrorCode::bad_input, fmt::format("'{}' names a state, and '{}' has none", must.text, metric.name),
                    {}, "compare it with a number: '< 5', or give the metric states:");
    }
    std::vector<std::string> names;
    for (const State& state : metric.states) {
        if (std::find(names.begin(), names.end(), state.name) == names.end()) {
            names.push_back(state.name);
        }
    }
    if (must.states.empty()) {
        return fail(ErrorCode::bad_input,
                    fmt::format("'{}' compares with a number, and '{}' is a state", must.text, metric.name), {},
                    fmt::format("write 'is {0}' or 'is not {0}'", names.front()));
    }
    must.values.clear();
    for (const auto& wanted : must.states) {
        if (std::find(names.begin(), names.end(), wanted) == names.end()) {
            return fail(ErrorCode::bad_input, fmt::format("'{}' is no state of '{}'", wanted, metric.name), {},
                        fmt::format("it is one of {}", fmt::join(names, ", ")));
        }
        for (const State& state : metric.states) {
            if (state.name == wanted) {
                must.values.push_back(state.value);
            }
        }
    }
    return must;
}

} // namespace sluice::plan
