#include "base/virtual_scheduler.h"

#include "support/suite.h"

#include <QStringList>
#include <QtTest>

using namespace sluice;

class VirtualSchedulerTest : public QObject {
    Q_OBJECT
private slots:
    void timers_fire_in_the_order_of_time_then_of_setting() {
        VirtualScheduler clock(seconds(100));
        QStringList said;
        const auto say = [&](const char* what) {
            return [&said, what, &clock] { said << QString("%1@%2").arg(what).arg(clock.now().seconds()); };
        };
        (void)clock.at(seconds(103), say("c"));
        (void)clock.at(seconds(101), say("a"));
        (void)clock.at(seconds(103), say("d"));
        (void)clock.after(seconds(2), say("b"));
        (void)clock.at(seconds(5), say("past")); // as soon as it can
        QCOMPARE(clock.next_timer().count, seconds(100).count);
        clock.run_until(seconds(200));
        QCOMPARE(said.join(' '), "past@100 a@101 b@102 c@103 d@103");
        QCOMPARE(clock.now().count, seconds(200).count);
        QCOMPARE(clock.next_timer().count, INT64_MAX);
    }

    void time_does_not_pass_a_limit_nor_go_back() {
        VirtualScheduler clock(seconds(0));
        int fired = 0;
        (void)clock.at(seconds(10), [&] { ++fired; });
        QVERIFY(!clock.step(seconds(9)));
        QCOMPARE(clock.now().count, 0);
        clock.run_until(seconds(9));
        clock.run_until(seconds(3));
        QCOMPARE(clock.now().count, seconds(9).count);
        QVERIFY(clock.step(seconds(10)));
        QCOMPARE(fired, 1);
        QVERIFY(!clock.step());
    }

    void a_cancelled_timer_does_not_fire() {
        VirtualScheduler clock(seconds(0));
        int fired = 0;
        const TimerId timer = clock.after(seconds(1), [&] { ++fired; });
        const TimerId other = clock.after(seconds(1), [&] { ++fired; });
        clock.cancel(timer);
        clock.cancel(timer);
        clock.cancel(TimerId::none);
        clock.run_until(seconds(2));
        QCOMPARE(fired, 1);
        clock.cancel(other); // it has fired
        QCOMPARE(fired, 1);
    }

    void a_timer_may_set_and_cancel_timers() {
        VirtualScheduler clock(seconds(0));
        QStringList said;
        TimerId victim = clock.after(seconds(2), [&] { said << "victim"; });
        (void)clock.after(seconds(1), [&] {
            clock.cancel(victim);
            (void)clock.after(seconds(1), [&] { said << "second"; });
            (void)clock.after({}, [&] { said << "at once"; });
        });
        clock.run_until(seconds(5));
        QCOMPARE(said.join(", "), "at once, second");
    }

    void work_in_flight_holds_the_clock() {
        VirtualScheduler clock(seconds(0));
        QStringList said;
        (void)clock.after(seconds(1), [&] { said << "timer"; });
        const WorkId work = clock.begin("s/a/1");
        QVERIFY(clock.in_flight());
        QVERIFY(!clock.step());
        clock.finish(work, [&] { said << QString("answer@%1").arg(clock.now().seconds()); });
        QVERIFY(clock.has_answers());
        QVERIFY(!clock.in_flight());
        clock.finish(work, [&] { said << "twice"; }); // it is over
        while (clock.step()) {
        }
        QCOMPARE(said.join(", "), "answer@0, timer");
    }

    void answers_that_are_ready_together_come_in_the_order_of_their_keys_data() {
        QTest::addColumn<QString>("order"); // in which they finish
        for (const char* order : {"abc", "acb", "bac", "bca", "cab", "cba"}) {
            QTest::newRow(order) << order;
        }
    }
    void answers_that_are_ready_together_come_in_the_order_of_their_keys() {
        QFETCH(QString, order);
        VirtualScheduler clock(seconds(0));
        std::map<QChar, WorkId> work;
        for (const QChar key : order) {
            work[key] = clock.begin(QString(key).toStdString());
        }
        QString said;
        for (const QChar key : order) {
            QVERIFY(!clock.step()); // not before the last has finished
            clock.finish(work[key], [&said, key] { said += key; });
        }
        QVERIFY(clock.step());
        QCOMPARE(said, "abc");
    }

    void what_an_answer_finishes_is_of_the_next_round() {
        VirtualScheduler clock(seconds(0));
        QStringList said;
        const WorkId first = clock.begin("b");
        clock.finish(first, [&] {
            said << "b";
            const WorkId next = clock.begin("a");
            clock.finish(next, [&] { said << "a"; });
        });
        QVERIFY(clock.step());
        QCOMPARE(said.join(' '), "b");
        QVERIFY(clock.step());
        QCOMPARE(said.join(' '), "b a");
    }

    void abandoned_work_answers_nothing_and_holds_nothing() {
        VirtualScheduler clock(seconds(0));
        int said = 0;
        const WorkId work = clock.begin("a");
        clock.abandon(work);
        clock.abandon(work);
        QVERIFY(!clock.in_flight());
        clock.finish(work, [&] { ++said; });
        QVERIFY(!clock.step());
        QCOMPARE(said, 0);
    }

    void an_answer_that_the_range_delays_is_a_timer_not_work() {
        VirtualScheduler clock(seconds(0));
        QStringList said;
        const WorkId work = clock.begin("s/a/1");
        clock.park("s/a/1");
        clock.park("s/a/1"); // no more than once
        QVERIFY(!clock.in_flight());
        (void)clock.after(seconds(5), [&] {
            clock.resume("s/a/1");
            said << "resumed";
        });
        (void)clock.after(seconds(6), [&] { said << "later"; });
        QVERIFY(clock.step());
        QVERIFY(clock.in_flight()); // until the client has read it
        QVERIFY(!clock.step());
        clock.finish(work, [&] { said << QString("answer@%1").arg(clock.now().seconds()); });
        while (clock.step()) {
        }
        QCOMPARE(said.join(", "), "resumed, answer@5, later");
    }

    void parked_work_may_be_given_up_and_unknown_keys_are_ignored() {
        VirtualScheduler clock(seconds(0));
        const WorkId work = clock.begin("a");
        clock.park("b");
        clock.resume("a"); // it was not parked
        QVERIFY(clock.in_flight());
        clock.park("a");
        clock.abandon(work);
        clock.resume("a");
        QVERIFY(!clock.in_flight());
        const WorkId next = clock.begin("a");
        QVERIFY(clock.in_flight());
        clock.abandon(next);
        QVERIFY(!clock.in_flight());
    }
};

SLUICE_TEST(VirtualSchedulerTest)
#include "virtual_scheduler_test.moc"
