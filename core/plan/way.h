#pragma once
/// How an HTTP connection of a plan is reached. Pure.
#include "base/json.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::plan {

/// The `via:` of a connection.
struct Way {
    enum class Kind { straight, service_proxy, http_proxy, socks5, port_forward };
    Kind kind = Kind::straight;
    std::string cluster;    ///< of service_proxy and port_forward: the kubernetes connection
    std::string name_space; ///< of port_forward
    std::string target;     ///< of port_forward: "service/prometheus"
    std::string host;       ///< of http_proxy and socks5; IPv6 without its brackets
    int port = 0;           ///< of the proxy, or that which is forwarded; 1…65535
    std::string user;       ///< empty = none
    std::string password;   ///< a secret reference

    bool by_proxy() const { return kind == Kind::http_proxy || kind == Kind::socks5; }
};

/// Of settings as a plan has them, or as a rehearsal replaces them; what the loader refuses is `straight`.
Way way_of(const Json& settings);

/// "host:1080", "[::1]:1080"; nothing when it is not such a text.
std::optional<std::pair<std::string, int>> host_and_port(std::string_view text);

} // namespace sluice::plan
