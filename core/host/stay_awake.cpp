#include "host/stay_awake.h"

#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace sluice::host {
namespace {

constexpr const char* logind = "org.freedesktop.login1";

} // namespace

StayAwake::StayAwake(const QDBusConnection& bus, const std::string& why,
                     std::function<void(const std::string&)> refused)
    : bus_(bus), why_(QString::fromStdString(why)), refused_(std::move(refused)) {
    if (!bus_.isConnected()) {
        QMetaObject::invokeMethod(
            &context_, [this] { refused_("there is no system bus"); }, Qt::QueuedConnection);
        return;
    }
    logind_.setConnection(bus_);
    logind_.setWatchMode(QDBusServiceWatcher::WatchForRegistration);
    logind_.addWatchedService(QString::fromLatin1(logind));
    QObject::connect(&logind_, &QDBusServiceWatcher::serviceRegistered, &context_, [this] { ask(); });
    ask();
}

void StayAwake::ask() {
    auto call =
        QDBusMessage::createMethodCall(QString::fromLatin1(logind), QStringLiteral("/org/freedesktop/login1"),
                                       QStringLiteral("org.freedesktop.login1.Manager"), QStringLiteral("Inhibit"));
    call << QStringLiteral("sleep:idle") << QStringLiteral("Sluice") << why_ << QStringLiteral("block");
    auto* answer = new QDBusPendingCallWatcher(bus_.asyncCall(call), &context_);
    QObject::connect(answer, &QDBusPendingCallWatcher::finished, &context_, [this, answer] {
        answer->deleteLater();
        const QDBusPendingReply<QDBusUnixFileDescriptor> reply = *answer;
        if (reply.isValid() && reply.value().isValid()) {
            inhibitor_ = reply.value();
        } else {
            refused_("systemd-logind: " + reply.error().message().toStdString());
        }
    });
}

QDBusConnection system_bus() {
    return QDBusConnection::connectToBus(QDBusConnection::SystemBus, QStringLiteral("sluice-stay-awake"));
}

} // namespace sluice::host
