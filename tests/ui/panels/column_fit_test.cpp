#include "panels/column_fit.h"
#include "support/suite.h"

#include <QtTest>
#include <numeric>

using namespace sluice;
using namespace sluice::panels;

class ColumnFitTest : public QObject {
    Q_OBJECT

    /// Title, figure, headroom, state, age: as the gates are.
    const std::vector<ColumnWish> gates_{
        {200, 120, 3, 0}, {80, 80, 1, 0}, {70, 70, 1, 2}, {100, 90, 1, 0}, {60, 60, 1, 1}};

private slots:
    void columns_fill_their_room_and_go_by_importance_data() {
        QTest::addColumn<int>("room");
        QTest::addColumn<std::vector<int>>("widths");
        QTest::newRow("just enough") << 510 << std::vector<int>{200, 80, 70, 100, 60};
        QTest::newRow("the title and the state give way") << 465 << std::vector<int>{160, 80, 70, 95, 60};
        QTest::newRow("the headroom goes") << 400 << std::vector<int>{164, 80, 0, 95, 61};
        QTest::newRow("the age goes too") << 300 << std::vector<int>{128, 80, 0, 92, 0};
        QTest::newRow("too narrow for all") << 100 << std::vector<int>{120, 80, 0, 8, 0};
        QTest::newRow("more than wanted") << 580 << std::vector<int>{230, 90, 80, 110, 70};
        QTest::newRow("no further apart than is read together") << 1000 << std::vector<int>{238, 92, 82, 112, 476};
    }
    void columns_fill_their_room_and_go_by_importance() {
        QFETCH(int, room);
        const auto widths = fit_columns(gates_, room, 600);
        QTEST(widths, "widths");
    }

    void every_room_is_filled_and_no_figure_is_cut() {
        for (int room = 290; room < 2000; ++room) {
            const auto widths = fit_columns(gates_, room, 600);
            QCOMPARE(std::accumulate(widths.begin(), widths.end(), 0), room);
            for (std::size_t i = 0; i < widths.size(); ++i) {
                QVERIFY(widths[i] == 0 || widths[i] >= gates_[i].least);
            }
        }
    }

    void nothing_has_no_columns() { QVERIFY(fit_columns({}, 100, 100).empty()); }
};

SLUICE_TEST(ColumnFitTest)
#include "column_fit_test.moc"
