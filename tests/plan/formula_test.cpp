#include "plan/formula.h"

#include "plan/loader.h"
#include "support/suite.h"

#include <QtTest>
#include <cmath>

using namespace sluice;
using namespace sluice::plan;

namespace {

/// What a plan with these metrics, and the connections that they name, loads to.
LoadOutcome with_metrics(const std::string& metrics) {
    return load("sluice: 1\nid: p\nconnections:\n  prom: {prometheus: {url: 'http://p'}}\n"
                "  cluster: {kubernetes: {context: c}}\n"
                "arms:\n  blue: {workload: s/b, service: s/b}\n  green: {workload: s/g, service: s/g}\nmetrics:\n" +
                    metrics + "phases: [{id: one, steps: [{id: a, confirm: x}]}]\n",
                "p.yaml");
}

} // namespace

class FormulaTest : public QObject {
    Q_OBJECT
private slots:
    void it_reckons_as_promql_does_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("value"); // of a = 6, b = 4, a of green = 10
        QTest::newRow("one") << "a" << 6.0;
        QTest::newRow("a share") << "a / b" << 1.5;
        QTest::newRow("products first") << "a + b * 2" << 14.0;
        QTest::newRow("in brackets") << "(a + b) * 2" << 20.0;
        QTest::newRow("powers from the right") << "2 ^ 3 ^ 2 + a" << 518.0;
        QTest::newRow("a sign") << "-a - -b" << -2.0;
        QTest::newRow("the rest of a division") << "a % b" << 2.0;
        QTest::newRow("how far apart") << "abs(b - a)" << 2.0;
        QTest::newRow("of one arm") << "a{arm=\"green\"} - a" << 4.0;
        QTest::newRow("by nothing") << "a / (b - 4)" << HUGE_VAL;
        QTest::newRow("nothing by nothing") << "(a - 6) / (b - 4)" << std::nan("");
        QTest::newRow("by its label") << "{__name__=\"a\"} * 1e-3" << 0.006;
    }
    void it_reckons_as_promql_does() {
        QFETCH(QString, text);
        QFETCH(double, value);
        const auto formula = Formula::read(text.toStdString());
        QVERIFY2(formula, formula ? "" : to_text(formula.error()).c_str());
        const double found = formula->value([](const Formula::Part& part) {
            return part.metric == "b" ? 4.0 : part.arm == "green" ? 10.0 : 6.0;
        });
        QVERIFY2(found == value || (std::isnan(found) && std::isnan(value)), qPrintable(QString::number(found)));
    }

    void what_is_no_formula_is_told_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("nothing") << ""
                                 << "";
        QTest::newRow("numbers alone") << "1 + 1"
                                       << "names no metric";
        QTest::newRow("half of one") << "a /"
                                     << "";
        QTest::newRow("a limit") << "a > 5"
                                 << "compares nothing";
        QTest::newRow("both") << "a and b"
                              << "compares nothing";
        QTest::newRow("over time") << "rate(a[5m])"
                                   << "abs() alone";
        QTest::newRow("a range") << "a[5m]"
                                 << "other times than now";
        QTest::newRow("before") << "a offset 5m"
                                << "other times than now";
        QTest::newRow("sums") << "sum(a)"
                              << "nothing to aggregate";
        QTest::newRow("by another label") << "a{version=\"1\"}"
                                          << "chooses by 'version'";
        QTest::newRow("several arms") << "a{arm=~\"g.*\"}"
                                      << "chooses by 'arm'";
        QTest::newRow("matched") << "a / on(arm) b"
                                 << "nothing to match";
    }
    void what_is_no_formula_is_told() {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const auto formula = Formula::read(text.toStdString());
        QVERIFY(!formula);
        QVERIFY2(QString::fromStdString(formula.error().what).contains(says), to_text(formula.error()).c_str());
    }

    void a_derived_metric_has_the_arms_and_the_pace_of_its_parts() {
        const auto outcome =
            with_metrics("  total: {derived: 'rest + half', unit: count}\n" // before what it is made of
                         "  half: {derived: 'asked / 2', unit: count}\n"
                         "  asked: {from: prom, query: x, unit: count, by-arm: version, interval: 20s}\n"
                         "  rest: {from: prom, query: y, unit: count, max-age: 3m}\n"
                         "  whole: {derived: 'asked{arm=\"green\"} + rest', unit: count}\n"
                         "  each: {derived: {blue: rest, green: 'rest * 2'}, unit: count, max-age: 1m}\n");
        for (const auto& diagnostic : outcome.diagnostics) {
            qWarning("%s", to_text(diagnostic, "p.yaml").c_str());
        }
        QVERIFY(outcome.plan && outcome.diagnostics.empty());
        const auto& plan = *outcome.plan;
        QCOMPARE(plan.metric("total")->by_arm, std::string("arm"));
        QCOMPARE(plan.metric("total")->interval, seconds(20));
        QVERIFY(plan.metric("total")->max_age == minutes(3)); // the longest of its parts
        QVERIFY(!plan.metric("half")->max_age);
        QCOMPARE(plan.metric("whole")->by_arm, std::string());
        QCOMPARE(plan.metric("each")->by_arm, std::string("arm"));
        QVERIFY(plan.metric("each")->max_age == minutes(1)); // as it says itself
    }
};

SLUICE_TEST(FormulaTest)
#include "formula_test.moc"
