#pragma once
#include "base/result.h"
#include "base/scheduler.h"
#include "net/http.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::range {

/// What a client asked.
struct Asked {
    std::string method;
    std::string path;  ///< still percent-encoded, without the query
    std::string query; ///< still percent-encoded, without '?'
    net::Headers headers;
    std::string body;

    std::string_view header(std::string_view name) const;
    std::string_view id() const { return header("X-Request-Id"); }
    /// First value of that name in the query, decoded ('+' is a space).
    std::optional<std::string> parameter(std::string_view name) const;
    /// All of that name, in order.
    std::vector<std::string> parameters(std::string_view name) const;
};

/// What it is told, and how.
struct Answer {
    int status = 200;
    net::Headers headers;
    std::string body;
    Nanos delay{};     ///< kept back this long on the Scheduler's clock, while virtual time can move
    bool drop = false; ///< the connection breaks off instead
};

Answer json_answer(int status, std::string body);
Answer text_answer(int status, std::string body);

std::string percent_decoded(std::string_view text, bool plus_is_space = false);
/// Same, for `application/x-www-form-urlencoded` bodies and queries.
std::optional<std::string> form_value(std::string_view form, std::string_view name);
std::vector<std::string> form_values(std::string_view form, std::string_view name);

/// A certificate with its key and who signed it, PEM.
struct Identity {
    std::string ca_pem;
    std::string certificate_pem;
    std::string key_pem;
};

/// One listening HTTP/1.1 port on 127.0.0.1, on the engine thread. Requests are answered where they arrive; a delayed
/// answer waits on the Scheduler, which is told (`park`, `resume`) so that it does not hold the clock meanwhile.
class HttpServer {
public:
    using Handler = std::function<Answer(const Asked&)>;

    HttpServer(Scheduler& scheduler, Handler handler);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Port 0 takes a free one. With an identity it speaks TLS. `unreachable` when the port can't be had.
    Result<void> listen(std::uint16_t port = 0, const std::optional<Identity>& identity = std::nullopt);

    std::uint16_t port() const;
    std::string url() const; ///< "http://127.0.0.1:PORT" or "https://…"

    /// Breaks off every open connection.
    void drop_connections();

    /// Requests that arrived so far.
    std::int64_t requests() const;

private:
    class Server;
    std::unique_ptr<Server> server_;
};

} // namespace sluice::range
