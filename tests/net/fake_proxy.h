#pragma once
/// A server that passes on: an HTTP proxy (whole URLs, and tunnels by CONNECT, RFC 9110) or a SOCKS 5 one (RFC 1928,
/// 1929).
#include <QTcpServer>
#include <QTcpSocket>
#include <functional>
#include <map>
#include <memory>

namespace sluice::testing {

class FakeProxy {
public:
    enum class Kind { http, socks5 };

    /// With `user`, only that one is let through.
    explicit FakeProxy(Kind kind, QByteArray user = {}, QByteArray password = {})
        : kind_(kind), user_(std::move(user)), password_(std::move(password)) {
        server_.listen(QHostAddress::LocalHost);
        QObject::connect(&server_, &QTcpServer::newConnection, &server_, [this] {
            while (QTcpSocket* client = server_.nextPendingConnection()) {
                serve(client);
            }
        });
    }

    int port() const { return server_.serverPort(); }
    /// Where a name leads that only the proxy knows: a port of this machine.
    std::map<QByteArray, quint16> places;
    QList<QByteArray> asked; ///< "CONNECT name:80", "GET http://name:80/x", "socks name:80"; what was refused too

private:
    struct Client {
        QTcpSocket* socket;
        QTcpSocket* behind = nullptr;
        QByteArray bytes;
        int greeted = 0; ///< SOCKS: 0 methods, 1 user, 2 what is wanted
    };

    void serve(QTcpSocket* socket) {
        auto client = std::make_shared<Client>(Client{.socket = socket, .behind = nullptr, .bytes = {}, .greeted = 0});
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, client] {
            client->bytes += client->socket->readAll();
            if (client->behind != nullptr) {
                client->behind->write(std::exchange(client->bytes, {}));
            } else if (kind_ == Kind::http) {
                take_http(client);
            } else {
                take_socks(client);
            }
        });
        QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    }

    /// From here on bytes go both ways as they are.
    void join(const std::shared_ptr<Client>& client, const QByteArray& place, const QByteArray& hello,
              const QByteArray& first, const QByteArray& nobody) {
        const auto known = places.find(place);
        if (known == places.end()) {
            client->socket->write(nobody);
            client->socket->disconnectFromHost();
            return;
        }
        auto* behind = new QTcpSocket(client->socket);
        client->behind = behind;
        QObject::connect(behind, &QTcpSocket::readyRead, client->socket,
                         [client, behind] { client->socket->write(behind->readAll()); });
        QObject::connect(behind, &QTcpSocket::disconnected, client->socket,
                         [client] { client->socket->disconnectFromHost(); });
        behind->connectToHost(QHostAddress(QHostAddress::LocalHost), known->second);
        client->socket->write(hello);
        behind->write(first + std::exchange(client->bytes, {}));
    }

    void take_http(const std::shared_ptr<Client>& client) {
        const auto end = client->bytes.indexOf("\r\n\r\n");
        if (end < 0) {
            return;
        }
        const QByteArray head = client->bytes.left(end);
        const auto words = head.left(head.indexOf("\r\n")).split(' ');
        asked << words.value(0) + " " + words.value(1);
        const QByteArray ours = "\r\nProxy-Authorization: Basic " + (user_ + ":" + password_).toBase64();
        if (!user_.isEmpty() && !(head + "\r\n").contains(ours + "\r\n")) {
            client->socket->write("HTTP/1.1 407 Words\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
                                  "Content-Length: 0\r\nConnection: close\r\n\r\n");
            client->socket->disconnectFromHost();
            return;
        }
        if (words.value(0) == "CONNECT") {
            client->bytes.remove(0, end + 4);
            join(client, words.value(1), "HTTP/1.1 200 Tunnel\r\n\r\n", {},
                 "HTTP/1.1 502 Words\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return;
        }
        const QByteArray place = words.value(1).split('/').value(2);
        QByteArray passed = std::exchange(client->bytes, {});
        passed.replace(ours, "");
        join(client, place, {}, passed, "HTTP/1.1 502 Words\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }

    void take_socks(const std::shared_ptr<Client>& client) {
        QByteArray& bytes = client->bytes;
        if (client->greeted == 0 && bytes.size() >= 2 && bytes.size() >= 2 + bytes[1]) {
            const char wanted = user_.isEmpty() ? 0 : 2;
            const bool offered = bytes.mid(2, bytes[1]).contains(wanted);
            bytes.remove(0, 2 + bytes[1]);
            client->socket->write(QByteArray("\x05") + (offered ? wanted : '\xff'));
            client->greeted = user_.isEmpty() ? 2 : 1;
        }
        if (client->greeted == 1 && bytes.size() >= 3 + user_.size() + password_.size()) {
            const QByteArray wanted = QByteArray("\x01") + static_cast<char>(user_.size()) + user_ +
                                      static_cast<char>(password_.size()) + password_;
            const bool ours = bytes == wanted;
            bytes.clear();
            client->socket->write(QByteArray("\x01") + (ours ? '\0' : '\1'));
            client->greeted = 2;
            if (!ours) {
                asked << "socks refused";
                client->socket->disconnectFromHost();
            }
            return;
        }
        // Only names are taken: that the proxy looks them up is the point.
        if (client->greeted == 2 && bytes.size() >= 5 && bytes[3] == 3 && bytes.size() >= 7 + bytes[4]) {
            const int length = bytes[4];
            const auto high = static_cast<unsigned char>(bytes[5 + length]);
            const auto low = static_cast<unsigned char>(bytes[6 + length]);
            const QByteArray place = bytes.mid(5, length) + ":" + QByteArray::number(high * 256 + low);
            bytes.remove(0, 7 + length);
            asked << "socks " + place;
            const QByteArray tail("\0\1\x7f\0\0\1\0\0", 8);
            join(client, place, QByteArray("\x05\0", 2) + tail, {}, QByteArray("\x05\x04", 2) + tail);
        }
    }

    Kind kind_;
    QByteArray user_;
    QByteArray password_;
    QTcpServer server_;
};

} // namespace sluice::testing
