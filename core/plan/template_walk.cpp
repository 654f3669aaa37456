#include "plan/template_walk.h"

#include <fmt/format.h>

namespace sluice::plan {

bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

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

Result<void> walk_values(std::string_view text, const Scope& scope,
                         const std::function<void(std::string_view)>& literal,
                         const std::function<Result<void>(const std::string& name, const std::string& value)>& value) {
    return walk(text, literal, [&](const std::string& name, std::size_t) -> Result<void> {
        const auto found = scope.find(name);
        if (found == scope.end()) {
            return fail(ErrorCode::bad_input, fmt::format("'${{{}}}' has no value", name), {},
                        "the step that gives it has not run, or was not applicable");
        }
        if (found->second.find('\0') != std::string::npos) {
            return fail(ErrorCode::bad_input, "a filled-in value holds a NUL byte", {}, "remove it");
        }
        return value(name, found->second);
    });
}

} // namespace sluice::plan
