#pragma once
#include <QObject>
#include <QString>

namespace sluice::screens {

/// Keeps the screen from going dark, by the desktop's org.freedesktop.ScreenSaver over D-Bus; without one, nothing.
/// Asked without waiting. The desktop takes it back by itself when the program ends. GUI thread.
class IdleInhibitor : public QObject {
    Q_OBJECT
public:
    explicit IdleInhibitor(QObject* parent = nullptr) : QObject(parent) {}
    ~IdleInhibitor() override;

    void inhibit(const QString& why);
    void release();
    bool inhibits() const { return cookie_ != 0; }

signals:
    void changed(); ///< the desktop has answered

private:
    bool wanted_ = false;
    uint cookie_ = 0;
};

} // namespace sluice::screens
