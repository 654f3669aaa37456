#include "range/http_server.h"

#include "range/time_text.h"

#include <QAbstractHttpServer>
#include <QHttpServerRequest>
#include <QHttpServerResponder>
#include <QPointer>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QTcpServer>
#include <QTcpSocket>
#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <set>

namespace sluice::range {
namespace {

const char* method_name(QHttpServerRequest::Method method) {
    switch (method) {
    case QHttpServerRequest::Method::Get:
        return "GET";
    case QHttpServerRequest::Method::Put:
        return "PUT";
    case QHttpServerRequest::Method::Delete:
        return "DELETE";
    case QHttpServerRequest::Method::Post:
        return "POST";
    case QHttpServerRequest::Method::Head:
        return "HEAD";
    case QHttpServerRequest::Method::Options:
        return "OPTIONS";
    case QHttpServerRequest::Method::Patch:
        return "PATCH";
    default:
        return "UNKNOWN";
    }
}

Asked taken_from(const QHttpServerRequest& request) {
    Asked asked;
    asked.method = method_name(request.method());
    const QUrl url = request.url();
    asked.path = url.path(QUrl::FullyEncoded).toStdString();
    asked.query = url.query(QUrl::FullyEncoded).toStdString();
    for (const auto& [name, value] : request.headers()) {
        asked.headers.emplace_back(name.toStdString(), value.toStdString());
    }
    asked.body = request.body().toStdString();
    return asked;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

} // namespace

std::string_view Asked::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (same_name(key, name)) {
            return value;
        }
    }
    return {};
}

std::optional<std::string> Asked::parameter(std::string_view name) const {
    return form_value(query, name);
}

std::vector<std::string> Asked::parameters(std::string_view name) const {
    return form_values(query, name);
}

Answer json_answer(int status, std::string body) {
    return {status, {{"Content-Type", "application/json"}}, std::move(body), {}, false};
}

Answer text_answer(int status, std::string body) {
    return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(body), {}, false};
}

std::string percent_decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    const auto digit = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                      : -1;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
            out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::vector<std::string> form_values(std::string_view form, std::string_view name) {
    std::vector<std::string> all;
    while (!form.empty()) {
        const auto pair = form.substr(0, form.find('&'));
        form.remove_prefix(std::min(form.size(), pair.size() + 1));
        const auto equals = pair.find('=');
        if (percent_decoded(pair.substr(0, equals), true) == name) {
            all.push_back(equals == std::string_view::npos ? std::string()
                                                           : percent_decoded(pair.substr(equals + 1), true));
        }
    }
    return all;
}

std::optional<std::string> form_value(std::string_view form, std::string_view name) {
    auto all = form_values(form, name);
    return all.empty() ? std::nullopt : std::optional(std::move(all.front()));
}

class HttpServer::Server : public QAbstractHttpServer {
public:
    Server(Scheduler& scheduler, Handler handler) : scheduler_(scheduler), handler_(std::move(handler)) {}
    ~Server() override {
        for (const TimerId timer : waiting_) {
            scheduler_.cancel(timer);
        }
    }

    Result<void> listen_on(std::uint16_t port, const std::optional<Identity>& identity) {
        std::unique_ptr<QTcpServer> listener;
        if (identity) {
            auto secure = std::make_unique<QSslServer>();
            QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
            const QSslCertificate own(QByteArray::fromStdString(identity->certificate_pem));
            const QSslKey key(QByteArray::fromStdString(identity->key_pem), QSsl::Ec);
            if (own.isNull() || key.isNull()) {
                return fail(ErrorCode::internal, "the range's certificate can't be read");
            }
            configuration.setLocalCertificate(own);
            configuration.setPrivateKey(key);
            configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
            secure->setSslConfiguration(configuration);
            secure_ = true;
            listener = std::move(secure);
        } else {
            listener = std::make_unique<QTcpServer>();
        }
        if (!listener->listen(QHostAddress::LocalHost, port)) {
            return fail(ErrorCode::unreachable, "can't listen: " + listener->errorString().toStdString(),
                        fmt::format("127.0.0.1:{}", port), "choose another port, or 0 for a free one");
        }
        port_ = listener->serverPort();
        bind(listener.release()); // becomes our child
        return {};
    }

    std::uint16_t port() const { return port_; }
    bool secure() const { return secure_; }
    std::int64_t requests() const { return requests_; }

    void drop_connections() {
        for (QTcpSocket* socket : findChildren<QTcpSocket*>()) {
            socket->abort();
        }
    }

protected:
    bool handleRequest(const QHttpServerRequest& request, QTcpSocket* socket) override {
        ++requests_;
        const Asked asked = taken_from(request);
        Answer answer = handler_(asked);
        auto responder = std::make_shared<QHttpServerResponder>(makeResponder(request, socket));
        if (answer.delay <= Nanos{}) {
            deliver(answer, *responder, socket);
            return true;
        }
        const std::string id(asked.id());
        scheduler_.park(id);
        // The responder keeps a bare pointer to its socket, which the client may have closed by then.
        auto own = std::make_shared<TimerId>();
        *own = scheduler_.after(answer.delay, [this, id, own, answer, responder, alive = QPointer<QTcpSocket>(socket)] {
            waiting_.erase(*own);
            scheduler_.resume(id);
            if (alive && alive->isOpen()) { // broken off meanwhile, it may still wait for its deletion
                deliver(answer, *responder, alive);
            }
        });
        waiting_.insert(*own);
        return true;
    }

    void missingHandler(const QHttpServerRequest&, QTcpSocket* socket) override { socket->abort(); }

private:
    void deliver(const Answer& answer, QHttpServerResponder& responder, QTcpSocket* socket) {
        if (answer.drop) {
            socket->abort();
            return;
        }
        responder.writeStatusLine(static_cast<QHttpServerResponder::StatusCode>(answer.status));
        responder.writeHeader("Date", QByteArray::fromStdString(http_date(scheduler_.now())));
        responder.writeHeader("Content-Length", QByteArray::number(static_cast<qulonglong>(answer.body.size())));
        for (const auto& [name, value] : answer.headers) {
            responder.writeHeader(QByteArray::fromStdString(name), QByteArray::fromStdString(value));
        }
        responder.writeBody(answer.body.data(), static_cast<qint64>(answer.body.size()));
    }

    Scheduler& scheduler_;
    Handler handler_;
    std::uint16_t port_ = 0;
    std::int64_t requests_ = 0;
    bool secure_ = false;
    std::set<TimerId> waiting_;
};

HttpServer::HttpServer(Scheduler& scheduler, Handler handler)
    : server_(std::make_unique<Server>(scheduler, std::move(handler))) {}
HttpServer::~HttpServer() = default;

Result<void> HttpServer::listen(std::uint16_t port, const std::optional<Identity>& identity) {
    return server_->listen_on(port, identity);
}
std::uint16_t HttpServer::port() const {
    return server_->port();
}
std::int64_t HttpServer::requests() const {
    return server_->requests();
}
std::string HttpServer::url() const {
    return fmt::format("{}://127.0.0.1:{}", server_->secure() ? "https" : "http", server_->port());
}
void HttpServer::drop_connections() {
    server_->drop_connections();
}

} // namespace sluice::range
