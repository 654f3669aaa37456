#include "session/mirror.h"

#include "session/session_fixture.h"
#include "session/verify.h"
#include "support/suite.h"

#include <QtTest>
#include <sqlite3.h>

using namespace sluice;
using namespace sluice::session;
using namespace sluice::session::testing;

namespace {

void catch_up(Mirror& mirror) {
    while (must(mirror.follow())) {
    }
}

std::vector<EventRecord> events_of(const std::filesystem::path& file) {
    return must(must(SessionReader::open(file)).events(1, 1'000'000));
}

} // namespace

class MirrorTest : public QObject {
    Q_OBJECT
private slots:
    void the_copy_is_a_whole_session_after_each_look_and_goes_on_after_a_break() {
        const Folder folder;
        const SigningKey key = key_named("k");
        SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of()));
        fill(log, 3, &key, 2);
        {
            Mirror mirror = must(Mirror::open(folder / "a.sluice", folder / "copy.sluice"));
            catch_up(mirror);
            QCOMPARE(mirror.events(), 3);
            QVERIFY(!mirror.complete());
            QVERIFY(events_of(folder / "copy.sluice") == events_of(folder / "a.sluice"));
            QVERIFY(!std::filesystem::exists(folder / "copy.sluice-wal"));
        }
        // While nobody looks, more happens than one look takes.
        std::vector<NewEvent> many;
        for (std::int64_t seq = log.next_seq(); seq <= 4500; ++seq) {
            many.push_back(event_at(seq));
        }
        must(log.append(many, &key));
        must(log.add_output(start, "s/x/1", 0, "one "));
        const Sample sample{{"m", "blue", "{}", "ratio"}, SampleStatus::ok, 0.25, start, start, ""};
        must(log.add_samples(start, std::span(&sample, 1)));
        must(log.add_gap(sample.series, start, start + seconds(9), "the desk slept"));
        const NewEvent last = event_at(log.next_seq(), "session-closed");
        must(log.append(std::span(&last, 1), &key));
        {
            Mirror again = must(Mirror::open(folder / "a.sluice", folder / "copy.sluice"));
            QCOMPARE(again.events(), 3);
            catch_up(again);
            QVERIFY(again.complete());
        }
        must(log.close());
        const auto reader = must(SessionReader::open(folder / "copy.sluice"));
        QVERIFY(must(reader.events(1, 1'000'000)) == events_of(folder / "a.sluice"));
        QCOMPARE(must(reader.output("s/x/1")).front().bytes, std::string("one "));
        QCOMPARE(must(reader.samples({}, start, start + hours(9))).front().value, 0.25);
        QCOMPARE(must(reader.gaps()).front().reason, std::string("the desk slept"));
        QVERIFY(must(verify_file(folder / "copy.sluice", {})).good());
        QCOMPARE(must(must(SessionReader::open(folder / "a.sluice")).checkpoints()).size(),
                 must(reader.checkpoints()).size());
    }

    void the_owner_is_never_held_up() {
        const Folder folder;
        LogOptions options;
        options.checkpoint_pages = 1;
        SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of(), options));
        Mirror mirror = must(Mirror::open(folder / "a.sluice", folder / "copy.sluice"));
        for (int i = 0; i < 50; ++i) {
            fill(log, 1);
            catch_up(mirror);
        }
        QCOMPARE(mirror.events(), 50);
        QVERIFY(!log.broken());
        // Its log could be copied into the file all the time: it did not grow.
        QVERIFY(std::filesystem::file_size(folder / "a.sluice-wal") < 20u * 4096);
    }

    void what_is_no_copy_of_this_session_is_not_touched_data() {
        QTest::addColumn<QString>("there");
        QTest::addColumn<QString>("why");
        QTest::newRow("another session") << "other"
                                         << "a copy of the session other";
        QTest::newRow("text") << "text"
                              << "not a session file";
        QTest::newRow("the session itself") << "itself"
                                            << "would be the session itself";
        QTest::newRow("other events") << "fork"
                                      << "holds other events";
    }
    void what_is_no_copy_of_this_session_is_not_touched() {
        QFETCH(QString, there);
        QFETCH(QString, why);
        const Folder folder;
        SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of()));
        fill(log, 3);
        auto copy = folder / "copy.sluice";
        if (there == "other") {
            SessionLog other = must(SessionLog::create(copy, meta_of("other")));
            must(other.close());
        } else if (there == "text") {
            QFile file(QString::fromStdString(copy.string()));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("hello, this is no database at all");
        } else if (there == "itself") {
            copy = folder / "a.sluice";
        } else {
            SessionLog fork = must(SessionLog::create(copy, meta_of()));
            const NewEvent event = event_at(1, "note", {{"text", "not so"}});
            must(fork.append(std::span(&event, 1)));
            must(fork.close());
        }
        const auto before = std::filesystem::file_size(copy);
        const auto opened = Mirror::open(folder / "a.sluice", copy);
        QVERIFY(!opened);
        QVERIFY2(QString::fromStdString(to_text(opened.error())).contains(why), to_text(opened.error()).c_str());
        QCOMPARE(std::filesystem::file_size(copy), before);
    }

    void why_it_is_behind_names_its_place_once_and_says_what_to_do() {
        const std::string place = "/mnt/copy.sluice";
        const auto full = sqlite_failure(SQLITE_FULL, "database or disk is full", place).value();
        QCOMPARE(why_behind(full, place), std::string("the session file could not be used: database or disk is full "
                                                      "(make room there; it is tried again by itself)"));
        // The session's own trouble says where.
        QCOMPARE(why_behind({ErrorCode::corrupt, "the session is damaged", "/a.sluice", "use a copy of it"}, place),
                 std::string("/a.sluice: the session is damaged (use a copy of it)"));
    }

    void somebody_who_goes_on_from_the_copy_is_noticed() {
        const Folder folder;
        const auto copy = folder / "copy.sluice";
        SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of()));
        fill(log, 3);
        std::optional<Mirror> mirror(must(Mirror::open(folder / "a.sluice", copy)));
        catch_up(*mirror);
        tamper(copy, "INSERT INTO event(seq, time, body, root) SELECT 4, time, body, root FROM event WHERE seq = 3");
        const auto followed = mirror->follow();
        QVERIFY(!followed);
        QCOMPARE(followed.error().code, ErrorCode::conflict);
        mirror.reset();
        tamper(copy, "DELETE FROM event WHERE seq = 4");
        QVERIFY(!Mirror::opened_by_owner(copy));
        // Written while nobody looked: it is noticed before anything is taken up.
        tamper(copy, "INSERT INTO event(seq, time, body, root) SELECT 4, time, body, root FROM event WHERE seq = 3");
        const auto altered = Mirror::open(folder / "a.sluice", copy);
        QVERIFY(!altered);
        QCOMPARE(altered.error().code, ErrorCode::conflict);
        tamper(copy, "DELETE FROM event WHERE seq = 4");
        {
            SessionLog other = must(SessionLog::open(copy));
            const NewEvent event = event_at(4, "note", {{"text", "here"}});
            must(other.append(std::span(&event, 1)));
        }
        QVERIFY(Mirror::opened_by_owner(copy));
        fill(log, 3);
        const auto again = Mirror::open(folder / "a.sluice", copy);
        QVERIFY(!again);
        QCOMPARE(again.error().code, ErrorCode::conflict);
    }

    void an_altered_session_is_not_copied_on() {
        const Folder folder;
        SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of()));
        fill(log, 5);
        Mirror mirror = must(Mirror::open(folder / "a.sluice", folder / "copy.sluice"));
        catch_up(mirror);
        fill(log, 5);
        tamper(folder / "a.sluice", "UPDATE event SET time = time + 1 WHERE seq = 8");
        const auto followed = mirror.follow();
        QVERIFY(!followed);
        QVERIFY(to_text(followed.error()).find("the session is damaged") != std::string::npos);
        QCOMPARE(events_of(folder / "copy.sluice").size(), std::size_t{5});
    }
};

SLUICE_TEST(MirrorTest)
#include "mirror_test.moc"
