#pragma once
#include <string>
#include <string_view>

namespace sluice {

/// One line of text as a terminal can show it: control characters (with line breaks and escape sequences), bytes that
/// are not UTF-8, and characters that turn the direction of writing are shown as `\n`, `\x1b`, `\u202e`, so that a
/// value from outside can neither move the cursor nor look like a line of ours.
std::string printable(std::string_view text);

} // namespace sluice
