#include "net/qt_reach.h"

#include "net/tls.h"

#include <QDateTime>
#include <QNetworkProxy>
#include <QSslCertificate>
#include <QSslError>
#include <QSslSocket>
#include <QTimer>
#include <algorithm>
#include <fmt/format.h>

namespace sluice::net {

struct QtReach::Looking {
    ReachAsk ask;
    Done done;
    WorkId work = WorkId::none;
    QTimer* timer = nullptr;
    QSslSocket* socket = nullptr; ///< a plain one for tcp
    std::string distrust;         ///< why the certificate is not believed
    bool answered = false;

    std::string where() const {
        return ask.kind == ReachAsk::Kind::dns ? ask.host : fmt::format("{}:{}", ask.host, ask.port);
    }
};

namespace {

std::string first_of(const QStringList& names) {
    return names.isEmpty() ? std::string() : names.first().toStdString();
}

Error error_of(const QAbstractSocket& socket, const std::string& where, const std::string& distrust) {
    if (!distrust.empty()) {
        return {ErrorCode::unreachable, "the certificate is not believed: " + distrust, where, {}};
    }
    switch (socket.error()) {
    case QAbstractSocket::ConnectionRefusedError:
        return {ErrorCode::refused, "nobody listens there", where, {}};
    case QAbstractSocket::HostNotFoundError:
        return {ErrorCode::not_found, "there is no such name", where, {}};
    default:
        return {ErrorCode::unreachable, socket.errorString().toStdString(), where, {}};
    }
}

/// Whether it is the other side that refuses, or ours that refuses it: a name that is not found, no way there and an
/// answer that fails to come are neither.
bool says_no(const QAbstractSocket& socket, bool tls, const std::string& distrust) {
    const auto error = socket.error();
    return error == QAbstractSocket::ConnectionRefusedError ||
           (tls && (!distrust.empty() || error == QAbstractSocket::RemoteHostClosedError ||
                    error == QAbstractSocket::SslHandshakeFailedError));
}

Reached no_of(const Error& error) {
    Reached reached;
    reached.no = error.what;
    return reached;
}

} // namespace

void QtReach::ask(const ReachAsk& what, Done done) {
    auto looking = std::make_shared<Looking>();
    looking->ask = what;
    looking->done = std::move(done);
    looking->work = scheduler_.begin(what.key);
    looking->timer = new QTimer(&context_);
    looking->timer->setSingleShot(true);
    QObject::connect(looking->timer, &QTimer::timeout, &context_, [this, looking] {
        answer(looking, fail(ErrorCode::timed_out, "no answer in time", looking->where()));
    });
    looking->timer->start(static_cast<int>(std::max<std::int64_t>(1, what.timeout.count / 1'000'000)));
    if (what.kind == ReachAsk::Kind::dns) {
        look_up(looking);
    } else {
        connect(looking);
    }
}

void QtReach::look_up(const std::shared_ptr<Looking>& looking) {
    const auto& ask = looking->ask;
    names_.ask(ask.host, ask.family, [this, looking](Result<std::vector<std::string>> found) {
        if (found) {
            Reached reached;
            reached.addresses = *std::move(found);
            answer(looking, std::move(reached));
        } else if (looking->ask.takes_no && found.error().code == ErrorCode::not_found) {
            answer(looking, no_of(found.error()));
        } else {
            found.error().where = looking->where();
            answer(looking, failed(found));
        }
    });
}

void QtReach::connect(const std::shared_ptr<Looking>& looking) {
    auto* socket = looking->socket = new QSslSocket(&context_);
    socket->setProxy(QNetworkProxy::NoProxy);
    const bool tls = looking->ask.kind == ReachAsk::Kind::tls;
    QObject::connect(socket, &QAbstractSocket::errorOccurred, &context_, [this, looking, socket, tls] {
        const Error error = error_of(*socket, looking->where(), looking->distrust);
        if (looking->ask.takes_no && says_no(*socket, tls, looking->distrust)) {
            answer(looking, no_of(error));
        } else {
            answer(looking, tl::unexpected(error));
        }
    });
    const auto host = QString::fromStdString(looking->ask.host);
    const auto port = static_cast<quint16>(looking->ask.port);
    if (!tls) {
        QObject::connect(socket, &QAbstractSocket::connected, &context_,
                         [this, looking] { answer(looking, Reached{}); });
        socket->connectToHost(host, port);
        return;
    }
    QObject::connect(socket, &QSslSocket::sslErrors, &context_, [looking](const QList<QSslError>& errors) {
        looking->distrust = errors.isEmpty() ? "no reason given" : errors.first().errorString().toStdString();
    });
    QObject::connect(socket, &QSslSocket::encrypted, &context_, [this, looking, socket] {
        const QSslCertificate certificate = socket->peerCertificate();
        Reached reached;
        reached.subject = first_of(certificate.subjectInfo(QSslCertificate::CommonName));
        reached.issuer = first_of(certificate.issuerInfo(QSslCertificate::CommonName));
        reached.valid_until = seconds(certificate.expiryDate().toSecsSinceEpoch());
        answer(looking, std::move(reached));
    });
    QString name = host;
    if (looking->ask.tls) {
        const auto configuration = ssl_configuration(*looking->ask.tls);
        if (!configuration) {
            answer(looking, failed(configuration));
            return;
        }
        socket->setSslConfiguration(*configuration);
        name = looking->ask.tls->server_name.empty() ? host : QString::fromStdString(looking->ask.tls->server_name);
    }
    socket->connectToHostEncrypted(host, port, name);
}

void QtReach::answer(const std::shared_ptr<Looking>& looking, Result<Reached> result) {
    if (std::exchange(looking->answered, true)) {
        return;
    }
    looking->timer->deleteLater();
    if (looking->socket) {
        looking->socket->disconnect(&context_);
        looking->socket->abort();
        looking->socket->deleteLater();
    }
    scheduler_.finish(looking->work, [done = std::move(looking->done), result = std::move(result)]() mutable {
        done(std::move(result));
    });
}

} // namespace sluice::net
