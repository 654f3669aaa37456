#pragma once
#include "base/nanos.h"
#include "base/result.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace sluice {

using Json = nlohmann::json;

/// The one byte form of a value: RFC 8785 (JCS), narrowed so that two programs can't disagree: no floating-point
/// numbers, integers within ±(2^53 − 1), keys ASCII, strings valid UTF-8. Anything else is `internal`.
/// Nanoseconds and doubles travel as strings: `to_json(Nanos)`, `number_text`.
Result<std::string> canonical(const Json& value);

/// Strict: one value, no duplicate keys, depth ≤ 64, at most `budget` bytes. `where` goes into the error.
Result<Json> parse_json(std::string_view text, std::string_view where, std::size_t budget = 16u << 20);

/// Decimal nanoseconds, for example "1767225600000000000".
std::string nanos_text(Nanos value);
Result<Nanos> parse_nanos(std::string_view text);

/// Shortest string that reads back as the same double; "NaN", "+Inf", "-Inf" as Prometheus spells them.
std::string number_text(double value);
Result<double> parse_number(std::string_view text);

} // namespace sluice
