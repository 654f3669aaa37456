#include "story/traffic_view.h"

#include "release/decide.h"
#include "story/owned_source.h"
#include "story/story.h"
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
    SplitView split() { return present_traffic(story.latest(story::Mode::live)).splits.front(); }

    Story story;
    Nanos now = seconds(1'767'600'000);
};

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
        QVERIFY(!split.observed); // Nova measures no rate of requests: nothing is made up
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

    void the_arms_are_compared_by_their_latest_answers() {
        const Nanos bake = time_of<release::StepStarted>(story_, "bake-25") + seconds(60);
        const Moment moment = story_.at(bake, Mode::replay);
        const TrafficView view = present_traffic(moment);
        QCOMPARE(view.comparisons.size(), std::size_t{2});
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
        QCOMPARE(view.way_back_head, "ready");
        QVERIFY(!view.facts.empty());
        QCOMPARE(view.facts.front().label, "Replicas");
        QVERIFY2(view.facts.front().value.startsWith("blue "), qPrintable(view.facts.front().value));
    }
};

SLUICE_TEST(TrafficViewTest)
#include "traffic_view_test.moc"
