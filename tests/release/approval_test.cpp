#include "desk.h"
#include "release/covered.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using namespace sluice::release::drill;

class ApprovalTest : public QObject {
    Q_OBJECT
private slots:
    void a_policy_raises_what_the_plan_asks_for() {
        Desk desk(policy_text(two_roles));
        QCOMPARE(desk.refusal, "");
        QCOMPARE(desk.release.bound.type, "major");
        QVERIFY(desk.release.bound.raised ==
                (std::vector<std::string>{"go is raised from 1 of owner to 2 of owner, sre",
                                          "second is raised from 1 of sre to 2 of sre, owner",
                                          "before any approval: read"}));
        QCOMPARE(desk.approve({"cy", "owner"}), "");
        QCOMPARE(desk.status("go"), "awaiting a person");
        QCOMPARE(desk.approve({"bob", "sre"}), "");
        QCOMPARE(desk.status("go"), "passed");
        QCOMPARE(describe(Body(desk.release.at("go").approvals.back())), "Approved go as sre (2 of 2)");
    }
    void a_plan_that_asks_for_more_keeps_it() {
        Desk desk(policy_text(two_roles), plan_text("approve: {roles: [owner, sre], quorum: 3}"));
        QCOMPARE(desk.refusal, "");
        QCOMPARE(demand(desk.release, *desk.release.step("go")).quorum, 3);
    }

    void what_the_policy_cant_have_is_refused_at_the_start_data() {
        QTest::addColumn<QString>("policy");
        QTest::addColumn<QString>("plan");
        QTest::addColumn<QString>("by");
        QTest::addColumn<QString>("error");
        const auto row = [](const char* name, const std::string& policy, const std::string& plan, const char* by,
                            const char* error) {
            QTest::newRow(name) << QString::fromStdString(policy) << QString::fromStdString(plan) << by << error;
        };
        const std::string none = "release: {type: major, environment: production}\nphases: [{id: main, steps: [{id: x, "
                                 "run: [x]}]}]\n";
        const std::string after =
            "release: {type: major, environment: production}\nphases: [{id: main, steps: [{id: x, "
            "run: [x]}, {id: go, approve: {roles: [owner]}}]}]\n";
        const std::string perhaps =
            "release: {type: major, environment: production}\nphases: [{id: main, steps: [{id: go, approve: {roles: "
            "[owner]}, when: {is: '${ramp}'}}, {id: x, run: [x]}]}]\n";
        row("no approval", policy_text(two_roles), plan_with(none), "lena:lead",
            "the policy demands approval by 2 persons of owner, sre, and the plan has no approve step that every way "
            "through it passes");
        row("an approval that may not apply", policy_text(two_roles), plan_with(perhaps), "lena:lead",
            "the policy demands approval by 2 persons of owner, sre, and the plan has no approve step that every way "
            "through it passes");
        row("an approval of what is done", policy_text(two_roles), plan_with(after), "lena:lead",
            "the policy demands approval by 2 persons of owner, sre, and nothing of the plan comes after its approval");
        row("another one is left", policy_text("{roles: [lead], accept: [given], barred: [initiator]}"), plan_text(),
            "dee:lead", "");
        row("everybody barred", policy_text("{roles: [owner, sre], quorum: 4}"), plan_text(), "lena:lead",
            "the approval can never be given: the quorum is 4, and only 3 persons hold one of the roles and may "
            "approve");
        row("no rule", policy_text("{type: minor, roles: [owner]}"), plan_text(), "lena:lead",
            "the policy has no rule for the type 'major' in the environment 'production'");
        row("no rule, and none needed", policy_text("{type: minor, roles: [owner]}", "otherwise: allow\n"), plan_text(),
            "lena:lead", "");
        row("a stranger", policy_text(two_roles), plan_text(), "eve:lead", "eve may not lead this session");
        row("a role not held", policy_text(two_roles), plan_text(), "dee:sre", "dee does not hold the role 'sre'");
        row("not one who leads", policy_text(two_roles, "lead: [lead]\n"), plan_text(), "ada:owner",
            "ada may not lead this session");
    }
    void what_the_policy_cant_have_is_refused_at_the_start() {
        QFETCH(QString, policy);
        QFETCH(QString, plan);
        QFETCH(QString, by);
        QFETCH(QString, error);
        const QStringList parts = by.split(':');
        Desk desk(policy.toStdString(), plan.toStdString(), "run", {parts[0].toStdString(), parts[1].toStdString()});
        QCOMPARE(QString::fromStdString(desk.refusal), error);
        QCOMPARE(desk.log.empty(), !error.isEmpty());
    }

