#include "effects/shift_effect.h"

#include "support/kubernetes_fixture.h"
#include "support/suite.h"

using namespace sluice;
using namespace sluice::effects;
using namespace sluice::testing;

namespace {

const std::string primary = "/apis/networking.k8s.io/v1/namespaces/production/ingresses/api-ingress";
const std::string canary = primary + "-canary";
const Json absent = status(404, "NotFound", "none");

Json ingress(const std::string& arm) {
    const Json place = {{"path", "/"},
                        {"backend", {{"service", {{"name", "user-service-" + arm}, {"port", {{"number", 80}}}}}}}};
    return {
        {"apiVersion", "networking.k8s.io/v1"},
        {"kind", "Ingress"},
        {"metadata", {{"name", "api-ingress"}, {"namespace", "production"}, {"uid", "p"}, {"resourceVersion", "1"}}},
        {"spec", {{"rules", Json::array({{{"http", {{"paths", Json::array({place})}}}}})}}}};
}

Json canary_at(const std::string& weight) {
    Json object = ingress("green");
    object["metadata"]["uid"] = "c";
    object["metadata"]["annotations"] = {{"nginx.ingress.kubernetes.io/canary", "true"},
                                         {"nginx.ingress.kubernetes.io/canary-weight", weight}};
    return object;
}

std::unique_ptr<TrafficDriver> driver(ClusterFixture& f, const char* kind) {
    return std::move(*make_driver(
        f.client, {kind,
                   "production/api-ingress",
                   "production/api-ingress-canary",
                   "",
                   {{"primary", "blue"}, {"canary", "green"}},
                   {{"blue", "production/user-service-blue"}, {"green", "production/user-service-green"}}}));
}

void both(ClusterFixture& f, const Json& first, const Json& second) {
    f.http.answer("GET " + primary, 200, first);
    f.http.answer("GET " + canary, second.contains("code") ? 404 : 200, second);
}

} // namespace

class ShiftEffectTest : public QObject {
    Q_OBJECT
private slots:
    void a_weight_is_read_set_and_confirmed() {
        ClusterFixture f;
        const auto edge = driver(f, "nginx-canary");
        const auto effect = shift_effect(f.client, *edge, {"edge", {{"blue", 75}, {"green", 25}}, false});
        both(f, ingress("blue"), canary_at("10"));
        both(f, ingress("blue"), canary_at("10"));
        std::optional<Prepared> prepared;
        effect->prepare("s/to-25/1", [&](Result<Prepared> p) { prepared = *p; });
        f.settle();
        SAME_TEXT(prepared->what, "edge: blue 90, green 10 → blue 75, green 25");
        SAME_JSON(prepared->detail["from"], (Json{{"blue", 90}, {"green", 10}}));
        QVERIFY(canonical(prepared->to_json()));

        f.http.answer("PATCH " + canary + "?fieldManager=sluice", 200, canary_at("25"));
        both(f, ingress("blue"), canary_at("25"));
        std::optional<Outcome> outcome;
        effect->start(*prepared, {nullptr, [&](Outcome o) { outcome = o; }});
        f.settle();
        SCRIPT_DONE(f.http);
        QVERIFY(outcome->ending == Ending::done);
        SAME_JSON(outcome->result["split"], (Json{{"blue", 75}, {"green", 25}}));
        for (const auto& request : f.http.sent) {
            QCOMPARE(request.pool, net::Pool::acting);
        }
    }

