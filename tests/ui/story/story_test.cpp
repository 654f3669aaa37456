#include "session/session_reader.h"
#include "story/audit_view.h"
#include "story/card.h"
#include "story/file_source.h"
#include "story/owned_source.h"
#include "story/story.h"
#include "support/nova_plan.h"
#include "support/suite.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <sqlite3.h>

using namespace sluice;
using namespace sluice::story;

namespace {

QString state(const release::Release& release) {
    return QString::fromStdString(canonical(release::to_json(release)).value());
}

/// Follows a source to its end.
void follow(FeedSource& source, Story& story) {
    QObject::connect(&source, &FeedSource::delivered, &source,
                     [&](const DeliveryPtr& delivery) { story.take(*delivery); });
    QSignalSpy closed(&source, &FeedSource::closed);
    QSignalSpy failed(&source, &FeedSource::failed);
    source.start();
    QVERIFY2(closed.wait(120'000), failed.isEmpty() ? "it did not close" : "it failed");
}

} // namespace

class StoryTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    std::filesystem::path file_;
    Story live_;

private slots:
    void initTestCase() {
        auto options = testing::nova_options(folder_.path().toStdString());
        options.by = {"a.lead", "release-lead"};
        file_ = options.session;
        const auto source = OwnedSource::rehearsal(options);
        follow(*source, live_);
        QVERIFY(live_.ended());
        QCOMPARE(QString::fromStdString(live_.release().outcome), "done");
    }

    void a_session_told_live_and_one_read_from_its_file_are_the_same_story() {
        Story read;
        FileSource source(file_);
        follow(source, read);
        QCOMPARE(read.entries().size(), live_.entries().size());
        for (std::size_t i = 0; i < read.entries().size(); ++i) {
            QVERIFY(read.entries()[i].root == live_.entries()[i].root);
        }
        QCOMPARE(state(read.release()), state(live_.release()));
        QCOMPARE(read.readings().lines().size(), live_.readings().lines().size());
        for (const auto& [key, line] : read.readings().lines()) {
            const auto& other = live_.readings().lines().at(key).readings();
            QCOMPARE(line.readings().size(), other.size());
            QVERIFY(std::equal(other.begin(), other.end(), line.readings().begin(), [](const auto& a, const auto& b) {
                return a.at == b.at && a.status == b.status &&
                       (a.status != session::SampleStatus::ok || a.value == b.value);
            }));
        }
    }

    // Forwards, backwards and at random: what is shown of a moment does not depend on where one came from.
    void a_moment_is_what_its_events_lead_to_wherever_one_comes_from() {
        const auto& entries = live_.entries();
        std::vector<QString> after(1, state(release::Release{}));
        release::Release folded;
        for (const auto& entry : entries) {
            release::apply(folded, entry.event);
            after.push_back(state(folded));
        }
        std::uint32_t random = 1;
        for (int i = 0; i < 200; ++i) {
            random = random * 1664525 + 1013904223;
            const std::size_t index = i < 40 ? static_cast<std::size_t>(i) * 13 : random % entries.size();
            const Nanos time = entries[std::min(index, entries.size() - 1)].event.time;
            const Moment moment = live_.at(time, Mode::replay);
            std::size_t count = 0;
            while (count < entries.size() && entries[count].event.time <= time) {
                ++count;
            }
            QCOMPARE(moment.entries.size(), count);
            QCOMPARE(state(moment.release), after[count]);
        }
    }

    void of_a_moment_only_what_was_printed_by_then_is_shown() {
        std::filesystem::create_directories(folder_.path().toStdString() + "/printing");
        auto options = testing::nova_options(folder_.path().toStdString() + "/printing");
        options.plan_file = folder_.path().toStdString() + "/printing.yaml";
        options.values = {};
        std::ofstream(options.plan_file) << R"(sluice: 1
id: printing
phases:
  - id: all
    steps:
      - {id: build, run: [make], rehearse: {takes: 40s, output: "configuring\ncompiling\nlinking\ndone\n"}}
      - {id: look, probe: {run: [state]}, every: 10s, until: 1m, expect: {text: ready},
         rehearse: {takes: 2s, output: "creating\n", then: [{takes: 2s, output: "starting\n"}, {takes: 2s, output: "ready\n"}]}}
)";
        const auto source = OwnedSource::rehearsal(options);
        Story told;
        follow(*source, told);
        Story read;
        FileSource file(options.session);
        follow(file, read);
        const Nanos begin = told.begin();
        const auto shown = [&](Story& story, Nanos after, const char* step) {
            return present_card(story.at(begin + after, Mode::replay), std::string(step), std::nullopt).output;
        };
        for (Story* story : {&told, &read}) {
            QCOMPARE(shown(*story, {}, "build"), "configuring\n");
            QCOMPARE(shown(*story, seconds(9), "build"), "configuring\n");
            QCOMPARE(shown(*story, seconds(10), "build"), "configuring\ncompiling\n");
            QCOMPARE(shown(*story, seconds(25), "build"), "configuring\ncompiling\nlinking\n");
            QCOMPARE(shown(*story, seconds(60), "build"), "configuring\ncompiling\nlinking\ndone\n");
            QCOMPARE(shown(*story, seconds(39), "look"), "");
            QCOMPARE(shown(*story, seconds(41), "look"), "creating\n");
            QCOMPARE(shown(*story, story->end() - begin, "look"), "ready\n");
            QCOMPARE(shown(*story, seconds(5), "build"), "configuring\n"); // and back again
        }
    }

