#pragma once
#include "base/scheduler.h"
#include "net/http.h"

#include <memory>
#include <optional>
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

/// How long the server asks to be left alone (RFC 9110, "Retry-After"): seconds, or a date against its own clock. At
/// most five minutes; zero when it says nothing, or nothing that can be read.
Nanos retry_after(const net::HttpResponse& response);

/// The same of an answer that may well have one: of a 429 or a 503, else zero.
Nanos rest_after(const Result<net::HttpResponse>& response);

/// How far the clock by which the answer is dated (RFC 9110, "Date": whole seconds) is ahead of this machine's; less
/// than zero = behind. Nothing where it has no Date that can be read, or time is virtual.
std::optional<Nanos> ahead_of_us(const net::HttpResponse& response, const Scheduler& scheduler);

/// An answer whose Date (RFC 9110) and the machine's clock are more than a minute apart is `corrupt`: one of the clocks
/// is off, or a cache tells what was; either way it can't be said how old it is. Statuses other than 2xx, and answers
/// without a Date, are handed on as they are; so is everything where time is virtual.
Result<net::HttpResponse> of_this_time(Result<net::HttpResponse> response, const Scheduler& scheduler);
constexpr Nanos most_apart = minutes(1);

/// Whether a cluster's API server says this of itself, where a service behind its service proxy should have answered:
/// nobody is behind it, not allowed, not found.
bool is_of_api_server(const net::HttpResponse& response);

/// RFC 3986: everything but letters, digits and -._~ becomes %XX.
std::string percent_encoded(std::string_view text);

/// Why an exchange failed, for a detail: no address and no port, since details enter events (DESIGN.md, "Clock"). Of
/// one that never began also the cause: refused, a name that is not found, a certificate that is not believed. Of one
/// that had no answer in time also what is done about it, where the way there says so.
std::string reason(const Error& error);

} // namespace sluice::sources
