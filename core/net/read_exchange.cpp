#include "net/exchange.h"
#include "net/proxy.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QSslConfiguration>
#include <algorithm>

namespace sluice::net {
namespace {

QNetworkRequest prepared(const Outgoing& outgoing, const QSslConfiguration& tls) {
    QNetworkRequest made(outgoing.url);
    made.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    made.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    made.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    made.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    made.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    made.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    // By HTTP/2 Qt takes the authority from the URL and drops a Host that the request names.
    const auto& headers = outgoing.request.headers;
    const bool names_host = std::any_of(headers.begin(), headers.end(),
                                        [](const auto& header) { return same_header(header.first, "Host"); });
    made.setAttribute(QNetworkRequest::Http2AllowedAttribute, outgoing.url.scheme() == "https" && !names_host);
    made.setDecompressedSafetyCheckThreshold(static_cast<qint64>(outgoing.request.budget)); // zip bombs
    made.setSslConfiguration(tls);
    if (outgoing.request.tls && !outgoing.request.tls->server_name.empty()) {
        made.setPeerVerifyName(QString::fromStdString(outgoing.request.tls->server_name));
    }
    made.setHeader(QNetworkRequest::UserAgentHeader, "sluice");
    for (const auto& [name, value] : outgoing.request.headers) {
        made.setRawHeader(QByteArray::fromStdString(name), QByteArray::fromStdString(value));
    }
    if (const auto ours = proxy_authorization(outgoing)) {
        made.setRawHeader(QByteArray::fromStdString(ours->first), QByteArray::fromStdString(ours->second));
    }
    made.setRawHeader("X-Request-Id", QByteArray::fromStdString(outgoing.id));
    return made;
}

/// Qt's words for what happened before any answer.
bool never_connected(QNetworkReply::NetworkError error) {
    return error == QNetworkReply::ConnectionRefusedError || error == QNetworkReply::HostNotFoundError ||
           error == QNetworkReply::SslHandshakeFailedError || error == QNetworkReply::ProxyConnectionRefusedError ||
           error == QNetworkReply::ProxyNotFoundError || error == QNetworkReply::ProxyAuthenticationRequiredError;
}

class ReadExchange : public Exchange {
public:
    ReadExchange(QNetworkAccessManager& manager, const QSslConfiguration& tls, Outgoing outgoing, Answered done)
        : outgoing_(std::move(outgoing)), done_(std::move(done)) {
        const QNetworkRequest request = prepared(outgoing_, tls);
        reply_ = outgoing_.request.method == "HEAD" ? manager.head(request) : manager.get(request);
        QObject::connect(reply_, &QNetworkReply::requestSent, &context_, [this] {
            left_ = true;
            if (auto sent = std::exchange(outgoing_.request.sent, nullptr)) {
                sent();
            }
        });
        QObject::connect(reply_, &QNetworkReply::metaDataChanged, &context_, [this] { check_length(); });
        QObject::connect(reply_, &QNetworkReply::readyRead, &context_, [this] { read(); });
        QObject::connect(reply_, &QNetworkReply::finished, &context_, [this] { finished(); });
        QObject::connect(reply_, &QNetworkReply::sslErrors, &context_, [this](const QList<QSslError>& errors) {
            if (!errors.isEmpty()) {
                distrust_ = errors.front().errorString().toStdString();
            }
        });
    }

    ~ReadExchange() override {
        reply_->disconnect(&context_);
        if (!reply_->isFinished()) {
            reply_->abort();
        }
        reply_->deleteLater();
    }

    bool may_have_reached() const override { return true; }

private:
    void settle(Result<HttpResponse> result) {
        reply_->disconnect(&context_);
        const auto done = std::move(done_);
        done(std::move(result));
    }

    void check_length() {
        const auto length = reply_->header(QNetworkRequest::ContentLengthHeader);
        if (outgoing_.request.method != "HEAD" && length.isValid() && length.toULongLong() > outgoing_.request.budget) {
            over_budget();
        }
    }

    void over_budget() {
        settle(outgoing_.failure(
            ErrorCode::corrupt,
            "the answer is over the budget of " + std::to_string(outgoing_.request.budget) + " bytes", true));
    }

    void read() {
        const QByteArray bytes = reply_->readAll();
        if (static_cast<std::size_t>(bytes.size()) > outgoing_.request.budget - response_.body.size()) {
            over_budget();
            return;
        }
        response_.body.append(bytes.constData(), static_cast<std::size_t>(bytes.size()));
    }

    void finished() {
        if (reply_->bytesAvailable() > 0) {
            read();
            if (!done_) {
                return;
            }
        }
        settle(result());
    }

    Result<HttpResponse> result() {
        const auto error = reply_->error();
        const QVariant status = reply_->attribute(QNetworkRequest::HttpStatusCodeAttribute);
        if (outgoing_.request.proxy && (error == QNetworkReply::ProxyAuthenticationRequiredError ||
                                        (passed_on(outgoing_) && status.toInt() == 407))) {
            return outgoing_.failure(ErrorCode::unreachable, not_let_through, false);
        }
        // Qt numbers its errors by layer: from 200 on they are a meaning given to the status, except these two.
        const bool whole = error == QNetworkReply::NoError || status.toInt() == 407 ||
                           (error >= 200 && error != QNetworkReply::ProtocolFailure &&
                            (error != QNetworkReply::UnknownContentError || status.toInt() >= 400));
        if (status.isValid() && status.toInt() > 0 && whole) {
            response_.status = status.toInt();
            for (const auto& [name, value] : reply_->rawHeaderPairs()) {
                response_.headers.emplace_back(name.toStdString(), value.toStdString());
            }
            return std::move(response_);
        }
        if (error == QNetworkReply::ProtocolFailure || error >= 200) {
            return outgoing_.failure(ErrorCode::corrupt, "the answer is not HTTP", true);
        }
        // Of a SOCKS proxy that is not there, or that refuses, Qt knows only that something is wrong.
        const bool at_proxy = outgoing_.request.proxy && error == QNetworkReply::UnknownNetworkError && !left_;
        const bool sent = !never_connected(error) && !at_proxy;
        std::string why = reply_->errorString().toStdString();
        if (!distrust_.empty()) {
            why = "the server is not believed: " + distrust_;
        } else if (error == QNetworkReply::RemoteHostClosedError) {
            why = status.isValid() ? "the connection broke off in the answer" : "the connection broke off";
        }
        return outgoing_.failure(ErrorCode::unreachable, std::move(why), sent);
    }

    Outgoing outgoing_;
    Answered done_;
    QNetworkReply* reply_ = nullptr;
    HttpResponse response_;
    std::string distrust_;
    bool left_ = false; ///< its bytes were written
    QObject context_;
};

} // namespace

std::unique_ptr<Exchange> read_exchange(QNetworkAccessManager& manager, const QSslConfiguration& tls, Outgoing outgoing,
                                        Answered done) {
    return std::make_unique<ReadExchange>(manager, tls, std::move(outgoing), std::move(done));
}

} // namespace sluice::net