    void an_approval_that_the_policy_does_not_count_says_why_data() {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("by");
        QTest::addColumn<QString>("error");
        const QString given = "{roles: [owner, sre], accept: [given]}";
        QTest::newRow("the initiator") << given << ""
                                       << "lena:sre"
                                       << "lena opened this session and may not approve";
        QTest::newRow("a role not held") << given << ""
                                         << "ada:sre"
                                         << "ada does not hold the role 'sre'";
        QTest::newRow("a role of nobody here") << given << ""
                                               << "dee:lead"
                                               << "'lead' does not approve here";
        QTest::newRow("a stranger") << given << ""
                                    << "eve:sre"
                                    << "eve does not hold the role 'sre'";
        QTest::newRow("twice") << given << "cy:sre"
                               << "cy:owner"
                               << "cy has approved already";
        QTest::newRow("unsigned") << "{roles: [owner, sre]}"
                                  << ""
                                  << "bob:sre"
                                  << "the policy counts only signed approvals";
        QTest::newRow("the lead is barred by its name") << "{roles: [lead], accept: [given], barred: [lead]}"
                                                        << ""
                                                        << "lena:lead"
                                                        << "lena opened this session and may not approve";
    }
    void an_approval_that_the_policy_does_not_count_says_why() {
        QFETCH(QString, rule);
        QFETCH(QString, before);
        QFETCH(QString, by);
        QFETCH(QString, error);
        Desk desk(policy_text(rule.toStdString()));
        QCOMPARE(desk.refusal, "");
        const auto actor = [](const QString& text) {
            const QStringList parts = text.split(':');
            return Actor{parts[0].toStdString(), parts[1].toStdString()};
        };
        if (!before.isEmpty()) {
            QCOMPARE(desk.approve(actor(before)), "");
        }
        QCOMPARE(QString::fromStdString(desk.approve(actor(by))), error);
    }

    void who_proposed_a_change_has_no_say_in_it() {
        Desk desk(policy_text("{roles: [owner, sre], accept: [given]}"));
        QCOMPARE(desk.approve({"cy", "sre"}), "");
        desk.release.split["edge"] = {{"blue", 75}, {"green", 25}};
        QCOMPARE(desk.submit(Shift{"edge", {{"blue", 100}}, "just to see"}, {"cy", "sre"}), "");
        QCOMPARE(desk.approve({"ada", "owner"}), ""); // cy's does not count any more
        QCOMPARE(desk.status("go"), "awaiting a person");
        QCOMPARE(desk.approve({"cy", "sre"}), "cy proposed a change in this session and may not approve");
        QCOMPARE(desk.approve({"bob", "sre"}), "");
        QCOMPARE(desk.status("go"), "passed");
    }

