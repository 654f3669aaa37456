#pragma once
#include "engine/look.h"
#include "net/place.h"

namespace sluice::engine {

/// What was found, as `expect` and `outputs` read it. Exit 0: it is there.
///
/// dns: number = how many addresses, text one a line, {"addresses"}. tls: number = whole days that are left,
/// {"days", "subject", "issuer", "until"}. tcp: {"connected": true}.
plan::StepResult found(plan::ReachRead::Kind kind, const net::Reached& reached, Nanos now);

/// number = how many lines the pattern finds; text: the last fifty of them; {"count", "lines"}.
Result<plan::StepResult> counted(const std::string& log, const std::string& pattern);

/// Where a look at a host goes: to that of the connection `on`, unless `host` names one itself; and to `port`, or,
/// where that is 0, to the connection's.
Result<net::Place> place_of(const Connections& connections, const std::string& on, const std::string& host, int port);

/// The logs of the pods that are named, one after the other, as text with a line end after each pod's.
void read_logs(const Eyes& eyes, const plan::LogsRead& read, const std::string& on, const std::string& key,
               Nanos timeout, const std::function<void(Result<std::string>)>& done);

} // namespace sluice::engine
