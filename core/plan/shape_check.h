#pragma once
/// Holds a YAML tree against the table of the language: unknown, missing and wrong keys, all of them.
#include "plan/diagnostic.h"
#include "plan/language.h"
#include "plan/yaml_tree.h"

namespace sluice::plan {

/// Adds what is wrong below `node`. What is not reported here has the form that its type says. `old_keys`: those that
/// the language once had are no error.
void check_shape(const Node& node, const Type& type, std::string_view what, std::vector<Diagnostic>& diagnostics,
                 bool old_keys = false);

/// A plain (not quoted) decimal integer.
bool read_integer(const Node& node, long& value);

/// A plain true or false.
bool read_boolean(const Node& node, bool& value);

/// Whether the node has the form of the type by itself (without telling what is wrong).
bool fits(const Node& node, const Type& type);

} // namespace sluice::plan
