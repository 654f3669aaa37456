#include "report/shell_word.h"

#include <algorithm>
#include <string_view>

namespace sluice::report {

std::string shell_word(const std::string& text) {
    const bool harmless = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-./:=,@%+").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (harmless) {
        return text;
    }
    std::string quoted = "'";
    for (const char c : text) {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return quoted + "'";
}

} // namespace sluice::report
