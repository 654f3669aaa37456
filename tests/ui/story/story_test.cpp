#include "story/file_source.h"
#include "story/owned_source.h"
#include "story/story.h"
#include "support/nova_plan.h"
#include "support/suite.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

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

    void before_the_first_event_there_is_nothing() {
        const Moment moment = live_.at(live_.begin() - seconds(1), Mode::replay);
        QVERIFY(moment.entries.empty());
        QVERIFY(moment.release.plan == nullptr);
    }
};

SLUICE_TEST(StoryTest)
#include "story_test.moc"
