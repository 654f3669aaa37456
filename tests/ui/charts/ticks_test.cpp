#include "charts/ticks.h"

#include "support/suite.h"

#include <QTest>

using namespace sluice;
using namespace sluice::charts;

class TicksTest : public QObject {
    Q_OBJECT

    static constexpr Nanos day = hours(24 * 20775); // 2026-11-18

private slots:
    void labels_are_short_and_never_have_an_exponent_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<double>("step");
        QTest::addColumn<QString>("label");
        QTest::newRow("nothing") << 0.0 << 2000.0 << "0";
        QTest::newRow("thousands") << 2000.0 << 2000.0 << "2k";
        QTest::newRow("half thousands") << 2500.0 << 500.0 << "2.5k";
        QTest::newRow("below a thousand") << 500.0 << 500.0 << "500";
        QTest::newRow("a quarter") << 0.25 << 0.25 << "0.25";
        QTest::newRow("one, among quarters") << 1.0 << 0.25 << "1";
        QTest::newRow("millions") << 1.5e6 << 5e5 << "1.5M";
        QTest::newRow("very many") << 3e15 << 1e15 << "3P";
        QTest::newRow("more than any") << 2e18 << 1e18 << "2000P";
        QTest::newRow("very little") << 0.00002 << 0.00001 << "0.00002";
        QTest::newRow("below zero") << -2000.0 << 1000.0 << "-2k";
        QTest::newRow("rounding about zero") << -1e-17 << 0.5 << "0";
    }
    void labels_are_short_and_never_have_an_exponent() {
        QFETCH(double, value);
        QFETCH(double, step);
        QTEST(tick_label(value, step), "label");
    }

    void figures_have_about_three_digits_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("lag") << 1612.0 << "1,612";
        QTest::newRow("latency") << 42.84 << "42.8";
        QTest::newRow("errors") << 0.2567 << "0.26";
        QTest::newRow("few errors") << 0.00123 << "0.0012";
        QTest::newRow("none") << 0.0 << "0";
        QTest::newRow("whole") << 7.0 << "7";
        QTest::newRow("hundreds") << 142.3 << "142";
        QTest::newRow("no figure") << qQNaN() << "–";
    }
    void figures_have_about_three_digits() {
        QFETCH(double, value);
        const QLocale before;
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
        const QString text = figure(value);
        QLocale::setDefault(before);
        QTEST(text, "text");
    }

    void the_axis_of_values_holds_what_is_seen_and_the_limits_data() {
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addColumn<double>("limit");
        QTest::addColumn<bool>("above");
        QTest::addColumn<QString>("axis");
        QTest::newRow("lag") << 500.0 << 3900.0 << 5000.0 << true << "0..6k by 2k";
        QTest::newRow("latency") << 38.0 << 45.0 << 60.0 << true << "0..80 by 20";
        QTest::newRow("errors") << 0.15 << 0.35 << 1.0 << true << "0..1.25 by 0.25";
        QTest::newRow("throughput, without zero") << 91.0 << 95.0 << 90.0 << false << "80..100 by 5";
        QTest::newRow("beyond its limit") << 100.0 << 20000.0 << 5000.0 << true << "0..25k by 5k";
        QTest::newRow("all zero") << 0.0 << 0.0 << 0.0 << true << "0..0 by 0";
        QTest::newRow("below zero") << -240.0 << 10.0 << 100.0 << true << "-300..200 by 100";
    }
    void the_axis_of_values_holds_what_is_seen_and_the_limits() {
        QFETCH(double, low);
        QFETCH(double, high);
        QFETCH(double, limit);
        QFETCH(bool, above);
        QFETCH(QString, axis);
        const AxisLimit limits[] = {{limit, above}};
        const ValueAxis got = value_axis(std::pair(low, high), limits, 5);
        QVERIFY(got.low <= std::min(low, limit) && got.high >= std::max(high, limit));
        QVERIFY(got.high > got.low);
        if (high > low) {
            QCOMPARE(
                QStringLiteral("%1..%2 by %3")
                    .arg(tick_label(got.low, got.step), tick_label(got.high, got.step), tick_label(got.step, got.step)),
                axis);
        }
        QVERIFY(got.ticks().size() >= 2 && got.ticks().size() <= 12);
    }

    void times_are_the_wall_clock_at_round_times_data() {
        QTest::addColumn<Nanos>("from");
        QTest::addColumn<Nanos>("length");
        QTest::addColumn<QString>("labels");
        const Nanos afternoon = day + hours(14) + minutes(9);
        QTest::newRow("42 minutes") << afternoon << minutes(42) << "14:10 14:20 14:30 14:40 14:50";
        QTest::newRow("2 minutes") << afternoon << minutes(2) << "14:09:00 14:09:30 14:10:00 14:10:30";
        QTest::newRow("2 seconds") << afternoon << seconds(2) << "14:09:00.0 14:09:00.5 14:09:01.0 14:09:01.5";
        QTest::newRow("a day") << afternoon << hours(24) << "18:00 11-19 06:00 12:00";
        QTest::newRow("before 1970") << -minutes(42) << minutes(42) << "23:20 23:30 23:40 23:50";
    }
    void times_are_the_wall_clock_at_round_times() {
        QFETCH(Nanos, from);
        QFETCH(Nanos, length);
        QStringList labels;
        for (const TimeTick& tick : time_ticks({from, from + length}, 5)) {
            labels << tick.label;
        }
        QTEST(labels.join(' '), "labels");
    }

    void a_span_of_any_length_has_a_few_ticks() {
        for (std::int64_t length = seconds(2).count; length < hours(24 * 4000).count; length = length * 3 / 2) {
            const auto ticks = time_ticks({day, day + Nanos{length}}, 6);
            QVERIFY2(!ticks.empty() && ticks.size() <= 7, qPrintable(QString::number(length)));
        }
    }
};

SLUICE_TEST(TicksTest)
#include "ticks_test.moc"
