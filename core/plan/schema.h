#pragma once
#include "base/json.h"

namespace sluice::plan {

/// The language as a JSON Schema (draft 2020-12), for editors: completion, documentation, most of the checks by form.
/// Made from the same table as the loader's checks.
Json json_schema();

/// The same for policies (plan/policy.h).
Json policy_schema();

} // namespace sluice::plan
