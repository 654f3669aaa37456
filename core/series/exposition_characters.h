#pragma once

/// Which characters mean what in the text format and in OpenMetrics.
namespace sluice::series::exposition {

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool starts_label(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool starts_name(char c) {
    return starts_label(c) || c == ':';
}
constexpr bool continues_name(char c) {
    return starts_name(c) || is_digit(c);
}

} // namespace sluice::series::exposition
