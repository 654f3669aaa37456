#include "release/covered.h"
#include "release/decide.h"
#include "release/signing.h"
#include "story/card.h"
#include "support/suite.h"

#include <QtTest>
#include <algorithm>

using namespace sluice;
using namespace sluice::story;

namespace {

const char* const policy = R"(policy: 1
allowed-signers: keys
people:
  lena: {roles: [lead, sre], principals: lena@x}
  ada: {roles: [owner], principals: ada@x}
  bob: {roles: [sre], principals: bob@x}
rules: [{environment: production, roles: [owner, sre], accept: [signed, attested], valid-for: 4h}]
break-glass: {roles: [lead], approve-within: 1h}
)";
const char* const plan_text = R"(sluice: 1
id: small
release: {environment: production}
roles: [lead, sre, owner]
phases:
  - id: one
    steps:
      - {id: go, title: Go, approve: {roles: [owner]}}
      - {id: deploy, run: [deploy]}
      - {id: say, title: Say so, attest: It works, owner: sre}
)";

/// A session with a policy, driven without an engine.
class Desk {
public:
    Desk() {
        release::SessionOpened session;
        session.session = "s1";
        session.mode = "run";
        session.plan_source = plan_text;
        session.by = {"lena", "lead"};
        release::People people;
        people.policy = release::PolicyBound{"policy.yaml", policy, "p1", "keys", "keys", "k1", "", "", {}};
        submit(release::Open{session, people});
    }
    void submit(const release::Command& command, const release::Actor& by = {"lena", "lead"}) {
        auto bodies = release::decide(release_, command, now, by);
        QVERIFY2(bodies.has_value(), bodies ? "" : bodies.error().what.c_str());
        for (auto& body : *bodies) {
            const release::Event event{release_.seq + 1, now, std::move(body)};
            release::apply(release_, event);
            Entry entry;
            entry.event = event;
            entries_.push_back(entry);
        }
    }
    void sign(const std::string& nonce, const std::string& person, const std::string& role) {
        submit(release::AskSignature{"go", nonce, "aa", release_.seq});
        release::Approve command{"go", false, ""};
        command.answer = release::SignedAnswer{
            release::statement_bytes({release_.requests.at(nonce).request, "yes", role, ""}).value(), "armour",
            person + "@x", "SHA256:" + person, true};
        submit(command);
    }
    CardView card(const std::string& step, const release::Actor& viewer = {"lena", "lead"}) const {
        static const Readings readings;
        static const Outputs outputs;
        return present_card(Moment{release_, now, entries_, readings, outputs}, step, viewer);
    }

    Nanos now = seconds(1'767'600'000);

private:
    release::Release release_;
    std::vector<Entry> entries_;
};

QString offered(const CardView& card) {
    QStringList all;
    for (const auto& offer : card.offers) {
        all << (offer.why_not.isEmpty() ? "" : "-") + offer.label;
    }
    return all.join(" | ");
}

QString fact(const CardView& card, const QString& name) {
    for (const auto& one : card.facts) {
        if (one.name == name) {
            return one.text;
        }
    }
    return {};
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
        QCOMPARE(offered(desk.card("go")),
                 "-Approve | Ask for a signature | Read an answer… | Refuse… | Break the glass… | -Skip… | Pause | Add "
                 "note | Abort release…");
        desk.sign("n1", "ada", "owner");
        release::Approve attested{"go", false, "by phone"};
        desk.submit(release::AskSignature{"go", "n2", "aa", 9});
        const auto card = desk.card("go");
        QCOMPARE(card.people.front().said, "ada, signed SHA256:ada, expires 12:00:00 UTC");
        QVERIFY(card.request.startsWith("-----BEGIN SLUICE REQUEST-----"));
        QVERIFY(offered(card).contains("Show the request"));
        attested.attested = release::Actor{"bob", "sre"};
        desk.submit(attested);
        QCOMPARE(desk.card("go").people.back().said, "bob, attested by lena, expires 12:00:00 UTC: by phone");
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
        QVERIFY(offered(card).startsWith("-Approve | Ask for a signature | Read an answer…"));
        desk.now = desk.now + hours(1);
        desk.submit(release::Tick{}, {"engine", ""});
        QVERIFY(fact(desk.card("go"), "Approval").startsWith("overdue since"));
        desk.sign("n1", "ada", "owner");
        desk.sign("n2", "bob", "sre");
        QCOMPARE(fact(desk.card("go"), "Approval"), "given afterwards");
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
