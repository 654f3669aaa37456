#include "base/virtual_scheduler.h"
#include "engine/watch.h"
#include "support/suite.h"

#include <QTemporaryDir>
#include <QtTest>
#include <array>

using namespace sluice;
using namespace sluice::engine;

namespace {

const char* const bake = R"(sluice: 1
id: small
title: A small plan
connections:
  prom: {prometheus: {url: 'http://prometheus:9090'}}
metrics:
  errors: {from: prom, query: errors, unit: ratio}
  lag: {from: prom, query: lag, unit: messages}
phases:
  - id: main
    steps:
      - {id: rest, wait: {for: 3s}}
      - {id: begin, confirm: Begin}
      - id: bake
        hold: {for: 1m}
        gates: [{metric: errors, must: '< 1%'}, {metric: lag, must: '< 10'}]
)";

std::string with_samples(int wanted) {
    std::string plan = bake;
    return plan.replace(plan.find("{metric: lag, must: '< 10'}"), 27,
                        "{metric: lag, must: '< 10', samples: " + std::to_string(wanted) + "}");
}

/// A hold and two metrics that are polled each five seconds; the test gives the answers, one after the other.
class Desk {
public:
    explicit Desk(const std::string& plan = bake)
        : log_(*session::SessionLog::create(folder_.filePath("a.sluice").toStdString(),
                                            {"s1", scheduler.now(), "test", ""})),
          journal(scheduler, log_, *session::SigningKey::from_seed("test", {})), watch(scheduler, journal) {
        watch.wait_while([this] { return owed; }, seconds(1));
        release::SessionOpened opened;
        opened.session = "s1";
        opened.plan_source = plan;
        (void)journal.submit(release::Open{opened});
    }
    void rest() {
        pass(seconds(3));
        watch.tick();
    }
    void begin() {
        rest();
        (void)journal.submit(release::Confirm{"begin", "", false, ""}, {"lena", "lead"});
    }
    /// As the engine does.
    void hears_restarts() {
        journal.listen([this](std::span<const release::Event> events) {
            for (const auto& event : events) {
                const auto* hold = std::get_if<release::HoldChanged>(&event.body);
                if (hold && hold->state == "restarted") {
                    watch.restarted(hold->step, hold->gate, hold->arm);
                }
            }
        });
    }
    QString status(const std::string& step) const { return release::name(journal.release().at(step).status); }
    void pass(Nanos length) { scheduler.run_until(scheduler.now() + length); }
    void answer(const std::string& metric, double value) {
        series::SampleBatch batch;
        batch.metric = metric;
        batch.received_at = scheduler.now();
        series::Reading reading;
        reading.value = value;
        reading.measured_at = reading.received_at = scheduler.now();
        batch.readings.push_back(reading);
        watch.take(std::move(batch));
    }
    /// Both, as the answers of one instant come: the last one leaves none owed.
    void answers(double errors, double lag) {
        owed = true;
        answer("errors", errors);
        owed = false;
        answer("lag", lag);
    }
    void no_answer(const std::string& metric) {
        watch.take(series::without_value(metric, series::Status::no_data, scheduler.now(), "nothing there"));
    }
    const release::HoldState& hold() const { return journal.release().at("bake").hold; }
    /// "gate-changed", "hold-changed": how often since it was asked last.
    int told(const std::string& type) {
        const int before = std::exchange(told_[type], seen_[type]);
        return seen_[type] - before;
    }
    void listen() {
        journal.listen([this](std::span<const release::Event> events) {
            for (const auto& event : events) {
                ++seen_[release::type_name(event.body)];
            }
        });
    }

private:
    QTemporaryDir folder_;

public:
    VirtualScheduler scheduler{seconds(1'767'600'000)};

private:
    session::SessionLog log_;
    std::map<std::string, int> seen_, told_;

public:
    Journal journal;
    Watch watch;
    bool owed = false;
};

} // namespace

class WatchTest : public QObject {
    Q_OBJECT
private slots:
    void a_gate_counted_from_some_minutes_ago_is_compared_with_what_was_asked_for_afterwards() {
        std::string plan = bake;
        plan.replace(plan.find("must: '< 1%'"), 12, "must: '<= 10%', against: {ago: 5m, as: share}");
        Desk desk(plan);
        desk.begin();
        const auto verdicts = [&] {
            QStringList said;
            for (const auto& [gate, state] : desk.journal.release().at("bake").gates) {
                said << QString::fromStdString(state.verdict);
            }
            return said.join(" ");
        };
        desk.pass(seconds(5));
        desk.answers(0.2, 1);
        QCOMPARE(verdicts(), QString("no-data pass"));
        series::SampleBatch then;
        then.metric = "errors";
        then.received_at = desk.scheduler.now() - minutes(5);
        auto& reading = then.readings.emplace_back();
        reading.value = 0.19;
        reading.measured_at = reading.received_at = then.received_at;
        desk.listen();
        desk.watch.remember({then});
        QCOMPARE(desk.told("gate-changed"), 0); // nothing is judged by it
        desk.pass(seconds(5));
        desk.answers(0.2, 1);
        QCOMPARE(verdicts(), QString("pass pass"));
        QVERIFY(desk.hold().held == Nanos{}); // it has just begun to count
    }

