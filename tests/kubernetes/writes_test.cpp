#include "kubernetes/backup.h"
#include "kubernetes/object_writes.h"
#include "kubernetes/shape.h"
#include "kubernetes/workload_writes.h"
#include "support/kubernetes_fixture.h"
#include "support/suite.h"

using namespace sluice;
using namespace sluice::kubernetes;
using namespace sluice::testing;

namespace {

const std::string blue_path = "/apis/apps/v1/namespaces/production/deployments/user-service-blue";
ObjectRef blue() {
    return *parse_in_namespace("production/user-service-blue");
}

Json scale(int replicas) {
    return {{"kind", "Scale"},
            {"metadata", {{"uid", "u-1"}, {"resourceVersion", "41"}}},
            {"spec", replicas == 0 ? Json::object() : Json{{"replicas", replicas}}}};
}

Json operation(const char* op, const char* path, Json value) {
    return {{"op", op}, {"path", path}, {"value", std::move(value)}};
}

Json secret() {
    return {{"apiVersion", "v1"},
            {"kind", "Secret"},
            {"metadata", {{"name", "db"}, {"namespace", "production"}, {"uid", "u-2"}, {"resourceVersion", "7"}}},
            {"data", {{"password", "aHVudGVyMg=="}}}};
}

} // namespace

class WritesTest : public QObject {
    Q_OBJECT
private slots:
    void scaling_tests_the_replicas_that_were_read() {
        const auto write = scale_write(blue(), 4, scale(5));
        QVERIFY(write);
        SAME_TEXT(write->method, "PATCH");
        SAME_TEXT(write->path, blue_path + "/scale?fieldManager=sluice");
        SAME_TEXT(write->content_type, "application/json-patch+json");
        SAME_JSON(Json::parse(write->body),
                  Json::array({operation("test", "/metadata/uid", "u-1"), operation("test", "/spec/replicas", 5),
                               operation("add", "/spec/replicas", 4)}));
        SAME_TEXT(write->what, "scale deployment production/user-service-blue 5 → 4");
        QVERIFY(compare(*write, scale(4)).match == Match::matches);
        const ReadBack before = compare(*write, scale(5));
        QVERIFY(before.match == Match::differs && before.as_expected_before);
        const ReadBack other = compare(*write, scale(2));
        QVERIFY(other.match == Match::differs && !other.as_expected_before);
        SAME_TEXT(other.detail, "/spec/replicas: wanted 4, found 2");
    }

    void scaling_from_and_to_nothing_knows_that_zero_is_left_out() {
        const auto up = scale_write(blue(), 3, scale(0));
        QVERIFY(up);
        SAME_JSON(Json::parse(up->body)[1], operation("test", "/spec", Json::object()));
        const auto down = scale_write(blue(), 0, scale(3));
        QVERIFY(compare(*down, scale(0)).match == Match::matches);
        QVERIFY(scale_write(blue(), 0, scale(0))->nothing_to_do());
        QVERIFY(scale_write(blue(), 3, scale(3))->nothing_to_do());
        QVERIFY(!scale_write(blue(), -1, scale(3)));
        QVERIFY(scale_write(blue(), 1, Json()).error().code == ErrorCode::not_found);
    }

    void setting_an_image_names_the_container_and_the_old_image() {
        const auto write = image_write(blue(), "app", "nova/user-service:v1.2.4", deployment());
        QVERIFY(write);
        SAME_TEXT(write->path, blue_path + "?fieldManager=sluice");
        SAME_JSON(
            Json::parse(write->body),
            Json::array({operation("test", "/metadata/uid", "u-1"),
                         operation("test", "/spec/template/spec/containers/1/name", "app"),
                         operation("test", "/spec/template/spec/containers/1/image", "nova/user-service:v1.2.3"),
                         operation("replace", "/spec/template/spec/containers/1/image", "nova/user-service:v1.2.4")}));
        // A side-car that is put in front moves the container; the outcome is still seen.
        Json after = deployment();
        Json& containers = after["spec"]["template"]["spec"]["containers"];
        containers[1]["image"] = "nova/user-service:v1.2.4";
        containers.insert(containers.begin(), Json{{"name", "agent"}, {"image", "agent:1"}});
        QVERIFY(compare(*write, after).match == Match::matches);
        const auto unsaid = image_write(blue(), "", "x", deployment());
        QVERIFY(!unsaid);
        SAME_TEXT(unsaid.error().remedy, "its containers are: proxy, app");
        QVERIFY(image_write(blue(), "app", "nova/user-service:v1.2.3", deployment())->nothing_to_do());
    }