    void an_amended_plan_is_approved_again_and_not_by_who_amended_it() {
        Desk desk(policy_text("{roles: [owner, sre], accept: [given, signed]}"));
        desk.done("read");
        (void)desk.approve({"cy", "owner"});
        const Json early = desk.ask("n1");
        (void)desk.approve({"bob", "sre"});
        QCOMPARE(desk.status("go"), "passed");
        std::string text = plan_text();
        text.insert(text.find("'${ramp}', '${later}'"), "--fast, ");
        QCOMPARE(desk.submit(Amend{text, "the night is short"}, {"cy", "owner"}), "");
        QCOMPARE(desk.status("go"), "awaiting a person");
        QVERIFY(desk.release.at("go").approvals.empty());
        QCOMPARE(describe(desk.log[desk.log.size() - 1].body),
                 "The approval of go is asked for again: the plan was amended by cy");
        QCOMPARE(desk.approve({"cy", "sre"}), "cy proposed a change in this session and may not approve");
        QCOMPARE(desk.sign(early, "bob", "sre"), "the plan was amended since the signature was asked for");
        desk.pass(hours(3)); // the wait is over, and nothing begins
        QCOMPARE(desk.release.at("deploy").why, "go must be approved again");
        QCOMPARE(desk.sign(desk.ask("n2"), "bob", "sre"), "");
        // What half of the persons had approved does not count either.
        text.insert(text.find("'${ramp}', '${later}'"), "--faster, ");
        QCOMPARE(desk.submit(Amend{text, "shorter still"}, {"cy", "owner"}), "");
        QVERIFY(desk.release.at("go").approvals.empty());
        QCOMPARE(desk.approve({"ada", "owner"}), "");
        QCOMPARE(desk.approve({"bob", "sre"}), "");
        QCOMPARE(desk.status("deploy"), "running");
        desk.done("deploy");
        // All that it covers has been done, so that it stands, whatever else changes.
        text.replace(text.find("It is done"), 10, "It is all done");
        QCOMPARE(desk.submit(Amend{text, "plainer"}, {"cy", "owner"}), "");
        QCOMPARE(desk.status("go"), "passed");
        QCOMPARE(desk.count("approval-asked-again"), 2);
    }
    void what_failed_is_tried_again_only_once_the_amended_plan_is_approved() {
        Desk desk(
            policy_text("{roles: [owner, sre], accept: [given]}"),
            plan_with("release: {type: major, environment: production}\nphases: [{id: main, steps: [{id: go, approve: "
                      "{roles: [owner, sre]}}, {id: act, run: [act]}, {id: more, run: [more]}]}]\n"));
        (void)desk.approve({"cy", "owner"});
        (void)desk.approve({"bob", "sre"});
        Intent intent;
        intent.step = "act";
        intent.attempt = 1;
        intent.operation = "s1/act/1";
        intent.kind = "run";
        (void)desk.submit(Prepared{intent}, engine);
        Outcome outcome;
        outcome.settled = {intent.operation, false, "returned", "exit 1", nullptr, 0, ""};
        (void)desk.submit(outcome, engine);
        QCOMPARE(desk.status("act"), "failed");
        std::string text = desk.release.plan->source;
        text.replace(text.find("[more]"), 6, "[even, more]");
        QCOMPARE(desk.submit(Amend{text, "the night is short"}, {"lena", "lead"}), "");
        QCOMPARE(desk.status("go"), "awaiting a person");
        QCOMPARE(desk.submit(Retry{"act", "again"}, {"lena", "lead"}), "");
        QCOMPARE(desk.status("act"), "about to be retried");
        QCOMPARE(desk.release.at("act").why, "go must be approved again");
        (void)desk.approve({"cy", "owner"});
        (void)desk.approve({"bob", "sre"});
        QCOMPARE(desk.status("act"), "running");
    }
    void no_amendment_takes_away_what_the_policy_demands() {
        const std::string head = "release: {type: major, environment: production}\nphases:\n  - id: main\n    steps:\n"
                                 "      - {id: look, confirm: Look}\n";
        const std::string go = "      - {id: go, approve: {roles: [owner]}}\n", act = "      - {id: act, run: [act]}\n";
        const std::string second = "      - {id: 2, run: [act]}\n"; // a name that looks like a number
        Desk desk(policy_text(two_roles), plan_with(head + go + act));
        QCOMPARE(desk.refusal, "");
        const Release before = desk.release;
        QCOMPARE(desk.submit(Amend{plan_with(head + act), "no time"}, {"lena", "lead"}),
                 "the policy demands approval by 2 persons of owner, sre, and the plan has no approve step that every "
                 "way through it passes");
        QCOMPARE(desk.submit(Amend{plan_with(head + act + go), "first the work"}, {"lena", "lead"}),
                 "the policy demands approval by 2 persons of owner, sre, and nothing of the plan comes after its "
                 "approval");
        // Of the two who hold the role of sre and may, one amends, and then another must be left.
        QCOMPARE(desk.submit(Amend{plan_with(head + go + act + second), "more"}, {"cy", "sre"}), "");
        QCOMPARE(desk.submit(Amend{plan_with(head + go + act), "less"}, {"bob", "sre"}),
                 "the approval can never be given: nobody is left to approve as sre: lena, bob, cy may not");
        QVERIFY(!before.proposers.contains("cy") && desk.release.proposers.contains("cy"));
    }

