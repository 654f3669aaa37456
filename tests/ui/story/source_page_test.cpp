#include "story/source_page.h"
#include "support/small_session.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::story;
using session::SampleStatus;
using testing::SmallSession;

namespace {

const std::string plan_text = testing::small_head + R"(roles: [lead]
connections:
  cluster: {kubernetes: {context: test}}
  prom: {prometheus: {url: 'http://prometheus:9090', headers: {Authorization: 'env:STATUS_TOKEN'}}}
  events: {kafka: {bootstrap: 'broker:9092'}}
arms:
  blue: {workload: shop/blue, service: shop/blue, match: v0}
  green: {workload: shop/green, service: shop/green, match: '${version}'}
metrics:
  p99: {title: p99 latency, from: prom, query: 'p99{build="${version}"}', unit: s, by-arm: v}
  errors: {title: Error rate, from: prom, query: errors, unit: ratio, freshness: 'time() - last_scrape'}
  lag: {title: Consumer lag, from: events, lag: {groups: [orders, 'bills-${version}'], topics: [in]}, unit: messages}
  twice: {derived: 'errors * 2', unit: ratio}
traffic:
  edge: {driver: nginx-canary, on: cluster, primary: shop/main, canary: shop/canary, arms: {primary: blue, canary: green}}
phases:
  - id: a
    steps:
      - {id: bake, title: Bake, hold: {for: 60m, deadline: 2h, on-breach: pause}, gates: [{metric: errors, must: '< 1%'}, {metric: lag, must: '< 5000'}]}
)";

QString facts(const std::vector<Fact>& all) {
    QStringList lines;
    for (const auto& fact : all) {
        const char* const tones[] = {"", "", "", "△ ", "✕ "};
        lines << tones[static_cast<int>(fact.tone)] + fact.name + ": " + fact.text;
    }
    return lines.join('\n');
}

/// The list, a line each: "! Error rate | source error 0:38 | 1.0 s ago".
QString listed(const SourcePage& page) {
    static const char* const marks[] = {"✓", "△", "✕", "?", "!", "||", "○", "▸", "–"};
    QStringList lines;
    for (const auto& source : page.sources) {
        lines << source.title;
        for (const auto& metric : source.metrics) {
            lines << QString("%1 %2 | %3 | %4")
                         .arg(marks[static_cast<int>(metric.mark)], metric.title, metric.state, metric.age);
        }
    }
    return lines.join('\n');
}

} // namespace

class SourcePageTest : public QObject {
    Q_OBJECT
private slots:
    void before_anything_was_asked_it_says_so() {
        SmallSession session(plan_text);
        const auto page = present_source_page(session.moment());
        QCOMPARE(page.heading, "Nothing is wrong with the sources");
        QCOMPARE(listed(page), "Prometheus prom\n○ p99 latency | not asked yet | \n○ Error rate | not asked yet | \n"
                               "Kafka events\n○ Consumer lag | not asked yet | \n"
                               "Derived from the others\n○ twice | not asked yet | ");
        QCOMPARE(facts(page.metric("lag")->answers), "Received: not asked yet");
        QVERIFY(page.metric("nothing") == nullptr);
    }

    void values_are_told_with_their_unit_and_age_and_trouble_comes_first() {
        SmallSession session(plan_text);
        session.reading("lag", 1612);
        session.reading("errors", 0.0026);
        session.reading("p99", 0.0428, "blue");
        session.reading("p99", 0, "green", SampleStatus::no_data);
        QCOMPARE(listed(present_source_page(session.moment())),
                 "Prometheus prom\n✓ p99 latency | blue 42.8 ms · green no data | 0.4 s ago\n"
                 "✓ Error rate | 0.26 % | 0.4 s ago\n"
                 "Kafka events\n✓ Consumer lag | 1,612 messages | 0.4 s ago\n"
                 "Derived from the others\n○ twice | not asked yet | ");
        session.drive.pass(seconds(10));
        session.reading("errors", 0.0026);
        session.reading("p99", 0.0428, "blue");
        session.reading("lag", 0, "", SampleStatus::source_error);
        session.drive.pass(seconds(10));
        session.reading("errors", 0, "", SampleStatus::no_data, Nanos{});
        session.reading("p99", 0.0428, "blue", SampleStatus::ok, Nanos{});
        session.reading("lag", 0, "", SampleStatus::source_error, Nanos{});
        session.drive.pass(seconds(5));
        const auto page = present_source_page(session.moment(Mode::replay));
        QVERIFY(page.trouble);
        QCOMPARE(page.heading, "In trouble: 2 of 4 metrics");
        QCOMPARE(listed(page), "Kafka events\n! Consumer lag | source error 0:15 | 25 s old\n"
                               "Prometheus prom\n? Error rate | no data 0:05 | 15 s old\n"
                               "✓ p99 latency | blue 42.8 ms · green no data | 5.0 s old\n"
                               "Derived from the others\n○ twice | not asked yet | ");
    }

