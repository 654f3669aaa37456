#include "range/kubernetes/patch.h"

#include "range/kubernetes/path.h"
#include "range/kubernetes/selectors.h"
#include "range/manifest.h"
#include "range/noise.h"
#include "range/time_text.h"
#include "range/world/ownership.h"
#include "support/suite.h"

#include <QtTest>
#include <fmt/format.h>

using namespace sluice;
using namespace sluice::range;

class PatchTest : public QObject {
    Q_OBJECT
    static Json yaml(const QString& text) { return read_yaml(text.toStdString(), "test").value(); }

private slots:
    void strategic_merge_follows_the_merge_keys_data() {
        QTest::addColumn<QString>("live");
        QTest::addColumn<QString>("patch");
        QTest::addColumn<QString>("result");
        QTest::newRow("image of one container") << "{containers: [{name: a, image: x}, {name: b, image: y}]}"
                                                << "{containers: [{name: b, image: z}]}"
                                                << "{containers: [{name: a, image: x}, {name: b, image: z}]}";
        QTest::newRow("env is merged by name")
            << "{containers: [{name: a, env: [{name: X, value: '1'}]}]}"
            << "{containers: [{name: a, env: [{name: Y, value: '2'}]}]}"
            << "{containers: [{name: a, env: [{name: X, value: '1'}, {name: Y, value: '2'}]}]}";
        QTest::newRow("$patch: delete takes one out") << "{containers: [{name: a}, {name: b}]}"
                                                      << "{containers: [{name: a, $patch: delete}]}"
                                                      << "{containers: [{name: b}]}";
        QTest::newRow("other lists are replaced") << "{args: [a, b]}"
                                                  << "{args: [c]}"
                                                  << "{args: [c]}";
        QTest::newRow("null deletes") << "{a: 1, b: 2}"
                                      << "{a: null}"
                                      << "{b: 2}";
        QTest::newRow("ports of a Service by port") << "{ports: [{port: 80, name: x}]}"
                                                    << "{ports: [{port: 80, name: y}, {port: 81}]}"
                                                    << "{ports: [{port: 80, name: y}, {port: 81}]}";
        QTest::newRow("$setElementOrder is no field") << "{a: 1}"
                                                      << "{$setElementOrder/containers: [{name: a}], b: 2}"
                                                      << "{a: 1, b: 2}";
    }
    void strategic_merge_follows_the_merge_keys() {
        QFETCH(QString, live);
        QFETCH(QString, patch);
        QFETCH(QString, result);
        QCOMPARE(QString::fromStdString(strategic_merge(yaml(live), yaml(patch)).dump()),
                 QString::fromStdString(yaml(result).dump()));
    }

