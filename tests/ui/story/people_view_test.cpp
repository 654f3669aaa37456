/// Who leads and who is here, and what the rules let whom do about it.
#include "policy_desk.h"
#include "story/audit_view.h"
#include "story/people_view.h"
#include "story/plan_names.h"
#include "story/top_view.h"
#include "story/wall_view.h"
#include "support/small_session.h"
#include "support/suite.h"

using namespace sluice;
using namespace sluice::story;
using testing::PolicyDesk;

namespace {

const release::Actor lena{"lena", "lead"};

QStringList lines(const PeopleView& view) {
    QStringList all;
    for (const auto& one : view.persons) {
        all << QStringList{QString::fromStdString(one.name), one.said, one.since}.join(" | ");
    }
    return all;
}

} // namespace

class PeopleViewTest : public QObject {
    Q_OBJECT

private slots:
    void who_leads_stands_first_then_who_is_here_then_who_else_is_known() {
        PolicyDesk desk;
        QCOMPARE(present_people(desk.moment(), lena).lead, "lena leads since 08:00:00 UTC");
        desk.now = desk.now + minutes(5);
        desk.submit(release::Join{"bob", {"sre"}});
        const auto view = present_people(desk.moment(), lena);
        QCOMPARE(lines(view), (QStringList{"lena | lead | leads since 08:00:00 UTC",
                                           "bob | SRE | here since 08:05:00 UTC", "ada | owner | not here"}));
        QCOMPARE(view.ground, "policy.yaml says who holds which role, and who may lead.");
        QCOMPARE(view.desk, "lena, lead");
        QCOMPARE(view.why_not_join, "");
        QCOMPARE(view.persons[0].why_not_lead, "lena leads already");
        QCOMPARE(view.persons[0].why_not_leave, "lena leads: hand over the lead first");
        QVERIFY(view.persons[1].why_not_lead.isEmpty() && view.persons[1].why_not_leave.isEmpty());
        QCOMPARE(view.persons[2].why_not_leave, "ada is not here");
    }

    void who_has_handed_it_over_leads_no_more() {
        PolicyDesk desk;
        desk.now = desk.now + minutes(90);
        desk.submit(release::HandOver{"ada", "my shift ends"});
        const auto view = present_people(desk.moment(), lena);
        QCOMPARE(view.lead, "ada leads since 09:30:00 UTC");
        QCOMPARE(view.handed_over, "handed over by lena: my shift ends");
        QCOMPARE(view.persons[0].name, "ada");
        QCOMPARE(view.persons[1].why_not_lead, "lena does not lead this session");
        QCOMPARE(view.why_not_join, "lena does not lead this session");
        QCOMPARE(present_people(desk.moment(), release::Actor{"ada", ""}).desk, "ada, owner");
        QVERIFY(present_people(desk.moment(), release::Actor{"ada", ""}).why_not_join.isEmpty());
        QCOMPARE(present_top(desk.moment()).lead, "Lead: ada");
        QCOMPARE(present_wall(desk.moment()).lead, "Lead: ada");
    }

    void the_log_calls_roles_and_keys_as_people_do() {
        PolicyDesk desk;
        desk.sign("n1", "bob", "sre");
        const auto moment = desk.moment();
        const PlanNames names(moment.release);
        const AuditLine line = audit_line(moment.entries.back(), names);
        QCOMPARE(line.text, "Approved “Go” as SRE (1 of 2), signed SHA256:bob");
        QCOMPARE(line.exact, "Approved go as sre (1 of 2), signed SHA256:bob");
        QCOMPARE(names.key("SHA256:LTMBydjtezzaH5x"), "SHA256:LTMBydjt…");
        QCOMPARE(names.role("product-owner"), "product owner");
    }

    void where_nobody_is_named_it_says_what_naming_somebody_changes() {
        testing::SmallSession session(testing::plan_without_people);
        auto view = present_people(session.moment(), lena);
        QVERIFY2(view.ground.startsWith("Nobody has been named yet"), qPrintable(view.ground));
        QCOMPARE(view.persons.size(), 1);
        QCOMPARE(session.drive.submit(release::Join{"bob", {"sre"}}, lena), "");
        view = present_people(session.moment(), lena);
        QVERIFY(view.ground.startsWith("The lead has said who is here"));
        QVERIFY(view.persons.size() >= 2);
    }

    void without_a_way_to_act_everything_says_so() {
        PolicyDesk desk;
        const auto view = present_people(desk.moment(), {});
        QCOMPARE(view.desk, "");
        QCOMPARE(view.why_not_join, "There is no way to act from here");
    }

    void a_role_that_is_not_named_is_the_one_that_the_step_asks_for() {
        PolicyDesk desk;
        QCOMPARE(desk.card("go", {"ada", ""}).offers.front().why_not, "The policy counts only signed approvals");
        QCOMPARE(desk.card("go", {"nobody", ""}).offers.front().why_not,
                 "You act as nobody in particular; this is for owner, SRE");
    }
};

SLUICE_TEST(PeopleViewTest)
#include "people_view_test.moc"