    void the_lead_attests_where_the_policy_lets_it() {
        const auto attest = [](Desk& desk, const Actor& who, const Actor& by, const std::string& reason) {
            Approve command{"go", false, reason};
            command.attested = who;
            return desk.submit(command, by);
        };
        Desk strict(policy_text("{roles: [owner, sre], accept: [given]}"));
        QCOMPARE(attest(strict, {"bob", "sre"}, {"lena", "lead"}, "by phone"),
                 "the policy does not count what the lead attests");
        Desk desk(policy_text("{roles: [owner, sre], accept: [given, attested]}"));
        QCOMPARE(attest(desk, {"bob", "sre"}, {"cy", "sre"}, "by phone"), "only the lead attests another's approval");
        QCOMPARE(attest(desk, {"bob", "sre"}, {"lena", "lead"}, ""), "this needs a reason");
        QCOMPARE(attest(desk, {"lena", "sre"}, {"lena", "lead"}, "me"), "one's own approval is given, not attested");
        QCOMPARE(attest(desk, {"ada", "sre"}, {"lena", "lead"}, "by phone"), "ada does not hold the role 'sre'");
        QCOMPARE(attest(desk, {"bob", ""}, {"lena", "lead"}, "by phone"), "");
        QCOMPARE(describe(desk.log.back().body), "Approved go as sre (1 of 2), ATTESTED by lena: by phone");
        QCOMPARE(desk.release.at("go").approvals.front().by.name, "bob");
    }

    // Found by the property test on drawn plans.
    void a_step_is_not_tried_again_while_what_it_needs_is_asked_for_again() {
        Desk desk(policy_text("{roles: [owner, sre], accept: [given], valid-for: 90m}"), R"(sluice: 1
id: small
title: A small plan
release: {type: major, environment: production}
roles: [lead, sre, owner]
phases:
  - id: main
    steps:
      - {id: go, approve: {roles: [owner, sre]}}
      - {id: look, probe: {run: [look]}}
      - {id: deploy, run: [deploy]}
)");
        QCOMPARE(desk.refusal, "");
        (void)desk.approve({"cy", "owner"});
        (void)desk.approve({"bob", "sre"});
        QCOMPARE(desk.status("look"), "running");
        (void)desk.submit(ProbeAnswer{"look", 1, false, true, "not there", {}}, {own_name, ""});
        QCOMPARE(desk.status("look"), "failed");
        desk.pass(minutes(90));
        QCOMPARE(desk.status("go"), "awaiting a person");
        QCOMPARE(desk.submit(Retry{"look", "again"}, {"lena", "lead"}), "");
        QCOMPARE(desk.status("look"), "about to be retried");
        QCOMPARE(desk.release.at("look").why, "what it needs is asked for again");
        (void)desk.approve({"cy", "owner"});
        (void)desk.approve({"bob", "sre"});
        QCOMPARE(desk.status("look"), "running");
    }

