#include "net/proxy.h"

#include <QHostAddress>

namespace sluice::net {
namespace {

/// As Qt knows it: to these it connects past every proxy.
bool is_this_machine(const QString& host) {
    QHostAddress address;
    return host == "localhost" || host.startsWith("localhost.") || (address.setAddress(host) && address.isLoopback());
}

} // namespace

QNetworkProxy qt_proxy(const Proxy* proxy) {
    if (proxy == nullptr) {
        return QNetworkProxy(QNetworkProxy::NoProxy);
    }
    return QNetworkProxy(proxy->kind == Proxy::Kind::http ? QNetworkProxy::HttpProxy : QNetworkProxy::Socks5Proxy,
                         QString::fromStdString(proxy->host), static_cast<quint16>(proxy->port),
                         QString::fromStdString(proxy->user), QString::fromStdString(proxy->password));
}

bool passed_on(const Outgoing& outgoing) {
    const auto& proxy = outgoing.request.proxy;
    return proxy && proxy->kind == Proxy::Kind::http && outgoing.url.scheme() == "http";
}

std::optional<std::pair<std::string, std::string>> proxy_authorization(const Outgoing& outgoing) {
    const auto& proxy = outgoing.request.proxy;
    if (!passed_on(outgoing) || proxy->user.empty()) {
        return std::nullopt;
    }
    const auto both = QByteArray::fromStdString(proxy->user + ":" + proxy->password).toBase64();
    return std::pair(std::string("Proxy-Authorization"), "Basic " + both.toStdString());
}

const char* unfit_for_proxy(const Proxy& proxy, const QUrl& url) {
    if (proxy.host.empty() || proxy.port < 1 || proxy.port > 65535) {
        return "the proxy has no host or no port";
    }
    return is_this_machine(url.host()) ? "the URL is this machine itself, to which no proxy leads" : nullptr;
}

} // namespace sluice::net
