#include "effects/kubernetes_effect.h"

#include "support/kubernetes_fixture.h"
#include "support/suite.h"

using namespace sluice;
using namespace sluice::effects;
using namespace sluice::testing;

namespace {

const std::string deployments = "/apis/apps/v1/namespaces/production/deployments/";
const std::string scale = deployments + "user-service-blue/scale";
Json scale_object(int replicas) {
    return {{"kind", "Scale"}, {"metadata", {{"uid", "u-1"}}}, {"spec", {{"replicas", replicas}}}};
}

struct Run {
    std::optional<Prepared> prepared;
    std::optional<Outcome> outcome;
    std::string output;

    EffectSink sink() {
        return {[this](std::string_view text) { output += text; }, [this](Outcome o) { outcome = std::move(o); }};
    }
    void prepare(ClusterFixture& f, Effect& effect) {
        effect.prepare("s/step/1", [this](Result<Prepared> p) { prepared = p ? std::optional(*p) : std::nullopt; });
        f.settle();
    }
    void start(ClusterFixture& f, Effect& effect) {
        effect.start(*prepared, sink());
        f.settle();
    }
};

const char* two_manifests = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {MODE: fast}\n---\n"
                            "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n";

} // namespace

class KubernetesEffectTest : public QObject {
    Q_OBJECT
private slots:
    void scaling_is_prepared_stored_and_sent() {
        ClusterFixture f;
        Run run;
        const auto effect = scale_effect(f.client, {"production/user-service-blue", 0});
        f.http.answer("GET " + scale, 200, scale_object(5));
        run.prepare(f, *effect);
        QVERIFY(run.prepared);
        QVERIFY(canonical(run.prepared->to_json()));
        QVERIFY(run.prepared->effect_class == EffectClass::convergent);
        SAME_TEXT(run.prepared->what, "scale deployment production/user-service-blue 5 → 0");
        QCOMPARE(f.http.sent.size(), std::size_t{1}); // nothing written before the intent is durable
        f.http.answer("PATCH " + scale + "?fieldManager=sluice", 200, scale_object(0));
        run.start(f, *effect);
        SCRIPT_DONE(f.http);
        QVERIFY(run.outcome && run.outcome->ending == Ending::done);
        SAME_JSON(run.outcome->result, (Json{{"writes", {"scale deployment production/user-service-blue 5 → 0"}}}));
        SAME_TEXT(f.http.sent[1].key, "s/step/1#write1");
    }

    void after_a_crash_another_process_reads_back_what_was_stored() {
        ClusterFixture f;
        Run run;
        const auto before = scale_effect(f.client, {"production/user-service-blue", 0});
        f.http.answer("GET " + scale, 200, scale_object(5));
        run.prepare(f, *before);
        const std::string stored = *canonical(run.prepared->to_json());
        for (const auto& [replicas, match] : {std::pair{0, Match::matches}, {5, Match::differs}}) {
            ClusterFixture later;
            later.http.answer("GET " + scale, 200, scale_object(replicas));
            const auto effect = scale_effect(later.client, {"production/user-service-blue", 0});
            std::optional<ReadBack> back;
            effect->read_back(*Prepared::from_json(Json::parse(stored)), [&](ReadBack b) { back = b; });
            later.settle();
            QVERIFY(back && back->match == match);
            QCOMPARE(back->as_expected_before, match == Match::differs);
        }
    }

    void a_lost_answer_is_unknown_and_a_refusal_is_not_data() {
        QTest::addColumn<int>("http");
        QTest::addColumn<QString>("lost");
        QTest::addColumn<int>("ending");
        QTest::newRow("no answer") << 0 << "no answer in time" << static_cast<int>(Ending::unknown);
        QTest::newRow("never sent") << 0 << "refused; the request did not reach the server"
                                    << static_cast<int>(Ending::failed);
        QTest::newRow("the server broke") << 500 << "" << static_cast<int>(Ending::unknown);
        QTest::newRow("forbidden") << 403 << "" << static_cast<int>(Ending::failed);
    }
    void a_lost_answer_is_unknown_and_a_refusal_is_not() {
        QFETCH(int, http);
        QFETCH(QString, lost);
        QFETCH(int, ending);
        ClusterFixture f;
        Run run;
        const auto effect = scale_effect(f.client, {"production/user-service-blue", 0});
        f.http.answer("GET " + scale, 200, scale_object(5));
        run.prepare(f, *effect);
        const std::string patch = "PATCH " + scale + "?fieldManager=sluice";
        if (http == 0) {
            f.http.lose(patch, ErrorCode::unreachable, lost.toStdString());
        } else {
            f.http.answer(patch, http, status(http, "x", "no"));
        }
        if (http == 403) {
            f.http.answer("GET " + scale, 200, scale_object(5));
        }
        run.start(f, *effect);
        SCRIPT_DONE(f.http);
        QCOMPARE(static_cast<int>(run.outcome->ending), ending);
    }

