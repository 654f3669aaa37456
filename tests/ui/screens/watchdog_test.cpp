#include "screens/watchdog.h"

#include "support/suite.h"

#include <QElapsedTimer>
#include <QtTest>

using namespace sluice::screens;

namespace {

/// The GUI thread does something and does not come back.
void busy(int ms) {
    QElapsedTimer spent;
    spent.start();
    while (spent.elapsed() < ms) {
    }
}

/// Real time, since that is what is measured. A machine under load may hold up anybody: a span without a stall is
/// looked for, a few times.
bool idle_without_a_stall() {
    for (int attempt = 0; attempt < 5; ++attempt) {
        const Watchdog watchdog;
        QTest::qWait(300);
        if (watchdog.stalls() == 0) {
            return true;
        }
    }
    return false;
}

} // namespace

class WatchdogTest : public QObject {
    Q_OBJECT

private slots:
    void a_loop_that_is_come_back_to_is_not_counted() { QVERIFY(idle_without_a_stall()); }

    void work_that_takes_too_long_is_counted_once_with_its_length() {
        const Watchdog watchdog;
        QTest::qWait(50);
        const int before = watchdog.stalls();
        busy(400); // on a busy machine the thread that asks comes late
        QTRY_VERIFY_WITH_TIMEOUT(watchdog.stalls() > before, 1000);
        QVERIFY2(watchdog.longest_ms() >= 100, qPrintable(watchdog.text()));
        QVERIFY(watchdog.text().contains(QString::number(watchdog.longest_ms())));
    }

    void it_says_that_there_was_none() {
        const Watchdog watchdog;
        if (watchdog.stalls() == 0) {
            QCOMPARE(watchdog.text(), "no stall over 50 ms");
            QCOMPARE(watchdog.longest_ms(), 0);
        }
    }

    void it_ends_at_once_even_while_it_asks() {
        for (int i = 0; i < 20; ++i) {
            const Watchdog watchdog;
        }
    }
};

SLUICE_TEST(WatchdogTest)
#include "watchdog_test.moc"
