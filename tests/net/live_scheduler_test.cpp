#include "net/live_scheduler.h"

#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::net;

class LiveSchedulerTest : public QObject {
    Q_OBJECT
    Nanos wall_ = seconds(1'000'000);
    Nanos running_ = seconds(5);

    Clocks clocks() {
        return {[this] { return wall_; }, [this] { return running_; }, {}};
    }
    void pass(Nanos time) {
        wall_ += time;
        running_ += time;
    }

private slots:
    void timers_fire_in_the_order_of_their_instants_then_of_their_setting() {
        LiveScheduler scheduler;
        const Nanos start = scheduler.now();
        QStringList order;
        scheduler.at(start + milliseconds(20), [&] { order << "late"; });
        scheduler.at(start + milliseconds(5), [&] { order << "first"; });
        scheduler.at(start + milliseconds(5), [&] { order << "second"; });
        const TimerId cancelled = scheduler.at(start + milliseconds(1), [&] { order << "cancelled"; });
        scheduler.cancel(cancelled);
        QTRY_COMPARE(order, (QStringList{"first", "second", "late"}));
        QVERIFY(scheduler.now() >= start + milliseconds(20));
    }

    void a_timer_never_fires_before_its_instant() {
        LiveScheduler scheduler;
        const Nanos due = scheduler.now() + Nanos{3'400'000};
        Nanos fired;
        scheduler.at(due, [&] { fired = scheduler.now(); });
        QTRY_VERIFY(fired != Nanos{});
        QVERIFY(fired >= due);
    }

    void an_answer_is_delivered_from_the_event_loop_and_an_abandoned_one_never() {
        LiveScheduler scheduler;
        int delivered = 0;
        const WorkId work = scheduler.begin("a");
        const WorkId given_up = scheduler.begin("b");
        scheduler.finish(work, [&] { ++delivered; });
        scheduler.finish(work, [&] { ++delivered; });
        scheduler.abandon(given_up);
        scheduler.finish(given_up, [&] { ++delivered; });
        QCOMPARE(delivered, 0);
        bool behind_them = false;
        scheduler.finish(scheduler.begin("c"), [&] { behind_them = true; });
        QTRY_VERIFY(behind_them);
        QCOMPARE(delivered, 1);
    }

    void a_clock_set_back_does_not_stop_time() {
        LiveScheduler scheduler(clocks());
        const Nanos start = scheduler.now();
        wall_ += -seconds(3600);
        QCOMPARE(scheduler.now().count, start.count);
        pass(seconds(10));
        QCOMPARE(scheduler.now().count, (start + seconds(10)).count);
        QCOMPARE(scheduler.ahead_of_wall().count, seconds(3600).count);
        QVERIFY(scheduler.wall() == wall_); // by which answers of others are dated
        wall_ += seconds(3600);             // set right again
        pass(seconds(1));
        QCOMPARE(scheduler.now().count, (start + seconds(11)).count);
        QCOMPARE(scheduler.ahead_of_wall().count, 0);
    }

    void a_small_step_back_lets_it_stand_still() {
        LiveScheduler scheduler(clocks());
        pass(seconds(1));
        const Nanos before = scheduler.now();
        wall_ += -milliseconds(100);
        QCOMPARE(scheduler.now().count, before.count);
        pass(milliseconds(60));
        QCOMPARE(scheduler.now().count, before.count);
        pass(milliseconds(60));
        QCOMPARE(scheduler.now().count, (before + milliseconds(20)).count);
    }

    void jumps_are_told_data() {
        QTest::addColumn<qint64>("by");
        QTest::newRow("forward") << qint64{seconds(90).count};
        QTest::newRow("back") << qint64{-seconds(90).count};
    }
    void jumps_are_told() {
        QFETCH(qint64, by);
        LiveScheduler scheduler(clocks());
        std::vector<ClockJump> told;
        scheduler.on_clock_jump([&](const ClockJump& jump) { told.push_back(jump); });
        wall_ += Nanos{by};
        QTRY_COMPARE(told.size(), std::size_t{1});
        QCOMPARE(told[0].by.count, by);
        QCOMPARE(told[0].slept.count, 0);
    }
    void who_uses_the_time_has_a_jump_told_first() {
        LiveScheduler scheduler(clocks());
        std::vector<ClockJump> told;
        scheduler.on_clock_jump([&](const ClockJump& jump) {
            scheduler.tell_jump(); // who is told uses the time as well
            told.push_back(jump);
        });
        scheduler.tell_jump();
        QVERIFY(told.empty());
        wall_ += minutes(3);
        (void)scheduler.now();
        scheduler.tell_jump(); // no event loop has turned
        QCOMPARE(told.size(), std::size_t{1});
        QCOMPARE(told[0].by.count, minutes(3).count);
        scheduler.tell_jump();
        QCOMPARE(told.size(), std::size_t{1});
    }
    void a_suspended_machine_is_told_from_a_clock_that_was_set() {
        Nanos asleep = hours(3); // before the program was started
        LiveScheduler scheduler(
            {[this] { return wall_; }, [this] { return running_; }, [&] { return running_ + asleep; }});
        std::vector<ClockJump> told;
        scheduler.on_clock_jump([&](const ClockJump& jump) { told.push_back(jump); });
        pass(seconds(5));
        wall_ += minutes(12);
        asleep += minutes(12);
        QTRY_COMPARE(told.size(), std::size_t{1});
        QCOMPARE(told[0].by.count, minutes(12).count);
        QCOMPARE(told[0].slept.count, minutes(12).count);
        wall_ += minutes(1);
        QTRY_COMPARE(told.size(), std::size_t{2});
        QCOMPARE(told[1].slept.count, 0);
    }
};

SLUICE_TEST(LiveSchedulerTest)
#include "live_scheduler_test.moc"
