#include "sources/cluster_source.h"

#include "base/json.h"
#include "base/virtual_scheduler.h"
#include "sources/fake_http.h"
#include "support/kubernetes_fixture.h"
#include "support/suite.h"

#include <QtTest>
#include <map>

using namespace sluice;
using namespace sluice::sources;
using series::Status;
using testing::deployment;
using What = plan::ClusterNumber::What;

namespace {

constexpr const char* of_workload = "/apis/apps/v1/namespaces/production/deployments/user-service-blue";
constexpr const char* of_pods = "/api/v1/namespaces/production/pods?labelSelector=app%3Duser-service-blue";
constexpr const char* of_use =
    "/apis/metrics.k8s.io/v1beta1/namespaces/production/pods?labelSelector=app%3Duser-service-blue";
constexpr const char* first_page =
    "/api/v1/pods?fieldSelector=status.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed&limit=500";

/// A cluster that answers what the test says, by path; what it does not know of is no API of it.
struct Cluster {
    VirtualScheduler scheduler{seconds(1'767'225'600)};
    std::map<std::string, net::HttpResponse> answers;
    testing::FakeHttp http{scheduler, [this](const net::HttpRequest& request) -> Result<net::HttpResponse> {
                               const auto slash = request.url.find('/', request.url.find("://") + 3);
                               const auto found = answers.find(request.url.substr(slash));
                               return found != answers.end() ? found->second : said(404, Json::object());
                           }};
    kubernetes::Client client{http, scheduler, testing::ClusterFixture::cluster(),
                              [](const std::string&) -> Result<std::string> { return std::string(); }};
    std::shared_ptr<ClusterReader> reader = std::make_shared<ClusterReader>(http, client);

    static net::HttpResponse said(int status, const Json& body) {
        return {status, {{"Date", "Thu, 01 Jan 2026 00:00:00 GMT"}}, body.dump()};
    }
    void says(const std::string& path, const Json& body, int status = 200) { answers[path] = said(status, body); }
    void lists(const std::string& path, const Json& items) { says(path, {{"items", items}}); }

    std::unique_ptr<ClusterSource> source(const ClusterMetric& metric) {
        return std::make_unique<ClusterSource>(reader, scheduler, metric);
    }
    series::SampleBatch poll(const ClusterMetric& metric) {
        auto asked = source(metric);
        std::optional<series::SampleBatch> answer;
        asked->poll(scheduler.now() + seconds(5), "poll/m/1",
                    [&](series::SampleBatch batch) { answer = std::move(batch); });
        scheduler.run_until(scheduler.now() + seconds(6));
        return answer.value();
    }
};

ClusterMetric metric_of(What what, const std::string& of = {}, plan::Reduce reduce = plan::Reduce::sum) {
    plan::Metric metric;
    metric.name = "m";
    metric.unit = of == "memory" ? "bytes" : "count";
    metric.reduce = what == What::ready || what == What::rollout ? plan::Reduce::none : reduce;
    metric.cluster = plan::ClusterNumber{};
    metric.cluster->what = what;
    metric.cluster->of = of;
    if (plan::of_workload(what) || what == What::usage) {
        metric.cluster->object = "deployment/user-service-${colour}";
        metric.cluster->name_space = "production";
    }
    return cluster_metric(metric, {{"colour", "blue"}}).value();
}

ClusterMetric of_nodes(What what, const std::string& of, plan::Reduce reduce = plan::Reduce::sum) {
    auto metric = metric_of(what, of, reduce);
    metric.number.object = what == What::usage ? "nodes" : "";
    metric.workload.reset();
    return metric;
}

Json pod(const char* name, bool ready, const char* waiting = nullptr, int restarts = 0) {
    Json container = {{"name", "app"}, {"ready", ready}, {"image", "nova:v2"}, {"restartCount", restarts}};
    if (waiting != nullptr) {
        container["state"]["waiting"]["reason"] = waiting;
    }
    Json made = {{"metadata", {{"name", name}, {"namespace", "production"}}}};
    made["status"]["conditions"] = Json::array({{{"type", "Ready"}, {"status", ready ? "True" : "False"}}});
    made["status"]["containerStatuses"] = Json::array({container});
    return made;
}

Json node(const char* name, const char* ready, const char* pressure = "False", const char* cores = "4") {
    Json made = {{"metadata", {{"name", name}}}, {"spec", Json::object()}};
    made["status"]["allocatable"] = {{"cpu", cores}, {"memory", "8Gi"}, {"pods", "110"}};
    made["status"]["conditions"] = Json::array({{{"type", "Ready"}, {"status", ready}}});
    if (*pressure != '\0') {
        made["status"]["conditions"].push_back({{"type", "MemoryPressure"}, {"status", pressure}});
    }
    return made;
}

Json use_of(const char* name, const char* cpu, const char* at = "2025-12-31T23:59:40Z") {
    return {{"metadata", {{"name", name}, {"namespace", "production"}}},
            {"timestamp", at},
            {"containers", Json::array({{{"name", "app"}, {"usage", {{"cpu", cpu}, {"memory", "1Gi"}}}}})}};
}

/// "3", "3: words", "no-data words"; several by labels.
QString told(const series::SampleBatch& batch) {
    QStringList all;
    for (const auto& reading : batch.readings) {
        std::string labels;
        for (const auto& [name, value] : reading.labels) {
            labels += name == "namespace" ? "" : value + " ";
        }
        const std::string detail = reading.detail.empty() ? "" : ": " + reading.detail;
        all << QString::fromStdString(labels + (reading.status == Status::ok
                                                    ? number_text(reading.value) + detail
                                                    : std::string(name(reading.status)) + " " + reading.detail));
    }
    return all.join("; ");
}

} // namespace

class ClusterSourceTest : public QObject {
    Q_OBJECT
private slots:
    void what_is_ready_is_asked_once_and_pods_only_where_some_are_not() {
        Cluster cluster;
        cluster.says(of_workload, deployment());
        QCOMPARE(told(cluster.poll(metric_of(What::ready))), QString("5"));
        QCOMPARE(told(cluster.poll(metric_of(What::rollout))), QString("1"));
        QCOMPARE(cluster.http.requests.size(), std::size_t{2});
        QCOMPARE(cluster.http.requests[0].pool, net::Pool::polling);
        Json less = deployment();
        less["status"]["readyReplicas"] = less["status"]["availableReplicas"] = 4;
        cluster.says(of_workload, less);
        cluster.lists(of_pods, {pod("a", true), pod("b", false, "CrashLoopBackOff")});
        QCOMPARE(told(cluster.poll(metric_of(What::ready))),
                 QString("4: 4 of 5 are ready, CrashLoopBackOff on 1 pod (nova:v2): read the pod's log from its start: "
                         "variables missing, a database not reached, configuration, out of memory"));
        QCOMPARE(cluster.http.requests.size(), std::size_t{4});
    }

