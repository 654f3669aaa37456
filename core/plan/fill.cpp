#include "plan/fill.h"

#include <fmt/format.h>
#include <functional>

namespace sluice::plan {
namespace {

bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// Calls `literal` and `name` for the parts of a template in order.
Result<void> walk(std::string_view text, const std::function<void(std::string_view)>& literal,
                  const std::function<Result<void>(std::string, std::size_t)>& name) {
    std::size_t i = 0;
    while (i < text.size()) {
        const std::size_t dollar = text.find('$', i);
        literal(text.substr(i, dollar == std::string_view::npos ? dollar : dollar - i));
        if (dollar == std::string_view::npos) {
            break;
        }
        if (text.substr(dollar, 3) == "$${") {
            literal("${");
            i = dollar + 3;
        } else if (text.substr(dollar, 2) == "${") {
            std::size_t end = dollar + 2;
            while (end < text.size() && is_name_byte(text[end])) {
                ++end;
            }
            if (end == dollar + 2 || end == text.size() || text[end] != '}') {
                return fail(ErrorCode::bad_input, "a '${' that is not '${name}'", {}, "for a plain '${' write '$${'");
            }
            if (auto done = name(std::string(text.substr(dollar + 2, end - dollar - 2)), dollar); !done) {
                return done;
            }
            i = end + 1;
        } else {
            literal("$");
            i = dollar + 1;
        }
    }
    return {};
}

Result<std::string> fill_with(std::string_view text, const Scope& scope, std::string (*encode)(const std::string&)) {
    std::string filled;
    const auto done = walk(
        text, [&](std::string_view part) { filled += part; },
        [&](const std::string& name, std::size_t) -> Result<void> {
            const auto found = scope.find(name);
            if (found == scope.end()) {
                return fail(ErrorCode::bad_input, fmt::format("'${{{}}}' has no value", name), {},
                            "the step that gives it has not run, or was not applicable");
            }
            filled += encode(found->second);
            return {};
        });
    if (!done) {
        return failed(done);
    }
    if (filled.find('\0') != std::string::npos) {
        return fail(ErrorCode::bad_input, "a filled-in value holds a NUL byte", {}, "remove it");
    }
    return filled;
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
    const std::string_view path = std::string_view(*filled).substr(0, filled->find('?'));
    std::size_t start = 0;
    while (start <= path.size()) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        const std::string_view segment = path.substr(start, end - start);
        if (segment == "." || segment == "..") {
            return fail(ErrorCode::bad_input, fmt::format("the path '{}' has a segment '{}'", path, segment), {},
                        "a value must not lead to another place");
        }
        start = end + 1;
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
