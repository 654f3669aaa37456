#include "host/nova.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::host;

namespace {

const release::Actor lead{"lena", "release-lead"};

QString shift(Nova& nova, int green) {
    const auto receipt =
        nova.host().engine().submit(release::Shift{"edge", {{"green", green}}, "errors look odd"}, lead);
    return receipt ? QString() : QString::fromStdString(receipt.error().what);
}

QString weight(const Nova& nova) {
    const Json traffic = nova.traffic();
    return QString::fromStdString(
        traffic["api-ingress-canary"]["annotations"].value("nginx.ingress.kubernetes.io/canary-weight", "none"));
}

bool idle(const Nova& nova) {
    const auto& shifts = nova.release().shifts;
    return !shifts.empty() && release::over(shifts.back().state.status);
}

} // namespace

class HostShiftTest : public QObject {
    Q_OBJECT
private slots:
    void a_person_takes_traffic_back_by_hand_and_forward_again() {
        Nova nova(Wish{});
        const auto half_held = [&] {
            const auto& hold = nova.release().at("bake-25").hold;
            return hold.running && hold.held_at(nova.now()) >= seconds(60);
        };
        QVERIFY(nova.run(half_held));
        QCOMPARE(weight(nova), "25");
        QCOMPARE(shift(nova, 50), "forward by hand goes only to what a step of the plan has reached");

        QCOMPARE(shift(nova, 10), "");
        QVERIFY(nova.run([&] { return idle(nova); }));
        QCOMPARE(nova.release().at("~shift-1").status, release::StepStatus::passed);
        QCOMPARE(weight(nova), "10"); // the production follows
        QCOMPARE(nova.release().split.at("edge").at("green"), 10);
        QVERIFY(nova.release().at("bake-25").hold.held_at(nova.now()) < seconds(1)); // and the hold begins again
        QCOMPARE(shift(nova, 50), "forward by hand goes only to what a step of the plan has reached");

        QCOMPARE(shift(nova, 25), "");
        QVERIFY(nova.run([&] { return idle(nova) && nova.release().shifts.size() == 2; }));
        QCOMPARE(weight(nova), "25");

        QVERIFY(nova.run());
        QCOMPARE(nova.ending(), "done");
        // The intent was durable before anything was sent, and carries the operation's own name.
        const auto intents = nova.all<release::Intent>();
        const auto own =
            std::find_if(intents.begin(), intents.end(), [](const auto& one) { return one.second.step == "~shift-1"; });
        QVERIFY(own != intents.end());
        QCOMPARE(QString::fromStdString(own->second.operation),
                 QString::fromStdString(nova.release().opened.session + "/~shift-1/1"));
        QCOMPARE(own->second.kind, "shift");
    }

    void one_that_cant_be_prepared_sends_nothing_and_leaves_all_as_it_was() {
        Wish wish;
        wish.faults = {"step:bake-25 api down for 40s"};
        Nova nova(wish);
        nova.when("step-started", "bake-25", [&] { (void)shift(nova, 10); });
        QVERIFY(nova.run([&] { return idle(nova); }));
        QCOMPARE(nova.release().at("~shift-1").status, release::StepStatus::stopped);
        QVERIFY(!nova.release().at("~shift-1").why.empty());
        QCOMPARE(weight(nova), "25");
        QCOMPARE(nova.release().split.at("edge").at("green"), 25);
        QVERIFY(nova.run());
        QCOMPARE(nova.ending(), "done"); // the plan does not wait for it
    }
};

SLUICE_TEST(HostShiftTest)
#include "shift_test.moc"
