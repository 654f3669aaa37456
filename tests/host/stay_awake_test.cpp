#include "host/stay_awake.h"

#include "support/suite.h"

#include <QDBusConnection>
#include <QDBusContext>
#include <QDBusMessage>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include <fcntl.h>
#include <memory>
#include <unistd.h>

using sluice::host::StayAwake;

/// Stands for systemd-logind on a bus of its own: hands out the writing end of a pipe, as the real one does.
class FakeLogind : public QObject, protected QDBusContext {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.login1.Manager")

public:
    QStringList asked;
    bool refuse = false;
    std::vector<int> reading;

    ~FakeLogind() override {
        for (const int end : reading) {
            ::close(end);
        }
    }
    /// Whether the n-th inhibitor that was given is still held by anybody.
    bool held(std::size_t n) const {
        char byte = 0;
        return ::read(reading.at(n), &byte, 1) < 0 && errno == EAGAIN;
    }

public slots:
    QDBusUnixFileDescriptor Inhibit(const QString& what, const QString& who, const QString& why, const QString& mode) {
        asked << what + "|" + who + "|" + why + "|" + mode;
        int ends[2] = {-1, -1};
        if (refuse || ::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
            sendErrorReply(QDBusError::AccessDenied, "Permission denied");
            return {};
        }
        reading.push_back(ends[0]);
        const QDBusUnixFileDescriptor inhibitor(ends[1]);
        ::close(ends[1]);
        return inhibitor;
    }
};

class StayAwakeTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    QProcess daemon_;
    QString address_;
    FakeLogind logind_;
    QStringList refused_;

    QDBusConnection bus(const QString& name) { return QDBusConnection::connectToBus(address_, name); }

    void offer() {
        auto service = bus("logind");
        QVERIFY(service.isConnected());
        QVERIFY(service.registerObject("/org/freedesktop/login1", &logind_, QDBusConnection::ExportAllSlots));
        QVERIFY(service.registerService("org.freedesktop.login1"));
    }
    std::unique_ptr<StayAwake> stay_awake() {
        return std::make_unique<StayAwake>(bus("session"), "a release is under way: s1",
                                           [this](const std::string& why) { refused_ << QString::fromStdString(why); });
    }

private slots:
    void initTestCase() {
        if (QStandardPaths::findExecutable("dbus-daemon").isEmpty()) {
            QFAIL("there is no dbus-daemon: ./dev test installs it (Debian: dbus-daemon)");
        }
        // A configuration of its own: no service is started by it, and none of the machine's is reached.
        QFile config(folder_.filePath("bus.conf"));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write(R"(<busconfig><type>session</type><listen>unix:dir=)" + folder_.path().toUtf8() +
                     R"(</listen><auth>EXTERNAL</auth><policy context="default"><allow send_destination="*"/>
                     <allow eavesdrop="true"/><allow own="*"/></policy></busconfig>)");
        config.close();
        daemon_.start("dbus-daemon", {"--config-file=" + config.fileName(), "--nofork", "--print-address"});
        QVERIFY(daemon_.waitForStarted());
        QVERIFY(daemon_.waitForReadyRead());
        address_ = QString::fromUtf8(daemon_.readLine()).trimmed();
        QVERIFY(address_.startsWith("unix:"));
    }
    void init() {
        refused_.clear();
        logind_.asked.clear();
        logind_.refuse = false;
    }
    void cleanup() {
        QDBusConnection::disconnectFromBus("logind");
        QDBusConnection::disconnectFromBus("session");
    }
    void cleanupTestCase() {
        daemon_.terminate();
        daemon_.waitForFinished();
    }

    void the_machine_is_kept_awake_until_it_is_let_go() {
        offer();
        auto awake = stay_awake();
        QTRY_VERIFY(awake->held());
        QCOMPARE(logind_.asked, QStringList{"sleep:idle|Sluice|a release is under way: s1|block"});
        const std::size_t last = logind_.reading.size() - 1;
        QVERIFY(logind_.held(last));
        awake.reset();
        QTRY_VERIFY(!logind_.held(last));
        QCOMPARE(refused_, QStringList());
    }

    void a_refusal_is_told() {
        logind_.refuse = true;
        offer();
        auto awake = stay_awake();
        QTRY_COMPARE(refused_, QStringList{"systemd-logind: Permission denied"});
        QVERIFY(!awake->held());
    }

    void it_asks_again_when_logind_comes() {
        auto awake = stay_awake();
        QTRY_COMPARE(refused_.size(), 1);
        QVERIFY2(refused_[0].startsWith("systemd-logind: "), qPrintable(refused_[0]));
        offer();
        QTRY_VERIFY(awake->held());
        QCOMPARE(refused_.size(), 1);
    }

    void without_a_bus_it_is_told() {
        const auto none = QDBusConnection::connectToBus("unix:path=" + folder_.filePath("none"), "none");
        StayAwake awake(none, "why", [this](const std::string& why) { refused_ << QString::fromStdString(why); });
        QTRY_COMPARE(refused_, QStringList{"there is no system bus"});
        QDBusConnection::disconnectFromBus("none");
    }
};

SLUICE_TEST(StayAwakeTest)
#include "stay_awake_test.moc"
