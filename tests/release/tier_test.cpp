/// Important gates of a hold: clocks of their own beside the hold's.
#include "driver.h"
#include "release/hold_clocks.h"
#include "support/suite.h"

#include <QtTest>
#include <random>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

/// Lag is critical, errors are important.
Driver hold(const std::string& how, const std::string& important = "for: 20s") {
    return Driver(plan_with("phases:\n  - id: main\n    steps:\n      - {id: bake, hold: {" + how +
                            "}, gates: [{metric: lag, must: '< 10'}, {metric: errors, must: '< 1%', tier: important" +
                            (important.empty() ? "" : ", " + important) +
                            "}]}\n      - {id: after, confirm: After}\n"));
}

GateReading reading(const std::string& gate, const std::string& arm, char letter) {
    GateReading one;
    one.gate = gate;
    one.arm = arm;
    one.verdict = letter == 'p'   ? "pass"
                  : letter == 'f' ? "fail"
                  : letter == 'i' ? "inconclusive"
                  : letter == 'e' ? "source-error"
                                  : "no-data";
    return one;
}

/// One letter for each gate: p pass, f fail, n no data, e source error, i inconclusive.
void read(Driver& drive, char lag, char errors) {
    (void)drive.submit(GateReadings{"bake", {reading("lag", "", lag), reading("errors", "blue", errors)}},
                       drill::engine);
}

const GateState& errors(const Driver& drive) {
    return drive.release.at("bake").gates.at("errors/blue");
}

double own(const Driver& drive) {
    return errors(drive).own.held_at(drive.now).seconds();
}

constexpr int poll = 10; // seconds

/// Counted from scratch at each reading: how long a gate has held since its last breach, in which nothing counts that
/// is no evidence.
int held_until(const std::string& letters, std::size_t reading) {
    int held = 0;
    for (std::size_t i = 0; i < reading; ++i) {
        held = letters[i] == 'f' ? 0 : held + (letters[i] == 'p' ? poll : 0);
    }
    return letters[reading] == 'f' ? 0 : held;
}

