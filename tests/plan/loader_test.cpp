#include "support/suite.h"

#ifndef Q_MOC_RUN // moc 6.4 can't parse all of the standard library's C++20 headers
#include "plan/describe.h"
#include "plan/kitchen_sink.h"
#include "plan/loader.h"
#include "plan/schema.h"
#include <functional>
#include <rapidcheck.h>
#endif

#include <QtTest>

using namespace sluice;
using namespace sluice::plan;

class LoaderTest : public QObject {
    Q_OBJECT

    static Plan sink() {
        const auto outcome = load(kitchen_sink, "sink.yaml");
        for (const Diagnostic& diagnostic : outcome.diagnostics) {
            qWarning("%s", to_text(diagnostic, "sink.yaml").c_str());
        }
        return outcome.plan.value();
    }

private slots:
    void a_plan_with_everything_in_it_loads() {
        const auto outcome = load(kitchen_sink, "sink.yaml");
        for (const Diagnostic& diagnostic : outcome.diagnostics) {
            qWarning("%s", to_text(diagnostic, "sink.yaml").c_str());
        }
        QVERIFY(outcome.diagnostics.empty());
        QVERIFY(outcome.plan.has_value());
    }

    void a_missing_weight_is_what_the_other_arm_leaves() {
        const Plan plan = sink();
        QCOMPARE(std::get<Shift>(plan.step("to-25")->body).weights, (Weights{{"blue", 75}, {"green", 25}}));
        QCOMPARE(std::get<Shift>(plan.step("to-25")->undo->body).weights, (Weights{{"blue", 100}, {"green", 0}}));
    }

    void the_deadline_of_a_hold_is_twice_its_time() {
        QCOMPARE(std::get<Hold>(sink().step("bake")->body).deadline, hours(2));
    }

    void steps_need_the_step_before_unless_they_say_otherwise() {
        const Plan plan = sink();
        QCOMPARE(plan.step("yes")->needs, std::vector<StepId>{"hello"});
        QVERIFY(plan.step("a")->needs.empty());
        QCOMPARE(plan.step("b")->needs, std::vector<StepId>{"hello"});
        QCOMPARE(plan.step("save")->needs, std::vector<StepId>{"ready"});
        QCOMPARE(plan.step("back/shift")->needs, std::vector<StepId>{"back/see"});
        QCOMPARE(plan.step("back/note")->needs, std::vector<StepId>{"back/shift"});
    }

    void what_the_language_had_once_is_read_out_of_a_log() {
        const std::string old =
            "sluice: 1\nid: p\nphases: [{id: one, steps: [{id: a, probe: {dns: {host: db.test}}}]}]\n";
        QVERIFY(!load(old, "old.yaml").plan);
        const auto loaded = load(old, "old.yaml", {}, Origin::log);
        QVERIFY(loaded.plan.has_value());
        QCOMPARE(std::get<ReachRead>(std::get<Probe>(loaded.plan->step("a")->body).what).host, "db.test");
        // What was taken for text then is text.
        const std::string slip =
            "sluice: 1\nid: p\nphases: [{id: one, steps: [{id: a, run: [x], environment: {T: 'vault:kv/shop'}}]}]\n";
        QVERIFY(!load(slip, "old.yaml").plan);
        const auto taken = load(slip, "old.yaml", {}, Origin::log);
        QVERIFY(taken.plan.has_value());
        QCOMPARE(std::get<Run>(taken.plan->step("a")->body).command.environment.at("T"), "vault:kv/shop");
        QVERIFY(!load("sluice: 1\nid: p\nphases: [{id: one, steps: [{id: a, probe: {dns: {hots: x}}}]}]\n", "new.yaml",
                      {}, Origin::log)
                     .plan);
    }

