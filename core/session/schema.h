#pragma once
#include "session/records.h"
#include "session/sqlite.h"

/// The tables of doc/session-format.md, version 1.
namespace sluice::session {

inline constexpr std::int64_t application_id = 0x534C5543; ///< "SLUC"
inline constexpr std::int64_t format_version = 1;

/// In one transaction: the ids, the tables, the meta rows. The file must be empty.
Result<void> create_schema(Connection& connection, const SessionMeta& meta);

/// Refuses what is not a session file of this version. Exact: a view or trigger in the place of a table could show one
/// reader other events than another.
Result<void> check_schema(const Connection& connection);

Result<SessionMeta> read_meta(const Connection& connection);

} // namespace sluice::session
