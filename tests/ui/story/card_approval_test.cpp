#include "card_facts.h"
#include "policy_desk.h"
#include "release/signing.h"
#include "support/small_session.h"
#include "support/suite.h"

#include <QtTest>
#include <algorithm>

using namespace sluice;
using namespace sluice::story;
using testing::fact;
using Desk = testing::PolicyDesk;

namespace {

QString choices(const CardView& card) {
    QStringList all;
    for (const auto& offer : card.offers) {
        all << (offer.why_not.isEmpty() ? "" : "-") + offer.label;
    }
    return all.join(" | ");
}

QString said(const PersonRow& row) {
    return QStringList{row.said, row.ground, row.rest}.join(" | ");
}

} // namespace

class CardApprovalTest : public QObject {
    Q_OBJECT
private slots:
    void an_approval_shows_what_the_policy_wants_and_what_it_rests_on() {
        Desk desk;
        QCOMPARE(desk.card("go").situation,
                 "0 of 2 approved · missing: owner, SRE · You act as lead; this is for owner, SRE");
        QCOMPARE(fact(desk.card("go"), "May not approve"), "lena");
        QCOMPARE(choices(desk.card("go")),
                 "-Approve | Ask for a signature | Read an answer… | Attest another's approval… | Refuse… | Break the "
                 "glass… | -Skip… | Pause | Add note | Abort release…");
        desk.sign("n1", "ada", "owner");
        QVERIFY(fact(desk.card("go"), "Signature").startsWith("given by ada; by others until "));
        QVERIFY(!desk.card("go").request.isEmpty()); // one request is for all who sign
        release::Approve attested{"go", false, "by phone"};
        desk.submit(release::AskSignature{"go", "n2", "aa", 9});
        const auto card = desk.card("go");
        QCOMPARE(said(card.people.front()), "ada | signed with SHA256:ada | expires 12:00:00 UTC");
        QVERIFY(card.request.startsWith("-----BEGIN SLUICE REQUEST-----"));
        QVERIFY(choices(card).contains("Show the request"));
        attested.attested = release::Actor{"bob", "sre"};
        desk.submit(attested);
        QCOMPARE(said(desk.card("go").people.back()), "bob | attested by lena | expires 12:00:00 UTC · by phone");
        QVERIFY(desk.card("go").people.back().by_word);
        QCOMPARE(desk.card("go").situation, "2 of 2 approved · took 0:00");
    }

    void why_an_approval_is_not_yours_to_give() {
        Desk desk;
        QCOMPARE(desk.card("go", {"lena", "sre"}).offers.front().why_not,
                 "You may not approve here; another person must");
        QCOMPARE(desk.card("go", {"bob", "sre"}).offers.front().why_not, "The policy counts only signed approvals");
        QCOMPARE(desk.card("go", {"lena", "lead"}).offers.front().why_not, "You act as lead; this is for owner, SRE");
    }

    void a_broken_glass_is_red_and_the_approval_is_owed_until_it_is_given() {
        Desk desk;
        desk.submit(release::BreakGlass{"go", "fire"});
        auto card = desk.card("go");
        QCOMPARE(fact(card, "Break-glass"), "lena: fire");
        QVERIFY(fact(card, "Approval").startsWith("owed until"));
        QVERIFY(card.tone == Tone::breach);
        QVERIFY(card.situation.endsWith("You act as lead; this is for owner, SRE")); // as long as it is owed
        QVERIFY(choices(card).startsWith("-Approve | Ask for a signature | Read an answer…"));
        desk.now = desk.now + hours(1);
        desk.submit(release::Tick{}, {"engine", ""});
        QVERIFY(fact(desk.card("go"), "Approval").startsWith("overdue since"));
        desk.sign("n1", "ada", "owner");
        desk.sign("n2", "bob", "sre");
        QCOMPARE(fact(desk.card("go"), "Approval"), "given afterwards");
        QVERIFY(desk.card("go").tone != Tone::breach);
    }

    void an_approval_that_expired_is_told_until_the_person_approves_again() {
        Desk desk;
        desk.sign("n1", "ada", "owner");
        desk.now = desk.now + hours(4);
        desk.submit(release::Tick{}, {release::own_name, ""});
        QVERIFY2(fact(desk.card("go"), "Expired").startsWith("the approval of ada"),
                 qPrintable(fact(desk.card("go"), "Expired")));
        desk.sign("n2", "ada", "owner");
        QCOMPARE(fact(desk.card("go"), "Expired"), QString()); // the other's is still missing
        QVERIFY(desk.card("go").situation.startsWith("1 of 2"));
    }