    void what_is_scraped_lies_under_metrics_unless_the_url_says_otherwise_data() {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("asked");
        const auto row = [](const char* url, const char* asked) {
            QTest::newRow(url) << QString(url) << QString(asked);
        };
        row("http://w:8080", "http://w:8080/metrics");
        row("http://w:8080/", "http://w:8080/metrics");
        row("https://w?module=x", "https://w/metrics?module=x");
        row("https://w/?module=/x", "https://w/metrics?module=/x");
        row("http://w/actuator/prometheus", "http://w/actuator/prometheus");
        row("http://w/metrics?a=b", "http://w/metrics?a=b");
    }
    void what_is_scraped_lies_under_metrics_unless_the_url_says_otherwise() {
        QFETCH(QString, url);
        QFETCH(QString, asked);
        const auto loaded = load("sluice: 1\nid: p\nconnections: {web: {scrape: {url: '" + url.toStdString() +
                                     "', interval: 1m}}, own: {scrape: {url: 'http://o'}}}\nmetrics:\n"
                                     "  a: {from: web, query: x, unit: count}\n"
                                     "  b: {from: web, query: x, unit: count, interval: 5s}\n"
                                     "  c: {from: own, query: x, unit: count}\n"
                                     "phases: [{id: one, steps: [{id: z, confirm: x}]}]\n",
                                 "p");
        QVERIFY(loaded.plan.has_value());
        const Plan& plan = *loaded.plan;
        QCOMPARE(QString::fromStdString(address_in(plan.connection("web")->settings)), asked);
        QVERIFY(scrape_interval(*plan.connection("web")) == minutes(1));
        // A metric is polled as often as its service is scraped, and may be as old as three scrapes.
        QVERIFY(plan.metric("a")->interval == minutes(1));
        QVERIFY(!plan.metric("a")->max_age);
        QVERIFY(plan.metric("b")->interval == seconds(5));
        QVERIFY(plan.metric("b")->max_age == minutes(3));
        QVERIFY(plan.metric("c")->interval == seconds(5));
    }

    void a_number_of_an_answer_is_read_with_what_it_tells_in_a_rehearsal() {
        const auto loaded =
            load("sluice: 1\nid: p\nconnections: {web: {http: {url: 'https://w'}}, front: {host: {host: w}}}\n"
                 "metrics:\n"
                 "  depth: {from: web, http: {path: '/q?of=${session}', json: /queue/depth}, unit: count}\n"
                 "  code: {from: web, http: {path: /, value: status}, unit: count, interval: 10s}\n"
                 "  took: {from: web, http: {path: /, value: latency}, unit: s, rehearse: {value: '0.2'}}\n"
                 "  left: {from: front, http: {value: certificate-days}, unit: count}\n"
                 "phases: [{id: one, steps: [{id: z, confirm: x}]}]\n",
                 "p");
        QVERIFY(loaded.plan.has_value());
        const Plan& plan = *loaded.plan;
        const auto& depth = *plan.metric("depth");
        QVERIFY(depth.http->what == HttpNumber::What::json);
        QCOMPARE(depth.http->path, std::string("/q?of=${session}"));
        QCOMPARE(depth.http->pointer, std::string("/queue/depth"));
        QVERIFY(depth.interval == seconds(5));
        QVERIFY(!depth.rehearsed);
        QVERIFY(plan.metric("code")->http->what == HttpNumber::What::status);
        QVERIFY(plan.metric("code")->interval == seconds(10));
        QVERIFY(plan.metric("took")->http->what == HttpNumber::What::latency);
        QCOMPARE(plan.metric("took")->rehearsed.value_or(0), 0.2);
        QVERIFY(plan.metric("left")->http->what == HttpNumber::What::certificate_days);
        QVERIFY(plan.metric("left")->interval == minutes(1));
        // There is a certificate nowhere in a rehearsal; an answer may be there.
        const auto missing = rehearsal_errors(plan);
        QCOMPARE(missing.size(), 1u);
        QCOMPARE(missing[0].at.line, 8);
    }

