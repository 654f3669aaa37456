#include "net/qt_http_client.h"

#include "base/digest.h"
#include "net/exchange.h"
#include "net/proxy.h"
#include "net/tls.h"

#include <QElapsedTimer>
#include <QNetworkAccessManager>
#include <algorithm>
#include <fmt/format.h>

namespace sluice::net {
namespace {

constexpr int connections_per_server = 6; // Qt's own limit for one manager, HTTP/1.1

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f && std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
    });
}

bool fits_header(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

/// Why this request can't be sent, or nothing.
const char* unfit(const HttpRequest& request, const QUrl& url) {
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != "http" && url.scheme() != "https")) {
        return "the URL is not an absolute http or https one";
    }
    if (!is_token(request.method)) {
        return "the method is not one of HTTP's";
    }
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name) || !fits_header(value)) {
            return "a header has a line break or a character that HTTP forbids";
        }
    }
    return fits_header(request.key) ? nullptr : "the key has a line break";
}

bool reads(const HttpRequest& request) {
    return (request.method == "GET" || request.method == "HEAD") && request.body.empty();
}

std::string identity(std::initializer_list<const std::string*> parts) {
    std::string all;
    for (const std::string* part : parts) {
        all += std::to_string(part->size()) + ":" + *part;
    }
    return hex(sha256(all));
}

/// Two requests share connections only when they believe and show the same, and go the same way.
std::string identity(const Tls* tls) {
    return tls == nullptr ? std::string()
                          : identity({&tls->ca_pem, &tls->certificate_pem, &tls->key_pem, &tls->server_name});
}
std::string identity(const Proxy* proxy) {
    if (proxy == nullptr) {
        return {};
    }
    const std::string place = fmt::format("{} {}", proxy->kind == Proxy::Kind::http ? "http" : "socks5", proxy->port);
    return " " + identity({&place, &proxy->host, &proxy->user, &proxy->password});
}

} // namespace

/// One QNetworkAccessManager (with the thread that Qt gives it), and how many of its connections wait for an answer.
struct Lane {
    QNetworkAccessManager manager;
    QSslConfiguration tls;
    std::map<std::string, int> waiting; ///< by server
};

struct QtHttpClient::Running {
    std::string key;
    std::string where;
    Nanos timeout;
    WorkId work = WorkId::none;
    TimerId deadline = TimerId::none;
    std::unique_ptr<Exchange> exchange;
    Done done;
    Lane* lane = nullptr;
    std::string server;
    QElapsedTimer age;
};

QtHttpClient::QtHttpClient(Scheduler& scheduler, Nanos ceiling) : scheduler_(scheduler), ceiling_(ceiling) {
    ceiling_timer_.setInterval(1000);
    QObject::connect(&ceiling_timer_, &QTimer::timeout, &context_, [this] { watch_ceiling(); });
}

QtHttpClient::~QtHttpClient() {
    for (auto& [id, running] : running_) {
        scheduler_.cancel(running->deadline);
        scheduler_.abandon(running->work);
        running->exchange.reset();
    }
}

std::string QtHttpClient::unique(const std::string& key) {
    std::string candidate = key;
    for (int n = 2; !keys_.insert(candidate).second; ++n) {
        candidate = fmt::format("{}~{}", key, n);
    }
    return candidate;
}

ExchangeId QtHttpClient::send(HttpRequest request, Done done) {
    const std::uint64_t id = ++last_id_;
    auto& running = *running_.emplace(id, std::make_unique<Running>()).first->second;
    running.key = unique(request.key);
    running.where = request.method + " " + request.url;
    running.timeout = request.timeout;
    running.done = std::move(done);
    running.work = scheduler_.begin(running.key);
    running.deadline = scheduler_.after(running.timeout, [this, id] { expired(id); });
    running.age.start();
    if (!ceiling_timer_.isActive()) {
        ceiling_timer_.start();
    }
    if (auto exchange = start(id, running, std::move(request)); exchange) {
        running.exchange = std::move(*exchange);
    } else {
        answered(id, failed(exchange));
    }
    return ExchangeId{id};
}

