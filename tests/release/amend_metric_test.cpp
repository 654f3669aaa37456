/// A metric that asks another question under its old name: what was read of it before says nothing of it.
#include "driver.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

/// A hold with this gate, beside one on the errors, and an alert on a metric that is derived from the lag.
std::string plan_of(const std::string& gate) {
    std::string text = plan_with(R"(channels: {room: {on: web, path: /}}
alerts: [{id: slow, metric: twice, must: '> 100', for: 1m, to: room}]
phases:
  - id: main
    steps:
      - {id: bake, hold: {for: 10m, deadline: 2h}, gates: [{id: one, must: '< 5', )" +
                                 gate + R"(}, {metric: errors, must: '< 1%'}]}
      - {id: end, confirm: End}
)");
    text.insert(text.find("  cluster: {kubernetes"), "  web: {http: {url: 'http://chat:80'}}\n");
    text.insert(text.find("  lag: {from"), "  twice: {derived: 'lag * 2', unit: messages}\n"
                                           "  more: {derived: 'twice + 1', unit: messages}\n");
    return text;
}

/// p: it holds, n: there is no data. As the engine counts, a good one is one more than was told.
void read(Driver& drive, const QString& letters) {
    for (const QChar letter : letters) {
        const auto& told = drive.release.at("bake").gates;
        GateReading one, errors;
        one.gate = "one";
        one.verdict = letter == 'p' ? "pass" : "no-data";
        one.seen = (told.contains("one") ? told.at("one").seen : 0) + (letter == 'p' ? 1 : 0);
        errors.gate = "errors";
        errors.verdict = "pass";
        QCOMPARE(drive.submit(GateReadings{"bake", {one, errors}}, drill::engine), "");
        drive.pass(seconds(10));
    }
}

/// The plan as it stands, with this in place of that.
void amend(Driver& drive, const QString& was, const QString& is) {
    const QString text = QString::fromStdString(drive.release.plan->source);
    QVERIFY2(text.contains(was), qPrintable(was));
    QCOMPARE(drive.submit(Amend{QString(text).replace(was, is).toStdString(), "it counted too much"}), "");
}

} // namespace

class AmendMetricTest : public QObject {
    Q_OBJECT
private slots:
    void what_was_read_of_another_metric_counts_for_nothing_data() {
        QTest::addColumn<QString>("gate");
        QTest::addColumn<QString>("before");
        QTest::addColumn<bool>("changed"); // the lag asks something else; else the errors do
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("told"); // the gate's verdict, its samples, and whether the hold's clock runs
        const QString by_itself = "metric: lag, for: 30s", silent = "metric: lag, absent: 40s",
                      counted = "metric: lag, tier: important, for: 0s, samples: 2";
        const auto row = [](const char* name, const QString& gate, const char* before, bool changed, const char* after,
                            const char* told) { QTest::newRow(name) << gate << before << changed << after << told; };
        row("time by itself", by_itself, "ppppp", true, "p", "pass 0 stands");
        row("time by itself, as it was", by_itself, "ppppp", false, "p", "pass 0 runs");
        row("time by itself, long enough anew", by_itself, "ppppp", true, "pppp", "pass 0 runs");
        row("derived from it", "metric: twice, for: 30s", "ppppp", true, "p", "pass 0 stands");
        row("derived from what is derived", "metric: more, for: 30s", "ppppp", true, "p", "pass 0 stands");
        row("derived, as it was", "metric: more, for: 30s", "ppppp", false, "p", "pass 0 runs");
        row("an absence", silent, "pnnn", true, "nn", "no-data 0 stands");
        row("an absence, as it was", silent, "pnnn", false, "nn", "fail 0 stands");
        row("an absence, long enough anew", silent, "pnnn", true, "nnnnn", "fail 0 stands");
        row("what was breached by its absence", silent, "pnnnnnn", true, "n", "no-data 0 stands");
        row("samples", counted, "ppn", true, "n", "no-data 0 runs");
        row("samples, as it was", counted, "ppn", false, "n", "no-data 2 runs");
        row("before it is answered", counted, "ppp", true, "", "inconclusive 0 stands");
    }
    void what_was_read_of_another_metric_counts_for_nothing() {
        QFETCH(QString, gate);
        QFETCH(QString, before);
        QFETCH(bool, changed);
        QFETCH(QString, after);
        Driver drive(plan_of(gate.toStdString()));
        read(drive, before);
        amend(drive, changed ? "query: lag" : "query: errors", "query: other");
        read(drive, after);
        const auto& one = drive.release.at("bake").gates.at("one");
        QTEST(QString("%1 %2 %3")
                  .arg(QString::fromStdString(one.verdict))
                  .arg(gate.contains("samples") ? one.seen : 0)
                  .arg(drive.release.at("bake").hold.running ? "runs" : "stands"),
              "told");
        QCOMPARE(drill::state_text(drive.release), drill::replayed(drive.log));
    }

    void an_alert_on_what_is_derived_from_it_begins_anew() {
        Driver drive(plan_of("metric: lag"));
        const auto say = [&] {
            QCOMPARE(drive.submit(AlertReading{"slow", "", "yes", "200", "200 is > 100", nullptr}, drill::engine), "");
        };
        say();
        drive.pass(seconds(50));
        amend(drive, "query: lag", "query: other");
        say();
        drive.pass(seconds(20));
        say();
        QCOMPARE(drive.release.alerts.at("slow").state, std::string("pending"));
    }

    /// A gate compares nothing with what another metric was.
    void what_was_taken_of_it_is_no_baseline_any_more() {
        std::string text = plan_of("metric: lag, against: {baseline: soak}");
        text.insert(text.find("      - {id: bake"), "      - {id: soak, confirm: Soak}\n");
        Driver drive(text);
        QCOMPARE(drive.submit(Confirm{"soak", "", false, ""}), "");
        const auto of = [](const char* metric) {
            return Json{{"metric", metric}, {"arm", ""}, {"value", "10"}, {"count", 3}};
        };
        QCOMPARE(drive.submit(Baseline{"soak", Json::array({of("lag"), of("more"), of("errors")})}), "");
        const auto& taken = drive.release.baselines.at("soak");
        amend(drive, "confirm: End", "confirm: Last");
        amend(drive, "query: lag", "interval: 2s, query: lag"); // how often it is asked alters nothing of what it is
        QCOMPARE(taken.size(), std::size_t{3});
        amend(drive, "query: lag", "query: other");
        QCOMPARE(taken.size(), std::size_t{1}); // also what is derived from it
        QVERIFY(taken.contains("errors"));
        plan::Against soak;
        soak.baseline = "soak";
        for (const char* metric : {"lag", "more"}) {
            QCOMPARE(QString::fromStdString(no_baseline(drive.release, soak, metric)),
                     "there is no baseline of soak: it asked something else then");
        }
        QCOMPARE(no_baseline(drive.release, soak, "errors"), std::string("there is no baseline of soak"));
        QCOMPARE(drill::state_text(drive.release), drill::replayed(drive.log));
        QCOMPARE(drive.submit(Baseline{"soak", Json::array({of("lag")})}), ""); // it was done again
        QCOMPARE(baseline(drive.release, soak, "lag", "").value_or(0), 10.0);
    }

    /// From then on what the file holds is of the present question.
    void it_is_known_since_when_a_metric_is_asked_as_it_is_now() {
        Driver drive(plan_of("metric: lag"));
        QCOMPARE(asked_since(drive.release, "lag").count, std::int64_t{0});
        drive.pass(seconds(10));
        amend(drive, "query: lag", "query: other");
        const Nanos first = drive.now;
        drive.pass(seconds(10));
        amend(drive, "confirm: End", "confirm: Last");
        QCOMPARE(asked_since(drive.release, "lag").count, first.count);
        QCOMPARE(asked_since(drive.release, "errors").count, std::int64_t{0});
        drive.pass(seconds(10));
        amend(drive, "query: other", "query: lag"); // and back: what lies between is of the other
        QCOMPARE(asked_since(drive.release, "lag").count, drive.now.count);
    }
};

SLUICE_TEST(AmendMetricTest)
#include "amend_metric_test.moc"
