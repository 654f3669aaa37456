/// How the cockpit shares a screen.
#include "screens/middle_column.h"
#include "screens/room.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::screens;

class RoomTest : public QObject {
    Q_OBJECT

private slots:
    void the_middle_is_never_narrower_than_its_sides() {
        for (int width = 1024; width <= 3840; ++width) {
            const auto [plan, traffic] = side_widths(width);
            QVERIFY2(width - plan - traffic > std::max(plan, traffic) && plan >= 256 && traffic >= 288,
                     qPrintable(QString::number(width)));
        }
        QCOMPARE(side_widths(1600), std::pair(344, 313)); // as designed
    }

    void the_audit_log_always_has_its_head_and_three_rows() {
        for (int height = 640; height <= 2160; ++height) {
            for (const int bars : {0, 40, 100}) {
                QVERIFY(audit_height(height - 64, bars) >= 102);
                QVERIFY(height - 64 - bars - audit_height(height - 64, bars) >= 360); // and the columns their room
            }
        }
    }

    void the_card_gives_way_before_the_charts_are_gone_data() {
        QTest::addColumn<int>("room");
        QTest::addColumn<int>("card");
        QTest::addColumn<int>("least");
        QTest::addColumn<int>("shown");
        QTest::addColumn<int>("charts");
        QTest::newRow("room for both") << 600 << 300 << 200 << 300 << 290;
        QTest::newRow("just a row of charts") << 420 << 300 << 200 << 300 << 110;
        QTest::newRow("the card is scrolled") << 380 << 300 << 200 << 262 << 108;
        QTest::newRow("its buttons go before the charts") << 380 << 340 << 280 << 340 << 0;
        QTest::newRow("no charts") << 300 << 320 << 200 << 300 << 0;
        QTest::newRow("a small card, little room") << 200 << 150 << 150 << 150 << 0;
    }
    void the_card_gives_way_before_the_charts_are_gone() {
        QFETCH(int, room);
        QFETCH(int, card);
        QFETCH(int, least);
        const MiddleHeights heights = middle_heights(room, card, least, 10);
        QTEST(heights.card, "shown");
        QTEST(heights.charts, "charts");
    }
};

SLUICE_TEST(RoomTest)
#include "room_test.moc"
