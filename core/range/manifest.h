#pragma once
#include "base/json.h"
#include "base/result.h"

#include <string_view>
#include <vector>

namespace sluice::range {

/// Kubernetes manifests (YAML with several documents, or JSON) as values; `kind: List` is unfolded, empty documents are
/// skipped. Scalars are typed as YAML 1.2's core schema has it, quoted ones are strings. `where` goes into the error,
/// with line and column.
Result<std::vector<Json>> read_manifests(std::string_view text, std::string_view where);

/// One document, for PATCH bodies of apply-patch+yaml.
Result<Json> read_yaml(std::string_view text, std::string_view where);

} // namespace sluice::range
