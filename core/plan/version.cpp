#include "plan/version.h"

#include "base/pattern.h"

#include <charconv>
#include <vector>

namespace sluice::plan {
namespace {

bool number(std::string_view text, long& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value >= 0;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find(separator, start), text.size());
        parts.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return parts;
}

} // namespace

std::optional<Version> parse_version(std::string_view text) {
    static const Pattern form =
        Pattern::compile("v?(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?")
            .value();
    if (!form.matches_whole(text)) {
        return std::nullopt;
    }
    text.remove_prefix(text.starts_with('v') ? 1 : 0);
    text = text.substr(0, text.find('+'));
    Version version;
    if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
        version.before = text.substr(dash + 1);
        text = text.substr(0, dash);
    }
    const auto parts = split(text, '.');
    if (!number(parts[0], version.major) || !number(parts[1], version.minor) || !number(parts[2], version.patch)) {
        return std::nullopt;
    }
    return version;
}

std::optional<Version> find_version(std::string_view text) {
    static const Pattern form =
        Pattern::compile("\\b(v?[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]*[0-9A-Za-z])?)").value();
    const auto found = form.find(text);
    return found ? parse_version(*found) : std::nullopt;
}

std::strong_ordering compare(const Version& a, const Version& b) {
    if (const auto order = a.major <=> b.major; order != 0) {
        return order;
    }
    if (const auto order = a.minor <=> b.minor; order != 0) {
        return order;
    }
    if (const auto order = a.patch <=> b.patch; order != 0) {
        return order;
    }
    if (a.before.empty() || b.before.empty()) {
        return a.before.empty() <=> b.before.empty();
    }
    const auto left = split(a.before, '.');
    const auto right = split(b.before, '.');
    for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
        long l = 0, r = 0;
        const bool ln = number(left[i], l), rn = number(right[i], r);
        const auto order = ln && rn ? l <=> r : ln != rn ? rn <=> ln : left[i].compare(right[i]) <=> 0;
        if (order != 0) {
            return order;
        }
    }
    return left.size() <=> right.size();
}

} // namespace sluice::plan