    void what_an_older_spec_counted_is_no_data() {
        Cluster cluster;
        Json changed = deployment();
        changed["metadata"]["generation"] = 4;
        cluster.says(of_workload, changed);
        cluster.lists(of_pods, Json::array());
        QCOMPARE(told(cluster.poll(metric_of(What::ready))),
                 QString("no-data the controller has not seen the change yet"));
        QCOMPARE(told(cluster.poll(metric_of(What::rollout))),
                 QString("0: the controller has not seen the change yet"));
    }

    void a_rollout_tells_its_state_its_cause_and_what_the_runbook_says_data() {
        QTest::addColumn<QString>("condition");
        QTest::addColumn<QString>("waiting");
        QTest::addColumn<QString>("expected");
        QTest::newRow("under way") << "ReplicaSetUpdated"
                                   << ""
                                   << "0: 2 of 5 new replicas are up";
        QTest::newRow("an image that is not there")
            << "ReplicaSetUpdated"
            << "ImagePullBackOff"
            << "-1: 2 of 5 new replicas are up, ImagePullBackOff on 1 pod (nova:v2): is the image in the registry, and "
               "is the pull secret right? the pod's events tell more";
        QTest::newRow("what the plan says comes first")
            << "ReplicaSetUpdated"
            << "CrashLoopBackOff"
            << "-1: 2 of 5 new replicas are up, CrashLoopBackOff on 1 pod (nova:v2): call the database's team";
        QTest::newRow("a cause of which nobody says anything")
            << "ReplicaSetUpdated"
            << "Sulking"
            << "-1: 2 of 5 new replicas are up, Sulking on 1 pod (nova:v2)";
        QTest::newRow("out of time")
            << "ProgressDeadlineExceeded"
            << ""
            << "-2: ProgressDeadlineExceeded: does its readiness probe fail, is a quota used up, has the cluster room? "
               "if it stays, roll back";
    }
    void a_rollout_tells_its_state_its_cause_and_what_the_runbook_says() {
        QFETCH(QString, condition);
        QFETCH(QString, waiting);
        Cluster cluster;
        Json half = deployment();
        half["status"]["updatedReplicas"] = 2;
        half["status"]["conditions"] = Json::array({{{"type", "Progressing"}, {"reason", condition.toStdString()}}});
        cluster.says(of_workload, half);
        cluster.lists(of_pods, Json::array({pod("a", false, waiting.isEmpty() ? nullptr : qPrintable(waiting))}));
        auto metric = metric_of(What::rollout);
        metric.number.advice["CrashLoopBackOff"] = "call the database's team";
        QTEST(told(cluster.poll(metric)), "expected");
    }

