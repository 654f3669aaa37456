#include "net/local_process_runner.h"

#include "base/digest.h"
#include "base/redact.h"
#include "net/live_scheduler.h"
#include "support/suite.h"

#include <QTemporaryDir>
#include <QtTest>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

using namespace sluice;
using namespace sluice::net;

namespace {

const std::string wrapper = SLUICE_BINARY_DIR "/bin/sluice-exec";

/// What a sink heard.
struct Heard {
    int started = 0;
    std::string output;
    std::uint64_t omitted = 0;
    std::optional<Result<ProcessEnd>> end;

    ProcessSink sink() {
        return {[this] { ++started; }, [this](std::string_view bytes) { output += bytes; },
                [this](std::uint64_t bytes) { omitted += bytes; },
                [this](Result<ProcessEnd> result) { end = std::move(result); }};
    }
};

std::string content(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

} // namespace

class LocalProcessRunnerTest : public QObject {
    Q_OBJECT
    LiveScheduler scheduler_;
    std::unique_ptr<QTemporaryDir> folder_;

    ProcessSpec spec(std::vector<std::string> argv) {
        ProcessSpec made;
        made.argv = std::move(argv);
        made.directory = folder_->path().toStdString() + "/op-1";
        made.timeout = seconds(20);
        made.grace = milliseconds(200);
        made.key = "s/step/1";
        return made;
    }
    static std::vector<std::string> shell(const std::string& line) { return {"/bin/sh", "-c", line}; }

    void run(ProcessSpec made, Heard& heard) {
        LocalProcessRunner runner(scheduler_, wrapper);
        runner.start(std::move(made), heard.sink());
        QTRY_VERIFY_WITH_TIMEOUT(heard.end.has_value(), 15'000);
    }

private slots:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void endings_are_told_as_they_are_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("exit_code");
        QTest::addColumn<int>("signal");
        QTest::newRow("zero") << "exit 0" << 0 << -1;
        QTest::newRow("one") << "exit 1" << 1 << -1;
        QTest::newRow("255") << "exit 255" << 255 << -1;
        QTest::newRow("killed") << "kill -9 $$" << -1 << 9;
        QTest::newRow("terminated") << "kill -15 $$" << -1 << 15;
    }
    void endings_are_told_as_they_are() {
        QFETCH(QString, line);
        QFETCH(int, exit_code);
        QFETCH(int, signal);
        Heard heard;
        run(spec(shell(line.toStdString())), heard);
        QVERIFY2(*heard.end, *heard.end ? "" : to_text(heard.end->error()).c_str());
        const ProcessEnd& end = **heard.end;
        QCOMPARE(end.exit_code.value_or(-1), exit_code);
        QCOMPARE(end.signal.value_or(-1), signal);
        QVERIFY(!end.timed_out && !end.cancelled);
        QVERIFY(end.ended >= end.started);
        QCOMPARE(heard.started, 1);
    }

    // What a metric's program leaves is forgotten at the release's end, while its wrapper writes its last record.
    void what_is_forgotten_is_gone_though_something_still_writes_there() {
        LocalProcessRunner runner(scheduler_, wrapper);
        for (int round = 0; round < 50; ++round) {
            const std::string directory = folder_->path().toStdString() + "/poll";
            std::filesystem::create_directory(directory);
            std::atomic<bool> over = false;
            std::atomic<int> written = 0;
            std::thread writer([&] {
                while (!over) {
                    std::ofstream(directory + "/" + std::to_string(written++)) << "a record";
                }
            });
            while (written < 100) {
                std::this_thread::yield();
            }
            runner.forget(directory);
            over = true;
            writer.join();
            QVERIFY(std::filesystem::is_empty(folder_->path().toStdString()));
        }
    }

