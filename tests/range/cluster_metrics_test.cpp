/// A rehearsal's cluster answers what metrics ask a cluster, over real sockets, as a go-live's does.
#include "rehearsed.h"

#include "sources/cluster_source.h"
#include "support/suite.h"

using namespace sluice;
using namespace sluice::range;
using What = plan::ClusterNumber::What;

namespace {

/// Nova's production, and a desk that asks it.
struct Desk {
    Rehearsed r;
    kubernetes::Client cluster;
    std::shared_ptr<sources::ClusterReader> reader;

    explicit Desk(std::vector<std::string> faults = {})
        : r(std::move(faults)), cluster(r.client, r.scheduler, address(*r.range), nullptr),
          reader(std::make_shared<sources::ClusterReader>(r.client, cluster)) {}

    static kubernetes::Cluster address(const Range& range) {
        kubernetes::Cluster cluster;
        cluster.server = range.addresses().kubernetes;
        cluster.token = range.addresses().token;
        return cluster;
    }

    series::SampleBatch poll(plan::ClusterNumber number, const std::string& unit = "count") {
        plan::Metric metric;
        metric.name = "m";
        metric.unit = unit;
        metric.reduce = plan::Reduce::sum;
        metric.cluster = std::move(number);
        sources::ClusterSource source(reader, r.scheduler, sources::cluster_metric(metric, {}).value());
        std::optional<series::SampleBatch> answer;
        source.poll(r.scheduler.now() + seconds(5), "poll/m/" + std::to_string(++asked),
                    [&](series::SampleBatch batch) { answer = std::move(batch); });
        if (!r.driver.run_until([&] { return answer.has_value(); })) {
            qFatal("no answer to a poll");
        }
        return *answer;
    }
    series::SampleBatch workload(What what, const std::string& colour, const std::string& space) {
        return poll({what, "deployment/user-service-" + colour, space, {}, {}, {}});
    }
    series::SampleBatch cluster_wide(What what, const std::string& of, const std::string& unit = "count") {
        return poll({what, what == What::usage ? "nodes" : "", {}, {}, of, {}}, unit);
    }
    int asked = 0;
};

QString told(const series::SampleBatch& batch) {
    const auto& reading = batch.readings.at(0);
    return QString::fromStdString(reading.status == series::Status::ok
                                      ? number_text(reading.value) +
                                            (reading.detail.empty() ? "" : ": " + reading.detail)
                                      : std::string(name(reading.status)) + " " + reading.detail);
}

} // namespace

class ClusterMetricsTest : public QObject {
    Q_OBJECT
private slots:
    void a_production_at_rest_is_well() {
        Desk desk;
        QCOMPARE(told(desk.workload(What::ready, "blue", "production")), QString("3"));
        QCOMPARE(told(desk.workload(What::rollout, "blue", "production")), QString("1"));
        QCOMPARE(told(desk.workload(What::restarts, "blue", "production")), QString("0"));
        QCOMPARE(told(desk.cluster_wide(What::nodes, "ready")), QString("3"));
        QCOMPARE(told(desk.cluster_wide(What::nodes, "not-ready")), QString("0"));
        QCOMPARE(told(desk.cluster_wide(What::nodes, "memory-pressure")), QString("0"));
        QCOMPARE(told(desk.cluster_wide(What::capacity, "cpu")), QString("48"));
        const auto pods = desk.cluster_wide(What::capacity, "pods");
        QVERIFY2(pods.readings[0].value <= 3 * 110 - 3 && pods.readings[0].value > 3 * 110 - 60,
                 qPrintable(told(pods)));
    }

    void its_use_is_measured_with_its_age() {
        Desk desk;
        auto number = plan::ClusterNumber{What::usage, "deployment/user-service-blue", "production", {}, "cpu", {}};
        const auto pods = desk.poll(number);
        QCOMPARE(pods.status, series::Status::ok);
        QVERIFY2(pods.readings[0].value > 0.6 && pods.readings[0].value < 1.5, qPrintable(told(pods)));
        QVERIFY(pods.readings[0].age() <= seconds(1) && pods.degraded.empty());
        const auto share = desk.cluster_wide(What::usage, "memory", "ratio");
        QVERIFY2(share.readings[0].value > 1.5 && share.readings[0].value <= 1.8, qPrintable(told(share))); // of three
    }

    void what_is_not_there_has_no_data_until_it_comes() {
        Desk desk;
        QCOMPARE(told(desk.workload(What::ready, "green", "production-green")),
                 QString("no-data deployment production-green/user-service-green is not there"));
        desk.r.green_up();
        QCOMPARE(told(desk.workload(What::ready, "green", "production-green")), QString("3"));
    }

    void a_rollout_whose_image_is_missing_tells_it_and_fails_at_its_deadline() {
        Desk desk({"T+1s image missing"});
        desk.r.pass(seconds(2));
        QVERIFY(desk.r.range->apply_manifest(file("tests/range/nova_green.yaml"), "green.yaml"));
        desk.r.pass(seconds(30));
        const auto stuck = desk.workload(What::rollout, "green", "production-green");
        QCOMPARE(stuck.readings[0].value, -1.0);
        const std::string cause = "ImagePullBackOff on 3 pods (nova/user-service:v1.2.4): is the image in the registry";
        QVERIFY2(stuck.readings[0].detail.find(cause) != std::string::npos, stuck.readings[0].detail.c_str());
        desk.r.pass(minutes(11)); // progressDeadlineSeconds is 600
        const auto failed = desk.workload(What::rollout, "green", "production-green");
        QCOMPARE(failed.readings[0].value, -2.0);
        QVERIFY(failed.readings[0].detail.starts_with("ProgressDeadlineExceeded, ImagePullBackOff on 3 pods"));
        QCOMPARE(desk.workload(What::ready, "green", "production-green").readings[0].value, 0.0);
    }

    void pods_that_crash_are_counted_and_named() {
        Desk desk({"T+1s pods crash"});
        desk.r.pass(seconds(10));
        const auto ready = desk.workload(What::ready, "blue", "production");
        QCOMPARE(ready.readings[0].value, 0.0);
        QVERIFY2(ready.readings[0].detail.starts_with("0 of 3 are ready, CrashLoopBackOff on 3 pods"),
                 ready.readings[0].detail.c_str());
        const auto restarts = desk.workload(What::restarts, "blue", "production");
        QVERIFY2(restarts.readings[0].value >= 3 && restarts.readings[0].detail.starts_with("of user-service-blue-"),
                 qPrintable(told(restarts)));
    }

    void an_api_that_is_down_is_a_source_error_and_comes_back() {
        Desk desk({"T+1s api down for 10s"});
        desk.r.pass(seconds(2));
        QCOMPARE(told(desk.workload(What::ready, "blue", "production")), QString("source-error could not be reached"));
        desk.r.pass(seconds(15));
        QCOMPARE(told(desk.workload(What::ready, "blue", "production")), QString("3"));
    }
};

SLUICE_TEST(ClusterMetricsTest)
#include "cluster_metrics_test.moc"
