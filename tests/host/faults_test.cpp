#include "host/nova.h"
#include "support/suite.h"

#include <QtTest>
#include <fmt/format.h>

using namespace sluice;
using namespace sluice::host;

/// What goes wrong in production, and how the go-live must end: never as if nothing had been.
class FaultsTest : public QObject {
    Q_OBJECT
private slots:
    void each_fault_ends_as_it_must_data() {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("ending"); ///< how the session stands in the end, or begins to
        QTest::addColumn<QString>("told");   ///< an event that must be in the log, and text in it
        QTest::addColumn<QString>("slow");   ///< a step that must take at least…
        QTest::addColumn<int>("at_least");   ///< …so many seconds
        QTest::newRow("no data") << "step:bake-25 no data for 10m"
                                 << "done"
                                 << "gate-changed: no-data"
                                 << "bake-25" << 690;
        QTest::newRow("slow API") << "step:to-25 api slow 5s for 3m"
                                  << "done"
                                  << ""
                                  << "to-25" << 15;
        QTest::newRow("API down during a shift") << "step:to-25 api down for 2m"
                                                 << "failed to-25: "
                                                 << "triage-opened: the connection broke off"
                                                 << "" << 0;
        QTest::newRow("somebody else at work") << "step:to-50 conflict for 30s"
                                               << "done"
                                               << ""
                                               << "" << 0;
        QTest::newRow("green crashes") << "split:green>=25 pods crash on green"
                                       << "rolled-back"
                                       << "trigger-changed: fired"
                                       << "" << 0;
        QTest::newRow("broker down") << "step:bake-25 broker 2 down for 5m"
                                     << "done"
                                     << ""
                                     << "bake-25" << 120;
        QTest::newRow("consumers behind from the first") << "step:bake-25 lag 20000 for 5m"
                                                         << "done"
                                                         << "hold-changed: paused"
                                                         << "bake-25" << 400;
        QTest::newRow("consumers behind once it held")
            << QString("T+%1s lag 20000 for 4m").arg(shift_begins() + 60) << "done"
            << "hold-changed: restarted"
            << "bake-25" << 400;
        QTest::newRow("no such image") << "step:deploy-green image missing on green"
                                       << "failed deploy-green: "
                                       << "triage-opened: "
                                       << "" << 0;
        QTest::newRow("errors after the switch") << "step:monitor errors 20% on green"
                                                 << "rolled-back"
                                                 << "trigger-changed: fired"
                                                 << "" << 0;
        QTest::newRow("API down as the rollback begins") << "step:to-blue/scale-blue api down for 40s"
                                                         << "rolled-back"
                                                         << "retry-planned: the connection broke off"
                                                         << "to-blue/scale-blue" << 40;
        QTest::newRow("API down as traffic goes back") << "step:to-blue/all-blue api down for 40s"
                                                       << "rolled-back"
                                                       << "retry-planned: the connection broke off"
                                                       << "to-blue/all-blue" << 40;
        QTest::newRow("API down as blue is looked at") << "step:to-blue/blue-ready api down for 40s"
                                                       << "rolled-back"
                                                       << ""
                                                       << "to-blue/blue-ready" << 40;
        QTest::newRow("errors on blue") << "split:green>=25 errors 6% on blue"
                                        << "failed bake-25: its gates did not hold"
                                        << "gate-changed: fail"
                                        << "" << 0;
        QTest::newRow("slow answers") << "split:green>=25 latency 3x on green"
                                      << "failed bake-25: its gates did not hold"
                                      << "gate-changed: latency_p95"
                                      << "" << 0;
    }
    void each_fault_ends_as_it_must() {
        QFETCH(QString, fault);
        QFETCH(QString, ending);
        QFETCH(QString, told);
        QFETCH(QString, slow);
        QFETCH(int, at_least);
        Wish wish;
        wish.faults = {fault.toStdString()};
        Nova nova(wish);
        if (fault.startsWith("step:to-blue/")) {
            nova.when("step-started", "bake-25", [&] { nova.roll_back("to-blue"); });
        }
        QVERIFY(nova.run());
        const auto ended = nova.ending();
        qInfo("%s: %s", qPrintable(fault), qPrintable(ended));
        QVERIFY2(ended.startsWith(ending), qPrintable(ended));
        if (!told.isEmpty()) {
            const auto type = told.section(": ", 0, 0).toStdString();
            const auto text = told.section(": ", 1).toStdString();
            bool found = false;
            for (const auto& event : nova.events()) {
                found = found || (release::type_name(event.body) == type &&
                                  release::to_json(event).dump().find(text) != std::string::npos);
            }
            QVERIFY2(found, qPrintable(told));
        }
        // What stays as it is is told once, not with each poll.
        QVERIFY2(nova.events().size() < 600, qPrintable(QString("%1 events").arg(nova.events().size())));
        if (ended == "rolled-back") {
            QCOMPARE(QString::fromStdString(nova.traffic().dump()),
                     QString::fromStdString(nova.traffic_before().dump()));
        }
        if (!slow.isEmpty()) {
            const auto& step = nova.release().at(slow.toStdString());
            const double took = (step.ended - step.started).seconds();
            QVERIFY2(took >= at_least, qPrintable(QString("%1 took %2 s").arg(slow).arg(took)));
        }
    }