    void its_pid_is_told_while_it_runs() {
        LocalProcessRunner runner(scheduler_, wrapper);
        Heard heard;
        std::int64_t told = 0;
        std::string of_boot;
        auto sink = heard.sink();
        sink.at_work = [&](std::int64_t pid, const std::string& boot) {
            told = pid;
            of_boot = boot;
        };
        auto made = spec(shell("echo $$; while [ ! -e go ]; do sleep 0.02; done"));
        made.cwd = folder_->path().toStdString();
        runner.start(made, std::move(sink));
        QTRY_VERIFY(!heard.output.empty());
        QCOMPARE(std::to_string(told) + "\n", heard.output);
        QCOMPARE(of_boot + "\n", content("/proc/sys/kernel/random/boot_id"));
        std::ofstream(made.cwd + "/go") << "go";
        QTRY_VERIFY_WITH_TIMEOUT(heard.end.has_value(), 15'000);
    }

    void output_is_both_streams_in_their_order() {
        Heard heard;
        run(spec(shell("echo one; echo two >&2; echo three; cat")), heard); // cat: the input is empty
        QCOMPARE(heard.output, std::string("one\ntwo\nthree\n"));
        QCOMPARE((*heard.end)->digest, hex(sha256(heard.output)));
        QCOMPARE((*heard.end)->length, heard.output.size());
        QCOMPARE(heard.omitted, std::uint64_t{0});
    }

    void output_is_heard_while_it_runs() {
        Heard heard;
        LocalProcessRunner runner(scheduler_, wrapper);
        const auto process = runner.start(spec(shell("echo early; sleep 20")), heard.sink());
        QTRY_COMPARE(heard.output, std::string("early\n"));
        QVERIFY(!heard.end);
        runner.cancel(process);
        QTRY_VERIFY(heard.end.has_value());
        QVERIFY((*heard.end)->cancelled);
        QCOMPARE((*heard.end)->signal.value_or(0), SIGTERM);
    }

    void a_time_out_ends_the_whole_family_data() {
        QTest::addColumn<QString>("line");
        QTest::newRow("alone") << "sleep 99";
        QTest::newRow("child in the background") << "sleep 99 & sleep 99";
        QTest::newRow("deaf to SIGTERM") << "trap '' TERM; sleep 99 & sleep 99; sleep 99; sleep 99";
        QTest::newRow("grandchild in a session of its own") << "setsid sh -c 'sleep 99 & sleep 99' & sleep 99";
        QTest::newRow("daemon, deaf, orphaned") << "(setsid sh -c 'trap \"\" TERM; sleep 99; sleep 99' &) ; sleep 99";
    }
    void a_time_out_ends_the_whole_family() {
        QFETCH(QString, line);
        // Every process of the family is known by a variable of its environment.
        const std::string mark = "SLUICE_TEST_MARK=" + folder_->path().toStdString();
        const auto family = [&] {
            int count = 0;
            for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
                count += content(entry.path().string() + "/environ").find(mark) != std::string::npos ? 1 : 0;
            }
            return count;
        };
        auto made = spec(shell(line.toStdString()));
        made.environment["SLUICE_TEST_MARK"] = folder_->path().toStdString();
        made.timeout = milliseconds(300);
        Heard heard;
        LocalProcessRunner runner(scheduler_, wrapper);
        runner.start(made, heard.sink());
        QTRY_VERIFY(family() >= 1);
        QTRY_VERIFY_WITH_TIMEOUT(heard.end.has_value(), 15'000);
        QVERIFY2(*heard.end, *heard.end ? "" : to_text(heard.end->error()).c_str());
        QVERIFY((*heard.end)->timed_out);
        QCOMPARE(family(), 0);
    }

    void what_is_left_in_the_background_is_ended_and_counted() {
        Heard heard;
        run(spec(shell("sleep 99 & setsid sleep 99 & echo done; sleep 0.05")), heard);
        QCOMPARE((*heard.end)->exit_code.value_or(-1), 0);
        QCOMPARE((*heard.end)->left_behind, 2);
        QCOMPARE(heard.output, std::string("done\n"));
    }

    void a_hundred_megabytes_are_counted_and_bounded() {
        auto made = spec(shell("head -c 100000000 /dev/zero | tr '\\0' x; echo; echo the end"));
        made.output_budget = 1 << 20;
        Heard heard;
        QElapsedTimer spent;
        spent.start();
        run(made, heard);
        qInfo("%lld ms", static_cast<long long>(spent.elapsed()));
        const std::string whole = std::string(100'000'000, 'x') + "\nthe end\n";
        const ProcessEnd& end = **heard.end;
        QCOMPARE(end.length, whole.size());
        QCOMPARE(end.digest, hex(sha256(whole)));
        QCOMPARE(end.head + end.tail, std::uint64_t{1 << 20});
        QCOMPARE(heard.output.size(), std::size_t{1 << 20});
        QCOMPARE(heard.output.size() + heard.omitted, whole.size());
        QVERIFY(heard.output.ends_with("xx\nthe end\n"));
        QCOMPARE(std::filesystem::file_size(made.directory + "/output"), std::uintmax_t{1 << 20});
    }

    void what_can_not_be_started_says_why_data() {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("cwd");
        QTest::addColumn<QString>("why");
        QTest::newRow("not in PATH") << "no-such-program"
                                     << ""
                                     << "the program was not found";
        QTest::newRow("no such file") << "/no/such/program"
                                      << ""
                                      << "the program was not found";
        QTest::newRow("not executable") << "/etc/passwd"
                                        << ""
                                        << "can't be executed: Permission denied";
        QTest::newRow("no working directory") << "/bin/true"
                                              << "/no/such/folder"
                                              << "working directory can't be entered";
        QTest::newRow("no interpreter line") << "SCRIPT"
                                             << ""
                                             << "neither a binary nor a script";
    }
    void what_can_not_be_started_says_why() {
        QFETCH(QString, program);
        QFETCH(QString, cwd);
        QFETCH(QString, why);
        if (program == "SCRIPT") {
            program = folder_->filePath("script");
            std::ofstream(program.toStdString()) << "echo run by a shell\n";
            std::filesystem::permissions(program.toStdString(), std::filesystem::perms::owner_all);
        }
        auto made = spec({program.toStdString()});
        made.cwd = cwd.toStdString();
        Heard heard;
        run(made, heard);
        QVERIFY(!*heard.end);
        QCOMPARE(heard.end->error().code, ErrorCode::not_found);
        QVERIFY2(QString::fromStdString(to_text(heard.end->error())).contains(why),
                 to_text(heard.end->error()).c_str());
        QCOMPARE(heard.output, std::string());
    }

    void a_missing_wrapper_says_so() {
        LocalProcessRunner runner(scheduler_, "/no/sluice-exec");
        Heard heard;
        runner.start(spec({"/bin/true"}), heard.sink());
        QTRY_VERIFY(heard.end.has_value());
        QCOMPARE(heard.end->error().code, ErrorCode::not_found);
        QCOMPARE(heard.end->error().where, std::string("/no/sluice-exec"));
    }

    void the_environment_is_the_allowed_part_and_the_given() {
        qputenv("SLUICE_TEST_PRIVATE", "canary");
        auto made = spec({"env"});
        made.environment["GIVEN"] = "a b";
        made.secrets.emplace("TOKEN", Secret("s3cret-canary"));
        Heard heard;
        run(made, heard);
        qunsetenv("SLUICE_TEST_PRIVATE");
        QVERIFY(heard.output.find("SLUICE_TEST_PRIVATE") == std::string::npos);
        QVERIFY(heard.output.find("GIVEN=a b\n") != std::string::npos);
        QVERIFY(heard.output.find("TOKEN=" + std::string(redaction_mark) + "\n") != std::string::npos);
        QVERIFY(heard.output.find("PATH=") != std::string::npos);
    }

    void no_secret_reaches_the_disk() {
        auto made = spec(shell("echo $TOKEN; exit ${#TOKEN}"));
        made.secrets.emplace("TOKEN", Secret("s3cret-canary"));
        Heard heard;
        run(made, heard);
        QCOMPARE((*heard.end)->exit_code.value_or(-1), 13); // it had it
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_->path().toStdString())) {
            QVERIFY(!entry.is_regular_file() || content(entry.path().string()).find("canary") == std::string::npos);
        }
    }

