#include "opened.h"
#include "report/sheet.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;

namespace {

/// What the sheet says below the title of the only step back of this plan.
QString below_the_step(const std::string& step) {
    const std::string source = R"(sluice: 1
id: small
title: Small
variables: {version: {type: string, default: v1}}
connections:
  cluster: {kubernetes: {context: prod}}
  api: {http: {url: 'https://api.example'}}
  events: {kafka: {bootstrap: 'b:9092'}}
phases: [{id: a, steps: [{id: b, confirm: B}]}]
rollback: {options: {back: {title: Back, default: true, steps: [)" +
                               step + "]}}}\n";
    const QString sheet = QString::fromStdString(report::sheet_text(testing::opened(source), {"s.sluice", "", ""}));
    return sheet.section("\n1. S\n", 1).section("\n\n", 0, 0);
}

} // namespace

/// Who types a command by hand sees that it ended, not that it did what it was for.
class LookAfterwardsTest : public QObject {
    Q_OBJECT
private slots:
    void the_sheet_says_below_a_command_how_to_look_whether_it_has_happened_data() {
        QTest::addColumn<QString>("step");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const char* step, const char* said) {
            QTest::newRow(name) << step << said;
        };
        row("nothing to look at", "{id: s, run: [helm, x], rehearse: {}}", "    helm x");
        row("an answer, asked for again",
            "{id: s, run: [helm, x], on: api, rehearse: {}, verify: {http: /v, every: 2s, until: 1m, expect: {json: "
            "{/version: '${version}'}}}}",
            "    helm x\n"
            "  # then look whether it has happened:\n"
            "  # in its JSON /version must be v1'2\n"
            "  # again every 2s for up to 1m, until it is so\n"
            "    curl -fsS -X GET https://api.example/v");
        row("an object of a cluster",
            "{id: s, shell: helm x, on: cluster, rehearse: {}, verify: {kubernetes: {get: deployment/green, namespace: "
            "shop}, expect: {json: {/spec/replicas: 0}}}}",
            "    sh -c 'helm x'\n"
            "  # then look whether it has happened:\n"
            "  # in its JSON /spec/replicas must be 0\n"
            "    kubectl --context prod -n shop get deployment/green");
        row("pods that are ready, as many as there should be",
            "{id: s, run: [helm, x], on: cluster, rehearse: {}, verify: {kubernetes: {ready: deployment/green, "
            "namespace: shop}}}",
            "    helm x\n"
            "  # then look whether it has happened:\n"
            "  # all that there should be must be ready\n"
            "    kubectl --context prod -n shop get deployment/green");
        row("pods that are ready, as many as the plan says",
            "{id: s, run: [helm, x], on: cluster, rehearse: {}, verify: {kubernetes: {ready: deployment/green, "
            "namespace: shop}, expect: {ready: '>= 2'}}}",
            "    helm x\n"
            "  # then look whether it has happened:\n"
            "  # ready must be >= 2\n"
            "    kubectl --context prod -n shop get deployment/green");
        row("a program",
            "{id: s, http: {path: /on}, on: api, verify: {run: [state, '${version}'], expect: {text: ^on$}, rehearse: "
            "{output: 'on'}}}",
            "    curl -fsS -X POST https://api.example/on\n"
            "  # then look whether it has happened:\n"
            "  # this must be found in it: ^on$\n"
            "    state 'v1'\\''2'");
        row("what was typed elsewhere",
            "{id: s, external: vault operator unseal, on: api, verify: {http: /sealed, expect: {text: 'false'}}}",
            "  # to be typed elsewhere: vault operator unseal\n"
            "  # then look whether it has happened:\n"
            "  # this must be found in it: false\n"
            "    curl -fsS -X GET https://api.example/sealed");
        row("what the command itself must end with",
            "{id: s, run: [helm, x], rehearse: {}, expect: {exit: [0, 3], text: done}}",
            "  # its exit code must be 0 or 3\n"
            "  # this must be found in it: done\n"
            "    helm x");
        row("what a request itself must be answered with",
            "{id: s, http: {path: /on}, on: api, expect: {status: [202], json: {/state: queued}}}",
            "  # its status must be 202\n"
            "  # in its JSON /state must be queued\n"
            "    curl -fsS -X POST https://api.example/on");
    }
    void the_sheet_says_below_a_command_how_to_look_whether_it_has_happened() {
        QFETCH(QString, step);
        QFETCH(QString, said);
        QCOMPARE(below_the_step(step.toStdString()), said);
    }
};

SLUICE_TEST(LookAfterwardsTest)
#include "look_afterwards_test.moc"
