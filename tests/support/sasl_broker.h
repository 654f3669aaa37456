#pragma once
#include <QTcpServer>
#include <QTcpSocket>
#include <QtEndian>
#include <string>

namespace sluice::testing {

/// As much of a Kafka broker as a login needs, on loopback: ApiVersions, SaslHandshake, SaslAuthenticate, Metadata (the
/// protocol guide's forms). librdkafka's mock has no SASL. In the thread of the test, which needs its event loop.
class SaslBroker {
public:
    enum class Says { yes, no, other_mechanism, nothing, hangs_up_at_handshake, hangs_up_at_login };

    explicit SaslBroker(Says says) : says_(says) {
        QObject::connect(&server_, &QTcpServer::newConnection, &server_, [this] {
            while (auto* socket = server_.nextPendingConnection()) {
                QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { read(*socket); });
            }
        });
        server_.listen(QHostAddress::LocalHost);
    }
    std::string bootstrap() const { return "127.0.0.1:" + std::to_string(server_.serverPort()); }
    int logins() const { return logins_; } ///< that were tried, so far

private:
    enum Key : qint16 { metadata = 3, handshake = 17, versions = 18, authenticate = 36 };

    template <typename T>
    static QByteArray number(T value) {
        QByteArray bytes(sizeof(T), '\0');
        qToBigEndian(value, bytes.data());
        return bytes;
    }
    static QByteArray text(const QByteArray& text) { return number(static_cast<qint16>(text.size())) + text; }

    void read(QTcpSocket& socket) {
        while (socket.bytesAvailable() >= 4) {
            const auto size = qFromBigEndian<qint32>(socket.peek(4).constData());
            if (socket.bytesAvailable() < 4 + size) {
                return;
            }
            const QByteArray request = socket.read(4 + size).mid(4);
            const auto key = qFromBigEndian<qint16>(request.constData());
            logins_ += key == handshake ? 1 : 0;
            if ((key == handshake && says_ == Says::hangs_up_at_handshake) ||
                (key == authenticate && says_ == Says::hangs_up_at_login)) {
                socket.disconnectFromHost();
                return;
            }
            if (key == authenticate && says_ == Says::nothing) {
                return;
            }
            const QByteArray answer = request.mid(4, 4) + body_of(key); // after its correlation id
            socket.write(number(static_cast<qint32>(answer.size())) + answer);
        }
    }

    QByteArray body_of(qint16 key) const {
        const auto error = [](qint16 code) { return number(code); };
        switch (key) {
        case versions: {                                   // version 3, of which the client asks first
            QByteArray body = error(0) + QByteArray(1, 5); // four, and one more as compact arrays count
            for (const auto& [api, last] :
                 {std::pair<qint16, qint16>(versions, 3), {handshake, 1}, {authenticate, 0}, {metadata, 1}}) {
                body += number(api) + number(qint16{0}) + number(last) + QByteArray(1, '\0');
            }
            return body + number(qint32{0}) + QByteArray(1, '\0');
        }
        case handshake:
            return says_ == Says::other_mechanism ? error(33) + number(qint32{1}) + text("GSSAPI")
                                                  : error(0) + number(qint32{1}) + text("PLAIN");
        case authenticate:
            return says_ == Says::no ? error(58) + text("Authentication failed") + number(qint32{0})
                                     : error(0) + number(qint16{-1}) + number(qint32{0});
        default: // one broker, which leads; no topics
            return number(qint32{1}) + number(qint32{1}) + text("127.0.0.1") +
                   number(static_cast<qint32>(server_.serverPort())) + number(qint16{-1}) + number(qint32{1}) +
                   number(qint32{0});
        }
    }

    Says says_;
    int logins_ = 0;
    QTcpServer server_;
};

} // namespace sluice::testing