    void answers_of_one_instant_are_judged_together() {
        Desk desk;
        desk.listen();
        desk.begin();
        desk.pass(seconds(5));
        desk.answers(0.001, 5);
        QVERIFY(desk.hold().running);
        desk.pass(seconds(5));
        desk.owed = true;
        desk.answer("errors", 0.05);
        QVERIFY(desk.hold().running); // the other one is still to come
        QCOMPARE(desk.told("gate-changed"), 2);
        desk.owed = false;
        desk.answer("lag", 50);
        QCOMPARE(desk.told("gate-changed"), 2);
        QVERIFY(!desk.hold().running);
    }

    /// The hold's minute is over at the very instant at which the polls are due that say it is breached.
    void a_time_that_is_due_waits_for_the_answers_of_its_instant() {
        Desk desk;
        desk.begin();
        desk.pass(seconds(5));
        desk.answers(0.001, 5);
        desk.pass(minutes(1));
        desk.owed = true;
        desk.watch.tick();
        QCOMPARE(desk.status("bake"), "running");
        desk.answer("errors", 0.05);
        desk.owed = false;
        desk.answer("lag", 5);
        QCOMPARE(desk.status("bake"), "running");
        QVERIFY(!desk.hold().running);
        QCOMPARE(desk.hold().held.count, 0);
    }

    void a_source_that_does_not_answer_holds_nothing_up_for_long() {
        Desk desk;
        desk.begin();
        desk.pass(seconds(5));
        desk.answers(0.001, 5);
        desk.pass(seconds(5));
        desk.owed = true;
        desk.answer("errors", 0.05);
        desk.pass(milliseconds(999));
        QVERIFY(desk.hold().running);
        desk.pass(milliseconds(1));
        QVERIFY(!desk.hold().running);
    }

    /// Above all not in a rollback.
    void a_time_does_not_wait_where_nothing_is_judged() {
        Desk desk;
        desk.owed = true;
        desk.rest();
        QCOMPARE(desk.status("begin"), "awaiting a person");
    }

    void a_hold_tells_of_no_pause_before_its_gates_were_asked_for_it_data() {
        QTest::addColumn<bool>("asked_before"); ///< and had nothing, as an arm without traffic has
        QTest::newRow("asked before it began") << true;
        QTest::newRow("never asked") << false;
    }
    void a_hold_tells_of_no_pause_before_its_gates_were_asked_for_it() {
        QFETCH(bool, asked_before);
        Desk desk;
        desk.listen();
        if (asked_before) {
            desk.answer("lag", 5);
            desk.no_answer("errors");
        }
        desk.begin();
        desk.watch.tick();
        desk.pass(seconds(3));
        desk.watch.tick();
        QCOMPARE(desk.told("gate-changed"), 0);
        QCOMPARE(desk.told("hold-changed"), 0);
        QCOMPARE(desk.hold().why, "its gates have not answered yet");
        desk.answers(0.001, 5);
        QCOMPARE(desk.told("gate-changed"), 2);
        QCOMPARE(desk.told("hold-changed"), 1);
        QVERIFY(desk.hold().running);
    }

