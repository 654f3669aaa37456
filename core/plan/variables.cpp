#include "plan/variables.h"

#include "base/pattern.h"
#include "base/quantity.h"
#include "base/secret.h"
#include "plan/diagnostic.h"
#include "plan/fill.h"
#include "plan/secret_reference.h"
#include "plan/utf8.h"
#include "plan/version.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::plan {
namespace {

constexpr std::size_t longest_value = 4096;

Result<std::string> typed(const Variable& variable, const std::string& value) {
    const auto refuse = [&](const char* remedy) {
        return fail(ErrorCode::bad_input, fmt::format("'{}' is no {}", value.substr(0, 80), name(variable.type)),
                    variable.name, remedy);
    };
    switch (variable.type) {
    case VariableType::string:
        return value;
    case VariableType::integer: {
        long number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        return error == std::errc() && end == value.data() + value.size() ? Result<std::string>(std::to_string(number))
                                                                          : refuse("a whole number");
    }
    case VariableType::boolean:
        return value == "true" || value == "false" ? Result<std::string>(value) : refuse("true or false");
    case VariableType::duration: {
        const auto length = parse_duration(value);
        return length ? Result<std::string>(value) : refuse("for example 90s, 5m or 1h30m");
    }
    case VariableType::quantity: {
        const auto quantity = parse_quantity(value);
        return quantity ? Result<std::string>(value) : refuse("for example 0.1%, 200ms or 10k");
    }
    case VariableType::semver:
        return parse_version(value) ? Result<std::string>(value) : refuse("for example 1.2.4 or v1.2.4");
    case VariableType::url: {
        static const Pattern form = Pattern::compile("[a-z][a-z0-9+.-]*://[^/ ]+[^ ]*").value();
        return form.matches_whole(value) ? Result<std::string>(value) : refuse("for example https://host/path");
    }
    case VariableType::enumeration:
        if (std::find(variable.choices.begin(), variable.choices.end(), value) == variable.choices.end()) {
            return fail(ErrorCode::bad_input, fmt::format("'{}' is not among the choices", value.substr(0, 80)),
                        variable.name, did_you_mean(value, variable.choices));
        }
        return value;
    case VariableType::secret:
        // Never repeat the value here: somebody may have typed the secret itself.
        return is_secret_reference(value) ? Result<std::string>(value)
                                          : fail(ErrorCode::bad_input, "a secret is given as a reference",
                                                 variable.name, secret_reference_forms);
    }
    return value;
}

} // namespace

const char* name(VariableType type) {
    static constexpr const char* names[] = {"string", "integer", "boolean", "duration", "quantity",
                                            "semver", "url",     "enum",    "secret"};
    return names[static_cast<std::size_t>(type)];
}

Result<std::string> check_value(const Variable& variable, const std::string& value) {
    const auto refuse = [&](std::string why) { return fail(ErrorCode::bad_input, std::move(why), variable.name, ""); };
    if (value.size() > longest_value) {
        return refuse("the value is longer than 4096 bytes");
    }
    if (first_bad_utf8(value)) {
        return refuse("the value is not UTF-8");
    }
    if (std::any_of(value.begin(), value.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
        return refuse("the value holds a control character");
    }
    auto checked = typed(variable, value);
    if (!checked || variable.pattern.empty()) {
        return checked;
    }
    const auto pattern = Pattern::compile(variable.pattern);
    if (!pattern) {
        return failed(pattern);
    }
    if (!pattern->matches_whole(*checked)) {
        return fail(ErrorCode::bad_input, "the value does not match the pattern", variable.name,
                    "it must match " + variable.pattern);
    }
    return checked;
}

FrozenVariables freeze(const Plan& plan, const Scope& given, const Scope& built_in) {
    FrozenVariables frozen;
    Scope scope = built_in;
    std::vector<std::string> known;
    for (const Variable& variable : plan.variables) {
        known.push_back(variable.name);
        std::optional<std::string> value;
        if (const auto found = given.find(variable.name); found != given.end()) {
            value = found->second;
        } else if (variable.by_default) {
            auto filled = fill(*variable.by_default, scope);
            if (!filled) {
                frozen.errors.push_back(filled.error());
                frozen.errors.back().where = variable.name;
                continue;
            }
            value = std::move(*filled);
        }
        if (value && value->empty() && variable.required_if) {
            value.reset(); // frozen before as one that is not needed, as an amendment has it
        }
        if (!value) {
            if (variable.required_if && evaluate(*variable.required_if, scope).truth == Truth::no) {
                scope[variable.name] = frozen.values[variable.name] = "";
                continue;
            }
            frozen.errors.push_back({ErrorCode::bad_input, fmt::format("the variable '{}' has no value", variable.name),
                                     variable.name, fmt::format("give it with --set {}=VALUE", variable.name)});
            continue;
        }
        auto checked = check_value(variable, *value);
        if (!checked) {
            frozen.errors.push_back(checked.error());
            continue;
        }
        scope[variable.name] = frozen.values[variable.name] = *checked;
    }
    for (const auto& [wrong, value] : given) {
        if (std::find(known.begin(), known.end(), wrong) == known.end()) {
            frozen.errors.push_back({ErrorCode::bad_input, fmt::format("the plan has no variable '{}'", wrong), wrong,
                                     did_you_mean(wrong, known)});
        }
    }
    return frozen;
}

std::vector<const Variable*> to_ask(const Plan& plan, const Scope& given) {
    std::vector<const Variable*> open;
    for (const Variable& variable : plan.variables) {
        const bool needed = variable.ask || (!variable.by_default && !variable.required_if);
        if (needed && !given.contains(variable.name)) {
            open.push_back(&variable);
        }
    }
    return open;
}

} // namespace sluice::plan
