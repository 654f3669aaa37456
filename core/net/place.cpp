#include "net/place.h"

#include <QUrl>

namespace sluice::net {

Place place_of(const std::string& host, int port, const std::string& address) {
    QString text = QString::fromStdString(address).section(u',', 0, 0);
    if (!text.contains(QLatin1String("://"))) {
        text.prepend(QLatin1String("tcp://"));
    }
    const QUrl url(text);
    if (!url.isValid()) { // Qt keeps the host of one whose port is none
        return {host, port == 0 ? 443 : port};
    }
    const int by_scheme = url.scheme() == QLatin1String("http") ? 80 : 443;
    return {host.empty() ? url.host().toStdString() : host, port == 0 ? url.port(by_scheme) : port};
}

} // namespace sluice::net