    void the_lead_attests_what_another_has_approved() {
        Desk desk;
        const auto attest = [](const CardView& card) {
            const auto found = std::find_if(card.offers.begin(), card.offers.end(),
                                            [](const Offer& one) { return one.deed == Deed::attest_other; });
            return found == card.offers.end() ? Offer{} : *found;
        };
        const auto card = desk.card("go");
        const Offer offer = attest(card);
        QStringList persons;
        for (const auto& subject : offer.subjects) {
            persons << subject.title;
        }
        QCOMPARE(persons, (QStringList{"ada, owner", "bob, SRE"})); // lena opened it, so hers would not count
        QVERIFY(!offer.names_person && offer.asks == Asks::reason);
        desk.submit(*command_of(card, offer, {"by phone at two", offer.subjects[1].id}));
        QCOMPARE(said(desk.card("go").people.back()),
                 "bob | attested by lena | expires 12:00:00 UTC · by phone at two");
        QCOMPARE(attest(desk.card("go")).subjects.size(), 1);
        QCOMPARE(attest(desk.card("go", {"bob", "sre"})).why_not, "Only the lead can: lena leads");
        // A policy that does not count it says so beforehand, as the rules would.
        Desk strict("signed");
        QCOMPARE(attest(strict.card("go")).why_not, "The policy does not count what the lead attests");
    }

    void where_nobody_is_known_the_lead_names_who_approved() {
        testing::SmallSession session(testing::plan_without_people);
        const auto card = present_card(session.moment(), "go", release::Actor{"lena", "lead"});
        const auto offer = std::find_if(card.offers.begin(), card.offers.end(),
                                        [](const Offer& one) { return one.deed == Deed::attest_other; });
        QVERIFY(offer != card.offers.end() && offer->names_person);
        const auto command = command_of(card, *offer, {"in the chat", offer->subjects[1].id, " bob "});
        const auto& approve = std::get<release::Approve>(*command);
        QVERIFY(approve.attested == (release::Actor{"bob", "sre"}));
        QCOMPARE(session.drive.submit(*command, {"lena", "lead"}), "");
        QCOMPARE(said(present_card(session.moment(), "go").people.back()), "bob | attested by lena | in the chat");
    }

    void an_approval_that_has_expired_is_told_and_a_request_ends_with_its_step() {
        Desk desk;
        desk.sign("n1", "ada", "owner");
        desk.now = desk.now + hours(4) + seconds(1);
        desk.submit(release::Tick{}, {"engine", ""});
        QVERIFY2(fact(desk.card("go"), "Expired").startsWith("the approval of ada, 12:00:01 UTC"),
                 qPrintable(fact(desk.card("go"), "Expired")));
        QCOMPARE(desk.card("go").people.front().said, "has not answered yet");
        desk.submit(release::AskSignature{"go", "n2", "aa", 30});
        QVERIFY(fact(desk.card("go"), "Signature").startsWith("asked for"));
        desk.sign("n3", "ada", "owner");
        desk.sign("n4", "bob", "sre");
        QCOMPARE(fact(desk.card("go"), "Signature"), ""); // n2 is open still, and nobody waits for it
        QVERIFY(desk.card("go").request.isEmpty());
    }

    void what_was_pasted_goes_to_the_session() {
        Desk desk;
        const auto card = desk.card("go");
        const auto offer = std::find_if(card.offers.begin(), card.offers.end(),
                                        [](const auto& one) { return one.deed == Deed::read_answer; });
        QVERIFY(offer != card.offers.end());
        const auto text =
            QString::fromStdString(release::armoured("ANSWER", release::answer_document({"statement", "signature"})));
        const auto command = command_of(card, *offer, {text.simplified(), ""}); // a line edit has one line
        const auto& approve = std::get<release::Approve>(command.value());
        QCOMPARE(approve.answer->statement, "statement");
        QVERIFY(!approve.answer->verified);
    }
};

SLUICE_TEST(CardApprovalTest)
#include "card_approval_test.moc"
