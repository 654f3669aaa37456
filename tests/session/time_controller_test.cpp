#include "session/time_controller.h"

#include "support/suite.h"

#include <QtTest>
#include <rapidcheck.h>

using namespace sluice;
using sluice::session::TimeController;
using Mode = TimeController::Mode;

namespace {

struct Desk {
    Nanos clock;
    TimeController time{[this] { return clock; }};
    Desk() { time.set_range(seconds(100), seconds(200)); }
    void pass(Nanos real) { clock += real; }
};

} // namespace

class TimeControllerTest : public QObject {
    Q_OBJECT
private slots:
    void live_follows_the_end_and_a_seek_leaves_it() {
        Desk desk;
        QVERIFY(desk.time.mode() == Mode::live);
        QVERIFY(desk.time.cursor() == seconds(200));
        desk.time.set_range(seconds(100), seconds(210));
        QVERIFY(desk.time.cursor() == seconds(210));
        desk.time.move(seconds(-60));
        QVERIFY(desk.time.mode() == Mode::paused);
        desk.time.set_range(seconds(100), seconds(230)); // recording goes on
        QVERIFY(desk.time.cursor() == seconds(150));
        QVERIFY(desk.time.behind() == seconds(80));
        desk.time.go_live();
        QVERIFY(desk.time.mode() == Mode::live);
        QVERIFY(desk.time.behind() == seconds(0));
    }

    void playing_moves_with_the_clock_data() {
        QTest::addColumn<double>("speed");
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("real_ms");
        QTest::addColumn<int>("at_ms");
        QTest::newRow("as it was") << 1.0 << 120 << 5000 << 125'000;
        QTest::newRow("eight times") << 8.0 << 120 << 5000 << 160'000;
        QTest::newRow("slowly") << 0.1 << 120 << 5000 << 120'500;
        QTest::newRow("too slow is the slowest") << 0.0001 << 120 << 5000 << 120'500;
        QTest::newRow("backwards") << -2.0 << 120 << 5000 << 110'000;
        QTest::newRow("to the end, and not past it") << 1000.0 << 120 << 5000 << 200'000;
        QTest::newRow("faster than the fastest") << 1e9 << 100 << 10 << 110'000;
        QTest::newRow("to the begin, and not before it") << -1000.0 << 120 << 5000 << 100'000;
    }
    void playing_moves_with_the_clock() {
        QFETCH(double, speed);
        QFETCH(int, from);
        QFETCH(int, real_ms);
        QFETCH(int, at_ms);
        Desk desk;
        desk.time.set_over(true);
        desk.time.seek(seconds(from));
        desk.time.set_speed(speed);
        desk.time.play();
        desk.pass(milliseconds(real_ms));
        QCOMPARE(desk.time.cursor().count, milliseconds(at_ms).count);
        QCOMPARE(desk.time.mode() == Mode::paused, at_ms == 200'000 || at_ms == 100'000);
    }

    void what_plays_up_to_the_end_of_a_session_that_goes_on_is_live() {
        Desk desk;
        desk.time.seek(seconds(190));
        desk.time.set_speed(8);
        desk.time.play();
        desk.pass(seconds(2));
        QVERIFY(desk.time.mode() == Mode::live);
    }

    void play_at_the_end_begins_again() {
        Desk desk;
        desk.time.set_over(true);
        desk.time.go_live();
        QVERIFY(desk.time.mode() == Mode::paused);
        desk.time.play();
        desk.pass(seconds(3));
        QVERIFY(desk.time.cursor() == seconds(103));
        desk.time.toggle();
        desk.pass(seconds(3));
        QVERIFY(desk.time.cursor() == seconds(103));
    }

    void a_change_of_speed_does_not_move_the_cursor() {
        rc::check([](const std::vector<std::pair<std::uint16_t, std::int16_t>>& steps) {
            Desk desk;
            desk.time.set_over(true);
            desk.time.seek(seconds(150));
            desk.time.play();
            for (const auto& [passes, speed] : steps) {
                desk.pass(milliseconds(passes % 50));
                const Nanos before = desk.time.cursor();
                desk.time.set_speed(speed / 100.0);
                RC_ASSERT(desk.time.cursor() == before);
                RC_ASSERT(before >= desk.time.begin() && before <= desk.time.end());
            }
        });
    }

    void a_loop_goes_round_both_ways() {
        Desk desk;
        desk.time.set_over(true);
        desk.time.seek(seconds(110));
        desk.time.set_loop(std::pair(seconds(110), seconds(120)));
        desk.time.play();
        desk.pass(seconds(23));
        QVERIFY(desk.time.cursor() == seconds(113));
        QVERIFY(desk.time.mode() == Mode::playing);
        desk.time.set_speed(-1);
        desk.pass(seconds(5));
        QVERIFY(desk.time.cursor() == seconds(118));
    }
};

SLUICE_TEST(TimeControllerTest)
#include "time_controller_test.moc"