    void a_running_process_is_taken_up_after_a_restart() {
        const auto made = spec(shell("echo before; while [ ! -e go ]; do sleep 0.02; done; echo after; exit 7"));
        auto here = made;
        here.cwd = folder_->path().toStdString();
        {
            LocalProcessRunner first(scheduler_, wrapper);
            Heard heard;
            first.start(here, heard.sink());
            QTRY_COMPARE(heard.output, std::string("before\n"));
        }
        LocalProcessRunner second(scheduler_, wrapper);
        Heard heard;
        const auto adopted = second.adopt(here.directory, "s/step/1", heard.sink());
        QVERIFY(adopted);
        QCOMPARE(adopted->state, Adoption::running);
        QTRY_COMPARE(heard.output, std::string("before\n"));
        std::ofstream(folder_->filePath("go").toStdString()) << "";
        QTRY_VERIFY(heard.end.has_value());
        QCOMPARE((*heard.end)->exit_code.value_or(-1), 7);
        QCOMPARE(heard.output, std::string("before\nafter\n"));
    }

    void an_ended_process_is_taken_up_after_a_restart() {
        const auto made = spec(shell("echo text; exit 3"));
        {
            LocalProcessRunner first(scheduler_, wrapper);
            first.start(made, {});
        }
        QTRY_VERIFY(std::filesystem::exists(made.directory + "/exit.json"));
        LocalProcessRunner second(scheduler_, wrapper);
        Heard heard;
        QCOMPARE(second.adopt(made.directory, "k", heard.sink())->state, Adoption::finished);
        QTRY_VERIFY(heard.end.has_value());
        QCOMPARE((*heard.end)->exit_code.value_or(-1), 3);
        QCOMPARE(heard.output, std::string("text\n"));
    }

