#include "host/keychain.h"

#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusConnectionInterface>
#include <QDBusMessage>
#include <QDBusReply>
#include <QDBusVariant>
#include <QFutureWatcher>
#include <QPromise>
#include <QThread>
#include <QTimer>
#include <fmt/format.h>
#include <functional>
#include <memory>
#include <optional>
#include <qt6keychain/keychain.h>

namespace sluice::host::keychain {
namespace {

/// qtkeychain queues its jobs in an object that belongs to the thread that was first to ask, for ever. So one thread
/// asks, whichever sessions come and go.
class Desk {
public:
    static Desk& instance() {
        static Desk desk;
        return desk;
    }

    template <typename F>
    void ask(F question) {
        QMetaObject::invokeMethod(&context_, std::move(question), Qt::QueuedConnection);
    }

private:
    Desk() {
        context_.moveToThread(&thread_);
        thread_.start();
        qAddPostRoutine([] { instance().stop(); });
    }
    ~Desk() { stop(); }

    void stop() {
        thread_.quit();
        thread_.wait(2000); // a call over D-Bus may wait for somebody who is gone
    }

    QThread thread_;
    QObject context_;
};

/// The Secret Service's standing on the session bus.
/// See https://specifications.freedesktop.org/secret-service-spec/latest/ (Collection.Locked, the alias `default`).
enum class Service { absent, locked, open };

Service service() {
    static const QString name = QStringLiteral("org.freedesktop.secrets");
    const QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected() || !bus.interface()->isServiceRegistered(name)) {
        return Service::absent;
    }
    auto call =
        QDBusMessage::createMethodCall(name, QStringLiteral("/org/freedesktop/secrets/aliases/default"),
                                       QStringLiteral("org.freedesktop.DBus.Properties"), QStringLiteral("Get"));
    call << QStringLiteral("org.freedesktop.Secret.Collection") << QStringLiteral("Locked");
    const QDBusReply<QDBusVariant> locked = bus.call(call, QDBus::Block, 5000);
    return locked.isValid() && locked.value().variant().toBool() ? Service::locked : Service::open;
}

Error why(const QKeychain::Job& job, const SecretReference& reference) {
    const std::string where = to_text(reference);
    switch (job.error()) {
    case QKeychain::EntryNotFound:
        // libsecret tells nothing else when nobody unlocks it: no prompter runs, or its window was closed.
        if (service() == Service::locked) {
            return {ErrorCode::refused, "the keychain is locked, and nobody has unlocked it", where,
                    "unlock it, and try again"};
        }
        return {ErrorCode::not_found, "the keychain has no such entry", where,
                fmt::format("store it: sluicectl secrets --store '{}'", where)};
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied:
        return {ErrorCode::refused, "the keychain was not opened", where, "unlock it, and allow it when asked"};
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
        break;
    default:
        if (service() == Service::absent) {
            break;
        }
        return {ErrorCode::unreachable, "the keychain does not answer: " + job.errorString().toStdString(), where,
                "is it running, with a D-Bus session? Or use env:, file: or vault:"};
    }
    return {ErrorCode::unreachable, "no keychain runs on this desk", where,
            "start GNOME Keyring, KWallet or another Secret Service, or use env:, file: or vault:"};
}

/// Calls `done` in this thread with what comes from the other one, or when time is up.
template <typename T>
void await(const QFuture<T>& future, Nanos within, const SecretReference& reference,
           std::function<void(std::optional<Error>, const T*)> done) {
    auto* watcher = new QFutureWatcher<T>;
    auto* deadline = new QTimer(watcher);
    deadline->setSingleShot(true);
    QObject::connect(watcher, &QFutureWatcherBase::finished, watcher, [watcher, done] {
        watcher->deleteLater();
        const T result = watcher->result();
        done({}, &result);
    });
    QObject::connect(deadline, &QTimer::timeout, watcher, [watcher, done, within, reference] {
        watcher->disconnect();
        watcher->deleteLater();
        done(Error{ErrorCode::timed_out, fmt::format("the keychain did not answer within {:.0f} s", within.seconds()),
                   to_text(reference), "is it waiting to be unlocked?"},
             nullptr);
    });
    watcher->setFuture(future);
    deadline->start(static_cast<int>(within.count / 1'000'000));
}

} // namespace

void read(const SecretReference& reference, const SecretFound& found, Nanos within) {
    using Answer = std::shared_ptr<Result<Secret>>;
    const auto promise = std::make_shared<QPromise<Answer>>();
    promise->start();
    await<Answer>(promise->future(), within, reference, [found](std::optional<Error> error, const Answer* answer) {
        found(error ? tl::unexpected(*error) : std::move(**answer));
    });
    Desk::instance().ask([reference, promise] {
        auto* job = new QKeychain::ReadPasswordJob(QString::fromStdString(reference.name));
        job->setKey(QString::fromStdString(reference.part));
        QObject::connect(job, &QKeychain::Job::finished, job, [job, reference, promise] {
            auto answer = std::make_shared<Result<Secret>>(tl::unexpected(Error{}));
            if (job->error() != QKeychain::NoError) {
                *answer = tl::unexpected(why(*job, reference));
            } else {
                QByteArray bytes = job->binaryData();
                *answer = Secret(bytes.toStdString());
                bytes.fill('\0');
            }
            promise->addResult(answer);
            promise->finish();
        });
        job->start();
    });
}

void store(const SecretReference& reference, Secret secret, std::function<void(Result<void>)> done, Nanos within) {
    using Answer = std::shared_ptr<Result<void>>;
    const auto promise = std::make_shared<QPromise<Answer>>();
    promise->start();
    await<Answer>(promise->future(), within, reference,
                  [done = std::move(done)](std::optional<Error> error, const Answer* answer) {
                      done(error ? tl::unexpected(*error) : **answer);
                  });
    Desk::instance().ask([reference, promise, secret = std::move(secret)] {
        auto* job = new QKeychain::WritePasswordJob(QString::fromStdString(reference.name));
        job->setKey(QString::fromStdString(reference.part));
        job->setTextData(QString::fromStdString(secret.reveal()));
        QObject::connect(job, &QKeychain::Job::finished, job, [job, reference, promise] {
            promise->addResult(std::make_shared<Result<void>>(
                job->error() == QKeychain::NoError ? Result<void>() : tl::unexpected(why(*job, reference))));
            promise->finish();
        });
        job->start();
    });
}

} // namespace sluice::host::keychain
