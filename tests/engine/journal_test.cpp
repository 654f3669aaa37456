/// What the log is told, and when.
#include "base/virtual_scheduler.h"
#include "engine/journal.h"
#include "support/suite.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace sluice;
using namespace sluice::engine;

namespace {

/// A machine that was suspended: nobody was told yet.
class Sleeper : public VirtualScheduler {
public:
    using VirtualScheduler::VirtualScheduler;
    void tell_jump() override {
        if (const auto tell = std::exchange(untold, nullptr)) {
            tell();
        }
    }
    std::function<void()> untold;
};

const char* const plan_text = R"(sluice: 1
id: small
title: A small plan
connections: {prom: {prometheus: {url: 'http://prometheus:9090'}}}
metrics: {lag: {from: prom, query: lag, unit: messages}}
phases: [{id: main, steps: [{id: bake, hold: {for: 1m}, gates: [{metric: lag, must: '< 10'}]}]}]
)";

} // namespace

class JournalTest : public QObject {
    Q_OBJECT
private slots:
    /// The first thing after a wake-up may be an answer, not the timer that looks at the clock.
    void what_was_asleep_does_not_count_as_held() {
        const QTemporaryDir folder;
        Sleeper scheduler(seconds(1'767'600'000));
        auto log =
            session::SessionLog::create(folder.filePath("a.sluice").toStdString(), {"s1", scheduler.now(), "test", ""});
        QVERIFY(log);
        Journal journal(scheduler, *log, *session::SigningKey::from_seed("test", {}));
        release::SessionOpened opened;
        opened.session = "s1";
        opened.plan_source = plan_text;
        QVERIFY(journal.submit(release::Open{opened}));
        const auto reads = [&] {
            release::GateReading lag;
            lag.gate = "lag";
            lag.verdict = "pass";
            QVERIFY(journal.submit(release::GateReadings{"bake", {lag}}));
        };
        reads();
        scheduler.run_until(scheduler.now() + seconds(10));
        reads();
        scheduler.run_until(scheduler.now() + minutes(5));
        scheduler.untold = [&] { QVERIFY(journal.submit(release::Jump{scheduler.now() - minutes(5), minutes(5)})); };
        reads();
        const auto& bake = journal.release().at("bake");
        QCOMPARE(bake.status, release::StepStatus::running);
        QCOMPARE(bake.hold.held_at(scheduler.now()).count, seconds(10).count);
    }
};

SLUICE_TEST(JournalTest)
#include "journal_test.moc"