    void setting_the_environment_carries_the_version_and_replaces_references() {
        const auto write =
            env_write(blue(), "app", {{"MODE", "slow"}, {"PASSWORD", "x"}, {"OLD", std::nullopt}}, deployment());
        QVERIFY(write);
        SAME_TEXT(write->content_type, "application/strategic-merge-patch+json");
        const Json env = Json::array({{{"name", "MODE"}, {"value", "slow"}},
                                      {{"name", "PASSWORD"}, {"value", "x"}, {"valueFrom", nullptr}},
                                      {{"name", "OLD"}, {"$patch", "delete"}}});
        const Json container = {{"name", "app"}, {"env", env}};
        const Json expected = {{"metadata", {{"resourceVersion", "41"}}},
                               {"spec", {{"template", {{"spec", {{"containers", Json::array({container})}}}}}}}};
        SAME_JSON(Json::parse(write->body), expected);
        QVERIFY(!write->withheld);
        QVERIFY(compare(*write, deployment()).match == Match::differs);
    }

    void a_secret_value_is_sent_but_never_stored() {
        const auto write = env_write(blue(), "app", {{"PASSWORD", "hunter2", true}}, deployment());
        QVERIFY(write && write->withheld);
        QVERIFY(write->body.find("hunter2") != std::string::npos);
        const std::string stored = *canonical(write->to_json());
        QVERIFY2(stored.find("hunter2") == std::string::npos, stored.c_str());
        QVERIFY(!write->to_json().contains("digest"));
        const auto again = PreparedWrite::from_json(write->to_json());
        QVERIFY(again && again->body.empty());
        // That it happened can't be told; that it did not happen, can.
        Json set = deployment();
        set["spec"]["template"]["spec"]["containers"][1]["env"][1] = {{"name", "PASSWORD"}, {"value", "?"}};
        QVERIFY(compare(*again, set).match == Match::unknown);
        QVERIFY(compare(*again, deployment()).match == Match::differs);
    }

    void annotating_sets_and_removes_in_the_version_that_was_read() {
        Json found = deployment();
        found["metadata"]["annotations"] = {{"a", "1"}, {"b", "2"}};
        const auto write = annotation_write(blue(), {{"a", std::nullopt}, {"c", "3"}}, found);
        QVERIFY(write);
        SAME_TEXT(write->content_type, "application/merge-patch+json");
        SAME_JSON(Json::parse(write->body),
                  (Json{{"metadata", {{"annotations", {{"a", nullptr}, {"c", "3"}}}, {"resourceVersion", "41"}}}}));
        found["metadata"]["annotations"] = {{"b", "2"}, {"c", "3"}};
        QVERIFY(compare(*write, found).match == Match::matches);
        QVERIFY(annotation_write(blue(), {{"a", std::nullopt}, {"c", "3"}}, found)->nothing_to_do());
    }

    void restarting_stamps_the_template() {
        const auto write = restart_write(blue(), "2026-01-06T02:00:00Z", deployment());
        QVERIFY(write);
        const Json annotations = {{"kubectl.kubernetes.io/restartedAt", "2026-01-06T02:00:00Z"}};
        SAME_JSON(Json::parse(write->body)["spec"],
                  (Json{{"template", {{"metadata", {{"annotations", annotations}}}}}}));
        QVERIFY(compare(*write, deployment()).as_expected_before);
    }

    void a_json_patch_gets_a_test_before_what_it_replaces() {
        const Json patch = Json::array({operation("replace", "/spec/replicas", 2)});
        const auto write = patch_write(blue(), PatchKind::json, patch, deployment());
        QVERIFY2(write, write ? "" : to_text(write.error()).c_str());
        SAME_JSON(Json::parse(write->body), Json::array({operation("test", "/metadata/uid", "u-1"),
                                                         operation("test", "/spec/replicas", 5), patch[0]}));
        QVERIFY(compare(*write, deployment(2)).match == Match::matches);
    }

    void a_json_patch_that_adds_is_tied_to_the_version() {
        const Json patch = Json::array({operation("add", "/spec/paused", true)});
        const auto write = patch_write(blue(), PatchKind::json, patch, deployment());
        QVERIFY(write);
        SAME_JSON(Json::parse(write->body),
                  Json::array({operation("test", "/metadata/uid", "u-1"),
                               operation("test", "/metadata/resourceVersion", "41"), patch[0]}));
        QVERIFY(compare(*write, deployment()).as_expected_before);
        const auto unfit =
            patch_write(blue(), PatchKind::json, Json::array({operation("replace", "/spec/none", 1)}), deployment());
        QVERIFY(unfit.error().code == ErrorCode::bad_input);
    }

