#pragma once
#include "base/json.h"

#include <map>
#include <string>
#include <vector>

namespace sluice::range {

/// Who last decided which field, as `metadata.managedFields` tells it (Kubernetes: "Server-Side Apply").
///
/// A field is a path of steps in the FieldsV1 spelling: "f:spec", "f:replicas", `k:{"name":"api"}`. Lists whose items
/// all have a name are taken apart by it; any other list is one field.
using FieldPath = std::vector<std::string>;
using Fields = std::map<FieldPath, Json>;

/// The fields that a client decides: everything but apiVersion, kind, status and what the server itself keeps in
/// metadata.
Fields decided_fields(const Json& object);

struct Author {
    std::string manager = "sluice-range";
    std::string operation = "Update"; ///< or "Apply"
};

/// Rewrites `after.metadata.managedFields`: fields that differ from `before` (null: a new object) belong to `author`
/// and to nobody else; for "Apply", all of `applied` belong to the author too. `time` is RFC 3339.
void note_author(const Json& before, Json& after, const Author& author, const Fields& applied, const std::string& time);

struct FieldConflict {
    std::string manager;
    std::string field; ///< ".spec.replicas"
};

/// Fields of `applied` that another manager decided otherwise.
std::vector<FieldConflict> conflicts(const Json& live, const Fields& applied, const std::string& manager);

/// Fields that this manager applied before and that nobody else decides.
std::vector<FieldPath> applied_before(const Json& live, const std::string& manager);

/// ".spec.template.spec.containers[name=\"api\"].image".
std::string readable(const FieldPath& path);

} // namespace sluice::range
