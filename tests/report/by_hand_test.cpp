#include "report/by_hand.h"

#include "opened.h"
#include "report/sheet.h"
#include "support/suite.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QtTest>

using namespace sluice;

namespace {

/// A plan whose one way back has this step, and the release that has just opened it.
release::Release release_with(const std::string& step, const std::string& promise = "",
                              const std::string& api = "https://api.example") {
    const std::string source = R"(sluice: 1
id: small
title: Small ${version}
variables:
  version: {type: string, default: "v1'2"}
connections:
  cluster: {kubernetes: {context: the prod}}
  other: {kubernetes: {kubeconfig: a conf}}
  events: {kafka: {bootstrap: 'b1:9093,b2:9093', security: {protocol: sasl_ssl, mechanism: scram-sha-512, username: u, password: 'env:X_TOKEN'}}}
  open: {kafka: {bootstrap: 'b:9092'}}
  db: {host: {host: db.example, port: 5432}}
  api: {http: {url: ')" + api + R"(', headers: {X: 'env:X_TOKEN'}}}
  inside: {http: {url: 'http://green.shop:8081', via: {service-proxy: {on: cluster}}}}
  prom: {prometheus: {url: 'http://prom:9090', ca: /etc/ca.pem, headers: {Authorization: 'env:X_TOKEN'}}}
  far: {http: {url: 'https://far.example', via: {http-proxy: 'proxy.example:3128'}, ca: ca.pem, certificate: our.pem, key: 'file:/k.pem', basic: {user: lead, password: 'env:X_TOKEN'}}}
  bent: {prometheus: {url: 'http://far.example', via: {socks5: '[fd00::1]:1080', user: u, password: 'env:X_TOKEN'}}}
  kept: {http: {url: 'https://web.shop:8443', via: {port-forward: {on: cluster, service: shop/web, port: 8443}}}}
  own: {scrape: {url: 'https://web.example', ca: /etc/ca.pem, headers: {X: 'env:X_TOKEN'}}}
  near: {scrape: {url: 'http://web.shop:8081/stats?all=1', via: {service-proxy: {on: cluster}}}}
metrics:
  lag: {title: Lag, from: prom, query: lag, unit: messages}
  asked: {title: Asked, from: own, query: 'rate(asked[1m])', unit: per-second}
  busy: {title: Busy, from: near, query: busy, unit: count}
  beyond: {title: Beyond, from: bent, query: up, unit: count}
  waiting: {title: Waiting, from: api, http: {path: '/stats?of=${version}', json: /queue/depth}, unit: count}
  answered: {title: Answered, from: api, http: {path: /stats, value: status}, unit: count}
  took: {title: Took, from: api, http: {path: /stats, value: latency}, unit: s}
  depth: {title: Depth, from: inside, http: {path: /stats, json: /depth}, unit: count}
  rows: {title: Rows, run: [helm, count, '${version}'], environment: {T: 'env:X_TOKEN'}, unit: count, rehearse: {value: 1}}
  failing: {title: Failing, from: cluster, logs: {workload: shop/green, container: app, pattern: 'ERROR|FATAL'}, unit: per-second}
  refused: {title: Refused, from: cluster, logs: {selector: 'app=green', namespace: shop, pattern: ' 5..', over: 5m}, unit: per-second}
  left: {title: Left, from: db, http: {value: certificate-days}, unit: count, rehearse: {value: 61}}
  kept: {title: Kept, from: events, configs: {topic: t, key: retention.ms}, unit: count}
  login: {title: Login, from: events, sasl: {value: up}, unit: bool}
  opens: {title: Opens, from: db, tcp: {port: 6432, value: up}, unit: bool, rehearse: {value: 1}}
  moved: {title: Moved, from: cluster, kubernetes: {rollout: 'deployment/green-${version}', namespace: shop}, unit: count}
  eaten: {title: Eaten, from: cluster, kubernetes: {usage: memory, of: nodes, selector: 'pool in (a)'}, unit: ratio}
arms:
  blue: {workload: shop/blue, service: shop/blue-svc}
  green: {workload: shop/green, service: shop/green-svc}
traffic:
  edge: {driver: nginx-canary, on: cluster, primary: shop/main, canary: shop/canary, arms: {primary: blue, canary: green}}
severity: {sev1: {title: 'Down for ${version}', response: 'call ${version}', propose: back}}
phases: [{id: a, steps: [{id: b, confirm: B}, {id: to-green, confirm: Sent}, {id: read, run: [cat], outputs: {replicas: {type: integer}}, rehearse: {}}]}]
rollback: {)" + (promise.empty() ? promise : promise + ", ") +
                               R"(options: {back: {title: 'Back', default: true, steps: [)" + step + "]}}}\n";
    return testing::opened(source);
}

/// What the tools hear when a shell runs the commands: one line a program, each argument in brackets.
QString heard(const std::vector<std::string>& commands) {
    const QTemporaryDir tools;
    for (const char* name : {"kubectl", "curl", "sed", "helm", "vault", "secret-tool", "kafka-topics.sh",
                             "kafka-configs.sh", "kafka-broker-api-versions.sh", "kafka-consumer-groups.sh",
                             "kafka-console-producer.sh", "getent", "nc", "openssl"}) {
        QFile tool(tools.filePath(name));
        if (!tool.open(QIODevice::WriteOnly)) {
            return {};
        }
        // A line at once: those of a pipe run side by side.
        tool.write("#!/bin/sh\nl=\"${0##*/}\"; for a in \"$@\"; do l=\"$l [$a]\"; done\n"
                   "case \"$*\" in *'-f -'*) cat >/dev/null;; *'-H @-'*) l=\"$l <$(paste -sd'|' -)>\";; esac\n"
                   "printf '%s\\n' \"$l\" >> \"$HEARD\"\n"
                   "case \"$l\" in vault*|secret-tool*) echo 'se cret';; esac\nexit 0\n");
        if (tool.fileName().endsWith("kafka-console-producer.sh") || // what is piped in counts as well
            tool.fileName().endsWith("kafka-consumer-groups.sh")) {
            tool.resize(0);
            tool.write(
                "#!/bin/sh\nl=\"${0##*/}\"; for a in \"$@\"; do l=\"$l [$a]\"; done\n"
                "case \"$0 $*\" in *producer.sh*) l=\"$l <$(cat)>\";; esac\n"
                "case \"$*\" in *offsets.csv*) [ -f offsets.csv ] && l=\"$l <$(paste -sd' ' offsets.csv)>\";; esac\n"
                "printf '%s\\n' \"$l\" >> \"$HEARD\"\n");
        }
        tool.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    QProcess shell;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("PATH", tools.path() + ":" + environment.value("PATH"));
    environment.insert("HEARD", tools.filePath("heard"));
    environment.insert("X_TOKEN", "se cret");
    shell.setProcessEnvironment(environment);
    shell.setWorkingDirectory(tools.path());
    QString all;
    for (const auto& command : commands) {
        shell.start("sh", {"-c", QString::fromStdString(command)});
        shell.waitForFinished();
        all += QString::fromUtf8(shell.readAllStandardError());
    }
    QFile file(tools.filePath("heard"));
    if (file.open(QIODevice::ReadOnly)) {
        // The parts of a pipe run side by side: in an order of ours.
        QStringList lines = QString::fromUtf8(file.readAll()).split('\n', Qt::SkipEmptyParts);
        lines.sort();
        all += lines.join('\n');
    }
    return all;
}

} // namespace

class ByHandTest : public QObject {
    Q_OBJECT
private slots:
    void a_shell_hears_what_the_step_would_do_data() {
        QTest::addColumn<QString>("step");
        QTest::addColumn<QString>("heard_as");
        const auto row = [](const char* name, const char* step, const char* heard_as) {
            QTest::newRow(name) << QString(step) << QString(heard_as);
        };
        row("scale", "{id: s, scale: {workload: shop/blue, replicas: '3'}, on: cluster}",
            "kubectl [--context] [the prod] [-n] [shop] [scale] [deployment/blue] [--replicas=3]");
        row("program, with an argument that a shell would take apart",
            "{id: s, run: [helm, 'a b', '$(reboot)', '${version}', '*', \"it's\"], rehearse: {}}",
            "helm [a b] [$(reboot)] [v1'2] [*] [it's]");
        row("variable with a secret", "{id: s, run: [helm, x], environment: {T: 'env:X_TOKEN'}, rehearse: {}}",
            "helm [x]");
        row("set image",
            "{id: s, kubernetes: {set-image: deployment/blue, namespace: shop, body: {app: 'r/app:${version}'}}, on: "
            "cluster}",
            "kubectl [--context] [the prod] [-n] [shop] [set] [image] [deployment/blue] [app=r/app:v1'2]");
        row("set and remove variables",
            "{id: s, kubernetes: {set-env: deployment/blue, namespace: shop, body: {A: '1', B: null}}, on: cluster}",
            "kubectl [--context] [the prod] [-n] [shop] [set] [env] [deployment/blue] [A=1] [B-]");
        row("patch",
            "{id: s, kubernetes: {patch: deployment/blue, namespace: shop, body: {spec: {paused: true}}}, on: cluster}",
            "kubectl [--context] [the prod] [-n] [shop] [patch] [deployment/blue] [--type=merge] [-p] "
            "[{\"spec\":{\"paused\":true}}]");
        row("flag", "{id: s, flag: {name: basket, to: '${version}', config-map: shop/config}, on: cluster}",
            "kubectl [--context] [the prod] [-n] [shop] [patch] [configmap/config] [--type=merge] [-p] "
            "[{\"data\":{\"basket\":\"v1'2\"}}]");
        row("shell", "{id: s, shell: 'helm \"$T\" | cat >/dev/null; helm b', environment: {T: a b}, rehearse: {}}",
            "helm [a b]\nhelm [b]");
        row("typed elsewhere", "{id: s, external: \"helm 'a b' ${version}\"}", "");
        row("logs",
            "{id: s, probe: {logs: {pods: deployment/blue, namespace: shop, pattern: ERROR, since: 2h}}, on: cluster, "
            "rehearse: {}}",
            "kubectl [--context] [the prod] [-n] [shop] [logs] [deployment/blue] [--since=7200s]");
        row("a name", "{id: s, probe: {dns: {}}, on: db, rehearse: {}}", "getent [ahosts] [db.example]");
        row("a port", "{id: s, probe: {tcp: {}}, on: db, rehearse: {}}", "nc [-z] [-w] [10] [db.example] [5432]");
        row("another port of the same host", "{id: s, probe: {tcp: {port: 22}}, on: db, rehearse: {}}",
            "nc [-z] [-w] [10] [db.example] [22]");
        row("a port of a service", "{id: s, probe: {tcp: {}}, on: api, rehearse: {}}",
            "nc [-z] [-w] [10] [api.example] [443]");
        row("ready", "{id: s, probe: {kubernetes: {ready: deployment/blue, namespace: shop}}, on: cluster}",
            "kubectl [--context] [the prod] [-n] [shop] [get] [deployment/blue]");
        row("pods of all namespaces, whatever the context's own is",
            "{id: s, probe: {kubernetes: {get: pods}}, on: cluster}",
            "kubectl [--context] [the prod] [get] [pods] [-A]");
        row("what pods of all namespaces use", "{id: s, probe: {kubernetes: {get: pods, api: metrics}}, on: cluster}",
            "kubectl [--context] [the prod] [top] [pods] [-A]");
        row("what nodes use", "{id: s, probe: {kubernetes: {get: nodes, api: metrics}}, on: cluster}",
            "kubectl [--context] [the prod] [top] [nodes]");
        row("apply, as the owner of what this program applied before",
            "{id: s, kubernetes: {apply: configmap/c, namespace: shop, body: {apiVersion: v1, kind: ConfigMap, "
            "metadata: {name: c}}}, on: cluster}",
            "kubectl [--context] [the prod] [-n] [shop] [apply] [--server-side] [--field-manager=sluice] [-f] [-]");
        row("http through the API server", "{id: s, probe: {http: '/health?x=1'}, on: inside}",
            "kubectl [--context] [the prod] [get] [--raw] "
            "[/api/v1/namespaces/shop/services/green:8081/proxy/health?x=1]");
        row("http with a secret and a body",
            "{id: s, http: {path: /flags, headers: {Authorization: 'Bearer env:X_TOKEN', Y: open}, json: {v: "
            "'${version}'}}, "
            "on: api}",
            "curl [-fsS] [-X] [POST] [-H] [@-] [-H] [Y: open] [-H] [Content-Type: application/json] [--data-raw] "
            "[{\"v\":\"v1'2\"}] [https://api.example/flags] <X: se cret|Authorization: Bearer se cret>");
        row("http with a body that curl would take for the name of a file",
            "{id: s, http: {path: /flags, text: '@all'}, on: api}",
            "curl [-fsS] [-X] [POST] [-H] [@-] [--data-raw] [@all] [https://api.example/flags] <X: se cret>");
        row("http by way of a proxy, with a certificate of ours and a user", "{id: s, probe: {http: /health}, on: far}",
            "curl [-fsS] [-X] [GET] [--proxy] [http://proxy.example:3128] [--cacert] [ca.pem] [--cert] [our.pem] "
            "[--key] [/k.pem] [-H] [@-] [https://far.example/health] <Authorization: Basic bGVhZDpzZSBjcmV0>");
        row("http with a secret from Vault",
            "{id: s, http: {path: /flags, headers: {Authorization: 'Bearer vault:secret/app/prod#token'}}, on: api}",
            "curl [-fsS] [-X] [POST] [-H] [@-] [https://api.example/flags] <X: se cret|Authorization: Bearer se cret>\n"
            "vault [kv] [get] [-field=token] [secret/app/prod]");
        row("variable with a secret from the keychain",
            "{id: s, run: [helm, x], environment: {T: 'keychain:sluice/kafka'}, rehearse: {}}",
            "helm [x]\nsecret-tool [lookup] [server] [sluice] [user] [kafka]");
        row("offsets of a group",
            "{id: s, kafka: {set-offsets: {group: 'g ${version}', topics: [t, u], to: 2026-01-06T02:00:00Z}}, on: "
            "events}",
            "kafka-consumer-groups.sh [--bootstrap-server] [b1:9093,b2:9093] [--command-config] [client.properties] "
            "[--group] [g v1'2] [--topic] [t] [--topic] [u] [--reset-offsets] [--to-datetime] "
            "[2026-01-06T02:00:00.000Z] [--execute]");
        row("offsets that are put back",
            "{id: s, kafka: {set-offsets: {group: g, topics: t, to: '{\"t\":{\"0\":7,\"1\":null}}'}}, on: open}",
            "kafka-consumer-groups.sh [--bootstrap-server] [b:9092] [--group] [g] [--delete-offsets] [--topic] [t:1]\n"
            "kafka-consumer-groups.sh [--bootstrap-server] [b:9092] [--group] [g] [--reset-offsets] [--from-file] "
            "[offsets.csv] [--execute] <t,0,7>");
        row("offsets that a step has yet to give",
            "{id: s, kafka: {set-offsets: {group: g, topics: t, to: '${replicas}'}}, on: open}",
            "kafka-consumer-groups.sh [--bootstrap-server] [b:9092] [--group] [g] [--reset-offsets] [--from-file] "
            "[offsets.csv] [--execute]");
        row("a topic",
            "{id: s, kafka: {create-topic: {name: t, partitions: 6, replication: 3, config: {cleanup.policy: "
            "compact}}}, "
            "on: open}",
            "kafka-topics.sh [--bootstrap-server] [b:9092] [--create] [--topic] [t] [--partitions] "
            "[6] "
            "[--replication-factor] [3] [--config] [cleanup.policy=compact]");
        row("settings of a topic",
            "{id: s, kafka: {set-config: {topic: t, config: {retention.ms: 5, cleanup.policy: 'delete,compact', a.b: "
            "default}}}, on: open}",
            "kafka-configs.sh [--bootstrap-server] [b:9092] [--alter] [--entity-type] [topics] [--entity-name] [t] "
            "[--add-config] [cleanup.policy=[delete,compact],retention.ms=5] [--delete-config] [a.b]");
        row("a message",
            "{id: s, kafka: {produce: {topic: t, key: k, json: {v: '${version}'}, headers: {h: x}}}, on: open}",
            "kafka-console-producer.sh [--bootstrap-server] [b:9092] [--topic] [t] [--producer-property] [acks=all] "
            "[--property] [parse.headers=true] [--property] [parse.key=true] <h:x\tk\t{\"v\":\"v1'2\"}>");
        row("a message that a shell would take apart",
            "{id: s, kafka: {produce: {topic: t, key: '$(reboot)', text: \"it's %s \\\\n `id`\"}}, on: open}",
            "kafka-console-producer.sh [--bootstrap-server] [b:9092] [--topic] [t] [--producer-property] [acks=all] "
            "[--property] [parse.key=true] <$(reboot)\tit's %s \\n `id`>");
        row("a look at a group", "{id: s, probe: {kafka: {group: g, topics: t}}, on: open}",
            "kafka-consumer-groups.sh [--bootstrap-server] [b:9092] [--describe] [--group] [g]");
        row("a value stays in its segment of a path", "{id: s, http: {path: '/flags/${version}'}, on: api}",
            "curl [-fsS] [-X] [POST] [-H] [@-] [https://api.example/flags/v1%272] <X: se cret>");
        row("what a hold watches, at a place that wants a token",
            "{id: s, hold: 1m, gates: [{metric: lag, must: '<= 500'}]}",
            "curl [-fsS] [-G] [--cacert] [/etc/ca.pem] [-H] [@-] [http://prom:9090/api/v1/query] [--data-urlencode] "
            "[query=lag] <Authorization: se cret>");
        row("what a hold watches in an answer", "{id: s, hold: 1m, gates: [{metric: waiting, must: '<= 500'}]}",
            "curl [-fsS] [-G] [-H] [@-] [https://api.example/stats?of=v1%272] <X: se cret>");
        row("a status that a hold watches", "{id: s, hold: 1m, gates: [{metric: answered, must: '== 200'}]}",
            "curl [-sS] [-o] [/dev/null] [-w] [%{http_code}\\n] [-H] [@-] [https://api.example/stats] <X: se cret>");
        row("a latency that a hold watches", "{id: s, hold: 1m, gates: [{metric: took, must: '< 200ms'}]}",
            "curl [-fsS] [-o] [/dev/null] [-w] [%{time_total}\\n] [-H] [@-] [https://api.example/stats] <X: se cret>");
        row("an answer through the API server that a hold watches",
            "{id: s, hold: 1m, gates: [{metric: depth, must: '<= 500'}]}",
            "kubectl [--context] [the prod] [get] [--raw] [/api/v1/namespaces/shop/services/green:8081/proxy/stats]");
        row("lines in the logs of a workload that a hold watches",
            "{id: s, hold: 1m, gates: [{metric: failing, must: '< 1'}]}",
            "kubectl [--context] [the prod] [-n] [shop] [logs] [deployment/green] [--since=60s] [-c] [app]");
        row("lines in the logs of pods with a label that a hold watches",
            "{id: s, hold: 1m, gates: [{metric: refused, must: '< 1'}]}",
            "kubectl [--context] [the prod] [-n] [shop] [logs] [-l] [app=green] [--tail=-1] [--since=300s]");
        row("a certificate that a hold watches", "{id: s, hold: 1m, gates: [{metric: left, must: '> 14'}]}",
            "openssl [s_client] [-connect] [db.example:5432] [-servername] [db.example]\n"
            "openssl [x509] [-noout] [-subject] [-issuer] [-enddate]");
        row("a setting that a hold watches", "{id: s, hold: 1m, gates: [{metric: kept, must: '> 1'}]}",
            "kafka-configs.sh [--bootstrap-server] [b1:9093,b2:9093] [--command-config] [client.properties] "
            "[--describe] [--all] [--entity-type] [topics] [--entity-name] [t]");
        row("a login that a hold watches", "{id: s, hold: 1m, gates: [{metric: login, must: '== 1'}]}",
            "kafka-broker-api-versions.sh [--bootstrap-server] [b1:9093,b2:9093] [--command-config] "
            "[client.properties]");
        row("a port that a hold watches", "{id: s, hold: 1m, gates: [{metric: opens, must: '== 1'}]}",
            "nc [-z] [-w] [10] [db.example] [6432]");
        row("a program that a hold watches", "{id: s, hold: 1m, gates: [{metric: rows, must: '<= 500'}]}",
            "helm [count] [v1'2]");
        row("a rollout that a hold watches", "{id: s, hold: 1m, gates: [{metric: moved, must: '>= 0'}]}",
            "kubectl [--context] [the prod] [-n] [shop] [rollout] [status] [deployment/green-v1'2] [--watch=false]");
        row("use of nodes that a hold watches", "{id: s, hold: 1m, gates: [{metric: eaten, must: '< 80%'}]}",
            "kubectl [--context] [the prod] [top] [nodes] [-l] [pool in (a)]");
        row("what a hold watches that is scraped", "{id: s, hold: 1m, gates: [{metric: asked, must: '<= 500'}]}",
            "curl [-fsS] [-G] [--cacert] [/etc/ca.pem] [-H] [@-] [https://web.example/metrics] <X: se cret>");
        row("and through the API server", "{id: s, hold: 1m, gates: [{metric: busy, must: '<= 500'}]}",
            "kubectl [--context] [the prod] [get] [--raw] "
            "[/api/v1/namespaces/shop/services/web:8081/proxy/stats?all=1]");
    }
    void a_shell_hears_what_the_step_would_do() {
        QFETCH(QString, step);
        QFETCH(QString, heard_as);
        const auto release = release_with(step.toStdString());
        const auto hand = report::by_hand(release, release.plan->rollback_steps.front());
        QCOMPARE(heard(hand.commands), heard_as);
    }