    void lines_in_logs_are_of_a_workload_or_of_what_a_selector_finds() {
        const auto loaded =
            load("sluice: 1\nid: p\nconnections: {cluster: {kubernetes: {context: c}}}\n"
                 "metrics:\n"
                 "  a: {from: cluster, logs: {workload: shop/web, pattern: 'ERROR|FATAL'}, unit: per-second}\n"
                 "  b: {from: cluster, logs: {selector: 'app=${session}', namespace: shop, container: app,\n"
                 "      pattern: x, over: 5m}, unit: per-second, interval: 20s, rehearse: {value: 0.5}}\n"
                 "phases: [{id: one, steps: [{id: z, confirm: x}]}]\n",
                 "p");
        QVERIFY(loaded.plan.has_value());
        const auto& a = *loaded.plan->metric("a");
        QCOMPARE(a.logs->workload, std::string("shop/web"));
        QCOMPARE(a.logs->pattern, std::string("ERROR|FATAL"));
        QVERIFY(a.logs->over == minutes(1));
        QVERIFY(a.interval == seconds(10));
        const auto& b = *loaded.plan->metric("b");
        QCOMPARE(b.logs->selector, std::string("app=${session}"));
        QCOMPARE(b.logs->name_space, std::string("shop"));
        QCOMPARE(b.logs->container, std::string("app"));
        QVERIFY(b.logs->over == minutes(5));
        QVERIFY(b.interval == seconds(20));
        QCOMPARE(b.rehearsed.value_or(0), 0.5);
        QVERIFY(rehearsal_errors(*loaded.plan).empty()); // the simulated cluster has logs
    }

    void a_look_at_a_host_is_read_with_what_others_pay_for_it() {
        const auto loaded =
            load("sluice: 1\nid: p\nconnections: {front: {host: {host: f}}, prod: {kubernetes: {context: c}}}\n"
                 "metrics:\n"
                 "  named: {from: front, dns: {type: aaaa, value: count}, unit: count, rehearse: {value: 2}}\n"
                 "  opens: {from: prod, tcp: {port: 6443, value: up}, unit: bool, rehearse: {value: 1}}\n"
                 "  shakes: {from: front, tls: {value: latency}, unit: s, rehearse: {value: '0.02'}}\n"
                 "  left: {from: front, tls: {port: 8443, value: days-left}, unit: count}\n"
                 "phases: [{id: one, steps: [{id: z, confirm: x}]}]\n",
                 "p");
        QVERIFY(loaded.plan.has_value());
        const Plan& plan = *loaded.plan;
        using What = ReachNumber::What;
        const auto& named = *plan.metric("named");
        QVERIFY(named.reach->kind == ReachRead::Kind::dns && named.reach->what == What::count);
        QVERIFY(named.reach->addresses == ReachNumber::Addresses::aaaa);
        QVERIFY(named.interval == seconds(15));
        QCOMPARE(named.rehearsed.value_or(0), 2.0);
        const auto& opens = *plan.metric("opens");
        QVERIFY(opens.reach->kind == ReachRead::Kind::tcp && opens.reach->what == What::up);
        QCOMPARE(opens.reach->port, 6443);
        QVERIFY(opens.interval == seconds(5));
        const auto& shakes = *plan.metric("shakes");
        QVERIFY(shakes.reach->kind == ReachRead::Kind::tls && shakes.reach->what == What::latency);
        QCOMPARE(shakes.reach->port, 0);
        const auto& left = *plan.metric("left");
        QVERIFY(left.reach->what == What::days_left && left.interval == minutes(1));
        // No rehearsal opens a socket: what says nothing of it can't be rehearsed.
        const auto missing = rehearsal_errors(plan);
        QCOMPARE(missing.size(), 1u);
        QCOMPARE(missing[0].at.line, 8);
    }

    void a_setting_is_that_of_a_topic_or_of_a_broker() {
        const auto loaded =
            load("sluice: 1\nid: p\nconnections: {events: {kafka: {bootstrap: 'b:1'}}}\nmetrics:\n"
                 "  kept: {from: events, configs: {topic: '${plan}.in', key: retention.ms}, unit: count}\n"
                 "  busy: {from: events, configs: {broker: 0, key: num.io.threads}, unit: count,"
                 " interval: 5m, rehearse: {value: 8}}\n"
                 "phases: [{id: one, steps: [{id: z, confirm: x}]}]\n",
                 "p");
        QVERIFY(loaded.plan.has_value());
        const auto& kept = *loaded.plan->metric("kept");
        QCOMPARE(kept.config->topic, std::string("${plan}.in"));
        QCOMPARE(kept.config->key, std::string("retention.ms"));
        QVERIFY(kept.interval == minutes(1) && !kept.rehearsed);
        const auto& busy = *loaded.plan->metric("busy");
        QVERIFY(busy.config->topic.empty() && busy.config->broker == 0);
        QVERIFY(busy.interval == minutes(5));
        QCOMPARE(busy.rehearsed.value_or(0), 8.0);
        QVERIFY(rehearsal_errors(*loaded.plan).empty()); // the simulated production has settings
    }