    void manifests_are_applied_one_after_the_other_until_one_fails() {
        ClusterFixture f;
        Run run;
        const auto effect =
            kubernetes_effect(f.client, {"", "production", ApplyManifests{two_manifests, "green.yaml"}});
        const std::string settings = "/api/v1/namespaces/production/configmaps/settings";
        const std::string web = "/api/v1/namespaces/production/services/web";
        f.http.answer("GET " + settings, 404, status(404, "NotFound", "none"));
        f.http.answer("GET " + web, 404, status(404, "NotFound", "none"));
        run.prepare(f, *effect);
        SAME_TEXT(run.prepared->what, "apply configmap production/settings (new); apply service production/web (new)");
        f.http.answer("PATCH " + settings + "?fieldManager=sluice", 201, Json::object());
        f.http.answer("PATCH " + web + "?fieldManager=sluice", 403, status(403, "Forbidden", "no services"));
        run.start(f, *effect);
        SCRIPT_DONE(f.http);
        QVERIFY(run.outcome->ending == Ending::failed);
        SAME_JSON(run.outcome->result, (Json{{"writes", {"apply configmap production/settings (new)"}}}));
        SAME_TEXT(run.output, "apply configmap production/settings (new)\n");
        SAME_JSON(f.http.body(2)["data"], (Json{{"MODE", "fast"}}));
    }

    void cancelling_sends_nothing_more_but_hears_what_was_sent() {
        ClusterFixture f;
        Run run;
        const auto effect =
            kubernetes_effect(f.client, {"", "production", ApplyManifests{two_manifests, "green.yaml"}});
        f.http.answer("GET /api/v1/namespaces/production/configmaps/settings", 404, status(404, "NotFound", "none"));
        f.http.answer("GET /api/v1/namespaces/production/services/web", 404, status(404, "NotFound", "none"));
        run.prepare(f, *effect);
        f.http.answer("PATCH /api/v1/namespaces/production/configmaps/settings?fieldManager=sluice", 201,
                      Json::object());
        effect->start(*run.prepared, run.sink());
        f.scheduler.run_until(f.scheduler.now()); // the first write is on its way
        QCOMPARE(f.http.sent.size(), std::size_t{3});
        effect->cancel();
        f.settle();
        SCRIPT_DONE(f.http);
        QVERIFY(run.outcome->ending == Ending::failed);
        QVERIFY(run.outcome->error.what.find("after 1 of 2") != std::string::npos);
    }

    void dropping_an_effect_silences_it() {
        ClusterFixture f;
        Run run;
        auto effect = scale_effect(f.client, {"production/user-service-blue", 0});
        f.http.answer("GET " + scale, 200, scale_object(5));
        run.prepare(f, *effect);
        f.http.answer("PATCH " + scale + "?fieldManager=sluice", 200, scale_object(0));
        effect->start(*run.prepared, run.sink());
        effect.reset();
        f.settle();
        QVERIFY(!run.outcome);
    }

    void saving_gives_the_object_masked() {
        ClusterFixture f;
        Run run;
        const auto effect = kubernetes_effect(f.client, {"deployment/user-service-blue", "production", SaveObject{}});
        run.prepare(f, *effect);
        QVERIFY(run.prepared);
        f.http.answer("GET " + deployments + "user-service-blue", 200, deployment());
        run.start(f, *effect);
        SCRIPT_DONE(f.http);
        QVERIFY(run.outcome->ending == Ending::done);
        QVERIFY(run.output.find("fast") == std::string::npos);
        SAME_TEXT(run.outcome->result["text"].get<std::string>(), run.output);
        QVERIFY(canonical(run.outcome->result));
    }

    void what_can_not_be_understood_is_refused_before_anything_is_asked_data() {
        QTest::addColumn<QString>("object");
        QTest::addColumn<QString>("manifest");
        QTest::newRow("no such kind") << "rollout/x"
                                      << "";
        QTest::newRow("no yaml") << ""
                                 << "a: [";
        QTest::newRow("no kind") << ""
                                 << "metadata: {name: x}";
        QTest::newRow("nothing in it") << ""
                                       << "---\n";
    }
    void what_can_not_be_understood_is_refused_before_anything_is_asked() {
        QFETCH(QString, object);
        QFETCH(QString, manifest);
        ClusterFixture f;
        KubernetesSpec spec{object.toStdString(), "production", RemoveObject{}};
        if (object.isEmpty()) {
            spec.action = ApplyManifests{manifest.toStdString(), "green.yaml"};
        }
        std::optional<Error> error;
        const auto effect = kubernetes_effect(f.client, spec);
        effect->prepare("s/step/1", [&](Result<Prepared> p) { error = p.error(); });
        QVERIFY(!error);
        f.settle();
        QVERIFY(error && error->code == ErrorCode::bad_input);
        QVERIFY(f.http.sent.empty());
    }
};

SLUICE_TEST(KubernetesEffectTest)
#include "kubernetes_effect_test.moc"
