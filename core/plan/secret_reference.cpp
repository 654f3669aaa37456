#include "plan/secret_reference.h"

#include "base/secret.h"

#include <algorithm>

namespace sluice::plan {
namespace {

bool begins_as_reference(std::string_view text) {
    return text.starts_with("env:") || text.starts_with("file:") || text.starts_with("keychain:") ||
           text.starts_with("vault:");
}

} // namespace

bool is_secret_reference(std::string_view text) {
    return text.find_first_of(" \n\t") == std::string_view::npos && parse_secret_reference(text).has_value();
}

bool is_mistyped_reference(std::string_view text) {
    const auto blank = text.find(' ');
    const std::string_view word = blank == std::string_view::npos ? text : text.substr(blank + 1);
    if (blank != std::string_view::npos && text.substr(0, blank).find(':') != std::string_view::npos) {
        return false; // no authentication scheme: "service:web env:my-prod"
    }
    return begins_as_reference(word) && word.find_first_of(" \n\t") == std::string_view::npos &&
           !is_secret_reference(word);
}

std::string why_no_reference(std::string_view text) {
    const auto parsed = parse_secret_reference(text);
    if (!parsed && begins_as_reference(text)) {
        return "is no reference to a secret: " + parsed.error().what;
    }
    return "must be a reference to a secret, not the secret itself";
}

std::optional<SecretValue> secret_value(std::string_view text) {
    const auto blank = text.find(' ');
    const std::size_t begin = blank == std::string_view::npos ? 0 : blank + 1;
    if (begin == 1 || !is_secret_reference(text.substr(begin))) {
        return std::nullopt;
    }
    return SecretValue{std::string(text.substr(0, begin)), std::string(text.substr(begin))};
}

std::vector<SecretUse> secrets_needed(const Plan& plan, const Scope& values) {
    std::vector<SecretUse> needed;
    const auto add = [&](SecretUse use) {
        const bool known = std::any_of(needed.begin(), needed.end(),
                                       [&](const SecretUse& other) { return other.reference == use.reference; });
        if (!known) {
            needed.push_back(std::move(use));
        }
    };
    for (const auto& use : plan.secrets) {
        add(use);
    }
    for (const auto& variable : plan.variables) {
        const auto value = values.find(variable.name);
        if (variable.type == VariableType::secret && value != values.end() && !value->second.empty()) {
            add({value->second, "the variable " + variable.name});
        }
    }
    return needed;
}

} // namespace sluice::plan
