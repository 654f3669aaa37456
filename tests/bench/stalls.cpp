/// How often the GUI thread does not come back to its event loop within 50 ms while Nova is rehearsed at 600 times with
/// three faults: the whole cockpit, without a display (so all painting is the processor's), beside engine and range in
/// the same process.
///
/// The watchdog goes by the clock: what other programs on the machine take counts as well. So each stall is told with
/// the processor time that the GUI thread itself had in it; only those in which it was busy for 50 ms are its own.
#include "offscreen.h"
#include "processor_time.h"
#include "screens/session_screen.h"
#include "screens/watchdog.h"
#include "story/owned_source.h"

#include <QElapsedTimer>
#include <QMainWindow>
#include <QTemporaryDir>
#include <QTimer>
#include <cstdio>

using namespace sluice;

namespace {

host::RehearsalOptions nova_in(const QTemporaryDir& folder) {
    const std::filesystem::path base = folder.path().toStdString();
    host::RehearsalOptions options;
    options.plan_file = SLUICE_SOURCE_DIR "/plans/nova/blue-green.yaml";
    options.values = {{"version", "v1.2.4"}, {"previous", "v1.2.3"}, {"ramp", "true"}};
    options.session = base / "session.sluice";
    options.by = {"bench", "release-lead"};
    options.paths = {base / "sessions", base / "config", base / "run", base / "kubeconfig", base / "state"};
    options.assume_yes = true;
    options.speed = 600;
    options.faults = {"split:green>=10 latency 3x for 2m on green", "split:green>=25 no data for 1m",
                      "split:green>=50 errors 8% on green"};
    return options;
}

} // namespace

int main(int argc, char** argv) {
    const bench::Offscreen app(argc, argv);
    QString failure;
    std::printf("%-12s %8s %8s %14s %14s %14s\n", "", "s", "events", "stalls, clock", "stalls, busy", "longest busy");
    bool held = true;
    for (const QSize size : {QSize(1600, 1000), QSize(2560, 1440)}) {
        const QTemporaryDir own;
        screens::Watchdog watchdog;
        QMainWindow window;
        const double before = bench::processor_ms();
        auto* screen = new screens::SessionScreen(story::OwnedSource::rehearsal(nova_in(own)));
        QObject::connect(screen, &screens::SessionScreen::failed, [&](const QString& why) { failure = why; });
        const double made = bench::processor_ms();
        window.setCentralWidget(screen);
        window.resize(size);
        int told = 0, opening = 0;
        QElapsedTimer clock;
        clock.start();
        window.show();
        std::printf("  making it kept the thread busy for %.0f ms, showing it for %.0f ms\n", made - before,
                    bench::processor_ms() - made);
        while (!screen->story().ended() && failure.isEmpty() && clock.elapsed() < 600'000) {
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
            if (watchdog.busy_stalls() > told) {
                told = watchdog.busy_stalls();
                opening += screen->story().empty() ? 1 : 0;
                std::printf("  busy for %d ms after %.1f s, with %zu events\n", watchdog.longest_busy_ms(),
                            static_cast<double>(clock.elapsed()) / 1000, screen->story().entries().size());
            }
        }
        if (!failure.isEmpty() || !screen->story().ended()) {
            std::fprintf(stderr, "the rehearsal did not end: %s\n", qPrintable(failure));
            return 1;
        }
        if (screen->story().release().outcome != "rolled-back") {
            std::fprintf(stderr, "the faults did not do what they should: %s\n",
                         screen->story().release().outcome.c_str());
            return 1;
        }
        std::printf("%dx%-7d %8.1f %8zu %14d %14d %11d ms\n", size.width(), size.height(),
                    static_cast<double>(clock.elapsed()) / 1000, screen->story().entries().size(), watchdog.stalls(),
                    watchdog.busy_stalls(), watchdog.longest_busy_ms());
        std::fflush(stdout);
        held = held && watchdog.busy_stalls() == opening;
    }
    std::printf("once the window was open, the GUI thread never kept itself from its event loop for 50 ms: %s\n",
                held ? "yes" : "NO");
    return held ? 0 : 1;
}
