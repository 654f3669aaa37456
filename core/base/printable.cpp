#include "base/printable.h"

#include "base/utf8_character.h"

#include <fmt/format.h>

namespace sluice {
namespace {

bool misleads(char32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c || code == 0x200e || code == 0x200f ||
           code == 0x2028 || code == 0x2029 || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

} // namespace

std::string printable(std::string_view text) {
    std::string shown;
    while (!text.empty()) {
        char32_t code = 0;
        bool valid = false;
        const std::size_t length = utf8_character(text, code, valid);
        if (!valid) {
            shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
        } else if (!misleads(code)) {
            shown += text.substr(0, length);
        } else if (code == '\n' || code == '\r' || code == '\t') {
            shown += code == '\n' ? "\\n" : code == '\r' ? "\\r" : "\\t";
        } else {
            shown += code < 0x100 ? fmt::format("\\x{:02x}", static_cast<unsigned>(code))
                                  : fmt::format("\\u{:04x}", static_cast<unsigned>(code));
        }
        text.remove_prefix(length);
    }
    return shown;
}

} // namespace sluice
