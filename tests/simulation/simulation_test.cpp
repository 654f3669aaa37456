/// Thousands of releases with random faults, people and deaths. SLUICE_SEEDS=N runs so many; SLUICE_SEED=N runs that
/// one alone and prints what happens in it: a seed that was found wanting is looked at so.
#include "simulation.h"
#include "support/suite.h"

#include <QTemporaryDir>
#include <QtTest>
#include <fmt/format.h>

using namespace sluice::simulation;

class SimulationTest : public QObject {
    Q_OBJECT

    /// In memory where the machine has such a place: durability is not what is looked at here.
    QTemporaryDir folder_{QDir("/dev/shm").exists() ? "/dev/shm/sluice-XXXXXX" : QDir::tempPath() + "/sluice-XXXXXX"};

private slots:
    void whatever_happens_what_must_be_true_is_true() {
        QVERIFY(folder_.isValid());
        const std::string folder = folder_.path().toStdString();
        if (qEnvironmentVariableIsSet("SLUICE_SEED")) {
            const auto outcome = simulate(qEnvironmentVariable("SLUICE_SEED").toULongLong(), folder, true);
            QVERIFY2(!outcome.finding, outcome.finding.value_or("").c_str());
            return;
        }
        const int seeds =
            qEnvironmentVariableIsSet("SLUICE_SEEDS") ? qEnvironmentVariableIntValue("SLUICE_SEEDS") : 10'000;
        std::map<std::string, int> endings;
        std::map<std::pair<std::string, std::string>, std::pair<int, int>> reached;
        std::int64_t events = 0, lives = 0;
        for (int seed = 1; seed <= seeds; ++seed) {
            const Outcome outcome = simulate(static_cast<std::uint64_t>(seed), folder);
            QVERIFY2(!outcome.finding, fmt::format("SLUICE_SEED={}: {}", seed, outcome.finding.value_or("")).c_str());
            ++endings[outcome.ending];
            events += outcome.events;
            lives += outcome.lives;
            for (const auto& [what, counts] : outcome.reached) {
                reached[what].first += counts.first;
                reached[what].second += counts.second;
            }
        }
        fmt::print("{} releases, {} events, {} times the program had died\n", seeds, events, lives - seeds);
        for (const auto& [ending, count] : endings) {
            fmt::print("  {:<12} {}\n", ending, count);
        }
        fmt::print("command        met                  accepted   refused\n");
        for (const auto& [what, counts] : reached) {
            fmt::print("  {:<12} {:<20} {:>8}  {:>8}\n", what.first, what.second, counts.first, counts.second);
        }
        // A storm that never leaves the harbour shows nothing.
        for (const char* ending : {"done", "rolled-back", "aborted"}) {
            QVERIFY2(endings[ending] > 0 || seeds < 1000, ending);
        }
    }
};

SLUICE_TEST(SimulationTest)
#include "simulation_test.moc"