    void a_login_is_measured_where_somebody_logs_in() {
        const auto loaded =
            load("sluice: 1\nid: p\nconnections: {events: {kafka: {bootstrap: 'b:1', security: {protocol: sasl_ssl, "
                 "mechanism: plain, username: u, password: 'env:P'}}}}\nmetrics:\n"
                 "  open: {from: events, sasl: {value: up}, unit: bool}\n"
                 "  took: {from: events, sasl: {value: latency}, unit: s, interval: 2m, rehearse: {value: '0.1'}}\n"
                 "phases: [{id: one, steps: [{id: z, confirm: x}]}]\n",
                 "p");
        QVERIFY(loaded.plan.has_value());
        const auto& open = *loaded.plan->metric("open");
        QVERIFY(open.login->what == LoginNumber::What::up && open.interval == seconds(30) && !open.rehearsed);
        const auto& took = *loaded.plan->metric("took");
        QVERIFY(took.login->what == LoginNumber::What::latency && took.interval == minutes(2));
        QCOMPARE(took.rehearsed.value_or(0), 0.1);
        QVERIFY(rehearsal_errors(*loaded.plan).empty()); // the simulated brokers let everybody in
    }

    void a_number_of_a_cluster_is_read_with_its_pace_and_what_is_said_of_its_causes() {
        const auto loaded = load(
            "sluice: 1\nid: p\nconnections: {c: {kubernetes: {}}}\nmetrics:\n"
            "  up: {from: c, kubernetes: {ready: 'deployment/x-${session}', namespace: n, advice: {OOMKilled: ask "
            "Jo}},\n"
            "       unit: count}\n"
            "  kafka: {from: c, kubernetes: {restarts: statefulset/kafka, namespace: n}, unit: count, reduce: max}\n"
            "  hot: {from: c, kubernetes: {usage: cpu, of: nodes, selector: pool=a}, unit: ratio, interval: 1m}\n"
            "  sick: {from: c, kubernetes: {nodes: memory-pressure}, unit: count}\n"
            "  room: {from: c, kubernetes: {capacity: memory}, unit: bytes}\n"
            "  logs: {from: c, kubernetes: {rollout: daemonset/log, namespace: n}, unit: count, rehearse: {value: 1}}\n"
            "phases: [{id: one, steps: [{id: z, confirm: x}]}]\n",
            "p");
        QVERIFY(loaded.plan.has_value());
        const Plan& plan = *loaded.plan;
        using What = ClusterNumber::What;
        const auto& up = *plan.metric("up");
        QVERIFY(up.cluster->what == What::ready && up.interval == seconds(5) && up.reduce == Reduce::none);
        QCOMPARE(up.cluster->object, std::string("deployment/x-${session}"));
        QCOMPARE(up.cluster->advice.at("OOMKilled"), std::string("ask Jo"));
        QVERIFY(plan.metric("kafka")->reduce == Reduce::max);
        const auto& hot = *plan.metric("hot");
        QVERIFY(hot.cluster->what == What::usage && hot.interval == minutes(1) && hot.reduce == Reduce::sum);
        QCOMPARE(hot.cluster->of + " " + hot.cluster->object + " " + hot.cluster->selector,
                 std::string("cpu nodes pool=a"));
        QVERIFY(hot.max_age == minutes(3)); // the cluster measures by itself, seldom
        QVERIFY(plan.metric("sick")->interval == seconds(15));
        QVERIFY(plan.metric("room")->interval == minutes(1));
        // A rehearsal has deployments; what it lacks must say what it tells.
        const auto missing = rehearsal_errors(plan);
        QCOMPARE(missing.size(), 1u);
        QCOMPARE(missing[0].at.line, 7);
    }

