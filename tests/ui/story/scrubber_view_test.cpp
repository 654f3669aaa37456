/// What lies along a session, of a rehearsal that was rolled back.
#include "story/scrubber_view.h"

#include "nova_story.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::story;
using Kind = ScrubberMark::Kind;

class ScrubberViewTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    Story told_;

    static std::size_t count_of(const ScrubberMap& map, Kind kind) {
        return static_cast<std::size_t>(
            std::count_if(map.marks.begin(), map.marks.end(), [&](const auto& mark) { return mark.kind == kind; }));
    }

private slots:
    void initTestCase() {
        told_ = testing::nova_story(folder_, {"split:green>=50 errors 8% on green"});
        QCOMPARE(QString::fromStdString(told_.release().outcome), "rolled-back");
    }

    void every_event_that_one_looks_for_is_marked_with_words() {
        session::Bookmarks bookmarks;
        const Nanos looked_at = told_.begin() + minutes(9);
        QVERIFY(bookmarks.mark(looked_at, "lag").has_value());
        const auto map = scrubber_map(told_, bookmarks);
        std::size_t breaches = 0, shifts = 0;
        for (const auto& entry : told_.entries()) {
            const auto* gate = std::get_if<release::GateChanged>(&entry.event.body);
            breaches += gate && gate->verdict == "fail" ? 1 : 0;
            const auto* intent = std::get_if<release::Intent>(&entry.event.body);
            shifts += intent && intent->desired.is_object() && intent->desired.contains("weights") ? 1 : 0;
        }
        QVERIFY(shifts >= 4);
        QCOMPARE(count_of(map, Kind::shift), shifts);
        QCOMPARE(count_of(map, Kind::breach), breaches);
        QCOMPARE(count_of(map, Kind::rollback), std::size_t(1));
        QVERIFY(count_of(map, Kind::alert) >= 1); // the trigger was pending before it fired
        QCOMPARE(count_of(map, Kind::bookmark), std::size_t(1));
        Nanos before = map.begin;
        for (const auto& mark : map.marks) {
            QVERIFY(mark.at >= before);
            before = mark.at;
            QVERIFY(!mark.label.isEmpty());
            QVERIFY(!word_of(mark.kind).isEmpty());
        }
    }

    void phases_follow_each_other_and_the_way_back_ends_them() {
        const auto map = scrubber_map(told_);
        QVERIFY(map.phases.size() >= 3);
        QCOMPARE(map.phases.back().title, "Rollback");
        for (std::size_t i = 1; i < map.phases.size(); ++i) {
            QVERIFY(map.phases[i].from >= map.phases[i - 1].from);
            QVERIFY(map.phases[i].from >= map.phases[i - 1].to);
        }
    }

    /// Nothing that came from events changes while only time goes on.
    void what_goes_on_grows_and_nothing_else() {
        Story going;
        Delivery delivery;
        for (const auto& entry : told_.entries()) {
            if (entry.event.time > told_.begin() + minutes(12)) {
                break;
            }
            delivery.entries.push_back(entry);
        }
        delivery.now = told_.begin() + minutes(12);
        going.take(delivery);
        auto map = scrubber_map(going);
        const auto before = map;
        QVERIFY(!map.phases.empty() && map.phases.back().open);
        Delivery later;
        later.now = delivery.now + minutes(2);
        going.take(later);
        stretch(map, going.end());
        QVERIFY(map == scrubber_map(going));
        QVERIFY(map.end == before.end + minutes(2));
        for (std::size_t i = 0; i + 1 < map.phases.size(); ++i) {
            QVERIFY(map.phases[i] == before.phases[i] || before.phases[i].open);
        }
    }

    void who_looks_back_is_told_how_far() {
        Nanos clock;
        session::TimeController time([&] { return clock; });
        Story going;
        Delivery delivery;
        delivery.entries.assign(told_.entries().begin(), told_.entries().begin() + 40);
        delivery.now = told_.entries()[39].event.time + hours(2);
        going.take(delivery);
        time.set_range(going.begin(), going.end());
        QCOMPARE(present_scrubber(going, time).badge, "LIVE");
        QVERIFY(!present_scrubber(going, time).behind);
        Delivery killed, resumed;
        killed.owned = false;
        resumed.owned = true;
        going.take(killed);
        QCOMPARE(present_scrubber(going, time).badge, "NOT RUNNING");
        QVERIFY(present_scrubber(going, time).lost);
        going.take(resumed);
        QCOMPARE(present_scrubber(going, time).badge, "LIVE");
        time.move(-seconds(151));
        QCOMPARE(present_scrubber(going, time).badge, QString::fromUtf8("LIVE −02:31"));
        QVERIFY(present_scrubber(going, time).behind);
        time.seek(going.end() - hours(1) - seconds(75));
        QCOMPARE(present_scrubber(going, time).badge, QString::fromUtf8("LIVE −61:15"));
    }

    void next_and_previous_event_pass_every_event_once() {
        std::set<Nanos> times;
        for (const auto& entry : told_.entries()) {
            if (!std::holds_alternative<release::HoldHeartbeat>(entry.event.body)) {
                times.insert(entry.event.time);
            }
        }
        std::size_t forwards = 0, backwards = 0;
        for (auto at = next_event(told_, told_.begin() - seconds(1)); at; at = next_event(told_, *at)) {
            ++forwards;
        }
        for (auto at = previous_event(told_, told_.end() + seconds(1)); at; at = previous_event(told_, *at)) {
            ++backwards;
        }
        QCOMPARE(forwards, times.size());
        QCOMPARE(backwards, times.size());
    }
};

SLUICE_TEST(ScrubberViewTest)
#include "scrubber_view_test.moc"
