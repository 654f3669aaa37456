#include "rehearsed.h"

#include "support/suite.h"

#include <algorithm>

using namespace sluice;
using namespace sluice::range;

class ClusterApiTest : public QObject {
    Q_OBJECT
private slots:
    void the_world_stands_when_the_rehearsal_begins() {
        Rehearsed r;
        const Json blue = r.get(r.blue);
        QCOMPARE(blue["status"]["availableReplicas"].get<int>(), 3);
        QCOMPARE(blue["status"]["observedGeneration"], blue["metadata"]["generation"]);
        const Json pods = r.get("/api/v1/namespaces/production/pods?labelSelector=app%3Duser-service-blue");
        QCOMPARE(pods["items"].size(), std::size_t{3});
        QCOMPARE(pods["items"][0]["status"]["phase"].get<std::string>(), "Running");
        const Json nodes = r.get("/apis/metrics.k8s.io/v1beta1/nodes");
        QCOMPARE(nodes["items"].size(), std::size_t{3});
        const int cpu = QString::fromStdString(nodes["items"][0]["usage"]["cpu"].get<std::string>()).chopped(1).toInt();
        QVERIFY2(cpu >= 16'000 * 0.35 && cpu <= 16'000 * 0.5, qPrintable(QString::number(cpu)));
        QCOMPARE(r.get("/api/v1/persistentvolumeclaims")["items"][1]["status"]["phase"].get<std::string>(), "Bound");
    }

    void the_date_header_is_in_virtual_time() {
        Rehearsed r;
        QCOMPARE(QByteArray::fromStdString(std::string(r.api("GET", "/version").header("Date"))),
                 "Tue, 06 Jan 2026 02:00:00 GMT");
    }

    void a_rollout_becomes_ready_in_virtual_time() {
        Rehearsed r;
        QVERIFY(r.range->apply_manifest(file("tests/range/nova_green.yaml"), "green.yaml"));
        QVERIFY(!r.get(r.green).contains("status")); // the controller has not looked yet
        r.pass(seconds(3));
        const Json early = r.get(r.green);
        QCOMPARE(early["status"]["updatedReplicas"].get<int>(), 3);
        QVERIFY(!early["status"].contains("availableReplicas"));
        QVERIFY(r.rolled_out(r.green));
        const Nanos took = r.scheduler.now() - tuesday;
        QVERIFY2(took > seconds(8) && took < seconds(20), qPrintable(QString::number(took.seconds())));
    }

    void a_new_image_rolls_over_without_losing_availability() {
        Rehearsed r;
        const auto changed = r.api(
            "PATCH", r.blue,
            R"({"spec":{"template":{"spec":{"containers":[{"name":"user-service","image":"nova/user-service:v1.2.5"}]}}}})",
            "application/strategic-merge-patch+json");
        QCOMPARE(changed.status, 200);
        const Json stored = Json::parse(changed.body);
        QCOMPARE(stored["spec"]["template"]["spec"]["containers"][0]["ports"][0]["containerPort"].get<int>(), 8081);
        int least = 3, most = 3;
        for (int i = 0; i < 90; ++i) {
            r.pass(seconds(1));
            const Json status = r.get(r.blue)["status"];
            least = std::min(least, status.value("availableReplicas", 0));
            most = std::max(most, status.value("replicas", 0));
        }
        QCOMPARE(least, 3); // 25 % of 3 may be missing, rounded down: none
        QCOMPARE(most, 4);
        QVERIFY(r.rolled_out(r.blue));
        QCOMPARE(r.get(r.blue)["metadata"]["annotations"]["deployment.kubernetes.io/revision"].get<std::string>(), "2");
        const Json sets = r.get("/apis/apps/v1/namespaces/production/replicasets");
        QCOMPARE(sets["items"].size(), std::size_t{2});
    }

    void an_image_that_is_missing_ends_in_a_deadline() {
        Rehearsed r({"T+0s image missing on green"});
        QVERIFY(r.range->apply_manifest(file("tests/range/nova_green.yaml"), "green.yaml"));
        r.pass(seconds(30));
        const Json pods = r.get("/api/v1/namespaces/production-green/pods");
        QCOMPARE(pods["items"][0]["status"]["containerStatuses"][0]["state"]["waiting"]["reason"].get<std::string>(),
                 "ImagePullBackOff");
        r.pass(minutes(10));
        const Json conditions = r.get(r.green)["status"]["conditions"];
        const bool exceeded = std::any_of(conditions.begin(), conditions.end(), [](const Json& c) {
            return c["reason"] == "ProgressDeadlineExceeded" && c["status"] == "False";
        });
        QVERIFY(exceeded);
        QCOMPARE(r.get(r.blue)["status"]["availableReplicas"].get<int>(), 3);
    }

