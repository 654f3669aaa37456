/// The cockpit of a live session that scrapes and records ten thousand series at 1 Hz, without a display: whether its
/// GUI thread comes back to the event loop within 50 ms, and what that thread takes of a core. Beside it, in the same
/// run, the same cockpit with ten series. SLUICE_RECORD_SECONDS: of each; 600 unless told.
#include "exposition_text.h"
#include "offscreen.h"
#include "processor_time.h"
#include "screens/session_screen.h"
#include "screens/watchdog.h"
#include "story/owned_source.h"

#include <QElapsedTimer>
#include <QMainWindow>
#include <QProcess>
#include <QTemporaryDir>
#include <QTimer>
#include <cstdio>
#include <fstream>

using namespace sluice;

namespace {

constexpr int texts = 20;

/// Answers scrapes in a process of its own, as long as it lives.
class Exporter {
public:
    Exporter(const QTemporaryDir& folder, std::size_t series, int seconds) : plan(folder.filePath("plan.yaml")) {
        QStringList arguments = {"-B", SLUICE_SOURCE_DIR "/tests/bench/record_live.py", "--serve", plan,
                                 QString::number(seconds)};
        for (int i = 0; i < texts; ++i) {
            arguments += folder.filePath(QString::number(i) + ".txt");
            std::ofstream(arguments.last().toStdString(), std::ios::binary) << bench::exposition_text(series, i);
        }
        process_.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process_.start("python3", arguments);
        ready = process_.waitForStarted() && process_.waitForReadyRead(60'000) && process_.readLine() == "ready\n";
    }
    ~Exporter() {
        process_.closeWriteChannel();
        process_.waitForFinished();
    }

    /// It answers no more; how many scrapes it had.
    int end() {
        process_.closeWriteChannel();
        process_.waitForFinished();
        return process_.readAllStandardOutput().trimmed().toInt();
    }

    QString plan;
    bool ready = false;

private:
    QProcess process_;
};

/// False if something went wrong; `busy_stalls` counts those once the window was open.
bool watch(std::size_t series, int seconds, int& busy_stalls) {
    const QTemporaryDir own;
    Exporter exporter(own, series, seconds);
    if (!exporter.ready) {
        std::fprintf(stderr, "the exporter does not start: python3 is needed\n");
        return false;
    }
    const std::filesystem::path base = own.path().toStdString();
    host::StartOptions options;
    options.plan_file = exporter.plan.toStdString();
    options.session = base / "session.sluice";
    options.by = {"bench", "release-lead"};
    options.paths = {base / "sessions", base / "config", base / "run", base / "kubeconfig", base / "state"};
    options.wrapper = SLUICE_PROGRAMS "/sluice-exec";

    screens::Watchdog watchdog;
    QMainWindow window;
    QString failure;
    auto* screen = new screens::SessionScreen(story::OwnedSource::run(options));
    QObject::connect(screen, &screens::SessionScreen::failed, [&](const QString& why) { failure = why; });
    window.setCentralWidget(screen);
    window.resize(1600, 1000);
    window.show();
    QTimer wakes; // so that the clock below is looked at, whatever happens
    wakes.start(100);
    QElapsedTimer clock;
    clock.start();
    std::optional<int> opened; // stalls until its first figures stood there
    const double before = bench::processor_ms();
    while (!screen->story().ended() && failure.isEmpty() && clock.elapsed() < 2000LL * seconds + 60'000) {
        QApplication::processEvents(QEventLoop::WaitForMoreEvents);
        if (!opened && clock.elapsed() > 3'000) {
            opened = watchdog.busy_stalls();
        }
    }
    const double took = bench::processor_ms() - before, lasted = static_cast<double>(clock.elapsed());
    if (!failure.isEmpty() || screen->story().release().outcome != "done") {
        std::fprintf(stderr, "the session did not end as it should: %s %s\n", qPrintable(failure),
                     screen->story().release().outcome.c_str());
        return false;
    }
    busy_stalls = watchdog.busy_stalls() - opened.value_or(0);
    std::printf("%-8zu %8.0f %8d %14d %14d %11d ms %10.1f %%\n", series, lasted / 1000, exporter.end(),
                watchdog.stalls(), busy_stalls, watchdog.longest_busy_ms(), took / lasted * 100);
    std::fflush(stdout);
    return true;
}

} // namespace

int main(int argc, char** argv) {
    const bench::Offscreen app(argc, argv);
    const int given = qEnvironmentVariableIntValue("SLUICE_RECORD_SECONDS");
    const int seconds = given >= 10 ? given : 600;
    std::printf("%-8s %8s %8s %14s %14s %14s %12s\n", "series", "s", "scrapes", "stalls, clock", "stalls, busy",
                "longest busy", "of a core");
    int few = 0, many = 0;
    if (!watch(10, seconds, few) || !watch(10'000, seconds, many)) {
        return 1;
    }
    const bool held = many == 0;
    std::printf("with ten thousand series the GUI thread never kept itself from its event loop for 50 ms: %s\n",
                held ? "yes" : "NO");
    return held ? 0 : 1;
}
