#include "report/source_report.h"

#include "plan/loader.h"
#include "report/source_questions.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using report::Health;
using session::SampleStatus;

namespace {

const Nanos start = seconds(1'767'600'000); // 2026-01-05T08:00:00Z

const char* const plan_text = R"(sluice: 1
id: small
title: Small ${version}
variables:
  version: {type: string, default: v1}
  before: {type: string, default: v0}
  token: {type: secret, default: 'env:X_TOKEN'}
connections:
  cluster: {kubernetes: {context: test}}
  prom: {prometheus: {url: 'http://prom:9090', headers: {Authorization: 'env:X_TOKEN'}}}
  events: {kafka: {bootstrap: 'b1:9092,b2:9092'}}
  shop: {http: {url: 'https://shop.test'}}
  alarms: {alertmanager: {url: 'http://alarms:9093'}}
  unasked: {http: {url: 'https://unasked.test'}}
arms:
  blue: {workload: shop/blue, service: shop/blue, match: '${before}'}
  green: {workload: shop/green, service: shop/green, match: '${version}'}
metrics:
  requests: {from: prom, query: 'sum by (v) (rate(requests_total[1m]))', unit: per-second, by-arm: v, interval: 10s}
  errors: {title: Error rate, from: prom, query: 'errors{app="${plan}"}', unit: ratio, max-age: 45s, empty: {zero-while: 'up{v="${version}"}'}}
  lag: {title: Consumer lag, from: events, lag: {groups: ['g-${version}'], topics: [orders]}, unit: messages}
  kept: {from: events, configs: {topic: 'orders-${version}', key: retention.ms}, unit: count}
  health: {from: shop, health: {path: '/health/${version}', expect: {status: [200, 204], json: {/status: healthy}}}, unit: bool}
  alerts: {from: alarms, alerts: {matchers: ['severity="critical"', 'build="${version}"']}, unit: count}
  queue: {from: shop, http: {path: '/queue/${version}', json: /length}, unit: count}
  days: {from: shop, http: {value: certificate-days}, unit: count, rehearse: {value: 30}}
  port: {from: shop, tcp: {port: 8443, value: up}, unit: bool, rehearse: {value: 1}}
  unpaid: {run: [psql, -c, 'select ${version}'], environment: {PGPASSWORD: 'env:X_TOKEN'}, unit: count, rehearse: {value: 3}}
  failed: {title: Failed requests, derived: 'errors * requests', unit: per-second}
traffic:
  edge: {driver: nginx-canary, on: cluster, primary: shop/main, canary: shop/canary, arms: {primary: blue, canary: green}}
severity:
  sev1: {title: 'Down for ${version}', response: call, propose: back, when: {metric: health, must: '== 0'}}
channels: {room: {on: shop, path: /}}
alerts: [{id: behind, metric: lag, must: '> 100', for: 1m, absent: 10m, to: room}]
phases:
  - id: a
    steps:
      - {id: quiet, wait: {until: {metric: alerts, must: '== 0'}, every: 5s, deadline: 10m}}
      - {id: bake, title: Bake, hold: {for: 10m, deadline: 1h}, gates: [{metric: errors, must: '< 1%'}, {metric: requests, arm: blue, must: '> 5'}]}
rollback:
  triggers: [{id: high, title: Too many errors, metric: errors, must: '> 5%', for: 5m, mode: act, do: back}]
  options: {back: {title: Back, default: true, steps: [{id: blue-ready, title: B, probe: {kubernetes: {ready: deployment/blue, namespace: shop}}, on: cluster, every: 2s, until: 5m, makes-ready: blue}, {id: all-blue, shift: {edge: {blue: 100}}}]}}
)";

/// One answer of a metric, so many seconds after the start.
struct Told {
    int at;
    const char* metric;
    const char* arm;
    SampleStatus status = SampleStatus::ok;
    double value = 0;
    int age = 0; ///< seconds
    const char* detail = "";
    const char* labels = "{}";
};

release::Release opened(const std::string& text = plan_text) {
    release::SessionOpened session;
    session.session = "s";
    session.mode = "run";
    session.plan_file = "small.yaml";
    session.plan_id = "small";
    session.plan_source = text;
    session.variables = {{"version", "v1"}, {"before", "v0"}, {"token", "env:X_TOKEN"}};
    for (const auto& wrong : plan::load(text, "small.yaml").diagnostics) {
        if (wrong.severity == plan::Severity::error) {
            qFatal("%s", plan::to_text(wrong, "small.yaml").c_str());
        }
    }
    release::Release release;
    release::apply(release, {1, start, session});
    return release;
}

/// Those at one second are of one answer.
session::Readings recorded(const std::vector<Told>& all) {
    session::Readings readings;
    for (const auto& one : all) {
        session::Tick tick;
        tick.time = start + seconds(one.at);
        session::Sample sample;
        sample.series = {one.metric, one.arm, one.labels, ""};
        sample.status = one.status;
        sample.value = one.value;
        sample.received_at = tick.time;
        sample.measured_at = tick.time - seconds(one.age);
        sample.detail = one.detail;
        tick.samples.push_back(std::move(sample));
        readings.take(tick);
    }
    return readings;
}

const report::MetricAccount& metric(const report::SourceReport& report, const std::string& name) {
    for (const auto& source : report.sources) {
        for (const auto& one : source.metrics) {
            if (one.name == name) {
                return one;
            }
        }
    }
    qFatal("the report has no metric %s", name.c_str());
}

/// "no-data since 10: green: nothing", and what each arm or series said.
QString told(const report::MetricAccount& metric, Nanos now) {
    QString text = report::name(metric.health);
    if (metric.since) {
        text += QString(" since %1").arg((*metric.since - start).count / seconds(1).count);
    }
    text += metric.why.empty() ? "" : QString(": ") + QString::fromStdString(metric.why);
    for (const auto& answer : metric.answers) {
        text += " |";
        for (const auto& part : {answer.arm, answer.labels}) {
            text += part.empty() ? "" : " " + QString::fromStdString(part);
        }
        text += answer.status == SampleStatus::ok        ? QString(" %1").arg(answer.value)
                : answer.status == SampleStatus::no_data ? " no data"
                                                         : " error";
        text += QString(" %1s").arg((now - answer.measured_at).count / seconds(1).count);
        text += answer.idle ? " idle" : "";
        text += answer.health == Health::well ? "" : QString(" ") + report::name(answer.health);
    }
    return text;
}

QString questions_of(const std::string& name) {
    const auto release = opened();
    QStringList lines;
    for (const auto& one : report::questions(*release.plan, *release.plan->metric(name), release::scope(release))) {
        lines << QString::fromStdString(one.what + ": " + one.text).replace('\n', " / ");
    }
    return lines.join('\n');
}

QString dependents_of(const release::Release& release, const std::string& name) {
    QStringList lines;
    for (const auto& one : report::dependents(release, *release.plan->metric(name), release::scope(release))) {
        lines << QString::fromStdString(std::string(report::name(one.kind)) + " " + one.id +
                                        (one.arm.empty() ? "" : " of " + one.arm) + " " + one.limit +
                                        (one.state.empty() ? "" : ": " + one.state));
    }
    return lines.join('\n');
}

QString order_of(const report::SourceReport& report) {
    QStringList all;
    for (const auto& source : report.sources) {
        QStringList names;
        for (const auto& one : source.metrics) {
            names << QString::fromStdString(one.name);
        }
        all << QString::fromStdString(source.name) + ": " + names.join(' ');
    }
    return all.join(", ");
}

} // namespace