    void a_port_forward_stands_beside_what_goes_by_it() {
        const auto release = release_with("{id: s, http: {path: /on}, on: kept}");
        const auto hand = report::by_hand(release, release.plan->rollback_steps.front());
        QCOMPARE(heard(hand.commands), QString("curl [-fsS] [-X] [POST] [--connect-to] [::127.0.0.1:18080] "
                                               "[https://web.shop:8443/on]"));
        QCOMPARE(hand.remarks.size(), std::size_t{1});
        QCOMPARE(hand.remarks.front(),
                 std::string("in another terminal first, and as long as it is needed: kubectl --context 'the prod' -n "
                             "shop port-forward --address 127.0.0.1 service/web 18080:8443"));
    }

    /// Nor does it stand in curl's arguments, which every user of the machine can read.
    void a_proxy_is_told_the_password_as_it_is() {
        const auto release = release_with("{id: s, hold: 1m, gates: [{metric: beyond, must: '> 0'}]}");
        const auto hand = report::by_hand(release, release.plan->rollback_steps.front());
        QCOMPARE(hand.commands.size(), std::size_t{1});
        QVERIFY2(hand.remarks.back().starts_with("type this in bash or zsh"), hand.remarks.back().c_str());
        QProcess shell;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("X_TOKEN", "a\"b\\c d");
        shell.setProcessEnvironment(environment);
        shell.start("bash", {"-c", "curl() { while [ $# -gt 0 ]; do if [ \"$1\" = -K ]; then shift; cat \"$1\"; else "
                                   "printf '[%s]' \"$1\"; fi; shift; done; }; " +
                                       QString::fromStdString(hand.commands.front())});
        QVERIFY(shell.waitForFinished());
        QCOMPARE(QString::fromUtf8(shell.readAllStandardOutput()),
                 QString("[-fsS][-G][--proxy][socks5h://[fd00::1]:1080]proxy-user = \"u:a\\\"b\\\\c d\""
                         "[http://far.example/api/v1/query][--data-urlencode][query=up]"));
    }

