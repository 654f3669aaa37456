#include "fake_server.h"
#include "net/qt_http_client.h"
#include "net/virtual_driver.h"
#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>
#include <random>

using namespace sluice;
using namespace sluice::net;
using namespace sluice::testing;

/// What a rehearsal rests on: the order of outcomes is not that of the network.
class HttpOrderTest : public QObject {
    Q_OBJECT
private slots:
    void answers_come_in_the_order_of_keys_at_one_virtual_time_data() {
        QTest::addColumn<unsigned>("seed");
        for (unsigned seed = 1; seed <= 5; ++seed) {
            QTest::addRow("seed %u", seed) << seed;
        }
    }
    void answers_come_in_the_order_of_keys_at_one_virtual_time() {
        QFETCH(unsigned, seed);
        std::mt19937 random(seed);
        FakeServer server([&](const Seen& seen) {
            QTimer::singleShot(static_cast<int>(random() % 20), seen.socket,
                               [socket = seen.socket] { socket->write(answer(200, "")); });
        });
        VirtualScheduler scheduler(new_year);
        VirtualDriver driver(scheduler);
        QtHttpClient client(scheduler);
        QStringList order;
        const QStringList keys{"d", "b", "e", "a", "c"};
        scheduler.after(seconds(1), [&] {
            for (const QString& key : keys) {
                HttpRequest request;
                request.method = key == "a" || key == "d" ? "PATCH" : "GET";
                request.url = server.url("/" + key.toStdString());
                request.key = key.toStdString();
                client.send(request, [&, key](Result<HttpResponse> result) {
                    QVERIFY(result);
                    order << QString("%1 +%2").arg(key).arg((scheduler.now() - new_year).seconds());
                });
            }
        });
        scheduler.after(seconds(2), [&] { order << "timer"; });
        QVERIFY(driver.run_until([&] { return order.size() == 6; }));
        QCOMPARE(order, (QStringList{"a +1", "b +1", "c +1", "d +1", "e +1", "timer"}));
    }

    void an_answer_delayed_on_purpose_comes_when_its_virtual_timer_says() {
        VirtualScheduler scheduler(new_year);
        FakeServer server([&](const Seen& seen) {
            const std::string key = seen.header("X-Request-Id").toStdString();
            scheduler.after(seconds(5), [&scheduler, key, socket = seen.socket] {
                scheduler.resume(key);
                socket->write(answer(200, "late"));
            });
            scheduler.park(key);
        });
        VirtualDriver driver(scheduler);
        QtHttpClient client(scheduler);
        QStringList order;
        HttpRequest request;
        request.url = server.url("/x");
        request.key = "poll";
        client.send(request, [&](Result<HttpResponse> result) {
            QVERIFY(result);
            order << QString("answer +%1").arg((scheduler.now() - new_year).seconds());
        });
        scheduler.after(seconds(3), [&] { order << "+3"; });
        scheduler.after(seconds(7), [&] { order << "+7"; });
        QVERIFY(driver.run_until([&] { return order.size() == 3; }));
        QCOMPARE(order, (QStringList{"+3", "answer +5", "+7"}));
    }

    void a_deadline_is_virtual() {
        VirtualScheduler scheduler(new_year);
        FakeServer server([&](const Seen& seen) { scheduler.park(seen.header("X-Request-Id").toStdString()); });
        VirtualDriver driver(scheduler);
        QtHttpClient client(scheduler);
        std::optional<Error> error;
        HttpRequest request;
        request.method = "POST";
        request.url = server.url("/x");
        request.key = "act";
        request.timeout = minutes(10);
        client.send(request, [&](Result<HttpResponse> result) { error = result.error(); });
        QVERIFY(driver.run_until([&] { return error.has_value(); }));
        QCOMPARE(error->code, ErrorCode::timed_out);
        QCOMPARE(scheduler.now().count, (new_year + minutes(10)).count);
    }

    void a_thousand_polls_are_quick() {
        FakeServer server([&](const Seen& seen) { seen.socket->write(answer(200, "x")); });
        VirtualScheduler scheduler(new_year);
        VirtualDriver driver(scheduler);
        QtHttpClient client(scheduler);
        int answers = 0;
        std::function<void()> poll = [&] {
            HttpRequest request;
            request.url = server.url("/x");
            request.key = "poll";
            client.send(request, [&](auto&&) {
                ++answers;
                scheduler.after(seconds(5), poll);
            });
        };
        poll();
        QElapsedTimer spent;
        spent.start();
        QVERIFY(driver.run_until([&] { return answers == 1000; }));
        qInfo("%.3f ms an exchange", static_cast<double>(spent.nsecsElapsed()) / 1e9);
        QCOMPARE(scheduler.now().count, (new_year + seconds(5 * 999)).count);
    }
};

SLUICE_TEST(HttpOrderTest)
#include "http_order_test.moc"
