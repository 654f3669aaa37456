#pragma once
#include <string>

namespace sluice::net {

/// Where a socket is opened to.
struct Place {
    std::string host; ///< IPv6 without its brackets; empty = nobody said one
    int port = 443;   ///< 1…65535
};

/// `host` and `port` (0 = none) as somebody says them; what is left out comes from `address`, which is a URL or the
/// first of "host:port,host:port". Without any port: that of the scheme, else 443.
Place place_of(const std::string& host, int port, const std::string& address);

} // namespace sluice::net
