#pragma once
/// Secrets are named, never written (PLAN.md, "Values"): `env:NAME`, `file:PATH`, `keychain:SERVICE/ACCOUNT`,
/// `vault:MOUNT/PATH#KEY`.
#include "plan/condition.h"
#include "plan/model.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plan {

/// In a plan a reference holds no blank, since what stands before a blank is an authentication scheme.
bool is_secret_reference(std::string_view text);

/// One word that begins as a reference does ("env:…"), by itself or after one other ("Bearer env:…"), and is none:
/// somebody mistyped one, and it is not to be taken for text.
bool is_mistyped_reference(std::string_view text);

/// What is wrong with a text that should be a reference, without repeating it: it may be the secret itself.
std::string why_no_reference(std::string_view text);

/// A header or environment value that is a secret: as a whole, or after one word ("Bearer env:TOKEN").
struct SecretValue {
    std::string before;    ///< "", "Bearer ", "Basic "
    std::string reference; ///< "env:TOKEN"
};
std::optional<SecretValue> secret_value(std::string_view text);

/// Every reference that a run can come to need, once each: those written in the plan, and those that its variables of
/// type secret hold. `values` are the frozen variables.
std::vector<SecretUse> secrets_needed(const Plan& plan, const Scope& values);

} // namespace sluice::plan
