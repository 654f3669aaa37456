#pragma once
/// Inside core/net: how Qt is told of a proxy. Users include net/http.h.
#include "net/exchange.h"

#include <QNetworkProxy>
#include <optional>
#include <utility>

namespace sluice::net {

/// Qt's form of it; null = none, whatever the environment says.
QNetworkProxy qt_proxy(const Proxy* proxy);

/// True where the proxy itself is sent the request, with the whole URL, instead of being asked for a tunnel.
bool passed_on(const Outgoing& outgoing);

/// The header that such a request says with who we are; nothing where the proxy does not ask. Never of a request in a
/// tunnel: its receiver would read it.
std::optional<std::pair<std::string, std::string>> proxy_authorization(const Outgoing& outgoing);

/// Why this URL can't go through the proxy, or nothing.
const char* unfit_for_proxy(const Proxy& proxy, const QUrl& url);

/// What is told where the proxy does not let us through for who we are.
inline constexpr const char* not_let_through = "the proxy asks for a user and a password, or does not take these";

} // namespace sluice::net
