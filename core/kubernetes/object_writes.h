#pragma once
/// Writes on any object: annotate, patch, apply, create, delete, and the namespace that must be there. Pure, as in
/// workload_writes.h: `found` is the object as it was read, null when it is not there.
#include "kubernetes/prepared_write.h"

#include <map>
#include <optional>
#include <string>

namespace sluice::kubernetes {

/// Annotation → value, or nothing to remove it. Merge patch with the resourceVersion that was read.
Result<PreparedWrite> annotation_write(const ObjectRef& object,
                                       const std::map<std::string, std::optional<std::string>>& changes,
                                       const Json& found);

/// A patch as the plan gives it, with what it expects added: the resourceVersion in merge and strategic merge patches;
/// in a JSON patch a `test` before every replaced or removed value (or of the resourceVersion, where that can't tell).
Result<PreparedWrite> patch_write(const ObjectRef& object, PatchKind kind, const Json& patch, const Json& found);

/// Server-side apply of one manifest. What it expects: the object's uid if there is one, and that no other manager owns
/// its fields.
Result<PreparedWrite> apply_write(const ObjectRef& object, Json manifest, const Json& found);

/// An object that must not be there yet. One that is there and shows the manifest is fine (nothing is sent).
Result<PreparedWrite> create_write(const ObjectRef& object, Json manifest, const Json& found);

/// A namespace that exists is left as it is.
Result<PreparedWrite> namespace_write(const std::string& name, const Json& found);

/// Deletes this very object (uid); with `unchanged` only in the version that was read. One that is gone is fine.
Result<PreparedWrite> delete_write(const ObjectRef& object, bool unchanged, const Json& found);

/// `not_found`, in the words of all of these.
tl::unexpected<Error> missing(const ObjectRef& object);

/// `test` operations that the object is still the one that was read, whatever became of its fields.
Json identity_tests(const Json& found);

/// Completes a write that is a patch: adds the resourceVersion where the kind carries one, sets method, path, body,
/// uid and digest.
PreparedWrite patched(PreparedWrite write, PatchKind kind, const std::string& path, Json body, const Json& found);

} // namespace sluice::kubernetes
