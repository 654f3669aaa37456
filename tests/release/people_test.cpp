#include "driver.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::steps;

namespace {

/// Submits "name:role" after "name:role"; the last answer.
std::string approve(Driver& drive, const QString& list) {
    std::string last;
    for (const QString& one : list.split(' ')) {
        const QStringList parts = one.split(':');
        last = drive.submit(Approve{"go", false, ""}, {parts[0].toStdString(), parts[1].toStdString()});
    }
    return last;
}

} // namespace

class PeopleTest : public QObject {
    Q_OBJECT
private slots:
    void approvals_want_each_role_and_distinct_persons_data() {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QString>("approvals");
        QTest::addColumn<QString>("status");
        const QString both = "roles: [owner, sre]";
        QTest::newRow("one of two") << both << "ada:owner"
                                    << "awaiting a person";
        QTest::newRow("both") << both << "ada:owner bob:sre"
                              << "passed";
        QTest::newRow("one role twice") << both << "ada:owner bob:owner"
                                        << "awaiting a person";
        QTest::newRow("one role twice, then the other") << both << "ada:owner bob:owner cy:sre"
                                                        << "passed";
        QTest::newRow("one person in both roles") << both << "ada:owner ada:sre"
                                                  << "awaiting a person";
        const QString three = "roles: [owner, sre], quorum: 3";
        QTest::newRow("quorum not reached") << three << "ada:owner bob:sre"
                                            << "awaiting a person";
        QTest::newRow("quorum reached") << three << "ada:owner bob:sre cy:sre"
                                        << "passed";
        QTest::newRow("quorum without a role") << three << "ada:sre bob:sre cy:sre"
                                               << "awaiting a person";
        QTest::newRow("a role that does not approve") << "roles: [owner]"
                                                      << "ada:lead"
                                                      << "awaiting a person";
    }
    void approvals_want_each_role_and_distinct_persons() {
        QFETCH(QString, rule);
        QFETCH(QString, approvals);
        Driver drive = steps("      - {id: go, approve: {" + rule.toStdString() + "}}\n");
        (void)approve(drive, approvals);
        QTEST(drive.status("go"), "status");
    }

    void an_approval_that_does_not_count_says_why() {
        Driver drive = steps("      - {id: go, approve: {roles: [owner, sre]}}\n      - {id: tick, confirm: Tick}\n");
        QCOMPARE(approve(drive, "ada:lead"), "'lead' does not approve here");
        QCOMPARE(approve(drive, "ada:owner ada:sre"), "ada has approved already");
        QCOMPARE(drive.submit(Confirm{"go", "", false, ""}), "the step is of the kind approve, not confirm");
        QCOMPARE(drive.submit(Approve{"tick", false, ""}), "the step is of the kind confirm, not approve");
        QCOMPARE(drive.submit(Approve{"tack", false, ""}), "the plan has no step 'tack'");
        QCOMPARE(drive.submit(Confirm{"tick", "", false, ""}), "the step is to come; nobody is awaited");
    }

    void a_refusal_needs_a_reason_goes_to_triage_and_voids_approvals() {
        Driver drive = steps("      - {id: go, approve: {roles: [owner, sre]}}\n");
        (void)approve(drive, "ada:owner");
        QCOMPARE(drive.submit(Approve{"go", true, ""}, {"bob", "sre"}), "this needs a reason");
        QCOMPARE(drive.submit(Approve{"go", true, "errors rise"}, {"bob", "sre"}), "");
        QCOMPARE(drive.last(), "refused go, triage-opened go");
        QCOMPARE(drive.why("go"), "bob refused: errors rise");
        QCOMPARE(drive.submit(Retry{"go", "they fell"}), "");
        QCOMPARE(drive.status("go"), "awaiting a person");
        (void)approve(drive, "bob:sre");
        QCOMPARE(drive.status("go"), "awaiting a person");
        (void)approve(drive, "ada:owner");
        QCOMPARE(drive.status("go"), "passed");
    }

    void a_confirm_wants_its_evidence_where_the_plan_does() {
        Driver drive = steps("      - {id: tick, confirm: Tick, evidence: required}\n");
        QCOMPARE(drive.submit(Confirm{"tick", "", false, ""}), "the plan wants evidence");
        QCOMPARE(drive.submit(Confirm{"tick", "", true, ""}), "this needs a reason");
        QCOMPARE(drive.submit(Confirm{"tick", "https://wiki/42", false, ""}), "");
        QCOMPARE(drive.all<Confirmed>().front().evidence, "https://wiki/42");
        QCOMPARE(drive.all<Confirmed>().front().by.name, "lena");
    }

    void a_confirm_can_be_refused_retried_and_skipped() {
        Driver drive = steps("      - {id: tick, confirm: Tick}\n      - {id: tock, confirm: Tock}\n");
        QCOMPARE(drive.submit(Confirm{"tick", "", true, "there are complaints"}), "");
        QCOMPARE(drive.status("tick"), "failed");
        QCOMPARE(drive.submit(Confirm{"tick", "", false, ""}), "the step is failed; nobody is awaited");
        (void)drive.submit(Retry{"tick", ""});
        (void)drive.submit(Confirm{"tick", "", false, ""});
        QCOMPARE(drive.submit(Skip{"tock", "nobody is there"}), "");
        QCOMPARE(drive.status("tock"), "skipped");
        QCOMPARE(drive.count("triage-answered"), 2);
    }

    void a_decision_can_be_skipped_with_all_that_it_leads_to() {
        Driver drive = steps("      - {id: way, decide: {text: 'Go?', choices: [{id: go, steps: [{id: x, confirm: "
                             "X}]}, {id: stay}]}}\n");
        QCOMPARE(drive.submit(Skip{"way", "nobody knows"}), "");
        QCOMPARE(drive.status("x"), "not applicable");
    }

    void a_note_is_kept_and_changes_nothing() {
        Driver drive = steps("      - {id: tick, confirm: Tick}\n");
        QCOMPARE(drive.submit(Note{"", ""}), "a note needs a text");
        QCOMPARE(drive.submit(Note{"the bridge is open", "tick"}), "");
        QCOMPARE(drive.release.notes, 1);
        QCOMPARE(drive.status("tick"), "awaiting a person");
    }
};

SLUICE_TEST(PeopleTest)
#include "people_test.moc"
