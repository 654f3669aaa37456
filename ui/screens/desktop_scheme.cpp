#include "screens/desktop_scheme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace sluice::screens {
namespace {

const QString service = QStringLiteral("org.freedesktop.portal.Desktop");
const QString path = QStringLiteral("/org/freedesktop/portal/desktop");
const QString interface = QStringLiteral("org.freedesktop.portal.Settings");
const QString space = QStringLiteral("org.freedesktop.appearance");
const QString key = QStringLiteral("color-scheme");

} // namespace

DesktopScheme::DesktopScheme(QObject* parent) : QObject(parent) {
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        return;
    }
    bus.connect(service, path, interface, "SettingChanged", this,
                SLOT(setting_changed(QString, QString, QDBusVariant)));
    auto call = QDBusMessage::createMethodCall(service, path, interface, "Read");
    call << space << key;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call, 2000), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* done) {
        const QDBusPendingReply<QDBusVariant> reply = *done;
        if (reply.isValid()) {
            take(reply.value().variant());
        }
        done->deleteLater();
    });
}

void DesktopScheme::setting_changed(const QString& in_space, const QString& of_key, const QDBusVariant& value) {
    if (in_space == space && of_key == key) {
        take(value.variant());
    }
}

// 0 no preference, 1 dark, 2 light; Read wraps it in a second variant.
void DesktopScheme::take(const QVariant& value) {
    const QVariant inner = value.canConvert<QDBusVariant>() ? value.value<QDBusVariant>().variant() : value;
    const auto scheme = inner.toUInt() == 2 ? theme::Scheme::light : theme::Scheme::dark;
    if (scheme != scheme_) {
        scheme_ = scheme;
        emit changed();
    }
}

} // namespace sluice::screens
