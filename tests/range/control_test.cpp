#include "range/control.h"

#include "net/live_scheduler.h"
#include "rehearsed.h"

#include "support/suite.h"

#include <QElapsedTimer>

using namespace sluice;
using namespace sluice::range;

class ControlTest : public QObject {
    Q_OBJECT
private slots:
    void a_rehearsal_elsewhere_finds_the_rest_and_tells_what_it_knows() {
        Rehearsed r({"step:deploy errors 6%"});
        Control control(r.scheduler, *r.range);
        QVERIFY(control.listen(0));
        const auto found = addresses_from(Json::parse(r.send("GET", control.url() + "/addresses")->body));
        QVERIFY(found);
        QCOMPARE(found->kubernetes, r.range->addresses().kubernetes);
        QCOMPARE(r.send("POST", control.url() + "/manifests", file("tests/range/nova_green.yaml"))->status, 204);
        QVERIFY(r.rolled_out(r.green));
        const auto bad =
            r.send("POST", control.url() + "/manifests", "apiVersion: v1\nkind: Gadget\nmetadata: {name: a}\n");
        QCOMPARE(bad->status, 422);
        QVERIFY(bad->body.find("Gadget") != std::string::npos);
        QCOMPARE(r.send("POST", control.url() + "/steps/deploy")->status, 204);
        r.pass(minutes(6));
        QVERIFY(r.query("sum(rate(nova_http_errors_total[5m])) / sum(rate(nova_http_requests_total[5m]))") > 0.05);
        QCOMPARE(r.send("POST", control.url() + "/removals", "production-green/deployment/user-service-green")->status,
                 204);
        r.pass(seconds(5));
        QCOMPARE(r.api("GET", r.green).status, 404);
        r.merge(r.blue, R"({"spec":{"replicas":4}})");
        const std::string log = r.send("GET", control.url() + "/writes")->body;
        QVERIFY2(log.find("200 kubernetes PATCH " + std::string(r.blue)) != std::string::npos, log.c_str());
    }

    void it_runs_on_the_machines_clock_too() {
        net::LiveScheduler scheduler;
        RangeOptions options;
        options.world = file("plans/nova/range.yaml");
        options.kafka = false;
        options.scrape_interval = seconds(1);
        auto range = Range::start(scheduler, options);
        QVERIFY2(range, range ? "" : to_text(range.error()).c_str());
        net::QtHttpClient client(scheduler);
        QVERIFY((*range)->apply_manifest("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: quick, namespace: "
                                         "production}\nspec:\n  replicas: 1\n  "
                                         "selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}, "
                                         "annotations: {sluice-range/start-up: 1s}}\n    "
                                         "spec: {containers: [{name: c, image: 'q:1'}]}\n",
                                         "quick"));
        int available = 0;
        QElapsedTimer real;
        real.start();
        while (available == 0 && real.elapsed() < 10'000) {
            bool answered = false;
            net::HttpRequest request;
            request.url = (*range)->addresses().kubernetes + "/apis/apps/v1/namespaces/production/deployments/quick";
            request.headers = {{"Authorization", "Bearer " + (*range)->addresses().token}};
            request.key = "live";
            client.send(request, [&](Result<net::HttpResponse> answer) {
                answered = true;
                available = answer ? Json::parse(answer->body).value("/status/availableReplicas"_json_pointer, 0) : 0;
            });
            QTRY_VERIFY(answered);
        }
        QCOMPARE(available, 1);
        QVERIFY(real.elapsed() >= 1000);
    }
};

SLUICE_TEST(ControlTest)
#include "control_test.moc"