    void a_hold_whose_gates_still_have_nothing_says_so() {
        Desk desk;
        desk.begin();
        desk.pass(seconds(5));
        desk.owed = true;
        desk.answer("lag", 5);
        desk.owed = false;
        desk.no_answer("errors");
        QVERIFY(!desk.hold().running);
        QCOMPARE(desk.hold().why, "errors: nothing there");
    }

    void what_was_measured_during_a_step_is_the_baseline_of_a_later_gate() {
        std::string plan = bake;
        plan.replace(plan.find("{metric: lag, must: '< 10'}"), 27,
                     "{metric: lag, must: '<= 50%', against: {baseline: begin, as: share}}");
        Desk desk(plan);
        desk.journal.listen([&](std::span<const release::Event> events) {
            for (const auto& event : events) {
                if (const auto* finished = std::get_if<release::StepFinished>(&event.body)) {
                    desk.watch.capture(finished->step);
                }
            }
        });
        desk.answer("lag", 1000); // before the step begins
        desk.rest();
        desk.pass(seconds(5));
        desk.answer("lag", 90);
        desk.pass(seconds(5));
        desk.answer("lag", 110);
        desk.no_answer("lag");
        (void)desk.journal.submit(release::Confirm{"begin", "", false, ""}, {"lena", "lead"});
        QCOMPARE(desk.journal.release().baselines.at("begin").at("lag"), 100.0);
        desk.pass(seconds(5));
        desk.answers(0, 150);
        QVERIFY(desk.hold().running);
        QCOMPARE(desk.journal.release().at("bake").gates.at("lag").limit, "<= the baseline of begin + 50% of it");
        desk.pass(seconds(5));
        desk.answers(0, 151);
        QVERIFY(!desk.hold().running);
    }

    /// Errors climb by 0.01 % each five seconds and come to their limit of 1 % in 498 s; lag stands still.
    void a_breach_is_told_before_it_comes_and_not_with_each_reading() {
        std::string plan = bake;
        plan.replace(plan.find("for: 1m"), 7, "for: 1h");
        Desk desk(plan);
        desk.begin();
        QStringList told, words;
        const Nanos from = desk.scheduler.now();
        desk.journal.listen([&](std::span<const release::Event> events) {
            for (const auto& event : events) {
                const auto* gate = std::get_if<release::GateChanged>(&event.body);
                if (gate && gate->gate == "errors") {
                    told << QString("%1: %2%3 %4")
                                .arg(qRound((event.time - from).seconds()))
                                .arg(gate->verdict.c_str(), gate->close ? " close" : "")
                                .arg(qRound(gate->breach_in.seconds()));
                    words << QString::fromStdString(release::describe(event.body));
                }
            }
        });
        const auto& gates = desk.journal.release().at("bake").gates;
        for (int poll = 1; poll <= 100; ++poll) {
            desk.pass(seconds(5));
            desk.answers(0.00004 + 0.0001 * poll, 5);
            if (poll == 50) {
                QCOMPARE(qRound((gates.at("errors").breach_at - from).seconds()), 498);
                QVERIFY(!gates.at("errors").close);
            }
        }
        // It is seen three times as far ahead as was looked back: at 130 s, 125 s were seen, and 368 s are left.
        QCOMPARE(told.join(", "), "5: pass 0, 130: pass 368, 200: pass 298, 380: pass 118, 440: pass 58, "
                                  "450: pass close 48, 500: fail 0");
        QCOMPARE(words[2], "Gate errors is rising: 0.404 %, must be < 1%; reaches it in about 5 min at this slope");
        QCOMPARE(words[5], "Gate errors is close to its limit: 0.904 %, must be < 1%; breaches it in less than a "
                           "minute at this slope");
        QCOMPARE(gates.at("errors").breach_at.count, 0); // it is there
        QCOMPARE(gates.at("lag").breach_at.count, 0);
    }

