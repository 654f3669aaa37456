#pragma once
#include "base/nanos.h"

#include <string>
#include <string_view>

namespace sluice::range {

/// "2026-01-06T02:00:00Z", as Kubernetes writes times (whole seconds).
std::string rfc3339(Nanos instant);
/// Reads exactly that form; false on anything else.
bool parse_rfc3339(std::string_view text, Nanos& instant);

/// "Tue, 06 Jan 2026 02:00:00 GMT", for the Date header (RFC 9110, 5.6.7).
std::string http_date(Nanos instant);

/// "90s", "5m", "1h30m", "250ms"; plain nanoseconds are not accepted. Returns false on anything else.
bool parse_length(std::string_view text, Nanos& length);

} // namespace sluice::range