Result<std::unique_ptr<Exchange>> QtHttpClient::start(std::uint64_t id, Running& running, HttpRequest request) {
    const QUrl url(QString::fromStdString(request.url), QUrl::StrictMode);
    Outgoing outgoing{std::move(request), url, running.key};
    if (const char* why = unfit(outgoing.request, outgoing.url)) {
        return outgoing.failure(ErrorCode::bad_input, why, false);
    }
    const Proxy* proxy = outgoing.request.proxy.get();
    if (const char* why = proxy == nullptr ? nullptr : unfit_for_proxy(*proxy, outgoing.url)) {
        return outgoing.failure(ErrorCode::bad_input, why, false);
    }
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    if (outgoing.url.scheme() == "https") {
        auto made = ssl_configuration(outgoing.request.tls ? *outgoing.request.tls : Tls{});
        if (!made) {
            return outgoing.failure(made.error().code, made.error().what, false);
        }
        tls = std::move(*made);
    }
    Answered answer = [this, id](Result<HttpResponse> result) { answered(id, std::move(result)); };
    if (!reads(outgoing.request)) {
        return write_exchange(tls, std::move(outgoing), std::move(answer));
    }
    running.server = outgoing.url.authority().toStdString();
    running.lane = &lane(outgoing.request, running.server);
    ++running.lane->waiting[running.server];
    return read_exchange(running.lane->manager, tls, std::move(outgoing), std::move(answer));
}

Lane& QtHttpClient::lane(const HttpRequest& request, const std::string& server) {
    auto& lanes = lanes_[std::to_string(static_cast<int>(request.pool)) + identity(request.tls.get()) +
                         identity(request.proxy.get())];
    for (const auto& lane : lanes) {
        if (lane->waiting[server] < connections_per_server) {
            return *lane;
        }
    }
    auto& made = *lanes.emplace_back(std::make_unique<Lane>());
    made.manager.setProxy(qt_proxy(request.proxy.get()));
    made.manager.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
    made.manager.setTransferTimeout(0);
    return made;
}

/// The exchange may be what is calling: it goes with the next turn of the loop.
void QtHttpClient::leave_wire(Running& running) {
    if (running.lane != nullptr) {
        --running.lane->waiting[running.server];
        running.lane = nullptr;
    }
    if (running.exchange) {
        std::shared_ptr<Exchange> ended = std::move(running.exchange);
        QMetaObject::invokeMethod(
            &context_, [ended] {}, Qt::QueuedConnection);
    }
}

void QtHttpClient::answered(std::uint64_t id, Result<HttpResponse> result) {
    const auto found = running_.find(id);
    if (found == running_.end()) {
        return;
    }
    Running& running = *found->second;
    leave_wire(running);
    scheduler_.cancel(running.deadline);
    auto shared = std::make_shared<Result<HttpResponse>>(std::move(result));
    scheduler_.finish(running.work, [this, id, shared] { deliver(id, std::move(*shared)); });
}

void QtHttpClient::deliver(std::uint64_t id, Result<HttpResponse> result) {
    auto node = running_.extract(id);
    if (node.empty()) {
        return;
    }
    keys_.erase(node.mapped()->key);
    node.mapped()->done(std::move(result));
}

void QtHttpClient::expired(std::uint64_t id) {
    const auto found = running_.find(id);
    if (found == running_.end()) {
        return;
    }
    Running& running = *found->second;
    const bool sent = running.exchange && running.exchange->may_have_reached();
    auto late =
        fail(ErrorCode::timed_out,
             fmt::format("no whole answer within {} s; {}", running.timeout.seconds(), sent ? perhaps_sent : not_sent),
             running.where);
    running.exchange.reset(); // a timer calls, so the exchange itself does not
    leave_wire(running);
    scheduler_.abandon(running.work);
    deliver(id, std::move(late));
}

void QtHttpClient::cancel(ExchangeId exchange) {
    auto node = running_.extract(static_cast<std::uint64_t>(exchange));
    if (node.empty()) {
        return;
    }
    Running& running = *node.mapped();
    leave_wire(running);
    scheduler_.cancel(running.deadline);
    scheduler_.abandon(running.work);
    keys_.erase(running.key);
}

void QtHttpClient::watch_ceiling() {
    if (running_.empty()) {
        ceiling_timer_.stop();
        return;
    }
    std::vector<std::uint64_t> lost;
    for (const auto& [id, running] : running_) {
        if (running->exchange && Nanos{running->age.nsecsElapsed()} > running->timeout + ceiling_) {
            lost.push_back(id);
        }
    }
    for (const std::uint64_t id : lost) {
        Running& running = *running_.at(id);
        const bool sent = running.exchange->may_have_reached();
        answered(id,
                 fail(ErrorCode::timed_out,
                      fmt::format("no answer in real time either; {}", sent ? perhaps_sent : not_sent), running.where));
    }
}

} // namespace sluice::net
