#include "kubernetes/resources.h"

#include "support/suite.h"

#include <QtTest>
#include <vector>

using namespace sluice;
using namespace sluice::kubernetes;

namespace {

Json asking(const char* cpu, const char* policy = nullptr) {
    Json container = {{"name", "c"}, {"resources", {{"requests", {{"cpu", cpu}, {"memory", "1Gi"}}}}}};
    if (policy != nullptr) {
        container["restartPolicy"] = policy;
    }
    return container;
}

Json pod_with(const std::vector<Json>& containers, const std::vector<Json>& init = {}) {
    return {{"metadata", {{"namespace", "n"}, {"name", "p"}}},
            {"spec", {{"nodeName", "node-a"}, {"containers", containers}, {"initContainers", init}}},
            {"status", {{"phase", "Running"}}}};
}

} // namespace

class ResourcesTest : public QObject {
    Q_OBJECT
private slots:
    void a_pod_asks_for_what_the_scheduler_holds_free_data() {
        QTest::addColumn<QString>("pod");
        QTest::addColumn<double>("cores");
        const auto row = [](const char* title, const Json& pod, double cores) {
            QTest::newRow(title) << QString::fromStdString(pod.dump()) << cores;
        };
        row("two containers", pod_with({asking("250m"), asking("1")}), 1.25);
        row("no requests", pod_with({Json{{"name", "c"}}}), 0);
        row("an init container that needs less", pod_with({asking("1")}, {asking("500m")}), 1);
        row("one that needs more", pod_with({asking("1")}, {asking("3")}), 3);
        row("several of which one runs at a time", pod_with({asking("1")}, {asking("2"), asking("3")}), 3);
        row("a side-car stays", pod_with({asking("1")}, {asking("200m", "Always")}), 1.2);
        row("and stands beside the init container after it",
            pod_with({asking("1")}, {asking("200m", "Always"), asking("3")}), 3.2);
        row("but not beside the one before it", pod_with({asking("1")}, {asking("3"), asking("200m", "Always")}), 3);
        Json heavy = pod_with({asking("1")});
        heavy["spec"]["overhead"]["cpu"] = "100m";
        row("the overhead of its runtime", heavy, 1.1);
        heavy["spec"]["resources"]["requests"]["cpu"] = "2";
        row("what the pod asks for as a whole", heavy, 2);
    }
    void a_pod_asks_for_what_the_scheduler_holds_free() {
        QFETCH(QString, pod);
        QFETCH(double, cores);
        const auto wanted = requested_by(Json::parse(pod.toStdString()), "cpu");
        QVERIFY(wanted.has_value());
        QVERIFY2(std::abs(*wanted - cores) < 1e-9, qPrintable(QString::number(*wanted)));
        QCOMPARE(*requested_by(Json::parse(pod.toStdString()), "pods"), 1.0);
    }

    void pods_count_on_their_nodes_while_they_run() {
        Json ended = pod_with({asking("1")}), waiting = pod_with({asking("1")});
        ended["status"]["phase"] = "Succeeded";
        waiting["spec"].erase("nodeName");
        Json other = pod_with({asking("4")});
        other["spec"]["nodeName"] = "node-b";
        ByNode requested{{"node-a", 1}};
        QVERIFY(
            add_requests(Json::array({pod_with({asking("1")}), ended, waiting, other}), "cpu", requested).has_value());
        QCOMPARE(requested, (ByNode{{"node-a", 2}, {"node-b", 4}}));
        QVERIFY(add_requests(Json::array({pod_with({asking("1")})}), "memory", requested).has_value());
        QCOMPARE(requested["node-a"], 2 + 1073741824.0);
        const auto wrong = add_requests(Json::array({pod_with({asking("lots")})}), "cpu", requested);
        QVERIFY(!wrong.has_value());
        QCOMPARE(wrong.error().what, std::string("of the pod n/p: 'lots' is not an amount as Kubernetes spells them"));
    }

    void a_node_takes_pods_or_not_data() {
        QTest::addColumn<QString>("node");
        QTest::addColumn<bool>("ordinary");
        QTest::addColumn<bool>("chosen");
        const auto row = [](const char* title, const char* ready, const Json& spec, bool ordinary, bool chosen) {
            const Json node = {{"spec", spec},
                               {"status", {{"conditions", Json::array({{{"type", "Ready"}, {"status", ready}}})}}}};
            QTest::newRow(title) << QString::fromStdString(node.dump()) << ordinary << chosen;
        };
        const Json tainted = {{"taints", Json::array({{{"key", "gpu"}, {"effect", "NoSchedule"}}})}};
        row("ready", "True", Json::object(), true, true);
        row("not ready", "False", Json::object(), false, false);
        row("not heard of", "Unknown", Json::object(), false, false);
        row("cordoned", "True", {{"unschedulable", true}}, false, false);
        row("tainted", "True", tainted, false, true);
        row("a taint that only asks", "True",
            {{"taints", Json::array({{{"key", "old"}, {"effect", "PreferNoSchedule"}}})}}, true, true);
    }
    void a_node_takes_pods_or_not() {
        QFETCH(QString, node);
        const Json read = Json::parse(node.toStdString());
        QTEST(takes_pods(read, false), "ordinary");
        QTEST(takes_pods(read, true), "chosen");
        QCOMPARE(condition_of(read, "MemoryPressure"), std::string());
        QVERIFY(allocatable(read, "cpu").has_value() && !allocatable(read, "cpu")->has_value());
    }

    void use_is_that_of_the_containers_that_have_a_limit() {
        const Json metrics = {
            {"containers", Json::array({{{"name", "app"}, {"usage", {{"cpu", "250m"}, {"memory", "512Mi"}}}},
                                        {{"name", "mesh"}, {"usage", {{"cpu", "1500000n"}, {"memory", "1Ki"}}}}})}};
        QCOMPARE(*used(metrics, "cpu"), 0.2515);
        QCOMPARE(*used(metrics, "memory", {{"app", 1}}), 536870912.0);
        QCOMPARE(*used(Json{{"usage", {{"cpu", "2"}}}}, "cpu"), 2.0);
        QVERIFY(!used(Json{{"usage", {{"cpu", "2"}}}}, "memory").has_value());
        Json workload;
        workload["spec"]["template"]["spec"]["containers"] =
            Json::array({{{"name", "app"}, {"resources", {{"limits", {{"memory", "1Gi"}}}}}}});
        QCOMPARE(*limits_of(workload, "memory"), (std::map<std::string, double>{{"app", 1073741824.0}}));
        const auto none = limits_of(workload, "cpu");
        QVERIFY(!none.has_value() && none.error().code == ErrorCode::not_found);
        QCOMPARE(none.error().what, std::string("the container app has no limit of cpu, so nothing is a share of it"));
    }
};

SLUICE_TEST(ResourcesTest)
#include "resources_test.moc"
