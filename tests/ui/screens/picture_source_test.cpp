/// A picture of a moment knows nothing of what came later.
#include "screens/picture_source.h"
#include "support/suite.h"

#include <QSignalSpy>
#include <QtTest>

using namespace sluice;
using namespace sluice::screens;

namespace {

story::Entry entry(Nanos time, release::Body body) {
    story::Entry made;
    made.event.time = time;
    made.event.body = std::move(body);
    return made;
}

/// Opened at 1 s; an operation begun at 3 s and one at 6 s, with what they printed; over at 9 s.
std::vector<story::DeliveryPtr> told() {
    release::SessionOpened opened;
    opened.by = {"a.lead", "release-lead"};
    release::Intent first, second;
    first.operation = "s/a/1";
    second.operation = "s/b/1";
    auto early = std::make_shared<story::Delivery>();
    early->entries = {entry(seconds(1), opened), entry(seconds(3), first)};
    early->ticks.resize(2);
    early->ticks[0].time = seconds(2);
    early->ticks[1].time = seconds(4);
    auto late = std::make_shared<story::Delivery>();
    late->entries = {entry(seconds(6), second), entry(seconds(9), release::SessionClosed{"done"})};
    late->output = {
        {1, seconds(4), "s/a/1", 0, "one"}, {2, seconds(7), "s/a/1", 3, "more"}, {3, {}, "s/b/1", 0, "of version 1"}};
    late->ended = true;
    return {early, late};
}

} // namespace

class PictureSourceTest : public QObject {
    Q_OBJECT

private slots:
    void what_came_later_is_left_away() {
        const auto then = delivered_until(told(), seconds(5));
        QCOMPARE(then.entries.size(), std::size_t{2});
        QCOMPARE(then.ticks.size(), std::size_t{2});
        QCOMPARE(then.output.size(), std::size_t{1}); // heard by then, of an operation that had begun
        QCOMPARE(then.output.front().bytes, std::string("one"));
        QCOMPARE(then.now, seconds(5));
        QVERIFY(!then.ended);
    }

    void the_end_is_the_end() {
        for (const auto until : {std::optional<Nanos>(), std::optional(seconds(9))}) {
            const auto all = delivered_until(told(), until);
            QCOMPARE(all.entries.size(), std::size_t{4});
            QVERIFY(all.ended);
            QCOMPARE(all.now, seconds(9));
        }
    }

    void what_acts_is_drawn_for_its_lead_and_does_nothing() {
        PictureSource source(told(), seconds(5), "x.sluice");
        QSignalSpy delivered(&source, &story::FeedSource::delivered);
        source.start();
        QCOMPARE(delivered.size(), 1);
        QVERIFY(source.commands());
        QCOMPARE(source.commands()->actor().name, std::string("a.lead"));
        std::optional<Error> refused;
        source.commands()->submit(release::Pause{}, [&](const auto& why) { refused = why; });
        QVERIFY(refused);
    }
};

SLUICE_TEST(PictureSourceTest)
#include "picture_source_test.moc"
