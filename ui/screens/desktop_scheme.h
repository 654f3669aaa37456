#pragma once
#include "theme/tokens.h"

#include <QDBusVariant>
#include <QObject>

namespace sluice::screens {

/// What the desktop prefers, by the portal's org.freedesktop.appearance color-scheme over D-Bus
/// (QStyleHints::colorScheme is Qt 6.5). Asked without waiting; dark until an answer says light, since this is looked
/// at at night. GUI thread.
class DesktopScheme : public QObject {
    Q_OBJECT
public:
    explicit DesktopScheme(QObject* parent = nullptr);
    theme::Scheme scheme() const { return scheme_; }

signals:
    void changed();

private slots:
    void setting_changed(const QString& space, const QString& key, const QDBusVariant& value);

private:
    void take(const QVariant& value);
    theme::Scheme scheme_ = theme::Scheme::dark;
};

} // namespace sluice::screens
