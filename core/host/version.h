#pragma once
#include <string>

namespace sluice::host {

/// "sluice 0.1.0": in every session, and what `--version` says.
std::string program_version();

} // namespace sluice::host