    /// Typed wherever somebody stands, and in whatever order: each command says where it runs and where its secrets
    /// are.
    void a_command_of_a_run_says_where_it_runs_and_reads_its_secrets_first_data() {
        QTest::addColumn<QString>("step");
        QTest::addColumn<QString>("typed"); // PLAN and HERE stand for the plan's folder and where the program started
        QTest::addColumn<QString>("heard_as");
        const QString says = "run: [sh, -c, 'echo \"$P in $(basename \"$(pwd)\")\" >> \"$HEARD\"'], rehearse: {}";
        const QString line = "sh -c 'echo \"$P in $(basename \"$(pwd)\")\" >> \"$HEARD\"'";
        QTest::newRow("the plan's folder") << "{id: s, " + says + "}"
                                           << "(cd 'PLAN' && " + line + ")"
                                           << " in the plan";
        QTest::newRow("a folder beside it") << "{id: s, " + says + ", folder: sub}"
                                            << "(cd 'PLAN/sub' && " + line + ")"
                                            << " in sub";
        QTest::newRow("a folder elsewhere") << "{id: s, " + says + ", folder: /tmp}"
                                            << "(cd /tmp && " + line + ")"
                                            << " in tmp";
        QTest::newRow("a secret in a file")
            << "{id: s, " + says + ", folder: sub, environment: {P: 'file:tokfile'}}"
            << "(secret1=\"$(cat HERE/tokfile)\" && cd 'PLAN/sub' && P=\"${secret1:?}\" " + line + ")"
            << "a token in sub";
        QTest::newRow("two secrets, one of them of the environment")
            << "{id: s, " + says + ", environment: {A: 'env:X_TOKEN', P: 'Bearer file:tokfile'}}"
            << "(secret1=\"$(cat HERE/tokfile)\" && cd 'PLAN' && A=\"${X_TOKEN:?}\" P='Bearer '\"${secret1:?}\" " +
                   line + ")"
            << "Bearer a token in the plan";
        QTest::newRow("a file that is not there")
            << "{id: s, " + says + ", environment: {P: 'file:gone'}}"
            << "(secret1=\"$(cat HERE/gone)\" && cd 'PLAN' && P=\"${secret1:?}\" " + line + ")"
            << "-";
        QTest::newRow("an empty file") << "{id: s, " + says + ", environment: {P: 'file:empty'}}"
                                       << "(secret1=\"$(cat HERE/empty)\" && cd 'PLAN' && P=\"${secret1:?}\" " + line +
                                              ")"
                                       << "-";
        QTest::newRow("a variable that is not set") << "{id: s, " + says + ", environment: {P: 'env:NO_SUCH_TOKEN'}}"
                                                    << "(cd 'PLAN' && P=\"${NO_SUCH_TOKEN:?}\" " + line + ")"
                                                    << "-";
    }
    void a_command_of_a_run_says_where_it_runs_and_reads_its_secrets_first() {
        QFETCH(QString, step);
        QFETCH(QString, typed);
        QFETCH(QString, heard_as);
        const QTemporaryDir folder;
        const auto write = [&](const QString& name, const QByteArray& bytes) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(bytes);
        };
        QVERIFY(QDir(folder.path()).mkpath("the plan/sub"));
        write("tokfile", "a token\n");
        write("empty", "");
        auto release = release_with(step.toStdString());
        release.opened.plan_folder = folder.filePath("the plan").toStdString();
        const auto hand = report::by_hand(release, release.plan->rollback_steps.front(), folder.path().toStdString());
        QCOMPARE(hand.commands.size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(hand.commands.front()),
                 typed.replace("PLAN", folder.filePath("the plan")).replace("HERE", folder.path()));
        QVERIFY(hand.remarks.empty());
        const QString said = heard(hand.commands);
        if (heard_as == "-") { // it stops, and says why
            QVERIFY2(!said.isEmpty() && !said.contains(" in the plan"), qPrintable(said));
        } else {
            QCOMPARE(said, heard_as);
        }
    }

