#pragma once
#include "base/json.h"

#include <string>

namespace sluice::plan {

/// Where a reach probe looks.
struct Place {
    std::string host; ///< IPv6 without its brackets; empty = nobody said one
    int port = 443;   ///< 1…65535
};

/// `host` and `port` (0 = none) as the probe says them; what it leaves out comes from the settings of its connection:
/// `url`, `server`, or the first of `bootstrap`. Without any port: that of the scheme, else 443.
Place reach_place(const std::string& host, int port, const Json& settings);

} // namespace sluice::plan
