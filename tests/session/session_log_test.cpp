#include "session/session_log.h"

#include "session/export.h"
#include "session/failing_disk.h"
#include "session/session_fixture.h"
#include "session/verify.h"
#include "support/suite.h"

#include <QtTest>
#include <cmath>
#include <fmt/format.h>
#include <fstream>

using namespace sluice;
using namespace sluice::session;
using namespace sluice::session::testing;

class SessionLogTest : public QObject {
    Q_OBJECT

    static std::vector<EventRecord> all_events(const std::filesystem::path& path) {
        return must(must(SessionReader::open(path)).events(1, 1000));
    }

private slots:
    /// Killed between the making of the file and its first transaction.
    void a_session_cut_short_at_its_making_says_so() {
        const Folder folder;
        const auto path = folder / "a.sluice";
        std::ofstream(path).flush();
        const auto reader = SessionReader::open(path);
        QVERIFY(!reader);
        QVERIFY2(to_text(reader.error()).find("the session has no start yet") != std::string::npos,
                 to_text(reader.error()).c_str());
        QVERIFY2(reader.error().remedy.find("remove the file") != std::string::npos, reader.error().remedy.c_str());
        const auto log = SessionLog::open(path);
        QVERIFY(!log);
        QVERIFY2(to_text(log.error()).find("the session has no start yet") != std::string::npos,
                 to_text(log.error()).c_str());
        tamper(path, "CREATE TABLE notes(text)");
        QVERIFY(to_text(SessionReader::open(path).error()).find("another program's database") != std::string::npos);
    }

    void what_was_appended_is_read_back_and_written_on_after_closing() {
        const Folder folder;
        const auto path = folder / "a.sluice";
        std::vector<EventRecord> written;
        {
            SessionLog log = must(SessionLog::create(path, {"s-1", start, "sluice 1", "key"}));
            QCOMPARE(log.next_seq(), 1);
            const NewEvent two[] = {event_at(1, "first"), event_at(2, "second")};
            written = must(log.append(two));
            QCOMPARE(written.back().root, log.root());
            must(log.close());
            QVERIFY(!log.append(two));
        }
        QVERIFY(!std::filesystem::exists(path.string() + "-wal"));
        QVERIFY(!std::filesystem::exists(path.string() + ".lock"));
        {
            SessionLog log = must(SessionLog::open(path));
            QCOMPARE(log.meta(), (SessionMeta{"s-1", start, "sluice 1", "key"}));
            QCOMPARE(log.event_count(), 2);
            const NewEvent third = event_at(3);
            written.push_back(must(log.append(std::span(&third, 1)))[0]);
        } // killed
        QVERIFY(std::filesystem::exists(path.string() + "-wal"));
        QVERIFY(all_events(path) == written);
    }