    void somebody_elses_weight_in_between_is_a_conflict_and_stays() {
        ClusterFixture f;
        const auto edge = driver(f, "nginx-canary");
        const auto effect = shift_effect(f.client, *edge, {"edge", {{"blue", 75}, {"green", 25}}, false});
        both(f, ingress("blue"), canary_at("10"));
        both(f, ingress("blue"), canary_at("10"));
        std::optional<Prepared> prepared;
        effect->prepare("s/to-25/1", [&](Result<Prepared> p) { prepared = *p; });
        f.settle();
        Json theirs = canary_at("60");
        theirs["metadata"]["managedFields"] =
            Json::array({{{"manager", "kubectl-annotate"}, {"time", "2026-01-06T02:01:00Z"}}});
        f.http.answer("PATCH " + canary + "?fieldManager=sluice", 422,
                      status(422, "Invalid", "the server rejected our request"));
        f.http.answer("GET " + canary, 200, theirs);
        both(f, ingress("blue"), theirs);
        std::optional<Outcome> outcome;
        effect->start(*prepared, {nullptr, [&](Outcome o) { outcome = o; }});
        f.settle();
        SCRIPT_DONE(f.http);
        QVERIFY(outcome->ending == Ending::failed && outcome->error.code == ErrorCode::conflict);
        QVERIFY2(outcome->error.what.find("was \"10\", is \"60\" (by kubectl-annotate") != std::string::npos,
                 outcome->error.what.c_str());
        SAME_JSON(outcome->result["split"], (Json{{"blue", 40}, {"green", 60}})); // what is commanded now
    }

    void after_a_lost_answer_the_split_itself_is_asked_data() {
        QTest::addColumn<QString>("weight");
        QTest::addColumn<int>("match");
        QTest::addColumn<bool>("before");
        QTest::newRow("it happened") << "25" << static_cast<int>(Match::matches) << false;
        QTest::newRow("it did not") << "10" << static_cast<int>(Match::differs) << true;
        QTest::newRow("something else did") << "60" << static_cast<int>(Match::differs) << false;
    }
    void after_a_lost_answer_the_split_itself_is_asked() {
        QFETCH(QString, weight);
        QFETCH(int, match);
        QFETCH(bool, before);
        ClusterFixture f;
        const auto edge = driver(f, "nginx-canary");
        const auto effect = shift_effect(f.client, *edge, {"edge", {{"blue", 75}, {"green", 25}}, false});
        const Prepared stored{
            "shift",
            EffectClass::convergent,
            "",
            {{"key", "s/to-25/1"}, {"from", {{"blue", 90}, {"green", 10}}}, {"writes", Json::array()}}};
        both(f, ingress("blue"), canary_at(weight.toStdString()));
        if (match != static_cast<int>(Match::matches)) {
            both(f, ingress("blue"), canary_at(weight.toStdString()));
        }
        std::optional<ReadBack> back;
        effect->read_back(stored, [&](ReadBack b) { back = b; });
        f.settle();
        SCRIPT_DONE(f.http);
        QCOMPARE(static_cast<int>(back->match), match);
        QCOMPARE(back->as_expected_before, before);
        if (back->match == Match::differs) {
            QCOMPARE(back->seen["split"]["green"].get<int>(), weight.toInt());
        }
    }

    // Told as failed with no split, the log would keep the one before, of which a part may be gone.
    void what_is_commanded_must_be_known_before_it_is_told_as_not_done() {
        ClusterFixture f;
        const auto edge = driver(f, "nginx-canary");
        const auto effect = shift_effect(f.client, *edge, {"edge", {{"blue", 75}, {"green", 25}}, false});
        const Prepared stored{
            "shift", EffectClass::convergent, "", {{"key", "s/to-25/1"}, {"from", nullptr}, {"writes", Json::array()}}};
        both(f, ingress("blue"), canary_at("10"));
        f.http.answer("GET " + primary, 503, status(503, "ServiceUnavailable", "not now"));
        std::optional<ReadBack> back;
        effect->read_back(stored, [&](ReadBack b) { back = b; });
        f.settle();
        QVERIFY(back && back->match == Match::unknown);
    }

