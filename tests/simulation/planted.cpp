/// A watcher that finds nothing shows nothing: each bug of planted.py must be found, and by what it breaks.
#include "simulation.h"

#include <QCoreApplication>
#include <QDir>
#include <QTemporaryDir>
#include <fmt/format.h>

namespace sluice::planted {
int bug = 0; ///< the one that is in force; read by the copies of the sources
} // namespace sluice::planted

namespace {

struct Expected {
    int bug;
    const char* said;
};
const Expected all[] = {
#include "planted_expected.inc"
};

} // namespace

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    const QTemporaryDir folder(QDir("/dev/shm").exists() ? "/dev/shm/sluice-XXXXXX"
                                                         : QDir::tempPath() + "/sluice-XXXXXX");
    constexpr std::uint64_t most_seeds = 1500;
    int missed = 0;
    for (const auto& [bug, said] : all) {
        sluice::planted::bug = bug;
        bool found = false;
        for (std::uint64_t seed = 1; seed <= most_seeds && !found; ++seed) {
            const auto outcome = sluice::simulation::simulate(seed, folder.path().toStdString());
            found = outcome.finding && outcome.finding->find(said) != std::string::npos;
            if (found) {
                fmt::print("bug {} is found with seed {}: {}\n", bug, seed, *outcome.finding);
            }
        }
        if (!found) {
            fmt::print("bug {} is NOT found in {} releases: nobody said '{}'\n", bug, most_seeds, said);
            ++missed;
        }
    }
    return missed == 0 ? 0 : 1;
}
