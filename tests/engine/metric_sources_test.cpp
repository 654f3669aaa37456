#include "engine/metric_sources.h"

#include "base/virtual_scheduler.h"
#include "plan/loader.h"
#include "sources/fake_http.h"
#include "sources/fake_runner.h"
#include "support/new_year.h"
#include "support/suite.h"

#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <filesystem>

using namespace sluice;
using namespace sluice::engine;
using sluice::testing::new_year;

namespace {

class NoReach : public net::Reach {
public:
    void ask(const net::ReachAsk&, Done) override {}
};

/// A plan with one program, and what it would reach.
struct Desk {
    VirtualScheduler scheduler{new_year};
    testing::FakeHttp http{scheduler, [](const net::HttpRequest&) -> Result<net::HttpResponse> {
                               return fail(ErrorCode::unreachable, "nobody is here");
                           }};
    testing::FakeRunner runner;
    NoReach reach;
    Outside outside{scheduler,
                    http,
                    [](const std::string&) -> Result<std::string> { return fail(ErrorCode::not_found, "no file"); },
                    [](const std::string& reference) -> Result<Secret> { return Secret("of " + reference); },
                    std::make_shared<RedactionSet>(),
                    [] { return new_year; },
                    "",
                    &reach};
    plan::Plan plan = plan::load("sluice: 1\nid: p\nvariables: {version: {default: v2}}\nmetrics:\n"
                                 "  rows: {run: [count, 'of ${version}'], unit: count, folder: sql, timeout: 3s,\n"
                                 "         environment: {TOKEN: 'env:T', PLAIN: '${version}'}, rehearse: {value: 12}}\n"
                                 "phases: [{id: one, steps: [{id: z, confirm: x}]}]\n",
                                 "p")
                          .plan.value();
    std::unique_ptr<Connections> connections;

    Result<MetricSources> make(const plan::Scope& scope) {
        auto opened = Connections::open(plan, outside, {});
        if (!opened) {
            return failed(opened);
        }
        connections = std::move(*opened);
        return metric_sources(plan, scope, *connections, outside, {runner, "records", "/plans"});
    }
};

} // namespace

class MetricSourcesTest : public QObject {
    Q_OBJECT
private slots:
    void a_program_is_filled_in_with_its_secrets_apart() {
        Desk desk;
        auto made = desk.make({{"version", "v2 $(x)"}});
        QVERIFY2(made.has_value(), made ? "" : to_text(made.error()).c_str());
        QCOMPARE(made->polled.size(), 1u);
        QCOMPARE(made->polled[0].interval, seconds(15));
        QCOMPARE(made->polled[0].timeout, seconds(3));
        made->polled[0].source->poll(new_year + seconds(3), "poll/rows/1", [](const series::SampleBatch&) {});
        QCOMPARE(desk.runner.started.size(), 1u);
        const auto& spec = desk.runner.started[0].spec;
        QCOMPARE(spec.argv, (std::vector<std::string>{"count", "of v2 $(x)"}));
        QCOMPARE(spec.secrets.at("TOKEN").reveal(), std::string("of env:T"));
        QCOMPARE(spec.environment, (std::map<std::string, std::string>{{"PLAIN", "v2 $(x)"}}));
        QCOMPARE(spec.cwd, std::string("/plans/sql"));
        QCOMPARE(spec.directory, std::string("records/poll.rows.1"));
    }

    void a_rehearsal_starts_none() {
        Desk desk;
        desk.outside.reach = nullptr;
        auto made = desk.make({{"version", "v2"}});
        QVERIFY(made.has_value());
        series::SampleBatch batch;
        made->polled[0].source->poll(new_year + seconds(3), "poll/rows/1",
                                     [&](series::SampleBatch answered) { batch = std::move(answered); });
        desk.scheduler.run_until(new_year + seconds(1));
        QCOMPARE(batch.readings.at(0).value, 12.0);
        QVERIFY(desk.runner.started.empty());
    }

    void what_has_no_value_is_told_with_the_metric_s_name() {
        Desk desk;
        const auto made = desk.make({});
        QVERIFY(!made.has_value());
        QVERIFY2(made.error().where.starts_with("metric rows"), made.error().where.c_str());
    }

    void records_of_programs_that_were_cut_off_go() {
        const QTemporaryDir folder;
        const std::string records = folder.path().toStdString();
        for (const char* name : {"poll.rows.7", "poll.rows.7+", "poll.deep.1", "session.step.1", "pollen.step.1"}) {
            std::filesystem::create_directories(records + "/" + name);
        }
        testing::FakeRunner runner;
        forget_cut_off({runner, records, "/plans"});
        std::sort(runner.forgotten.begin(), runner.forgotten.end());
        QCOMPARE(runner.forgotten, (std::vector<std::string>{records + "/poll.deep.1", records + "/poll.rows.7",
                                                             records + "/poll.rows.7+"}));
        runner.forgotten.clear();
        forget_cut_off({runner, "", "/plans"});
        forget_cut_off({runner, records + "/nowhere", "/plans"});
        QVERIFY(runner.forgotten.empty());
    }
};

SLUICE_TEST(MetricSourcesTest)
#include "metric_sources_test.moc"
