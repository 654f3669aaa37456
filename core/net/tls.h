#pragma once
#include "net/http.h"

#include <QSslConfiguration>

namespace sluice::net {

/// Qt's form of a Tls: TLS 1.2 or later, the peer always verified. `bad_input` names what can't be read; the key may be
/// RSA or EC, PEM, without a passphrase.
Result<QSslConfiguration> ssl_configuration(const Tls& tls);

} // namespace sluice::net
