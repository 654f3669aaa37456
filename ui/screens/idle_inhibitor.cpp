#include "screens/idle_inhibitor.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace sluice::screens {
namespace {

QDBusMessage call(const char* method) {
    return QDBusMessage::createMethodCall("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver",
                                          "org.freedesktop.ScreenSaver", method);
}

} // namespace

IdleInhibitor::~IdleInhibitor() {
    release();
}

void IdleInhibitor::inhibit(const QString& why) {
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (wanted_ || !bus.isConnected()) {
        return;
    }
    wanted_ = true;
    auto message = call("Inhibit");
    message << QStringLiteral("sluice") << why;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(message), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* done) {
        const QDBusPendingReply<uint> reply = *done;
        cookie_ = reply.isValid() ? reply.value() : 0;
        done->deleteLater();
        if (!wanted_) { // released before the answer came
            release();
        }
        emit changed();
    });
}

void IdleInhibitor::release() {
    wanted_ = false;
    if (cookie_ != 0) {
        auto message = call("UnInhibit");
        message << cookie_;
        cookie_ = 0;
        QDBusConnection::sessionBus().asyncCall(message);
    }
}

} // namespace sluice::screens
