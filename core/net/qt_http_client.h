#pragma once
#include "base/scheduler.h"
#include "net/http.h"

#include <QObject>
#include <QTimer>
#include <map>
#include <set>

namespace sluice::net {

class Exchange;
struct Lane;

/// HttpClient on Qt Network. Lives in the engine's thread, needs its event loop.
///
/// What reads (GET and HEAD without a body) goes through QNetworkAccessManager: kept-alive connections, HTTP/2 over
/// TLS, compressed answers; Qt may send such a request a second time when a connection breaks before the answer.
/// Everything else goes over a connection of its own and is written once (net/exchange.h says why). Each pool and each
/// Tls has its own connections; Qt opens at most six to one server, so a seventh request that waits gets further ones:
/// a slow answer delays no other request. No proxy is used but the one that a request names, whatever the environment
/// says; no cookies, no cache, no stored authentication, no redirects.
///
/// A `timeout` runs on the Scheduler's clock. Beside it, an exchange that has had no answer `ceiling` of real time
/// after its timeout would have passed in real time ends as `timed_out`: so a virtual clock can't hang on a lost
/// answer.
class QtHttpClient : public HttpClient {
public:
    static constexpr Nanos default_ceiling = minutes(2);

    explicit QtHttpClient(Scheduler& scheduler, Nanos ceiling = default_ceiling);
    QtHttpClient(const QtHttpClient&) = delete;
    /// Ends every exchange without a call.
    ~QtHttpClient() override;

    /// A bad URL, method or header is an answer too: `bad_input`, the request not sent.
    ExchangeId send(HttpRequest request, Done done) override;
    void cancel(ExchangeId exchange) override;

private:
    struct Running;

    std::string unique(const std::string& key);
    Result<std::unique_ptr<Exchange>> start(std::uint64_t id, Running& running, HttpRequest request);
    Lane& lane(const HttpRequest& request, const std::string& server);
    void answered(std::uint64_t id, Result<HttpResponse> result);
    void deliver(std::uint64_t id, Result<HttpResponse> result);
    void expired(std::uint64_t id);
    void leave_wire(Running& running);
    void watch_ceiling();

    Scheduler& scheduler_;
    Nanos ceiling_;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, std::unique_ptr<Running>> running_;
    std::set<std::string, std::less<>> keys_;
    std::map<std::string, std::vector<std::unique_ptr<Lane>>> lanes_; ///< by pool, TLS identity and proxy
    QTimer ceiling_timer_;
    QObject context_;
};

} // namespace sluice::net
