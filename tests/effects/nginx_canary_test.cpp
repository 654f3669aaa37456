#include "effects/traffic/nginx_canary.h"

#include "effects/traffic/nginx_canary_driver.h"
#include "support/kubernetes_fixture.h"
#include "support/suite.h"

#include <fmt/format.h>
#include <optional>

using namespace sluice;
using namespace sluice::effects;
using namespace sluice::testing;

namespace {

const std::string ingresses = "/apis/networking.k8s.io/v1/namespaces/production/ingresses";
const char* weight_key = "nginx.ingress.kubernetes.io/canary-weight";

CanarySettings settings() {
    return {*kubernetes::parse_object("ingress/api-ingress", "production"),
            *kubernetes::parse_object("ingress/api-ingress-canary", "production"),
            "blue",
            "green",
            {{"blue", "user-service-blue"}, {"green", "user-service-green"}},
            ""};
}

Json place(const char* path, const std::string& service) {
    return {{"path", path},
            {"pathType", "Prefix"},
            {"backend", {{"service", {{"name", service}, {"port", {{"number", 8081}}}}}}}};
}

/// Two paths to the arms and one to something else.
Json primary(const std::string& arm, const std::string& second = "") {
    const std::string other = second.empty() ? arm : second;
    return {
        {"apiVersion", "networking.k8s.io/v1"},
        {"kind", "Ingress"},
        {"metadata", {{"name", "api-ingress"}, {"namespace", "production"}, {"uid", "p"}, {"resourceVersion", "1"}}},
        {"spec",
         {{"ingressClassName", "nginx"},
          {"tls", Json::array()},
          {"rules", Json::array({{{"host", "api.nova-social.io"},
                                  {"http",
                                   {{"paths", Json::array({place("/api", "user-service-" + arm), place("/docs", "docs"),
                                                           place("/ws", "user-service-" + other)})}}}}})}}}};
}

Json canary(int weight, bool ours) {
    Json object = canary_manifest(settings(), primary("blue"));
    object["metadata"]["uid"] = "c";
    object["metadata"]["resourceVersion"] = "2";
    object["metadata"]["annotations"][weight_key] = std::to_string(weight);
    if (!ours) {
        object["metadata"].erase("labels");
    }
    return object;
}

/// Does to the two objects what the server would do; nothing if an expectation fails.
std::optional<CanaryState> carried_out(CanaryState state, const kubernetes::PreparedWrite& write) {
    const bool on_canary = write.object_path.ends_with("-canary");
    Json& object = on_canary ? state.canary : state.primary;
    const Json body = Json::parse(write.body);
    if (write.method == "POST") {
        if (!object.is_null()) {
            return {};
        }
        object = body;
        object["metadata"]["uid"] = "new";
        return state;
    }
    if (write.method == "DELETE") {
        if (object.is_null() || object["metadata"]["uid"] != body["preconditions"]["uid"]) {
            return {};
        }
        object = Json();
        return state;
    }
    try {
        object = object.patch(body);
    } catch (const Json::exception&) {
        return {};
    }
    return state;
}

int green(const CanaryState& state) {
    return commanded(settings(), state)->at("green");
}

} // namespace