class SourceReportTest : public QObject {
    Q_OBJECT
private slots:
    void a_metric_says_how_it_does_since_when_and_why_data() {
        QTest::addColumn<std::vector<Told>>("answers");
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("at");
        QTest::addColumn<QString>("says");
        constexpr auto no_data = SampleStatus::no_data, error = SampleStatus::source_error, ok = SampleStatus::ok;
        const auto row = [](const char* what, const char* name, int at, const char* says,
                            const std::vector<Told>& answers) {
            QTest::newRow(what) << answers << QString(name) << at << QString(says);
        };
        row("nothing was asked", "errors", 10, "not-asked", {});
        row("nothing was asked yet", "errors", 10, "not-asked", {{20, "errors", "", ok, 1}});
        row("well, as old as the source says", "errors", 12, "well | 0.5 5s", {{10, "errors", "", ok, 0.5, 3}});
        row("as of the moment that is looked at", "errors", 19, "well | 0.5 9s",
            {{10, "errors", "", ok, 0.5}, {20, "errors", "", error, 0, 0, "refused"}});
        row("no data", "errors", 22, "no-data since 10: the answer is empty | no data 2s no-data",
            {{0, "errors", "", ok, 1},
             {10, "errors", "", no_data, 0, 0, "nothing"},
             {20, "errors", "", no_data, 0, 0, "the answer is empty"}});
        row("a source error is not no data", "errors", 22, "source-error since 20: refused | error 2s source-error",
            {{10, "errors", "", no_data, 0, 0, "the answer is empty"}, {20, "errors", "", error, 0, 0, "refused"}});
        row("trouble that was over and came again counts from the second time", "errors", 40,
            "no-data since 30 | no data 0s no-data",
            {{10, "errors", "", no_data},
             {20, "errors", "", ok, 1},
             {30, "errors", "", no_data},
             {40, "errors", "", no_data}});
        row("over again", "errors", 31, "well | 2 1s",
            {{20, "errors", "", error, 0, 0, "refused"}, {30, "errors", "", ok, 2}});
        row("grown too old since the last answer", "errors", 70,
            "too-old since 50: the data is older than 45s | 0.5 65s too-old", {{10, "errors", "", ok, 0.5, 5}});
        row("by arm, in the plan's order", "requests", 11, "well | blue 9 1s | green 3 1s idle",
            {{10, "requests", "green", ok, 3}, {10, "requests", "blue", ok, 9}});
        row("an arm without traffic has no data: that is no trouble", "requests", 11,
            "well | blue 9 1s | green no data 1s idle",
            {{10, "requests", "blue", ok, 9}, {10, "requests", "green", no_data, 0, 0, "the answer is empty"}});
        row("an arm without traffic is not in the answer", "requests", 11, "well | blue 9 1s | green no data 1s idle",
            {{10, "requests", "blue", ok, 9}});
        row("the arm with the traffic has no data, for as long as it had none", "requests", 31,
            "no-data since 20: blue: the answer is empty | blue no data 1s no-data | green 3 1s idle",
            {{10, "requests", "blue", ok, 9},
             {10, "requests", "green", ok, 3},
             {20, "requests", "green", ok, 3},
             {30, "requests", "blue", no_data, 0, 0, "the answer is empty"},
             {30, "requests", "green", ok, 3}});
        row("what is old of an arm without traffic is no trouble, and has no beginning", "requests", 61,
            "well | blue 9 1s | green 3 36s idle",
            {{60, "requests", "blue", ok, 9}, {60, "requests", "green", ok, 3, 35}});
        row("a refusal of all arms says no more of each", "requests", 21,
            "source-error since 20: refused | error 1s source-error",
            {{10, "requests", "blue", ok, 9}, {20, "requests", "", error, 0, 0, "refused"}});
        row("and nothing is left of it afterwards", "requests", 31, "well | blue 8 1s | green no data 1s idle",
            {{20, "requests", "", error, 0, 0, "refused"}, {30, "requests", "blue", ok, 8}});
        row("a refusal between two, with good answers between", "requests", 41,
            "source-error since 40: refused | error 1s source-error",
            {{20, "requests", "", error, 0, 0, "refused"},
             {30, "requests", "blue", ok, 8},
             {40, "requests", "", error, 0, 0, "refused"}});
        row("several series, told apart", "alerts", 11, "well | a=1, b=x 1 1s | a=2 1 1s",
            {{10, "alerts", "", ok, 1, 0, "", R"({"a":"1","b":"x"})"},
             {10, "alerts", "", ok, 1, 0, "", R"({"a":"2"})"}});
        row("a series that has ended says nothing any more", "alerts", 21, "well | a=2 1 1s",
            {{10, "alerts", "", ok, 1, 0, "", R"({"a":"1"})"}, {20, "alerts", "", ok, 1, 0, "", R"({"a":"2"})"}});
        row("derived", "failed", 11,
            "no-data since 10: blue: errors: the answer is empty | blue no data 1s no-data | green no data 1s idle",
            {{10, "failed", "blue", no_data, 0, 0, "errors: the answer is empty"}, {10, "failed", "green", no_data}});
    }
    void a_metric_says_how_it_does_since_when_and_why() {
        QFETCH(std::vector<Told>, answers);
        QFETCH(QString, name);
        QFETCH(int, at);
        QFETCH(QString, says);
        const Nanos now = start + seconds(at);
        const auto report = report::source_report(opened(), recorded(answers), now);
        QCOMPARE(told(metric(report, name.toStdString()), now), says);
    }