    void crashed_pods_come_back_when_the_fault_ends() {
        Rehearsed r({"T+60s pods crash for 2m on blue"});
        r.pass(seconds(90));
        QVERIFY(!r.get(r.blue)["status"].contains("availableReplicas"));
        const auto health = r.api("GET", "/api/v1/namespaces/production/services/user-service-blue:8081/proxy/health");
        QCOMPARE(health.status, 503);
        QCOMPARE(r.query("sum(up{job=\"user-service\"})"), 0.0);
        QVERIFY(std::isnan(r.query("sum(nova_http_requests_total)"))); // stale, not merely old
        r.pass(minutes(3));
        QCOMPARE(r.get(r.blue)["status"]["availableReplicas"].get<int>(), 3);
    }

    void scaling_to_zero_leaves_no_pods() {
        Rehearsed r;
        const auto scaled = r.merge(std::string(r.blue) + "/scale", R"({"spec":{"replicas":0}})");
        QCOMPARE(scaled.status, 200);
        QCOMPARE(Json::parse(scaled.body)["kind"].get<std::string>(), "Scale");
        r.pass(seconds(5));
        QCOMPARE(r.get("/api/v1/namespaces/production/pods")["items"].size(), std::size_t{0});
        QVERIFY(r.rolled_out(r.blue));
    }

    void a_stale_version_is_a_conflict() {
        Rehearsed r;
        const std::string version = r.get(r.ingress)["metadata"]["resourceVersion"];
        QCOMPARE(
            r.merge(r.ingress, R"({"metadata":{"resourceVersion":")" + version + R"(","labels":{"a":"b"}}})").status,
            200);
        const auto late =
            r.merge(r.ingress, R"({"metadata":{"resourceVersion":")" + version + R"(","labels":{"a":"c"}}})");
        QCOMPARE(late.status, 409);
        const Json status = Json::parse(late.body);
        QCOMPARE(status["kind"].get<std::string>(), "Status");
        QCOMPARE(status["reason"].get<std::string>(), "Conflict");
        QVERIFY(status["message"].get<std::string>().find("ingresses.networking.k8s.io \"api-ingress\"") !=
                std::string::npos);
    }

    void somebody_elses_edit_is_a_conflict_once() {
        Rehearsed r({"T+10s conflict"});
        const std::string version = r.get(r.ingress)["metadata"]["resourceVersion"];
        r.pass(seconds(11));
        QCOMPARE(
            r.merge(r.ingress, R"({"metadata":{"resourceVersion":")" + version + R"(","labels":{"a":"b"}}})").status,
            409);
        const Json now = r.get(r.ingress);
        QVERIFY(now["metadata"]["managedFields"].dump().find("kubectl-edit") != std::string::npos);
        const std::string fresh = now["metadata"]["resourceVersion"];
        QCOMPARE(r.merge(r.ingress, R"({"metadata":{"resourceVersion":")" + fresh + R"(","labels":{"a":"b"}}})").status,
                 200);
    }