    void restarts_are_told_pod_by_pod_or_together() {
        Cluster cluster;
        cluster.says(of_workload, deployment());
        Json killed = pod("b", true, nullptr, 3), leaving = pod("z", true, nullptr, 9);
        killed["status"]["containerStatuses"][0]["lastState"]["terminated"]["reason"] = "OOMKilled";
        leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
        cluster.lists(of_pods, Json::array({pod("a", true, nullptr, 1), killed, pod("c", true), leaving}));
        QCOMPARE(told(cluster.poll(metric_of(What::restarts))), QString("4: of a, b (OOMKilled)"));
        QCOMPARE(told(cluster.poll(metric_of(What::restarts, "", plan::Reduce::max))),
                 QString("3: of a, b (OOMKilled)"));
        QCOMPARE(told(cluster.poll(metric_of(What::restarts, "", plan::Reduce::each))),
                 QString("a 1; b 3: last for OOMKilled; c 0"));
        cluster.lists(of_pods, Json::array());
        QCOMPARE(told(cluster.poll(metric_of(What::restarts))),
                 QString("no-data deployment production/user-service-blue has no pods"));
    }

    void nodes_are_counted_and_named_data() {
        QTest::addColumn<QString>("condition");
        QTest::addColumn<QString>("expected");
        QTest::newRow("ready") << "ready"
                               << "1: not b, c";
        QTest::newRow("not ready, nor heard of") << "not-ready"
                                                 << "2: b, c";
        QTest::newRow("one that does not tell") << "memory-pressure"
                                                << "no-data c does not tell memory-pressure";
        QTest::newRow("what only some tell") << "network-unavailable"
                                             << "0";
        QTest::newRow("cordoned") << "cordoned"
                                  << "1: a";
    }
    void nodes_are_counted_and_named() {
        QFETCH(QString, condition);
        Cluster cluster;
        Json a = node("a", "True");
        a["spec"]["unschedulable"] = true;
        cluster.lists("/api/v1/nodes", Json::array({a, node("b", "False", "True"), node("c", "Unknown", "Unknown")}));
        QTEST(told(cluster.poll(of_nodes(What::nodes, condition.toStdString()))), "expected");
    }

