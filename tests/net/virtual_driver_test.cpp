#include "net/virtual_driver.h"

#include "support/new_year.h"
#include "support/suite.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QtTest>
#include <ctime>

using namespace sluice;
using namespace sluice::net;
using sluice::testing::new_year;

class VirtualDriverTest : public QObject {
    Q_OBJECT
private slots:
    void a_day_of_timers_passes_at_once() {
        VirtualScheduler scheduler(new_year);
        VirtualDriver driver(scheduler);
        int fired = 0;
        std::function<void()> again = [&] {
            ++fired;
            scheduler.after(seconds(5), again);
        };
        scheduler.after(seconds(5), again);
        QVERIFY(driver.run_until([&] { return scheduler.now() >= new_year + hours(24); }));
        QVERIFY(fired >= 17'280);
    }

    void time_stands_still_while_work_is_in_flight() {
        VirtualScheduler scheduler(new_year);
        VirtualDriver driver(scheduler);
        QStringList order;
        const WorkId work = scheduler.begin("a");
        scheduler.after(seconds(1), [&] { order << "timer"; });
        QTimer::singleShot(30, this, [&] { scheduler.finish(work, [&] { order << "answer"; }); });
        QVERIFY(driver.run_until([&] { return order.size() == 2; }));
        QCOMPARE(order, (QStringList{"answer", "timer"}));
    }

    void no_processor_time_is_burnt_while_work_is_in_flight() {
        VirtualScheduler scheduler(new_year);
        VirtualDriver driver(scheduler);
        scheduler.begin("a");
        scheduler.after(seconds(1), [] {});
        const std::clock_t before = std::clock();
        QVERIFY(!driver.run_until([] { return false; }, std::chrono::milliseconds(200)));
        QVERIFY(std::clock() - before < CLOCKS_PER_SEC / 20);
        QCOMPARE(scheduler.now().count, new_year.count);
    }

    void what_a_step_caused_on_a_loopback_socket_is_heard_before_the_next_step() {
        VirtualScheduler scheduler(new_year);
        VirtualDriver driver(scheduler);
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::newConnection, &server, [&] {
            QTcpSocket* peer = server.nextPendingConnection();
            connect(peer, &QTcpSocket::readyRead, peer, [peer] { peer->write(peer->readAll()); });
        });
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, server.serverPort());
        QTRY_COMPARE(socket.state(), QAbstractSocket::ConnectedState);
        QStringList heard;
        connect(&socket, &QTcpSocket::readyRead, this, [&] {
            heard << QString("%1 at +%2").arg(socket.readAll().constData()).arg((scheduler.now() - new_year).seconds());
        });
        for (int i = 1; i <= 50; ++i) {
            scheduler.after(seconds(i), [&, i] { socket.write(QByteArray::number(i)); });
        }
        QVERIFY(driver.run_until([&] { return heard.size() == 50; }));
        for (int i = 1; i <= 50; ++i) {
            QCOMPARE(heard[i - 1], QString("%1 at +%1").arg(i));
        }
    }

    void speed_caps_the_pace() {
        VirtualScheduler scheduler(new_year);
        VirtualDriver driver(scheduler);
        driver.set_speed(100);
        for (int i = 1; i <= 10; ++i) {
            scheduler.after(seconds(i), [] {});
        }
        QElapsedTimer spent;
        spent.start();
        QVERIFY(driver.run_until([&] { return scheduler.now() >= new_year + seconds(10); }));
        QVERIFY2(spent.elapsed() >= 99, qPrintable(QString::number(spent.elapsed())));
        QCOMPARE(scheduler.now().count, (new_year + seconds(10)).count); // only the timers' times
    }

    void in_real_time_the_clock_moves_between_timers() {
        VirtualScheduler scheduler(new_year);
        VirtualDriver driver(scheduler);
        driver.real_time(true);
        bool fired = false;
        scheduler.after(hours(1), [&] { fired = true; });
        QElapsedTimer spent;
        spent.start();
        QVERIFY(driver.run_until([&] { return scheduler.now() >= new_year + milliseconds(150); }));
        QVERIFY(spent.elapsed() >= 149);
        QVERIFY(!fired);
        driver.real_time(false);
        QVERIFY(driver.run_until([&] { return fired; }));
        QCOMPARE(scheduler.now().count, (new_year + hours(1)).count);
    }

    void stopped_it_does_nothing() {
        VirtualScheduler scheduler(new_year);
        VirtualDriver driver(scheduler);
        bool fired = false;
        scheduler.after(seconds(1), [&] { fired = true; });
        for (int turn = 0; turn < 10; ++turn) {
            QCoreApplication::processEvents();
        }
        QVERIFY(!fired);
        driver.start();
        QTRY_VERIFY(fired);
    }
};

SLUICE_TEST(VirtualDriverTest)
#include "virtual_driver_test.moc"