    // Found by the simulation, seed 6921.
    void an_approval_that_is_asked_for_again_guards_what_comes_behind_an_added_one() {
        const std::string head = "release: {type: major, environment: production}\nphases:\n  - id: main\n    steps:\n"
                                 "      - {id: go, approve: {roles: [owner]}}\n      - {id: rest, wait: 2h}\n";
        const std::string eyes = "      - {id: eyes, approve: {roles: [sre]}}\n",
                          act = "      - {id: act, run: [act]}\n";
        Desk desk("", plan_with(head + act));
        QCOMPARE(desk.refusal, "");
        (void)desk.approve({"ada", "owner"});
        QCOMPARE(desk.status("rest"), "running");
        QCOMPARE(
            desk.submit(Amend{plan_with(head + "      - {id: act, run: [act, more]}\n"), "more"}, {"lena", "lead"}),
            "");
        QCOMPARE(desk.status("go"), "awaiting a person");
        desk.pass(hours(2));
        QCOMPARE(desk.status("rest"), "passed");
        QCOMPARE(desk.submit(Amend{plan_with(head + eyes + act), "more eyes"}, {"lena", "lead"}), "");
        QCOMPARE(desk.submit(Approve{"eyes", false, ""}, {"cy", "sre"}), "");
        QCOMPARE(desk.status("eyes"), "passed");
        QCOMPARE(desk.status("act"), "waiting");
        QCOMPARE(desk.release.at("act").why, "go must be approved again");
        (void)desk.approve({"ada", "owner"});
        QCOMPARE(desk.status("act"), "running");
    }

    void an_approval_expires_until_what_it_is_for_begins() {
        Desk desk(policy_text("{roles: [owner, sre], accept: [given], valid-for: 90m}"));
        desk.done("read");
        (void)desk.approve({"cy", "owner"});
        desk.pass(minutes(89));
        QCOMPARE(desk.status("go"), "awaiting a person");
        QCOMPARE(desk.release.at("go").approvals.size(), 1U);
        desk.pass(minutes(1));
        QVERIFY(desk.release.at("go").approvals.empty());
        (void)desk.approve({"cy", "owner"});
        (void)desk.approve({"bob", "sre"});
        QCOMPARE(desk.status("go"), "passed");
        desk.pass(minutes(90)); // of the two hours before the deployment
        QCOMPARE(desk.status("go"), "awaiting a person");
        QCOMPARE(desk.count("approval-expired"), 3);
        desk.pass(hours(1)); // the wait is over, and nothing begins
        QCOMPARE(desk.status("rest"), "passed");
        QCOMPARE(desk.status("deploy"), "waiting");
        QCOMPARE(desk.release.at("deploy").why, "go must be approved again");
        (void)desk.approve({"cy", "owner"});
        (void)desk.approve({"bob", "sre"});
        QCOMPARE(desk.status("deploy"), "running");
        desk.pass(hours(5));
        QCOMPARE(desk.status("go"), "passed");
    }

    void an_approval_covers_what_comes_before_the_next_one() {
        Desk desk(policy_text(two_roles));
        QVERIFY(covered_by(desk.release, "go") == std::vector<StepId>{"deploy"});
        QVERIFY(covered_by(desk.release, "second") == std::vector<StepId>{"finish"});
        const Json before = what_runs(desk.release, {"deploy"});
        QCOMPARE(before[0]["does"].get<std::string>(), "run: deploy true ${later}");
        desk.done("read");
        const Json after = what_runs(desk.release, {"deploy"});
        QCOMPARE(after[0]["does"].get<std::string>(), "run: deploy true now");
        QVERIFY(digest_of_runs(before) != digest_of_runs(after));
    }

