#pragma once
#include "kubernetes/prepared_write.h"

#include <functional>
#include <string>
#include <string_view>

namespace sluice::kubernetes {

/// An object as it was, as text that people read and `restore_write` takes back. Secret data and environment values are
/// masked; status, managedFields and kubectl's own copy are left out.
struct Backup {
    std::string text;   ///< JSON with two spaces, keys sorted: `kubectl diff -f` reads it too
    std::string digest; ///< SHA-256 of the text
};
Backup backup_of(const Json& found);

/// Reads an object and answers its back-up. Writes nothing.
void save(Client& client, const ObjectRef& object, const Ask& ask, std::function<void(Result<Backup>)> done);

/// Brings labels, annotations, spec, data and the like back to what the back-up says: a JSON patch of what differs,
/// tied to the version that was read. A masked value keeps what the cluster has; where it has nothing, the back-up
/// can't tell what it was: `refused`. An object that is gone is created again, if nothing in its back-up is masked.
Result<PreparedWrite> restore_write(const ObjectRef& object, std::string_view backup_text, const Json& found);

} // namespace sluice::kubernetes