    void a_part_that_was_written_is_not_told_as_failed_while_nobody_can_look() {
        ClusterFixture f;
        const auto edge = driver(f, "nginx-canary");
        const auto effect = shift_effect(f.client, *edge, {"edge", {{"blue", 75}, {"green", 25}}, false});
        both(f, ingress("blue"), absent);
        both(f, ingress("blue"), absent);
        std::optional<Prepared> prepared;
        effect->prepare("s/to-25/1", [&](Result<Prepared> p) { prepared = *p; });
        f.settle();
        QVERIFY(prepared);
        f.http.answer("POST /apis/networking.k8s.io/v1/namespaces/production/ingresses?fieldManager=sluice", 201,
                      canary_at("0"));
        f.http.answer("PATCH " + canary + "?fieldManager=sluice", 422, status(422, "Invalid", "rejected"));
        f.http.answer("GET " + canary, 200, canary_at("5"));
        f.http.answer("GET " + primary, 503, status(503, "ServiceUnavailable", "not now"));
        std::optional<Outcome> outcome;
        effect->start(*prepared, {nullptr, [&](Outcome o) { outcome = o; }});
        f.settle();
        QVERIFY(outcome);
        QVERIFY2(outcome->ending == Ending::unknown, outcome->error.what.c_str());
        QVERIFY2(outcome->error.what.find("a part was written") != std::string::npos, outcome->error.what.c_str());
    }

    void the_backend_switch_is_the_runbooks_patch_with_tests() {
        ClusterFixture f;
        const auto edge = driver(f, "ingress-backend");
        f.http.answer("GET " + primary, 200, ingress("blue"));
        std::vector<kubernetes::PreparedWrite> writes;
        edge->prepare({{"blue", 0}, {"green", 100}}, false, {"k"},
                      [&](Result<std::vector<kubernetes::PreparedWrite>> w) { writes = *w; });
        f.settle();
        QCOMPARE(writes.size(), std::size_t{1});
        const std::string place = "/spec/rules/0/http/paths/0";
        SAME_TEXT(writes[0].path, primary + "?fieldManager=sluice");
        SAME_JSON(
            Json::parse(writes[0].body),
            Json::array(
                {{{"op", "test"}, {"path", "/metadata/uid"}, {"value", "p"}},
                 {{"op", "test"}, {"path", place + "/backend/service/name"}, {"value", "user-service-blue"}},
                 {{"op", "test"}, {"path", place + "/path"}, {"value", "/"}},
                 {{"op", "replace"}, {"path", place + "/backend/service/name"}, {"value", "user-service-green"}}}));
        SAME_TEXT(writes[0].what, "ingress production/api-ingress: backend blue → green");
        // Already there: nothing is left to do.
        f.http.answer("GET " + primary, 200, ingress("green"));
        edge->prepare({{"green", 100}}, false, {"k"},
                      [&](Result<std::vector<kubernetes::PreparedWrite>> w) { writes = *w; });
        f.settle();
        QVERIFY(writes.empty());
        QVERIFY(!edge->check({{"blue", 75}, {"green", 25}}));
        QVERIFY(!edge->check({{"blue", 0}, {"green", 0}}));
    }

    void an_ingress_that_leads_to_no_arm_is_told_so() {
        ClusterFixture f;
        const auto edge = driver(f, "ingress-backend");
        f.http.answer("GET " + primary, 200, ingress("red"));
        std::optional<Error> error;
        edge->read({"k"}, [&](Result<Split> split) { error = split.error(); });
        f.settle();
        QVERIFY(error && error->code == ErrorCode::not_found);
    }

    void the_first_shift_goes_on_without_a_canary() {
        ClusterFixture f;
        const auto edge = driver(f, "nginx-canary");
        both(f, ingress("blue"), absent);
        std::optional<Split> split;
        edge->read({"k"}, [&](Result<Split> s) { split = *s; });
        f.settle();
        SCRIPT_DONE(f.http);
        QVERIFY((*split == Split{{"blue", 100}, {"green", 0}}));
    }
};

SLUICE_TEST(ShiftEffectTest)
#include "shift_effect_test.moc"