    void the_glass_is_broken_with_a_reason_and_the_approval_is_owed() {
        Desk desk(policy_text(two_roles, glass));
        QCOMPARE(desk.submit(Skip{"go", "no time"}, {"lena", "lead"}), "the policy demands this approval");
        QCOMPARE(desk.submit(BreakGlass{"go", "fire"}, {"bob", "sre"}), "bob may not break the glass");
        QCOMPARE(desk.submit(BreakGlass{"go", ""}, {"dee", "lead"}), "this needs a reason");
        QCOMPARE(desk.submit(BreakGlass{"rest", "fire"}, {"dee", "lead"}), "the step is of the kind wait, not approve");
        QCOMPARE(desk.submit(BreakGlass{"go", "fire"}, {"dee", "lead"}), "");
        QCOMPARE(desk.status("go"), "overridden");
        QCOMPARE(desk.release.overrides, 1);
        desk.pass(hours(2));
        desk.done("read");
        QCOMPARE(desk.status("deploy"), "running");
        desk.done("deploy");
        QCOMPARE(desk.submit(BreakGlass{"second", "fire"}, {"dee", "lead"}), "");
        desk.done("finish");
        QCOMPARE(desk.submit(Attest{"say", "", false, ""}, {"ada", "owner"}), "this statement is signed");
        QCOMPARE(desk.submit(Skip{"say", "nobody"}, {"lena", "lead"}), "");
        QCOMPARE(desk.release.outcome, ""); // what is owed keeps it open
        QVERIFY(needs_person(desk.release));
        desk.pass(hours(10) - minutes(1));
        QVERIFY(!desk.release.at("go").glass->overdue);
        desk.pass(minutes(2));
        QVERIFY(desk.release.at("go").glass->overdue);
        QCOMPARE(desk.approve({"dee", "lead"}), "'lead' does not approve here");
        QCOMPARE(desk.submit(Approve{"go", true, "never"}, {"bob", "sre"}), "it has been gone on with");
        QCOMPARE(desk.approve({"cy", "owner"}), "");
        QCOMPARE(desk.approve({"bob", "sre"}), "");
        QVERIFY(desk.release.at("go").glass->approved);
        QCOMPARE(desk.release.outcome, "");
        (void)desk.approve({"cy", "owner"}, "second");
        (void)desk.approve({"bob", "sre"}, "second");
        QCOMPARE(desk.release.outcome, "done");
    }
    void without_a_policy_no_glass_is_broken() {
        Desk desk("");
        QCOMPARE(desk.submit(BreakGlass{"go", "fire"}, {"lena", "lead"}), "there is no policy");
        QVERIFY(desk.ask("n1").is_null());
        QCOMPARE(desk.refusal, "this session knows nobody's key");
        QCOMPARE(desk.approve({"lena", "owner"}), ""); // as it was before there were policies
        QCOMPARE(desk.status("go"), "passed");
    }