    void applying_gives_up_what_is_no_longer_applied() {
        const Key key{&kind_named("ConfigMap"), "a", "b"};
        const Json first = yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {x: '1', y: '2'}}");
        Json live = first;
        note_author(Json(), live, {"sluice", "Apply"}, decided_fields(first), "2026-01-06T02:00:00Z");
        Json edited = live;
        edited["data"]["z"] = "3";
        note_author(live, edited, {"kubectl-edit", "Update"}, {}, "2026-01-06T02:00:01Z");
        const auto next =
            server_side_applied(key, &edited, yaml("{metadata: {name: b}, data: {x: '5'}}"), "sluice", false);
        QVERIFY(next);
        QCOMPARE(QString::fromStdString((*next)["data"].dump()), R"({"x":"5","z":"3"})");
        const auto conflict =
            server_side_applied(key, &edited, yaml("{metadata: {name: b}, data: {z: '9'}}"), "sluice", false);
        QVERIFY(!conflict);
        QCOMPARE(conflict.error().code, 409);
        QVERIFY(conflict.error().message.find("\"kubectl-edit\": .data.z") != std::string::npos);
    }

    void custom_resources_refuse_a_strategic_merge() {
        const Key route{&kind_named("HTTPRoute"), "a", "b"};
        QCOMPARE(patched(route, Json::object(), "application/strategic-merge-patch+json", "{}").error().code, 415);
        QVERIFY(patched(route, Json::object(), "application/merge-patch+json; charset=utf-8", "{}"));
    }

    void selectors_data() {
        QTest::addColumn<QString>("selector");
        QTest::addColumn<bool>("holds");
        QTest::addColumn<bool>("well_formed");
        QTest::newRow("equal") << "app=blue" << true << true;
        QTest::newRow("two") << "app=blue, tier==web" << true << true;
        QTest::newRow("not equal") << "app!=blue" << false << true;
        QTest::newRow("not equal, absent") << "zone!=a" << true << true;
        QTest::newRow("in") << "app in (green, blue)" << true << true;
        QTest::newRow("notin") << "app notin (green)" << true << true;
        QTest::newRow("exists") << "app" << true << true;
        QTest::newRow("does not exist") << "!zone" << true << true;
        QTest::newRow("nonsense") << "app in blue" << false << false;
    }
    void selectors() {
        QFETCH(QString, selector);
        QFETCH(bool, holds);
        QFETCH(bool, well_formed);
        bool good = true;
        const bool result =
            label_selector_holds(selector.toStdString(), yaml("{metadata: {labels: {app: blue, tier: web}}}"), good);
        QCOMPARE(good, well_formed);
        QCOMPARE(result && good, holds);
    }

    void paths_name_what_they_name_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("found");
        QTest::newRow("cluster-wide") << "/api/v1/nodes/node-a"
                                      << "nodes  node-a  ";
        QTest::newRow("a namespace") << "/api/v1/namespaces/production"
                                     << "namespaces  production  ";
        QTest::newRow("its pods") << "/api/v1/namespaces/production/pods"
                                  << "pods production   ";
        QTest::newRow("everyone's") << "/apis/apps/v1/deployments"
                                    << "deployments    ";
        QTest::newRow("scale") << "/apis/apps/v1/namespaces/a/deployments/b/scale"
                               << "deployments a b scale ";
        QTest::newRow("proxy") << "/api/v1/namespaces/a/services/http:b:8081/proxy/x%2Fy/z"
                               << "services a http:b:8081 proxy /x%2Fy/z";
        QTest::newRow("proxy of the root") << "/api/v1/namespaces/a/services/b:80/proxy"
                                           << "services a b:80 proxy /";
        QTest::newRow("wrong version") << "/apis/apps/v2/deployments"
                                       << "";
        QTest::newRow("too long") << "/api/v1/nodes/a/status/b"
                                  << "";
    }
    void paths_name_what_they_name() {
        QFETCH(QString, path);
        QFETCH(QString, found);
        const auto parsed = parse_api_path(path.toStdString());
        const QString text =
            parsed ? QString::fromStdString(fmt::format("{} {} {} {} {}", parsed->kind->resource, parsed->space,
                                                        parsed->name, parsed->subresource, parsed->rest))
                   : QString();
        QCOMPARE(text, found);
    }

    void manifests_are_typed_as_yaml_has_it() {
        const Json read = yaml("{a: 1, b: '1', c: true, d: null, e: 1.5, f: v1.2.3, g: 0x10, h: '', i: .inf}");
        QCOMPARE(QString::fromStdString(read.dump()),
                 R"({"a":1,"b":"1","c":true,"d":null,"e":1.5,"f":"v1.2.3","g":"0x10","h":"","i":".inf"})");
        const auto broken = read_manifests("apiVersion: v1\nkind: ConfigMap\nkind: Secret\n", "m.yaml");
        QVERIFY(!broken);
        QCOMPARE(QString::fromStdString(broken.error().where), "m.yaml:3:1");
        QCOMPARE(
            read_manifests("---\napiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod}]\n---\n", "m")->size(),
            std::size_t{1});
        QVERIFY(!read_manifests("kind: Pod\n", "m"));
    }

    void lengths_of_time_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("milliseconds");
        QTest::newRow("90s") << "90s" << qint64{90'000};
        QTest::newRow("1h30m") << "1h30m" << qint64{5'400'000};
        QTest::newRow("250ms") << "250ms" << qint64{250};
        QTest::newRow("no unit") << "5" << qint64{-1};
        QTest::newRow("empty") << "" << qint64{-1};
        QTest::newRow("negative") << "-5s" << qint64{-1};
        QTest::newRow("unknown unit") << "5y" << qint64{-1};
    }
    void lengths_of_time() {
        QFETCH(QString, text);
        QFETCH(qint64, milliseconds);
        Nanos length{-1'000'000};
        QCOMPARE(parse_length(text.toStdString(), length), milliseconds >= 0);
        QCOMPARE(length.count / 1'000'000, milliseconds);
    }

    void times_read_back() {
        for (const std::int64_t t : {0ll, 951'782'399ll, 1'767'664'800ll, 4'102'444'799ll}) {
            Nanos back;
            QVERIFY(parse_rfc3339(rfc3339(seconds(t)), back));
            QCOMPARE(back.count, seconds(t).count);
        }
        Nanos back;
        QVERIFY(!parse_rfc3339("2026-02-30T00:00:00Z", back));
        QVERIFY(!parse_rfc3339("2026-02-03 00:00:00Z", back));
    }

    void noise_is_a_function_of_seed_and_name() {
        QCOMPARE(mix(1, "a"), mix(1, "a"));
        QVERIFY(mix(1, "a") != mix(2, "a") && mix(1, "a") != mix(1, "b") && mix(1, "a", 1) != mix(1, "a", 2));
        for (int i = 0; i < 1000; ++i) {
            QVERIFY(std::abs(drift(3, "x", i * 0.37)) <= 1.0);
            QVERIFY(std::abs(drift(3, "x", i * 0.01) - drift(3, "x", i * 0.01 + 0.001)) < 0.01); // smooth
        }
    }
};

SLUICE_TEST(PatchTest)
#include "patch_test.moc"
