#include "base/instant.h"
#include "host/rehearsal.h"
#include "plan/loader.h"
#include "support/suite.h"

#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

using namespace sluice;

namespace {

/// A plan, acted out in a folder of its own.
class ActedOut {
public:
    explicit ActedOut(const std::string& plan, Nanos opening = {}) {
        const std::filesystem::path base = folder_.path().toStdString();
        std::ofstream(base / "plan.yaml") << plan;
        rehearsal_ = start(base, opening);
    }
    /// To its end; the release then. Throws where it can't begin, or does not end.
    const release::Release& release() {
        if (!rehearsal_) {
            throw std::runtime_error(to_text(rehearsal_.error()));
        }
        const auto& release = (*rehearsal_)->engine().release();
        if (!(*rehearsal_)->driver().run_until([&] { return release.closed(); }, std::chrono::minutes(1))) {
            throw std::runtime_error("it does not end");
        }
        return release;
    }
    std::string refusal() const { return rehearsal_ ? "" : to_text(rehearsal_.error()); }

private:
    static Result<std::unique_ptr<host::Rehearsal>> start(const std::filesystem::path& base, Nanos opening);

    QTemporaryDir folder_;
    Result<std::unique_ptr<host::Rehearsal>> rehearsal_ = nullptr;
};

Result<std::unique_ptr<host::Rehearsal>> ActedOut::start(const std::filesystem::path& base, Nanos opening) {
    host::RehearsalOptions options;
    options.opening = opening;
    options.plan_file = (base / "plan.yaml").string();
    options.session = base / "session.sluice";
    options.by = {"test", "release-lead"};
    options.paths = {base / "sessions", base / "config", base / "run", {}, base / "kubeconfig", base / "state"};
    options.assume_yes = true;
    return host::Rehearsal::start(options);
}

} // namespace

/// When a rehearsal begins.
class RehearsalStartTest : public QObject {
    Q_OBJECT
private slots:
    void it_begins_before_what_the_plan_counts_back_from_t0_data() {
        QTest::addColumn<QString>("days");
        QTest::addColumn<QString>("due");
        QTest::addColumn<QString>("start"); // and which opening it is for, if not the next
        QTest::newRow("at the first opening") << "[tue]"
                                              << ""
                                              << "2026-01-06T02:00:00.000Z";
        QTest::newRow("as long again before") << "[tue]"
                                              << "due: T0 - 2h"
                                              << "2026-01-05T22:00:00.000Z";
        QTest::newRow("the earliest counts") << "[tue]"
                                             << "due: T0 - 1h, not-before: T0 - 24h"
                                             << "2026-01-04T02:00:00.000Z";
        QTest::newRow("a little before, where openings are near") << "[mon, tue, wed, thu, fri, sat, sun]"
                                                                  << "due: T0 - 20h"
                                                                  << "2026-01-01T05:50:00.000Z";
        // Each day one: a day before T0 it is another opening that is the next.
        QTest::newRow("for a later opening") << "[mon, tue, wed, thu, fri, sat, sun]"
                                             << "due: T0 - 24h"
                                             << "2026-01-01T02:00:00.000Z for 2026-01-03T02:00:00.000Z";
        QTest::newRow("where a window is long enough") << "[mon, tue, wed, thu, fri, sat, sun]"
                                                       << "not-before: T0 - 7d"
                                                       << "2026-01-01T02:00:00.000Z for 2026-01-15T02:00:00.000Z";
    }
    void it_begins_before_what_the_plan_counts_back_from_t0() {
        QFETCH(QString, days);
        QFETCH(QString, due);
        const auto loaded = plan::load(
            ("sluice: 1\nid: small\ncalendar: {allow: [{days: " + days +
             ", from: '02:00', to: '04:00', zone: UTC}]}\nphases:\n  - {id: before, steps: [{id: list, confirm: L" +
             (due.isEmpty() ? due : ", " + due) + "}]}\n  - {id: main, window: true, steps: [{id: go, confirm: Go}]}\n")
                .toStdString(),
            "plan.yaml");
        QVERIFY(loaded.plan.has_value());
        const auto start = host::rehearsal_start(*loaded.plan);
        QVERIFY(start.has_value());
        QTEST(QString::fromStdString(utc(start->at) + (start->opening.count == 0 ? "" : " for " + utc(start->opening))),
              "start");
    }

    /// A window each night, and a list for the day before: nobody is late, and T0 is a day after it.
    void what_is_for_the_day_before_t0_is_done_then() {
        ActedOut acted("sluice: 1\nid: small\ncalendar: {allow: [{from: '02:00', to: '04:00'}]}\nphases:\n"
                       "  - {id: before, steps: [{id: list, confirm: L, not-before: T0 - 24h, due: T0 - 12h}]}\n"
                       "  - {id: main, window: true, steps: [{id: go, confirm: Go}]}\n");
        const auto& release = acted.release();
        QCOMPARE(QString::fromStdString(release.outcome), "done");
        QCOMPARE(QString::fromStdString(utc(release.t0)), "2026-01-03T02:00:00.000Z");
        QCOMPARE(QString::fromStdString(utc(release.at("list").begun)), "2026-01-02T02:00:00.000Z");
        QCOMPARE(release.at("list").overdue.count, std::int64_t{0});
    }

    /// What comes before T0 takes an hour, and the window is just long enough for what comes in it.
    void it_begins_in_time_for_the_opening_that_is_asked_for() {
        const std::string plan = "sluice: 1\nid: small\ncalendar: {allow: [{from: '02:00', to: '03:00'}]}\nphases:\n"
                                 "  - {id: before, steps: [{id: ready, wait: 1h}]}\n"
                                 "  - {id: main, window: true, planned: 50m, steps: [{id: go, confirm: Go}]}\n";
        const auto opening = parse_instant("2026-03-04T02:00:00Z", {});
        QVERIFY(opening.has_value());
        ActedOut acted(plan, *opening);
        QCOMPARE(QString::fromStdString(utc(acted.release().t0)), "2026-03-04T02:00:00.000Z");
        const std::string refusal = ActedOut(plan, *opening + minutes(1)).refusal();
        QVERIFY2(refusal.find("the calendar has no opening then") != std::string::npos, refusal.c_str());
    }

    void a_calendar_of_far_later_dates_is_rehearsed_then() {
        ActedOut acted("sluice: 1\nid: small\ncalendar: {allow: [{dates: [2033-05-04], from: '02:00', to: '04:00'}]}\n"
                       "phases: [{id: main, window: true, steps: [{id: go, confirm: Go}]}]\n");
        const auto& release = acted.release();
        QCOMPARE(QString::fromStdString(release.outcome), "done");
        QCOMPARE(QString::fromStdString(utc(release.started)), "2033-05-04T02:00:00.000Z");
    }
};

SLUICE_TEST(RehearsalStartTest)
#include "rehearsal_start_test.moc"