/// The reading with which a hold of `of` seconds is over whose important gate wants `own` of them; -1 = with none.
int over_with(const std::string& lag, const std::string& errors, int of, int own) {
    for (std::size_t i = 0; i < lag.size(); ++i) {
        if (lag[i] == 'p' && errors[i] == 'p' && held_until(lag, i) >= of && held_until(errors, i) >= own) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

/// A reading each ten seconds; the one with which the hold was over, or -1.
int drive_through(Driver& drive, const std::string& lag, const std::string& errors) {
    for (std::size_t i = 0; i < lag.size(); ++i) {
        read(drive, lag[i], errors[i]);
        if (drive.status("bake") == "passed") {
            return static_cast<int>(i);
        }
        drive.pass(seconds(poll));
    }
    return -1;
}

} // namespace

class TierTest : public QObject {
    Q_OBJECT
private slots:
    void an_important_gate_sets_back_its_own_clock_only_data() {
        QTest::addColumn<QString>("lag"); // a letter each 10 s; the hold is for 60 s, errors for the last 20 s
        QTest::addColumn<QString>("errors");
        QTest::addColumn<int>("over"); // with this reading
        QTest::newRow("all well") << "pppppppppp"
                                  << "pppppppppp" << 6;
        QTest::newRow("a breach long before the end costs nothing") << "pppppppppp"
                                                                    << "ppffpppppp" << 6;
        QTest::newRow("a breach near the end costs its own time") << "pppppppppp"
                                                                  << "pppppfpppp" << 8;
        QTest::newRow("no data there stops its own clock") << "pppppppppp"
                                                           << "fffffpnnpp" << 9;
        QTest::newRow("no data at the end of the hold") << "pppppppppp"
                                                        << "ppppppnppp" << 7;
        QTest::newRow("it never answers") << "pppppppppp"
                                          << "nnnnnnnnnn" << -1;
        QTest::newRow("a breach of the critical one does not touch it") << "ppppfppppppp"
                                                                        << "pppppppppppp" << 11;
        QTest::newRow("no data of the critical one does not either") << "ppppnnpppp"
                                                                     << "pppppppppp" << 8;
        QTest::newRow("it alone is no pass") << "ffffffffff"
                                             << "pppppppppp" << -1;
    }
    void an_important_gate_sets_back_its_own_clock_only() {
        QFETCH(QString, lag);
        QFETCH(QString, errors);
        QFETCH(int, over);
        const std::string critical = lag.toStdString(), important = errors.toStdString();
        QCOMPARE(over_with(critical, important, 60, 20), over); // the count below is what is meant
        Driver drive = hold("for: 1m, deadline: 1h");
        QCOMPARE(drive_through(drive, critical, important), over);
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void it_is_over_with_the_reading_that_a_plain_count_names() {
        std::mt19937 random(7);
        int over = 0;
        for (int run = 0; run < 100; ++run) {
            std::string lag, errors;
            for (int i = 0; i < 24; ++i) {
                lag += "ppppppppppppppppppnf"[random() % 20];
                errors += "ppppppnfei"[random() % 10];
            }
            Driver drive = hold("for: 1m, deadline: 1h");
            const int wanted = over_with(lag, errors, 60, 20);
            over += wanted >= 0 ? 1 : 0;
            const int got = drive_through(drive, lag, errors);
            QVERIFY2(got == wanted,
                     (lag + " / " + errors + ": with " + std::to_string(got) + ", not with " + std::to_string(wanted))
                         .c_str());
            QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
        }
        QVERIFY2(over > 20 && over < 100, std::to_string(over).c_str()); // both ends were seen
    }

    void without_a_time_of_its_own_it_has_that_of_the_hold() {
        Driver drive = hold("for: 1m, deadline: 1h", "");
        QCOMPARE(drive_through(drive, "pppppppppppp", "ppfppppppppp"), 9);
        Driver at_the_end = hold("for: 1m, deadline: 1h", "for: 0s");
        QCOMPARE(drive_through(at_the_end, "pppppppppppp", "ffffffffpppp"), 8);
    }

    void its_breach_never_fails_the_hold_whatever_that_does_on_one_data() {
        QTest::addColumn<QString>("breach");
        for (const char* breach : {"restart", "pause", "fail"}) {
            QTest::addRow("%s", breach) << QString(breach);
        }
    }
    void its_breach_never_fails_the_hold_whatever_that_does_on_one() {
        QFETCH(QString, breach);
        Driver drive = hold("for: 1m, deadline: 1h, on-breach: " + breach.toStdString());
        read(drive, 'p', 'p');
        drive.pass(seconds(40));
        read(drive, 'p', 'f');
        QCOMPARE(drive.last(), "gate-changed bake, hold-changed bake restarted");
        QCOMPARE(drive.all<HoldChanged>().back().gate, "errors");
        QCOMPARE(drive.all<HoldChanged>().back().arm, "blue");
        QCOMPARE(drive.held("bake"), 40.0);
        QVERIFY(drive.release.at("bake").hold.running);
        QVERIFY(!errors(drive).hinders());
        QCOMPARE(own(drive), 0.0);
        drive.pass(seconds(20));
        read(drive, 'p', 'f');
        QCOMPARE(drive.status("bake"), "running");
        QCOMPARE(describe(drive.all<HoldChanged>().back()), "Hold bake, errors on blue, restarted at 0:00");
        QCOMPARE(drive.count("hold-changed"), 3); // two began to run, one was set back: the same breach is told once
    }

    void a_tick_is_due_when_its_own_time_is_over() {
        Driver drive = hold("for: 1m, deadline: 1h");
        read(drive, 'p', 'f');
        drive.pass(seconds(55));
        read(drive, 'p', 'p');
        const auto* bake = drive.release.step("bake");
        const auto& planned = std::get<plan::Hold>(bake->body);
        QCOMPARE(left_of_hold(drive.release, *bake, planned, drive.now).seconds(), 20.0);
        drive.pass(seconds(5));
        read(drive, 'p', 'p');
        QCOMPARE(drive.status("bake"), "running");
        QCOMPARE(left_of_hold(drive.release, *bake, planned, drive.now).seconds(), 15.0);
        drive.pass(seconds(14));
        QCOMPARE((*next_tick(drive.release, drive.now) - drive.now).count, seconds(1).count);
        drive.pass(seconds(1));
        read(drive, 'p', 'p');
        QCOMPARE(drive.status("bake"), "passed");
    }

    void after_a_crash_only_what_the_last_heartbeat_proves_counts_of_it() {
        Driver drive = hold("for: 10m, deadline: 1h", "for: 5m");
        read(drive, 'n', 'p'); // the hold's own clock does not run: heartbeats come all the same
        drive.pass(seconds(75));
        QCOMPARE(drive.count("hold-heartbeat"), 2);
        QCOMPARE(drive.held("bake"), 0.0);
        QCOMPARE(own(drive), 75.0);
        drive.now += minutes(20);
        QCOMPARE(drive.submit(Resume{drill::lead}), "");
        QCOMPARE(own(drive), 60.0);
        QVERIFY(!errors(drive).own.running);
        drive.pass(minutes(1));
        QCOMPARE(own(drive), 60.0);
        read(drive, 'n', 'p');
        drive.pass(seconds(5));
        QCOMPARE(own(drive), 65.0);
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void neither_a_pause_nor_sleep_counts_for_it() {
        Driver drive = hold("for: 10m, deadline: 1h", "for: 5m");
        read(drive, 'p', 'p');
        drive.pass(seconds(10));
        (void)drive.submit(Pause{"meeting"});
        drive.pass(seconds(30));
        QCOMPARE(own(drive), 10.0);
        (void)drive.submit(Continue{});
        read(drive, 'p', 'p');
        drive.pass(seconds(5));
        QCOMPARE(own(drive), 15.0);
        const Nanos from = drive.now;
        drive.now += hours(1);
        QCOMPARE(drive.submit(Jump{from}), "");
        QCOMPARE(own(drive), 15.0);
    }

    void nobody_advances_past_it() {
        Driver drive = hold("for: 1m, deadline: 1h, then: ask");
        QCOMPARE(drive_through(drive, "ppppppp", "ppppppp"), -1);
        QCOMPARE(drive.status("bake"), "awaiting a person");
        read(drive, 'p', 'f');
        QCOMPARE(drive.status("bake"), "running");
        QCOMPARE(drive.submit(Advance{"bake"}), "there is nothing to advance from");
        read(drive, 'p', 'p');
        drive.pass(seconds(20));
        read(drive, 'p', 'p');
        QCOMPARE(drive.last(), "hold-changed bake held");
        QCOMPARE(drive.submit(Advance{"bake"}), "");
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void what_says_nothing_holds_for_no_time() {
        Driver drive = hold("for: 1m, deadline: 1h");
        read(drive, 'p', 'p');
        drive.pass(seconds(10));
        (void)drive.submit(GateReadings{"bake", {reading("lag", "", 'p')}}, drill::engine); // no arm has traffic
        QVERIFY(drive.release.at("bake").hold.running);
        QVERIFY(!errors(drive).own.running);
        drive.pass(minutes(1));
        QCOMPARE(own(drive), 10.0);
        (void)drive.submit(GateReadings{"bake", {reading("lag", "", 'p')}}, drill::engine);
        QCOMPARE(drive.status("bake"), "running");
        read(drive, 'p', 'p');
        drive.pass(seconds(10));
        read(drive, 'p', 'p');
        QCOMPARE(drive.status("bake"), "passed");
    }

    void nobody_advances_past_one_that_has_no_answer_after_the_program_was_away() {
        for (const char letter : {'n', 'e', 'f'}) {
            Driver drive = hold("for: 1m, deadline: 1h, then: ask", "for: 0s");
            read(drive, 'p', 'p');
            drive.pass(minutes(1));
            read(drive, 'p', 'p');
            QCOMPARE(drive.last(), "hold-changed bake held");
            QCOMPARE(drive.submit(Resume{drill::lead}), "");
            read(drive, 'p', letter);
            QCOMPARE(drive.status("bake"), "running");
            QVERIFY(drive.submit(Advance{"bake"}) != "");
            QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
        }
    }

    void who_sets_it_aside_waits_for_it_no_more() {
        Driver drive = hold("for: 1m, deadline: 1h");
        read(drive, 'p', 'f');
        drive.pass(minutes(1));
        read(drive, 'p', 'f');
        QCOMPARE(drive.status("bake"), "running");
        QCOMPARE(drive.submit(Override{"bake", "errors", "a known fault of the counter"}), "");
        read(drive, 'p', 'f');
        QCOMPARE(drive.status("bake"), "passed");
    }

    void its_samples_are_counted_by_its_own_clock() {
        Driver drive = hold("for: 1m, deadline: 1h", "for: 20s, samples: 3");
        const auto say = [&](const std::string& lag, int seen) {
            GateReading one = reading("errors", "blue", 'p');
            one.seen = seen;
            (void)drive.submit(GateReadings{"bake", {reading("lag", "", lag[0]), one}}, drill::engine);
        };
        say("p", 2);
        drive.pass(seconds(30));
        say("f", 2); // the hold's clock goes back, not this one's
        QCOMPARE(drive.held("bake"), 0.0);
        QCOMPARE(own(drive), 30.0);
        QCOMPARE(errors(drive).seen, 2);
        say("p", 2);
        drive.pass(minutes(1));
        say("p", 2);
        QCOMPARE(errors(drive).verdict, "inconclusive");
        QVERIFY(drive.release.at("bake").hold.running); // it waits for this gate, and stands still for none
        say("p", 3);
        QCOMPARE(drive.status("bake"), "passed");
    }

    void the_log_says_which_tier_a_gate_is_of() {
        Driver drive = hold("for: 1m, deadline: 1h");
        read(drive, 'p', 'f');
        const auto told = drive.all<GateChanged>();
        QCOMPARE(told.size(), 2u);
        QVERIFY(!told[0].important);
        QVERIFY(told[1].important);
        QCOMPARE(describe(told[1]), "Important gate errors on blue is breached");
    }
};

SLUICE_TEST(TierTest)
#include "tier_test.moc"
