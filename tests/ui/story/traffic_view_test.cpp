#include "story/traffic_view.h"

#include "base/json.h"
#include "nova_story.h"
#include "release/decide.h"
#include "release/schedule.h"
#include "story/format.h"
#include "story/owned_source.h"
#include "story/story.h"
#include "story/wall_view.h"
#include "support/nova_plan.h"
#include "support/suite.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace sluice;
using namespace sluice::story;

namespace {

/// A session of a small plan, driven without an engine, as a story.
class Small {
public:
    Small() {
        release::SessionOpened session;
        session.session = "s1";
        session.plan_source = R"(sluice: 1
id: small
title: Small
roles: [lead]
connections:
  cluster: {kubernetes: {context: test}}
  prom: {prometheus: {url: 'http://prometheus:9090'}}
arms:
  blue: {workload: shop/blue, service: shop/blue}
  green: {workload: shop/green, service: shop/green}
metrics:
  rate: {from: prom, query: rate, unit: per-second, by-arm: version}
  ready: {from: prom, query: ready, unit: count, reduce: each, counts: ready-replicas}
  wanted: {from: prom, query: wanted, unit: count, reduce: each, counts: wanted-replicas}
  restarts: {from: prom, query: restarts, unit: count, reduce: each, counts: restarts}
  alarms: {from: prom, query: ALERTS, unit: count, reduce: each, counts: alerts}
traffic:
  edge: {driver: ingress-backend, on: cluster, primary: shop/main, arms: {primary: blue, canary: green}}
phases:
  - id: main
    steps:
      - {id: ready, confirm: Ready, makes-ready: green}
      - {id: to-100, shift: {edge: {green: 100}}}
      - {id: last, confirm: Last}
)";
        submit(release::Open{session});
        submit(release::Confirm{"ready", "", false, ""});
        send("to-100", 100);
        settle("to-100");
    }

    void submit(const release::Command& command) {
        const auto bodies = release::decide(story.release(), command, now, {"lena", "lead"});
        if (!bodies) {
            qFatal("%s", to_text(bodies.error()).c_str());
        }
        Delivery delivery;
        for (const auto& body : *bodies) {
            delivery.entries.push_back(
                {{story.release().seq + 1 + static_cast<std::int64_t>(delivery.entries.size()), now, body}, {}});
        }
        delivery.now = now;
        story.take(delivery);
        now = now + seconds(1);
    }
    void send(const std::string& step, int green) {
        release::Intent intent;
        intent.step = step;
        intent.attempt = story.release().at(step).attempt;
        intent.operation = "s1/" + step + "/1";
        intent.summary = "edge";
        intent.desired = {{"traffic", "edge"}, {"weights", {{"blue", 100 - green}, {"green", green}}}};
        submit(release::Prepared{intent});
    }
    void settle(const std::string& step) {
        submit(release::Outcome{{"s1/" + step + "/1", true, "returned", "", nullptr, 0, ""}, {}, false, {}});
    }
    void measure(const std::string& arm, double value) {
        Delivery delivery;
        session::Tick tick;
        tick.time = now;
        tick.samples.push_back({{"rate", arm, "{}", "per-second"}, session::SampleStatus::ok, value, now, now, ""});
        delivery.ticks.push_back(tick);
        delivery.now = now;
        story.take(delivery);
    }
    /// One answer of a metric: labels → value; none = no data.
    void count(const std::string& metric, const std::vector<std::pair<std::string, double>>& series) {
        Delivery delivery;
        session::Tick tick;
        tick.time = now;
        for (const auto& [labels, value] : series) {
            tick.samples.push_back({{metric, "", labels, "count"}, session::SampleStatus::ok, value, now, now, ""});
        }
        if (series.empty()) {
            tick.samples.push_back(
                {{metric, "", "{}", "count"}, session::SampleStatus::no_data, 0, now, now, "the answer is empty"});
        }
        delivery.ticks.push_back(tick);
        delivery.now = now;
        story.take(delivery);
    }
    /// "Replicas: blue 3/3 [mark]"; empty if it is not shown.
    QString fact(const QString& label) {
        for (const auto& fact : present_traffic(story.latest(story::Mode::live)).facts) {
            if (fact.label == label) {
                return fact.value + (fact.mark ? QStringLiteral(" [%1]").arg(theme_free(*fact.mark)) : QString());
            }
        }
        return {};
    }
    static QString theme_free(Mark mark) {
        return mark == Mark::close          ? "close"
               : mark == Mark::no_data      ? "no data"
               : mark == Mark::source_error ? "source error"
                                            : "other";
    }
    SplitView split() { return present_traffic(story.latest(story::Mode::live)).splits.front(); }

