#include "plan/condition.h"
#include "support/suite.h"

#include <QtTest>
#include <cmath>

using namespace sluice;
using namespace sluice::plan;

/// A gate's limit that is counted from another value.
class GateLimitTest : public QObject {
    Q_OBJECT
private slots:
    void a_limit_is_counted_from_a_value_data() {
        QTest::addColumn<QString>("must");
        QTest::addColumn<bool>("share");
        QTest::addColumn<double>("from");
        QTest::addColumn<double>("limit"); // NaN = it can't be said
        QTest::addColumn<QString>("text");
        const double none = std::nan("");
        QTest::newRow("a tenth more") << "<= 10%" << true << 40.0 << 44.0 << "<= blue + 10% of it";
        QTest::newRow("a tenth less") << ">= -10%" << true << 40.0 << 36.0 << ">= blue - 10% of it";
        QTest::newRow("as a number") << "<= 0.1" << true << 40.0 << 44.0 << "<= blue + 0.1 of it";
        QTest::newRow("of less than nothing") << "<= 10%" << true << -40.0 << -36.0 << "<= blue + 10% of it";
        QTest::newRow("a share of nothing") << "<= 10%" << true << 0.0 << none << "<= blue + 10% of it";
        QTest::newRow("20 ms more") << "< 20ms" << false << 0.04 << 0.06 << "< blue + 20ms";
        QTest::newRow("50 less") << "> -50" << false << 200.0 << 150.0 << "> blue - 50";
        QTest::newRow("no more") << "<= 0" << false << 200.0 << 200.0 << "<= blue";
        QTest::newRow("from nothing") << "<= 5" << false << 0.0 << 5.0 << "<= blue + 5";
        QTest::newRow("from no number") << "<= 5" << false << none << none << "<= blue + 5";
        QTest::newRow("from no end") << "<= 5" << false << HUGE_VAL << none << "<= blue + 5";
    }
    void a_limit_is_counted_from_a_value() {
        QFETCH(QString, must);
        QFETCH(bool, share);
        QFETCH(double, from);
        QFETCH(double, limit);
        const auto read = parse_must(must.toStdString());
        QVERIFY2(read.has_value(), read ? "" : to_text(read.error()).c_str());
        Gate gate;
        gate.must = *read;
        gate.against = Against{"blue", "", {}, share, {}};
        QTEST(QString::fromStdString(limit_text(gate)), "text");
        const auto counted = counted_from(gate, from);
        QCOMPARE(counted.has_value(), !std::isnan(limit));
        if (counted) {
            QVERIFY2(qFuzzyCompare(counted->limit, limit), qPrintable(QString::number(counted->limit)));
            QCOMPARE(counted->comparison, gate.must.comparison);
            QCOMPARE(counted->text, limit_text(gate));
        }
    }

    void what_can_not_be_said_holds_not() {
        Gate gate;
        gate.must = *parse_must("<= 10%");
        gate.against = Against{"blue", "", {}, true, {}};
        QCOMPARE(holds(gate, 44, 40), std::optional(true));
        QCOMPARE(holds(gate, 45, 40), std::optional(false));
        QCOMPARE(holds(gate, 1, std::nullopt), std::nullopt);
        QCOMPARE(holds(gate, 1, 0), std::nullopt);
        QCOMPARE(holds(gate, 0, 0), std::optional(true)); // alike
        gate.must = *parse_must("< 10%");
        gate.against.reset();
        QCOMPARE(holds(gate, 0.05, std::nullopt), std::optional(true));
    }

    void a_fixed_limit_stays_as_it_is() {
        Gate gate;
        gate.must = *parse_must("< 200ms");
        QCOMPARE(counted_from(gate, 7)->limit, 0.2);
        QCOMPARE(limit_text(gate), "< 200ms");
        QCOMPARE(reference_text(gate), "");
    }

    void a_reference_is_called_by_what_it_is() {
        Gate gate;
        gate.must = *parse_must("<= 10%");
        gate.against = Against{"", "soak", {}, true, {}};
        QCOMPARE(limit_text(gate), "<= the baseline of soak + 10% of it");
        gate.against->arm = "blue";
        QCOMPARE(limit_text(gate), "<= blue's baseline of soak + 10% of it");
        gate.against = Against{"", "", minutes(5), true, {}};
        QCOMPARE(reference_text(gate), "its value 5m ago");
        QCOMPARE(limit_text(gate), "<= its value 5m ago + 10% of it");
        gate.must = *parse_must(">= -50");
        gate.against->share = false;
        QCOMPARE(limit_text(gate), ">= its value 5m ago - 50");
        gate.against = Against{"", "", {}, false, hours(1), {}};
        QCOMPARE(limit_text(gate), ">= its average of the 1h before the start - 50");
        gate.must = *parse_must("<= 10%");
        gate.against->share = true;
        gate.against->arm = "blue";
        QCOMPARE(reference_text(gate), "blue's average of the 1h before the start");
        QCOMPARE(limit_text(gate), "<= blue's average of the 1h before the start + 10% of it");
        QVERIFY(!compares_with(gate, "blue")); // it may be held against what it was itself
    }

    void only_what_is_compared_with_an_arm_as_it_is_now_passes_it_over_data() {
        QTest::addColumn<QString>("arm");
        QTest::addColumn<QString>("baseline");
        QTest::addColumn<int>("ago"); // s
        QTest::addColumn<QString>("looked_at");
        QTest::addColumn<bool>("passed_over");
        QTest::newRow("itself") << "blue"
                                << "" << 0 << "blue" << true;
        QTest::newRow("the other") << "blue"
                                   << "" << 0 << "green" << false;
        QTest::newRow("its baseline") << "blue"
                                      << "soak" << 0 << "blue" << false;
        QTest::newRow("the whole, as it was") << ""
                                              << "" << 300 << "" << false;
        QTest::newRow("an arm, as it was") << ""
                                           << "" << 300 << "blue" << false;
    }
    void only_what_is_compared_with_an_arm_as_it_is_now_passes_it_over() {
        QFETCH(QString, arm);
        QFETCH(QString, baseline);
        QFETCH(int, ago);
        QFETCH(QString, looked_at);
        Gate gate;
        gate.against = Against{arm.toStdString(), baseline.toStdString(), seconds(ago), true, {}};
        QTEST(compares_with(gate, looked_at.toStdString()), "passed_over");
    }
};

SLUICE_TEST(GateLimitTest)
#include "gate_limit_test.moc"
