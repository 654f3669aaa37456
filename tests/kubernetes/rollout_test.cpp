#include "kubernetes/rollout.h"

#include "support/kubernetes_fixture.h"
#include "support/suite.h"

using namespace sluice;
using namespace sluice::kubernetes;
using namespace sluice::testing;

namespace {

Json pod(const char* name, bool ready, const char* waiting = nullptr) {
    Json status = {{"conditions", Json::array({{{"type", "Ready"}, {"status", ready ? "True" : "False"}}})}};
    Json container = {{"name", "app"}, {"ready", ready}, {"image", "nova/user-service:v1.2.9"}};
    if (waiting != nullptr) {
        container["state"]["waiting"]["reason"] = waiting;
    }
    status["containerStatuses"] = Json::array({container});
    return {{"metadata", {{"name", name}}}, {"status", status}};
}

struct Counts {
    int generation, observed, desired, updated, total, ready, available;
};

Json counted(const Counts& c) {
    Json object = deployment(c.desired);
    object["metadata"]["generation"] = c.generation;
    object["status"] = {{"observedGeneration", c.observed},
                        {"updatedReplicas", c.updated},
                        {"replicas", c.total},
                        {"readyReplicas", c.ready},
                        {"availableReplicas", c.available}};
    return object;
}

} // namespace

class RolloutTest : public QObject {
    Q_OBJECT
private slots:
    void a_rollout_is_judged_as_kubectl_does_data() {
        QTest::addColumn<QList<int>>("counts");
        QTest::addColumn<QString>("condition");
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, QList<int> counts, const char* condition, const char* state,
                            const char* reason) { QTest::newRow(name) << counts << condition << state << reason; };
        // generation, observed, desired, updated, total, ready, available
        row("not seen yet", {4, 3, 3, 3, 3, 3, 3}, "", "waiting", "the controller has not seen the change yet");
        row("not seen beats a failure before", {4, 3, 3, 3, 3, 3, 3}, "ProgressDeadlineExceeded", "waiting",
            "the controller has not seen the change yet");
        row("too few new", {3, 3, 3, 2, 4, 3, 3}, "", "waiting", "2 of 3 new replicas are up");
        row("old ones left", {3, 3, 3, 3, 4, 3, 3}, "", "waiting", "1 old replicas have yet to end");
        row("not available", {3, 3, 3, 3, 3, 2, 2}, "", "waiting", "2 of 3 new replicas are available");
        row("done", {3, 3, 3, 3, 3, 3, 3}, "NewReplicaSetAvailable", "done", "3 of 3 replicas are available");
        row("scaled to nothing", {3, 3, 0, 0, 0, 0, 0}, "", "done", "0 of 0 replicas are available");
        row("out of time", {3, 3, 3, 1, 4, 3, 3}, "ProgressDeadlineExceeded", "failed", "ProgressDeadlineExceeded");
    }
    void a_rollout_is_judged_as_kubectl_does() {
        QFETCH(QList<int>, counts);
        QFETCH(QString, condition);
        QFETCH(QString, state);
        QFETCH(QString, reason);
        Json object = counted({counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6]});
        object["status"]["conditions"] = Json::array({{{"type", "Progressing"}, {"reason", condition.toStdString()}}});
        const RolloutStatus status = rollout_status(object, Json::array());
        SAME_TEXT(std::string(name(status.state)), state.toStdString());
        SAME_TEXT(status.reason, reason.toStdString());
        QVERIFY(canonical(status.to_json()));
    }

    void the_cause_comes_from_the_pods_data() {
        QTest::addColumn<QString>("pods");
        QTest::addColumn<QString>("cause");
        const auto row = [](const char* name, const Json& pods, const char* cause) {
            QTest::newRow(name) << QString::fromStdString(pods.dump()) << cause;
        };
        row("image",
            Json::array({pod("a", false, "ImagePullBackOff"), pod("b", false, "ImagePullBackOff"), pod("c", true)}),
            "ImagePullBackOff on 2 pods (nova/user-service:v1.2.9)");
        row("crash first",
            Json::array({pod("a", false, "ErrImagePull"), pod("b", false, "CrashLoopBackOff"),
                         pod("c", false, "CrashLoopBackOff")}),
            "CrashLoopBackOff on 2 pods (nova/user-service:v1.2.9); ErrImagePull on 1 pod (nova/user-service:v1.2.9)");
        row("only starting", Json::array({pod("a", false, "ContainerCreating"), pod("b", false)}), "");
        const Json unscheduled = {{"metadata", {{"name", "a"}}},
                                  {"status",
                                   {{"conditions", Json::array({{{"type", "PodScheduled"},
                                                                 {"status", "False"},
                                                                 {"reason", "Unschedulable"},
                                                                 {"message", "0/3 nodes"}}})}}}};
        row("no room", Json::array({unscheduled}), "Unschedulable on 1 pod (0/3 nodes)");
    }
    void the_cause_comes_from_the_pods() {
        QFETCH(QString, pods);
        QFETCH(QString, cause);
        SAME_TEXT(cause_of(Json::parse(pods.toStdString())), cause.toStdString());
    }

    void readiness_of_the_version_before_does_not_count() {
        Json leaving = pod("z", true);
        leaving["metadata"]["deletionTimestamp"] = "2026-01-06T02:00:00Z";
        const Json pods = Json::array({pod("b", true), pod("a", true), pod("c", false, "CrashLoopBackOff"), leaving});
        const Json ready = ready_result(counted({3, 3, 3, 3, 3, 2, 2}), pods);
        QCOMPARE(ready["ready"].get<int>(), 2);
        QCOMPARE(ready["desired"].get<int>(), 3);
        SAME_JSON(ready["pods"], (Json::array({"a", "b"})));
        QCOMPARE(ready_result(counted({4, 3, 3, 3, 3, 3, 3}), pods)["ready"].get<int>(), 0);
        QCOMPARE(ready_result(counted({3, 3, 3, 1, 4, 3, 3}), pods)["ready"].get<int>(), 1);
        QVERIFY(canonical(ready));
    }

    void a_workload_is_read_with_its_pods() {
        ClusterFixture f;
        f.http.answer("GET /apis/apps/v1/namespaces/production/deployments/user-service-blue", 200, deployment());
        f.http.answer("GET /api/v1/namespaces/production/pods?labelSelector=app%3Duser-service-blue", 200,
                      {{"items", Json::array({pod("a", true)})}});
        std::optional<Workload> workload;
        read_workload(f.client, *parse_in_namespace("production/user-service-blue"), {"k"},
                      [&](Result<Workload> read) { workload = *read; });
        f.settle();
        SCRIPT_DONE(f.http);
        QCOMPARE(ready_result(workload->deployment, workload->pods)["ready"].get<int>(), 5);
        QCOMPARE(f.http.sent[0].pool, net::Pool::polling);
    }
};

SLUICE_TEST(RolloutTest)
#include "rollout_test.moc"