    /// The API answers slowly, then breaks off at some second of the shift to 25 %. Whatever the session says of it
    /// must be so: passed only at 25 %, failed only at 10 %, else in doubt with a person.
    void a_shift_cut_off_anywhere_is_never_told_wrongly_data() {
        QTest::addColumn<int>("after");
        for (int after = 1; after <= 31; after += 5) {
            QTest::addRow("after %d s", after) << after;
        }
    }
    void a_shift_cut_off_anywhere_is_never_told_wrongly() {
        QFETCH(int, after);
        const auto begins = shift_begins();
        Wish wish;
        wish.faults = {"step:to-25 api slow 5s for 1m", fmt::format("T+{}s api down for 2m", begins + after)};
        Nova nova(wish);
        const auto status = [&] { return nova.release().at("to-25").status; };
        QVERIFY(nova.run([&] { return release::over(status()); }));
        const int green = static_cast<int>(nova.host().range().commanded_percent("green"));
        int done = 0;
        for (const auto& written : nova.host().range().writes().all()) {
            done += written.request_id.find("/to-25/") != std::string::npos && written.status == 200 ? 1 : 0;
        }
        qInfo("%d s: %s, green has %d %%, %d write: %s", after, release::name(status()), green, done,
              nova.release().at("to-25").why.c_str());
        switch (status()) {
        case release::StepStatus::passed:
            QCOMPARE(green, 25);
            QCOMPARE(done, 1);
            break;
        case release::StepStatus::triage:
            QCOMPARE(green, 10);
            QCOMPARE(done, 0);
            break;
        default:
            QCOMPARE(status(), release::StepStatus::in_doubt);
        }
    }

    /// The answer to the shift's write is lost; four seconds later the API is there again. (While in doubt a person is
    /// awaited, and the rehearsal's time runs as real time does.)
    void a_shift_in_doubt_is_cleared_by_looking_or_rolled_back_data() {
        QTest::addColumn<bool>("back");
        QTest::newRow("looked at again") << false;
        QTest::newRow("rolled back at once") << true;
    }
    void a_shift_in_doubt_is_cleared_by_looking_or_rolled_back() {
        QFETCH(bool, back);
        Wish wish;
        wish.faults = {"step:to-25 api slow 5s for 24s", fmt::format("T+{}s api down for 3s", shift_begins() + 22)};
        Nova nova(wish);
        if (back) {
            nova.when("in-doubt", "to-25/1", [&] { nova.roll_back("to-blue"); });
        }
        const auto over = [&] {
            return nova.release().closed() || (!back && release::over(nova.release().at("to-25").status));
        };
        QVERIFY(nova.host().driver().run_until(over, std::chrono::seconds(40)));
        QCOMPARE(nova.all<release::InDoubt>().size(), std::size_t{1});
        std::vector<std::string> hows;
        for (const auto& [time, settled] : nova.all<release::Settled>()) {
            if (settled.operation.ends_with("/to-25/1")) {
                hows.push_back(settled.how + (settled.succeeded ? " done" : " failed"));
            }
        }
        QCOMPARE(hows.size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(hows.front()), "verified done");
        if (back) {
            QCOMPARE(nova.ending(), "rolled-back");
            QCOMPARE(QString::fromStdString(nova.traffic().dump()),
                     QString::fromStdString(nova.traffic_before().dump()));
        } else {
            QCOMPARE(nova.host().range().commanded_percent("green"), 25.0);
        }
    }

private:
    /// Seconds from the start to the shift to 25 %.
    static int shift_begins() {
        static const int found = [] {
            Nova nova({});
            bool there = false;
            nova.when("step-started", "to-25", [&] { there = true; });
            nova.run([&] { return there; });
            return static_cast<int>((nova.release().at("to-25").started - nova.release().started).count /
                                    1'000'000'000);
        }();
        return found;
    }
};

SLUICE_TEST(FaultsTest)
#include "faults_test.moc"
