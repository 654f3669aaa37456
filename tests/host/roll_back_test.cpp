#include "host/nova.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::host;

/// A lead's command to roll back, given at every stage of the go-live, and the go-live without a ramp.
class RollBackTest : public QObject {
    Q_OBJECT
private slots:
    void from_any_stage_traffic_ends_as_it_began_data() {
        QTest::addColumn<QString>("stage"); ///< the step that has just started
        QTest::addColumn<QString>("option");
        QTest::newRow("before anything was shifted") << "back-up-ingress"
                                                     << "to-blue";
        QTest::newRow("at 10 %") << "bake-10"
                                 << "to-blue";
        QTest::newRow("at 25 %") << "bake-25"
                                 << "to-blue";
        QTest::newRow("at 50 %") << "bake-50"
                                 << "to-blue";
        QTest::newRow("while approvals are awaited") << "go"
                                                     << "to-blue";
        QTest::newRow("at 100 % by weight") << "canary-100-holds"
                                            << "to-blue";
        QTest::newRow("after the switch") << "monitor"
                                          << "to-blue";
        QTest::newRow("after blue was retired") << "green-alone"
                                                << "to-blue";
        QTest::newRow("while the shift to 25 % is on its way") << "to-25"
                                                               << "to-blue";
        QTest::newRow("while the switch is on its way") << "to-100"
                                                        << "to-blue";
        QTest::newRow("the database too, at 25 %") << "bake-25"
                                                   << "database";
        QTest::newRow("green removed, at 50 %") << "bake-50"
                                                << "full";
        QTest::newRow("green removed, after the switch") << "monitor"
                                                         << "full";
        QTest::newRow("staged, at 50 %") << "bake-50"
                                         << "staged";
        QTest::newRow("staged, after the switch") << "monitor"
                                                  << "staged";
    }
    void from_any_stage_traffic_ends_as_it_began() {
        QFETCH(QString, stage);
        QFETCH(QString, option);
        Nova nova({});
        nova.when("step-started", stage.toStdString(), [&] { nova.roll_back(option.toStdString()); });
        QVERIFY(nova.run());
        QCOMPARE(nova.ending(), "rolled-back");
        QCOMPARE(QString::fromStdString(nova.traffic().dump()), QString::fromStdString(nova.traffic_before().dump()));
        QCOMPARE(nova.release().rollback.option, option.toStdString());
        QVERIFY(release::in_flight(nova.release()).empty());
        if (option == "full") {
            QCOMPARE(QString::fromStdString(nova.installed().dump()),
                     QString::fromStdString(nova.installed_before().dump()));
        }
    }

    /// How many replicas blue has is read in the pre-flight. Before it nothing has been touched, so the option has
    /// nothing to scale back, and ends without a person.
    void before_blue_was_looked_at_a_roll_back_ends_by_itself_data() {
        QTest::addColumn<QString>("stage");
        QTest::newRow("the day before") << "database-version";
        QTest::newRow("in the pre-flight") << "nodes-ready";
    }
    void before_blue_was_looked_at_a_roll_back_ends_by_itself() {
        QFETCH(QString, stage);
        Nova nova({});
        nova.when("step-started", stage.toStdString(), [&] { nova.roll_back("to-blue"); });
        QVERIFY(nova.run());
        QCOMPARE(nova.ending(), "rolled-back");
        QCOMPARE(nova.release().rollback.outcome, "done");
        QCOMPARE(nova.release().at("to-blue/scale-blue").status, release::StepStatus::not_applicable);
        QCOMPARE(QString::fromStdString(nova.traffic().dump()), QString::fromStdString(nova.traffic_before().dump()));
        QVERIFY(nova.host().range().writes().all().empty());
    }

    void a_forward_program_is_ended_and_the_traffic_does_not_wait_for_it() {
        Nova nova({});
        nova.when("step-started", "deploy-green",
                  [&] { nova.host().scheduler().after(seconds(30), [&] { nova.roll_back("to-blue"); }); });
        QVERIFY(nova.run());
        QCOMPARE(nova.ending(), "rolled-back");
        QCOMPARE(QString::fromStdString(nova.traffic().dump()), QString::fromStdString(nova.traffic_before().dump()));
        Nanos begun, shifted, late;
        bool late_told = false;
        for (const auto& event : nova.events()) {
            const auto line = headline(event);
            begun = line == "rollback-started to-blue" ? event.time : begun;
            shifted = line == "step-finished to-blue/all-blue" ? event.time : shifted;
            if (line == "settled deploy-green/1") {
                late = event.time;
                late_told = true;
            }
        }
        QVERIFY(late_told);
        QVERIFY(shifted >= begun && shifted < begun + seconds(10)); // it did not wait for helm
        QVERIFY(late >= begun && late < begun + seconds(11));       // which was to run for a minute more
        QCOMPARE(nova.release().at("deploy-green").status, release::StepStatus::stopped);
    }

    void without_the_ramp_it_switches_at_once() {
        Wish wish;
        wish.ramp = false;
        Nova nova(wish);
        QVERIFY(nova.run());
        QCOMPARE(nova.ending(), "done");
        for (const char* step :
             {"to-10", "bake-10", "to-25", "bake-25", "to-50", "bake-50", "canary-100", "canary-100-holds"}) {
            QCOMPARE(nova.release().at(step).status, release::StepStatus::not_applicable);
        }
        std::vector<std::string> shifts;
        for (const auto& [time, settled] : nova.all<release::Settled>()) {
            if (settled.result.contains("split")) {
                shifts.push_back(settled.result["writes"].dump());
            }
        }
        QCOMPARE(shifts.size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(shifts.front()).count("\",\""), 0); // one write
        const Json after = nova.traffic();
        QVERIFY(!after.contains("api-ingress-canary"));
        QCOMPARE(after["api-ingress"]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"],
                 "user-service-green");
        bool armed = false; // the trigger's first step does not apply: it is armed with the next that does
        for (const auto& [time, trigger] : nova.all<release::TriggerChanged>()) {
            armed = armed || (trigger.trigger == "high" && trigger.state == "armed");
        }
        QVERIFY(armed);
    }

    void without_the_ramp_a_rollback_brings_blue_back() {
        Wish wish;
        wish.ramp = false;
        Nova nova(wish);
        nova.when("step-started", "monitor", [&] { nova.roll_back("to-blue"); });
        QVERIFY(nova.run());
        QCOMPARE(nova.ending(), "rolled-back");
        QCOMPARE(QString::fromStdString(nova.traffic().dump()), QString::fromStdString(nova.traffic_before().dump()));
    }
};

SLUICE_TEST(RollBackTest)
#include "roll_back_test.moc"