    void a_program_s_number_is_read_as_a_step_s_program_is() {
        const auto loaded =
            load("sluice: 1\nid: p\nmetrics:\n"
                 "  a: {run: [psql, -c, '${session}'], unit: count, environment: {PGPASSWORD: 'env:DB'},\n"
                 "      folder: sql, timeout: 3s, extract: 'n=([0-9]+)', rehearse: {value: -7}}\n"
                 "  b: {run: [x], unit: s, interval: 1m}\n"
                 "phases: [{id: one, steps: [{id: z, confirm: x}]}]\n",
                 "p");
        QVERIFY(loaded.plan.has_value());
        const auto& a = *loaded.plan->metric("a");
        QCOMPARE(a.run->command.argv, (std::vector<std::string>{"psql", "-c", "${session}"}));
        QCOMPARE(a.run->command.environment.at("PGPASSWORD"), std::string("env:DB"));
        QCOMPARE(a.run->command.folder, std::string("sql"));
        QVERIFY(a.run->timeout == seconds(3));
        QCOMPARE(a.run->extract, std::string("n=([0-9]+)"));
        QCOMPARE(a.rehearsed.value_or(0), -7.0);
        QVERIFY(a.interval == seconds(15));
        const auto& b = *loaded.plan->metric("b");
        QVERIFY(b.run->timeout == seconds(10));
        QVERIFY(b.interval == minutes(1));
        QCOMPARE(loaded.plan->secrets.size(), 1u);
        QCOMPARE(loaded.plan->secrets[0].where, std::string("metric a, PGPASSWORD"));
        const auto missing = rehearsal_errors(*loaded.plan);
        QCOMPARE(missing.size(), 1u);
        QCOMPARE(missing[0].at.line, 6);
    }

    void a_probe_by_socket_looks_at_its_connection_data() {
        QTest::addColumn<QString>("connection");
        QTest::addColumn<QString>("probe");
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("told");
        const auto row = [](const char* name, const char* connection, const char* probe, const char* address,
                            const char* told) {
            QTest::newRow(name) << QString(connection) << QString(probe) << QString(address) << QString(told);
        };
        row("a name", "host: {host: db.example.com}", "dns: {}", "db.example.com", "probe: name of at");
        row("a port of the connection", "host: {host: db.example.com, port: 5432}", "tcp: {}", "db.example.com:5432",
            "probe: connect to at");
        row("a port of its own", "host: {host: 10.0.0.1}", "tcp: {port: 22}", "10.0.0.1", "probe: connect to at:22");
        row("what looks like a number", "host: {host: 10.1}", "dns: {}", "10.1", "probe: name of at");
        row("IPv6", "host: {host: 'fd00::1', port: 443, ca: ca.pem}", "tls: {}", "[fd00::1]:443",
            "probe: certificate of at");
        row("of a service", "http: {url: 'https://shop.example.com'}", "tls: {}", "https://shop.example.com",
            "probe: certificate of at");
        row("of brokers", "kafka: {bootstrap: 'a:9092,b:9092'}", "tcp: {}", "a:9092,b:9092", "probe: connect to at");
        row("of a Prometheus", "prometheus: {url: 'http://p:9090'}", "dns: {}", "http://p:9090", "probe: name of at");
        row("of a cluster", "kubernetes: {}", "tcp: {}", "", "probe: connect to at");
    }
    void a_probe_by_socket_looks_at_its_connection() {
        QFETCH(QString, connection);
        QFETCH(QString, probe);
        const auto outcome = load("sluice: 1\nid: p\nconnections: {at: {" + connection.toStdString() +
                                      "}}\nphases: [{id: one, steps: [{id: a, probe: {" + probe.toStdString() +
                                      "}, on: at, rehearse: {}}]}]\n",
                                  "p");
        QVERIFY2(outcome.plan && outcome.diagnostics.empty(),
                 outcome.diagnostics.empty() ? "" : to_text(outcome.diagnostics.front(), "p").c_str());
        QTEST(QString::fromStdString(address_in(outcome.plan->connection("at")->settings)), "address");
        QTEST(QString::fromStdString(summary(outcome.plan->steps.front())), "told");
    }

    void children_follow_their_parents() {
        const Plan plan = sink();
        std::map<StepId, std::size_t> place;
        for (std::size_t i = 0; i < plan.steps.size(); ++i) {
            place[plan.steps[i].id] = i;
        }
        QVERIFY(place["all"] < place["a"] && place["a"] < place["pods"]);
        QCOMPARE(plan.phase_of("a")->id, std::string("first"));
        QCOMPARE(plan.step("f")->choice, std::string("fast"));
    }

