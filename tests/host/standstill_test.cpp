#include "host/rehearsal.h"
#include "support/suite.h"

#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

using namespace sluice;
using namespace sluice::host;

/// Rehearsals of plans that would wait for ever.
class StandstillTest : public QObject {
    Q_OBJECT

    static RehearsalOptions options_in(const std::filesystem::path& base, const QString& plan) {
        std::ofstream(base / "plan.yaml") << "sluice: 1\nid: small\nroles: [owner]\n" << plan.toStdString();
        RehearsalOptions options;
        options.plan_file = (base / "plan.yaml").string();
        options.session = base / "session.sluice";
        options.by = {"test", "release-lead"};
        options.paths = {base / "sessions", base / "config", base / "run", {}, base / "kubeconfig", base / "state"};
        options.assume_yes = true;
        return options;
    }

private slots:
    void it_ends_and_says_who_waits_for_what_data() {
        QTest::addColumn<QString>("plan");
        QTest::addColumn<QString>("where");
        QTest::addColumn<QString>("why");
        QTest::newRow("a window that has gone by meanwhile")
            << "calendar: {allow: [{dates: [2026-01-06], from: '02:00', to: '04:00'}]}\nphases:\n"
               "  - {id: first, window: true, steps: [{id: a, run: [x], timeout: 4h, rehearse: {takes: 3h}}]}\n"
               "  - {id: second, window: true, steps: [{id: b, confirm: B}]}\n"
            << "phase second"
            << "outside of: ";
        QTest::newRow("a window that ended for good")
            << "calendar: {allow: [{dates: [2026-01-06], from: '02:00', to: '04:00'}], when-window-ends: pause}\n"
               "phases:\n  - {id: first, window: true, steps: [{id: a, run: [x], timeout: 4h, rehearse: {takes: 3h}}, "
               "{id: b, confirm: B}]}\n"
            << "phase first"
            << "none opens within 400 days";
        QTest::newRow("a wait for a calendar that is over")
            << "calendar: {allow: [{dates: [2025-12-24]}]}\n"
               "phases: [{id: one, steps: [{id: w, wait: {window: true}}]}]\n"
            << "step w"
            << "does not open within 400 days";
    }
    void it_ends_and_says_who_waits_for_what() {
        QFETCH(QString, plan);
        QFETCH(QString, where);
        QFETCH(QString, why);
        QTemporaryDir folder;
        auto rehearsal = Rehearsal::start(options_in(folder.path().toStdString(), plan));
        QVERIFY2(rehearsal.has_value(), rehearsal ? "" : to_text(rehearsal.error()).c_str());
        std::vector<Error> told;
        (*rehearsal)->on_standstill([&](const Error& error) { told.push_back(error); });
        QVERIFY((*rehearsal)->driver().run_until([&] { return !told.empty(); }, std::chrono::minutes(1)));
        QCOMPARE(QString::fromStdString(told.front().where), where);
        QVERIFY2(told.front().what.find(why.toStdString()) != std::string::npos, told.front().what.c_str());
        QVERIFY(!told.front().remedy.empty());
        QVERIFY(!(*rehearsal)->engine().release().closed());
    }

    void what_could_only_end_so_is_not_begun() {
        QTemporaryDir folder;
        const auto options = options_in(folder.path().toStdString(),
                                        "calendar: {allow: [{days: [tue], from: '02:00', to: '04:00'}]}\nphases:\n"
                                        "  - {id: first, window: true, planned: 30m, steps: [{id: a, confirm: A}]}\n"
                                        "  - {id: second, window: true, planned: 3h, steps: [{id: b, confirm: B}]}\n");
        const auto refused = Rehearsal::start(options);
        QVERIFY(!refused);
        QVERIFY(refused.error().code == ErrorCode::bad_input);
        QVERIFY2(
            refused.error().what.find("plan.yaml:7:5: error: the phase 'second' would wait for ever: 3h is planned "
                                      "in it, and the longest window within 400 days is 2h") != std::string::npos,
            refused.error().what.c_str());
        QVERIFY(!std::filesystem::exists(options.session));
    }

    void a_person_can_set_it_free() {
        QTemporaryDir folder;
        auto rehearsal = Rehearsal::start(
            options_in(folder.path().toStdString(),
                       "calendar: {allow: [{dates: [2026-01-06], from: '02:00', to: '04:00'}]}\nphases:\n"
                       "  - {id: first, window: true, steps: [{id: a, run: [x], timeout: 4h, rehearse: {takes: 3h}}]}\n"
                       "  - {id: second, window: true, steps: [{id: b, confirm: B}]}\n"));
        QVERIFY(rehearsal);
        bool told = false, closed = false;
        (*rehearsal)->on_standstill([&](const Error&) { told = true; });
        (*rehearsal)->on_closed([&] { closed = true; });
        QVERIFY((*rehearsal)->driver().run_until([&] { return told; }, std::chrono::minutes(1)));
        QVERIFY((*rehearsal)->engine().submit(release::Override{"second", "", "tonight"}, {"test", "release-lead"}));
        QVERIFY((*rehearsal)->driver().run_until([&] { return closed; }, std::chrono::minutes(1)));
        QCOMPARE(QString::fromStdString((*rehearsal)->engine().release().outcome), "done");
    }
};

SLUICE_TEST(StandstillTest)
#include "standstill_test.moc"
