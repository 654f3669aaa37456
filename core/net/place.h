#pragma once
#include <string>

namespace sluice::net {

/// Where a socket is opened to.
struct Place {
    std::string host; ///< IPv6 without its brackets; empty = nobody said one
    int port = 443;   ///< 1…65535
};

/// The host of `address`, which is a URL or the first of "host:port,host:port", at `port`; 0 = that of the address,
/// else that of the scheme, else 443.
Place place_of(const std::string& address, int port);

} // namespace sluice::net
