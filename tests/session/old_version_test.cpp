#include "session/export.h"
#include "session/file_feed.h"
#include "session/session_fixture.h"
#include "session/verify.h"
#include "support/suite.h"

#include <QProcess>
#include <QtTest>
#include <fstream>

using namespace sluice;
using namespace sluice::session;
using namespace sluice::session::testing;

/// A session that the first version of the program wrote (tests/session/old): a rehearsal of four steps.
class OldVersionTest : public QObject {
    Q_OBJECT

    static inline const std::filesystem::path kept = SLUICE_SOURCE_DIR "/tests/session/old/version-1.sluice";
    Folder folder_;
    std::filesystem::path file_ = folder_ / "version-1.sluice";

    static std::string bytes_of(const std::filesystem::path& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    struct Told : FeedListener {
        std::vector<EventRecord> all;
        std::vector<OutputChunk> chunks;
        std::size_t ticks = 0, notes = 0;
        bool over = false;
        void events(std::span<const EventRecord> batch) override { all.insert(all.end(), batch.begin(), batch.end()); }
        void output(std::span<const OutputChunk> more) override {
            chunks.insert(chunks.end(), more.begin(), more.end());
        }
        void samples(const Tick&) override { ++ticks; }
        void checkpoint(const std::string&) override { ++notes; }
        void ended() override { over = true; }
        void trouble(const Error& error) override { qWarning("%s", to_text(error).c_str()); }
    };

private slots:
    void init() {
        std::filesystem::remove(file_);
        std::filesystem::copy_file(kept, file_);
    }

    void it_is_replayed_with_output_of_which_no_time_is_known() {
        FileFeed feed = must(FileFeed::open(file_));
        Told told;
        feed.start(told);
        while (feed.poll()) {
        }
        QVERIFY(told.over);
        QCOMPARE(told.all.size(), std::size_t{17});
        QCOMPARE(told.ticks, std::size_t{12});
        QCOMPARE(told.notes, std::size_t{4});
        QCOMPARE(told.chunks.size(), std::size_t{2});
        QCOMPARE(told.chunks[0].operation, std::string("version-1-00000001/build/1"));
        QCOMPARE(told.chunks[0].bytes, std::string("first line\nsecond line\n"));
        QCOMPARE(told.chunks[0].time.count, std::int64_t{0});
        QCOMPARE(must(SessionReader::open(file_)).version(), std::int64_t{1});
        QCOMPARE(must(must(SessionReader::open(file_)).output("version-1-00000001/build/1")).size(), std::size_t{1});
    }

    void both_verifiers_find_it_as_it_was_written() {
        const std::string key = must(SessionReader::open(file_)).meta().operator_key;
        const Verdict verdict = must(verify_file(file_, {{must(VerifierKey::parse(key))}, {}}));
        QVERIFY2(verdict.good(), verdict.fault.c_str());
        QVERIFY(verdict.authenticated);
        QCOMPARE(verdict.covered, std::int64_t{17});
        QProcess python;
        python.start("python3", {SLUICE_SOURCE_DIR "/tools/verify_session.py", "--key", QString::fromStdString(key),
                                 QString::fromStdString(file_.string())});
        QVERIFY(python.waitForFinished(60'000));
        QCOMPARE(python.exitCode(), 0);

        tamper(file_, "UPDATE event SET body = CAST(replace(body, 'done', 'gone') AS BLOB) WHERE seq = 17");
        QVERIFY(!must(verify_file(file_, {})).good());
    }

    void it_is_exported_as_it_is() {
        must(export_session(file_, folder_ / "copy.sluice"));
        const SessionReader copy = must(SessionReader::open(folder_ / "copy.sluice"));
        QCOMPARE(copy.version(), std::int64_t{1});
        QVERIFY(must(copy.events(1, 100)) == must(must(SessionReader::open(file_)).events(1, 100)));
        QVERIFY(must(verify_file(folder_ / "copy.sluice", {})).good());
    }

    void it_is_not_gone_on_with() {
        const auto log = SessionLog::open(file_);
        QVERIFY(!log);
        QCOMPARE(log.error().code, ErrorCode::refused);
        QVERIFY2(to_text(log.error()).find("version 1") != std::string::npos, to_text(log.error()).c_str());
        QVERIFY(bytes_of(file_) == bytes_of(kept)); // neither reading nor the refusal has touched it
    }

    // Each version has its own tables: a file that claims to be of another one is none.
    void a_file_of_one_version_is_not_taken_for_another() {
        tamper(file_, "PRAGMA user_version=2");
        QCOMPARE(SessionReader::open(file_).error().code, ErrorCode::corrupt);
        write_session(folder_ / "new.sluice", 3, nullptr);
        QCOMPARE(must(SessionReader::open(folder_ / "new.sluice")).version(), std::int64_t{2});
        tamper(folder_ / "new.sluice", "PRAGMA user_version=1");
        QCOMPARE(SessionReader::open(folder_ / "new.sluice").error().code, ErrorCode::corrupt);
    }
};

SLUICE_TEST(OldVersionTest)
#include "old_version_test.moc"