    void old_values_of_the_environment_never_reach_an_intent() {
        const Json patch = Json::array({operation("replace", "/spec/template/spec/containers/1/env/0/value", "slow")});
        const Json whole =
            Json::array({operation("replace", "/spec/template/spec/containers/1", {{"name", "app"}, {"image", "x"}})});
        const Json merge = {
            {"spec", {{"template", {{"spec", {{"containers", Json::array({{{"name", "app"}, {"image", "x"}}})}}}}}}}};
        for (const auto& [kind, body] : {std::pair{PatchKind::json, patch},
                                         {PatchKind::json, whole},
                                         {PatchKind::merge, merge},
                                         {PatchKind::strategic, merge}}) {
            const auto write = patch_write(blue(), kind, body, deployment());
            QVERIFY2(write, write ? "" : to_text(write.error()).c_str());
            QVERIFY2(write->to_json().dump().find("fast") == std::string::npos, write->to_json().dump().c_str());
            QVERIFY(write->body.find("41") != std::string::npos);
        }
    }

    void a_custom_object_refuses_a_strategic_merge() {
        const auto route = *parse_object("httproute/api", "production");
        const auto write = patch_write(route, PatchKind::strategic, Json::object(), {{"metadata", Json::object()}});
        QVERIFY(write.error().code == ErrorCode::bad_input);
    }

    void applying_expects_the_same_object_and_never_forces() {
        const Json manifest = {{"apiVersion", "apps/v1"},
                               {"kind", "Deployment"},
                               {"metadata", {{"name", "user-service-blue"}, {"resourceVersion", "1"}}},
                               {"spec", {{"replicas", 3}}},
                               {"status", {{"x", 1}}}};
        const auto write = apply_write(blue(), manifest, deployment());
        QVERIFY(write);
        SAME_TEXT(write->content_type, "application/apply-patch+yaml");
        SAME_TEXT(write->path, blue_path + "?fieldManager=sluice");
        const Json body = {{"apiVersion", "apps/v1"},
                           {"kind", "Deployment"},
                           {"metadata", {{"name", "user-service-blue"}, {"namespace", "production"}, {"uid", "u-1"}}},
                           {"spec", {{"replicas", 3}}}};
        SAME_JSON(Json::parse(write->body), body);
        QVERIFY(compare(*write, deployment(3)).match == Match::matches);
        QVERIFY(compare(*write, Json()).match == Match::differs);
        const auto fresh = apply_write(blue(), manifest, Json());
        QVERIFY(!Json::parse(fresh->body)["metadata"].contains("uid"));
        QVERIFY(compare(*fresh, Json()).as_expected_before);
    }

    void applying_a_secret_keeps_its_data_out_of_the_intent() {
        Json manifest = secret();
        const auto write = apply_write(*parse_object("secret/db", "production"), manifest, secret());
        QVERIFY(write && write->withheld);
        QVERIFY(write->body.find("aHVudGVyMg==") != std::string::npos);
        QVERIFY(write->to_json().dump().find("aHVudGVyMg==") == std::string::npos);
    }