    void nodes_can_be_chosen_and_none_is_no_data() {
        Cluster cluster;
        auto metric = of_nodes(What::nodes, "memory-pressure", plan::Reduce::each);
        metric.number.selector = "pool=shop";
        cluster.lists("/api/v1/nodes?labelSelector=pool%3Dshop",
                      Json::array({node("a", "True"), node("b", "True", "")}));
        QCOMPARE(told(cluster.poll(metric)), QString("a 0; b no-data b does not tell memory-pressure"));
        cluster.lists("/api/v1/nodes?labelSelector=pool%3Dshop", Json::array());
        QCOMPARE(told(cluster.poll(metric)), QString("no-data no such node"));
    }

    void use_is_as_old_as_the_cluster_s_measurement() {
        Cluster cluster;
        cluster.says(of_workload, deployment(2));
        cluster.lists(of_use, Json::array({use_of("a", "250m"), use_of("b", "500m", "2025-12-31T23:59:15Z")}));
        const auto sum = cluster.poll(metric_of(What::usage, "cpu"));
        QCOMPARE(told(sum), QString("0.75"));
        QCOMPARE(sum.readings[0].age(), seconds(45)); // of the older one, by the server's clock
        QVERIFY(sum.degraded.empty());
        QCOMPARE(told(cluster.poll(metric_of(What::usage, "memory", plan::Reduce::max))), QString("1073741824"));
        cluster.says(of_workload, deployment(3));
        QCOMPARE(cluster.poll(metric_of(What::usage, "cpu")).degraded,
                 (std::vector<std::string>{"only 2 of 3 ready pods were measured"}));
        cluster.lists(of_use, Json::array());
        QCOMPARE(told(cluster.poll(metric_of(What::usage, "cpu"))), QString("no-data nothing was measured yet"));
    }