    Story story;
    Nanos now = seconds(1'767'600'000);
};

std::string labels(const Json& json) {
    return canonical(json).value();
}

/// When a step with this outcome is told first; fails the test when it never is.
template <typename Body>
Nanos time_of(const Story& story, const std::string& step) {
    for (const auto& entry : story.entries()) {
        if (const auto* body = std::get_if<Body>(&entry.event.body); body && body->step == step) {
            return entry.event.time;
        }
    }
    qFatal("nothing is told of %s", step.c_str());
}

} // namespace

class TrafficViewTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    Story story_;

private slots:
    void initTestCase() {
        auto options = testing::nova_options(folder_.path().toStdString());
        const auto source = OwnedSource::rehearsal(options);
        QObject::connect(source.get(), &FeedSource::delivered, source.get(),
                         [&](const DeliveryPtr& delivery) { story_.take(*delivery); });
        QSignalSpy closed(source.get(), &FeedSource::closed);
        source->start();
        QVERIFY(closed.wait(120'000));
        QCOMPARE(QString::fromStdString(story_.release().outcome), "done");
    }

    void before_the_plan_is_known_there_is_nothing() {
        QVERIFY(present_traffic(story_.at(story_.begin() - seconds(1), Mode::replay)) == TrafficView{});
    }

    void at_any_time_it_says_what_the_release_says() {
        const Nanos begin = story_.begin(), end = story_.end();
        for (int i = 0; i <= 40; ++i) {
            const Nanos time{begin.count + (end.count - begin.count) / 40 * i};
            const Moment moment = story_.at(time, Mode::replay);
            const TrafficView view = present_traffic(moment);
            QCOMPARE(view.splits.size(), std::size_t{1});
            const SplitView& split = view.splits.front();
            const auto& commanded = moment.release.split.at("edge");
            for (const auto& arm : split.arms) {
                QCOMPARE(arm.weight, commanded.at(arm.name.toStdString()));
            }
            QCOMPARE(split.weight, commanded.at("green"));
            QCOMPARE(view.triggers.size(), moment.release.plan->rollback.triggers.size());
            for (std::size_t t = 0; t < view.triggers.size(); ++t) {
                const auto& id = moment.release.plan->rollback.triggers[t].id;
                const auto state = moment.release.triggers.find(id);
                const bool armed = state != moment.release.triggers.end() && state->second.state == "armed";
                if (armed) {
                    QVERIFY(view.triggers[t].mark != Mark::to_come);
                } else if (state == moment.release.triggers.end() || state->second.state == "disarmed") {
                    QCOMPARE(view.triggers[t].value, "disarmed");
                }
            }
            for (const auto& station : split.stations) {
                QVERIFY(!station.allowed); // a record can't be changed
            }
        }
    }

    void a_shift_is_seen_from_its_settling_on() {
        const Nanos settled = time_of<release::StepFinished>(story_, "to-25");
        QCOMPARE(present_traffic(story_.at(settled - Nanos{1}, Mode::replay)).splits.front().weight, 10);
        QCOMPARE(present_traffic(story_.at(settled, Mode::replay)).splits.front().weight, 25);
    }

    void the_slider_stops_where_the_driver_reaches_and_the_rules_allow() {
        const Nanos bake = time_of<release::StepStarted>(story_, "bake-25") + seconds(1);
        const SplitView split = present_traffic(story_.at(bake, Mode::live)).splits.front();
        std::vector<std::pair<int, bool>> stops;
        for (const auto& station : split.stations) {
            stops.emplace_back(station.weight, station.allowed);
        }
        QVERIFY(stops ==
                (std::vector<std::pair<int, bool>>{{0, true}, {10, true}, {25, false}, {50, false}, {100, false}}));
        QVERIFY(split.stations[2].here);
        QCOMPARE(split.stations[1].change, "25 % → 10 % green");
        QCOMPARE(split.stations[1].write, "PATCH ingress/api-ingress-canary canary-weight 10");
        QCOMPARE(split.stations[1].consequence, "Bake at 25 % starts to hold anew");
        QVERIFY(split.stations[3].why_not.startsWith("forward by hand goes only to"));
        QCOMPARE(split.place, "ingress api-ingress");
        QCOMPARE(split.arms.front().version, "v1.2.3");
        QCOMPARE(split.arms.back().version, "v1.2.4");
        // By then a minute's rate of requests tells of the share before.
        QVERIFY(split.observed.has_value());
    }

    void a_shift_by_hand_is_told_while_it_is_on_its_way_and_in_doubt() {
        Small small;
        QCOMPARE(small.split().weight, 100);
        QVERIFY(small.split().notice.isEmpty());
        QCOMPARE(small.split().stations.front().write, "PATCH ingress/main backend blue");
        small.submit(release::Shift{"edge", {{"green", 0}}, "odd"});
        QCOMPARE(small.split().notice, "Moving to 0 % green by hand");
        QVERIFY(!small.split().stations.front().allowed);
        small.send("~shift-1", 0);
        QCOMPARE(small.split().weight, 100);
        small.submit(release::Unknown{"s1/~shift-1/1", "no answer", "blue"});
        QCOMPARE(small.split().notice, "Outcome unknown: shift to 0 % green");
        QVERIFY(small.split().doubt.has_value());
        QCOMPARE(small.split().doubt->operation, "s1/~shift-1/1");
        small.submit(release::ResolveDoubt{"s1/~shift-1/1", "happened", "I looked"});
        QCOMPARE(small.split().weight, 0);
        QVERIFY(small.split().notice.isEmpty());
        QVERIFY(!small.split().doubt);
    }

    void what_the_edge_sends_is_told_only_where_it_is_measured() {
        Small small;
        QVERIFY(!small.split().observed);
        small.measure("green", 75);
        small.measure("blue", 25);
        QCOMPARE(small.split().observed_text, "75 % green, commanded 100");
        QVERIFY(small.split().apart);
        small.measure("blue", 0);
        QCOMPARE(small.split().observed_text, "100 % green");
        small.now = small.now + minutes(5);
        small.measure("blue", 0); // green's answer is too old now: nothing is known of the split
        QVERIFY(!small.split().observed);
    }

    void replicas_are_told_by_the_workloads_of_the_arms() {
        Small small;
        QVERIFY(small.fact("Replicas").isEmpty());
        const std::string blue = labels({{"deployment", "blue"}, {"namespace", "shop"}});
        const std::string green = labels({{"deployment", "green"}, {"namespace", "shop"}});
        const std::string other = labels({{"deployment", "blue"}, {"namespace", "elsewhere"}});
        small.count("ready", {{blue, 3}, {other, 9}});
        QCOMPARE(small.fact("Replicas"), "blue 3 ready");
        small.count("wanted", {{blue, 3}, {green, 3}, {other, 9}});
        QCOMPARE(small.fact("Replicas"), "blue 3/3"); // green's are not known, so nothing is said of them
        small.now = small.now + seconds(5);
        small.count("ready", {{blue, 3}, {green, 1}});
        QCOMPARE(small.fact("Replicas"), "blue 3/3 · green 1/3 [close]");
        small.now = small.now + seconds(5);
        small.count("ready", {{green, 3}}); // blue is gone: its last number is not shown for ever
        QCOMPARE(small.fact("Replicas"), "green 3/3");
        small.now = small.now + seconds(5);
        small.count("ready", {});
        QCOMPARE(small.fact("Replicas"), "no data [no data]");
        small.count("ready", {{blue, 3}, {green, 3}});
        small.now = small.now + minutes(5);
        small.measure("blue", 1); // time goes on, and no answer comes
        QCOMPARE(small.fact("Replicas"), "no data [no data]");
    }

    void restarts_are_counted_from_t0_over_pods_that_come_and_go() {
        Small small;
        const auto pod = [](const char* name) { return labels({{"namespace", "shop"}, {"pod", name}}); };
        const QString label = "Restarts since the start"; // the plan has no window, so no T0
        QVERIFY(small.fact(label).isEmpty());
        small.count("restarts", {{pod("blue-7d4f-a1"), 4}, {pod("green-5c9b-x1"), 0}});
        QCOMPARE(small.fact(label), "0"); // what was before nobody saw
        small.now = small.now + seconds(15);
        small.count("restarts",
                    {{pod("blue-7d4f-a1"), 5}, {pod("green-5c9b-x1"), 2}, {pod("green-worker-5c9b-x1"), 7}});
        QCOMPARE(small.fact(label), "blue 1 · green 2 [close]");
        small.now = small.now + seconds(15);
        small.count("restarts", {{pod("blue-7d4f-a1"), 5}, {pod("green-5c9b-x2"), 1}}); // x1 was replaced
        QCOMPARE(small.fact(label), "blue 1 · green 3 [close]");
        small.now = small.now + seconds(15);
        small.count("restarts", {});
        QCOMPARE(small.fact(label), "no data [no data]");
    }

    void alerts_are_named_as_long_as_they_fire() {
        Small small;
        const auto view = [&] { return present_traffic(small.story.latest(Mode::live)); };
        QVERIFY(view().alerts_head.isEmpty());
        small.count("alarms", {{"{}", 0}}); // by zero-while
        QCOMPARE(view().alerts_head, "none firing");
        QVERIFY(view().alerts.empty());
        small.now = small.now + seconds(5);
        small.count("alarms", {{labels({{"alertname", "KafkaHighMemoryUsage"}}), 2},
                               {labels({{"alertname", "HighErrorRate"}}), 1}});
        QCOMPARE(view().alerts_head, "2 firing");
        QCOMPARE(view().alerts.front().label, "HighErrorRate");
        QCOMPARE(view().alerts.back().label, "KafkaHighMemoryUsage");
        QCOMPARE(present_wall(small.story.latest(Mode::live)).banner_why.section("△ ", 1),
                 "alert HighErrorRate, KafkaHighMemoryUsage"); // behind what the wall says already
        small.now = small.now + seconds(5);
        small.count("alarms", {{labels({{"alertname", "HighErrorRate"}}), 1}});
        QCOMPARE(view().alerts.size(), std::size_t{1});
        small.now = small.now + seconds(5);
        small.count("alarms", {});
        QCOMPARE(view().alerts_head, "unknown"); // no data is not "none"
        QVERIFY(view().alerts.front().mark == Mark::no_data);
    }

    // Nova's plan has metrics for all of it; the range serves what Prometheus and kube-state-metrics would.
    void of_nova_observed_split_replicas_and_restarts_are_there_all_the_time() {
        const auto facts = [&](Nanos time) {
            QStringList texts;
            for (const auto& fact : present_traffic(story_.at(time, Mode::replay)).facts) {
                texts << fact.label + ": " + fact.value;
            }
            return texts.join("; ");
        };
        const Nanos early = story_.begin() + minutes(2);
        QCOMPARE(facts(early), "Observed at the edge: 0 % green; Replicas: blue 3/3; Restarts since the start: 0");
        const Nanos baked = time_of<release::StepFinished>(story_, "bake-50") - seconds(1);
        const QString half = facts(baked);
        QVERIFY2(half.contains("Replicas: blue 3/3 · green 3/3; Restarts since T0: 0"), qPrintable(half));
        const SplitView split = present_traffic(story_.at(baked, Mode::replay)).splits.front();
        QVERIFY2(split.observed && std::abs(*split.observed - 50) < 3 && !split.apart, qPrintable(split.observed_text));
        // Right after a shift the edge still sends as before, and that is told.
        const Nanos shifted = time_of<release::StepFinished>(story_, "to-50") + seconds(5);
        const SplitView during = present_traffic(story_.at(shifted, Mode::replay)).splits.front();
        QVERIFY2(during.apart && during.observed_text.endsWith("commanded 50"), qPrintable(during.observed_text));
        QCOMPARE(present_traffic(story_.at(baked, Mode::replay)).alerts_head, "none firing");
    }

    void a_fault_is_seen_in_restarts_and_alerts_by_name() {
        const QTemporaryDir folder;
        Story story = testing::nova_story(
            folder, {"split:green>=25 pods crash for 3m on green", "split:green>=25 errors 8% for 4m on green"});
        QSet<QString> alerts;
        QString worst, restarts;
        for (Nanos time = story.begin(); time < story.end(); time = time + seconds(15)) {
            const TrafficView view = present_traffic(story.at(time, Mode::replay));
            for (const auto& alert : view.alerts) {
                alerts.insert(alert.label);
            }
            for (const auto& fact : view.facts) {
                restarts = fact.label == "Restarts since T0" && fact.value != "0" ? fact.value : restarts;
                worst = fact.label == "Replicas" && fact.mark == Mark::close ? fact.value : worst;
            }
        }
        QVERIFY2(restarts.startsWith("green "), qPrintable(restarts));
        QVERIFY2(worst.contains("green 0/3"), qPrintable(worst));
        QVERIFY2(alerts.contains("PodsRestarting"), qPrintable(alerts.values().join(", ")));
    }

    void the_arms_are_compared_by_their_latest_answers() {
        const Nanos bake = time_of<release::StepStarted>(story_, "bake-25") + seconds(60);
        const Moment moment = story_.at(bake, Mode::replay);
        const TrafficView view = present_traffic(moment);
        QCOMPARE(view.comparisons.size(), std::size_t{3});
        QCOMPARE(view.comparisons[2].metric, "Requests");
        QVERIFY(!view.comparisons[2].mark); // no gate looks at it
        QCOMPARE(view.released, "green");
        const Comparison& latency = view.comparisons[1];
        QCOMPARE(latency.metric, "API response time, 95 %");
        QCOMPARE(latency.unit, "ms");
        const auto ms = [&](const char* arm) {
            return moment.readings.line("latency_p95", arm)->at(moment.now)->value * 1000;
        };
        // Against 200 ms whole milliseconds are three digits.
        QCOMPARE(latency.released, QString::number(ms("green"), 'f', 0));
        QCOMPARE(latency.initial, QString::number(ms("blue"), 'f', 0));
        QVERIFY(latency.mark == Mark::holds);
    }

    void triggers_are_armed_from_their_first_step_on() {
        const Nanos armed = time_of<release::StepFinished>(story_, "to-10");
        QCOMPARE(present_traffic(story_.at(armed - Nanos{1}, Mode::replay)).triggers_head, "disarmed");
        const TrafficView view = present_traffic(story_.at(armed, Mode::replay));
        QCOMPARE(view.triggers_head, "armed");
        QCOMPARE(view.way_back_head, "not provable"); // a look into green's logs is no proof
        QVERIFY2(view.way_back[1].label.endsWith("not provable: green-logs"), qPrintable(view.way_back[1].label));
        QVERIFY(!view.facts.empty());
        QCOMPARE(view.facts.front().label, "Replicas"); // green has no rate yet, so no split is observed
        QVERIFY2(view.facts.front().value.startsWith("blue "), qPrintable(view.facts.front().value));
    }

    void the_way_back_says_by_when_it_is_to_begin() {
        const Nanos begun = time_of<release::StepFinished>(story_, "to-10");
        const auto rows = [&](Nanos now) { return present_traffic(story_.at(now, Mode::replay)).way_back; };
        QCOMPARE(rows(begun).size(), 2u); // its time does not count yet
        const Nanos settled = time_of<release::StepFinished>(story_, "to-100");
        const auto way = release::way_back(story_.at(settled, Mode::replay).release);
        QVERIFY(way && way->latest > settled && way->latest < way->ends);
        const auto last = [&](Nanos now) { return rows(now).back(); };
        QCOMPARE(last(settled).label, "Begin by");
        QCOMPARE(last(settled).value, utc_moment(way->latest, settled));
        const TrafficFact late = last(way->latest);
        QCOMPARE(late.label, "Too late to be done in time");
        QVERIFY(late.mark == Mark::close);
        QVERIFY(rows(way->ends).empty() || rows(way->ends).back().label != late.label); // the top says that it is over
    }
};

SLUICE_TEST(TrafficViewTest)
#include "traffic_view_test.moc"
