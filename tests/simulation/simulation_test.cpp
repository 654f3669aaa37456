/// Thousands of releases with random faults, people and deaths. SLUICE_SEEDS=N runs so many; SLUICE_SEED=N runs that
/// one alone and prints what happens in it: a seed that was found wanting is looked at so. After
/// SLUICE_SIMULATION_UNTIL=T (seconds since 1970) the rest is skipped, but for the first five thousand: what has to be
/// over by then, on a slow machine too, does what it can.
#include "drawn.h"
#include "plan/loader.h"
#include "simulation.h"
#include "support/suite.h"

#include <QDateTime>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <fmt/format.h>
#include <map>

using namespace sluice::simulation;

class SimulationTest : public QObject {
    Q_OBJECT

    /// In memory where the machine has such a place: durability is not what is looked at here.
    QTemporaryDir folder_{QDir("/dev/shm").exists() ? "/dev/shm/sluice-XXXXXX" : QDir::tempPath() + "/sluice-XXXXXX"};

    std::map<std::string, int> endings_;
    std::map<std::pair<std::string, std::string>, std::pair<int, int>> reached_;
    std::int64_t releases_ = 0, events_ = 0, lives_ = 0;

    void take(const Outcome& outcome) {
        ++releases_;
        ++endings_[outcome.ending];
        events_ += outcome.events;
        lives_ += outcome.lives;
        for (const auto& [what, counts] : outcome.reached) {
            reached_[what].first += counts.first;
            reached_[what].second += counts.second;
        }
    }

    bool out_of_time() const {
        const auto until = qEnvironmentVariable("SLUICE_SIMULATION_UNTIL").toLongLong();
        return until != 0 && releases_ >= 5'000 && QDateTime::currentSecsSinceEpoch() > until;
    }

private slots:
    void initTestCase() { QVERIFY(folder_.isValid()); }

    void every_drawn_plan_loads() {
        for (int plan = 0; plan < plan_count; ++plan) {
            Drawn all{plan, {all_parts().begin(), all_parts().end()}};
            std::vector<Drawn> some{{plan, {}}, all};
            for (const auto& part : all_parts()) {
                some.push_back({plan, {part}});
                some.push_back(all);
                some.back().parts.erase(part);
            }
            for (const auto& one : some) {
                const std::string text = text_of(one);
                QCOMPARE(text_of(read_back(text)), text);
                for (const auto& diagnostic : sluice::plan::load(text, "drawn.yaml").diagnostics) {
                    QVERIFY2(diagnostic.severity != sluice::plan::Severity::error,
                             (sluice::plan::to_text(diagnostic, "drawn.yaml") + "\n" + text).c_str());
                }
            }
        }
    }

    // In parts, since Qt gives each five minutes.
    void whatever_happens_what_must_be_true_is_true_data() {
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("to");
        const int one = qEnvironmentVariableIntValue("SLUICE_SEED");
        const int all = one != 0                                    ? one
                        : qEnvironmentVariableIsSet("SLUICE_SEEDS") ? qEnvironmentVariableIntValue("SLUICE_SEEDS")
                                                                    : 10'000;
        for (int from = std::max(1, one); from <= all; from += 500) {
            const int to = std::min(from + 499, all);
            QTest::addRow("seeds %d to %d", from, to) << from << to;
        }
    }
    void whatever_happens_what_must_be_true_is_true() {
        QFETCH(int, from);
        QFETCH(int, to);
        for (int seed = from; seed <= to; ++seed) {
            if (out_of_time()) {
                QSKIP(qPrintable(QStringLiteral("no time is left for the seeds %1 to %2").arg(seed).arg(to)));
            }
            const bool told = qEnvironmentVariableIsSet("SLUICE_SEED");
            const Outcome outcome = simulate(static_cast<std::uint64_t>(seed), folder_.path().toStdString(), told);
            QVERIFY2(!outcome.finding, fmt::format("SLUICE_SEED={}: {}", seed, outcome.finding.value_or("")).c_str());
            take(outcome);
        }
    }

    void cleanupTestCase() {
        fmt::print("{} releases, {} events, {} times the program had died\n", releases_, events_, lives_ - releases_);
        for (const auto& [ending, count] : endings_) {
            fmt::print("  {:<12} {}\n", ending, count);
        }
        fmt::print("command            met                  accepted   refused\n");
        for (const auto& [what, counts] : reached_) {
            fmt::print("  {:<16} {:<20} {:>8}  {:>8}\n", what.first, what.second, counts.first, counts.second);
        }
        // A storm that never leaves the harbour shows nothing.
        for (const char* ending : {"done", "rolled-back", "aborted"}) {
            QVERIFY2(endings_[ending] > 0 || releases_ < 1000, ending);
        }
    }
};

SLUICE_TEST(SimulationTest)
#include "simulation_test.moc"
