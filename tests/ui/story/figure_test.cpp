#include "story/figure.h"
#include "support/suite.h"

#include <QtTest>
#include <cmath>

using namespace sluice;
using namespace sluice::story;

class FigureTest : public QObject {
    Q_OBJECT

private slots:
    void a_figure_has_two_or_three_digits_and_reads_like_its_limit_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("unit");
        QTest::addColumn<double>("limit"); // NaN = none
        QTest::addColumn<QString>("text");
        const double none = std::nan("");
        const auto row = [](const char* name, double value, const char* unit, double limit, const char* text) {
            QTest::newRow(name) << value << QString(unit) << limit << QString(text);
        };
        row("of one per cent", 0.002594, "ratio", 0.01, "0.26 %");
        row("of a tenth of a per cent", 0.0001903, "ratio", 0.001, "0.019 %");
        row("far beyond its limit", 0.0812345, "ratio", 0.001, "8.12 %");
        row("most of the whole", 0.98765, "ratio", 0.8, "98.8 %");
        row("all of it", 1, "ratio", 0.8, "100 %");
        row("milliseconds of sixty", 0.04281, "s", 0.060, "42.8 ms");
        row("milliseconds of two hundred", 0.13949, "s", 0.2, "139 ms");
        row("few of two hundred", 0.0042, "s", 0.2, "4.2 ms");
        row("a second and a half of 200 ms", 1.5, "s", 0.2, "1,500 ms");
        row("seconds", 2.514, "s", none, "2.51 s");
        row("half a second of five", 0.4567, "s", 5, "0.46 s");
        row("messages", 1612, "messages", 5000, "1,612");
        row("the mean of messages", 1612.25, "messages", 5000, "1,612");
        row("a mean of few", 3.24, "messages", 5000, "3.2");
        row("many a second", 92410, "per-second", 90000, "92.4 k/s");
        row("few beside many", 9512, "per-second", 90000, "9.5 k/s");
        row("some a second", 240.4, "per-second", none, "240/s");
        row("draining", -240.4, "per-second", none, "−240/s");
        row("bytes", 50.0 * (1 << 30), "bytes", 51.2 * (1 << 30), "50 GiB");
        row("yes", 1, "bool", 1, "1");
        row("no limit", 0.01903, "count", none, "0.0190");
        row("nothing", 0, "ratio", 0.001, "0 %");
        row("next to nothing", 0.0000000312, "ratio", 0.001, "0.0000031 %");
        row("no number", none, "ratio", 0.001, "–");
    }
    void a_figure_has_two_or_three_digits_and_reads_like_its_limit() {
        QFETCH(double, value);
        QFETCH(QString, unit);
        QFETCH(double, limit);
        QTEST(figure(value, unit.toStdString(), std::isnan(limit) ? std::nullopt : std::optional(limit)), "text");
    }

    void a_figure_is_never_rounded_onto_its_limit_or_past_it_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<double>("limit");
        QTest::addColumn<QString>("text");
        QTest::newRow("a hair below") << 0.0009996 << 0.001 << "0.09996 %";
        QTest::newRow("less than a hair below") << 0.000999994 << 0.001 << "0.099999 %";
        QTest::newRow("a hair above") << 0.0010004 << 0.001 << "0.10004 %";
        QTest::newRow("on it") << 0.001 << 0.001 << "0.100 %";
        QTest::newRow("below one") << 0.009996 << 0.01 << "0.9996 %";
        QTest::newRow("below all") << 0.99996 << 1.0 << "99.996 %";
        QTest::newRow("above nothing") << 0.0000004 << 0.0 << "0.0000400 %";
    }
    void a_figure_is_never_rounded_onto_its_limit_or_past_it() {
        QFETCH(double, value);
        QFETCH(double, limit);
        QTEST(figure(value, "ratio", limit), "text");
    }

    // Whatever the two are: the printed figure stands on the same side of the limit as what was measured.
    void side_and_size_are_kept_for_any_value() {
        std::uint64_t state = 7;
        const auto next = [&] {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            return static_cast<double>(state >> 11) / static_cast<double>(1ULL << 53);
        };
        for (int i = 0; i < 20'000; ++i) {
            const double limit = std::pow(10, next() * 8 - 4);
            const double value =
                i % 2 == 0 ? limit * (1 + (next() - 0.5) * std::pow(10, -next() * 9)) : std::pow(10, next() * 8 - 4);
            const double read = fixed(value, decimals_for(value, limit)).remove(u',').toDouble();
            QVERIFY2((read < limit) == (value < limit) && (read > limit) == (value > limit),
                     qPrintable(QString("%1 reads %2 against %3").arg(value, 0, 'g', 17).arg(read).arg(limit)));
            QVERIFY2(std::abs(read - value) <= 0.0501 * std::abs(value), qPrintable(QString::number(value, 'g', 17)));
        }
    }

    void limits_are_written_as_plans_write_them() {
        QCOMPARE(limit_figure(0.001, "ratio"), "0.1 %");
        QCOMPARE(limit_figure(0.2, "s"), "200 ms");
        QCOMPARE(limit_figure(2.5, "s"), "2.5 s");
        QCOMPARE(limit_figure(5000, "messages"), "5,000");
        QCOMPARE(limit_figure(90000, "per-second"), "90 k/s");
        QCOMPARE(limit_figure(0, "count"), "0");
        QCOMPARE(limit_figure(51.2 * (1 << 30), "bytes"), "51.2 GiB");
        QCOMPARE(exact_figure(0.00019034912, "ratio", 0.001), "0.019034912 %");
    }

    void two_that_are_compared_have_as_many_decimals() {
        QCOMPARE(decimals_beside(8.0012, 0.0190, 0.1), 2);
        QCOMPARE(decimals_beside(0.0190, 8.0012, 0.1), 2);
        QCOMPARE(decimals_beside(0.0190, 0.0212, 0.1), 3);
        QCOMPARE(decimals_beside(0, 0.0212, 0.1), 3);
        QCOMPARE(decimals_beside(0, 0), 0);
        QCOMPARE(decimals_beside(8.0012, 0.09999, 0.1), 5); // not told as 0.10
        QCOMPARE(decimals_beside(std::nan(""), 0.0212, 0.1), 3);
    }

    void differences_have_a_sign_and_a_unit_or_are_none() {
        QCOMPARE(difference_figure(0.0428, 0.0397, "s", 0.060), "+3.1 ms");
        QCOMPARE(difference_figure(0.0024, 0.0028, "ratio", 0.01), "−0.04 pp");
        QCOMPARE(difference_figure(1612, 2012, "messages", 5000.0), "−400");
        QCOMPARE(difference_figure(0.0428, 0.0428, "s", 0.060), QString());
        QCOMPARE(difference_figure(0.04280001, 0.0428, "s", 0.060), QString());
    }
};

SLUICE_TEST(FigureTest)
#include "figure_test.moc"