    void a_share_is_of_limits_or_of_what_a_node_can_give() {
        Cluster cluster;
        auto metric = metric_of(What::usage, "cpu", plan::Reduce::max);
        metric.unit = "ratio";
        Json workload = deployment(1);
        workload["spec"]["template"]["spec"]["containers"] = Json::array({{{"name", "app"}}});
        cluster.says(of_workload, workload);
        cluster.lists(of_use, Json::array({use_of("a", "250m")}));
        QCOMPARE(told(cluster.poll(metric)),
                 QString("source-error the container app has no limit of cpu, so nothing is a share of it"));
        workload["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["cpu"] = "1";
        cluster.says(of_workload, workload);
        QCOMPARE(told(cluster.poll(metric)), QString("0.25"));
        auto nodes = of_nodes(What::usage, "cpu", plan::Reduce::each);
        nodes.unit = "ratio";
        cluster.lists("/api/v1/nodes", Json::array({node("a", "True")}));
        Json used = use_of("a", "1");
        used["usage"] = {{"cpu", "3"}, {"memory", "2Gi"}};
        Json gone = used;
        gone["metadata"]["name"] = "b";
        cluster.lists("/apis/metrics.k8s.io/v1beta1/nodes", Json::array({used, gone}));
        QCOMPARE(told(cluster.poll(nodes)), QString("a 0.75; b no-data b does not tell what it can give"));
    }

    void room_is_added_up_page_by_page() {
        Cluster cluster;
        Json full = pod("p", true), tainted = node("gpu", "True");
        full["spec"] = {{"nodeName", "a"}};
        full["spec"]["containers"] =
            Json::array({{{"name", "app"}, {"resources", {{"requests", {{"cpu", "1500m"}}}}}}});
        tainted["spec"]["taints"] = Json::array({{{"key", "gpu"}, {"effect", "NoSchedule"}}});
        cluster.lists("/api/v1/nodes",
                      Json::array({node("a", "True"), node("b", "True"), node("c", "False"), tainted}));
        cluster.says(first_page, {{"items", Json::array({full})}, {"metadata", {{"continue", "next/1"}}}});
        cluster.lists(std::string(first_page) + "&continue=next%2F1", Json::array({full}));
        QCOMPARE(told(cluster.poll(of_nodes(What::capacity, "cpu"))), QString("5"));
        QCOMPARE(told(cluster.poll(of_nodes(What::capacity, "cpu", plan::Reduce::max))), QString("4"));
        QCOMPARE(told(cluster.poll(of_nodes(What::capacity, "pods", plan::Reduce::each))), QString("a 108; b 110"));
        cluster.says(first_page, {{"items", Json::array()}, {"metadata", {{"continue", "next/1"}}}});
        cluster.says(std::string(first_page) + "&continue=next%2F1",
                     {{"items", Json::array()}, {"metadata", {{"continue", "next/1"}}}});
        QCOMPARE(told(cluster.poll(of_nodes(What::capacity, "cpu"))),
                 QString("source-error the cluster has over 20000 pods"));
        QVERIFY(cluster.http.requests.size() < 60);
    }

    void what_can_not_be_read_is_told_with_what_is_wanted_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("path"); // that answers so
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* title, const char* what, const char* path, int status, const char* body,
                            const char* expected) {
            QTest::newRow(title) << QString(what) << QString(path) << status << QString(body) << QString(expected);
        };
        constexpr const char* no = R"({"kind":"Status","status":"Failure"})";
        row("a workload that is not there", "ready", of_workload, 404,
            R"({"kind":"Status","reason":"NotFound","details":{"name":"user-service-blue"}})",
            "no-data deployment production/user-service-blue is not there");
        row("a 404 of something else", "ready", of_workload, 404, "<html>nginx</html>",
            "source-error the cluster knows no deployments.apps");
        row("no right to get", "ready", of_workload, 403, no,
            "source-error the cluster does not let us get deployments.apps in the namespace production: needs a role "
            "that "
            "allows 'get' on deployments.apps");
        row("no right to list", "restarts", of_pods, 403, no,
            "source-error the cluster does not let us list pods in the namespace production: needs a role that allows "
            "'list' on pods");
        row("no right to nodes", "nodes", "/api/v1/nodes", 403, no,
            "source-error the cluster does not let us list nodes: needs a role that allows 'list' on nodes");
        row("a login that ended", "ready", of_workload, 401, no,
            "source-error the cluster does not accept our credentials: renew the login");
        row("no metrics-server", "usage", of_use, 404, "404 page not found",
            "source-error the cluster has no metrics.k8s.io: it needs a metrics-server");
        row("one that is down", "usage", of_use, 503, no,
            "source-error metrics.k8s.io does not answer (503): is the metrics-server at work?");
        row("too much to do", "ready", of_workload, 429, no, "source-error HTTP status 429");
        row("an error", "ready", of_workload, 500, no, "source-error HTTP status 500");
        row("a login page", "ready", of_workload, 200, "<html>",
            "source-error the answer is not what an API server sends");
        row("a list where an object is wanted", "ready", of_workload, 200, "[]",
            "source-error the answer is not what an API server sends");
        row("fields of other types", "ready", of_workload, 200, R"({"spec":{"replicas":"many"},"status":[]})",
            "source-error the answer is not what an API server sends");
        row("pods that are none", "restarts", of_pods, 200, R"({"items":[1,"x",null]})",
            "source-error the answer is not what an API server sends");
        row("no list at all", "restarts", of_pods, 200, R"({"items":{"a":1}})",
            "source-error the answer is not what an API server sends");
        row("no list either", "restarts", of_pods, 200, "{}",
            "source-error the answer is not what an API server sends");
        row("details of another shape", "ready", of_workload, 404, R"({"kind":"Status","details":[]})",
            "source-error the cluster knows no deployments.apps");
        row("a workload that selects everything", "restarts", of_workload, 200, R"({"spec":{"selector":{}}})",
            "source-error deployment production/user-service-blue selects no pods");
        row("an amount that is none", "usage", of_use, 200,
            R"({"items":[{"metadata":{"name":"a"},"containers":[{"name":"app","usage":{"cpu":"much"}}]}]})",
            "source-error a: 'much' is not an amount as Kubernetes spells them");
        row("no amount", "usage", of_use, 200, R"({"items":[{"metadata":{"name":"a"},"containers":[{"name":"app"}]}]})",
            "source-error a: no use of cpu is told");
    }
    void what_can_not_be_read_is_told_with_what_is_wanted() {
        QFETCH(QString, what);
        QFETCH(QString, path);
        QFETCH(int, status);
        QFETCH(QString, body);
        Cluster cluster;
        cluster.says(of_workload, deployment());
        auto& answer = cluster.answers[path.toStdString()];
        answer = Cluster::said(status, Json());
        answer.body = body.toStdString();
        const auto metric = what == "ready"      ? metric_of(What::ready)
                            : what == "restarts" ? metric_of(What::restarts)
                            : what == "usage"    ? metric_of(What::usage, "cpu")
                                                 : of_nodes(What::nodes, "ready");
        const auto batch = cluster.poll(metric);
        QTEST(told(batch), "expected");
        QCOMPARE(batch.unit, std::string("count"));
    }

