#pragma once
#include "base/json.h"

namespace sluice::kubernetes {

/// What stands in a back-up where a secret was.
inline constexpr const char* mask_text = "(masked)";

/// The annotation in which kubectl keeps the whole object as it applied it.
inline constexpr const char* applied_copy = "kubectl.kubernetes.io/last-applied-configuration";

/// True when the value holds what is masked: an environment variable's value, the annotation in which kubectl keeps the
/// whole object as it applied it.
bool holds_secrets(const Json& value);

/// The object with Secret data and environment values replaced by `mask_text`, and kubectl's copy left out.
Json masked(Json object);

/// A shape of which environment values are left out, so that they don't reach an event; those that `said` (the patch
/// itself) names anyhow stay.
Json without_secrets(Json shape, const Json& said = {});

} // namespace sluice::kubernetes
