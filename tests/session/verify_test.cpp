#include "session/verify.h"

#include "session/merkle.h"
#include "session/note.h"
#include "session/session_fixture.h"
#include "support/suite.h"

#include <QProcess>
#include <QtTest>
#include <fmt/format.h>
#include <fstream>

using namespace sluice;
using namespace sluice::session;
using namespace sluice::session::testing;

class VerifyTest : public QObject {
    Q_OBJECT

    static constexpr int count = 40;
    Folder folder_;
    SigningKey key_ = key_named("sluice/operator/anna");
    SigningKey other_ = key_named("sluice/operator/anna", 100);
    std::filesystem::path good_;
    std::vector<EventRecord> events_;
    std::vector<CheckpointRecord> checkpoints_;
    std::string kept_; // the checkpoint of 30 events

    /// What the independent verifier says; `key` and `checkpoint` as the C++ one gets them.
    Json python(const std::filesystem::path& path, const Kept& kept) {
        QStringList arguments = {SLUICE_SOURCE_DIR "/tools/verify_session.py"};
        for (const VerifierKey& key : kept.keys) {
            arguments << "--key" << QString::fromStdString(key.text());
        }
        if (kept.checkpoint) {
            const auto file = folder_ / "kept.txt";
            std::ofstream(file) << *kept.checkpoint;
            arguments << "--checkpoint" << QString::fromStdString(file.string());
        }
        QProcess process;
        process.start("python3", arguments << QString::fromStdString(path.string()));
        if (!process.waitForFinished(60'000) || process.exitStatus() != QProcess::NormalExit) {
            return "python3 did not end";
        }
        const auto out = process.readAllStandardOutput().toStdString();
        if (out.empty()) {
            return process.readAllStandardError().toStdString();
        }
        Json result = Json::parse(out);
        result["exit"] = process.exitCode();
        return result;
    }

    /// Both verifiers on one file; true if they agree in everything that they say.
    bool both(const std::filesystem::path& path, const Kept& kept, Result<Verdict>& ours) {
        ours = verify_file(path, kept);
        const Json theirs = python(path, kept);
        if (!ours) {
            return theirs.at("exit") == 3;
        }
        const Json mine = {{"good", ours->good()},
                           {"first_bad", ours->first_bad ? Json(*ours->first_bad) : Json()},
                           {"bad_between", ours->bad_between ? Json(*ours->bad_between) : Json()},
                           {"events", ours->events},
                           {"covered", ours->covered},
                           {"authenticated", ours->authenticated}};
        for (const auto& [name, value] : mine.items()) {
            if (theirs.value(name, Json("none")) != value) {
                qWarning("%s: %s and %s", name.c_str(), value.dump().c_str(), theirs.dump().c_str());
                return false;
            }
        }
        return theirs.at("exit") == (ours->good() ? 0 : 1);
    }

    std::filesystem::path changed(const std::string& sql) {
        const auto path = folder_ / "changed.sluice";
        std::filesystem::remove(path);
        std::filesystem::copy_file(good_, path);
        tamper(path, sql);
        return path;
    }

    static std::string blob(const Digest& digest) { return "x'" + hex(digest) + "'"; }
    static std::string blob(const std::string& bytes) { return "x'" + hex(bytes) + "'"; }

    /// Event `seq` with another text, all roots computed anew, and what is needed to write that into the file.
    std::string forgery(std::int64_t seq, const SigningKey& signer) const {
        std::string sql;
        CompactRange range;
        for (const EventRecord& event : events_) {
            std::string body = event.body;
            if (event.seq == seq) {
                body.replace(body.find("ordinary"), 8, "forged!!");
            }
            range.add(leaf_hash(body));
            sql += fmt::format("UPDATE event SET body={}, root={} WHERE seq={};", blob(body), blob(range.root()),
                               event.seq);
            for (const CheckpointRecord& checkpoint : checkpoints_) {
                if (checkpoint.size == event.seq) {
                    const auto note = sign_note(
                        checkpoint_text({origin_of("example"), static_cast<std::uint64_t>(event.seq), range.root()}),
                        signer);
                    sql += fmt::format("UPDATE checkpoint SET note=CAST({} AS TEXT) WHERE size={};", blob(note),
                                       event.seq);
                }
            }
        }
        return sql;
    }

private slots:
    void initTestCase() {
        good_ = folder_ / "good.sluice";
        write_session(good_, count, &key_);
        const SessionReader reader = must(SessionReader::open(good_));
        events_ = must(reader.events(1, 100));
        checkpoints_ = must(reader.checkpoints());
        QCOMPARE(events_.size(), std::size_t{count});
        QCOMPARE(checkpoints_.size(), std::size_t{4});
        kept_ = checkpoints_[2].note;
    }

    void an_untouched_session_is_authentic_with_the_key_and_only_consistent_without() {
        Result<Verdict> verdict;
        QVERIFY(both(good_, {}, verdict));
        QVERIFY(verdict->good() && !verdict->authenticated);
        QVERIFY(to_text(*verdict).find("consistent, not authenticated") != std::string::npos);
        QVERIFY(both(good_, {{key_.verifier()}, {}}, verdict));
        QVERIFY(verdict->good() && verdict->authenticated);
        QCOMPARE(verdict->covered, count);
        QVERIFY(both(good_, {{key_.verifier()}, kept_}, verdict));
        QVERIFY(verdict->good());
        QVERIFY(both(good_, {{}, kept_}, verdict)); // the later checkpoint in the file is worth nothing without a key
        QVERIFY(verdict->good() && verdict->authenticated);
        QCOMPARE(verdict->covered, 30);
        QVERIFY(both(good_, {{other_.verifier()}, {}}, verdict));
        QVERIFY(!verdict->good());
    }

    void both_verifiers_find_the_same_data() {
        QTest::addColumn<QString>("sql");
        QTest::addColumn<int>("first_bad"); // 0: another fault; -1: none
        QTest::newRow("deleted") << "DELETE FROM event WHERE seq=7" << 7;
        QTest::newRow("first deleted") << "DELETE FROM event WHERE seq=1" << 1;
        QTest::newRow("swapped") << "UPDATE event SET seq=1000 WHERE seq=8; UPDATE event SET seq=8 WHERE seq=9;"
                                    "UPDATE event SET seq=9 WHERE seq=1000"
                                 << 8;
        QTest::newRow("duplicated") << "INSERT INTO event SELECT 41, time, body, root FROM event WHERE seq=40" << 41;
        QTest::newRow("inserted before all")
            << "INSERT INTO event SELECT 0, time, body, root FROM event WHERE seq=40" << 0;
        QTest::newRow("cut") << "DELETE FROM event WHERE seq>33" << 34;
        QTest::newRow("all cut") << "DELETE FROM event" << 1;
        QTest::newRow("root too short") << "UPDATE event SET root=x'00' WHERE seq=12" << 12;
        QTest::newRow("body empty") << "UPDATE event SET body=x'' WHERE seq=12" << 12;
        QTest::newRow("body nested")
            << "UPDATE event SET body=CAST(replace(printf('%.200c', '['), ' ', '') AS BLOB) WHERE seq=3" << 3;
        QTest::newRow("checkpoints removed") << "DELETE FROM checkpoint" << 0;
        QTest::newRow("checkpoint's size") << "UPDATE checkpoint SET size=size+1 WHERE size=20" << 0;
        QTest::newRow("checkpoint's text") << "UPDATE checkpoint SET note='?' WHERE size=20" << 0;
        QTest::newRow("checkpoint of another") << "UPDATE checkpoint SET note=replace(note, 'example', 'another')" << 0;
        QTest::newRow("another's id") << "UPDATE meta SET value='another' WHERE name='id'" << 0;
        QTest::newRow("tail cut at a checkpoint")
            << "DELETE FROM event WHERE seq>30; DELETE FROM checkpoint WHERE size>30" << -1;
        QTest::newRow("last checkpoint removed") << "DELETE FROM checkpoint WHERE size=40" << -1;
    }
    void both_verifiers_find_the_same() {
        QFETCH(QString, sql);
        QFETCH(int, first_bad);
        const auto path = changed(sql.toStdString());
        Result<Verdict> verdict;
        QVERIFY(both(path, {{key_.verifier()}, {}}, verdict));
        QVERIFY(verdict);
        QCOMPARE(verdict->good(), first_bad == -1);
        if (first_bad > 0) {
            QCOMPARE(verdict->first_bad, std::optional<std::int64_t>(first_bad));
        }
        if (QString(QTest::currentDataTag()) == "last checkpoint removed") {
            QCOMPARE(verdict->covered, 30);
            QVERIFY(to_text(*verdict).find("the tail of 10 events after the last checkpoint is not protected") !=
                    std::string::npos);
        }
    }

    void a_forgery_with_all_roots_computed_anew_falls_to_the_kept_key_and_checkpoint() {
        Result<Verdict> verdict;
        auto path = changed(forgery(25, other_));
        QVERIFY(both(path, {}, verdict));
        QVERIFY(verdict->good() && !verdict->authenticated); // nobody can tell from the file alone
        QVERIFY(both(path, {{key_.verifier()}, {}}, verdict));
        QVERIFY(!verdict->good());
        QVERIFY(both(path, {{}, kept_}, verdict));
        QVERIFY(!verdict->good());
        QCOMPARE(verdict->bad_between, (std::optional<std::pair<std::int64_t, std::int64_t>>({1, 30})));
        QVERIFY(both(path, {{key_.verifier()}, kept_}, verdict));
        QVERIFY(!verdict->good());

        // Even by the holder of the key.
        path = changed(forgery(25, key_));
        QVERIFY(both(path, {{key_.verifier()}, {}}, verdict));
        QVERIFY(verdict->good());
        QVERIFY(both(path, {{key_.verifier()}, kept_}, verdict));
        QVERIFY(!verdict->good());
        QCOMPARE(verdict->bad_between, (std::optional<std::pair<std::int64_t, std::int64_t>>({21, 30})));

        path = changed("DELETE FROM event WHERE seq>25; DELETE FROM checkpoint WHERE size>25");
        QVERIFY(both(path, {{key_.verifier()}, kept_}, verdict)); // cut before the kept one
        QCOMPARE(verdict->first_bad, std::optional<std::int64_t>(26));
    }

    void cut_and_written_on_falls_to_the_kept_checkpoint() {
        const auto path = changed("DELETE FROM event WHERE seq>25; DELETE FROM checkpoint WHERE size>25");
        {
            SessionLog log = must(SessionLog::open(path));
            for (int i = 0; i < 10; ++i) {
                const NewEvent event = event_at(log.next_seq(), "another-story");
                must(log.append(std::span(&event, 1), &key_));
            }
            must(log.close());
        }
        Result<Verdict> verdict;
        QVERIFY(both(path, {{key_.verifier()}, {}}, verdict));
        QVERIFY(verdict->good());
        QVERIFY(both(path, {{key_.verifier()}, kept_}, verdict));
        QVERIFY(!verdict->good());
        QVERIFY(verdict->bad_between && verdict->bad_between->second == 30);
    }

    void a_tampered_log_is_not_written_on() {
        const auto path = changed("UPDATE event SET time=time+1 WHERE seq=17");
        const auto log = SessionLog::open(path);
        QVERIFY(!log);
        QCOMPARE(log.error().code, ErrorCode::corrupt);
        QVERIFY(log.error().what.find("event 17") != std::string::npos);
        QVERIFY(!std::filesystem::exists(path.string() + "-wal")); // and not even turned to WAL
    }

    void what_is_no_session_is_told_and_nothing_crashes() {
        std::string bytes;
        {
            std::ifstream in(good_, std::ios::binary);
            bytes.assign(std::istreambuf_iterator<char>(in), {});
        }
        const auto path = folder_ / "broken.sluice";
        const auto is_error = [&](const std::string& content, ErrorCode code) {
            std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
            Result<Verdict> verdict;
            const bool same = both(path, {}, verdict);
            return same && !verdict && verdict.error().code == code && !SessionLog::open(path);
        };
        QVERIFY(is_error("", ErrorCode::corrupt));
        QVERIFY(is_error("garbage", ErrorCode::bad_input));
        QVERIFY(is_error(std::string(10'000, 'x'), ErrorCode::bad_input));
        QVERIFY(is_error(bytes.substr(0, 4096), ErrorCode::corrupt));
        QCOMPARE(verify_file(folder_ / "none", {}).error().code, ErrorCode::bad_input);
        QCOMPARE(verify_file(folder_.directory.path().toStdString(), {}).error().code, ErrorCode::bad_input);
        for (const char* sql : {"PRAGMA user_version=3", "PRAGMA user_version=1", "PRAGMA application_id=1",
                                "CREATE VIEW v AS SELECT 1", "DROP TABLE gap", "DELETE FROM meta"}) {
            const bool others = std::string_view(sql) == "PRAGMA application_id=1"; // another program's database
            QCOMPARE(verify_file(changed(sql), {}).error().code, others ? ErrorCode::bad_input : ErrorCode::corrupt);
        }
        // Cut anywhere, or with any byte of a page's head turned: an error or a fault, never good and never a crash.
        for (std::size_t size = 0; size < bytes.size(); size += 1500) {
            std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes.substr(0, size);
            const auto verdict = verify_file(path, {{key_.verifier()}, kept_});
            QVERIFY(!verdict || !verdict->good());
        }
        for (std::size_t at = 0; at < bytes.size(); at += at % 4096 < 110 ? 1 : 61) {
            std::string turned = bytes;
            turned[at] = static_cast<char>(~turned[at]);
            std::ofstream(path, std::ios::binary | std::ios::trunc) << turned;
            const auto verdict = verify_file(path, {{key_.verifier()}, kept_});
            if (verdict && verdict->good()) { // a byte that no event rests on
                QCOMPARE(verdict->events, count);
                QVERIFY(must(SessionReader::open(path)).events(1, 100) == events_);
            }
        }
    }
};

SLUICE_TEST(VerifyTest)
#include "verify_test.moc"
