#pragma once
#include "base/json.h"

#include <string>
#include <string_view>

namespace sluice::range {

/// Sets the condition of that type in `status.conditions`; its lastTransitionTime moves only when the status does.
void set_condition(Json& object, std::string_view type, bool holds, std::string_view reason, std::string_view message,
                   const std::string& time);

/// The condition, or null.
const Json* condition(const Json& object, std::string_view type);
bool condition_holds(const Json& object, std::string_view type);

} // namespace sluice::range
