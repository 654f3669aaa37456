#include "series/promql_range.h"
#include "support/suite.h"

#include <QtTest>
#include <fmt/format.h>

using namespace sluice;
using namespace sluice::series;

namespace {

constexpr Nanos start = seconds(1'767'225'600);

/// Two pods of one counter, the second from 60 s on; both end at 120 s, the first with a stale marker.
SeriesStore world() {
    SeriesStore store;
    for (int i = 0; i <= 8; ++i) {
        store.append({{"__name__", "served"}, {"pod", "a"}}, start + seconds(15 * i), i);
        if (i >= 4) {
            store.append({{"__name__", "served"}, {"pod", "b"}}, start + seconds(15 * i), 10 * i);
        }
    }
    store.mark_stale({{"__name__", "served"}, {"pod", "a"}}, start + seconds(121));
    return store;
}

/// "a: 0=1 15=2; b: …" in seconds from the start.
QString text(const promql::Matrix& matrix) {
    QStringList lines;
    for (const auto& stretch : matrix) {
        std::string line = std::string(label(stretch.labels, "pod")) + ":";
        for (const auto& point : stretch.points) {
            line += fmt::format(" {:g}={:g}", (point.at - start).seconds(), point.value);
        }
        lines << QString::fromStdString(line);
    }
    return lines.join("; ");
}

} // namespace

class PromqlRangeTest : public QObject {
    Q_OBJECT
private slots:
    void each_instant_is_answered_as_an_instant_query_data() {
        QTest::addColumn<QString>("query");
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("to");
        QTest::addColumn<int>("step");
        QTest::addColumn<QString>("expected");
        QTest::newRow("a series that begins") << "served" << 30 << 75 << 15 << "a: 30=2 45=3 60=4 75=5; b: 60=40 75=50";
        QTest::newRow("one that has ended") << "served" << 90 << 150 << 30 << "a: 90=6 120=8; b: 90=60 120=80 150=80";
        QTest::newRow("between scrapes") << "served" << 0 << 25 << 10 << "a: 0=0 10=0 20=1";
        QTest::newRow("one instant") << "served" << 60 << 60 << 10 << "a: 60=4; b: 60=40";
        QTest::newRow("a sum") << "sum(served)" << 45 << 60 << 15 << ": 45=3 60=44";
        QTest::newRow("a scalar is a series") << "scalar(sum(served)) * 2" << 60 << 75 << 15 << ": 60=88 75=110";
        QTest::newRow("its own time") << "time() - 1767225600" << 0 << 20 << 10 << ": 0=0 10=10 20=20";
        QTest::newRow("nothing") << "absence" << 0 << 60 << 15 << "";
        QTest::newRow("backwards") << "served" << 60 << 0 << 15 << "";
    }

    void each_instant_is_answered_as_an_instant_query() {
        QFETCH(QString, query);
        QFETCH(int, from);
        QFETCH(int, to);
        QFETCH(int, step);
        QFETCH(QString, expected);
        const auto parsed = promql::parse(query.toStdString());
        QVERIFY(parsed);
        const auto answer =
            promql::evaluate_range(*parsed, world(), {start + seconds(from), start + seconds(to), seconds(step)});
        QVERIFY(answer);
        QCOMPARE(text(*answer), expected);
    }

    void eleven_thousand_instants_are_answered_and_not_one_more() {
        const auto parsed = promql::parse("time()");
        const promql::Instants most{start, start + milliseconds(10'999), milliseconds(1)};
        QCOMPARE(promql::evaluate_range(*parsed, SeriesStore(), most)->front().points.size(), std::size_t{11'000});
        const auto more =
            promql::evaluate_range(*parsed, SeriesStore(), {start, start + milliseconds(11'000), milliseconds(1)});
        QVERIFY(!more);
        QVERIFY(more.error().code == ErrorCode::bad_input);
    }

    void ranges_of_ranges_are_refused() {
        const auto answer = promql::evaluate_range(*promql::parse("served[1m]"), world(), {start, start, seconds(1)});
        QVERIFY(!answer);
        QVERIFY(answer.error().code == ErrorCode::bad_input);
    }
};

SLUICE_TEST(PromqlRangeTest)
#include "promql_range_test.moc"
