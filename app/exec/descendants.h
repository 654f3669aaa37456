#pragma once
#include <sys/types.h>
#include <vector>

namespace sluice::exec {

/// Every process below this one, wherever it went: as a subreaper we inherit those that left their group and session.
std::vector<pid_t> descendants();

/// To the group of `leader` and to every descendant outside of it.
void signal_all(pid_t leader, int signal);

} // namespace sluice::exec
