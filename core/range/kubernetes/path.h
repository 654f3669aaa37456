#pragma once
#include "range/world/kinds.h"

#include <optional>
#include <string>
#include <string_view>

namespace sluice::range {

/// What a path of the Kubernetes API names.
struct ApiPath {
    const Kind* kind = nullptr;
    std::string space;       ///< empty: all namespaces, or a cluster-wide kind
    std::string name;        ///< empty: the collection
    std::string subresource; ///< "scale", "status", "log", "proxy"; empty: the object itself
    std::string rest;        ///< of a proxy path, with its leading '/'

    Key key() const { return {kind, space, name}; }
};

/// `/api/v1/…`, `/apis/GROUP/VERSION/…`, percent-encoded. Nothing if it names no kind that the range serves.
std::optional<ApiPath> parse_api_path(std::string_view path);

/// `NAME`, `NAME:PORT`, `SCHEME:NAME:PORT` of a service proxy path. The port may be empty, a number or a name.
struct ProxyTarget {
    std::string scheme; ///< "http" unless told
    std::string service;
    std::string port;
};
ProxyTarget parse_proxy_target(std::string_view name);

} // namespace sluice::range
