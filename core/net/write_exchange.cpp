#include "base/secret.h"
#include "net/exchange.h"
#include "net/proxy.h"
#include "net/response_parser.h"

#include <QSslConfiguration>
#include <QSslSocket>

namespace sluice::net {
namespace {

/// What the exchange itself decides; the same headers of a caller are left out.
bool own_header(std::string_view name) {
    for (const std::string_view own :
         {"Content-Length", "Transfer-Encoding", "Connection", "X-Request-Id", "Accept-Encoding", "Expect"}) {
        if (same_header(name, own)) {
            return true;
        }
    }
    return false;
}

std::string serialized(const Outgoing& outgoing) {
    const HttpRequest& request = outgoing.request;
    const auto encoded = [](const QString& text) { return text.toStdString(); };
    std::string target = encoded(outgoing.url.path(QUrl::FullyEncoded));
    if (target.empty()) {
        target = "/";
    }
    if (outgoing.url.hasQuery()) {
        target += "?" + encoded(outgoing.url.query(QUrl::FullyEncoded));
    }
    std::string host = encoded(outgoing.url.host(QUrl::FullyEncoded));
    if (host.find(':') != std::string::npos) {
        host = "[" + host + "]";
    }
    if (outgoing.url.port() > 0) {
        host += ":" + std::to_string(outgoing.url.port());
    }
    if (passed_on(outgoing)) {
        target = "http://" + host + target; // RFC 9112, 3.2.2
    }
    std::string text = request.method + " " + target + " HTTP/1.1\r\n";
    if (const auto ours = proxy_authorization(outgoing)) {
        text.append(ours->first).append(": ").append(ours->second).append("\r\n");
    }
    bool has_host = false;
    bool has_agent = false;
    for (const auto& [name, value] : request.headers) {
        if (!own_header(name)) {
            text.append(name).append(": ").append(value).append("\r\n");
            has_host = has_host || same_header(name, "Host");
            has_agent = has_agent || same_header(name, "User-Agent");
        }
    }
    text += has_host ? "" : "Host: " + host + "\r\n";
    text += has_agent ? "" : "User-Agent: sluice\r\n";
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
        text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    }
    text += "X-Request-Id: " + outgoing.id + "\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n";
    return text + request.body;
}

class WriteExchange : public Exchange {
public:
    WriteExchange(const QSslConfiguration& tls, Outgoing outgoing, Answered done)
        : outgoing_(std::move(outgoing)), done_(std::move(done)),
          parser_(outgoing_.request.method, outgoing_.request.budget), secure_(outgoing_.url.scheme() == "https"),
          socket_(new QSslSocket) {
        socket_->setProxy(qt_proxy(passed_on(outgoing_) ? nullptr : outgoing_.request.proxy.get()));
        QObject::connect(socket_, &QSslSocket::readyRead, &context_, [this] { read(); });
        QObject::connect(socket_, &QSslSocket::errorOccurred, &context_, [this] { broken(); });
        QObject::connect(socket_, &QSslSocket::disconnected, &context_, [this] { broken(); });
        QObject::connect(socket_, &QSslSocket::bytesWritten, &context_, [this] { written(); });
        QObject::connect(socket_, &QSslSocket::encryptedBytesWritten, &context_, [this] { written(); });
        const QString host = outgoing_.url.host();
        const auto port = static_cast<quint16>(outgoing_.url.port(secure_ ? 443 : 80));
        if (!secure_) {
            QObject::connect(socket_, &QSslSocket::connected, &context_, [this] { write(); });
            if (passed_on(outgoing_)) {
                const Proxy& proxy = *outgoing_.request.proxy;
                socket_->connectToHost(QString::fromStdString(proxy.host), static_cast<quint16>(proxy.port));
            } else {
                socket_->connectToHost(host, port);
            }
            return;
        }
        QObject::connect(socket_, &QSslSocket::encrypted, &context_, [this] { write(); });
        socket_->setSslConfiguration(tls);
        const std::string name = outgoing_.request.tls ? outgoing_.request.tls->server_name : "";
        socket_->connectToHostEncrypted(host, port, name.empty() ? host : QString::fromStdString(name));
    }

    ~WriteExchange() override {
        socket_->disconnect(&context_);
        socket_->abort();
        socket_->deleteLater();
    }

    bool may_have_reached() const override { return writing_; }

private:
    void settle(Result<HttpResponse> result) {
        socket_->disconnect(&context_);
        const auto done = std::move(done_);
        done(std::move(result));
    }

    void settle_with(HttpResponse response) {
        if (passed_on(outgoing_) && response.status == 407) {
            settle(outgoing_.failure(ErrorCode::unreachable, not_let_through, false)); // it passed nothing on
            return;
        }
        settle(std::move(response));
    }

    void write() {
        writing_ = true;
        socket_->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        std::string bytes = serialized(outgoing_);
        socket_->write(bytes.data(), static_cast<qint64>(bytes.size()));
        wipe(bytes); // credentials are in it
        socket_->flush();
    }

    void written() {
        if (writing_ && socket_->bytesToWrite() == 0 && socket_->encryptedBytesToWrite() == 0) {
            if (auto sent = std::exchange(outgoing_.request.sent, nullptr)) {
                sent();
            }
        }
    }

    void read() {
        const QByteArray bytes = socket_->readAll();
        const auto complete = parser_.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())});
        if (!complete) {
            settle(outgoing_.failure(complete.error().code, complete.error().what, true));
        } else if (*complete) {
            settle_with(parser_.take());
        }
    }

    void broken() {
        if (socket_->bytesAvailable() > 0) {
            read();
            if (!done_) {
                return;
            }
        }
        if (parser_.end() && socket_->error() == QAbstractSocket::RemoteHostClosedError) {
            settle_with(parser_.take());
            return;
        }
        std::string why = socket_->error() == QAbstractSocket::ProxyAuthenticationRequiredError
                              ? not_let_through
                              : socket_->errorString().toStdString();
        if (!socket_->sslHandshakeErrors().isEmpty()) {
            why = "the server is not believed: " + socket_->sslHandshakeErrors().front().errorString().toStdString();
        } else if (writing_) {
            why = parser_.begun() ? "the connection broke off in the answer" : "the connection broke off";
        }
        settle(outgoing_.failure(ErrorCode::unreachable, std::move(why), writing_));
    }

    Outgoing outgoing_;
    Answered done_;
    ResponseParser parser_;
    bool secure_;
    bool writing_ = false; ///< from here on nobody can say that the server did not get it
    QSslSocket* socket_;
    QObject context_;
};

} // namespace

std::unique_ptr<Exchange> write_exchange(const QSslConfiguration& tls, Outgoing outgoing, Answered done) {
    return std::make_unique<WriteExchange>(tls, std::move(outgoing), std::move(done));
}

} // namespace sluice::net
