/// How many of a metric's series must hold: all, any, a number, a share.
#include "analysis/decisive.h"
#include "analysis/gate.h"
#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>
#include <algorithm>

using namespace sluice;
using namespace sluice::analysis;
using series::Status;
using sluice::testing::new_year;

namespace {

plan::Metric latency(plan::Reduce reduce = plan::Reduce::each) {
    plan::Metric metric;
    metric.name = "latency";
    metric.unit = "count";
    metric.reduce = reduce;
    return metric;
}

/// One letter a series: p holds (1), f breaks the limit (20), n no data, e source error.
std::vector<series::Reading> readings(const std::string& letters) {
    std::vector<series::Reading> all;
    for (const char letter : letters) {
        series::Reading reading;
        reading.labels = {{"pod", std::to_string(all.size())}};
        reading.value = letter == 'f' ? 20 : 1;
        reading.status = letter == 'n' ? Status::no_data : letter == 'e' ? Status::source_error : Status::ok;
        reading.detail = reading.status == Status::ok ? "" : "it is silent";
        reading.measured_at = reading.received_at = new_year;
        all.push_back(std::move(reading));
    }
    return all;
}

Latest latest(const std::string& letters) {
    series::SampleBatch batch;
    batch.metric = "latency";
    batch.received_at = new_year;
    batch.readings = readings(letters);
    Latest made;
    made.take(std::move(batch));
    return made;
}

GateVerdict verdict(const std::string& letters, const std::string& of, plan::Reduce reduce = plan::Reduce::each) {
    plan::Gate gate;
    gate.id = gate.metric = "latency";
    gate.must = plan::parse_must("< 10").value();
    if (!of.empty()) {
        gate.of_series = plan::parse_of_series(of).value();
    }
    return judge(gate, latency(reduce), latest(letters), {}, new_year).at(0);
}

} // namespace

class OfSeriesTest : public QObject {
    Q_OBJECT
private slots:
    void so_many_series_must_hold_data() {
        QTest::addColumn<QString>("series");
        QTest::addColumn<QString>("of");
        QTest::addColumn<QString>("told");
        const auto row = [](const char* series, const char* of, const char* told) {
            QTest::addRow("%s of %s", of, series) << QString(series) << QString(of) << QString(told);
        };
        row("pppp", "all", "pass: 1, must be < 10; 4 of 4 series hold, 4 must");
        row("pppf", "all", "fail: 20, must be < 10; 3 of 4 series hold, 4 must");
        row("pppf", "3", "pass: 1, must be < 10; 3 of 4 series hold, 3 must");
        row("ppff", "3", "fail: 20, must be < 10; 2 of 4 series hold, 3 must");
        row("fffp", "any", "pass: 1, must be < 10; 1 of 4 series hold, 1 must");
        row("ffff", "any", "fail: 20, must be < 10; 0 of 4 series hold, 1 must");
        row("ppppf", "80%", "pass: 1, must be < 10; 4 of 5 series hold, 4 must");
        row("pppff", "80%", "fail: 20, must be < 10; 3 of 5 series hold, 4 must");
        row("pppf", "80%", "fail: 20, must be < 10; 3 of 4 series hold, 4 must"); // rounded up
        row("ppppppppff", "70%", "pass: 1, must be < 10; 8 of 10 series hold, 7 must");
        row("f", "1%", "fail: 20, must be < 10; 0 of 1 series hold, 1 must"); // never none
        // Who says nothing may hold or not: it decides only where the others do not.
        row("pppn", "3", "pass: 1, must be < 10; 3 of 4 series hold, 3 must");
        row("ppnf", "3", "no-data: it is silent");
        row("ppef", "3", "source-error: it is silent");
        row("pnff", "3", "fail: 20, must be < 10; 1 of 4 series hold, 3 must");
        row("nnnn", "any", "no-data: it is silent");
        // Series that are not there are neither breach nor pass.
        row("pp", "3", "no-data: 2 series answer, and 3 must hold");
        row("ee", "3", "source-error: it is silent");
    }
    void so_many_series_must_hold() {
        QFETCH(QString, series);
        QFETCH(QString, of);
        QFETCH(QString, told);
        const auto got = verdict(series.toStdString(), of.toStdString());
        QCOMPARE(QString::fromStdString(name(got.verdict) + (": " + got.why)), told);
    }

    /// Each way in which five series can answer: a plain count says the same, and so does a gate without `of-series`.
    void a_plain_count_says_the_same() {
        for (int code = 0; code < 243; ++code) {
            std::string letters;
            for (int i = 0, rest = code; i < 5; ++i, rest /= 3) {
                letters += "pfn"[rest % 3];
            }
            const auto hold = std::count(letters.begin(), letters.end(), 'p');
            const auto broken = std::count(letters.begin(), letters.end(), 'f');
            for (int wanted = 1; wanted <= 5; ++wanted) {
                const auto expected = hold >= wanted        ? Verdict::pass
                                      : 5 - broken < wanted ? Verdict::fail
                                                            : Verdict::no_data;
                QVERIFY2(verdict(letters, std::to_string(wanted)).verdict == expected,
                         (letters + ", " + std::to_string(wanted)).c_str());
            }
            QCOMPARE(verdict(letters, "all").verdict, verdict(letters, "").verdict);
            QCOMPARE(verdict(letters, "any").verdict, verdict(letters, "", plan::Reduce::any).verdict);
        }
    }

    void what_can_be_asked_for_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("of_ten"); // 0: refused
        for (const auto& [text, of_ten] : {std::pair{"all", 10},
                                           {"any", 1},
                                           {"3", 3},
                                           {"12", 12},
                                           {"80%", 8},
                                           {"100%", 10},
                                           {"0.1%", 1},
                                           {"99.9%", 10},
                                           {"30%", 3},
                                           {"0", 0},
                                           {"0%", 0},
                                           {"101%", 0},
                                           {"1.5", 0},
                                           {"-1", 0},
                                           {"most", 0},
                                           {"", 0},
                                           {"5s", 0}}) {
            QTest::newRow(text) << QString(text) << of_ten;
        }
    }
    void what_can_be_asked_for() {
        QFETCH(QString, text);
        QFETCH(int, of_ten);
        const auto of = plan::parse_of_series(text.toStdString());
        QCOMPARE(of.has_value(), of_ten != 0);
        if (of) {
            QCOMPARE(static_cast<int>(of->wanted(10)), of_ten);
        } else {
            QVERIFY(!of.error().remedy.empty());
        }
    }
};

SLUICE_TEST(OfSeriesTest)
#include "of_series_test.moc"