    // Of each moment the last checkpoint of what had happened by then, never one of what came later.
    void a_checkpoint_is_shown_from_the_moment_on_that_it_covers() {
        const auto reader = session::SessionReader::open(file_);
        QVERIFY(reader);
        const auto rows = reader->checkpoints();
        QVERIFY(rows && rows->size() > 20);
        Story read;
        FileSource source(file_);
        follow(source, read);
        const auto& entries = live_.entries();
        for (std::size_t i = 0; i <= 60; ++i) {
            const Nanos time = entries[std::min(i * entries.size() / 60, entries.size() - 1)].event.time;
            const Moment moment = live_.at(time, Mode::replay);
            std::int64_t size = 0;
            for (const auto& row : *rows) {
                size = row.size <= static_cast<std::int64_t>(moment.entries.size()) ? std::max(size, row.size) : size;
            }
            QVERIFY(moment.seal.has_value());
            QCOMPARE(moment.seal->size, size);
            QCOMPARE(moment.seal->covers.count, entries[static_cast<std::size_t>(size) - 1].event.time.count);
            QVERIFY(moment.seal->covers <= moment.now && moment.seal->fits && moment.seal->by_operator);
            QVERIFY(read.at(time, Mode::replay).seal == moment.seal);
        }
    }

    void checkpoints_that_do_not_fit_and_events_that_were_cut_off_are_told() {
        const auto told = [&](const char* sql) {
            const auto path = folder_.path().toStdString() + "/altered.sluice";
            std::filesystem::remove(path);
            std::filesystem::copy_file(file_, path);
            sqlite3* db = nullptr;
            const bool done = sqlite3_open(path.c_str(), &db) == SQLITE_OK &&
                              sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
            sqlite3_close(db);
            Story story;
            FileSource source(path);
            follow(source, story);
            return done ? present_seal(story.latest(Mode::replay)) : AuditSeal{};
        };
        // The last event stays, so that the session is over; one before it is missing.
        const AuditSeal cut = told("DELETE FROM event WHERE seq = (SELECT max(seq) - 1 FROM event)");
        QVERIFY2(cut.text.contains("ENTRIES CUT OFF"), qPrintable(cut.text));
        QVERIFY(cut.mark == Mark::breached);
        const AuditSeal early =
            told("UPDATE checkpoint SET note = replace(note, 'sluice/session/', 'sluice/session/x') "
                 "WHERE id = 2");
        QVERIFY2(early.text.contains("DOES NOT FIT"), qPrintable(early.text)); // though the last one does
        const AuditSeal broken = told("UPDATE checkpoint SET note = 'x' WHERE id = 2");
        QVERIFY2(broken.text.contains("CAN'T BE READ"), qPrintable(broken.text));
    }

    void what_was_printed_keeps_its_order_when_a_clock_steps_back() {
        Outputs outputs;
        outputs.take({1, seconds(100), "s/a/1", 0, "one\n"});
        outputs.take({2, seconds(90), "s/a/1", 4, "two\n"});
        outputs.take({3, seconds(110), "s/a/1", 8, "three\n"});
        QVERIFY(outputs.of("s/a/1", seconds(99)).empty());
        QCOMPARE(std::string(outputs.of("s/a/1", seconds(100))), std::string("one\ntwo\n"));
        QCOMPARE(std::string(outputs.of("s/a/1", seconds(110))), std::string("one\ntwo\nthree\n"));
        outputs.take({4, {}, "s/old/1", 0, "from a file of version 1\n"});
        QVERIFY(!outputs.of("s/old/1", seconds(1)).empty());
        QVERIFY(outputs.last() == seconds(110));

        // What is shown is bounded at each moment, and begins with a whole line.
        const std::string line = std::string(99, 'x') + "\n";
        for (int i = 0; i < 3000; ++i) {
            outputs.take({5 + i, seconds(200 + i), "s/b/1", i * 100, line});
        }
        QCOMPARE(outputs.of("s/b/1", seconds(209)).size(), std::size_t{1000});
        const auto last = outputs.of("s/b/1", seconds(10'000));
        QVERIFY(last.size() <= Outputs::shown && last.size() > Outputs::shown - 100 && last.size() % 100 == 0);
    }

    void before_the_first_event_there_is_nothing() {
        const Moment moment = live_.at(live_.begin() - seconds(1), Mode::replay);
        QVERIFY(moment.entries.empty());
        QVERIFY(moment.release.plan == nullptr);
    }
};

SLUICE_TEST(StoryTest)
#include "story_test.moc"