    void a_gate_is_counted_from_its_own_value_of_some_time_ago_once_it_was_watched_for_so_long() {
        std::string plan = bake;
        plan.replace(plan.find("{metric: lag, must: '< 10'}"), 27,
                     "{metric: lag, must: '<= 50%', against: {ago: 20s, as: share}}");
        Desk desk(plan);
        desk.listen();
        desk.begin();
        const auto lag = [&] { return desk.journal.release().at("bake").gates.at("lag"); };
        for (int polls = 0; polls < 4; ++polls) { // the first at 8 s
            desk.pass(seconds(5));
            desk.answers(0, 100);
            QCOMPARE(lag().verdict, "no-data");
            QCOMPARE(lag().why, "watched since 2026-01-05T08:00:08Z only; 20s are needed");
        }
        QCOMPARE(desk.told("gate-changed"), 2); // errors hold; lag has no data: told once
        QVERIFY(!desk.hold().running);
        desk.pass(seconds(5));
        desk.answers(0, 150);
        QCOMPARE(lag().verdict, "pass");
        QVERIFY(desk.hold().running);
        desk.pass(seconds(5));
        desk.answers(0, 151);
        QCOMPARE(lag().verdict, "fail");
        QCOMPARE(lag().why, "151, must be <= its value 20s ago + 50% of it, which is 150 (its value 20s ago was 100)");
        QVERIFY(!desk.hold().running);
        desk.watch.forget(); // the plan was amended
        desk.pass(seconds(5));
        desk.answers(0, 100);
        QCOMPARE(lag().why, "watched since 2026-01-05T08:00:38Z only; 20s are needed");
    }

    void a_hold_waits_at_its_end_for_the_samples_that_its_gate_wants() {
        Desk desk(with_samples(14));
        std::vector<Json> beats;
        desk.journal.listen([&](std::span<const release::Event> events) {
            for (const auto& event : events) {
                if (const auto* beat = std::get_if<release::HoldHeartbeat>(&event.body)) {
                    beats.push_back(beat->seen);
                }
            }
        });
        desk.answer("lag", 5); // before it begins
        desk.begin();
        for (int polls = 0; polls < 13; ++polls) { // from 8 s to 68 s
            desk.pass(seconds(5));
            desk.answers(0, 5);
        }
        const auto lag = [&] { return desk.journal.release().at("bake").gates.at("lag"); };
        QCOMPARE(lag().verdict, "inconclusive");
        QCOMPARE(lag().why, "13 of 14 samples");
        QCOMPARE(beats.size(), 1u); // the second would be the moment of the end
        QCOMPARE(beats[0].dump(), R"({"lag":7})");
        desk.answers(0, 5); // the same again
        QCOMPARE(lag().why, "13 of 14 samples");
        desk.pass(seconds(5));
        desk.no_answer("lag"); // no good one
        QCOMPARE(desk.status("bake"), "running");
        desk.pass(seconds(5));
        desk.answers(0, 5);
        QCOMPARE(desk.status("bake"), "passed");
    }

    void after_a_breach_samples_are_counted_anew() {
        Desk desk(with_samples(14));
        desk.hears_restarts();
        desk.begin();
        for (const double lag : {5.0, 5.0, 5.0, 50.0}) {
            desk.pass(seconds(5));
            desk.answers(0, lag);
        }
        desk.answers(0, 50); // what set the clock back, again
        desk.pass(seconds(5));
        desk.answers(0, 5);
        QCOMPARE(desk.journal.release().at("bake").gates.at("lag").verdict, "pass");
        QCOMPARE(desk.journal.release().at("bake").gates.at("lag").seen, 1);
    }