    void degraded_is_told_with_its_warning_and_gives_way_to_worse() {
        auto release = opened();
        release::apply(release,
                       {2, start + seconds(10), release::SourceChanged{"errors", "degraded", "one store is away"}});
        auto readings = recorded({{10, "errors", "", SampleStatus::ok, 0.5}});
        auto report = report::source_report(release, readings, start + seconds(12));
        QCOMPARE(told(metric(report, "errors"), report.at), "degraded since 10: one store is away | 0.5 2s");
        QVERIFY(report.sources.front().health == Health::degraded);
        readings = recorded(
            {{10, "errors", "", SampleStatus::ok, 0.5}, {15, "errors", "", SampleStatus::no_data, 0, 0, "gone"}});
        report = report::source_report(release, readings, start + seconds(16));
        QCOMPARE(told(metric(report, "errors"), report.at), "no-data since 15: gone | no data 1s no-data");
    }

    void the_last_good_value_is_told_while_there_is_none() {
        const auto readings = recorded({{10, "errors", "", SampleStatus::ok, 0.5, 2},
                                        {20, "errors", "", SampleStatus::source_error},
                                        {30, "errors", "", SampleStatus::no_data}});
        const auto report = report::source_report(opened(), readings, start + seconds(31));
        QCOMPARE((*metric(report, "errors").good_at - start).count, seconds(8).count);
        QVERIFY(!metric(report, "health").good_at);
    }

