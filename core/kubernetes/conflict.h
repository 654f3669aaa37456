#pragma once
#include "base/json.h"
#include "base/result.h"

#include <string>
#include <string_view>

namespace sluice::kubernetes {

struct PreparedWrite;

/// Who wrote a field, as the object's `metadata.managedFields` says.
struct Author {
    std::string manager; ///< "kubectl-edit"; empty when nobody is named
    std::string time;    ///< RFC 3339, by the cluster's clock
};

/// The last other manager that owns the field at `pointer` (as in Difference), else the last other one at all.
Author last_author(const Json& object, std::string_view pointer);

/// Puts into a refused write's error what the server does not say: which expectation failed, and who changed it.
/// `now` null = the object is not there any more. Errors that have another cause are returned as they are.
Error explained(Error error, const PreparedWrite& write, const Json& now);

} // namespace sluice::kubernetes
