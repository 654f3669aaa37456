#pragma once
#include <cstddef>
#include <string_view>

namespace sluice {

/// Length of the UTF-8 character at the start of a text that is not empty, and its code point; 1 and the byte itself if
/// it is none.
std::size_t utf8_character(std::string_view text, char32_t& code, bool& valid);

} // namespace sluice