    void trouble_comes_first_the_worst_before_all_and_the_rest_as_in_the_plan() {
        const auto release = opened();
        const auto order = [&](const std::vector<Told>& answers) {
            return order_of(report::source_report(release, recorded(answers), start + seconds(20)));
        };
        QCOMPARE(order({}), "prom: requests errors, events: lag kept, shop: health queue days port, alarms: alerts, : "
                            "unpaid, : failed");
        QCOMPARE(order({{18, "errors", "", SampleStatus::no_data}, {18, "alerts", "", SampleStatus::source_error}}),
                 "alarms: alerts, prom: errors requests, events: lag kept, shop: health queue days port, : unpaid, : "
                 "failed");
        QCOMPARE(
            order({{18, "requests", "blue", SampleStatus::no_data}, {18, "errors", "", SampleStatus::source_error}}),
            "prom: errors requests, events: lag kept, shop: health queue days port, alarms: alerts, : unpaid, : "
            "failed");
    }

    void what_is_asked_is_filled_from_the_values_of_the_release_data() {
        QTest::addColumn<QString>("asked");
        const auto row = [](const char* name, const char* asked) { QTest::newRow(name) << QString(asked); };
        row("requests", "query: sum by (v) (rate(requests_total[1m]))\narms: by v: blue is v0, green is v1");
        row("errors", "query: errors{app=\"small\"}\nzero while: up{v=\"v1\"}");
        row("lag", "groups: g-v1\ntopics: orders");
        row("kept", "topic: orders-v1\nnumber: setting retention.ms");
        row("health", "path: /health/v1\nwanted: status 200, 204 / /status is healthy");
        row("alerts", "alerts: severity=\"critical\" / build=\"v1\"");
        row("queue", "path: /queue/v1\nnumber: at /length");
        row("days", "number: certificate-days");
        row("port", "port: 8443\nnumber: up of tcp");
        row("unpaid", "program: psql -c select v1\nnumber: the first line that it prints");
        row("failed", "formula: errors * requests");
    }
    void what_is_asked_is_filled_from_the_values_of_the_release() {
        QFETCH(QString, asked);
        QCOMPARE(questions_of(QTest::currentDataTag()), asked);
    }

    void what_is_asked_of_a_cluster_is_filled_too_data() {
        QTest::addColumn<QString>("metric");
        QTest::addColumn<QString>("asked");
        QTest::newRow("a workload")
            << "kubernetes: {rollout: 'deployment/shop-${version}', namespace: shop}, unit: count"
            << "rollout: deployment/shop-v1\nnamespace: shop";
        QTest::newRow("use") << "kubernetes: {usage: cpu, of: nodes, selector: 'pool=${version}'}, unit: ratio"
                             << "usage: cpu\nof: nodes\nselector: pool=v1\ntaken: the sum";
        QTest::newRow("nodes") << "kubernetes: {nodes: ready}, unit: count, reduce: each"
                               << "nodes: ready\ntaken: each by itself";
    }
    void what_is_asked_of_a_cluster_is_filled_too() {
        QFETCH(QString, metric);
        QFETCH(QString, asked);
        const auto loaded =
            plan::load("sluice: 1\nid: p\nvariables: {version: {default: v1}}\n"
                       "connections: {c: {kubernetes: {}}}\nmetrics:\n  m: {from: c, " +
                           metric.toStdString() + "}\nphases: [{id: one, steps: [{id: z, confirm: x}]}]\n",
                       "p");
        QVERIFY(loaded.plan.has_value());
        QStringList lines;
        for (const auto& one : report::questions(*loaded.plan, *loaded.plan->metric("m"), {{"version", "v1"}})) {
            lines << QString::fromStdString(one.what + ": " + one.text);
        }
        QCOMPARE(lines.join('\n'), asked);
    }