    void the_lead_hands_over_and_says_who_is_there() {
        Desk desk("");
        QCOMPARE(desk.release.lead, "lena");
        QCOMPARE(desk.submit(Join{"bob", {"sre"}}, {"bob", "sre"}), "bob does not lead this session");
        QCOMPARE(desk.submit(Join{"bob", {}}, {"lena", "lead"}), "a person joins with at least one role");
        QCOMPARE(desk.submit(Join{"bob", {"sre"}}, {"lena", "lead"}), "");
        QVERIFY(desk.release.bridge.contains("lena"));
        // From now on roles are held, not claimed.
        QCOMPARE(desk.approve({"bob", "owner"}), "bob does not hold the role 'owner'");
        QCOMPARE(desk.approve({"eve", "owner"}), "eve does not hold the role 'owner'");
        QCOMPARE(desk.submit(Note{"hello", ""}, {"eve", ""}), "eve is not known to the bridge");
        QCOMPARE(desk.submit(HandOver{"eve", ""}, {"lena", "lead"}), "eve is not on the bridge");
        QCOMPARE(desk.submit(HandOver{"bob", "night"}, {"bob", "sre"}), "bob does not lead this session");
        QCOMPARE(desk.submit(HandOver{"bob", "night"}, {"lena", "lead"}), "");
        QCOMPARE(desk.release.lead, "bob");
        QCOMPARE(desk.submit(HandOver{"ada", ""}, {"lena", "lead"}), "lena does not lead this session");
        QCOMPARE(desk.submit(Leave{"bob"}, {"bob", "sre"}), "bob leads this session");
        QCOMPARE(desk.submit(Leave{"lena"}, {"lena", "lead"}), "");
        QVERIFY(!desk.release.bridge.contains("lena"));
    }
    void commands_are_given_by_whom_the_policy_lets() {
        Desk desk(policy_text(
            two_roles, "lead: [lead]\ncommands: {abort: [the-lead], pause: [sre, the-lead], amend: [the-lead]}\n"));
        QCOMPARE(desk.submit(Abort{"x"}, {"bob", "sre"}), "the policy lets the-lead give 'abort', not bob");
        QCOMPARE(desk.submit(Pause{"x"}, {"ada", "owner"}), "the policy lets sre, the-lead give 'pause', not ada");
        QCOMPARE(desk.submit(Pause{"x"}, {"bob", "owner"}), "bob does not hold the role 'owner'");
        QCOMPARE(desk.submit(Pause{"x"}, {"bob", "sre"}), "");
        QCOMPARE(desk.submit(Amend{plan_text("approve: {roles: [sre]}"), "x"}, {"bob", "sre"}),
                 "the policy lets the-lead give 'amend', not bob");
        QCOMPARE(desk.submit(HandOver{"bob", ""}, {"lena", "lead"}), "bob may not lead this session");
        QCOMPARE(desk.submit(HandOver{"dee", ""}, {"lena", "lead"}), "");
        QCOMPARE(desk.submit(Abort{"x"}, {"lena", "lead"}), "the policy lets the-lead give 'abort', not lena");
        QCOMPARE(desk.submit(Abort{"x"}, {"dee", "lead"}), "");
    }
    void so_are_those_that_say_what_becomes_of_it() {
        const std::string steps =
            plan_with("release: {type: major, environment: production}\n"
                      "severity: {high: {title: Bad}}\nphases: [{id: main, steps: [{id: go, "
                      "approve: {roles: [owner]}}, {id: act, run: [act]}]}]\n"
                      "rollback:\n  within: 2h after act\n  triggers: [{id: bad, severity: high, "
                      "mode: propose}]\n  options: {back: {steps: [{id: tell, confirm: Tell}]}}\n");
        Desk desk(policy_text("{type: major, environment: production, roles: [owner], accept: [signed, given]}",
                              "lead: [lead]\ncommands: {stop: [the-lead], decline: [the-lead], close: [the-lead], "
                              "severity: [the-lead]}\n"),
                  steps);
        QCOMPARE(desk.refusal, "");
        QCOMPARE(desk.approve({"ada", "owner"}), "");
        const auto only_the_lead = [&](const Command& command, const std::string& verb) {
            QCOMPARE(desk.submit(command, {"bob", "sre"}),
                     fmt::format("the policy lets the-lead give '{}', not bob", verb));
            QCOMPARE(desk.submit(command, {"lena", "lead"}), "");
        };
        Intent intent;
        intent.step = "act";
        intent.attempt = 1;
        intent.operation = "s1/act/1";
        intent.kind = "run";
        QCOMPARE(desk.submit(Prepared{intent}, engine), "");
        only_the_lead(Stop{"act", "it hangs"}, "stop");
        only_the_lead(Severity{"high", "it burns"}, "severity");
        only_the_lead(Decline{"bad", "it is the network"}, "decline");
        Outcome outcome;
        outcome.settled = {intent.operation, true, "returned", "", nullptr, 0, ""}; // before it could be ended
        QCOMPARE(desk.submit(outcome, engine), "");
        QVERIFY(!desk.release.closed());
        only_the_lead(CloseWayBack{"all is well"}, "close");
        QVERIFY(desk.release.closed());
    }
    void a_rehearsal_practises_without_keys() {
        Desk desk(policy_text("{roles: [owner, sre]}"), plan_text(), "rehearse", {"rehearsal", "release-lead"});
        QCOMPARE(desk.refusal, "");
        QCOMPARE(desk.approve({"eve", "sre"}), "eve does not hold the role 'sre'");
        QCOMPARE(desk.approve({"bob", "sre"}), "");
        QCOMPARE(desk.approve({"ada", "owner"}), "");
        QCOMPARE(desk.status("go"), "passed");
    }
};

SLUICE_TEST(ApprovalTest)
#include "approval_test.moc"