    /// By the real program: every user of the machine can read the arguments of one that runs.
    void no_program_has_a_secret_among_its_arguments() {
        QVERIFY2(!QStandardPaths::findExecutable("curl").isEmpty(), "there is no curl");
        const QByteArray mark = "-secret-" + QByteArray::number(QCoreApplication::applicationPid());
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const QTemporaryDir folder;
        QFile token(folder.filePath("token"));
        QVERIFY(token.open(QIODevice::WriteOnly));
        token.write("of-a-file" + mark + "\n");
        token.close();
        const auto release =
            release_with("{id: s, http: {path: /flags, headers: {Authorization: 'Bearer file:token', Y: open}, "
                         "text: 'a body'}, on: api}",
                         "", QString("http://127.0.0.1:%1").arg(server.serverPort()).toStdString());
        const auto hand = report::by_hand(release, release.plan->rollback_steps.front(), folder.path().toStdString());
        QCOMPARE(hand.commands.size(), std::size_t{1});
        QProcess shell;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("X_TOKEN", "of-the-environment" + mark);
        environment.insert("no_proxy", "*");
        shell.setProcessEnvironment(environment);
        shell.start("sh", {"-c", QString::fromStdString(hand.commands.front())});
        QVERIFY(server.waitForNewConnection(30'000));
        QTcpSocket* asked = server.nextPendingConnection();
        QByteArray request;
        while (!request.endsWith("a body") && asked->waitForReadyRead(30'000)) {
            request += asked->readAll();
        }
        // The programs wait for the answer.
        int curls = 0;
        for (const QString& process : QDir("/proc").entryList(QDir::Dirs)) {
            QFile arguments("/proc/" + process + "/cmdline");
            if (process.toInt() > 0 && arguments.open(QIODevice::ReadOnly)) {
                const QByteArray words = arguments.readAll();
                QVERIFY2(!words.contains(mark), words.constData());
                curls += words.startsWith("curl") && words.contains("/flags") ? 1 : 0;
            }
        }
        QCOMPARE(curls, 1);
        asked->write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        QVERIFY(asked->waitForBytesWritten(30'000));
        QVERIFY(shell.waitForFinished(30'000));
        QCOMPARE(shell.exitCode(), 0);
        QVERIFY2(request.startsWith("POST /flags HTTP/1.1\r\n"), request.constData());
        for (const QByteArray& header :
             {"X: of-the-environment" + mark, "Authorization: Bearer of-a-file" + mark, QByteArray("Y: open")}) {
            QVERIFY2(request.contains("\r\n" + header + "\r\n"), request.constData());
        }
    }

    void a_header_whose_secret_is_not_there_sends_nothing() {
        const auto release = release_with("{id: s, http: {path: /f, headers: {A: 'env:NO_SUCH_TOKEN'}}, on: api}");
        const auto hand = report::by_hand(release, release.plan->rollback_steps.front());
        QCOMPARE(hand.commands, std::vector<std::string>{
                                    "(: \"${X_TOKEN:?}\" \"${NO_SUCH_TOKEN:?}\" && printf '%s\\n' 'X: '\"$X_TOKEN\" "
                                    "'A: '\"$NO_SUCH_TOKEN\" | curl -fsS -X POST -H @- https://api.example/f)"});
        const QString said = heard(hand.commands);
        QVERIFY2(said.contains("NO_SUCH_TOKEN") && !said.contains("curl ["), qPrintable(said));
    }

    void of_a_secret_whose_folder_is_not_known_that_is_told() {
        const auto release = release_with("{id: s, run: [helm, x], environment: {T: 'file:tok'}, rehearse: {}}");
        const auto hand = report::by_hand(release, release.plan->rollback_steps.front());
        QCOMPARE(hand.commands, std::vector<std::string>{"(secret1=\"$(cat tok)\" && T=\"${secret1:?}\" helm x)"});
        QCOMPARE(hand.remarks, std::vector<std::string>{
                                   "tok lies where the program was started: type this there, or write the whole path"});
    }

    void of_a_kubeconfig_whose_folder_is_not_known_that_is_told_once() {
        const auto release = release_with("{id: s, scale: {workload: shop/blue, replicas: 1}, on: other}");
        const auto& step = release.plan->rollback_steps.front();
        const auto hand = report::by_hand(release, step), known = report::by_hand(release, step, "/desk");
        QVERIFY2(hand.commands.front().starts_with("kubectl --kubeconfig 'a conf' -n"), hand.commands.front().c_str());
        QVERIFY(hand.remarks.size() == 1 && hand.remarks[0].starts_with("a conf lies where the program was started"));
        QVERIFY(known.remarks.empty() && known.commands[0].starts_with("kubectl --kubeconfig '/desk/a conf' -n"));
    }

    void a_manifest_of_a_run_is_named_with_its_whole_path() {
        auto release = release_with("{id: s, kubernetes: {apply: m.yaml}, on: cluster}");
        release.opened.plan_folder = "/plans";
        const auto hand = report::by_hand(release, release.plan->rollback_steps.front());
        QVERIFY2(hand.commands.front().ends_with(" apply --server-side --field-manager=sluice -f /plans/m.yaml"),
                 hand.commands.front().c_str());
    }

    /// Kafka's tools cut a value at some characters: better no command than one that does something else.
    void what_kafkas_tools_would_cut_is_told_instead_data() {
        QTest::addColumn<QString>("step");
        QTest::newRow("bracket") << "set-config: {topic: t, config: {a: 'x[1]'}}";
        QTest::newRow("equals") << "set-config: {topic: t, config: {a: 'x=1'}}";
        QTest::newRow("new topic") << "create-topic: {name: t, partitions: 1, replication: 1, config: {a: 'x=1'}}";
        QTest::newRow("header, comma") << "produce: {topic: t, text: x, headers: {a: 'x,b:y'}}";
        QTest::newRow("header, equals") << "produce: {topic: t, text: x, headers: {a: 'x=y'}}";
    }
    void what_kafkas_tools_would_cut_is_told_instead() {
        QFETCH(QString, step);
        const auto release = release_with("{id: s, kafka: {" + step.toStdString() + "}, on: open}");
        const auto hand = report::by_hand(release, release.plan->rollback_steps.front());
        QVERIFY(hand.commands.empty());
        QVERIFY(std::any_of(hand.remarks.begin(), hand.remarks.end(), [](const std::string& one) {
            return one.starts_with("the value of a is x") &&
                   one.find("Kafka's tools would cut it") != std::string::npos;
        }));
    }

    void a_topic_that_is_there_is_looked_at() {
        const auto release =
            release_with("{id: s, kafka: {create-topic: {name: t, partitions: 1, replication: 1}}, on: open}");
        const auto hand = report::by_hand(release, release.plan->rollback_steps.front());
        QVERIFY(!hand.remarks.empty());
        QCOMPARE(hand.remarks.front(),
                 std::string("it is refused where there is a topic of that name; then see whether that one will do: "
                             "kafka-topics.sh --bootstrap-server b:9092 --describe --topic t"));
    }

    void what_was_not_read_yet_is_told() {
        auto release = release_with("{id: s, scale: {workload: shop/blue, replicas: '${replicas}'}, on: cluster}");
        const auto& step = release.plan->rollback_steps.front();
        const auto before = report::by_hand(release, step);
        QVERIFY(!before.remarks.empty());
        QVERIFY(before.commands.front().find("${replicas}") != std::string::npos);
        release.values["replicas"] = "5";
        const auto after = report::by_hand(release, step);
        QVERIFY(after.remarks.empty());
        QVERIFY(after.commands.front().ends_with("--replicas=5"));
    }

    void what_a_limit_is_counted_from_is_told_as_it_was_measured() {
        auto release =
            release_with("{id: s, hold: 1m, gates: [{metric: lag, must: '<= 500', against: {baseline: read}}]}");
        const auto& step = release.plan->rollback_steps.front();
        const auto told = [&] { return QString::fromStdString(report::by_hand(release, step).remarks.back()); };
        QCOMPARE(told(), "it was not measured during read yet");
        const Json reading = {{"metric", "lag"}, {"arm", ""}, {"value", "1234.5"}, {"count", 7}};
        release::apply(release, {2, release.time, release::BaselineCaptured{"read", Json::array({reading})}});
        QCOMPARE(told(), "measured during read: lag 1234.5 messages");
    }

    void a_limit_that_is_counted_from_before_the_start_is_told_with_its_average() {
        auto release = release_with("{id: s, hold: 1m, gates: [{metric: lag, must: '<= 500', against: {before: 1h}}]}");
        const auto& step = release.plan->rollback_steps.front();
        const auto told = [&] { return report::by_hand(release, step).remarks.back(); };
        QCOMPARE(told(), "it was not measured over the 1h before the start yet");
        const Json reading = {{"metric", "lag"}, {"arm", ""}, {"value", "1234.5"}, {"count", 700}};
        release::apply(release,
                       {2, release.time, release::BaselineCaptured{{}, Json::array({reading}), "lag", hours(1), ""}});
        QCOMPARE(told(), "measured over the 1h before the start: lag 1234.5 messages");
    }

    void a_limit_that_is_counted_from_some_time_ago_is_read_twice() {
        auto release = release_with("{id: s, hold: 1m, gates: [{metric: lag, must: '<= 500', against: {ago: 10m}}, "
                                    "{id: dry, metric: lag, must: '< 1', shadow: true}]}"); // nobody waits for this
        const auto told = report::by_hand(release, release.plan->rollback_steps.front()).remarks;
        QCOMPARE(told.back(), "read it twice, 10m apart");
    }

    void the_sheet_says_until_when_there_is_a_way_back() {
        auto release = release_with("{id: s, run: [helm], rehearse: {}}", "within: 2h after to-green");
        const report::SheetPlace place{"s.sluice", "", ""};
        const auto said = [&] { return QString::fromStdString(report::sheet_text(release, place)); };
        QVERIFY(!said().contains("How long there is a way back"));
        const Nanos done = release.time + minutes(1);
        release::apply(release, {2, done, release::StepStarted{"to-green", 1, "To green"}});
        release::apply(release, {3, done, release::StepFinished{"to-green", 1, "passed", ""}});
        QVERIFY2(said().contains("Until            " + QString::fromStdString(release::instant(done + hours(2)))),
                 qPrintable(said()));
        release::apply(release, {4, done + hours(2), release::Noted{{"lena", ""}, "late", ""}});
        QVERIFY2(said().contains("\nENDED "), qPrintable(said()));
    }

    void the_sheet_says_which_severity_stands_and_where_the_plan_is() {
        auto release = release_with("{id: s, run: [helm], rehearse: {}}");
        const report::SheetPlace place{"s.sluice", "", ""};
        const auto said = [&] { return QString::fromStdString(report::sheet_text(release, place)); };
        QVERIFY(!said().contains("SEVERITY"));
        QVERIFY2(said().contains("Plan             small.yaml, "), qPrintable(said()));
        release.opened.plan_folder = "/plans";
        QVERIFY2(said().contains("Plan             /plans/small.yaml, "), qPrintable(said()));
        release::apply(release,
                       {2, release.time, release::SeverityDeclared{"sev1", {"lena", ""}, "all is red", "", ""}});
        const QString text = said();
        for (const char* fact : {"SEVERITY         sev1 (Down for ${version}), since ", "What to do       call v1'2",
                                 "It proposes      Back"}) {
            QVERIFY2(text.contains(QString(fact).replace("${version}", "v1'2")), qPrintable(text));
        }
    }

    void the_sheet_says_all_ways_in_both_forms() {
        const auto release = release_with("{id: s, run: [helm, '<&>'], rehearse: {}}");
        const report::SheetPlace place{"/tmp/my session.sluice", "/mnt/copy.sluice", "c0ffee"};
        const std::string text = report::sheet_text(release, place), html = report::sheet_html(release, place);
        for (const char* said :
             {"Small v1'2", "blue 100 %", "Way back: Back (what the button does)", "helm '<&>'", "c0ffee",
              "sluicectl resume /mnt/copy.sluice", "sluicectl roll-back --take-over '/tmp/my session.sluice'"}) {
            QVERIFY2(text.find(said) != std::string::npos, text.c_str());
        }
        QVERIFY(html.find("<pre>helm '&lt;&amp;&gt;'</pre>") != std::string::npos);
        QVERIFY(html.find("<script") == std::string::npos && html.find("src=") == std::string::npos);
    }
};

SLUICE_TEST(ByHandTest)
#include "by_hand_test.moc"