class NginxCanaryTest : public QObject {
    Q_OBJECT
private slots:
    void on_the_way_green_never_has_more_or_less_than_before_or_after() {
        for (const bool switched : {false, true}) {
            for (const int now :
                 {-2, -1, 0, 1, 25, 99, 100}) { // -1: no canary; -2: none, and one that is not ours is not there either
                for (const bool ours : {true, false}) {
                    for (const int target : {0, 1, 10, 50, 99, 100}) {
                        for (const bool final : {false, true}) {
                            CanaryState state{primary(switched ? "green" : "blue"),
                                              now < 0 ? Json() : canary(now, ours)};
                            const int before = green(state);
                            const auto writes = canary_writes(settings(), state, target, final);
                            QVERIFY2(writes, writes ? "" : to_text(writes.error()).c_str());
                            for (const auto& write : *writes) {
                                const auto next = carried_out(state, write);
                                QVERIFY2(next, write.what.c_str());
                                const bool gone = write.method == "DELETE";
                                QVERIFY2(kubernetes::compare(write, gone ? Json()
                                                                    : write.object_path.ends_with("-canary")
                                                                        ? next->canary
                                                                        : next->primary)
                                                 .match == kubernetes::Match::matches,
                                         write.what.c_str());
                                state = *next;
                                QVERIFY2(
                                    green(state) >= std::min(before, target) &&
                                        green(state) <= std::max(before, target),
                                    fmt::format("{} → {}: {} at {}", before, target, green(state), write.what).c_str());
                            }
                            QCOMPARE(green(state), target);
                            const auto left = canary_writes(settings(), state, target, final);
                            QVERIFY2(left && left->empty(), "the target is not stable");
                        }
                    }
                }
            }
        }
    }

    void the_first_shift_makes_the_canary_from_the_primary() {
        const auto writes = canary_writes(settings(), {primary("blue"), {}}, 25, false);
        QVERIFY(writes);
        QCOMPARE(writes->size(), std::size_t{2});
        SAME_TEXT(writes->at(0).method + " " + writes->at(0).path, "POST " + ingresses + "?fieldManager=sluice");
        const Json expected = {
            {"apiVersion", "networking.k8s.io/v1"},
            {"kind", "Ingress"},
            {"metadata",
             {{"name", "api-ingress-canary"},
              {"namespace", "production"},
              {"labels", {{"app.kubernetes.io/managed-by", "sluice"}}},
              {"annotations", {{"nginx.ingress.kubernetes.io/canary", "true"}, {weight_key, "0"}}}}},
            {"spec",
             {{"ingressClassName", "nginx"},
              {"rules", Json::array({{{"host", "api.nova-social.io"},
                                      {"http",
                                       {{"paths", Json::array({place("/api", "user-service-green"),
                                                               place("/ws", "user-service-green")})}}}}})}}}};
        SAME_JSON(Json::parse(writes->at(0).body), expected);
        const char* at = "/metadata/annotations/nginx.ingress.kubernetes.io~1canary-weight";
        SAME_JSON(Json::parse(writes->at(1).body),
                  Json::array({{{"op", "test"},
                                {"path", "/metadata/annotations/nginx.ingress.kubernetes.io~1canary"},
                                {"value", "true"}},
                               {{"op", "test"}, {"path", at}, {"value", "0"}},
                               {{"op", "replace"}, {"path", at}, {"value", "25"}}}));
    }

    void the_end_switches_first_and_then_removes_what_was_made() {
        const auto writes = canary_writes(settings(), {primary("blue"), canary(100, true)}, 100, true);
        QCOMPARE(writes->size(), std::size_t{2});
        const Json test_path = {{"op", "test"}, {"path", "/spec/rules/0/http/paths/0/path"}, {"value", "/api"}};
        const Json body = Json::parse(writes->at(0).body);
        QVERIFY(std::find(body.begin(), body.end(), test_path) != body.end());
        const Json replace = {{"op", "replace"},
                              {"path", "/spec/rules/0/http/paths/2/backend/service/name"},
                              {"value", "user-service-green"}};
        QVERIFY(std::find(body.begin(), body.end(), replace) != body.end());
        SAME_TEXT(writes->at(1).method, "DELETE");
        SAME_JSON(Json::parse(writes->at(1).body)["preconditions"], (Json{{"uid", "c"}}));
    }

