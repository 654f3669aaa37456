#pragma once
/// Secrets are named, never written (PLAN.md, "Values"): `env:NAME`, `file:PATH`, `keychain:NAME`, `vault:PATH`.
#include <optional>
#include <string>
#include <string_view>

namespace sluice::plan {

bool is_secret_reference(std::string_view text);

/// A header or environment value that is a secret: as a whole, or after an authentication scheme ("Bearer env:TOKEN").
struct SecretValue {
    std::string before;    ///< "", "Bearer ", "Basic "
    std::string reference; ///< "env:TOKEN"
};
std::optional<SecretValue> secret_value(std::string_view text);

} // namespace sluice::plan
