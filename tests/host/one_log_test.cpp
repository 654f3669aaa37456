#include "host/nova.h"
#include "support/suite.h"

#include <QtTest>
#include <atomic>
#include <thread>

using namespace sluice;
using namespace sluice::host;

namespace {

/// Keeps every processor busy while it lives.
class Burners {
public:
    Burners() {
        for (unsigned i = 0; i < std::max(2u, std::thread::hardware_concurrency()); ++i) {
            threads_.emplace_back([this] {
                volatile double x = 1;
                while (!stop_) {
                    x = x * 1.0000001 + 1e-9;
                }
            });
        }
    }
    ~Burners() {
        stop_ = true;
        for (auto& thread : threads_) {
            thread.join();
        }
    }

private:
    std::atomic<bool> stop_ = false;
    std::vector<std::thread> threads_;
};

std::vector<session::EventRecord> log_of(const Wish& wish) {
    Nova nova(wish);
    if (!nova.run() || !nova.release().closed()) {
        qWarning("the rehearsal ended so: %s", qPrintable(nova.ending()));
        return {};
    }
    return nova.records();
}

/// "the same", or the first event that differs.
QString difference(const std::vector<session::EventRecord>& a, const std::vector<session::EventRecord>& b) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        if (!(a[i] == b[i])) {
            return QString::fromStdString("event " + std::to_string(i + 1) + ":\n" + a[i].body + "\n" + b[i].body);
        }
    }
    return a.size() == b.size() ? "the same" : "one log is longer";
}

} // namespace

class OneLogTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        first_ = log_of({});
        QVERIFY(!first_.empty());
    }
    void a_seed_gives_one_log_at_any_speed_and_load_data() {
        QTest::addColumn<double>("speed");
        QTest::addColumn<bool>("busy");
        QTest::newRow("again") << 0.0 << false;
        QTest::newRow("paced") << 100'000.0 << false;
        QTest::newRow("as fast as it can, processors busy") << 0.0 << true;
        QTest::newRow("paced, processors busy") << 100'000.0 << true;
    }
    void a_seed_gives_one_log_at_any_speed_and_load() {
        QFETCH(double, speed);
        QFETCH(bool, busy);
        const auto burners = busy ? std::make_unique<Burners>() : nullptr;
        Wish wish;
        wish.speed = speed;
        const QString found = difference(first_, log_of(wish)); // QCOMPARE would cut it
        QVERIFY2(found == "the same", qPrintable(found));
    }
    void so_it_does_when_things_go_wrong_data() {
        QTest::addColumn<QStringList>("faults");
        QTest::newRow("rolled back by its trigger") << QStringList{"split:green>=25 errors 9% on green"};
        QTest::newRow("the API slow, a broker down, consumers behind, no data, somebody else at work") << QStringList{
            "step:to-10 api slow 2s for 1m", "step:bake-10 broker 2 down for 2m", "step:bake-25 lag 20000 for 1m",
            "step:bake-50 no data for 3m", "step:to-50 conflict for 10s"};
    }
    void so_it_does_when_things_go_wrong() {
        QFETCH(QStringList, faults);
        Wish wish;
        for (const auto& fault : faults) {
            wish.faults.push_back(fault.toStdString());
        }
        const auto calm = log_of(wish);
        QVERIFY(!calm.empty());
        const Burners burners;
        const QString found = difference(calm, log_of(wish));
        QVERIFY2(found == "the same", qPrintable(found));
    }
    void another_seed_gives_other_samples() {
        Wish wish;
        wish.seed = 2;
        const auto other = log_of(wish);
        QVERIFY(!other.empty());
        const auto gate = [](const std::vector<session::EventRecord>& log) {
            for (const auto& record : log) {
                if (record.body.find("\"gate-changed\"") != std::string::npos) {
                    return Json::parse(record.body)["data"]["samples"].dump();
                }
            }
            return std::string();
        };
        QVERIFY(!gate(first_).empty());
        QVERIFY(gate(first_) != gate(other));
    }

private:
    std::vector<session::EventRecord> first_;
};

SLUICE_TEST(OneLogTest)
#include "one_log_test.moc"
