#pragma once
#include "series/promql/expression.h"

#include <optional>
#include <string_view>
#include <vector>

namespace sluice::series::promql {

/// What a function takes and gives.
struct Signature {
    std::string_view name;
    Function function{};
    std::vector<ValueKind> parameters;
    ValueKind result{};
};

/// Null when this evaluator does not know it. Function names are case-sensitive.
const Signature* function_named(std::string_view name);
std::optional<Aggregation> aggregation_named(std::string_view lower_case_name);
/// "+", "==", "and", …
std::optional<Operator> operator_named(std::string_view text);

/// How strongly an operator binds: or 1, and/unless 2, comparisons 3, + − 4, * / % 5, ^ 6.
int strength(Operator op);

} // namespace sluice::series::promql
