#include "report/traffic_by_hand.h"

#include "plan/loader.h"
#include "support/suite.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

using namespace sluice;

namespace {

/// By hand what the way back of this plan, one shift, does. Both Ingresses are called as a service is.
report::ByHand by_hand(const std::string& shift) {
    const std::string source = R"(sluice: 1
id: small
title: Small
connections: {cluster: {kubernetes: {context: the prod}}}
arms:
  blue: {workload: shop/blue, service: shop/shop}
  green: {workload: shop/green, service: shop/next}
traffic:
  edge: {driver: nginx-canary, on: cluster, primary: shop/shop, canary: shop/trial, arms: {primary: blue, canary: green}}
  whole: {driver: ingress-backend, on: cluster, primary: shop/shop, arms: {primary: blue, canary: green}}
phases: [{id: a, steps: [{id: b, confirm: B}]}]
rollback: {options: {back: {title: Back, default: true, steps: [{id: r, confirm: R, makes-ready: green},
                                     {id: s, shift: )" +
                               shift + "}]}}}\n";
    const auto loaded = plan::load(source, "small.yaml");
    for (const auto& wrong : loaded.diagnostics) {
        if (wrong.severity == plan::Severity::error) {
            qFatal("%s", plan::to_text(wrong, "small.yaml").c_str());
        }
    }
    const auto& step = loaded.plan->rollback_steps.back();
    return report::traffic_by_hand(
        *loaded.plan, std::get<plan::Shift>(static_cast<const plan::StepBody&>(step.body)),
        [](const std::string& connection, const std::string& name_space) {
            return std::vector<std::string>{"kubectl", "--context", "the " + connection, "-n", name_space};
        });
}

/// A shell runs the command; kubectl shows this object, and what it is given back is the answer.
QString given_back(const std::string& command, const QByteArray& shown) {
    const QTemporaryDir folder;
    QFile object(folder.filePath("object")), tool(folder.filePath("kubectl"));
    if (!object.open(QIODevice::WriteOnly) || !tool.open(QIODevice::WriteOnly)) {
        return {};
    }
    object.write(shown);
    object.close();
    tool.write("#!/bin/sh\ncase \"$*\" in *--local*) cat;; *' get '*) cat \"${0%/*}/object\";;\n"
               "*'-f -') cat > \"${0%/*}/given\";; esac\n");
    tool.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    tool.close();
    QProcess shell;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("PATH", folder.path() + ":" + environment.value("PATH"));
    shell.setProcessEnvironment(environment);
    shell.start("sh", {"-c", QString::fromStdString(command)});
    shell.waitForFinished();
    QFile given(folder.filePath("given"));
    return given.open(QIODevice::ReadOnly) ? QString::fromUtf8(given.readAll()) : shell.readAllStandardError();
}

constexpr const char* kubectl = "kubectl --context 'the cluster' -n shop ";

} // namespace

class TrafficByHandTest : public QObject {
    Q_OBJECT
private slots:
    void the_writes_come_in_the_drivers_order_data() {
        QTest::addColumn<QString>("shift");
        QTest::addColumn<QStringList>("order"); // what each command has in it
        const QString to_blue = "\"name\": \"next\"/\"name\": \"shop\"/",
                      to_green = "\"name\": \"shop\"/\"name\": \"next\"/";
        const QString weight = "annotate --overwrite ingress/trial nginx.ingress.kubernetes.io/canary-weight=";
        QTest::newRow("back") << "{edge: {blue: 100}}" << QStringList{to_blue, weight + "0"};
        // Led back first, none would reach green until the weight is set, or for good where there is no canary.
        QTest::newRow("a part") << "{edge: {green: 40}}" << QStringList{weight + "40", to_blue};
        QTest::newRow("all of it") << "{edge: {green: 100}}" << QStringList{weight + "100", to_blue};
        QTest::newRow("for good") << "{edge: {green: 100}}, final: true" << QStringList{to_green, weight + "0"};
        QTest::newRow("a backend") << "{whole: {green: 100}}" << QStringList{to_green};
        QTest::newRow("a backend, back") << "{whole: {blue: 100}}" << QStringList{to_blue};
    }
    void the_writes_come_in_the_drivers_order() {
        QFETCH(QString, shift);
        QFETCH(QStringList, order);
        const auto hand = by_hand(shift.toStdString());
        QCOMPARE(hand.commands.size(), std::size_t(order.size()));
        for (int i = 0; i < order.size(); ++i) {
            const QString command = QString::fromStdString(hand.commands[std::size_t(i)]);
            QVERIFY2(command.startsWith(kubectl) && command.contains(order[i]), qPrintable(command));
        }
    }

    /// kubectl replaces what the object's own name says: altered too, it would not be found.
    void the_ingress_keeps_its_name_where_a_service_has_the_same() {
        const QByteArray object = R"({
    "kind": "Ingress",
    "metadata": {
        "name": "shop",
        "resourceVersion": "7"
    },
    "spec": {
        "rules": [
            {
                "http": {
                    "paths": [
                        {
                            "backend": {
                                "service": {
                                    "name": "shop",
                                    "port": {
                                        "name": "shop"
                                    }
                                }
                            }
                        }
                    ]
                }
            }
        ]
    }
}
)";
        const auto hand = by_hand("{whole: {green: 100}}");
        QByteArray wanted = object;
        wanted.replace("\"service\": {\n                                    \"name\": \"shop\"",
                       "\"service\": {\n                                    \"name\": \"next\"");
        QVERIFY(wanted != object);
        QCOMPARE(given_back(hand.commands.front(), object), QString::fromUtf8(wanted));
    }

    void a_canary_that_is_not_there_can_be_made() {
        const auto hand = by_hand("{edge: {green: 40}}");
        QCOMPARE(hand.remarks.size(), std::size_t{1});
        const std::string before = "where there is no ingress trial, make it first: ";
        QVERIFY2(hand.remarks.front().starts_with(before), hand.remarks.front().c_str());
        const std::string command = hand.remarks.front().substr(before.size());
        QVERIFY2(command.find("nginx.ingress.kubernetes.io/canary=true nginx.ingress.kubernetes.io/canary-weight=0") !=
                     std::string::npos,
                 command.c_str());
        QCOMPARE(given_back(command, "metadata:\n  name: shop\n  namespace: shop\n  resourceVersion: \"7\"\n  uid: a\n"
                                     "spec:\n  rules:\n  - http:\n      paths:\n      - backend:\n          service:\n"
                                     "            name: shop\n            port:\n              number: 80\n"),
                 QString("metadata:\n  name: trial\n  namespace: shop\nspec:\n  rules:\n  - http:\n      paths:\n"
                         "      - backend:\n          service:\n            name: next\n            port:\n"
                         "              number: 80\n"));
    }

    void what_has_no_canary_any_more_is_back_already() {
        const auto hand = by_hand("{edge: {blue: 100}}");
        QCOMPARE(hand.remarks, std::vector<std::string>{"that there is no ingress trial is as good as its weight 0"});
    }
};

SLUICE_TEST(TrafficByHandTest)
#include "traffic_by_hand_test.moc"