    void a_namespace_is_made_only_if_it_is_missing() {
        const auto made = namespace_write("production-green", Json());
        QVERIFY(made);
        SAME_TEXT(made->method, "POST");
        SAME_TEXT(made->path, "/api/v1/namespaces?fieldManager=sluice");
        SAME_JSON(Json::parse(made->body),
                  (Json{{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "production-green"}}}}));
        const Json there = {{"apiVersion", "v1"},
                            {"kind", "Namespace"},
                            {"metadata", {{"name", "production-green"}, {"labels", {{"a", "b"}}}}}};
        QVERIFY(namespace_write("production-green", there)->nothing_to_do());
        Json ending = there;
        ending["status"]["phase"] = "Terminating";
        QVERIFY(namespace_write("production-green", ending).error().code == ErrorCode::conflict);
    }

    void deleting_takes_this_very_object() {
        const auto write = delete_write(blue(), true, deployment());
        SAME_TEXT(write->method, "DELETE");
        SAME_TEXT(write->path, blue_path);
        SAME_JSON(Json::parse(write->body)["preconditions"], (Json{{"uid", "u-1"}, {"resourceVersion", "41"}}));
        QVERIFY(compare(*write, Json()).match == Match::matches);
        QVERIFY(compare(*write, deployment()).match == Match::differs);
        Json successor = deployment();
        successor["metadata"]["uid"] = "u-9";
        QVERIFY(compare(*write, successor).match == Match::matches);
        QVERIFY(delete_write(blue(), true, Json())->nothing_to_do());
    }

    void a_write_survives_storage_and_shows_tampering() {
        const auto write = image_write(blue(), "app", "x", deployment());
        const auto text = canonical(write->to_json());
        QVERIFY(text);
        auto again = PreparedWrite::from_json(Json::parse(*text));
        QVERIFY(again);
        SAME_TEXT(again->body, write->body);
        SAME_TEXT(again->digest, write->digest);
        QVERIFY(again->desired == write->desired && again->expected == write->expected);
        Json changed = write->to_json();
        changed["body"] = "[]";
        QVERIFY(PreparedWrite::from_json(changed).error().code == ErrorCode::corrupt);
        QVERIFY(!PreparedWrite::from_json(Json::object()));
    }

    void back_ups_mask_secrets_and_are_restored_around_them() {
        Json found = deployment();
        found["metadata"]["annotations"] = {{"kubectl.kubernetes.io/last-applied-configuration", "{\"fast\"}"},
                                            {"team", "core"}};
        const Backup backup = backup_of(found);
        QVERIFY2(backup.text.find("fast") == std::string::npos, backup.text.c_str());
        QVERIFY(backup.text.find("(masked)") != std::string::npos);
        QVERIFY(backup.text.find("\"status\"") == std::string::npos);
        QVERIFY(restore_write(blue(), backup.text, found)->nothing_to_do());

        Json now = found;
        now["spec"]["replicas"] = 0;
        now["metadata"]["resourceVersion"] = "99";
        now["spec"]["template"]["spec"]["containers"][1]["env"][0]["value"] = "other";
        const auto write = restore_write(blue(), backup.text, now);
        QVERIFY2(write, write ? "" : to_text(write.error()).c_str());
        SAME_JSON(Json::parse(write->body), Json::array({operation("test", "/metadata/uid", "u-1"),
                                                         operation("test", "/metadata/resourceVersion", "99"),
                                                         operation("replace", "/spec/replicas", 5)}));
        now["spec"]["replicas"] = 5;
        QVERIFY(compare(*write, now).match == Match::matches);

        QVERIFY(restore_write(blue(), backup.text, Json()).error().code == ErrorCode::refused);
        QVERIFY(restore_write(*parse_in_namespace("production/other"), backup.text, now).error().code ==
                ErrorCode::bad_input);
        SAME_JSON(Json::parse(backup_of(secret()).text)["data"], (Json{{"password", "(masked)"}}));
    }

    void an_object_that_is_gone_is_restored_by_creating_it() {
        const Json ingress = {{"apiVersion", "networking.k8s.io/v1"},
                              {"kind", "Ingress"},
                              {"metadata", {{"name", "api"}, {"namespace", "production"}, {"uid", "u"}}},
                              {"spec", {{"rules", Json::array()}}}};
        const auto write = restore_write(*parse_object("ingress/api", "production"), backup_of(ingress).text, Json());
        QVERIFY(write);
        SAME_TEXT(write->method, "POST");
        QVERIFY(!Json::parse(write->body)["metadata"].contains("uid"));
    }

    void shapes_compare_quantities_and_named_lists_data() {
        QTest::addColumn<QString>("shape");
        QTest::addColumn<QString>("object");
        QTest::addColumn<int>("different");
        const auto row = [](const char* name, const char* shape, const char* object, int n) {
            QTest::newRow(name) << shape << object << n;
        };
        row("half a core", R"({"limits":{"cpu":0.5}})", R"({"limits":{"cpu":"500m"}})", 0);
        row("a gibibyte", R"({"requests":{"memory":"1024Mi"}})", R"({"requests":{"memory":"1Gi"}})", 0);
        row("not the same", R"({"limits":{"cpu":"1"}})", R"({"limits":{"cpu":"2"}})", 1);
        row("text is not a quantity", R"({"version":"1"})", R"({"version":"1000m"})", 1);
        row("null is absent", R"({"a":null})", R"({"b":1})", 0);
        row("null is not there", R"({"a":null})", R"({"a":1})", 1);
        row("by name", R"({"l":[{"name":"b","v":1}]})", R"({"l":[{"name":"a"},{"name":"b","v":1}]})", 0);
        row("name is missing", R"({"l":[{"name":"c"}]})", R"({"l":[{"name":"a"}]})", 1);
        row("absent element", R"({"l":[{"name":"c","$absent":true}]})", R"({"l":[{"name":"a"}]})", 0);
        row("absent element is there", R"({"l":[{"name":"a","$absent":true}]})", R"({"l":[{"name":"a"}]})", 1);
        row("plain list by place", R"({"l":[1,2]})", R"({"l":[2,1]})", 2);
        row("plain list by length", R"({"l":[1]})", R"({"l":[1,2]})", 1);
    }
    void shapes_compare_quantities_and_named_lists() {
        QFETCH(QString, shape);
        QFETCH(QString, object);
        QFETCH(int, different);
        QCOMPARE(
            static_cast<int>(differences(Json::parse(shape.toStdString()), Json::parse(object.toStdString())).size()),
            different);
    }
};

SLUICE_TEST(WritesTest)
#include "writes_test.moc"
