#pragma once
/// A server that answers as badly as a test wants.
#include <QTcpServer>
#include <QTcpSocket>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include <sys/socket.h>

namespace sluice::testing {

struct Seen {
    QByteArray method;
    QByteArray target;
    QByteArray head;
    QByteArray body;
    int connection = 0;           ///< 1, 2, … in the order of accepting
    QTcpSocket* socket = nullptr; ///< only for the behaviour, while it runs

    QByteArray header(const QByteArray& name) const {
        for (const QByteArray& line : head.split('\n')) {
            const auto colon = line.indexOf(':');
            if (colon > 0 && line.left(colon).compare(name, Qt::CaseInsensitive) == 0) {
                return line.mid(colon + 1).trimmed();
            }
        }
        return {};
    }
};

inline QByteArray answer(int status, const QByteArray& body, const QByteArray& headers = {}) {
    return "HTTP/1.1 " + QByteArray::number(status) + " Words\r\n" + headers +
           "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

inline void reset(QTcpSocket* socket) {
    const linger at_once{1, 0};
    setsockopt(static_cast<int>(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket->abort();
}

class FakeServer {
public:
    using Behaviour = std::function<void(const Seen&)>;

    explicit FakeServer(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
        server_.listen(QHostAddress::LocalHost);
        QObject::connect(&server_, &QTcpServer::newConnection, &server_, [this] {
            while (QTcpSocket* socket = server_.nextPendingConnection()) {
                serve(socket, ++connections_);
            }
        });
    }

    quint16 port() const { return server_.serverPort(); }
    std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(server_.serverPort()) + path;
    }
    std::vector<Seen> seen;

private:
    void serve(QTcpSocket* socket, int connection) {
        auto buffer = std::make_shared<QByteArray>();
        QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket, buffer, connection] {
            *buffer += socket->readAll();
            while (take(*buffer, socket, connection)) {
            }
        });
    }

    bool take(QByteArray& buffer, QTcpSocket* socket, int connection) {
        const auto end = buffer.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        Seen request;
        request.head = buffer.left(end);
        const auto length = request.header("Content-Length").toInt();
        if (buffer.size() < end + 4 + length) {
            return false;
        }
        request.body = buffer.mid(end + 4, length);
        buffer.remove(0, end + 4 + length);
        const auto words = request.head.left(request.head.indexOf("\r\n")).split(' ');
        request.method = words.value(0);
        request.target = words.value(1);
        request.connection = connection;
        request.socket = socket;
        seen.push_back(request);
        seen.back().socket = nullptr;
        behaviour_(request);
        return true;
    }

    Behaviour behaviour_;
    QTcpServer server_;
    int connections_ = 0;
};

} // namespace sluice::testing
