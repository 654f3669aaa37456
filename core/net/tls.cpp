#include "net/tls.h"

#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>

namespace sluice::net {

Result<QSslConfiguration> ssl_configuration(const Tls& tls) {
    if (!QSslSocket::supportsSsl()) {
        return fail(ErrorCode::io, "Qt found no TLS library", {}, "install libssl3");
    }
    QSslConfiguration made = QSslConfiguration::defaultConfiguration();
    made.setProtocol(QSsl::TlsV1_2OrLater);
    made.setPeerVerifyMode(QSslSocket::VerifyPeer);
    if (!tls.ca_pem.empty()) {
        const auto authorities = QSslCertificate::fromData(QByteArray::fromStdString(tls.ca_pem));
        if (authorities.isEmpty()) {
            return fail(ErrorCode::bad_input, "there is no certificate in the authorities' PEM");
        }
        made.setCaCertificates(authorities);
    }
    if (!tls.certificate_pem.empty()) {
        const auto chain = QSslCertificate::fromData(QByteArray::fromStdString(tls.certificate_pem));
        if (chain.isEmpty()) {
            return fail(ErrorCode::bad_input, "there is no certificate in the client's PEM");
        }
        const auto pem = QByteArray::fromStdString(tls.key_pem);
        QSslKey key(pem, QSsl::Rsa);
        if (key.isNull()) {
            key = QSslKey(pem, QSsl::Ec);
        }
        if (key.isNull()) {
            return fail(ErrorCode::bad_input, "the client's key can't be read", {}, "PEM, RSA or EC, no passphrase");
        }
        made.setLocalCertificateChain(chain);
        made.setPrivateKey(key);
    }
    return made;
}

Result<void> check(const Tls& tls) {
    const auto made = ssl_configuration(tls);
    return made ? Result<void>() : failed(made);
}

} // namespace sluice::net
