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
        const bool held = rc::check([](const std::vector<std::pair<std::uint16_t, std::int16_t>>& steps) {
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
        QVERIFY(held);
    }

    void what_has_caught_up_stays_live_however_slowly_it_played() {
        Desk desk;
        desk.time.seek(seconds(199));
        desk.time.set_speed(0.5);
        desk.time.play();
        desk.pass(seconds(2));
        QVERIFY(desk.time.mode() == Mode::live);
        for (int i = 1; i <= 10; ++i) { // the session goes on faster than one played
            desk.pass(seconds(1));
            desk.time.set_range(seconds(100), seconds(200 + i));
            QVERIFY(desk.time.mode() == Mode::live);
            QVERIFY(desk.time.behind() == Nanos{});
        }
    }

    void at_its_end_another_speed_does_not_start_it() {
        Desk desk;
        desk.time.set_over(true);
        desk.time.seek(seconds(199));
        desk.time.play();
        desk.pass(seconds(3));
        desk.time.set_speed(-4);
        desk.pass(seconds(3));
        QVERIFY(desk.time.mode() == Mode::paused);
        QVERIFY(desk.time.cursor() == seconds(200));
    }

    void a_loop_goes_round_data() {
        QTest::addColumn<int>("from");
        QTest::addColumn<double>("speed");
        QTest::addColumn<int>("real");
        QTest::addColumn<int>("at"); // the loop: 110 to 120
        QTest::addColumn<bool>("plays");
        QTest::newRow("within") << 112 << 1.0 << 5 << 117 << true;
        QTest::newRow("at its end") << 112 << 1.0 << 8 << 120 << true;
        QTest::newRow("past its end") << 112 << 1.0 << 13 << 115 << true;
        QTest::newRow("many times round") << 112 << 1000.0 << 100 << 112 << true;
        QTest::newRow("played into it") << 105 << 1.0 << 17 << 112 << true;
        QTest::newRow("begun behind it") << 125 << 1.0 << 10 << 135 << true;
        QTest::newRow("begun behind it, to the end") << 125 << 1.0 << 80 << 200 << false;
        QTest::newRow("backwards") << 112 << -1.0 << 5 << 117 << true;
        QTest::newRow("backwards into it") << 125 << -1.0 << 17 << 118 << true;
        QTest::newRow("backwards before it, to the begin") << 105 << -1.0 << 9 << 100 << false;
    }
    void a_loop_goes_round() {
        QFETCH(int, from);
        QFETCH(double, speed);
        QFETCH(int, real);
        QFETCH(int, at);
        QFETCH(bool, plays);
        Desk desk;
        desk.time.set_over(true);
        desk.time.seek(seconds(from));
        QVERIFY(desk.time.set_loop(TimeController::Loop{seconds(110), seconds(120)}));
        desk.time.set_speed(speed);
        desk.time.play();
        desk.pass(seconds(real));
        QCOMPARE(desk.time.cursor().count, seconds(at).count);
        QCOMPARE(desk.time.mode() == Mode::playing, plays);
        desk.time.set_loop({});
        QCOMPARE(desk.time.cursor().count, seconds(at).count);
    }

    void its_ends_are_set_one_by_one() {
        Desk desk;
        using Loop = TimeController::Loop;
        QVERIFY(!desk.time.loop_from(seconds(200))); // nothing lies behind
        QVERIFY(!desk.time.loop());
        QVERIFY(desk.time.loop_from(seconds(120)));
        QVERIFY(desk.time.loop() == (Loop{seconds(120), seconds(200)}));
        QVERIFY(desk.time.loop_to(seconds(150)));
        QVERIFY(desk.time.loop() == (Loop{seconds(120), seconds(150)}));
        QVERIFY(desk.time.loop_to(seconds(110))); // before its begin: that is the session's then
        QVERIFY(desk.time.loop() == (Loop{seconds(100), seconds(110)}));
        QVERIFY(desk.time.loop_from(seconds(150)));
        QVERIFY(desk.time.loop() == (Loop{seconds(150), seconds(200)}));
        QVERIFY(!desk.time.loop_to(seconds(50)));
        QVERIFY(desk.time.loop() == (Loop{seconds(150), seconds(200)}));
        QVERIFY(!desk.time.set_loop(Loop{seconds(150), seconds(150)}));
        QVERIFY(desk.time.mode() == Mode::live); // looking has not begun
    }

    /// Whatever is pressed: the cursor lies within the session, live is its end, and only time and a person's deed move
    /// it.
    void no_sequence_of_deeds_breaks_it() {
        const bool held = rc::check([](const std::vector<std::pair<std::uint8_t, std::uint16_t>>& deeds, bool over) {
            Desk desk;
            Nanos end = seconds(200);
            desk.time.set_over(over);
            for (const auto& [deed, size] : deeds) {
                auto& time = desk.time;
                const Nanos before = time.cursor();
                const Nanos some = seconds(90 + size % 120);
                bool moves = false;
                switch (deed % 11) {
                case 0:
                    time.play();
                    moves = true;
                    break;
                case 1:
                    time.pause();
                    break;
                case 2:
                    time.go_live();
                    moves = true;
                    break;
                case 3:
                    time.set_speed((size % 4000 - 2000) / 100.0);
                    break;
                case 4:
                    time.seek(some);
                    moves = true;
                    break;
                case 5:
                    time.loop_from(some);
                    break;
                case 6:
                    time.loop_to(some);
                    break;
                case 7:
                    time.set_loop({});
                    break;
                case 8:
                    desk.pass(milliseconds(size));
                    moves = time.mode() == Mode::playing || moves;
                    moves = true;
                    break;
                case 9:
                    end = over ? end : end + milliseconds(size);
                    moves = time.mode() == Mode::live;
                    time.set_range(seconds(100), end);
                    break;
                default:
                    time.move(seconds(size % 21 - 10));
                    moves = true;
                }
                const Nanos at = time.cursor();
                RC_ASSERT(at >= time.begin() && at <= time.end());
                RC_ASSERT(moves || at == before);
                RC_ASSERT(time.mode() != Mode::live || (!over && time.behind() == Nanos{}));
                RC_ASSERT(!time.loop() || (time.loop()->from < time.loop()->to && time.loop()->from >= time.begin() &&
                                           time.loop()->to <= time.end()));
            }
        });
        QVERIFY(held);
    }
};

SLUICE_TEST(TimeControllerTest)
#include "time_controller_test.moc"
