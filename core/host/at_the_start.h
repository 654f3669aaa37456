#pragma once
/// What is found out before a run begins, and stays with the session: files and their commits, the release's commits,
/// the earlier session that the plan asks for.
#include "base/json.h"
#include "plan/fill.h"
#include "plan/model.h"

#include <filesystem>
#include <string>

namespace sluice::host {

/// The commit that last changed a path, "…-dirty" when it differs from that; empty where git knows nothing of it.
std::string commit_of(const std::string& folder, const std::string& path);

/// What `git log` tells of the release: {"path", "from", "to", "commits": [{"id", "time", "author", "subject"}]}, the
/// newest 500; or {"path", "error"}: that a clone is missing does not keep a release from starting, but is told.
/// Null when the plan names no repository.
/// `folder`: the plan's, from which a relative path counts.
Json commits_of(const plan::Plan& plan, const plan::Scope& values, const std::string& folder);

/// The session that the plan asks for, the newest that fits and is as it was written: {"session", "file", "outcome",
/// "mode", "same_plan"}; null when it asks for none. `refused` says what was looked for, and what was wrong with the
/// nearest. Its age is that of its file, since a rehearsal's own time is not ours.
Result<Json> evidence_for(const plan::Plan& plan, const plan::Scope& values, const std::string& plan_digest,
                          const std::filesystem::path& sessions, std::filesystem::file_time_type now);

} // namespace sluice::host