    void limits_are_in_base_units() {
        const Plan plan = sink();
        const auto& gates = std::get<Hold>(plan.step("bake")->body).gates;
        QCOMPARE(gates[0].must.limit, 0.001);
        QCOMPARE(gates[1].must.limit, 0.2);
        QCOMPARE(gates[2].must.limit, 5000.0);
    }

    void the_tree_names_every_step() {
        const Plan plan = sink();
        const std::string tree = describe_tree(plan);
        for (const Step& step : plan.steps) {
            QVERIFY2(tree.find(step.id + "  ") != std::string::npos, step.id.c_str());
        }
        for (const Variable& variable : plan.variables) {
            QVERIFY2(tree.find("\n  " + variable.name) != std::string::npos, variable.name.c_str());
        }
        QVERIFY(tree.find("shift edge: blue 75, green 25") != std::string::npos);
        QCOMPARE(describe_json(plan)["steps"].size(), plan.steps.size());
    }

    void the_schema_refers_only_to_what_it_defines() {
        const Json schema = json_schema();
        const std::function<void(const Json&)> visit = [&](const Json& value) {
            if (value.is_object() && value.contains("$ref")) {
                const std::string name = value["$ref"].get<std::string>().substr(8);
                QVERIFY2(schema["$defs"].contains(name), name.c_str());
            }
            for (const Json& child : value) {
                if (child.is_structured()) {
                    visit(child);
                }
            }
        };
        visit(schema);
        QVERIFY(schema["$defs"]["step"]["properties"]["hold"]["description"].get<std::string>().size() > 10);
    }

    void no_prefix_of_a_good_plan_crashes_the_loader() {
        const std::string text = kitchen_sink;
        for (std::size_t length = 0; length < text.size(); ++length) {
            const auto outcome = load(text.substr(0, length), "cut.yaml");
            QVERIFY(outcome.plan.has_value() || !outcome.diagnostics.empty());
        }
    }

    void no_bytes_crash_the_loader() {
        const bool held = rc::check("random bytes", [](const std::string& bytes) {
            const auto outcome = load(bytes, "random");
            RC_ASSERT(outcome.plan.has_value() || !outcome.diagnostics.empty());
        });
        QVERIFY(held);
    }

    void no_change_of_a_good_plan_crashes_the_loader() {
        const bool held = rc::check("a line taken out, doubled, or with other bytes", [] {
            std::string text = kitchen_sink;
            const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
            const auto length = *rc::gen::inRange<std::size_t>(0, 40);
            const auto other = *rc::gen::element<std::string>("", "{", "}", "[", ": ", "&a ", "*a", "'", "\n", "\t",
                                                              "${", "- ", "null", "\xff", "ä", "!!x ");
            text.replace(at, length, other);
            const auto outcome = load(text, "changed");
            for (const Diagnostic& one : outcome.diagnostics) {
                RC_ASSERT(one.at.line >= 1 && one.at.column >= 1 && !one.what.empty());
            }
        });
        QVERIFY(held);
    }

    void budgets_hold() {
        const auto refused = [](const std::string& source, const char* what) {
            const auto outcome = load(source, "x");
            QVERIFY(!outcome.plan.has_value());
            QCOMPARE(outcome.diagnostics.size(), std::size_t{1});
            QVERIFY2(outcome.diagnostics[0].what.find(what) != std::string::npos, outcome.diagnostics[0].what.c_str());
        };
        refused(std::string(1'000'001, 'x'), "more than 1000000");
        refused("a: " + std::string(70, '['), "nested deeper than 64");
        std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
        for (int i = 1; i < 9; ++i) {
            bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
            for (int k = 0; k < 10; ++k) {
                bomb += (k ? ", *a" : "*a") + std::to_string(i - 1);
            }
            bomb += "]\n";
        }
        refused(bomb, "more than 50000 values");
        refused("a: &a {b: *a}\n", "an alias inside of what it stands for");
        std::string many = "a: &a 1\nb: [";
        for (int i = 0; i < 1001; ++i) {
            many += "*a,";
        }
        refused(many + "]\n", "more than 1000 aliases");
    }
};

SLUICE_TEST(LoaderTest)
#include "loader_test.moc"
