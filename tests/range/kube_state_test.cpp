#include "rehearsed.h"

#include "support/suite.h"

using namespace sluice;
using namespace sluice::range;

class KubeStateTest : public QObject {
    Q_OBJECT
private slots:
    void prometheus_has_what_kube_state_metrics_shows() {
        Rehearsed r;
        QCOMPARE(r.query(R"(kube_deployment_spec_replicas{namespace="production",deployment="user-service-blue"})"),
                 3.0);
        QCOMPARE(r.query(R"(kube_deployment_status_replicas_ready{deployment="user-service-blue"})"), 3.0);
        QVERIFY(std::isnan(r.query(R"(kube_deployment_spec_replicas{deployment="user-service-green"})")));
        r.green_up();
        r.pass(seconds(10));
        QCOMPARE(r.query(R"(kube_deployment_status_replicas_ready{deployment="user-service-green"})"), 3.0);
        QCOMPARE(r.query(R"(sum(kube_pod_container_status_restarts_total{pod=~"user-service-green-.+"}))"), 0.0);
    }

    void crashes_are_restarts_and_fire_an_alert_until_they_are_over() {
        Rehearsed r({"T+1m pods crash for 2m on blue"});
        const char* firing = R"(sum by (alertname) (ALERTS{alertname="PodsRestarting",alertstate="firing"}))";
        r.pass(seconds(50));
        QVERIFY(std::isnan(r.query(firing)));
        r.pass(seconds(20));
        QCOMPARE(r.query(R"(sum(kube_pod_container_status_restarts_total{pod=~"user-service-blue-.+"}))"), 3.0);
        QCOMPARE(r.query(R"(kube_deployment_status_replicas_ready{deployment="user-service-blue"})"), 0.0);
        QVERIFY(r.query(R"(sum(ALERTS{alertname="PodsRestarting",alertstate="pending"}))") >= 1); // not at once
        QVERIFY(std::isnan(r.query(firing)));
        r.pass(minutes(2));
        QCOMPARE(r.query(firing), 3.0); // one a pod
        QVERIFY(std::isnan(r.query(R"(sum(ALERTS{alertname="PodsRestarting",alertstate="pending"}))")));
        r.pass(minutes(12));
        QVERIFY(std::isnan(r.query(firing)));
    }

    void errors_fire_for_the_version_that_has_them() {
        Rehearsed r({"T+10s errors 8% for 8m on blue"});
        r.pass(minutes(7));
        QCOMPARE(r.query(R"(ALERTS{alertname="HighErrorRate",alertstate="firing",version="v1.2.3"})"), 1.0);
        r.pass(minutes(8));
        QVERIFY(std::isnan(r.query(R"(ALERTS{alertname="HighErrorRate"})")));
    }
};

SLUICE_TEST(KubeStateTest)
#include "kube_state_test.moc"
