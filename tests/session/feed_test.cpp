#include "session/file_feed.h"

#include "session/session_fixture.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::session;
using namespace sluice::session::testing;

class FeedTest : public QObject {
    Q_OBJECT

    struct Seen : FeedListener {
        std::vector<EventRecord> all;
        std::string text;
        std::size_t ticks = 0;
        std::string note;
        int ends = 0, notes = 0;
        std::vector<Error> troubles;

        void events(std::span<const EventRecord> batch) override { all.insert(all.end(), batch.begin(), batch.end()); }
        void output(std::span<const OutputChunk> chunks) override {
            for (const auto& chunk : chunks) {
                text += chunk.bytes;
            }
        }
        void samples(const Tick&) override { ++ticks; }
        void checkpoint(const std::string& newest) override {
            note = newest;
            ++notes;
        }
        void ended() override { ++ends; }
        void trouble(const Error& error) override { troubles.push_back(error); }
    };

private slots:
    void a_follower_sees_everything_once_and_lets_go_at_the_end() {
        const Folder folder;
        const SigningKey key = key_named("k");
        SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of()));
        fill(log, 3);
        FileFeed feed = must(FileFeed::open(folder / "a.sluice"));
        Seen seen;
        feed.start(seen);
        feed.poll();
        QCOMPARE(seen.all.size(), std::size_t{3});
        feed.poll();
        QCOMPARE(seen.all.size(), std::size_t{3});

        fill(log, 7, &key);
        must(log.add_output(start, "s/x/1", 0, "one "));
        const Sample sample{{"m", "", "{}", ""}, SampleStatus::ok, 1, start, start, ""};
        must(log.add_samples(start, std::span(&sample, 1)));
        feed.poll();
        QCOMPARE(seen.all.size(), std::size_t{10});
        QCOMPARE(seen.text, std::string("one "));
        QCOMPARE(seen.ticks, std::size_t{1});
        QCOMPARE(seen.note, log.last_checkpoint());

        must(log.add_output(start, "s/x/1", 4, "two"));
        const NewEvent last = event_at(11, "session-closed");
        must(log.append(std::span(&last, 1), &key));
        QVERIFY(!log.close()); // the follower is still there
        while (feed.poll()) {
        }
        QVERIFY(feed.has_ended());
        QCOMPARE(seen.ends, 1);
        QCOMPARE(seen.text, std::string("one two"));
        QCOMPARE(seen.note, log.last_checkpoint());
        QVERIFY(log.close()); // now it can be one file
        QVERIFY(!feed.poll());
        QVERIFY(seen.troubles.empty());

        Seen again; // a finished session reads the same
        FileFeed replay = must(FileFeed::open(folder / "a.sluice"));
        replay.start(again);
        replay.poll();
        QVERIFY(again.all == seen.all);
        QCOMPARE(again.notes, 2); // each of them, though all were there at once
        QCOMPARE(seen.notes, 2);
        QCOMPARE(again.text, seen.text);
        QCOMPARE(again.ends, 1);
    }

    void a_long_session_comes_in_batches() {
        const Folder folder;
        SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of()));
        std::vector<NewEvent> many;
        for (std::int64_t seq = 1; seq <= 2500; ++seq) {
            many.push_back(event_at(seq));
        }
        must(log.append(many));
        FileFeed feed = must(FileFeed::open(folder / "a.sluice"));
        Seen seen;
        feed.start(seen);
        int polls = 1;
        while (feed.poll()) {
            ++polls;
        }
        QCOMPARE(polls, 3);
        QCOMPARE(seen.all.size(), std::size_t{2500});
        QVERIFY(!feed.has_ended());
    }

    void a_follower_holds_up_neither_commits_nor_the_moving_of_the_log() {
        const Folder folder;
        LogOptions options;
        options.checkpoint_pages = 8;
        SessionLog log = must(SessionLog::create(folder / "a.sluice", meta_of(), options));
        FileFeed feed = must(FileFeed::open(folder / "a.sluice"));
        Seen seen;
        feed.start(seen);
        for (int i = 0; i < 100; ++i) {
            fill(log, 1);
            feed.poll();
        }
        QCOMPARE(seen.all.size(), std::size_t{100});
        QVERIFY(std::filesystem::file_size(folder / "a.sluice-wal") < 40 * 4200);
    }

    void the_end_of_the_owner_is_not_the_end_of_the_session() {
        const Folder folder;
        auto log = std::make_unique<SessionLog>(must(SessionLog::create(folder / "a.sluice", meta_of())));
        fill(*log, 2);
        FileFeed feed = must(FileFeed::open(folder / "a.sluice"));
        Seen seen;
        feed.start(seen);
        feed.poll();
        log.reset(); // killed
        feed.poll();
        QVERIFY(!feed.has_ended());
        log = std::make_unique<SessionLog>(must(SessionLog::open(folder / "a.sluice")));
        fill(*log, 2);
        feed.poll();
        QCOMPARE(seen.all.size(), std::size_t{4});
        QVERIFY(seen.troubles.empty());
    }
};

SLUICE_TEST(FeedTest)
#include "feed_test.moc"