    void a_breach_of_an_important_gate_sets_back_its_own_clock_and_its_own_samples() {
        std::string plan = bake;
        plan.replace(plan.find("{metric: lag, must: '< 10'}"), 27,
                     "{metric: lag, must: '< 10', samples: 3, tier: important, for: 10s}");
        plan.replace(plan.find("{metric: errors, must: '< 1%'}"), 30, "{metric: errors, must: '< 1%', samples: 9}");
        Desk desk(plan);
        desk.hears_restarts();
        desk.begin();
        const auto gates = [&] { return desk.journal.release().at("bake").gates; };
        for (const double lag : {5.0, 5.0, 50.0, 5.0}) {
            desk.pass(seconds(5));
            desk.answers(0, lag);
        }
        QVERIFY(desk.hold().running);
        QCOMPARE(desk.hold().held_at(desk.scheduler.now()).seconds(), 15.0);
        QCOMPARE(gates().at("lag").seen, 1);
        QCOMPARE(gates().at("lag").own.held_at(desk.scheduler.now()).seconds(), 0.0);
        desk.pass(seconds(5));
        desk.answers(0.5, 5); // now the critical one
        QVERIFY(!desk.hold().running);
        QVERIFY(gates().at("lag").own.running);
        for (int polls = 0; polls < 12; ++polls) { // a minute from the next answer on
            desk.pass(seconds(5));
            desk.answers(0, 5);
        }
        QCOMPARE(desk.status("bake"), "running");
        desk.pass(seconds(5));
        desk.answers(0, 5);
        QCOMPARE(desk.status("bake"), "passed");
    }

    /// Else a minute of breaches would be the evidence, and one good answer the pass.
    void samples_that_are_breaches_are_no_evidence_for_what_comes_after_them() {
        Desk desk(with_samples(14));
        desk.begin();
        const auto gates = [&] { return desk.journal.release().at("bake").gates; };
        for (int polls = 0; polls < 6; ++polls) { // from the first on: no clock is set back
            desk.pass(seconds(5));
            desk.answers(0, 50);
            QCOMPARE(gates().at("lag").verdict, "fail");
        }
        desk.pass(seconds(5));
        desk.answers(0, 5);
        QCOMPARE(gates().at("lag").verdict, "pass");
        QCOMPARE(gates().at("lag").seen, 1);
        for (int polls = 0; polls < 6; ++polls) { // of another gate: neither
            desk.pass(seconds(5));
            desk.answers(polls == 0 ? 0 : 1, 5);
        }
        for (int polls = 0; polls < 13; ++polls) {
            desk.pass(seconds(5));
            desk.answers(0, 5);
        }
        QCOMPARE(gates().at("lag").why, "13 of 14 samples");
    }

    /// An absence sets the hold's clock back once, and keeps it there.
    void nor_are_those_of_the_time_in_which_another_gate_was_absent() {
        std::string plan = with_samples(14);
        Desk desk(plan.replace(plan.find("must: '< 1%'"), 12, "must: '< 1%', absent: 20s"));
        desk.hears_restarts();
        desk.begin();
        for (int polls = 0; polls < 28; ++polls) {
            desk.pass(seconds(5));
            if (polls < 3 || polls >= 15) {
                desk.answers(0, 5);
                continue;
            }
            desk.owed = true;
            desk.no_answer("errors");
            desk.owed = false;
            desk.answer("lag", 5);
        }
        QCOMPARE(desk.journal.release().at("bake").gates.at("lag").why, "13 of 14 samples");
    }

    void one_sample_asked_for_three_times_counts_once_however_long_the_answers_took() {
        Desk desk(with_samples(7));
        desk.begin();
        const Nanos begun = desk.scheduler.now();
        for (int poll = 0; poll < 13; ++poll) {
            desk.pass(seconds(5));
            desk.owed = true;
            desk.answer("errors", 0);
            desk.owed = false;
            series::SampleBatch batch;
            batch.metric = "lag";
            batch.received_at = desk.scheduler.now();
            batch.readings.emplace_back();
            batch.readings[0].value = 5;
            batch.readings[0].received_at = batch.received_at;
            // Taken each 15 s; the age was true when the source told it, not when its answer came.
            const std::int64_t took = std::array{10, 40, 170}[static_cast<std::size_t>(poll) % 3];
            batch.readings[0].measured_at = begun + seconds(poll / 3 * 15) + milliseconds(took);
            desk.watch.take(std::move(batch));
        }
        QCOMPARE(desk.journal.release().at("bake").gates.at("lag").verdict, "inconclusive");
        QCOMPARE(desk.journal.release().at("bake").gates.at("lag").why, "5 of 7 samples");
    }

