#pragma once
#include "base/nanos.h"
#include "base/result.h"

#include <string>
#include <string_view>

namespace sluice {

/// "2026-01-06T02:42:13.250Z".
std::string utc(Nanos time);

/// "2026-01-06T02:42:13Z" (seconds may have decimals), or "T+00:42:13", "T-00:05:00" against `origin`. `bad_input`
/// says what is understood.
Result<Nanos> parse_instant(std::string_view text, Nanos origin);

} // namespace sluice
