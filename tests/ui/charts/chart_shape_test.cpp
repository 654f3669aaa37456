#include "charts/chart_shape.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::charts;

class ChartShapeTest : public QObject {
    Q_OBJECT

private slots:
    void charts_take_the_room_that_there_is_data() {
        QTest::addColumn<QSize>("room");
        QTest::addColumn<int>("count");
        QTest::addColumn<QSize>("shape");
        QTest::newRow("a desk of 1600") << QSize(900, 430) << 8 << QSize(2, 2);
        QTest::newRow("a desk of 1280") << QSize(700, 250) << 8 << QSize(2, 2);
        QTest::newRow("a desk of 2560") << QSize(1700, 800) << 8 << QSize(3, 2);
        QTest::newRow("much room, four charts") << QSize(1700, 800) << 4 << QSize(2, 2);
        QTest::newRow("a low row") << QSize(700, 130) << 8 << QSize(3, 1);
        QTest::newRow("a low narrow row") << QSize(420, 130) << 8 << QSize(2, 1);
        QTest::newRow("narrow") << QSize(300, 500) << 8 << QSize(1, 4);
        QTest::newRow("no room") << QSize(700, 90) << 8 << QSize(0, 0);
        QTest::newRow("one chart") << QSize(900, 430) << 1 << QSize(1, 1);
        QTest::newRow("two charts") << QSize(900, 430) << 2 << QSize(2, 1);
        QTest::newRow("three charts") << QSize(900, 430) << 3 << QSize(2, 2);
        QTest::newRow("no chart") << QSize(900, 430) << 0 << QSize(0, 0);
    }
    void charts_take_the_room_that_there_is() {
        QFETCH(QSize, room);
        QFETCH(int, count);
        QTEST(chart_shape(room, count), "shape");
    }
};

SLUICE_TEST(ChartShapeTest)
#include "chart_shape_test.moc"
