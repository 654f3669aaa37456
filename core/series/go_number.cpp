#include "series/go_number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace sluice::series {
namespace {

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::string spelled(double value, std::chars_format format) {
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0 ? "+Inf" : "-Inf";
    }
    char buffer[800]; // the smallest double has 1,074 binary places, 767 of them significant in decimal
    if (format == std::chars_format::fixed && std::abs(value) >= 0x1p53) {
        // to_chars writes all digits of so large a number; Go writes the shortest ones that read back, and then zeros.
        const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
        std::string digits(buffer, end);
        const auto mark = digits.find('e');
        const auto exponent = static_cast<std::size_t>(std::stoi(digits.substr(mark + 1)));
        digits.resize(mark);
        const std::size_t sign = value < 0 ? 1 : 0;
        if (digits.size() > sign + 1) {
            digits.erase(sign + 1, 1); // the point
        }
        digits.resize(sign + 1 + exponent, '0');
        return digits;
    }
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value, format);
    return {buffer, end};
}

} // namespace

std::optional<double> go_number(std::string_view text) {
    double sign = 1;
    if (text.starts_with('+') || text.starts_with('-')) {
        sign = text.front() == '-' ? -1 : 1;
        text.remove_prefix(1);
    }
    if (text.empty() || text.front() == '+' || text.front() == '-') {
        return std::nullopt;
    }
    const char first = text.front();
    if (!(first >= '0' && first <= '9') && first != '.') {
        const std::string word = lower_case(text);
        if (word == "nan") {
            return std::numeric_limits<double>::quiet_NaN();
        }
        if (word == "inf" || word == "infinity") {
            return sign * std::numeric_limits<double>::infinity();
        }
        return std::nullopt;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size()) {
        return std::nullopt;
    }
    if (error == std::errc::result_out_of_range) {
        const auto exponent = text.find_first_of("eE");
        const bool tiny = exponent != std::string_view::npos && text.substr(exponent + 1).starts_with('-');
        return tiny ? std::optional(sign * 0.0) : std::nullopt;
    }
    return error == std::errc() ? std::optional(sign * value) : std::nullopt;
}

std::string go_text(double value) {
    const double size = std::abs(value);
    const bool exponent = size != 0 && (size < 1e-6 || size >= 1e21); // prometheus/util/jsonutil
    return spelled(value, exponent ? std::chars_format::scientific : std::chars_format::fixed);
}

std::string go_text_plain(double value) {
    return spelled(value, std::chars_format::fixed);
}

std::string line_and_column(std::string_view text, std::size_t offset) {
    offset = std::min(offset, text.size());
    const auto before = text.substr(0, offset);
    const auto line = 1 + std::ranges::count(before, '\n');
    const auto line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    const auto column = 1 + std::ranges::count_if(before.substr(line_start), [](char c) {
                            return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
                        });
    return fmt::format("{}:{}", line, column);
}

} // namespace sluice::series
