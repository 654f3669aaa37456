#include "host/forecast.h"
#include "host/nova.h"
#include "support/suite.h"

#include <QRandomGenerator>
#include <QtTest>
#include <fmt/format.h>

using namespace sluice;
using namespace sluice::host;

namespace {

constexpr int horizon = 6000; ///< seconds of the rehearsal that are computed

/// Errors on green, from so many seconds after the start. `lasts` 0: to the end.
struct Fault {
    int percent_tenths = 51;
    int starts = 1500;
    int lasts = 0;

    std::string text() const {
        return fmt::format("T+{}s errors {}.{}%{} on green", starts, percent_tenths / 10, percent_tenths % 10,
                           lasts ? fmt::format(" for {}s", lasts) : "");
    }
};

int second(const Nova& nova, Nanos time) {
    return static_cast<int>((time - nova.release().started).count / 1'000'000'000);
}

/// The shares that reached green, from the session's own shifts; each two seconds after it settled.
Course course_of(const Nova& nova, const Fault& fault) {
    Course course;
    std::map<std::string, double> wanted;
    for (const auto& [time, intent] : nova.all<release::Intent>()) {
        if (intent.kind == "shift" && !intent.step.starts_with("to-blue/")) {
            wanted[intent.operation] = intent.desired["weights"].value("green", 0) / 100.0;
        }
    }
    for (const auto& [time, settled] : nova.all<release::Settled>()) {
        if (const auto found = wanted.find(settled.operation); found != wanted.end()) {
            course.shares.emplace_back(second(nova, time) + 2, found->second);
        }
    }
    course.fault = fault.starts;
    course.lasts = fault.lasts ? fault.lasts : 1 << 20;
    course.errors = fault.percent_tenths / 1000.0;
    return course;
}

std::optional<Nanos> fired(const Nova& nova) {
    for (const auto& [time, changed] : nova.all<release::TriggerChanged>()) {
        if (changed.trigger == "high" && changed.state == "fired") {
            return time;
        }
    }
    return std::nullopt;
}

Wish wish_for(const Fault& fault) {
    Wish wish;
    wish.shortened = false;
    wish.faults = {fault.text()};
    return wish;
}

/// A course as it would be if the ramp went on by the plan, to choose parameters by; the test then takes the real one.
std::optional<Firing> expected(const Fault& fault) {
    Course course;
    course.shares = {{365, 0.10}, {967, 0.25}, {2172, 0.25}};
    course.fault = fault.starts;
    course.lasts = fault.lasts ? fault.lasts : 1 << 20;
    course.errors = fault.percent_tenths / 1000.0;
    return firing(course, 0.05, horizon);
}

} // namespace

class ErrorTriggerTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        const auto given = qEnvironmentVariableIntValue("SLUICE_TEST_SEED");
        seed_ = given ? static_cast<quint32>(given) : QRandomGenerator::global()->generate() % 1'000'000 + 1;
        random_ = QRandomGenerator(seed_);
        qInfo("SLUICE_TEST_SEED=%u draws the same again", seed_);
    }

    void more_than_five_percent_fires_when_the_window_says_so_data() {
        QTest::addColumn<int>("tenths");
        QTest::addColumn<int>("starts");
        QTest::addColumn<int>("lasts");
        QTest::newRow("5.1 %") << 51 << 1500 << 0;
        for (int i = 1; i <= 2; ++i) {
            QTest::addRow("drawn %d", i) << random_.bounded(52, 400) << random_.bounded(980, 2000) << 0;
        }
        for (;;) { // a burst just long enough
            const Fault fault{random_.bounded(80, 600), random_.bounded(980, 1600), random_.bounded(200, 900)};
            const auto when = expected(fault);
            const auto shorter = expected({fault.percent_tenths, fault.starts, fault.lasts - 60});
            if (when && when->sure && (!shorter || !shorter->sure)) {
                QTest::newRow("drawn burst, just long enough") << fault.percent_tenths << fault.starts << fault.lasts;
                return;
            }
        }
    }
    void more_than_five_percent_fires_when_the_window_says_so() {
        QFETCH(int, tenths);
        QFETCH(int, starts);
        QFETCH(int, lasts);
        const Fault fault{tenths, starts, lasts};
        Nova nova(wish_for(fault));
        QVERIFY(nova.run());
        const auto when = firing(course_of(nova, fault), 0.05, horizon);
        QVERIFY2(when && when->sure, fault.text().c_str());
        QCOMPARE(nova.ending(), "rolled-back");
        const auto at = fired(nova);
        QVERIFY2(at, fault.text().c_str());
        const std::string told =
            fmt::format("{}: fired {} s after its start, computed {} to {} s", fault.text(), second(nova, *at) - starts,
                        when->earliest - starts, when->latest - starts);
        qInfo("%s", told.c_str());
        QVERIFY2(second(nova, *at) >= when->earliest && second(nova, *at) <= when->latest, told.c_str());
        QCOMPARE(QString::fromStdString(nova.traffic().dump()), QString::fromStdString(nova.traffic_before().dump()));
    }

    void what_is_too_little_or_too_short_never_fires_data() {
        QTest::addColumn<int>("tenths");
        QTest::addColumn<int>("starts");
        QTest::addColumn<int>("lasts");
        QTest::newRow("4.9 %") << 49 << 1500 << 0;
        QTest::newRow("drawn share") << random_.bounded(5, 49) << random_.bounded(980, 2000) << 0;
        for (int i = 1; i <= 2;) {
            const Fault fault{random_.bounded(52, 900), random_.bounded(980, 2000), random_.bounded(20, 500)};
            const auto longer = expected({fault.percent_tenths, fault.starts, fault.lasts + 60});
            if (!expected(fault) && longer) {
                QTest::addRow("drawn burst %d, just too short", i++)
                    << fault.percent_tenths << fault.starts << fault.lasts;
            }
        }
    }
    void what_is_too_little_or_too_short_never_fires() {
        QFETCH(int, tenths);
        QFETCH(int, starts);
        QFETCH(int, lasts);
        const Fault fault{tenths, starts, lasts};
        Nova nova(wish_for(fault));
        const Nanos end = nova.now() + seconds(starts + lasts + 1500);
        QVERIFY(nova.run([&] { return nova.now() >= end; }));
        QVERIFY2(!firing(course_of(nova, fault), 0.05, horizon), fault.text().c_str());
        QVERIFY2(!fired(nova) && !nova.release().rollback.active, fault.text().c_str());
        int breached = 0;
        for (const auto& [time, gate] : nova.all<release::GateChanged>()) {
            breached += gate.verdict == "fail" ? 1 : 0;
        }
        QVERIFY2(breached > 0, "the fault was not there at all");
        qInfo("%s", fault.text().c_str());
    }

    void the_log_tells_the_story() {
        Wish wish;
        wish.shortened = false;
        wish.faults = {"split:green>=25 errors 5.1% on green"};
        Nova nova(wish);
        QVERIFY(nova.run());
        QCOMPARE(nova.ending(), "rolled-back");
        QStringList story;
        bool begun = false;
        for (const auto& event : nova.events()) {
            const auto line = QString::fromStdString(headline(event));
            begun = begun || line == "step-started bake-25";
            if (begun && !line.startsWith("hold-heartbeat") && !line.startsWith("source-changed") &&
                !line.startsWith("rollback-readiness")) {
                story << line;
            }
        }
        const QStringList wanted = {"step-started bake-25",
                                    "gate-changed bake-25",
                                    "gate-changed bake-25",
                                    "gate-changed bake-25",
                                    "gate-changed bake-25",
                                    "gate-changed bake-25",
                                    "gate-changed bake-25",
                                    "gate-changed bake-25",
                                    "gate-changed bake-25",
                                    "hold-changed bake-25", // stands still: green's errors are there from the first
                                    "trigger-changed medium/green pending",
                                    "trigger-changed high/green pending",
                                    "trigger-changed high/green fired",
                                    "rollback-started to-blue",
                                    "step-finished bake-25",
                                    "step-started to-blue/scale-blue",
                                    "trigger-changed critical disarmed",
                                    "trigger-changed high disarmed",
                                    "trigger-changed high-websockets disarmed",
                                    "trigger-changed medium disarmed",
                                    "intent to-blue/scale-blue",
                                    "settled to-blue/scale-blue/1",
                                    "step-finished to-blue/scale-blue",
                                    "step-started to-blue/blue-ready",
                                    "step-finished to-blue/blue-ready",
                                    "step-started to-blue/all-blue",
                                    "intent to-blue/all-blue",
                                    "settled to-blue/all-blue/1",
                                    "step-finished to-blue/all-blue",
                                    "step-started to-blue/healthy",
                                    "step-finished to-blue/healthy",
                                    "step-started to-blue/green-logs",
                                    "intent to-blue/green-logs",
                                    "settled to-blue/green-logs/1",
                                    "step-finished to-blue/green-logs",
                                    "step-started to-blue/incident-report",
                                    "confirmed to-blue/incident-report",
                                    "step-finished to-blue/incident-report",
                                    "rollback-finished to-blue",
                                    "session-closed rolled-back"};
        QCOMPARE(story.join("\n"), wanted.join("\n"));
    }

private:
    quint32 seed_ = 0;
    QRandomGenerator random_;
};

SLUICE_TEST(ErrorTriggerTest)
#include "error_trigger_test.moc"
