#pragma once
#include "base/nanos.h"
#include "base/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::net {

/// Separate connections for acting, polling and watching, so that a slow poll never delays a rollback (DESIGN.md).
enum class Pool { acting, polling, watching };

/// How a server is believed and how we are known to it. Verification can't be switched off.
struct Tls {
    std::string ca_pem;          ///< only these authorities, when not empty; else the system's
    std::string certificate_pem; ///< client certificate; empty = none
    std::string key_pem;         ///< its key
    std::string server_name;     ///< name to verify instead of the URL's host; empty = the host
};

/// Whether the PEM of it can be read: authorities, certificate and key. `bad_input` says which can't.
Result<void> check(const Tls& tls);

/// A server that passes on what can't be sent to its receiver from here. Only what a request names is used, whatever
/// the environment says: a proxy that nobody wrote down is one that nobody looks for when a rollback does not arrive.
///
/// The receiver's name is looked up by the proxy. Over an HTTP proxy https goes through a tunnel (CONNECT), so that
/// only the receiver sees what is sent; plain http is passed on by it. Qt goes past any proxy to a receiver that is
/// this machine itself (127.0.0.1, localhost), so such a request is refused as `bad_input`.
struct Proxy {
    enum class Kind { http, socks5 };
    Kind kind = Kind::http;
    std::string host;     ///< name or address; IPv6 without its brackets
    int port = 0;         ///< 1…65535
    std::string user;     ///< empty = it asks for none
    std::string password; ///< of the user
};

using Headers = std::vector<std::pair<std::string, std::string>>; ///< in order; names compare without case

struct HttpRequest {
    std::string method = "GET";
    std::string url; ///< absolute, http or https
    Headers headers;
    std::string body;
    Nanos timeout = seconds(10); ///< until the whole answer is there, on the Scheduler's clock
    std::string key; ///< who asks: "session/step/attempt#n"; sent as X-Request-Id, orders simultaneous answers
    Pool pool = Pool::polling;
    std::shared_ptr<const Tls> tls;     ///< null = system authorities, no client certificate
    std::shared_ptr<const Proxy> proxy; ///< null = straight to the URL's host
    std::size_t budget = 16u << 20;     ///< a larger answer is an error (`corrupt`), cut off as soon as it is seen
    /// Called once, in real time, when the last byte was handed to the kernel: for measuring how long a click takes to
    /// reach the wire. Not for events.
    std::function<void()> sent = nullptr;
};

struct HttpResponse {
    int status = 0;
    Headers headers;
    std::string body;

    /// First header of that name, or "".
    std::string_view header(std::string_view name) const;
};

enum class ExchangeId : std::uint64_t { none = 0 };

/// True when the request of this failed exchange can't have reached a server: nothing was done, sending again is safe.
/// False means "perhaps".
bool certainly_not_sent(const Error& error);

/// The error of a request that was not even begun, as `certainly_not_sent` knows it.
Error never_sent(ErrorCode code, std::string what, std::string where);

/// The error of an exchange that only asked: that the question may have arrived changes nothing, and is not said.
Error only_asked(Error error);

/// Sends requests; every answer comes back once, through the Scheduler, on the engine thread.
///
/// Any HTTP status is a response; `unreachable` (refused, reset, name not found, TLS not believed), `timed_out` and
/// `corrupt` (over budget, not HTTP) are errors whose `where` is "METHOD url" and whose `what` says whether the request
/// can have reached the server. Redirects are not followed. Nothing is retried here.
class HttpClient {
public:
    using Done = std::function<void(Result<HttpResponse>)>;
    virtual ~HttpClient() = default;
    virtual ExchangeId send(HttpRequest request, Done done) = 0;
    /// `done` is not called any more. The request may still reach the server.
    virtual void cancel(ExchangeId exchange) = 0;
};

} // namespace sluice::net