    void an_answer_that_does_not_come_is_an_error_at_the_deadline() {
        Cluster cluster;
        cluster.http.delay = seconds(60);
        QCOMPARE(told(cluster.poll(metric_of(What::ready))), QString("source-error no answer in time"));
    }

    void metrics_of_one_workload_ask_together() {
        Cluster cluster;
        cluster.says(of_workload, deployment());
        cluster.lists(of_pods, Json::array({pod("a", true, nullptr, 2)}));
        const auto ready = cluster.source(metric_of(What::ready));
        const auto rollout = cluster.source(metric_of(What::rollout));
        const auto restarts = cluster.source(metric_of(What::restarts));
        QStringList all;
        const Nanos deadline = cluster.scheduler.now() + seconds(5);
        int number = 0;
        for (auto* source : {ready.get(), rollout.get(), restarts.get()}) {
            source->poll(deadline, "poll/" + std::to_string(++number),
                         [&](const series::SampleBatch& batch) { all << told(batch); });
        }
        cluster.scheduler.run_until(cluster.scheduler.now() + seconds(1));
        QCOMPARE(all, (QStringList{"5", "1", "2: of a"}));
        QCOMPARE(cluster.http.requests.size(), std::size_t{2}); // the workload, and its pods
        cluster.scheduler.run_until(cluster.scheduler.now() + seconds(1));
        ready->poll(cluster.scheduler.now() + seconds(5), "poll/later", [](const series::SampleBatch&) {});
        QCOMPARE(cluster.http.requests.size(), std::size_t{3}); // never by an old answer
        cluster.scheduler.run_until(cluster.scheduler.now() + seconds(1));
    }

    void one_that_is_gone_is_answered_nothing_and_keeps_nobody_from_his_answer() {
        Cluster cluster;
        cluster.says(of_workload, deployment());
        auto gone = cluster.source(metric_of(What::ready));
        auto stays = cluster.source(metric_of(What::rollout));
        int answers = 0;
        const auto count = [&](const series::SampleBatch&) { ++answers; };
        gone->poll(cluster.scheduler.now() + seconds(5), "poll/a", count);
        stays->poll(cluster.scheduler.now() + seconds(5), "poll/b", count);
        gone.reset();
        cluster.scheduler.run_until(cluster.scheduler.now() + seconds(1));
        QCOMPARE(answers, 1);
        // And with the last of them the question is taken back.
        auto last = cluster.source(metric_of(What::ready));
        last->poll(cluster.scheduler.now() + seconds(5), "poll/c", count);
        QCOMPARE(cluster.http.in_flight(), std::size_t{1});
        cluster.reader.reset();
        stays.reset();
        last.reset();
        QCOMPARE(cluster.http.in_flight(), std::size_t{0});
        cluster.scheduler.run_until(cluster.scheduler.now() + seconds(1));
        QCOMPARE(answers, 1);
    }