    void a_process_whose_wrapper_was_killed_is_gone_and_ends() {
        const auto made = spec(shell("echo x; sleep 99"));
        LocalProcessRunner runner(scheduler_, wrapper);
        Heard heard;
        runner.start(made, heard.sink());
        QTRY_COMPARE(heard.output, std::string("x\n"));
        const Json record = Json::parse(content(made.directory + "/started.json"));
        QCOMPARE(::kill(record.at("pid").get<pid_t>(), SIGKILL), 0);
        QTRY_VERIFY(heard.end.has_value());
        QCOMPARE(heard.end->error().code, ErrorCode::corrupt);
        QTRY_VERIFY(::kill(record.at("child").get<pid_t>(), 0) != 0);
        QCOMPARE(runner.adopt(made.directory, "k", {})->state, Adoption::gone);
    }

    void what_was_never_started_can_not_start_late() {
        const auto made = spec(shell("touch ran"));
        std::filesystem::create_directories(made.directory);
        const auto folder = std::filesystem::path(made.directory).parent_path().string();
        LocalProcessRunner runner(scheduler_, wrapper);
        // Another place of the session may have the record.
        QCOMPARE(runner.adopt(made.directory, "k", {})->state, Adoption::gone);
        QVERIFY(begin_records(folder));
        const auto elsewhere = folder + "-copied";
        std::filesystem::copy(folder, elsewhere, std::filesystem::copy_options::recursive);
        const auto name = std::filesystem::path(made.directory).filename().string();
        QCOMPARE(runner.adopt(elsewhere + "/" + name, "k", {})->state, Adoption::gone);
        QCOMPARE(runner.adopt(made.directory, "k", {})->state, Adoption::never_ran);
        QCOMPARE(runner.adopt(made.directory, "k", {})->state, Adoption::never_ran);
        // A wrapper that was on its way meanwhile:
        const std::string path = made.directory + "/spec.json";
        std::ofstream(path) << Json{{"argv", made.argv},
                                    {"env", Json::object()},
                                    {"cwd", made.directory},
                                    {"directory", made.directory},
                                    {"timeout", "1000000000"},
                                    {"grace", "0"},
                                    {"budget", 100}}
                                   .dump();
        QCOMPARE(QProcess::execute(QString::fromStdString(wrapper), {QString::fromStdString(path)}), 3);
        QVERIFY(!std::filesystem::exists(made.directory + "/ran"));
        Heard heard;
        runner.start(made, heard.sink());
        QTRY_VERIFY(heard.end.has_value());
        QCOMPARE(heard.end->error().code, ErrorCode::refused);
    }
};

SLUICE_TEST(LocalProcessRunnerTest)
#include "local_process_runner_test.moc"
