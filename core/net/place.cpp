#include "net/place.h"

#include <QUrl>

namespace sluice::net {

Place place_of(const std::string& address, int port) {
    QString text = QString::fromStdString(address).section(u',', 0, 0);
    if (!text.startsWith(QLatin1String("http://")) && !text.startsWith(QLatin1String("https://"))) {
        // Of a broker; what may stand before it ("SASL_SSL://") is no scheme of a URL.
        const auto end = text.indexOf(QLatin1String("://"));
        text = QLatin1String("tcp://") + (end < 0 ? text : text.mid(end + 3));
    }
    const QUrl url(text);
    if (!url.isValid()) { // Qt keeps the host of one whose port is none
        return {{}, port == 0 ? 443 : port};
    }
    const int by_scheme = url.scheme() == QLatin1String("http") ? 80 : 443;
    return {url.host().toStdString(), port == 0 ? url.port(by_scheme) : port};
}

} // namespace sluice::net
