#include "driver.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

Driver hold(const std::string& how,
            const std::string& gates = "[{metric: lag, must: '< 10'}, {metric: errors, must: '< 1%'}]") {
    return Driver(plan_with("phases:\n  - id: main\n    steps:\n      - {id: bake, hold: {" + how +
                            "}, gates: " + gates + "}\n      - {id: after, confirm: After}\n"));
}

/// What a run of readings leads to: one letter a second for each gate; p pass, f fail, n no data, e source error.
void read(Driver& drive, char lag, char errors) {
    const auto verdict = [](char letter) {
        return letter == 'p'   ? "pass"
               : letter == 'f' ? "fail"
               : letter == 'n' ? "no-data"
               : letter == 'v' ? "no-data" // of what it is held against
               : letter == 'i' ? "inconclusive"
                               : "source-error";
    };
    GateReadings readings{"bake", {}};
    for (const auto& [gate, letter] : {std::pair{"lag", lag}, std::pair{"errors", errors}}) {
        GateReading one;
        one.gate = gate;
        one.arm = std::string(gate) == "errors" ? "blue" : "";
        one.verdict = verdict(letter);
        one.value = letter == 'v' ? "7" : "";
        readings.readings.push_back(one);
    }
    (void)drive.submit(readings, drill::engine);
}

/// One reading of lag, of which the hold has seen so many good samples by now.
void read(Driver& drive, int seen, const std::string& verdict = "pass") {
    GateReading one;
    one.gate = "lag";
    one.verdict = verdict;
    one.seen = seen;
    (void)drive.submit(GateReadings{"bake", {one}}, drill::engine);
}

} // namespace