    void done_may_destroy_the_source_and_its_reader() {
        Cluster cluster;
        cluster.says(of_workload, deployment());
        auto one = cluster.source(metric_of(What::ready));
        auto other = cluster.source(metric_of(What::rollout));
        cluster.reader.reset();
        int answers = 0;
        one->poll(cluster.scheduler.now() + seconds(5), "poll/a", [&](const series::SampleBatch&) {
            ++answers;
            one.reset();
            other.reset();
        });
        other->poll(cluster.scheduler.now() + seconds(5), "poll/b", [&](const series::SampleBatch&) { ++answers; });
        cluster.scheduler.run_until(cluster.scheduler.now() + seconds(1));
        QCOMPARE(answers, 1);
    }

    void the_server_s_wish_to_be_left_alone_is_kept() {
        Cluster cluster;
        auto busy = Cluster::said(429, Json::object());
        busy.headers.emplace_back("Retry-After", "20");
        cluster.answers[of_workload] = busy;
        const auto source = cluster.source(metric_of(What::ready));
        Nanos rest;
        source->poll(cluster.scheduler.now() + seconds(5), "poll/a",
                     [&](const series::SampleBatch&) { rest = source->rest(); });
        cluster.scheduler.run_until(cluster.scheduler.now() + seconds(1));
        QCOMPARE(rest, seconds(20));
    }

    void what_the_cluster_says_is_shown_without_secrets_in_one_line_of_bounded_length() {
        Cluster cluster;
        auto secrets = std::make_shared<RedactionSet>();
        QVERIFY(secrets->add(Secret("s3cr3t-token"), "env:T").has_value());
        Json half = deployment();
        half["status"]["updatedReplicas"] = 2;
        cluster.says(of_workload, half);
        auto metric = metric_of(What::rollout);
        metric.redactions = secrets;
        const auto detail_with_image = [&](const std::string& image) {
            Json bad = pod("a", false, "ImagePullBackOff");
            bad["status"]["containerStatuses"][0]["image"] = image;
            cluster.lists(of_pods, Json::array({bad}));
            return cluster.poll(metric).readings.at(0).detail;
        };
        const auto secret = detail_with_image("reg/s3cr3t-token/x");
        QVERIFY2(secret.find("(reg/‹redacted›/x)") != std::string::npos, secret.c_str());
        QVERIFY(detail_with_image("a\nb").find("(a\\nb)") != std::string::npos);
        std::string umlauts; // 2 bytes each, so that some would be cut in the middle
        for (int i = 0; i < 100'000; ++i) {
            umlauts += "ä";
        }
        for (const char* before : {"", "x"}) {
            const auto cut = detail_with_image(before + umlauts);
            QVERIFY2(cut.size() < 600 && cut.find("…: is the image in the registry") != std::string::npos, cut.c_str());
            QVERIFY(QString::fromStdString(cut).toStdString() == cut); // no half of a character
        }
    }

    void what_is_filled_in_must_be_a_name() {
        plan::Metric metric;
        metric.name = "m";
        metric.cluster = plan::ClusterNumber{};
        metric.cluster->object = "deployment/${name}";
        metric.cluster->name_space = "n";
        QVERIFY(cluster_metric(metric, {{"name", "shop"}}).has_value());
        for (const char* wrong : {"", "../secrets", "a/b", "A"}) {
            QVERIFY2(!cluster_metric(metric, {{"name", wrong}}).has_value(), wrong);
        }
        QVERIFY(!cluster_metric(metric, {}).has_value());
    }
};

SLUICE_TEST(ClusterSourceTest)
#include "cluster_source_test.moc"
