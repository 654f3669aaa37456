#include "engine/sample_counts.h"
#include "plan/loader.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::engine;

namespace {

const char* const bake = R"(sluice: 1
id: small
title: A small plan
connections:
  prom: {prometheus: {url: 'http://prometheus:9090'}}
metrics:
  errors: {from: prom, query: errors, unit: ratio}
  lag: {from: prom, query: lag, unit: messages, by-arm: version}
arms:
  blue: {workload: a/blue, service: a/blue, match: v1}
  green: {workload: a/green, service: a/green, match: v2}
phases:
  - id: main
    steps:
      - id: bake
        hold: {for: 1m}
        gates: [{metric: errors, must: '< 1%'}, {metric: lag, must: '< 10', samples: 9, tier: important, for: 10s}]
)";

/// A hold at work, whose important gate is answered for both arms each five seconds.
struct Desk {
    release::Release release;
    SampleCounts counts;
    Nanos now = seconds(1'767'600'000);

    Desk() {
        release.plan = std::make_shared<const plan::Plan>(*plan::load(bake, "p.yaml").plan);
        auto& state = release.steps["bake"];
        state.status = release::StepStatus::running;
        state.attempt = 1;
        state.begun = now;
    }
    void both() {
        now = now + seconds(5);
        series::SampleBatch batch;
        batch.metric = "lag";
        batch.received_at = now;
        for (const char* arm : {"blue", "green"}) {
            auto& reading = batch.readings.emplace_back();
            reading.arm = arm;
            reading.value = 5;
            reading.measured_at = reading.received_at = now;
        }
        counts.take(release, batch);
    }
    std::pair<int, int> seen() {
        return {counts.of(release, "bake", "lag", "blue"), counts.of(release, "bake", "lag", "green")};
    }
};

} // namespace

class SampleCountsTest : public QObject {
    Q_OBJECT
private slots:
    /// As the log has it: the clock of an important gate runs on each arm by itself.
    void a_breach_on_one_arm_says_nothing_of_the_samples_of_another() {
        Desk desk;
        desk.both();
        desk.both();
        QCOMPARE(desk.seen(), std::pair(2, 2));
        desk.counts.restarted(desk.release, "bake", "lag", "green", desk.now);
        QCOMPARE(desk.seen(), std::pair(2, 0));
        desk.both();
        QCOMPARE(desk.seen(), std::pair(3, 1));
        desk.counts.restarted(desk.release, "bake", "", "", desk.now); // the hold's own clock is another
        QCOMPARE(desk.seen(), std::pair(3, 1));
    }
};

SLUICE_TEST(SampleCountsTest)
#include "sample_counts_test.moc"
