#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace sluice::plan {

/// The offset of the first byte that is not well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates), or nothing.
std::optional<std::size_t> first_bad_utf8(std::string_view text);

/// Characters (code points) in well-formed text.
std::size_t characters(std::string_view text);

} // namespace sluice::plan
