#pragma once
#include "host/session_host.h"

#include <string>

namespace sluicectl {

/// Gives a command to the program that owns the session. `not_found` or `unreachable` when there is none.
sluice::Result<sluice::Json> send_command(const sluice::host::StartOptions& who, const std::string& session,
                                          const sluice::release::Command& command);

/// Prints what happens from event `from` on in a session that another program owns, until it closes; gives the outcome.
/// `unreachable` when that program ends before.
sluice::Result<std::string> follow_until_closed(const sluice::host::StartOptions& who, const std::string& session,
                                                std::int64_t from, bool quiet);

} // namespace sluicectl
