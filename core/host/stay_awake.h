#pragma once
#include <QDBusConnection>
#include <QDBusServiceWatcher>
#include <QDBusUnixFileDescriptor>
#include <QObject>

#include <functional>
#include <memory>
#include <string>

namespace sluice::host {

/// Keeps the machine from sleeping for as long as it lives: a "block" inhibitor of systemd-logind for sleep and for
/// what logind does when nobody types. It can't keep a closed lid or an empty battery from it.
///
/// Asks in the background, in the thread that made it; needs an event loop there. When logind starts anew, it is asked
/// again.
class StayAwake {
public:
    /// `why` is shown by `systemd-inhibit --list`. `refused` hears each time that it can't be had, with the reason.
    StayAwake(const QDBusConnection& bus, const std::string& why, std::function<void(const std::string&)> refused);
    StayAwake(const StayAwake&) = delete;

    bool held() const { return inhibitor_.isValid(); }

private:
    void ask();

    QDBusConnection bus_;
    QString why_;
    std::function<void(const std::string&)> refused_;
    QDBusUnixFileDescriptor inhibitor_;
    QDBusServiceWatcher logind_;
    QObject context_; ///< last, so that no answer comes to what is gone
};

/// A connection of our own to the system bus; not connected where there is none.
QDBusConnection system_bus();

} // namespace sluice::host
