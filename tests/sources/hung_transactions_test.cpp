/// A lag must not be 0 because nobody may read what is there.
#include "sources/hung_transactions.h"
#include "sources/kafka_lag.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::sources;

namespace {

/// A group that has read all up to the last stable offset of two partitions.
class Desk {
public:
    /// `high`: where the log of partition 0 ends; nothing = it was not asked this time.
    series::SampleBatch poll(std::int64_t stable, std::optional<std::int64_t> high) {
        LagAnswer answer;
        PartitionLag first{"billing", "orders", 0, stable, stable, "", high};
        PartitionLag second{"billing", "orders", 1, 50, 50, "", 50};
        PartitionLag other{"audit", "orders", 0, stable - 1, stable, "", high};
        answer.partitions = {other, first, second};
        LagMetric metric;
        metric.name = "lag";
        metric.reduce = Reduce::sum;
        const auto told = hung_.take(answer, now);
        return judge(metric, answer, now, told);
    }
    double lag(std::int64_t stable, std::optional<std::int64_t> high) {
        return poll(stable, high).readings.front().value;
    }
    void pass(Nanos length) { now += length; }

    Nanos now = seconds(1'767'600'000);

private:
    HungTransactions hung_;
};

} // namespace

class HungTransactionsTest : public QObject {
    Q_OBJECT
private slots:
    void what_lies_behind_a_transaction_counts_once_that_hangs() {
        Desk desk;
        QCOMPARE(desk.lag(100, 400), 1.0); // it may be one as any
        desk.pass(seconds(30));
        QCOMPARE(desk.lag(100, std::nullopt), 1.0); // the log's end is asked now and then
        desk.pass(seconds(29));
        QCOMPARE(desk.lag(100, 700), 1.0);
        desk.pass(seconds(1));
        QCOMPARE(desk.lag(100, 700), 601.0 + 600.0); // both groups wait for them
        desk.pass(minutes(1));
        const auto batch = desk.poll(100, std::nullopt);
        QCOMPARE(batch.readings.front().value, 1201.0);
        QCOMPARE(batch.degraded.size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(batch.degraded.front()),
                 QString("orders: 600 messages lie behind a transaction that has been open for 2m (partition 0), and "
                         "count as lag"));
        QCOMPARE(desk.lag(700, 700), 1.0); // it was ended
        QVERIFY(desk.poll(700, 700).degraded.empty());
    }

    void transactions_that_come_and_go_are_none_that_hangs() {
        Desk desk;
        for (int i = 0; i < 100; ++i) {
            QCOMPARE(desk.lag(100 + i, 110 + i), 1.0);
            desk.pass(seconds(5));
        }
        QCOMPARE(desk.lag(200, 300), 1.0);
        desk.pass(seconds(50));
        QCOMPARE(desk.lag(201, std::nullopt), 1.0); // it has moved: another one, from here on
        desk.pass(seconds(20));
        QCOMPARE(desk.lag(201, 300), 1.0);
        desk.pass(seconds(59));
        QCOMPARE(desk.lag(201, 300), 1.0);
    }
};

SLUICE_TEST(HungTransactionsTest)
#include "hung_transactions_test.moc"
