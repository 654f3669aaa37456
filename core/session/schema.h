#pragma once
#include "session/records.h"
#include "session/sqlite.h"

/// The tables of doc/session-format.md.
namespace sluice::session {

inline constexpr std::int64_t application_id = 0x534C5543; ///< "SLUC"
inline constexpr std::int64_t format_version = 2;          ///< what is written
inline constexpr std::int64_t oldest_version = 1;          ///< what can still be read: output has no time there

/// In one transaction: the ids, the tables, the meta rows. The file must be empty.
Result<void> create_schema(Connection& connection, const SessionMeta& meta);

/// The version of the file. Refuses what is not a session file of a version known here. Exact: a view or trigger in the
/// place of a table could show one reader other events than another.
Result<std::int64_t> check_schema(const Connection& connection);

Result<SessionMeta> read_meta(const Connection& connection);

} // namespace sluice::session
