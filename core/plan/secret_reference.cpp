#include "plan/secret_reference.h"

namespace sluice::plan {

bool is_secret_reference(std::string_view text) {
    for (const std::string_view scheme : {"env:", "file:", "keychain:", "vault:"}) {
        if (text.starts_with(scheme)) {
            return text.size() > scheme.size() && text.find_first_of(" \n\t") == std::string_view::npos;
        }
    }
    return false;
}

std::optional<SecretValue> secret_value(std::string_view text) {
    for (const std::string_view before : {"", "Bearer ", "Basic "}) {
        if (text.starts_with(before) && is_secret_reference(text.substr(before.size()))) {
            return SecretValue{std::string(before), std::string(text.substr(before.size()))};
        }
    }
    return std::nullopt;
}

} // namespace sluice::plan
