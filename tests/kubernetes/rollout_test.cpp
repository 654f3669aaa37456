#include "kubernetes/rollout.h"

#include "kubernetes/advice.h"
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

    void other_workloads_are_judged_as_kubectl_does_data() {
        QTest::addColumn<QString>("workload");
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("reason");
        QTest::addColumn<int>("surely_ready");
        const auto set = [](const char* title, int partition, const Json& status, const char* state, const char* reason,
                            int ready) {
            Json one = {{"kind", "StatefulSet"}, {"metadata", {{"generation", 2}}}, {"spec", {{"replicas", 3}}}};
            one["spec"]["updateStrategy"] = {{"rollingUpdate", {{"partition", partition}}}};
            one["status"] = status;
            one["status"]["observedGeneration"] = 2;
            QTest::newRow(title) << QString::fromStdString(one.dump()) << QString(state) << QString(reason) << ready;
        };
        set("a stateful set at rest", 0,
            {{"replicas", 3},
             {"readyReplicas", 3},
             {"availableReplicas", 3},
             {"currentRevision", "a"},
             {"updateRevision", "a"}},
            "done", "3 of 3 replicas are available", 3);
        set("one with a pod that is not ready", 0,
            {{"replicas", 3},
             {"readyReplicas", 2},
             {"availableReplicas", 2},
             {"currentRevision", "a"},
             {"updateRevision", "a"}},
            "waiting", "2 of 3 new replicas are available", 2);
        const Json half = {{"replicas", 3},          {"updatedReplicas", 1},   {"readyReplicas", 3},
                           {"availableReplicas", 3}, {"currentRevision", "a"}, {"updateRevision", "b"}};
        set("one that is being rolled over", 0, half, "waiting", "1 of 3 new replicas are up", 1);
        set("one whose partition keeps two back", 2, half, "done", "3 of 3 replicas are available", 1);
        set("one whose first pod can't be made", 0, Json::object(), "waiting", "0 of 3 new replicas are up", 0);
        const auto daemons = [](const char* title, int updated, int available, const char* state, const char* reason,
                                int ready) {
            const Json one = {{"kind", "DaemonSet"},
                              {"metadata", {{"generation", 1}}},
                              {"spec", Json::object()},
                              {"status",
                               {{"observedGeneration", 1},
                                {"desiredNumberScheduled", 4},
                                {"currentNumberScheduled", 4},
                                {"updatedNumberScheduled", updated},
                                {"numberReady", available},
                                {"numberAvailable", available}}}};
            QTest::newRow(title) << QString::fromStdString(one.dump()) << QString(state) << QString(reason) << ready;
        };
        daemons("a daemon set at rest", 4, 4, "done", "4 of 4 replicas are available", 4);
        daemons("one with old daemons", 3, 4, "waiting", "3 of 4 new replicas are up", 3);
        daemons("one with a node whose daemon fails", 4, 3, "waiting", "3 of 4 new replicas are available", 3);
    }
    void other_workloads_are_judged_as_kubectl_does() {
        QFETCH(QString, workload);
        QFETCH(QString, state);
        QFETCH(QString, reason);
        const auto status = rollout_status(Json::parse(workload.toStdString()), Json::array());
        SAME_TEXT(std::string(name(status.state)), state.toStdString());
        SAME_TEXT(status.reason, reason.toStdString());
        QTEST(surely_ready(status), "surely_ready");
    }

    void what_the_old_ones_can_be_is_not_surely_ready_data() {
        QTest::addColumn<QList<int>>("counts"); // generation, observed, desired, updated, total, ready, available
        QTest::addColumn<int>("expected");
        QTest::newRow("at rest") << QList<int>{1, 1, 3, 3, 3, 3, 3} << 3;
        QTest::newRow("a surge of which none is ready, the old all are") << QList<int>{2, 2, 3, 3, 6, 3, 3} << 0;
        QTest::newRow("a surge of which one is ready at least") << QList<int>{2, 2, 3, 3, 6, 4, 4} << 1;
        QTest::newRow("scaled down, all still there") << QList<int>{2, 2, 1, 3, 3, 3, 3} << 1;
        QTest::newRow("none wanted") << QList<int>{2, 2, 0, 0, 0, 0, 0} << 0;
        QTest::newRow("nothing new yet") << QList<int>{2, 2, 3, 0, 3, 3, 3} << 0;
    }
    void what_the_old_ones_can_be_is_not_surely_ready() {
        QFETCH(QList<int>, counts);
        const auto status = rollout_status(
            counted({counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6]}), Json::array());
        QTEST(surely_ready(status), "expected");
    }

    void a_pod_that_can_t_be_made_is_a_cause_and_the_deadline_one_too() {
        Json object = counted({1, 1, 3, 0, 0, 0, 0});
        object["status"]["conditions"] = Json::array({{{"type", "Progressing"}, {"reason", "ProgressDeadlineExceeded"}},
                                                      {{"type", "ReplicaFailure"},
                                                       {"status", "True"},
                                                       {"reason", "FailedCreate"},
                                                       {"message", "exceeded quota: team"}}});
        const auto failed = rollout_status(object, Json::array());
        SAME_TEXT(failed.cause, std::string("FailedCreate (exceeded quota: team)"));
        QCOMPARE(failed.causes, (std::vector<std::string>{"FailedCreate", "ProgressDeadlineExceeded"}));
        object["status"]["conditions"][1]["status"] = "False";
        QCOMPARE(rollout_status(object, Json::array()).causes, (std::vector<std::string>{"ProgressDeadlineExceeded"}));
        for (const char* cause : {"ImagePullBackOff", "ErrImagePull", "CrashLoopBackOff", "OOMKilled", "Unschedulable",
                                  "FailedCreate", "ProgressDeadlineExceeded"}) {
            QVERIFY2(!advice_for(cause).empty() && !advice_for(cause).ends_with('.'), cause);
        }
        QCOMPARE(advice_for("Evicted"), std::string());
    }

    void restarts_are_those_of_all_containers() {
        Json one = pod("a", true);
        one["status"]["containerStatuses"][0]["restartCount"] = 2;
        one["status"]["containerStatuses"].push_back(
            {{"name", "b"}, {"restartCount", 1}, {"lastState", {{"terminated", {{"reason", "OOMKilled"}}}}}});
        one["status"]["initContainerStatuses"] = Json::array({{{"name", "c"}, {"restartCount", 4}}});
        QCOMPARE(restarts_of(one), 7);
        QCOMPARE(last_end_of(one), std::string("OOMKilled"));
        QCOMPARE(restarts_of(Json{{"metadata", {{"name", "new"}}}}), 0);
        QCOMPARE(last_end_of(pod("a", true)), std::string());
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
        Json killed = pod("a", false, "CrashLoopBackOff");
        killed["status"]["containerStatuses"][0]["lastState"]["terminated"]["reason"] = "OOMKilled";
        Json failed = pod("b", false, "CrashLoopBackOff");
        failed["status"]["containerStatuses"][0]["lastState"]["terminated"]["reason"] = "Error";
        row("a crash says how it ended", Json::array({killed, killed, failed}),
            "CrashLoopBackOff after OOMKilled on 2 pods (nova/user-service:v1.2.9); "
            "CrashLoopBackOff on 1 pod (nova/user-service:v1.2.9)");
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
