#include "support/suite.h"

#ifndef Q_MOC_RUN
#include "plan/loader.h"
#include "plan/model.h"
#endif

#include <QStringList>
#include <QtTest>
#include <cmath>

using namespace sluice;
using namespace sluice::plan;

namespace {

Metric breaker() {
    Metric metric;
    metric.name = "breaker";
    metric.unit = "state";
    metric.states = {{"0", 0, "closed"}, {"1", 1, "open"}, {"2", 2, "half-open"}, {"3", 3, "open"}};
    return metric;
}

const char* const text = R"(sluice: 1
id: p
connections: {shop: {http: {url: 'http://shop'}}, prom: {prometheus: {url: 'http://prom'}}}
metrics:
  breaker:
    from: shop
    http: {path: /health, json: /state}
    unit: state
    states: {CLOSED: closed, OPEN: open, FORCED_OPEN: open, HALF_OPEN: half-open}
    rehearse: {value: half-open}
  ready: {from: shop, health: {path: /ready}, unit: state, states: {1: up, 0: down}}
  server: {from: prom, query: haproxy_server_status, unit: state, states: {DOWN: down, UP: up}, state-label: state}
phases:
  - id: one
    steps:
      - id: bake
        hold: 10m
        gates: [{metric: breaker, must: 'is closed or half-open'}, {metric: server, must: 'is not down'}, {metric: ready, must: 'is up'}]
      - {id: ok, probe: {metric: breaker, must: 'is open'}}
)";

} // namespace

class StatesTest : public QObject {
    Q_OBJECT
private slots:
    void a_limit_names_states_data() {
        QTest::addColumn<QString>("must");
        QTest::addColumn<QString>("holds"); // for 0, 1, 2, 3; else the error
        QTest::newRow("one") << "is closed"
                             << "yes no no no";
        QTest::newRow("one that is said in two ways") << "is open"
                                                      << "no yes no yes";
        QTest::newRow("one of two") << "is closed or half-open"
                                    << "yes no yes no";
        QTest::newRow("not") << "is not open"
                             << "yes no yes no";
        QTest::newRow("neither") << "is not open or half-open"
                                 << "yes no no no";
        QTest::newRow("blanks") << "is  not   closed"
                                << "no yes yes yes";
        QTest::newRow("no state of it") << "is shut"
                                        << "'shut' is no state of 'breaker' (it is one of closed, open, half-open)";
        QTest::newRow("a number")
            << "== 1"
            << "'== 1' compares with a number, and 'breaker' is a state (write 'is closed' or 'is not closed')";
        QTest::newRow("none") << "is"
                              << "'is' names no state (write 'is closed', 'is closed or half-open', or 'is not open')";
        QTest::newRow("not what")
            << "is not"
            << "'is not' names no state (write 'is closed', 'is closed or half-open', or 'is not open')";
        QTest::newRow("or what")
            << "is open or"
            << "'is open or' names no state (write 'is closed', 'is closed or half-open', or 'is not open')";
        QTest::newRow("two at once") << "is open closed"
                                     << "'is open closed' can't be read at 'closed' (write 'is closed', 'is closed or "
                                        "half-open', or 'is not open')";
        QTest::newRow("not in between") << "is open or not closed"
                                        << "'is open or not closed' can't be read at 'not' (write 'is closed', 'is "
                                           "closed or half-open', or 'is not open')";
    }
    void a_limit_names_states() {
        QFETCH(QString, must);
        QFETCH(QString, holds);
        const auto parsed = parse_must(must.toStdString());
        const auto limit = parsed ? of_metric(*parsed, breaker()) : parsed;
        if (!limit) {
            const auto& error = limit.error();
            QCOMPARE(QString::fromStdString(error.what + " (" + error.remedy + ")"), holds);
            return;
        }
        QStringList told;
        for (const double value : {0.0, 1.0, 2.0, 3.0}) {
            told << (limit->holds(value) ? "yes" : "no");
        }
        QCOMPARE(told.join(' '), holds);
        QVERIFY(!limit->holds(std::nan(""))); // no data never passes, whatever is not so
        QVERIFY(!parsed->holds(0));           // before it is known what the names stand for
    }

    void a_number_has_no_states() {
        Metric lag;
        lag.name = "lag";
        lag.unit = "messages";
        const auto limit = of_metric(*parse_must("is closed"), lag);
        QVERIFY(!limit);
        QCOMPARE(limit.error().what, "'is closed' names a state, and 'lag' has none");
        QVERIFY(of_metric(*parse_must("< 5k"), lag).has_value());
        QVERIFY(!of_metric(*parse_must("< 5ms"), lag).has_value());
    }

    void what_a_source_says_is_found_again() {
        const auto states = breaker().states;
        QCOMPARE(state_said(states, "2").value_or(-1), 2.0);
        QCOMPARE(state_said(states, "2.0").value_or(-1), 2.0); // a number in any spelling
        QVERIFY(!state_said(states, "4"));
        QVERIFY(!state_said(states, "closed")); // that is what the plan calls it
        QCOMPARE(state_name(states, 3), "open");
        QCOMPARE(state_name(states, 4), "");
    }

    void a_plan_has_them() {
        const auto loaded = load(text, "p.yaml");
        QVERIFY2(loaded.plan.has_value(), loaded.diagnostics.empty() ? "" : to_text(loaded.diagnostics[0], "").c_str());
        const auto& plan = *loaded.plan;
        const auto& metric = *plan.metric("breaker");
        QCOMPARE(metric.states.size(), 4u);
        QCOMPARE(state_said(metric.states, "FORCED_OPEN").value_or(-1), 1.0); // called alike, so the same
        QCOMPARE(state_said(metric.states, "HALF_OPEN").value_or(-1), 3.0);
        QCOMPARE(metric.rehearsed.value_or(-1), 3.0);
        const auto& gates = std::get<Hold>(plan.step("bake")->body).gates;
        QVERIFY(gates[0].must.holds(0) && gates[0].must.holds(3) && !gates[0].must.holds(1));
        QVERIFY(gates[1].must.holds(1) && !gates[1].must.holds(0));
        QVERIFY(gates[2].must.holds(1) && !gates[2].must.holds(0));
        QCOMPARE(plan.metric("server")->state_label, "state");
        const auto& probe = std::get<Probe>(plan.step("ok")->body);
        QVERIFY(std::get<MetricRead>(probe.what).condition.must.holds(1));
    }
};

SLUICE_TEST(StatesTest)
#include "states_test.moc"
