#include "release/foresight.h"

#include "driver.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

Driver bake() {
    return Driver(plan_with("phases:\n  - id: main\n    steps:\n"
                            "      - {id: bake, hold: {for: 1h}, gates: [{metric: lag, must: '< 10'}]}\n"));
}

void read(Driver& drive, Nanos breach_in, bool close = false, const std::string& verdict = "pass") {
    GateReading one{"lag", "", verdict, close, "5", "< 10", "50 %", "5, must be < 10", nullptr, breach_in};
    (void)drive.submit(GateReadings{"bake", {one}}, drill::engine);
}

/// What was told, in seconds: "0, 540, 290".
QString told(const Driver& drive) {
    QStringList all;
    for (const auto& gate : drive.all<GateChanged>()) {
        all << QString::number(qRound(gate.breach_in.seconds()));
    }
    return all.join(", ");
}

} // namespace

class ForesightTest : public QObject {
    Q_OBJECT
private slots:
    void what_is_foreseen_is_told_when_it_comes_nearer_and_not_with_each_reading_data() {
        QTest::addColumn<QList<int>>("readings"); // each 10 s: so many seconds until the breach; 0 = none
        QTest::addColumn<bool>("close");
        QTest::addColumn<QString>("told");
        const auto row = [](const char* name, const QList<int>& readings, const char* told, bool close = false) {
            QTest::newRow(name) << readings << close << told;
        };
        row("nothing is foreseen", {0, 0, 0}, "0");
        row("far off", {700, 690, 680}, "0");
        row("far off, but close to its limit", {700, 690, 680}, "700", true);
        row("comes under ten minutes", {620, 610, 600, 590, 580}, "0, 600");
        row("under five", {310, 300, 290}, "310, 300");
        row("under two, and under one", {130, 120, 110, 100, 90, 80, 70, 60, 50}, "130, 120, 60");
        row("sways about five minutes", {310, 299, 301, 298, 302, 299}, "310, 299");
        row("sways about ten", {601, 599, 601, 599, 601, 599, 601, 599, 601, 599},
            "0, 599, 0, 599"); // once a minute at most
        row("it is over, within the minute", {400, 390, 0, 0, 0, 0}, "400");
        row("it is over for longer", {400, 390, 0, 0, 0, 0, 0, 0}, "400, 0");
        row("a gap of readings that are not sure", {400, 390, 0, 370, 360, 0, 340, 330, 320}, "400");
        row("it takes longer than was told", {310, 305, 305, 305, 305, 400, 590, 590, 590}, "310, 590");
        row("it takes a little longer", {310, 310, 310, 310, 310, 310, 310, 310}, "310");
    }
    void what_is_foreseen_is_told_when_it_comes_nearer_and_not_with_each_reading() {
        QFETCH(QList<int>, readings);
        QFETCH(bool, close);
        Driver drive = bake();
        for (const int one : readings) {
            read(drive, seconds(one), close);
            drive.pass(seconds(10));
        }
        QTEST(::told(drive), "told");
    }

    void a_breach_and_a_gate_without_an_answer_foresee_nothing() {
        for (const char* verdict : {"fail", "no-data", "source-error"}) {
            Driver drive = bake();
            read(drive, minutes(4));
            const auto& gate = drive.release.at("bake").gates.at("lag");
            QCOMPARE((gate.breach_at - drive.now).count, minutes(4).count);
            read(drive, minutes(4), false, verdict);
            QCOMPARE(gate.breach_at.count, 0);
            QCOMPARE(gate.breach_in.count, 0);
            QCOMPARE(drill::state_text(drive.release), drill::replayed(drive.log));
        }
    }

    void what_was_foreseen_when_the_program_went_away_is_forgotten() {
        Driver drive = bake();
        read(drive, minutes(4));
        QCOMPARE(drive.submit(Resume{drill::lead}), "");
        QCOMPARE(drive.release.at("bake").gates.at("lag").breach_at.count, 0);
    }

    /// Sessions of before have no such field.
    void an_event_without_it_foresees_nothing() {
        Json json = to_json(
            Event{7, seconds(5), GateChanged{"bake", "lag", "", "pass", true, "", "", "", "", nullptr, minutes(3)}});
        QCOMPARE(std::get<GateChanged>(event_from_json(json).value().body).breach_in.count, minutes(3).count);
        json["data"].erase("breach_in");
        QCOMPARE(std::get<GateChanged>(event_from_json(json).value().body).breach_in.count, 0);
    }

    void it_is_said_in_words_data() {
        QTest::addColumn<bool>("close");
        QTest::addColumn<QString>("limit");
        QTest::addColumn<int>("seconds");
        QTest::addColumn<QString>("line");
        QTest::newRow("close") << true << "< 5%" << 170
                               << "Gate lag is close to its limit: why; breaches it in about 3 min at this slope";
        QTest::newRow("rises") << false << "< 5%" << 240
                               << "Gate lag is rising: why; reaches it in about 4 min at this slope";
        QTest::newRow("falls") << false << ">= 90" << 59
                               << "Gate lag is falling: why; reaches it in less than a minute at this slope";
        QTest::newRow("nothing is foreseen") << false << "< 5%" << 0 << "Gate lag holds: why";
    }
    void it_is_said_in_words() {
        QFETCH(bool, close);
        QFETCH(QString, limit);
        QFETCH(int, seconds);
        const GateChanged gate{
            "bake", "lag", "", "pass", close, "", limit.toStdString(), "", "why", nullptr, sluice::seconds(seconds)};
        QTEST(QString::fromStdString(describe(gate)), "line");
    }
};

SLUICE_TEST(ForesightTest)
#include "foresight_test.moc"