    void what_is_asked_stands_apart_to_be_copied() {
        SmallSession session(plan_text);
        const auto page = present_source_page(session.moment());
        const auto* p99 = page.metric("p99");
        QCOMPARE(p99->asks, "Query");
        QCOMPARE(p99->question, "p99{build=\"v1.2.4\"}");
        QCOMPARE(facts(p99->more),
                 "Arms: by v: blue is v0, green is v1.2.4\nAsked: every 5 s\nNo data: when older than 30 s");
        QCOMPARE(facts(page.metric("errors")->more),
                 "Age by: time() - last_scrape\nAsked: every 5 s\nNo data: when older than 30 s");
        QCOMPARE(page.metric("lag")->asks, "Groups");
        QCOMPARE(page.metric("lag")->question, "orders, bills-v1.2.4");
        QCOMPARE(page.metric("twice")->question, "errors * 2");
        QVERIFY(facts(page.metric("twice")->more).contains("Asked: with each answer of what it is derived from"));
        QCOMPARE(page.sources.front().address, "http://prometheus:9090");
    }

    void what_is_wrong_and_what_hangs_on_it_is_said_in_words() {
        SmallSession session(plan_text);
        session.reading("errors", 0.0026, "", SampleStatus::ok, Nanos{});
        session.drive.pass(seconds(5));
        session.reading("errors", 0, "", SampleStatus::source_error, Nanos{});
        session.drive.gate("bake", "errors", "source-error");
        session.drive.pass(seconds(60));
        const auto page = present_source_page(session.moment());
        const auto* errors = page.metric("errors");
        QCOMPARE(errors->wrong, "source error since 08:00:05 UTC (1 m)");
        QCOMPARE(facts(errors->answers), "Received: 08:00:05 UTC, 1 m ago\n✕ Value: source error\n"
                                         "Last value: 08:00:00 UTC, 1 m 5 s ago");
        QCOMPARE(facts(errors->hangs), "△ Gate: bake/errors · Bake · < 1% · source error: it says "
                                       "source-error\nDerived metric: twice · errors * 2");
        QVERIFY(page.metric("lag")->wrong.isEmpty());
    }

    /// Nothing comes of it: it calls for nobody here either.
    void a_shadow_that_hangs_on_a_metric_says_that_it_is_one() {
        std::string plan = plan_text;
        const std::string gate = "{metric: lag, must: '< 5000'}";
        plan.replace(plan.find(gate), gate.size(), "{metric: lag, must: '< 5000', shadow: true}");
        SmallSession session(plan);
        session.drive.gate("bake", "lag", "fail");
        const auto page = present_source_page(session.moment());
        QCOMPARE(facts(page.metric("lag")->hangs),
                 "Gate: bake/lag · Bake · < 5000 · shadow, is breached: it says fail");
    }

    void degraded_and_too_old_are_close_to_trouble_and_say_so() {
        SmallSession session(plan_text);
        session.reading("errors", 0.0026, "", SampleStatus::ok, Nanos{});
        SmallSession::must(session.drive.submit(release::SourceReport{"errors", "degraded", "one store is away"},
                                                release::drill::engine));
        session.drive.pass(seconds(4));
        auto page = present_source_page(session.moment());
        QCOMPARE(page.metric("errors")->wrong, "degraded since 08:00:00 UTC (4 s): one store is away");
        QVERIFY(page.metric("errors")->mark == Mark::close);
        QVERIFY(facts(page.metric("errors")->answers).endsWith("Value: 0.26 % · 4.0 s ago"));
        session.drive.pass(seconds(46));
        page = present_source_page(session.moment());
        QCOMPARE(page.metric("errors")->state, "too old 0:20");
        QVERIFY(facts(page.metric("errors")->answers).contains("△ Value: 0.26 % · too old, 50 s ago"));
    }

    void of_many_series_those_in_trouble_are_shown() {
        SmallSession session(plan_text);
        auto moment = session.moment();
        session::Readings readings;
        session::Tick tick;
        tick.time = moment.now;
        for (int i = 100; i < 200; ++i) {
            session::Sample sample;
            sample.series = {"lag", "", "{\"group\":\"g" + std::to_string(i) + "\"}", "messages"};
            sample.received_at = sample.measured_at = tick.time;
            sample.status = i == 199 ? SampleStatus::no_data : SampleStatus::ok;
            tick.samples.push_back(sample);
        }
        readings.take(tick);
        const Moment many{moment.release, moment.now, moment.entries, readings, moment.outputs};
        const auto page = present_source_page(many);
        const auto& answers = page.metric("lag")->answers;
        QCOMPARE(answers.size(), 43U); // when it came, 40 series, that there are more, and since when there is no value
        QCOMPARE(facts({answers[1], answers[2], answers[41]}), "△ group=g199: no data\ngroup=g100: 0 messages · now\n"
                                                               "More: 60 series; 'sluicectl sources' lists them all");
        QCOMPARE(page.metric("lag")->state, "no data 0:00");
    }

    void a_session_that_nobody_runs_and_a_rehearsal_are_told() {
        SmallSession session(plan_text);
        auto moment = session.moment();
        QCOMPARE(present_source_page(moment).note.contains("nobody runs the session"), false);
        moment.owned = false;
        QVERIFY(present_source_page(moment).note.startsWith("As of 08:00:00 UTC · nobody runs the session"));
    }

    void a_plan_that_measures_nothing_says_so() {
        SmallSession session("sluice: 1\nid: small\nvariables: {version: {default: v1}, ramp: {type: boolean, default: "
                             "'true'}, token: {default: t}}\nphases: [{id: a, steps: [{id: b, confirm: B}]}]\n");
        const auto page = present_source_page(session.moment());
        QVERIFY(page.sources.empty() && !page.trouble);
        QCOMPARE(page.heading, "The plan measures nothing");
        QVERIFY(!page.note.isEmpty());
    }
};

SLUICE_TEST(SourcePageTest)
#include "source_page_test.moc"
