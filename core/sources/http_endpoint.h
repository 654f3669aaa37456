#pragma once
#include "base/scheduler.h"
#include "net/http.h"

#include <memory>
#include <string>
#include <string_view>

namespace sluice::sources {

/// An HTTP connection of a plan, secrets and proxies resolved.
struct HttpEndpoint {
    std::string url;      ///< without a slash at its end: "http://prometheus.monitoring:9090"
    net::Headers headers; ///< sent with each request: Authorization, …
    std::shared_ptr<const net::Tls> tls;
};

/// A GET of `path` (starting with a slash) that is to be answered before `deadline`.
net::HttpRequest get(const HttpEndpoint& endpoint, std::string_view path, std::string key, Nanos now, Nanos deadline);

/// RFC 3986: everything but letters, digits and -._~ becomes %XX.
std::string percent_encoded(std::string_view text);

/// Why an exchange failed, for a detail: no address and no port, since details enter events (DESIGN.md, "Clock").
std::string reason(const Error& error);

} // namespace sluice::sources
