#include "base/utf8_character.h"

namespace sluice {

std::size_t utf8_character(std::string_view text, char32_t& code, bool& valid) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const std::size_t length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    code = length == 1 ? first : first & (0x7fU >> length);
    valid = first < 0x80 || (first >= 0xc2 && first < 0xf5 && text.size() >= length);
    for (std::size_t i = 1; valid && i < length; ++i) {
        valid = (byte(i) & 0xc0U) == 0x80;
        code = (code << 6U) | (byte(i) & 0x3fU);
    }
    if (!valid) {
        code = first;
        return 1;
    }
    return length;
}

} // namespace sluice
