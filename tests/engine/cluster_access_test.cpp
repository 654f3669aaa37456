#include "engine/cluster_access.h"

#include "support/kubernetes_fixture.h"
#include "support/suite.h"

using namespace sluice;
using namespace sluice::engine;
using What = plan::ClusterNumber::What;

namespace {

constexpr const char* review = "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

plan::Metric metric_of(const char* name, What what, const char* object, const char* of = "") {
    plan::Metric metric;
    metric.name = name;
    metric.from = "cluster";
    metric.unit = "count";
    metric.cluster = plan::ClusterNumber{};
    metric.cluster->what = what;
    metric.cluster->object = object;
    metric.cluster->name_space = *object == '\0' ? "" : "${space}";
    metric.cluster->of = of;
    return metric;
}

struct Desk : testing::ClusterFixture {
    plan::Plan plan;
    std::shared_ptr<int> there = std::make_shared<int>();
    std::optional<Result<std::string>> found;

    void ask(bool acted_out = false) {
        try_access(client, plan, {{"space", "shop"}}, "cluster", acted_out, {"k"}, there,
                   [this](Result<std::string> answer) { found = std::move(answer); });
        [&] { QVERIFY(!found); }(); // later, from the event loop
        settle();
    }
    void says(bool allowed) { http.answer(review, 201, {{"status", {{"allowed", allowed}}}}); }
    /// "list pods shop", "get deployments apps shop".
    std::string asked(std::size_t index) const {
        const auto of = http.body(index)["spec"]["resourceAttributes"];
        return of["verb"].get<std::string>() + " " + of["resource"].get<std::string>() + " " +
               of["group"].get<std::string>() + " " + of.value("namespace", "everywhere");
    }
};

} // namespace

class ClusterAccessTest : public QObject {
    Q_OBJECT
private slots:
    void each_thing_is_asked_once() {
        Desk desk;
        desk.plan.metrics = {
            metric_of("up", What::ready, "deployment/x"), metric_of("moved", What::rollout, "deployment/y"),
            metric_of("hot", What::usage, "nodes", "cpu"), metric_of("room", What::capacity, "", "cpu")};
        desk.plan.metrics[2].cluster->name_space.clear();
        desk.plan.metrics.push_back(metric_of("other", What::nodes, "", "ready"));
        desk.plan.metrics.back().from = "elsewhere";
        for (int i = 0; i < 5; ++i) {
            desk.says(true);
        }
        desk.ask();
        SCRIPT_DONE(desk.http);
        QCOMPARE(**desk.found, std::string("may read what 4 metrics ask"));
        QStringList all;
        for (std::size_t i = 0; i < 5; ++i) {
            all << QString::fromStdString(desk.asked(i));
        }
        QCOMPARE(all,
                 (QStringList{"get deployments apps shop", "list pods  shop", "list nodes metrics.k8s.io everywhere",
                              "list nodes  everywhere", "list pods  everywhere"}));
    }

    void what_is_refused_is_told_with_the_metric_and_the_role() {
        Desk desk;
        desk.plan.metrics = {metric_of("up", What::ready, "deployment/x")};
        desk.says(true);
        desk.says(false);
        desk.ask();
        SCRIPT_DONE(desk.http);
        QVERIFY(!*desk.found && desk.found->error().code == ErrorCode::refused);
        QCOMPARE(desk.found->error().what,
                 std::string("does not let us list pods in the namespace shop, which the metric 'up' asks"));
        QCOMPARE(desk.found->error().remedy,
                 std::string("it needs a role that allows 'list' on pods in the namespace shop"));
    }

    void who_is_asked_nothing_is_told_nothing() {
        Desk desk;
        desk.ask();
        QCOMPARE(**desk.found, std::string());
        desk.found.reset();
        desk.plan.metrics = {metric_of("up", What::ready, "statefulset/x")};
        desk.plan.metrics[0].rehearsed = 3;
        desk.ask(true); // a rehearsal acts it out
        QCOMPARE(**desk.found, std::string());
        QVERIFY(desk.http.sent.empty());
    }

    void what_can_not_be_asked_and_what_is_not_answered_are_told() {
        Desk desk;
        desk.plan.metrics = {metric_of("up", What::ready, "deployment/x")};
        desk.plan.metrics[0].cluster->name_space = "${nothing}";
        desk.ask();
        QVERIFY(!*desk.found);
        QCOMPARE(desk.found->error().where, std::string("metric up"));
        desk.found.reset();
        desk.plan.metrics[0].cluster->name_space = "shop";
        desk.http.lose(review);
        desk.ask();
        QVERIFY(!*desk.found && desk.found->error().code == ErrorCode::timed_out);
    }

    void nobody_is_asked_on_when_the_asker_is_gone() {
        Desk desk;
        desk.plan.metrics = {metric_of("up", What::ready, "deployment/x")};
        desk.says(true);
        try_access(desk.client, desk.plan, {{"space", "shop"}}, "cluster", false, {"k"}, desk.there,
                   [&](const Result<std::string>& answer) { desk.found = answer; });
        desk.there.reset();
        desk.settle();
        SCRIPT_DONE(desk.http);
        QVERIFY(!desk.found);
    }
};

SLUICE_TEST(ClusterAccessTest)
#include "cluster_access_test.moc"
