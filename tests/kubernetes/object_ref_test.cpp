#include "kubernetes/object_ref.h"

#include "support/scripted_http.h"
#include "support/suite.h"

using namespace sluice;
using namespace sluice::kubernetes;

class ObjectRefTest : public QObject {
    Q_OBJECT
private slots:
    void kinds_are_found_by_every_name_and_give_the_path_data() {
        QTest::addColumn<QString>("object");
        QTest::addColumn<QString>("path");
        const auto row = [](const char* object, const char* path) { QTest::newRow(object) << object << path; };
        row("deployment/web", "/apis/apps/v1/namespaces/production/deployments/web");
        row("deploy/web", "/apis/apps/v1/namespaces/production/deployments/web");
        row("Deployments/web", "/apis/apps/v1/namespaces/production/deployments/web");
        row("deployment.apps/web", "/apis/apps/v1/namespaces/production/deployments/web");
        row("rs/web-7c9", "/apis/apps/v1/namespaces/production/replicasets/web-7c9");
        row("po/web-7c9-x", "/api/v1/namespaces/production/pods/web-7c9-x");
        row("svc/web", "/api/v1/namespaces/production/services/web");
        row("node/n1", "/api/v1/nodes/n1");
        row("ns/blue", "/api/v1/namespaces/blue");
        row("cm/web", "/api/v1/namespaces/production/configmaps/web");
        row("secret/web", "/api/v1/namespaces/production/secrets/web");
        row("pvc/data", "/api/v1/namespaces/production/persistentvolumeclaims/data");
        row("ing/api-ingress", "/apis/networking.k8s.io/v1/namespaces/production/ingresses/api-ingress");
        row("job/smoke", "/apis/batch/v1/namespaces/production/jobs/smoke");
        row("nodes.metrics.k8s.io/n1", "/apis/metrics.k8s.io/v1beta1/nodes/n1");
        row("podmetrics/web", "/apis/metrics.k8s.io/v1beta1/namespaces/production/pods/web");
        row("httproute/api", "/apis/gateway.networking.k8s.io/v1/namespaces/production/httproutes/api");
    }
    void kinds_are_found_by_every_name_and_give_the_path() {
        QFETCH(QString, object);
        QFETCH(QString, path);
        const auto ref = parse_object(object.toStdString(), "production");
        QVERIFY2(ref, ref ? "" : to_text(ref.error()).c_str());
        SAME_TEXT(ref->path(), path.toStdString());
    }

    void a_name_that_could_leave_its_place_in_a_path_is_refused() {
        for (const char* bad : {"deployment", "deployment/", "deployment/a/b", "deployment/..", "deployment/A",
                                "deployment/a?x", "deployment/-a"}) {
            QVERIFY2(!parse_object(bad, "production"), bad);
        }
        QVERIFY(!parse_object("deployment/web", ""));
        QVERIFY(!parse_object("deployment/web", "../kube-system"));
    }

    void an_unknown_kind_names_the_known_ones() {
        const auto ref = parse_object("rollout/web", "production");
        QVERIFY(!ref);
        QVERIFY(ref.error().code == ErrorCode::bad_input);
        QVERIFY(ref.error().remedy.find("deployment, replicaset") != std::string::npos);
    }

    void workloads_carry_their_namespace() {
        const auto ref = parse_in_namespace("production/user-service-blue");
        QVERIFY(ref);
        SAME_TEXT(ref->text(), "deployment production/user-service-blue");
        QVERIFY(!parse_in_namespace("user-service-blue"));
    }

    void selectors_are_written_as_the_api_reads_them() {
        const Json selector = {{"matchLabels", {{"app", "web"}}},
                               {"matchExpressions",
                                {{{"key", "tier"}, {"operator", "In"}, {"values", {"a", "b"}}},
                                 {{"key", "old"}, {"operator", "DoesNotExist"}}}}};
        SAME_TEXT(selector_text(selector), "app=web,tier in (a,b),!old");
        SAME_TEXT(list_path(**find_type("pods"), "production", "app=web"),
                  "/api/v1/namespaces/production/pods?labelSelector=app%3Dweb");
        SAME_TEXT(list_path(**find_type("nodes"), "production"), "/api/v1/nodes");
    }
};

SLUICE_TEST(ObjectRefTest)
#include "object_ref_test.moc"
