#pragma once
#include "base/json.h"
#include "base/result.h"

#include <string_view>
#include <vector>

namespace sluice::kubernetes {

/// The documents of a manifest file as JSON, empty ones left out.
///
/// Plain scalars have the types that kubectl gives them (YAML 1.1): `0644` is 420, `yes` and `on` are true, `"1"` stays
/// text. Merge keys (`<<`) are applied. Duplicate keys, tags, keys that are not text, aliases that unfold to more than
/// 200,000 values and nesting past 64 are `bad_input` with `where` as file:line:column.
Result<std::vector<Json>> documents_of_yaml(std::string_view text, std::string_view file);

} // namespace sluice::kubernetes