    void a_json_patch_tests_what_it_expects() {
        Rehearsed r;
        const std::string path = "/spec/rules/0/http/paths/0/backend/service/name";
        const auto patch = [&](const std::string& expected) {
            return r.api("PATCH", r.ingress,
                         R"([{"op":"test","path":")" + path + R"(","value":")" + expected +
                             R"("},{"op":"replace","path":")" + path + R"(","value":"user-service-green"}])",
                         "application/json-patch+json");
        };
        QCOMPARE(patch("somebody-elses").status, 422);
        QCOMPARE(patch("user-service-blue").status, 200);
        QCOMPARE(r.get(r.ingress).value(Json::json_pointer(path), ""), std::string("user-service-green"));
        QCOMPARE(r.get(r.ingress)["metadata"]["generation"].get<int>(), 2);
    }

    void applying_over_anothers_field_is_a_conflict() {
        Rehearsed r;
        const std::string body =
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: user-service-blue}\nspec: {replicas: 5}\n";
        const auto apply = [&](const std::string& query) {
            return r.api("PATCH", r.blue + query, body, "application/apply-patch+yaml");
        };
        const auto refused = apply("?fieldManager=sluice");
        QCOMPARE(refused.status, 409);
        QVERIFY(refused.body.find("conflict with \\\"helm\\\": .spec.replicas") != std::string::npos);
        QCOMPARE(apply("?fieldManager=sluice&force=true").status, 200);
        QCOMPARE(r.get(r.blue)["spec"]["replicas"].get<int>(), 5);
        QCOMPARE(apply("?fieldManager=sluice").status, 200);
    }

    void a_dry_run_changes_nothing() {
        Rehearsed r;
        const Json before = r.get(r.blue);
        const auto dry = r.merge(std::string(r.blue) + "?dryRun=All", R"({"spec":{"replicas":7}})");
        QCOMPARE(Json::parse(dry.body)["spec"]["replicas"].get<int>(), 7);
        QCOMPARE(r.get(r.blue), before);
        QVERIFY(r.range->writes().all().back().dry_run);
    }

    void refusals_are_status_objects_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("media");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("reason");
        const QString blue = Rehearsed::blue;
        QTest::newRow("no such object") << "GET" << blue + "x"
                                        << ""
                                        << "" << 404 << "NotFound";
        QTest::newRow("no such resource") << "GET"
                                          << "/apis/apps/v1/gadgets"
                                          << ""
                                          << "" << 404 << "NotFound";
        QTest::newRow("no such namespace") << "POST"
                                           << "/api/v1/namespaces/nowhere/configmaps"
                                           << R"({"metadata":{"name":"a"}})"
                                           << "application/json" << 404 << "NotFound";
        QTest::newRow("already there") << "POST"
                                       << "/api/v1/namespaces"
                                       << R"({"metadata":{"name":"production"}})"
                                       << "application/json" << 409 << "AlreadyExists";
        QTest::newRow("replicas below 0") << "PATCH" << blue << R"({"spec":{"replicas":-1}})"
                                          << "application/merge-patch+json" << 422 << "Invalid";
        QTest::newRow("weight that is no string")
            << "PATCH" << Rehearsed::ingress
            << R"({"metadata":{"annotations":{"nginx.ingress.kubernetes.io/canary-weight":25}}})"
            << "application/merge-patch+json" << 422 << "Invalid";
        QTest::newRow("not JSON") << "PATCH" << blue << "{"
                                  << "application/merge-patch+json" << 400 << "BadRequest";
        QTest::newRow("unknown media type") << "PATCH" << blue << "{}"
                                            << "text/plain" << 415 << "UnsupportedMediaType";
        QTest::newRow("uid of another") << "DELETE" << blue << R"({"preconditions":{"uid":"x"}})"
                                        << "application/json" << 409 << "Conflict";
        QTest::newRow("a watch") << "GET"
                                 << "/api/v1/pods?watch=true"
                                 << ""
                                 << "" << 405 << "MethodNotAllowed";
    }
    void refusals_are_status_objects() {
        QFETCH(QString, method);
        QFETCH(QString, path);
        QFETCH(QString, body);
        QFETCH(QString, media);
        QFETCH(int, code);
        QFETCH(QString, reason);
        Rehearsed r;
        const auto answer = r.api(method.toStdString(), path.toStdString(), body.toStdString(), media.toStdString());
        QCOMPARE(answer.status, code);
        const Json status = Json::parse(answer.body);
        QCOMPARE(QString::fromStdString(status["kind"]), "Status");
        QCOMPARE(QString::fromStdString(status["reason"]), reason);
        QCOMPARE(status["code"].get<int>(), code);
    }

    void without_the_token_nothing_is_told() {
        Rehearsed r;
        const auto answer = r.send("GET", r.range->addresses().kubernetes + "/api/v1/pods");
        QCOMPARE(answer->status, 401);
    }

    void it_speaks_tls_with_an_authority_of_its_own() {
        Rehearsed r({}, 1, true);
        QCOMPARE(r.api("GET", r.blue).status, 200);
        QCOMPARE(r.merge(r.blue, R"({"metadata":{"labels":{"a":"b"}}})").status, 200);
        r.tls = nullptr; // the system's authorities do not know it
        const auto refused = r.send("GET", r.range->addresses().kubernetes + "/version");
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::unreachable);
    }

    void a_slow_api_lets_virtual_time_pass() {
        Rehearsed r({"T+0s api slow 5s"});
        r.pass(seconds(1));
        const Nanos before = r.scheduler.now();
        QCOMPARE(r.api("GET", r.blue).status, 200);
        QCOMPARE((r.scheduler.now() - before).count, seconds(5).count);
        const auto late = r.send("PATCH", r.range->addresses().kubernetes + r.blue, R"({"spec":{"replicas":4}})",
                                 {{"Authorization", "Bearer " + r.range->addresses().token},
                                  {"Content-Type", "application/merge-patch+json"}},
                                 seconds(2));
        QCOMPARE(late.error().code, ErrorCode::timed_out);
        r.pass(seconds(20));
        QCOMPARE(r.get(r.blue)["spec"]["replicas"].get<int>(), 4); // it was applied all the same
    }

    void an_api_that_is_down_does_nothing() {
        Rehearsed r({"T+0s api down for 1m"});
        r.pass(seconds(1));
        QCOMPARE(r.merge(r.blue, R"({"spec":{"replicas":4}})").status, 0);
        r.pass(minutes(1));
        QCOMPARE(r.get(r.blue)["spec"]["replicas"].get<int>(), 3);
    }

    void every_writing_request_is_noted() {
        Rehearsed r;
        r.merge(r.blue, R"({"spec":{"replicas":4}})");
        r.get(r.blue);
        r.api(
            "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            R"({"spec":{"resourceAttributes":{"group":"apps","resource":"deployments","verb":"patch","namespace":"production"}}})",
            "application/json");
        const auto& all = r.range->writes().all();
        QCOMPARE(all.size(), std::size_t{1});
        QCOMPARE(all[0].method, "PATCH");
        QCOMPARE(all[0].path, r.blue);
        QCOMPARE(all[0].request_id, "test/1");
        QCOMPARE(all[0].status, 200);
    }

    void what_a_chart_installed_can_be_taken_away() {
        Rehearsed r;
        r.green_up();
        QVERIFY(r.range->remove("production-green/deployment/user-service-green"));
        r.pass(seconds(5));
        QCOMPARE(r.api("GET", r.green).status, 404);
        QCOMPARE(r.get("/api/v1/namespaces/production-green/pods")["items"].size(), std::size_t{0});
        QVERIFY(!r.range->remove("production/gadget/x"));
    }

    void a_pod_s_log_is_cut_and_stamped_as_it_is_asked_for() {
        Rehearsed r({"T+2m errors 5% for 1m on blue"});
        r.pass(minutes(4));
        const Json pods = r.get("/api/v1/namespaces/production/pods");
        std::string pod;
        for (const Json& one : pods["items"]) {
            const std::string name = one["metadata"]["name"];
            pod = pod.empty() && name.starts_with("user-service-blue") ? name : pod;
        }
        const auto log = [&](const std::string& query) {
            return r.api("GET", "/api/v1/namespaces/production/pods/" + pod + "/log?" + query);
        };
        const auto lines = [&](const std::string& query) {
            const std::string body = log(query).body;
            return std::count(body.begin(), body.end(), '\n');
        };
        const std::string since = "timestamps=true&sinceTime=2026-01-06T02%3A01%3A50.000Z";
        const std::string body = log(since).body;
        QVERIFY2(body.starts_with("2026-01-06T02:02:00Z 2026-01-06T02:02:00Z INFO "), body.c_str());
        QVERIFY(body.find("\n2026-01-06T02:02:30Z 2026-01-06T02:02:30Z ERROR ") != std::string::npos);
        QCOMPARE(lines(since + "&tailLines=1"), 1);
        QCOMPARE(log(since + "&limitBytes=100").body, body.substr(0, 100));
        QVERIFY(lines("sinceTime=2026-01-06T02%3A03%3A30Z") < lines(since));
        QCOMPARE(log("sinceTime=yesterday").status, 400);
        QCOMPARE(log("previous=true").status, 400);
        QCOMPARE(log("container=nobody").status, 400);
    }

    void a_job_runs_to_its_end() {
        Rehearsed r;
        QVERIFY(r.range->apply_manifest(
            "apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate, namespace: production}\nspec:\n  template:\n   "
            " metadata: "
            "{annotations: {sluice-range/takes: 40s}}\n    spec: {containers: [{name: m, image: 'nova/migrate:1'}]}\n",
            "job"));
        const std::string path = "/apis/batch/v1/namespaces/production/jobs/migrate";
        r.pass(seconds(30));
        QCOMPARE(r.get(path)["status"]["active"].get<int>(), 1);
        r.pass(seconds(20));
        QCOMPARE(r.get(path)["status"]["succeeded"].get<int>(), 1);
    }
};

SLUICE_TEST(ClusterApiTest)
#include "cluster_api_test.moc"
