#include "plan/fill.h"

#include "plan/template_walk.h"
#include "plan/utf8.h"

#include <fmt/format.h>

namespace sluice::plan {
namespace {

Result<std::string> fill_with(std::string_view text, const Scope& scope, std::string (*encode)(const std::string&)) {
    std::string filled;
    const auto done = walk_values(
        text, scope, [&](std::string_view part) { filled += part; },
        [&](const std::string&, const std::string& value) -> Result<void> {
            filled += encode(value);
            return {};
        });
    return done ? Result<std::string>(std::move(filled)) : failed(done);
}

std::string as_it_is(const std::string& value) {
    return value;
}

std::string percent_encoded(const std::string& value) {
    std::string encoded;
    for (const char c : value) {
        if (is_name_byte(c) || c == '.' || c == '~') {
            encoded += c;
        } else {
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return encoded;
}

} // namespace

Result<std::string> fill(std::string_view text, const Scope& scope) {
    return fill_with(text, scope, as_it_is);
}

Result<std::vector<std::string>> fill(const std::vector<std::string>& texts, const Scope& scope) {
    std::vector<std::string> filled;
    filled.reserve(texts.size());
    for (const std::string& text : texts) {
        auto one = fill(text, scope);
        if (!one) {
            return failed(one);
        }
        filled.push_back(std::move(*one));
    }
    return filled;
}

Result<Json> fill_json(const Json& value, const Scope& scope) {
    if (value.is_string()) {
        auto filled = fill(value.get_ref<const std::string&>(), scope);
        if (!filled) {
            return failed(filled);
        }
        if (first_bad_utf8(*filled)) {
            return fail(ErrorCode::bad_input, "a filled-in value is not UTF-8, which JSON can't carry");
        }
        return Json(std::move(*filled));
    }
    if (!value.is_structured()) {
        return value;
    }
    Json copy = value;
    for (auto& child : copy) {
        auto filled = fill_json(child, scope);
        if (!filled) {
            return failed(filled);
        }
        child = std::move(*filled);
    }
    return copy;
}

Result<std::string> fill_url(std::string_view text, const Scope& scope) {
    auto filled = fill_with(text, scope, percent_encoded);
    if (!filled) {
        return filled;
    }
    // A value is encoded, so it brings in no '/' and no '?': the segments of both are the same ones.
    std::string_view path = std::string_view(*filled).substr(0, filled->find('?'));
    std::string_view pattern = text.substr(0, text.find('?'));
    const auto next = [](std::string_view& rest) {
        const std::size_t end = std::min(rest.find('/'), rest.size());
        const std::string_view segment = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        return segment;
    };
    while (!path.empty() || !pattern.empty()) {
        const std::string_view segment = next(path);
        const bool has_value = next(pattern).find("${") != std::string_view::npos;
        if (segment == "." || segment == ".." || (segment.empty() && has_value)) {
            return fail(ErrorCode::bad_input,
                        segment.empty() ? fmt::format("a segment of the path '{}' is filled with nothing", text)
                                        : fmt::format("the path '{}' gets a segment '{}'", text, segment),
                        {}, "a value must not lead to another place");
        }
    }
    return filled;
}

Result<std::vector<NameUse>> names_in(std::string_view text) {
    std::vector<NameUse> uses;
    const auto done = walk(
        text, [](std::string_view) {},
        [&](std::string name, std::size_t offset) -> Result<void> {
            uses.push_back({std::move(name), offset});
            return {};
        });
    if (!done) {
        return failed(done);
    }
    return uses;
}

const std::vector<std::string>& built_in_names() {
    static const std::vector<std::string> names{"session", "start", "plan", "operator", "T0"};
    return names;
}

} // namespace sluice::plan
