#pragma once
#include "base/json.h"
#include "base/result.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::kubernetes {

/// The documents of a manifest file as JSON, empty ones left out.
///
/// Plain scalars have the types that kubectl gives them (YAML 1.1): `0644` is 420, `yes` and `on` are true, `"1"` stays
/// text. Merge keys (`<<`) are applied. Duplicate keys, tags, keys that are not text, aliases that unfold to more than
/// 200,000 values and nesting past 64 are `bad_input` with `where` as file:line:column.
Result<std::vector<Json>> documents_of_yaml(std::string_view text, std::string_view file);

/// Fills in one text of a manifest that holds `${`.
using FillText = std::function<Result<std::string>(std::string_view)>;

/// The documents of a manifest that is a template, as text again (JSON, which is YAML).
///
/// It is read first and filled in then, so that a value stays within the scalar that it is filled into, whatever it
/// holds: no value adds a key, a document or a comment. A plain scalar has the type that its filled text has.
Result<std::string> fill_manifest(std::string_view text, std::string_view file, const FillText& fill);

} // namespace sluice::kubernetes
