/// That the screen does not go dark while the wall is open: asked of a desktop of our own, on a bus of our own.
#include "patience.h"
#include "screens/wall_display.h"
#include "support/suite.h"
#include "theme/apply.h"

#include <QApplication>
#include <QDBusConnection>
#include <QProcess>
#include <QScreen>
#include <QtTest>

using namespace sluice;
using testing::patience_ms;

namespace {

/// What desktops offer as org.freedesktop.ScreenSaver.
class ScreenSaver : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.ScreenSaver")

public:
    std::map<uint, QString> held;
    uint last = 40;

public slots:
    uint Inhibit(const QString& program, const QString& why) {
        held[++last] = program + ": " + why;
        return last;
    }
    void UnInhibit(uint cookie) { held.erase(cookie); }
};

} // namespace

class IdleTest : public QObject {
    Q_OBJECT
    QProcess bus_;
    ScreenSaver saver_;

private slots:
    void initTestCase() {
        bus_.start("dbus-daemon", {"--session", "--nofork", "--print-address"});
        if (!bus_.waitForStarted()) {
            QFAIL("there is no dbus-daemon: ./dev test installs it (Debian: dbus-daemon)");
        }
        QVERIFY(bus_.waitForReadyRead(patience_ms));
        const QString address = QString::fromUtf8(bus_.readLine()).trimmed();
        QVERIFY(!address.isEmpty());
        qputenv("DBUS_SESSION_BUS_ADDRESS", address.toUtf8()); // before anybody asks for the session's bus
        auto desktop = QDBusConnection::connectToBus(address, "desktop");
        QVERIFY(desktop.isConnected());
        QVERIFY(desktop.registerObject("/org/freedesktop/ScreenSaver", &saver_, QDBusConnection::ExportAllSlots));
        QVERIFY(desktop.registerService("org.freedesktop.ScreenSaver"));
        theme::apply(*qApp, theme::Scheme::dark);
    }

    void cleanupTestCase() {
        QDBusConnection::disconnectFromBus("desktop");
        bus_.kill();
        bus_.waitForFinished();
    }

    void the_screen_stays_on_as_long_as_the_wall_is_open() {
        screens::WallDisplay wall;
        QVERIFY(saver_.held.empty());
        wall.open(*QGuiApplication::primaryScreen());
        QVERIFY(QTest::qWaitFor([&] { return saver_.held.size() == 1; }, patience_ms));
        QVERIFY(saver_.held.begin()->second.startsWith("sluice: "));
        wall.open(*QGuiApplication::primaryScreen()); // moved
        QCOMPARE(saver_.last, 41U);                   // not asked again
        QTest::keyClick(wall.wall(), Qt::Key_F11);
        QVERIFY(QTest::qWaitFor([&] { return saver_.held.empty(); }, patience_ms));
        QVERIFY(!wall.is_open());
    }

    void a_wall_that_closes_before_the_answer_holds_nothing() {
        {
            screens::WallDisplay wall;
            wall.open(*QGuiApplication::primaryScreen());
            wall.close();
            QVERIFY(QTest::qWaitFor([&] { return saver_.last == 42 && saver_.held.empty(); }, patience_ms));
        }
    }
};

SLUICE_TEST(IdleTest)
#include "idle_test.moc"
