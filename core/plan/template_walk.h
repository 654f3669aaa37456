#pragma once
/// Internal to core/plan: the parts of a template in order, for those who fill one kind of place.
#include "base/result.h"
#include "plan/condition.h"

#include <functional>
#include <string>
#include <string_view>

namespace sluice::plan {

bool is_name_byte(char c);

/// Calls `literal` and `name` for the parts of a template in order.
Result<void> walk(std::string_view text, const std::function<void(std::string_view)>& literal,
                  const std::function<Result<void>(std::string, std::size_t)>& name);

/// The same with the values of the names; a name without one, and a value with a NUL byte, end it.
Result<void> walk_values(std::string_view text, const Scope& scope,
                         const std::function<void(std::string_view)>& literal,
                         const std::function<Result<void>(const std::string& name, const std::string& value)>& value);

} // namespace sluice::plan