    void a_rollback_takes_hold_with_its_first_write_data() {
        QTest::addColumn<bool>("switched");
        QTest::addColumn<int>("weight");
        QTest::addColumn<int>("after_first");
        QTest::newRow("from the ramp") << false << 50 << 0;
        QTest::newRow("after the end") << true << -1 << 0;
        QTest::newRow("while it was being ended, canary at 100") << true << 100 << 100;
        QTest::newRow("while it was being ended, canary at 25") << true << 25 << 25;
    }
    void a_rollback_takes_hold_with_its_first_write() {
        QFETCH(bool, switched);
        QFETCH(int, weight);
        QFETCH(int, after_first);
        CanaryState state{primary(switched ? "green" : "blue"), weight < 0 ? Json() : canary(weight, true)};
        const auto writes = canary_writes(settings(), state, 0, false);
        QVERIFY(!writes->empty());
        state = *carried_out(state, writes->front());
        QCOMPARE(green(state), after_first);
        for (std::size_t i = 1; i < writes->size(); ++i) {
            state = *carried_out(state, writes->at(i));
        }
        // Both objects are as they were before the release.
        QVERIFY(state.canary.is_null());
        SAME_JSON(state.primary, primary("blue"));
    }

    void a_canary_of_somebody_else_is_left_at_nothing() {
        const auto writes = canary_writes(settings(), {primary("blue"), canary(50, false)}, 0, false);
        QCOMPARE(writes->size(), std::size_t{1});
        QVERIFY(writes->front().method == "PATCH");
    }

    void paths_that_disagree_are_a_conflict_that_a_shift_puts_right() {
        const CanaryState state{primary("blue", "green"), {}};
        QVERIFY(commanded(settings(), state).error().code == ErrorCode::conflict);
        const auto writes = canary_writes(settings(), state, 0, false);
        QCOMPARE(writes->size(), std::size_t{1});
        SAME_JSON(carried_out(state, writes->front())->primary, primary("blue"));
    }

    void a_canary_that_is_none_or_leads_elsewhere_is_refused_data() {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::newRow("no canary") << "/metadata/annotations/nginx.ingress.kubernetes.io~1canary"
                                   << "false";
        QTest::newRow("other total") << "/metadata/annotations/nginx.ingress.kubernetes.io~1canary-weight-total"
                                     << "1000";
        QTest::newRow("no number") << "/metadata/annotations/nginx.ingress.kubernetes.io~1canary-weight"
                                   << "many";
        QTest::newRow("too much") << "/metadata/annotations/nginx.ingress.kubernetes.io~1canary-weight"
                                  << "101";
        QTest::newRow("other arm") << "/spec/rules/0/http/paths/0/backend/service/name"
                                   << "user-service-blue";
    }
    void a_canary_that_is_none_or_leads_elsewhere_is_refused() {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        Json object = canary(10, true);
        object[Json::json_pointer(pointer.toStdString())] = value.toStdString();
        QVERIFY(commanded(settings(), {primary("blue"), object}).error().code == ErrorCode::conflict);
        QVERIFY(canary_writes(settings(), {primary("blue"), object}, 25, false).error().code == ErrorCode::conflict);
    }

    void weights_that_can_not_be_are_refused() {
        ClusterFixture f;
        NginxCanaryDriver driver(f.client, settings());
        QVERIFY(driver.check({{"blue", 37}, {"green", 63}}));
        QVERIFY(!driver.check({{"blue", 50}, {"green", 51}}));
        QVERIFY(!driver.check({{"blue", -1}, {"green", 101}}));
        QVERIFY(!driver.check({{"red", 100}}));
    }

    void a_service_of_another_namespace_can_not_be_an_arm() {
        ClusterFixture f;
        TrafficSpec spec{"nginx-canary",
                         "production/api-ingress",
                         "production/api-ingress-canary",
                         "",
                         {{"primary", "blue"}, {"canary", "green"}},
                         {{"blue", "production/user-service-blue"}, {"green", "production-green/user-service-green"}}};
        const auto refused = make_driver(f.client, spec);
        QVERIFY(!refused);
        QVERIFY(refused.error().remedy.find("ExternalName") != std::string::npos);
        spec.services["green"] = "production/user-service-green";
        QVERIFY(make_driver(f.client, spec));
        spec.sides.erase("canary");
        QVERIFY(!make_driver(f.client, spec));
        spec.driver = "smoke-signals";
        QVERIFY(!make_driver(f.client, spec));
    }
};

SLUICE_TEST(NginxCanaryTest)
#include "nginx_canary_test.moc"
