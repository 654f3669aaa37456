#pragma once
#include "base/nanos.h"

namespace sluice::testing {

/// 2026-01-01T00:00Z, at which tests with a virtual clock start.
inline constexpr Nanos new_year = seconds(1'767'225'600);

} // namespace sluice::testing
