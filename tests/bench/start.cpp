/// From the start of the process to the first painted frame with a session on it, and the most memory until the whole
/// session has been read: `sluice` with Nova's session, and with a long one (24 h, 500 series at one sample in 15 s).
/// Beside them, in the same run: a bare Qt window as the floor, and `sluicectl log` of the same session.
///
/// Held by processor time, since by the clock it is also told how busy the machine is with other things.
///
/// Usage: bench_start [FOLDER]; the sessions are made there, and taken from there if they are there.
#include "session/session_log.h"
#include "session/session_reader.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QLabel>
#include <QPaintEvent>
#include <QProcess>
#include <QTemporaryDir>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <vector>

using namespace sluice;

namespace {

constexpr double aim_ms = 1000;
constexpr int runs = 5;
constexpr const char* painted = "first frame";

class BareWindow : public QLabel {
protected:
    void paintEvent(QPaintEvent* event) override {
        QLabel::paintEvent(event);
        QMetaObject::invokeMethod(
            this, [] { std::fprintf(stderr, "%s\n", painted); }, Qt::QueuedConnection);
    }
};

int bare_window(int argc, char** argv) {
    QApplication app(argc, argv);
    BareWindow window;
    window.setText("a window");
    window.resize(1600, 1000);
    window.show();
    return QApplication::exec();
}

/// Peak resident memory of a process, MiB.
double peak_mib(qint64 pid) {
    QFile file(QString("/proc/%1/status").arg(pid));
    if (!file.open(QIODevice::ReadOnly)) {
        return 0;
    }
    for (const auto& line : file.readAll().split('\n')) {
        if (line.startsWith("VmHWM:")) {
            return line.mid(6).trimmed().split(' ').front().toDouble() / 1024;
        }
    }
    return 0;
}

/// Processor time of all threads of a process, ms: what other programs on the machine don't lengthen.
double busy_ms(qint64 pid) {
    double ns = 0;
    const QDir tasks(QString("/proc/%1/task").arg(pid));
    for (const auto& task : tasks.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        QFile file(tasks.filePath(task + "/schedstat"));
        if (file.open(QIODevice::ReadOnly)) {
            ns += file.readAll().split(' ').front().toDouble();
        }
    }
    return ns / 1e6;
}

struct Started {
    double first_ms = 0;                         ///< to the first frame
    double whole_ms = 0;                         ///< to the frame after all has been read; 0 = not told
    double first_busy_ms = 0, whole_busy_ms = 0; ///< processor time until then
    double mib = 0;
};

/// Runs until it says that it has painted, and, if it says so, that all was read.
std::optional<Started> start(const QString& program, const QStringList& arguments, const QByteArray& whole = {}) {
    QProcess process;
    QStringList environment = QProcess::systemEnvironment();
    environment << "QT_QPA_PLATFORM=offscreen"
                << "QT_LOGGING_RULES=sluice.start.info=true"
                << "QT_FORCE_STDERR_LOGGING=1"
                << "XDG_STATE_HOME=" + QDir::tempPath() + "/bench-start-state";
    process.setEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels); // what is waited for is the one channel
    QElapsedTimer clock;
    clock.start();
    process.start(program, arguments, QIODevice::ReadOnly);
    Started started;
    QByteArray said;
    while (process.state() != QProcess::NotRunning || process.bytesAvailable() > 0) {
        process.waitForReadyRead(120'000);
        said += process.readAll();
        if (started.first_ms == 0 && said.contains(painted)) {
            started.first_ms = static_cast<double>(clock.nsecsElapsed()) / 1e6;
            started.first_busy_ms = busy_ms(process.processId());
        }
        if (started.first_ms != 0 && (whole.isEmpty() || said.contains(whole))) {
            started.whole_ms = static_cast<double>(clock.nsecsElapsed()) / 1e6;
            started.whole_busy_ms = busy_ms(process.processId());
            break;
        }
        if (clock.elapsed() > 300'000) {
            break;
        }
    }
    started.mib = peak_mib(process.processId());
    process.kill();
    process.waitForFinished();
    if (started.first_ms == 0) {
        std::fprintf(stderr, "%s did not paint: %s\n", qPrintable(program), said.constData());
        return std::nullopt;
    }
    return started;
}

std::optional<double> log_ms(const QString& program, const QString& session) {
    QProcess process;
    process.setStandardOutputFile(QProcess::nullDevice());
    QElapsedTimer clock;
    clock.start();
    process.start(program, {"log", session});
    process.waitForFinished(300'000);
    return process.exitCode() == 0 ? std::optional(static_cast<double>(clock.nsecsElapsed()) / 1e6) : std::nullopt;
}

double median(std::vector<double> all) {
    std::ranges::sort(all);
    return all[all.size() / 2];
}

/// The events of Nova's session, and under them a day of many series.
bool make_long(const std::filesystem::path& nova, const std::filesystem::path& file) {
    auto reader = session::SessionReader::open(nova);
    if (!reader) {
        return false;
    }
    const auto events = reader->events(1, *reader->event_count());
    if (!events || events->empty()) {
        return false;
    }
    auto log = session::SessionLog::create(file, reader->meta());
    if (!log) {
        std::fprintf(stderr, "%s\n", to_text(log.error()).c_str());
        return false;
    }
    std::vector<session::NewEvent> copied;
    for (const auto& event : *events) {
        copied.push_back({event.time, event.body});
    }
    if (!log->append(copied)) {
        return false;
    }
    constexpr int series = 500, pace_s = 15, day_s = 86400;
    const Nanos end = events->back().time;
    session::SessionLog::Recording recording;
    for (int s = 0; s < day_s; s += pace_s) {
        session::Tick tick;
        tick.time = end - seconds(day_s - s);
        for (int i = 0; i < series; ++i) {
            session::Sample sample;
            // The plan's own first, so that there is something to draw.
            sample.series.metric = i < 2 ? "error_ratio" : "metric_" + std::to_string(i / 2);
            sample.series.arm = i % 2 == 0 ? "blue" : "green";
            sample.value = 0.002 + 0.001 * std::sin(s / 500.0 + i);
            sample.measured_at = tick.time - milliseconds(400);
            sample.received_at = tick.time;
            tick.samples.push_back(std::move(sample));
        }
        recording.ticks.push_back(std::move(tick));
        if (recording.ticks.size() == 60) {
            if (!log->record(recording)) {
                return false;
            }
            recording.ticks.clear();
        }
    }
    return log->record(recording).has_value() && log->close().has_value();
}

} // namespace

int main(int argc, char** argv) {
    if (argc > 1 && QByteArray(argv[1]) == "--bare") {
        return bare_window(argc, argv);
    }
    const QCoreApplication app(argc, argv);
    const QTemporaryDir own;
    const std::filesystem::path folder = argc > 1 ? argv[1] : own.path().toStdString();
    const QString programs = QStringLiteral(SLUICE_PROGRAMS);
    const QString sluice = programs + "/sluice", sluicectl = programs + "/sluicectl";
    const auto nova = folder / "nova.sluice", day = folder / "day.sluice";
    if (!std::filesystem::exists(nova)) {
        QProcess rehearsal;
        rehearsal.setStandardOutputFile(QProcess::nullDevice());
        rehearsal.start(sluicectl,
                        {"rehearse", QStringLiteral(SLUICE_SOURCE_DIR) + "/plans/nova/blue-green.yaml", "--set",
                         "version=v1.2.4", "--set", "previous=v1.2.3", "--assume-yes", "--speed", "0", "--session",
                         QString::fromStdString(nova.string()), "--fault", "split:green>=50 errors 8%"});
        rehearsal.waitForFinished(300'000);
    }
    if (!std::filesystem::exists(day) && !make_long(nova, day)) {
        std::fprintf(stderr, "the long session could not be made\n");
        return 1;
    }
    std::vector<double> bare, bare_busy;
    for (int i = 0; i < runs; ++i) {
        if (const auto one = start(QCoreApplication::applicationFilePath(), {"--bare"})) {
            bare.push_back(one->first_ms);
            bare_busy.push_back(one->first_busy_ms);
        }
    }
    if (bare.empty()) {
        return 1;
    }
    std::printf("median of %d starts, without a display; ms from the start of the process (of them busy)\n", runs);
    std::printf("%-32s %20s %20s %10s\n", "", "first frame", "all read", "peak MiB");
    std::printf("%-32s %11.0f (%6.0f)\n", "a bare Qt window", median(bare), median(bare_busy));
    std::fflush(stdout);
    bool held = true;
    for (const auto& [name, file] : {std::pair("Nova", nova), std::pair("24 h, 500 series, 2.9 M samples", day)}) {
        const QString session = QString::fromStdString(file.string());
        std::vector<double> first, first_busy, whole, whole_busy, mib, log;
        for (int i = 0; i < runs; ++i) {
            const auto one = start(sluice, {session}, "whole session");
            const auto logged = log_ms(sluicectl, session);
            if (!one || !logged) {
                return 1;
            }
            first.push_back(one->first_ms);
            first_busy.push_back(one->first_busy_ms);
            whole.push_back(one->whole_ms);
            whole_busy.push_back(one->whole_busy_ms);
            mib.push_back(one->mib);
            log.push_back(*logged);
        }
        std::printf("%-32s %11.0f (%6.0f) %11.0f (%6.0f) %10.0f\n", name, median(first), median(first_busy),
                    median(whole), median(whole_busy), median(mib));
        std::printf("    first frame: %.1fx a bare window, %.1fx sluicectl log (%.0f ms); file %.1f MiB\n",
                    median(first) / median(bare), median(first) / median(log), median(log),
                    static_cast<double>(std::filesystem::file_size(file)) / 1048576);
        std::fflush(stdout);
        held = held && median(first_busy) < aim_ms;
    }
    std::printf("first frame within a second of processor time: %s\n", held ? "yes" : "NO");
    return held ? 0 : 1;
}
