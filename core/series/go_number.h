#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::series {

/// A decimal float as Go's strconv.ParseFloat reads it, without the `p` exponents and `_` that expfmt refuses: sign,
/// digits, exponent; Inf, Infinity and NaN in any case. Too small becomes 0, too large is no number.
std::optional<double> go_number(std::string_view text);

/// As the Prometheus API writes a value: shortest decimal that reads back, with an exponent below 1e-6 and from 1e21
/// on; "NaN", "+Inf", "-Inf".
std::string go_text(double value);
/// The same, never with an exponent.
std::string go_text_plain(double value);

/// "LINE:COLUMN" of a byte offset, both from 1, the column in characters of UTF-8.
std::string line_and_column(std::string_view text, std::size_t offset);

} // namespace sluice::series
