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
        file.write("connections: {prom: {prometheus: {url: 'http://p:9090'}}, "
                   "own: {scrape: {url: 'http://w'}}}\nmetrics:\n  errors: ");
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
        row("good", "{unit: ratio, from: prom, query: 'sum(rate(up[5m]))'}", "");
        row("a value is a label", R"({unit: ratio, from: prom, query: 'sum(rate(up{version="${window}"}[5m]))'})", "");
        row("a value is a time", "{unit: ratio, from: prom, query: 'sum(rate(up[${window}]))'}", "");
        row("two values of two kinds",
            "{unit: ratio, from: prom, query: 'histogram_quantile(${window}, sum by (le) (rate(up[${other}])))'}", "");
        row("values that can't help", "{unit: ratio, from: prom, query: 'rate(x[${window}]) + max(${other} y)'}",
            "plan.yaml:6:3: error: metric errors, query: the data's age can't be derived: 1:");
        row("no end", "{unit: ratio, from: prom, query: 'sum(rate(x[5m])'}",
            "plan.yaml:6:3: error: metric errors, query: the data's age can't be derived: 1:16: unexpected end of the "
            "query, expected ')' (mend it, or say `freshness:`, a query that answers the age in seconds)");
        row("a witness", "{unit: ratio, from: prom, query: 'sum(x)', empty: {zero-while: 'sum('}}",
            "plan.yaml:6:3: error: metric errors, zero-while: the data's age can't be derived: ");
        row("its age is asked for",
            "{unit: ratio, from: prom, query: 'a new function(x', freshness: 'time() - max(x)'}", "");
        row("what is scraped is evaluated here",
            "{unit: ratio, from: own, query: 'topk(1, up)', freshness: 'vector(0)'}",
            "plan.yaml:6:3: error: metric errors, query: can't be evaluated over what is scraped: 1:1: unknown "
            "function "
            "'topk'");
        row("and so is its age", "{unit: ratio, from: own, query: up, freshness: 'max(x'}",
            "plan.yaml:6:3: error: metric errors, freshness: can't be evaluated over what is scraped: 1:6: ");
        row("scraped, a value is a time", "{unit: ratio, from: own, query: 'sum(rate(up[${window}]))'}", "");
    }
    void an_expression_that_is_none_is_told_before_the_start() {
        QFETCH(QString, metric);
        QFETCH(QString, error);
        const auto read = host::read_plan(plan(metric.toUtf8().constData(), "{id: go, confirm: Go}"));
        const QString all = told(read.diagnostics).join('\n');
        QVERIFY2(error.isEmpty() ? all.isEmpty() : all.startsWith(error), qPrintable(all));
        QCOMPARE(read.plan.has_value(), error.isEmpty());
    }

    void a_metric_that_is_not_simulated_is_told_data() {
        QTest::addColumn<QString>("metric");
        QTest::addColumn<QString>("rehearse");
        QTest::addColumn<QString>("series"); // that there is none of; empty = all is there
        const auto row = [](const char* name, const char* metric, const char* rehearse, const char* series) {
            QTest::newRow(name) << metric << rehearse << series;
        };
        const char* own = "{unit: ratio, from: prom, query: 'sum(rate(shop_errors_total[5m])) / "
                          "sum(rate(shop_requests_total[5m]))'}";
        row("of another name", own, "", "shop_errors_total");
        row("one of two is named", own, "rehearse: {profile: {errors: shop_errors_total}}\n", "shop_requests_total");
        row("both are named", own, "rehearse: {profile: {errors: shop_errors_total, requests: shop_requests_total}}\n",
            "");
        row("nothing is normal", "{unit: ratio, from: prom, query: 'sum(rate(shop_errors_total[5m])) or vector(0)'}",
            "", "");
        row("zero while what is there is there",
            "{unit: ratio, from: prom, query: 'sum(shop_errors)', empty: {zero-while: 'up'}}", "", "");
        row("zero while what is not there is there",
            "{unit: ratio, from: prom, query: 'sum(shop_errors)', empty: {zero-while: 'shop_up'}}", "", "shop_up");
        row("a name that is not known yet", "{unit: ratio, from: prom, query: 'sum(${window}_errors)'}", "", "");
        row("any name", R"({unit: ratio, from: prom, query: 'sum({__name__=~"shop_.+"})'})", "", "");
        row("scraped", "{unit: ratio, from: own, query: 'sum(rate(shop_requests_total[5m]))'}",
            "rehearse: {profile: {requests: shop_requests_total}}\n", "");
        row("of Kubernetes, where a service is scraped",
            "{unit: ratio, from: own, query: 'sum(kube_deployment_status_replicas_ready)'}", "",
            "kube_deployment_status_replicas_ready");
        row("of Kubernetes", "{unit: ratio, from: prom, query: 'sum(kube_deployment_status_replicas_ready)'}", "", "");
    }
    void a_metric_that_is_not_simulated_is_told() {
        QFETCH(QString, metric);
        QFETCH(QString, rehearse);
        QFETCH(QString, series);
        const auto read =
            host::read_plan(plan(metric.toUtf8().constData(), "{id: go, confirm: Go}", rehearse.toUtf8().constData()));
        QVERIFY(read.plan.has_value());
        QCOMPARE(told(read.diagnostics).join('\n'),
                 series.isEmpty()
                     ? QString()
                     : "plan.yaml:6:3: warning: metric errors has no data in a rehearsal: the simulated " +
                           QString(metric.contains("own") ? "service shows" : "Prometheus has") + " no series " +
                           series + " (if it is one of the load's figures, name it in `rehearse: {profile: …}`)");
    }

    void files_that_only_a_rehearsal_reads_hold_no_run_up() {
        const auto file = plan("{unit: ratio, from: prom, query: up}",
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
