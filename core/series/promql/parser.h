#pragma once
#include "series/promql/expression.h"

#include <string_view>

namespace sluice::series::promql {

/// Builds the tree and checks its types. Throws `Fault`.
ExpressionPtr read_expression(std::string_view query);

} // namespace sluice::series::promql
