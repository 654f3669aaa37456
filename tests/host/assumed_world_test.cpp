#include "base/virtual_scheduler.h"
#include "host/assumed_world.h"
#include "plan/loader.h"
#include "range/world/objects.h"
#include "range/world/world.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;

/// The world in which a plan is rehearsed that names none.
class AssumedWorldTest : public QObject {
    Q_OBJECT

    static plan::Plan plan_of(const std::string& text) {
        auto loaded = plan::load(text, "plan.yaml");
        for (const auto& one : loaded.diagnostics) {
            qWarning("%s", plan::to_text(one, "plan.yaml").c_str());
        }
        return std::move(loaded.plan).value();
    }

    static const Json* object(const range::World& world, const char* kind, const char* space, const char* name) {
        return world.objects().find({&range::kind_named(kind), space, name});
    }

private slots:
    void whose_logs_a_metric_reads_stands_there() {
        const auto plan = plan_of(R"(sluice: 1
id: small
connections: {cluster: {kubernetes: {context: prod}}}
metrics:
  a: {from: cluster, logs: {workload: shop/web, pattern: ERROR}, unit: per-second}
  b: {from: cluster, logs: {selector: app=mailer, namespace: post, container: mail, pattern: ERROR}, unit: per-second}
  c: {from: cluster, logs: {selector: 'tier=cache', namespace: shop, pattern: ERROR}, unit: per-second}
  d: {from: cluster, logs: {workload: shop/gone, pattern: ERROR}, unit: per-second, rehearse: {value: 0}}
phases: [{id: main, steps: [{id: z, confirm: x}]}]
)");
        VirtualScheduler scheduler(seconds(1'767'600'000));
        range::World world(1, scheduler);
        QVERIFY(world.load(host::assumed_world(plan, {}), "assumed").has_value());
        QVERIFY(object(world, "Deployment", "shop", "web") != nullptr);
        QVERIFY(object(world, "Deployment", "shop", "gone") == nullptr); // nobody asks it
        const Json* mailer = object(world, "Deployment", "post", "mailer");
        QVERIFY(mailer != nullptr);
        QCOMPARE(mailer->at("/spec/template/spec/containers/0/name"_json_pointer), "mail");
        QCOMPARE(world.objects().list(range::kind_named("Deployment"), "").size(), std::size_t{2});
    }

    void it_holds_what_the_plan_works_on() {
        const auto plan = plan_of(R"(sluice: 1
id: small
variables: {next: {default: v2.0.0}}
connections:
  cluster: {kubernetes: {context: prod}}
  prom: {prometheus: {url: 'http://prometheus.monitoring:9090', via: {service-proxy: {on: cluster}}}}
  api: {http: {url: 'http://shop-green.shop-green:8081', via: {service-proxy: {on: cluster}}}}
arms:
  blue: {workload: shop/shop-blue, service: shop/shop-blue, match: v1.9.0}
  green: {workload: shop-green/shop-green, service: shop/shop-green, match: '${next}'}
  old: {workload: pay/old, service: pay/old, match: v7.0.0}
  new: {workload: pay/new, service: pay/new, match: v7.1.0}
traffic:
  edge: {driver: nginx-canary, on: cluster, primary: shop/front, canary: shop/front-canary,
         arms: {primary: blue, canary: green}}
  payments: {driver: ingress-backend, on: cluster, primary: pay/front, arms: {primary: old, canary: new}}
phases:
  - id: main
    steps:
      - {id: image, kubernetes: {set-image: deployment/shop-green, namespace: shop-green, body: {web: 'shop:${next}'}},
         on: cluster}
      - {id: pay, kubernetes: {set-image: Deployments.apps/new, namespace: pay, body: {app: 'pay:v7.1.0'}}, on: cluster}
      - {id: basket, flag: {name: basket, to: 'on', config-map: shop/settings}, on: cluster}
      - {id: more, scale: {workload: shop/mailer, replicas: 4}, on: cluster}
      - {id: cache, probe: {kubernetes: {ready: deployment/cache, namespace: shop}}, on: cluster}
      - {id: new, kubernetes: {apply: manifests/new.yaml}, on: cluster}
)");
        VirtualScheduler scheduler(seconds(1'767'600'000));
        range::World world(1, scheduler);
        const auto loaded = world.load(host::assumed_world(plan, {{"next", "v2.0.0"}}), "assumed");
        QVERIFY2(loaded.has_value(), loaded ? "" : to_text(loaded.error()).c_str());

        const auto image = [&](const char* space, const char* name) {
            const Json* found = object(world, "Deployment", space, name);
            return found == nullptr
                       ? std::string("none")
                       : found->at("/spec/template/spec/containers/0/image"_json_pointer).get<std::string>();
        };
        QCOMPARE(image("shop", "shop-blue"), "shop-blue:v1.9.0");
        QCOMPARE(image("shop-green", "shop-green"), "shop-green:v1.9.0"); // the plan sets it to the new one
        QCOMPARE(image("pay", "new"), "new:v7.0.0");                      // of its own traffic
        QCOMPARE(image("pay", "old"), "old:v7.0.0");
        QCOMPARE(image("shop", "mailer"), "mailer:1.0.0");
        QCOMPARE(image("shop", "cache"), "none"); // a step may apply it
        QCOMPARE(object(world, "Deployment", "shop-green", "shop-green")
                     ->at("/spec/template/spec/containers/0/name"_json_pointer),
                 "web");
        QVERIFY(object(world, "ConfigMap", "shop", "settings") != nullptr);
        QCOMPARE(object(world, "Ingress", "shop", "front")
                     ->at("/spec/rules/0/http/paths/0/backend/service/name"_json_pointer),
                 "shop-blue");
        QVERIFY(object(world, "Ingress", "shop", "front-canary") == nullptr); // the driver makes it
        QCOMPARE(object(world, "Service", "shop", "shop-green")->at("/spec/type"_json_pointer), "ExternalName");
        QCOMPARE(object(world, "Service", "shop-green", "shop-green")->at("/spec/ports/0/port"_json_pointer), 8081);
        QVERIFY(object(world, "Service", "monitoring", "prometheus") != nullptr);
        QCOMPARE(host::assumed_entry(plan), "shop/front");
    }

    void what_is_only_asked_about_stands_where_no_step_makes_anything() {
        const auto plan =
            plan_of("sluice: 1\nid: small\nconnections: {cluster: {kubernetes: {context: prod}}}\nphases: [{id: main, "
                    "steps: [{id: cache, probe: {kubernetes: {ready: deployment/cache, namespace: shop}}, on: "
                    "cluster}]}]\n");
        VirtualScheduler scheduler(seconds(1'767'600'000));
        range::World world(1, scheduler);
        QVERIFY(world.load(host::assumed_world(plan, {}), "assumed").has_value());
        QVERIFY(object(world, "Deployment", "shop", "cache") != nullptr);
    }

    void what_a_metric_asks_of_the_cluster_stands_unless_it_says_what_it_tells() {
        const auto plan =
            plan_of("sluice: 1\nid: small\nconnections: {cluster: {kubernetes: {context: prod}}}\nmetrics:\n"
                    "  up: {from: cluster, kubernetes: {ready: deployment/cache, namespace: shop}, unit: count}\n"
                    "  told: {from: cluster, kubernetes: {ready: deployment/other, namespace: shop}, unit: count,\n"
                    "         rehearse: {value: 3}}\n"
                    "  hot: {from: cluster, kubernetes: {usage: cpu, of: nodes}, unit: count}\n"
                    "phases: [{id: main, steps: [{id: go, confirm: Go}]}]\n");
        VirtualScheduler scheduler(seconds(1'767'600'000));
        range::World world(1, scheduler);
        QVERIFY(world.load(host::assumed_world(plan, {}), "assumed").has_value());
        QVERIFY(object(world, "Deployment", "shop", "cache") != nullptr);
        QVERIFY(object(world, "Deployment", "shop", "other") == nullptr);
    }

    void a_plan_without_a_cluster_takes_nothing_for_granted() {
        const auto plan = plan_of("sluice: 1\nid: small\nphases: [{id: main, steps: [{id: go, confirm: Go}]}]\n");
        const std::string text = host::assumed_world(plan, {});
        QVERIFY(text.find("Deployment") == std::string::npos);
        QCOMPARE(host::assumed_entry(plan), "");
    }
};

SLUICE_TEST(AssumedWorldTest)
#include "assumed_world_test.moc"
