#include "host/plan_check.h"
#include "support/suite.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

using namespace sluice;

class PlanCheckTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;

    std::string plan(const char* metric, const char* step, const char* more = "") const {
        QFile file(folder_.filePath("plan.yaml"));
        if (!file.open(QIODevice::WriteOnly)) {
            return {};
        }
        file.write("sluice: 1\nid: small\nvariables: {window: {ask: true}, other: {ask: true}}\n");
        file.write("connections: {prom: {prometheus: {url: 'http://p:9090'}}}\nmetrics:\n  errors: ");
        file.write(metric);
        file.write("\nphases:\n  - id: main\n    steps:\n      - ");
        file.write(step);
        file.write("\n");
        file.write(more);
        return file.fileName().toStdString();
    }
    static QStringList told(const std::vector<plan::Diagnostic>& diagnostics) {
        QStringList all;
        for (const auto& one : diagnostics) {
            all << QString::fromStdString(plan::to_text(one, "plan.yaml"));
        }
        return all;
    }

private slots:
    void an_expression_that_is_none_is_told_before_the_start_data() {
        QTest::addColumn<QString>("metric");
        QTest::addColumn<QString>("error");
        const auto row = [](const char* name, const char* query, const char* error) {
            QTest::newRow(name) << query << error;
        };
        row("good", "{unit: ratio, from: prom, query: 'sum(rate(x[5m]))'}", "");
        row("a value is a label", R"({unit: ratio, from: prom, query: 'sum(rate(x{version="${window}"}[5m]))'})", "");
        row("a value is a time", "{unit: ratio, from: prom, query: 'sum(rate(x[${window}]))'}", "");
        row("two values of two kinds",
            "{unit: ratio, from: prom, query: 'histogram_quantile(${window}, sum by (le) (rate(x[${other}])))'}", "");
        row("values that can't help", "{unit: ratio, from: prom, query: 'rate(x[${window}]) + max(${other} y)'}",
            "plan.yaml:6:3: error: metric errors, query: the data's age can't be derived: 1:");
        row("no end", "{unit: ratio, from: prom, query: 'sum(rate(x[5m])'}",
            "plan.yaml:6:3: error: metric errors, query: the data's age can't be derived: 1:16: unexpected end of the "
            "query, expected ')' (mend it, or say `freshness:`, a query that answers the age in seconds)");
        row("a witness", "{unit: ratio, from: prom, query: 'sum(x)', empty: {zero-while: 'sum('}}",
            "plan.yaml:6:3: error: metric errors, zero-while: the data's age can't be derived: ");
        row("its age is asked for",
            "{unit: ratio, from: prom, query: 'a new function(x', freshness: 'time() - max(x)'}", "");
    }
    void an_expression_that_is_none_is_told_before_the_start() {
        QFETCH(QString, metric);
        QFETCH(QString, error);
        const auto read = host::read_plan(plan(metric.toUtf8().constData(), "{id: go, confirm: Go}"));
        const QString all = told(read.diagnostics).join('\n');
        QVERIFY2(error.isEmpty() ? all.isEmpty() : all.startsWith(error), qPrintable(all));
        QCOMPARE(read.plan.has_value(), error.isEmpty());
    }

    void files_that_only_a_rehearsal_reads_hold_no_run_up() {
        const auto file = plan("{unit: ratio, from: prom, query: x}",
                               "{id: make, run: [make], verify: {run: [look], rehearse: {apply: verify.yaml}}, "
                               "rehearse: {exit: 1, then: [{apply: made.yaml}]}}",
                               "rehearse: {world: world.yaml}\n");
        auto read = host::read_plan(file);
        QVERIFY(read.plan.has_value());
        const QStringList missing = told(read.diagnostics);
        QCOMPARE(missing.size(), 3);
        QCOMPARE(missing.at(0), "plan.yaml:1:1: warning: the world of rehearsals: there is no file 'world.yaml' beside "
                                "the plan (a rehearsal reads it: write it, or name another)");
        QVERIFY(missing.at(1).contains("the step 'make': there is no file 'made.yaml'"));
        QVERIFY(missing.at(2).contains("the step 'make': there is no file 'verify.yaml'"));
        QCOMPARE(told(host::rehearsal_errors(*read.plan, file)).size(), 3);
        for (const char* name : {"world.yaml", "made.yaml", "verify.yaml"}) {
            QFile empty(folder_.filePath(name));
            QVERIFY(empty.open(QIODevice::WriteOnly));
        }
        QCOMPARE(told(host::read_plan(file).diagnostics), QStringList{});
    }
};

SLUICE_TEST(PlanCheckTest)
#include "plan_check_test.moc"