    void a_program_that_comes_back_counts_on_from_what_the_log_told_last() {
        Desk desk(with_samples(14));
        desk.begin();
        for (int polls = 0; polls < 7; ++polls) {
            desk.pass(seconds(5));
            desk.answers(0, 5);
        }
        QCOMPARE(desk.journal.release().at("bake").gates.at("lag").seen, 7);
        desk.pass(seconds(5));
        (void)desk.journal.submit(release::Resume{{"lena", "lead"}}, {"lena", "lead"});
        Watch again(desk.scheduler, desk.journal);
        again.was_away();
        const auto take = [&](const std::string& metric, Nanos age) {
            series::SampleBatch batch;
            batch.metric = metric;
            batch.received_at = desk.scheduler.now();
            batch.readings.emplace_back();
            batch.readings[0].received_at = batch.received_at;
            batch.readings[0].measured_at = batch.received_at - age;
            again.take(std::move(batch));
        };
        take("errors", {});
        take("lag", seconds(1)); // measured while nobody was there
        QCOMPARE(desk.journal.release().at("bake").gates.at("lag").verdict, "pass");
        QCOMPARE(desk.journal.release().at("bake").gates.at("lag").seen, 7);
        desk.pass(seconds(30));
        take("errors", {});
        take("lag", {});
        QCOMPARE(desk.journal.release().at("bake").gates.at("lag").seen, 8);
    }

    void a_shadow_before_a_step_is_told_as_the_step_begins() {
        std::string plan = bake;
        plan.replace(plan.find("{id: begin, confirm: Begin}"), 27,
                     "{id: begin, confirm: Begin, gates: [{metric: lag, must: '< 10', shadow: true}]}");
        Desk desk(plan);
        std::vector<release::GateChanged> told;
        desk.journal.listen([&](std::span<const release::Event> events) {
            for (const auto& event : events) {
                if (const auto* started = std::get_if<release::StepStarted>(&event.body)) {
                    desk.watch.begun(started->step);
                } else if (const auto* gate = std::get_if<release::GateChanged>(&event.body)) {
                    told.push_back(*gate);
                }
            }
        });
        desk.answer("lag", 50);
        desk.rest();
        QCOMPARE(desk.status("begin"), "awaiting a person");
        QCOMPARE(told.size(), 1u);
        QCOMPARE(told[0].step, "begin");
        QCOMPARE(told[0].verdict, "fail");
        QCOMPARE(told[0].why, "50, must be < 10");
        QCOMPARE(told[0].samples.size(), 1u);
        QVERIFY(told[0].shadow);
        desk.pass(seconds(5));
        desk.answers(0, 5);
        QCOMPARE(told.size(), 1u); // as it began, once
    }

    void a_shadow_that_was_not_asked_yet_holds_nothing_up() {
        std::string plan = bake;
        plan.replace(plan.find("{metric: lag, must: '< 10'}"), 27, "{metric: lag, must: '< 10', shadow: true}");
        Desk desk(plan);
        desk.begin();
        desk.pass(seconds(5));
        desk.answer("errors", 0.001);
        QVERIFY(desk.hold().running);
        QVERIFY(!desk.journal.release().at("bake").gates.contains("lag"));
        desk.pass(seconds(5));
        desk.answers(0.001, 50);
        QCOMPARE(desk.journal.release().at("bake").gates.at("lag").verdict, "fail");
        QVERIFY(desk.hold().running);
    }

    void a_step_during_which_the_program_was_away_has_no_baseline() {
        std::string plan = bake;
        plan.replace(plan.find("{metric: lag, must: '< 10'}"), 27,
                     "{metric: lag, must: '<= 50', against: {baseline: begin}}");
        Desk desk(plan);
        desk.rest();
        desk.pass(seconds(5));
        desk.answer("lag", 90);
        desk.watch.was_away();
        desk.pass(seconds(5));
        desk.answer("lag", 110);
        (void)desk.journal.submit(release::Confirm{"begin", "", false, ""}, {"lena", "lead"});
        desk.watch.capture("begin");
        QVERIFY(desk.journal.release().baselines.at("begin").empty());
    }
};

SLUICE_TEST(WatchTest)
#include "watch_test.moc"
