#include "charts/time_view.h"

#include "support/suite.h"

#include <QSignalSpy>
#include <QTest>
#include <rapidcheck.h>

using namespace sluice;
using namespace sluice::charts;

namespace {

constexpr Span evening{seconds(1000000), seconds(1000000 + 7200)};

} // namespace

class TimeViewTest : public QObject {
    Q_OBJECT

private slots:
    void live_follows_with_the_length_that_was_chosen() {
        TimeView view;
        view.set_extent(evening);
        view.follow(minutes(10));
        QCOMPARE(view.visible().length(), minutes(10));
        view.set_extent({evening.from, evening.to + seconds(5)});
        QCOMPARE(view.visible().to, evening.to + seconds(5));
        QCOMPARE(view.visible().length(), minutes(10));
        QVERIFY(view.following());
    }

    void looking_back_stops_following_and_end_follows_again() {
        TimeView view;
        view.set_extent(evening);
        view.follow(minutes(30));
        QSignalSpy following(&view, &TimeView::following_changed);
        view.pan(-minutes(20));
        const Span seen = view.visible();
        QVERIFY(!view.following());
        view.set_extent({evening.from, evening.to + minutes(1)});
        QCOMPARE(view.visible(), seen);
        view.go_live();
        QVERIFY(view.following());
        QCOMPARE(view.visible().to, evening.to + minutes(1));
        QCOMPARE(view.visible().length(), minutes(30));
        QCOMPARE(following.count(), 2);
    }

    void what_someone_chose_is_not_undone_while_the_session_grows() {
        TimeView view;
        view.set_extent({evening.from, evening.from + minutes(10)});
        view.set_usual(minutes(10));
        QCOMPARE(view.visible().length(), minutes(10));
        view.set_extent({evening.from, evening.from + minutes(20)});
        view.set_usual(minutes(20));
        QCOMPARE(view.visible().length(), minutes(20)); // nobody has chosen anything
        view.zoom(2);
        view.set_extent({evening.from, evening.from + minutes(30)});
        view.set_usual(minutes(30));
        QCOMPARE(view.visible(), (Span{evening.from + minutes(20), evening.from + minutes(30)}));
        QVERIFY(view.following());
        view.pan(-minutes(15));
        view.set_usual(minutes(31));
        QVERIFY(!view.following());
        view.reset();
        QVERIFY(view.following());
        QCOMPARE(view.visible(), (Span{evening.from - minutes(1), evening.from + minutes(30)}));
    }

    void who_comes_back_sees_what_he_saw_data() {
        QTest::addColumn<int>("what");
        QTest::newRow("as usual") << 0;
        QTest::newRow("followed closer") << 1;
        QTest::newRow("a stretch of the past") << 2;
    }
    void who_comes_back_sees_what_he_saw() {
        QFETCH(int, what);
        TimeView view;
        view.set_extent(evening);
        view.set_usual(hours(1));
        if (what == 1) {
            view.follow(minutes(10));
        } else if (what == 2) {
            view.look_at({evening.from + minutes(5), evening.from + minutes(25)});
        }
        const auto look = view.look();
        const Span seen = view.visible();
        view.set_extent({evening.from, evening.from + minutes(40)}); // looking back
        view.zoom(3);
        view.pan(-minutes(30));
        view.set_extent({evening.from, evening.to + minutes(1)});
        view.look_again(look);
        QCOMPARE(view.following(), what != 2);
        QCOMPARE(view.visible(), what == 2 ? seen : panned(seen, minutes(1)));
    }

    void zooming_by_key_while_live_stays_live() {
        TimeView view;
        view.set_extent(evening);
        view.follow(minutes(30));
        view.zoom(2);
        QVERIFY(view.following());
        QCOMPARE(view.visible(), (Span{evening.to - minutes(15), evening.to}));
        view.set_extent({evening.from, evening.to + seconds(1)});
        QCOMPARE(view.visible().length(), minutes(15));
    }

    void what_is_pointed_at_stays_where_it_is() {
        TimeView view;
        view.set_extent(evening);
        view.show_all();
        const Nanos at = evening.from + minutes(40);
        const TimeScale before{view.visible(), 0, 600};
        view.zoom(3, at);
        const TimeScale after{view.visible(), 0, 600};
        QVERIFY(std::abs(before.x_of(at) - after.x_of(at)) < 0.01);
    }

    void lines_grow_into_a_view_that_is_longer_than_they_are() {
        TimeView view;
        view.set_extent({evening.from, evening.from + minutes(2)});
        view.follow(minutes(10));
        QCOMPARE(view.visible(), (Span{evening.from - minutes(8), evening.from + minutes(2)}));
    }

    void nothing_is_told_when_nothing_changes() {
        TimeView view;
        view.set_extent(evening);
        QSignalSpy changes(&view, &TimeView::visible_changed);
        view.set_extent(evening);
        view.go_live();
        view.point_at(std::nullopt);
        QCOMPARE(changes.count(), 0);
    }

    void moves_stay_within_what_there_is() {
        const bool held = rc::check("moves", [] {
            TimeView view;
            view.set_extent(evening);
            view.show_all();
            const auto moves = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6));
            for (const int move : moves) {
                switch (move) {
                case 0:
                    view.zoom(1.5);
                    break;
                case 1:
                    view.zoom(0.5, evening.from + minutes(3));
                    break;
                case 2:
                    view.pan(minutes(7));
                    break;
                case 3:
                    view.pan(-minutes(50));
                    break;
                case 4:
                    view.zoom(1000);
                    break;
                default:
                    view.zoom(40, evening.to - seconds(1));
                    break;
                }
                RC_ASSERT(view.visible().from >= evening.from);
                RC_ASSERT(view.visible().to <= evening.to);
                RC_ASSERT(view.visible().length() >= TimeView::shortest);
            }
        });
        QVERIFY(held);
    }

    void columns_stand_still_while_the_picture_moves() {
        const bool held = rc::check("snapped", [] {
            const int columns = *rc::gen::element(1, 100, 383, 1200);
            const auto length =
                Nanos{*rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::int64_t>(5000, 1LL << 50))};
            const auto shift = Nanos{*rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::int64_t>(0, 1LL << 40))};
            const Span wanted{evening.from, evening.from + length};
            const Span one = snapped(wanted, columns), other = snapped(panned(wanted, shift), columns);
            const std::int64_t column = one.length().count / columns;
            RC_ASSERT(one.length().count % columns == 0);
            RC_ASSERT(one.length() == other.length());
            RC_ASSERT((one.from - other.from).count % column == 0);
            RC_ASSERT(one.to >= wanted.to && one.to.count - wanted.to.count < column);
        });
        QVERIFY(held);
    }
};

SLUICE_TEST(TimeViewTest)
#include "time_view_test.moc"
