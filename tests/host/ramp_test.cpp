/// A gate that goes to its limit step by step is told of before it is close, and well before it is breached.
#include "host/nova.h"
#include "support/suite.h"

#include <QtTest>
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

using namespace sluice;
using namespace sluice::host;

namespace {

/// Green's answers take 2 % longer each 20 s of the hold, up to half as long again. Of faults that start at once the
/// last one counts while it lasts.
std::vector<std::string> slower_and_slower() {
    std::vector<std::string> faults{"step:bake-25 latency 1.5x on green"};
    for (int stair = 24; stair > 0; --stair) {
        faults.push_back(fmt::format("step:bake-25 latency {:.2f}x for {}s on green", 1 + 0.02 * stair, stair * 20));
    }
    return faults;
}

} // namespace

class RampTest : public QObject {
    Q_OBJECT
private slots:
    void a_ramp_is_told_minutes_before_the_breach_and_nothing_else_is() {
        Wish wish;
        wish.shortened = false;
        wish.faults = slower_and_slower();
        Nova nova(wish);
        const auto breached = [&] {
            const auto& gates = nova.release().at("bake-25").gates;
            const auto found = gates.find("latency_p95/green");
            return found != gates.end() && found->second.verdict == "fail";
        };
        QVERIFY(nova.run(breached));
        QVERIFY2(breached(), qPrintable(nova.ending()));

        std::vector<std::pair<Nanos, release::GateChanged>> told;
        for (const auto& [time, gate] : nova.all<release::GateChanged>()) {
            if (gate.step == "bake-25" && gate.gate == "latency_p95" && gate.arm == "green") {
                told.emplace_back(time, gate);
            } else {
                QVERIFY2(gate.breach_in.count == 0, release::describe(gate).c_str());
            }
        }
        QVERIFY2(told.size() > 4 && told.size() < 15, qPrintable(QString::number(told.size()))); // of 130 readings
        const Nanos breach = told.back().first;
        QCOMPARE(told.back().second.verdict, "fail");
        const auto first =
            std::find_if(told.begin(), told.end(), [](const auto& one) { return one.second.breach_in.count != 0; });
        QVERIFY(first != told.end());
        QVERIFY(!first->second.close);
        QVERIFY2(breach - first->first > minutes(5), qPrintable(QString::number((breach - first->first).seconds())));
        for (auto one = first; one + 1 != told.end(); ++one) {
            const double truth = (breach - one->first).seconds();
            const double off = std::abs(one->second.breach_in.seconds() - truth);
            QVERIFY2(off < std::max(90.0, truth / 2), release::describe(one->second).c_str());
        }
    }
};

SLUICE_TEST(RampTest)
#include "ramp_test.moc"
