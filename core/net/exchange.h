#pragma once
/// Inside core/net: what the two ways of sending a request share. Users include net/http.h.
#include "net/http.h"

#include <QUrl>
#include <functional>

class QNetworkAccessManager;
class QSslConfiguration;

namespace sluice::net {

/// How the text of an error ends, so that `certainly_not_sent` can tell.
inline constexpr std::string_view not_sent = "the request did not reach the server";
inline constexpr std::string_view perhaps_sent = "the request may have reached the server";

bool same_header(std::string_view a, std::string_view b);

/// A checked request with what the client added to it.
struct Outgoing {
    HttpRequest request;
    QUrl url;
    std::string id; ///< X-Request-Id

    /// An error of this exchange: "WHY; the request may have reached the server".
    tl::unexpected<Error> failure(ErrorCode code, std::string why, bool sent) const {
        return fail(code, std::move(why) + "; " + std::string(sent ? perhaps_sent : not_sent),
                    request.method + " " + request.url);
    }
};

/// One request on its way. Destroying it ends the exchange, without a call; `done` is called at most once, from the
/// event loop, and must not destroy the exchange at once.
class Exchange {
public:
    virtual ~Exchange() = default;
    virtual bool may_have_reached() const = 0;
};

using Answered = std::function<void(Result<HttpResponse>)>;

/// GET and HEAD by QNetworkAccessManager: kept-alive connections, HTTP/2, compression.
///
/// Qt 6.4 sends a request a second time when the connection closes before the first byte of the answer, whatever the
/// method and however new the connection (measured with 6.4.2: PATCH, POST and DELETE arrive twice); it can't be
/// switched off. So nothing that writes goes this way. It also takes an answer that is not HTTP for a broken
/// connection.
std::unique_ptr<Exchange> read_exchange(QNetworkAccessManager& manager, const QSslConfiguration& tls, Outgoing outgoing,
                                        Answered done);

/// Any method, HTTP/1.1, on a connection of its own that is closed afterwards: the bytes are written once and never
/// again. A fresh connection also means that a keep-alive connection dropped by the server can't put a write in doubt.
std::unique_ptr<Exchange> write_exchange(const QSslConfiguration& tls, Outgoing outgoing, Answered done);

} // namespace sluice::net