    void what_hangs_on_a_metric_is_told_data() {
        QTest::addColumn<QString>("hangs");
        const auto row = [](const char* name, const char* hangs) { QTest::newRow(name) << QString(hangs); };
        row("requests", "gate bake/requests-blue of blue > 5\nmetric failed errors * requests");
        row("errors", "gate bake/errors < 1%\ntrigger high > 5% for 5m: armed\nmetric failed errors * requests");
        row("lag", "alert behind > 100 for 1m, or no data for 10m");
        row("health", "severity sev1 == 0");
        row("alerts", "step quiet == 0");
    }
    void what_hangs_on_a_metric_is_told() {
        QFETCH(QString, hangs);
        auto release = opened();
        release::apply(release, {2, start, release::TriggerChanged{"high", "", "armed", "", "", Json::array()}});
        QCOMPARE(dependents_of(release, QTest::currentDataTag()), hangs);
    }

    void an_address_is_shown_without_what_is_secret_in_it_data() {
        QTest::addColumn<QString>("written");
        QTest::addColumn<QString>("shown");
        QTest::newRow("plain") << "http://prom:9090/base"
                               << "http://prom:9090/base";
        QTest::newRow("user and password") << "https://who:se@cret@prom/x"
                                           << "https://prom/x";
        QTest::newRow("a token behind it") << "https://prom/x?token=secret"
                                           << "https://prom/x";
        QTest::newRow("an @ of the path") << "https://prom/a@b"
                                          << "https://prom/a@b";
        QTest::newRow("a value of the release") << "https://prom.${version}.test"
                                                << "https://prom.v1.test";
    }
    void an_address_is_shown_without_what_is_secret_in_it() {
        QFETCH(QString, written);
        QFETCH(QString, shown);
        plan::Connection connection;
        connection.settings = {{"url", written.toStdString()}, {"headers", {{"X", "env:X_TOKEN"}}}};
        QCOMPARE(QString::fromStdString(report::bare_address(connection, {{"version", "v1"}})), shown);
    }

    void the_text_and_the_json_say_the_same() {
        const auto readings = recorded({{10, "errors", "", SampleStatus::ok, 0.0026, 2},
                                        {20, "errors", "", SampleStatus::source_error, 0, 0, "no\x1b[2Jroute"},
                                        {20, "lag", "", SampleStatus::ok, 1612, 0, "", R"({"group":"g-v1"})"}});
        const auto report = report::source_report(opened(), readings, start + seconds(58));
        const QString text = QString::fromStdString(report::source_text(report));
        for (const char* line :
             {"sources of s at 2026-01-05T08:00:58.000Z: 2 of 11 metrics in trouble\n",
              "prom  Prometheus  http://prom:9090\n",
              "  ! errors, Error rate: source error since 2026-01-05T08:00:20.000Z (38s): no",
              "    query       errors{app=\"small\"}\n", "    every       5s, data older than 45s is no data\n",
              "    answer      source error: no\\x1b[2Jroute\n",
              "    last value  true 2026-01-05T08:00:08.000Z, 50s ago\n", "    gate        bake/errors < 1% (Bake)\n",
              "    answer      group=g-v1  1612 messages, too old, true 38s ago\n",
              "    every       answer of what it is derived from, data older than 45s is no data\n",
              "derived from the others\n  ○ failed, Failed requests: not asked yet\n"}) {
            QVERIFY2(text.contains(line), qPrintable(QString("%1\n--\n%2").arg(line, text)));
        }
        QVERIFY(!text.contains("X_TOKEN"));
        const Json json = report::to_json(report);
        QVERIFY(json.dump().find("X_TOKEN") == std::string::npos);
        const Json& errors = json["sources"][0]["metrics"][0];
        QCOMPARE(QString::fromStdString(errors["state"].get<std::string>()), "source-error");
        QCOMPARE(QString::fromStdString(errors["since"].get<std::string>()),
                 QString::fromStdString(nanos_text(start + seconds(20))));
        QVERIFY(errors["answers"][0]["value"].is_null());
        QCOMPARE(QString::fromStdString(json["sources"][1]["metrics"][0]["answers"][0]["value"].get<std::string>()),
                 "1612");
    }

    void a_plan_that_measures_nothing_says_so() {
        const auto release =
            opened("sluice: 1\nid: small\nvariables: {version: {default: v1}, before: {default: v0}, token: "
                   "{default: t}}\nphases: [{id: a, steps: [{id: b, confirm: B}]}]\n");
        const auto report = report::source_report(release, {}, start);
        QVERIFY(report.sources.empty());
        QVERIFY(QString::fromStdString(report::source_text(report)).endsWith(": its plan measures nothing\n"));
    }
};

SLUICE_TEST(SourceReportTest)
#include "source_report_test.moc"
