#pragma once
#include "base/result.h"

#include <filesystem>

namespace sluice::session {

/// Makes the one file from a session: closed, killed (beside its -wal) or running; everything that was committed when
/// it began is in it. `refused` if `to` exists. The new file appears whole and durable, or not at all.
Result<void> export_session(const std::filesystem::path& from, const std::filesystem::path& to);

} // namespace sluice::session