    void an_event_that_does_not_fit_is_refused_and_harms_nothing_data() {
        QTest::addColumn<QString>("body");
        QTest::newRow("wrong seq") << R"({"seq":2,"time":"5","type":"x"})";
        QTest::newRow("wrong time") << R"({"seq":1,"time":"6","type":"x"})";
        QTest::newRow("time as a number") << R"({"seq":1,"time":5,"type":"x"})";
        QTest::newRow("no type") << R"({"seq":1,"time":"5"})";
        QTest::newRow("blank") << R"({"seq":1, "time":"5","type":"x"})";
        QTest::newRow("order of keys") << R"({"time":"5","seq":1,"type":"x"})";
        QTest::newRow("float") << R"({"a":1.5,"seq":1,"time":"5","type":"x"})";
        QTest::newRow("twice") << R"({"seq":1,"seq":1,"time":"5","type":"x"})";
        QTest::newRow("array") << R"([1])";
        QTest::newRow("nothing") << "";
    }
    void an_event_that_does_not_fit_is_refused_and_harms_nothing() {
        QFETCH(QString, body);
        const Folder folder;
        SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of()));
        const NewEvent bad{{5}, body.toStdString()};
        QCOMPARE(log.append(std::span(&bad, 1)).error().code, ErrorCode::internal);
        QVERIFY(!log.broken());
        fill(log, 1);
        QCOMPARE(log.event_count(), 1);
    }

    void a_second_owner_is_refused_and_told_who_the_first_is() {
        const Folder folder;
        const auto path = folder / "a.sluice";
        auto log = std::make_unique<SessionLog>(must(SessionLog::create(path, meta_of())));
        std::filesystem::create_symlink(path, folder / "link.sluice");
        for (const auto& name : {path, folder / "link.sluice"}) {
            const auto second = SessionLog::open(name);
            QVERIFY(!second);
            QCOMPARE(second.error().code, ErrorCode::refused);
            QVERIFY(second.error().what.find(fmt::format("pid {}", getpid())) != std::string::npos);
        }
        QCOMPARE(SessionLog::create(path, meta_of()).error().code, ErrorCode::refused);
        fill(*log, 3);
        log.reset();
        QCOMPARE(must(SessionLog::open(path)).event_count(), 3);
        QCOMPARE(SessionLog::create(path, meta_of()).error().code, ErrorCode::refused); // never over a file
        QCOMPARE(SessionLog::open(folder / "none.sluice").error().code, ErrorCode::bad_input);
        QVERIFY(!std::filesystem::exists(folder / "none.sluice.lock"));
    }

    void a_killed_session_is_whole_wherever_its_files_are_taken() {
        const Folder folder;
        SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of()));
        const SigningKey key = key_named("k");
        fill(log, 25, &key);
        must(log.add_output(start, "s/x/1", 0, "hello"));
        copy_as_killed(folder / "a.sluice", folder / "b.sluice");
        QCOMPARE(all_events(folder / "b.sluice").size(), std::size_t{25});
        SessionLog resumed = must(SessionLog::open(folder / "b.sluice"));
        QCOMPARE(resumed.root(), log.root());
        QCOMPARE(must(resumed.output_size("s/x/1")), 5);
        fill(resumed, 5);
        must(resumed.close());
        QVERIFY(must(verify_file(folder / "b.sluice", {{key.verifier()}, log.last_checkpoint()})).good());
    }

    void the_log_moves_into_the_file_while_it_grows() {
        const Folder folder;
        LogOptions options;
        options.checkpoint_pages = 20;
        SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of(), options));
        fill(log, 200);
        QVERIFY(std::filesystem::file_size(folder / "a.sluice-wal") < 60 * 4200);
        QCOMPARE(all_events(folder / "a.sluice").size(), std::size_t{200});
    }

    void a_full_disk_ends_the_writing_until_the_log_is_opened_again() {
        const Folder folder;
        const auto path = folder / "a.sluice";
        LogOptions options;
        options.for_tests.max_pages = 16;
        auto log = std::make_unique<SessionLog>(must(SessionLog::create(path, meta_of(), options)));
        fill(*log, 5);
        const Digest root = log->root();
        const NewEvent large = event_at(6, "large", {{"text", std::string(100'000, 'x')}});
        QCOMPARE(log->append(std::span(&large, 1)).error().code, ErrorCode::io);
        QVERIFY(log->broken());
        QCOMPARE(log->root(), root);
        const NewEvent small = event_at(6);
        QCOMPARE(log->append(std::span(&small, 1)).error().code, ErrorCode::refused);
        QCOMPARE(log->add_output(start, "a", 0, "x").error().code, ErrorCode::refused);
        QCOMPARE(log->checkpoint(key_named("k")).error().code, ErrorCode::refused);
        QCOMPARE(log->close().error().code, ErrorCode::refused);
        log.reset();
        SessionLog again = must(SessionLog::open(path));
        QCOMPARE(again.event_count(), 5);
        QVERIFY(again.append(std::span(&large, 1)));
    }

    void whichever_call_of_the_disk_fails_no_acknowledged_event_is_lost() {
        // The N-th sync or write fails, for every N until none does any more.
        for (const auto kind : {FailingDisk::Call::sync, FailingDisk::Call::write}) {
            int failures = 0;
            for (int n = 1;; ++n) {
                const Folder folder;
                const auto path = folder / "a.sluice";
                std::int64_t acknowledged = 0;
                bool failed_once = false;
                {
                    FailingDisk disk(kind, n);
                    LogOptions options;
                    options.checkpoint_pages = 8;
                    options.for_tests.vfs = FailingDisk::name;
                    auto log = SessionLog::create(path, meta_of(), options);
                    for (int i = 0; log && i < 12; ++i) {
                        const bool was_broken = log->broken();
                        const NewEvent event = event_at(log->next_seq());
                        if (log->append(std::span(&event, 1))) {
                            QVERIFY(!was_broken);
                            acknowledged = log->event_count();
                        } else {
                            QVERIFY(log->broken());
                        }
                    }
                    failed_once = disk.failed();
                    if (!log) {
                        QVERIFY(failed_once);
                        QVERIFY(!std::filesystem::exists(path)); // nothing half-made stays
                        ++failures;
                        continue;
                    }
                    QCOMPARE(log->broken(), failed_once);
                }
                SessionLog again = must(SessionLog::open(path));
                // One more is possible: written, but not acknowledged.
                QVERIFY(again.event_count() == acknowledged || again.event_count() == acknowledged + 1);
                if (!failed_once) {
                    break;
                }
                ++failures;
            }
            QVERIFY2(failures > 10, qPrintable(QString::number(failures)));
        }
    }

    void every_commit_is_synced_and_without_full_it_is_not() {
        const auto syncs = [](LogOptions::Synchronous level) {
            const Folder folder;
            FailingDisk disk(FailingDisk::Call::sync, 0);
            LogOptions options;
            options.for_tests = {level, 0, FailingDisk::name};
            SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of(), options));
            const int before = disk.calls();
            fill(log, 10);
            return disk.calls() - before;
        };
        QCOMPARE(syncs(LogOptions::Synchronous::full), 10);
        QCOMPARE(syncs(LogOptions::Synchronous::normal), 0); // the negative controls
        QCOMPARE(syncs(LogOptions::Synchronous::off), 0);
    }

    void closing_waits_for_readers_and_loses_nothing() {
        const Folder folder;
        const auto path = folder / "a.sluice";
        SessionLog log = must(SessionLog::create(path, meta_of()));
        fill(log, 3);
        {
            const SessionReader reader = must(SessionReader::open(path));
            QCOMPARE(must(reader.event_count()), 3);
            const auto closed = log.close();
            QVERIFY(!closed);
            QCOMPARE(closed.error().code, ErrorCode::conflict);
            QVERIFY(!log.broken());
        }
        QVERIFY(log.close());
        QVERIFY(!std::filesystem::exists(path.string() + "-wal"));
        QCOMPARE(all_events(path).size(), std::size_t{3});
    }

    void samples_and_output_come_back_as_they_were() {
        const Folder folder;
        SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of()));
        const SeriesKey green{"errors", "green", R"({"pod":"a"})", "ratio"};
        const SeriesKey lag{"lag", "", "{}", "messages"};
        const std::vector<Sample> first = {
            {green, SampleStatus::ok, 0.1 + 0.2, start - seconds(3), start, ""},
            {lag, SampleStatus::no_data, 0, start, start, "no series"},
            {lag, SampleStatus::ok, -std::numeric_limits<double>::denorm_min(), {INT64_MIN}, {INT64_MAX}, "odd"}};
        const std::vector<Sample> second = {{green, SampleStatus::source_error, 0, start, start + seconds(9), "503"}};
        must(log.add_samples(start, first));
        must(log.add_samples(start + seconds(1), second));
        must(log.add_gap(lag, start, start + seconds(5), "broker down"));
        must(log.add_output(start, "s/x/1", 0, std::string("a\0b", 3)));
        must(log.add_output(start + seconds(2), "s/x/1", 3, "c"));

        const SessionReader reader = must(SessionReader::open(folder / "a.sluice"));
        QCOMPARE(must(reader.series()).size(), std::size_t{2});
        const auto all = must(reader.samples({}, start, start + seconds(2)));
        QCOMPARE(all.size(), std::size_t{4});
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Sample& expected = i < 3 ? first[i] : second[0];
            QVERIFY(all[i].series == expected.series && all[i].status == expected.status &&
                    all[i].measured_at == expected.measured_at && all[i].received_at == expected.received_at &&
                    all[i].detail == expected.detail);
            QVERIFY(expected.status == SampleStatus::ok ? all[i].value == expected.value : std::isnan(all[i].value));
        }
        const std::int64_t id = must(reader.series())[0].id;
        QCOMPARE(must(reader.samples(std::span(&id, 1), start, start + seconds(1))).size(), std::size_t{1});
        QCOMPARE(must(reader.output("s/x/1")).size(), std::size_t{2});
        QCOMPARE(must(reader.output("s/x/1"))[0].bytes, std::string("a\0b", 3));
        QCOMPARE(must(reader.output("s/x/1"))[0].time.count, start.count);
        QCOMPARE(must(reader.output_after(1, 10))[0].time.count, (start + seconds(2)).count);
        QCOMPARE(must(reader.gaps())[0].reason, std::string("broker down"));

        QVERIFY(!log.add_output(start, "s/x/1", 9, "hole"));
    }

    /// Of a table that is larger than a page: the page of some rows in its middle is no page any more.
    static void spoil_a_page_of(const std::filesystem::path& path, const char* table) {
        sqlite3* db = nullptr;
        std::int64_t root = 0;
        const auto first = [](void* to, int, char** values, char**) {
            *static_cast<std::int64_t*>(to) = std::atoll(values[0]);
            return 0;
        };
        QVERIFY(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
        const auto query = fmt::format("SELECT rootpage FROM sqlite_master WHERE name = '{}'", table);
        QVERIFY(sqlite3_exec(db, query.c_str(), first, &root, nullptr) == SQLITE_OK);
        sqlite3_close(db);
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        const auto number = [&](std::int64_t at, int bytes) {
            std::int64_t value = 0;
            file.seekg(at);
            while (bytes-- > 0) {
                value = value * 256 + file.get();
            }
            return value;
        };
        const std::int64_t size = number(16, 2), page = (root - 1) * size;
        QCOMPARE(number(page, 1), 5); // its cells are children
        const std::int64_t cell = number(page + 12 + 2 * (number(page + 3, 2) / 2), 2);
        const std::int64_t child = (number(page + cell, 4) - 1) * size;
        file.seekp(child);
        file << std::string(64, '\xff');
    }

    /// A way back must not hang on what was measured.
    void answers_on_a_page_that_cannot_be_read_are_missing() {
        const Folder folder;
        const auto path = folder / "a.sluice";
        {
            SessionLog log = must(SessionLog::create(path, meta_of()));
            for (int i = 0; i < 2000; ++i) {
                const Nanos time = start + seconds(i);
                must(log.add_samples(
                    time,
                    std::vector<Sample>{
                        {{"errors", "", "{}", "ratio"}, SampleStatus::ok, 1.0 / (i + 1), time, time, "", false}}));
            }
            must(log.close());
        }
        spoil_a_page_of(path, "tick");
        SessionLog log = must(SessionLog::open(path));
        const auto answered = must(log.answered({{"errors", {}}}, start));
        QVERIFY(answered.contains("errors"));
        QVERIFY(answered.at("errors").front() == start && answered.at("errors").size() < 2000);
    }

    void it_knows_when_who_was_answered() {
        const Folder folder;
        SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of()));
        const auto at = [](const char* metric, const char* arm, SampleStatus status, int second, bool past = false) {
            const Nanos time = start + seconds(second);
            return Sample{{metric, arm, "{}", "ratio"}, status, 1, time, time, "", past};
        };
        const auto tick = [&](int second, const std::vector<Sample>& samples) {
            must(log.add_samples(start + seconds(second), samples));
        };
        tick(0, {at("errors", "", SampleStatus::ok, 0)});
        tick(10, {at("errors", "blue", SampleStatus::no_data, 10), at("errors", "green", SampleStatus::ok, 10)});
        tick(20, {at("errors", "", SampleStatus::source_error, 20), at("lag", "", SampleStatus::ok, 20)});
        tick(30, {at("errors", "", SampleStatus::ok, 5, true), at("errors", "", SampleStatus::ok, 7, true)});
        const auto answered = must(log.answered({{"errors", {}}, {"load", {}}}, start + seconds(6)));
        QCOMPARE(answered.size(), std::size_t{1});
        QCOMPARE(answered.at("errors"), (std::vector<Nanos>{start + seconds(7), start + seconds(10)}));
        QVERIFY(must(log.answered({{"load", {}}}, start)).empty());
        // Amended at 10 s: what came till then is of another question, what was asked for afterwards of the present
        // one.
        const auto since = must(log.answered({{"errors", start + seconds(10)}, {"lag", start + seconds(20)}}, start));
        QCOMPARE(since.size(), std::size_t{1});
        QCOMPARE(since.at("errors"), (std::vector<Nanos>{start + seconds(5), start + seconds(7)}));
    }

    void an_export_is_one_file_with_everything_from_a_running_or_killed_session() {
        const Folder folder;
        const SigningKey key = key_named("k");
        SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of()));
        fill(log, 12, &key);
        must(export_session(folder / "a.sluice", folder / "running.sluice"));
        copy_as_killed(folder / "a.sluice", folder / "killed.sluice");
        must(export_session(folder / "killed.sluice", folder / "after.sluice"));
        for (const char* name : {"running.sluice", "after.sluice"}) {
            const auto verdict = must(verify_file(folder / name, {{key.verifier()}, {}}));
            QVERIFY(verdict.good());
            QCOMPARE(verdict.events, 12);
            QVERIFY(!std::filesystem::exists((folder / name).string() + "-wal"));
        }
        QCOMPARE(export_session(folder / "a.sluice", folder / "after.sluice").error().code, ErrorCode::refused);
        QVERIFY(!export_session(folder / "a.sluice", folder / "no/such/folder.sluice"));
        QVERIFY(!export_session(folder / "none.sluice", folder / "new.sluice"));
        fill(log, 1); // the owner was not disturbed
        int files = 0;
        for ([[maybe_unused]] const auto& entry :
             std::filesystem::directory_iterator(folder.directory.path().toStdString())) {
            QVERIFY(entry.path().string().find(".part") == std::string::npos);
            ++files;
        }
        QVERIFY(files >= 4);
    }
};

SLUICE_TEST(SessionLogTest)
#include "session_log_test.moc"