class HoldTest : public QObject {
    Q_OBJECT
private slots:
    void hold_counts_only_while_all_gates_hold_data() {
        QTest::addColumn<QString>("breach");
        QTest::addColumn<QString>("lag"); // a letter each 10 s
        QTest::addColumn<QString>("errors");
        QTest::addColumn<double>("held");
        QTest::newRow("both hold") << "restart"
                                   << "ppppp"
                                   << "ppppp" << 50.0;
        QTest::newRow("one has no data") << "restart"
                                         << "ppppp"
                                         << "ppnnp" << 30.0;
        QTest::newRow("one is inconclusive") << "restart"
                                             << "ppppp"
                                             << "ppiip" << 30.0;
        QTest::newRow("source error") << "restart"
                                      << "peepp"
                                      << "ppppp" << 30.0;
        QTest::newRow("they never hold together") << "restart"
                                                  << "pnpnp"
                                                  << "npnpn" << 0.0;
        QTest::newRow("a breach sets it back") << "restart"
                                               << "ppppp"
                                               << "pppfp" << 10.0;
        QTest::newRow("a breach pauses it") << "pause"
                                            << "ppppp"
                                            << "pppfp" << 40.0;
        QTest::newRow("no answer at first") << "restart"
                                            << "nnppp"
                                            << "ppppp" << 30.0;
        QTest::newRow("fails at first") << "restart"
                                        << "ffppp"
                                        << "ppppp" << 30.0;
    }
    void hold_counts_only_while_all_gates_hold() {
        QFETCH(QString, breach);
        QFETCH(QString, lag);
        QFETCH(QString, errors);
        Driver drive = hold("for: 10m, on-breach: " + breach.toStdString());
        for (int i = 0; i < lag.size(); ++i) {
            read(drive, lag[i].toLatin1(), errors[i].toLatin1());
            drive.pass(seconds(10));
        }
        QTEST(drive.held("bake"), "held");
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void no_data_for_as_long_as_a_gate_allows_is_a_breach_data() {
        QTest::addColumn<QString>("tier");
        QTest::addColumn<QString>("lag"); // a letter each 10 s; 30 s of no data are allowed
        QTest::addColumn<QString>("verdict");
        QTest::addColumn<double>("held");
        QTest::newRow("not for so long") << ""
                                         << "ppnnn"
                                         << "no-data" << 20.0;
        QTest::newRow("for so long") << ""
                                     << "ppnnnn"
                                     << "fail" << 0.0;
        QTest::newRow("and longer") << ""
                                    << "ppnnnnnn"
                                    << "fail" << 0.0;
        QTest::newRow("from the first on") << ""
                                           << "nnnn"
                                           << "fail" << 0.0;
        QTest::newRow("there again") << ""
                                     << "ppnnnnp"
                                     << "pass" << 10.0;
        QTest::newRow("gone anew") << ""
                                   << "ppnnnnpnn"
                                   << "no-data" << 10.0;
        QTest::newRow("there for a moment") << ""
                                            << "ppnnpnn"
                                            << "no-data" << 30.0;
        QTest::newRow("who can't be asked is not absent") << ""
                                                          << "ppeeeeee"
                                                          << "source-error" << 20.0;
        QTest::newRow("that begins it anew") << ""
                                             << "ppnnennn"
                                             << "no-data" << 20.0;
        QTest::newRow("what it is held against lacks") << ""
                                                       << "ppvvvvvv"
                                                       << "no-data" << 20.0;
        QTest::newRow("an important one") << ", tier: important, for: 5m"
                                          << "ppnnnn"
                                          << "fail" << 0.0;
    }
    void no_data_for_as_long_as_a_gate_allows_is_a_breach() {
        QFETCH(QString, tier);
        QFETCH(QString, lag);
        Driver drive = hold("for: 10m", "[{metric: lag, must: '< 10', absent: 30s" + tier.toStdString() +
                                            "}, {metric: errors, must: '< 1%'}]");
        for (const QChar letter : lag) {
            read(drive, letter.toLatin1(), 'p');
            drive.pass(seconds(10));
        }
        const auto& gate = drive.release.at("bake").gates.at("lag");
        QTEST(QString::fromStdString(gate.verdict), "verdict");
        QFETCH(double, held);
        QCOMPARE(tier.isEmpty() ? drive.held("bake") : gate.own.held_at(drive.now).seconds(), held);
        QCOMPARE(gate.why, gate.verdict == "fail" ? "no data for 30s" : "");
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void an_arm_without_traffic_is_not_absent() {
        Driver drive = hold("for: 10m", "[{metric: errors, must: '< 1%', absent: 30s}]");
        const auto read = [&](bool green) {
            GateReadings readings{"bake", {}};
            for (const char* arm : {"blue", "green"}) {
                GateReading one;
                one.gate = "errors";
                one.arm = arm;
                one.verdict = std::string(arm) == "blue" ? "pass" : "no-data";
                if (green || std::string(arm) == "blue") {
                    readings.readings.push_back(one);
                }
            }
            (void)drive.submit(readings, drill::engine);
        };
        const auto& gate = [&]() -> const GateState& { return drive.release.at("bake").gates.at("errors/green"); };
        read(true);
        drive.pass(seconds(10));
        read(false); // its traffic is taken
        QCOMPARE(gate().why, "green has no traffic");
        drive.pass(minutes(5));
        read(false);
        read(true); // and given back
        QCOMPARE(gate().verdict, "no-data");
        drive.pass(seconds(30));
        read(true);
        QCOMPARE(gate().verdict, "fail");
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void an_absence_counts_anew_after_the_program_was_away() {
        Driver drive = hold("for: 10m", "[{metric: lag, must: '< 10', absent: 30s}, {metric: errors, must: '< 1%'}]");
        read(drive, 'n', 'p');
        drive.pass(minutes(5));
        QCOMPARE(drive.submit(Resume{drill::lead}), "");
        read(drive, 'n', 'p');
        QCOMPARE(drive.release.at("bake").gates.at("lag").verdict, "no-data");
        drive.pass(seconds(30));
        read(drive, 'n', 'p');
        QCOMPARE(drive.release.at("bake").gates.at("lag").verdict, "fail");
    }

    void it_passes_exactly_when_it_has_held_for_as_long_as_asked() {
        Driver drive = hold("for: 1m");
        read(drive, 'p', 'p');
        QCOMPARE(drive.last(), "gate-changed bake, gate-changed bake, hold-changed bake running");
        drive.pass(seconds(59));
        read(drive, 'p', 'p');
        QCOMPARE(drive.status("bake"), "running");
        QCOMPARE((*next_tick(drive.release, drive.now) - drive.now).count, seconds(1).count);
        drive.pass(seconds(1));
        read(drive, 'p', 'p');
        QCOMPARE(drive.last(), "step-finished bake passed, step-started after");
    }

    void a_breach_may_fail_the_step_at_once() {
        Driver drive = hold("for: 1m, on-breach: fail");
        read(drive, 'p', 'p');
        drive.pass(seconds(30));
        read(drive, 'f', 'p');
        QCOMPARE(drive.last(), "gate-changed bake, triage-opened bake");
        QVERIFY(!drive.release.at("bake").hold.running || drive.status("bake") == "failed");
        QCOMPARE(drive.submit(Retry{"bake", "it is over"}), "");
        QCOMPARE(drive.held("bake"), 0.0);
    }

    void one_breach_is_told_once_although_its_values_change() {
        Driver drive = hold("for: 10m");
        for (int i = 0; i < 5; ++i) {
            GateReading one{"lag",
                            "",
                            "fail",
                            false,
                            std::to_string(20 + i),
                            "< 10",
                            "",
                            std::to_string(20 + i) + ", must be < 10",
                            nullptr};
            (void)drive.submit(GateReadings{"bake", {one}}, drill::engine);
            drive.pass(seconds(5));
        }
        QCOMPARE(drive.count("gate-changed"), 1);
        QCOMPARE(drive.count("hold-changed"), 1);
        QVERIFY(QString::fromStdString(drive.release.at("bake").hold.why).startsWith("lag: 20"));
    }

    void a_gate_without_a_reading_does_not_hold() {
        Driver drive = hold("for: 1m");
        drive.gate("bake", "lag", "pass"); // nothing of errors: no arm has traffic
        drive.pass(minutes(1));
        drive.gate("bake", "lag", "pass");
        QCOMPARE(drive.status("bake"), "running");
        QCOMPARE(drive.held("bake"), 0.0);
        QCOMPARE(QString::fromStdString(drive.release.at("bake").hold.why), "errors: it has no answer");
        (void)drive.submit(GateReadings{"bake", {}}, drill::engine);
        QCOMPARE(drive.held("bake"), 0.0);
    }

    void a_gate_of_another_step_is_refused() {
        Driver drive = hold("for: 1m");
        QCOMPARE(
            drive.submit(GateReadings{"bake", {GateReading{"latency", "", "pass", false, "", "", "", "", nullptr}}}),
            "the step has no gate 'latency'");
        QCOMPARE(drive.submit(GateReadings{"after", {}}), ""); // no hold: nothing to read
    }

    void close_is_told_when_entered_and_left() {
        Driver drive = hold("for: 10m");
        GateReading one{"lag", "", "pass", true, "9.5", "< 10", "5 %", "", nullptr};
        for (const bool close : {true, true, false, false, true}) {
            one.close = close;
            (void)drive.submit(GateReadings{"bake", {one}}, drill::engine);
        }
        QCOMPARE(drive.count("gate-changed"), 3);
        QVERIFY(drive.release.at("bake").gates.at("lag").close);
    }

    void a_gate_may_have_to_hold_by_itself_first() {
        Driver drive = hold("for: 1m", "[{metric: lag, must: '< 10', for: 20s}]");
        drive.gate("bake", "lag", "pass");
        QCOMPARE(QString::fromStdString(drive.release.at("bake").hold.why),
                 "lag: it has not held by itself for long enough");
        QCOMPARE((*next_tick(drive.release, drive.now) - drive.now).count, seconds(20).count);
        drive.pass(seconds(20));
        drive.gate("bake", "lag", "pass");
        QCOMPARE(drive.held("bake"), 0.0);
        drive.pass(minutes(1));
        drive.gate("bake", "lag", "pass");
        QCOMPARE(drive.status("bake"), "passed");
    }

    void a_shadow_never_stops_a_hold_data() {
        QTest::addColumn<QString>("breach");
        QTest::addColumn<char>("says");
        for (const char* breach : {"restart", "pause", "fail"}) {
            for (const char says : {'p', 'f', 'n', 'e', 'i'}) {
                QTest::addRow("%s %c", breach, says) << QString(breach) << says;
            }
        }
    }
    void a_shadow_never_stops_a_hold() {
        QFETCH(QString, breach);
        QFETCH(char, says);
        Driver drive = hold("for: 1m, on-breach: " + breach.toStdString(),
                            "[{metric: lag, must: '< 10'}, {metric: errors, must: '< 1%', for: 10m, shadow: true}]");
        read(drive, 'p', says);
        QVERIFY(drive.release.at("bake").hold.running);
        const auto& told = drive.all<GateChanged>();
        QCOMPARE(told.size(), 2u);
        QVERIFY(!told[0].shadow);
        QVERIFY(told[1].shadow);
        QVERIFY(drive.release.at("bake").gates.at("errors/blue").shadow);
        QVERIFY(!drive.release.at("bake").gates.at("errors/blue").hinders());
        QCOMPARE(drive.submit(Override{"bake", "errors", "why not"}),
                 "the gate 'errors' is a shadow: it stops nothing");
        drive.pass(seconds(59));
        read(drive, 'p', says == 'f' ? 'p' : 'f');
        QCOMPARE(drive.held("bake"), 59.0);
        drive.pass(seconds(1));
        read(drive, 'p', says);
        QCOMPARE(drive.status("bake"), "passed");
    }

    void a_shadow_without_a_reading_is_not_waited_for() {
        Driver drive = hold("for: 1m", "[{metric: lag, must: '< 10'}, {metric: errors, must: '< 1%', shadow: true}]");
        drive.gate("bake", "lag", "pass");
        drive.pass(minutes(1));
        drive.gate("bake", "lag", "pass");
        QCOMPARE(drive.status("bake"), "passed");
    }

    void what_a_shadow_said_as_a_step_began_stands_after_an_absence_too() {
        Driver drive =
            drill::steps("      - {id: go, confirm: Go, gates: [{metric: lag, must: '< 10', shadow: true}]}\n");
        drive.gate("go", "lag", "fail");
        drive.pass(minutes(1));
        (void)drive.submit(Resume{drill::lead});
        const auto& lag = drive.release.at("go").gates.at("lag");
        QCOMPARE(lag.verdict, "fail");
        QCOMPARE(lag.why, "it says fail");
        QCOMPARE((drive.now - lag.since).count, minutes(1).count);
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void too_few_samples_at_the_end_of_a_hold_are_no_pass() {
        Driver drive = hold("for: 1m, deadline: 3m", "[{metric: lag, must: '< 10', samples: 12}]");
        const auto lag = [&] { return drive.release.at("bake").gates.at("lag"); };
        read(drive, 1);
        drive.pass(seconds(59));
        read(drive, 6);
        QCOMPARE(lag().verdict, "pass"); // before the end it is as any other
        QVERIFY(drive.release.at("bake").hold.running);
        drive.pass(seconds(1));
        read(drive, 7);
        QCOMPARE(drive.status("bake"), "running");
        QCOMPARE(lag().verdict, "inconclusive");
        QCOMPARE(lag().why, "7 of 12 samples");
        QVERIFY(lag().lacks_samples());
        QCOMPARE(drive.release.at("bake").hold.why, "lag: it has seen too few samples yet");
        drive.pass(seconds(5));
        read(drive, 8);
        QCOMPARE(lag().why, "8 of 12 samples");
        QCOMPARE(drive.held("bake"), 60.0); // no more than it has to
        QCOMPARE(drive.count("hold-changed"), 2);
        Driver late = drive;
        drive.pass(seconds(5));
        read(drive, 12);
        QCOMPARE(drive.status("bake"), "passed");
        QCOMPARE(describe(drive.all<GateChanged>().back()), "Gate lag holds, 12 of 12 samples");
        late.pass(minutes(2));
        QCOMPARE(late.status("bake"), "failed"); // at its deadline
    }

    void that_a_gate_has_its_samples_is_told_when_it_has_them() {
        Driver drive = hold("for: 10m", "[{metric: lag, must: '< 10', samples: 3}]");
        for (const int seen : {1, 2, 3, 4}) {
            read(drive, seen);
            drive.now += seconds(5);
        }
        const auto told = drive.all<GateChanged>();
        QCOMPARE(told.size(), 2u);
        QCOMPARE(told[1].seen, 3);
        QCOMPARE(told[1].wanted, 3);
    }

    void a_heartbeat_tells_how_many_samples_were_seen_and_a_breach_that_none_count() {
        Driver drive = hold("for: 10m", "[{metric: lag, must: '< 10', samples: 12}]");
        read(drive, 1);
        drive.now += seconds(30);
        read(drive, 7);
        QCOMPARE(drive.all<HoldHeartbeat>().back().seen.dump(), R"({"lag":7})");
        QCOMPARE(drive.release.at("bake").gates.at("lag").seen, 7);
        drive.now += minutes(5);
        (void)drive.submit(Resume{drill::lead});
        QCOMPARE(drive.release.at("bake").gates.at("lag").seen, 7); // as the time that was held
        read(drive, 8, "fail");
        QCOMPARE(drive.held("bake"), 0.0);
        QCOMPARE(drive.release.at("bake").gates.at("lag").seen, 0);
    }

    void samples_that_come_late_do_not_make_a_gate_hold_by_itself_anew() {
        Driver drive = hold("for: 1m, deadline: 5m", "[{metric: lag, must: '< 10', for: 20s, samples: 12}]");
        read(drive, 1);
        drive.pass(seconds(20));
        read(drive, 5);
        drive.pass(minutes(1));
        read(drive, 11);
        QVERIFY(!drive.release.at("bake").hold.running);
        drive.pass(seconds(5));
        read(drive, 12);
        QCOMPARE(drive.status("bake"), "passed");
    }

    void who_sets_the_gate_aside_waits_for_no_samples() {
        Driver drive = hold("for: 1m", "[{metric: lag, must: '< 10', samples: 12}, {metric: errors, must: '< 1%'}]");
        read(drive, 'p', 'p');
        QCOMPARE(drive.submit(Override{"bake", "lag", "the source is slow today"}), "");
        drive.pass(minutes(1));
        read(drive, 'p', 'p');
        QCOMPARE(drive.status("bake"), "passed");
    }

    void at_the_deadline_a_person_is_asked_and_a_retry_has_its_whole_time() {
        Driver drive = hold("for: 1m, deadline: 3m");
        read(drive, 'p', 'n');
        drive.pass(minutes(3) - seconds(1));
        QCOMPARE(drive.status("bake"), "running");
        drive.pass(seconds(1));
        QCOMPARE(drive.status("bake"), "failed");
        QCOMPARE(drive.submit(Retry{"bake", "the source is back"}), "");
        read(drive, 'p', 'p');
        drive.pass(minutes(1));
        read(drive, 'p', 'p');
        QCOMPARE(drive.status("bake"), "passed");
    }

    void a_heartbeat_is_written_each_30_s_while_the_clock_runs() {
        Driver drive = hold("for: 10m");
        drive.pass(minutes(2));
        QCOMPARE(drive.count("hold-heartbeat"), 0);
        read(drive, 'p', 'p');
        drive.pass(seconds(95));
        const auto beats = drive.all<HoldHeartbeat>();
        QCOMPARE(beats.size(), std::size_t(3));
        QCOMPARE(beats.back().held.count, seconds(90).count);
    }

    void after_a_crash_only_what_the_last_heartbeat_proves_counts() {
        Driver drive = hold("for: 10m");
        read(drive, 'p', 'p');
        drive.pass(seconds(75)); // heartbeats at 30 s and 60 s
        drive.now += minutes(20);
        QCOMPARE(drive.submit(Resume{drill::lead}), "");
        QCOMPARE(drive.held("bake"), 60.0);
        QVERIFY(!drive.release.at("bake").hold.running);
        drive.pass(minutes(1));
        QCOMPARE(drive.held("bake"), 60.0); // until the gates have answered again
        QCOMPARE(QString::fromStdString(drive.release.at("bake").gates.at("lag").verdict), "no-data");
        read(drive, 'p', 'p');
        drive.pass(seconds(5));
        QCOMPARE(drive.held("bake"), 65.0);
    }

    void a_gate_that_must_hold_by_itself_starts_anew_after_a_crash() {
        Driver drive = hold("for: 1m", "[{metric: lag, must: '< 10', for: 20s}]");
        drive.gate("bake", "lag", "pass");
        drive.now += minutes(5);
        (void)drive.submit(Resume{drill::lead});
        drive.gate("bake", "lag", "pass");
        QCOMPARE(QString::fromStdString(drive.release.at("bake").hold.why),
                 "lag: it has not held by itself for long enough");
    }

    void time_slept_through_does_not_count_data() {
        QTest::addColumn<int>("jump"); // seconds, from 10 s after the gates began to hold
        QTest::addColumn<double>("held");
        QTest::newRow("an hour") << 3600 << 10.0;
        QTest::newRow("not at all") << 0 << 10.0;
        QTest::newRow("back") << -600 << 10.0;
    }
    void time_slept_through_does_not_count() {
        QFETCH(int, jump);
        Driver drive = hold("for: 10h");
        read(drive, 'p', 'p');
        drive.now += seconds(10);
        const Nanos from = drive.now - seconds(std::min(jump, 0)); // set back, the log's time stands still instead
        drive.now += seconds(std::max(jump, 0));
        QCOMPARE(drive.submit(Jump{from}), "");
        QTEST(drive.held("bake"), "held");
        drive.now += seconds(5);
        QCOMPARE(drive.held("bake"), drive.release.at("bake").hold.held.seconds() + 5);
    }

    void a_pause_stops_the_clock_until_it_is_over_and_the_gates_answer() {
        Driver drive = hold("for: 10m");
        read(drive, 'p', 'p');
        drive.pass(seconds(10));
        (void)drive.submit(Pause{"meeting"});
        drive.pass(seconds(10));
        read(drive, 'f', 'p'); // shown, but a pause is not a breach of the hold
        QCOMPARE(QString::fromStdString(drive.release.at("bake").gates.at("lag").verdict), "fail");
        QCOMPARE(drive.held("bake"), 10.0);
        (void)drive.submit(Continue{});
        read(drive, 'p', 'p');
        drive.pass(seconds(10));
        QCOMPARE(drive.held("bake"), 20.0);
    }

    void then_ask_waits_for_a_person() {
        Driver drive = hold("for: 1m, then: ask");
        QCOMPARE(drive.submit(Advance{"bake"}), "there is nothing to advance from");
        read(drive, 'p', 'p');
        drive.pass(minutes(1));
        read(drive, 'p', 'p');
        QCOMPARE(drive.last(), "hold-changed bake held");
        QCOMPARE(drive.status("bake"), "awaiting a person");
        const auto before = drive.log.size();
        drive.pass(minutes(10));
        read(drive, 'p', 'p');
        QCOMPARE(drive.log.size(), before);
        QCOMPARE(drive.submit(Advance{"after"}), "there is nothing to advance from");
        QCOMPARE(drive.submit(Advance{"bake"}), "");
        QCOMPARE(drive.last(), "advanced bake, step-finished bake passed, step-started after");
        QCOMPARE(drive.submit(Advance{"bake"}), "there is nothing to advance from");
    }

    void nobody_advances_past_a_breach_data() {
        QTest::addColumn<QString>("breach");
        QTest::addColumn<QString>("errors");
        QTest::addColumn<QString>("last");
        QTest::addColumn<double>("held");
        QTest::newRow("restart") << "restart"
                                 << "f"
                                 << "gate-changed bake, hold-changed bake restarted" << 0.0;
        QTest::newRow("pause") << "pause"
                               << "f"
                               << "gate-changed bake, hold-changed bake paused" << 60.0;
        QTest::newRow("no data") << "restart"
                                 << "n"
                                 << "gate-changed bake, hold-changed bake paused" << 60.0;
    }
    void nobody_advances_past_a_breach() {
        QFETCH(QString, breach);
        QFETCH(QString, errors);
        Driver drive = hold("for: 1m, deadline: 1h, then: ask, on-breach: " + breach.toStdString());
        read(drive, 'p', 'p');
        drive.pass(minutes(1));
        read(drive, 'p', 'p');
        drive.pass(seconds(10));
        read(drive, 'p', errors[0].toLatin1());
        QTEST(drive.last(), "last");
        QTEST(drive.held("bake"), "held");
        QCOMPARE(drive.submit(Advance{"bake"}), "there is nothing to advance from");
        drive.pass(seconds(10));
        read(drive, 'p', 'p');
        if (drive.held("bake") < 60) {
            drive.pass(minutes(1));
            read(drive, 'p', 'p');
        }
        QCOMPARE(drive.submit(Advance{"bake"}), "");
    }

    void one_gate_can_be_set_aside_for_this_step_and_its_retries() {
        Driver drive = hold("for: 1m, deadline: 2m");
        QCOMPARE(drive.submit(Override{"bake", "lag", ""}), "this needs a reason");
        QCOMPARE(drive.submit(Override{"bake", "latency", "x"}), "the step has no gate 'latency'");
        QCOMPARE(drive.submit(Override{"bake", "errors", "a known bot"}), ""); // before it has ever answered
        read(drive, 'p', 'f');
        QVERIFY(drive.release.at("bake").gates.at("errors/blue").overridden);
        QVERIFY(drive.release.at("bake").hold.running);
        drive.pass(seconds(30));
        read(drive, 'n', 'f');
        drive.pass(seconds(90));
        QCOMPARE(drive.status("bake"), "failed");
        (void)drive.submit(Retry{"bake", ""});
        read(drive, 'p', 'f');
        drive.pass(minutes(1));
        read(drive, 'p', 'f');
        QCOMPARE(drive.status("bake"), "passed");
        QCOMPARE(drive.release.overrides, 1);
    }

    void the_whole_hold_can_be_overridden_at_work_and_in_triage() {
        Driver drive = hold("for: 1m");
        read(drive, 'f', 'p');
        QCOMPARE(drive.submit(Override{"bake", "", "the lag is ours"}), "");
        QCOMPARE(drive.last(), "overridden, step-finished bake overridden, step-started after");
        QCOMPARE(drive.submit(Override{"bake", "", "again"}), "a hold that is overridden can't be overridden");
        QCOMPARE(drive.submit(Override{"after", "", "no"}), "a confirm that is awaiting a person can't be overridden");
        Driver failed = hold("for: 1m");
        failed.pass(minutes(2));
        QCOMPARE(failed.status("bake"), "failed");
        QCOMPARE(failed.submit(Override{"bake", "", "checked by hand"}), "");
        QCOMPARE(failed.status("bake"), "overridden");
    }
};

SLUICE_TEST(HoldTest)
#include "hold_test.moc"
