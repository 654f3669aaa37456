#include "driver.h"
#include "release/covered.h"
#include "release/demand.h"
#include "release/signing.h"
#include "support/suite.h"

#include <QtTest>
#include <algorithm>
#include <fmt/format.h>
#include <rapidcheck.h>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::plan_with;

namespace {

std::string policy_text(const std::string& rule, const std::string& more = "") {
    return R"(policy: 1
allowed-signers: keys
people:
  lena: {roles: [lead, owner, sre], principals: lena@x}
  ada: {roles: [owner], principals: ada@x}
  bob: {roles: [sre], principals: bob@x}
  cy: {roles: [owner, sre], principals: cy@x}
  dee: {roles: [lead], principals: dee@x}
rules:
  - )" + rule +
           "\n" + more;
}
const std::string two_roles = "{type: major, environment: production, roles: [owner, sre], accept: [signed, given]}";
const std::string glass = "break-glass: {roles: [lead], approve-within: 12h}\n";

/// An approval, two hours of waiting, and what it is for.
std::string plan_text(const std::string& approve = "approve: {roles: [owner]}") {
    return plan_with("release: {type: major, environment: production}\nphases:\n  - id: main\n    steps:\n"
                     "      - {id: go, " +
                     approve +
                     ", needs: []}\n      - {id: rest, wait: 2h}\n"
                     "      - {id: read, run: [look], needs: [], outputs: {later: {}}}\n"
                     "      - {id: deploy, run: [deploy, '${ramp}', '${later}'], needs: [rest, read]}\n"
                     "      - {id: second, approve: {roles: [sre]}, needs: [deploy]}\n"
                     "      - {id: finish, run: [finish], needs: [second]}\n"
                     "      - {id: say, attest: It is done, owner: owner, needs: [finish]}\n");
}

/// A session with people and policy, driven without an engine.
class Desk {
public:
    explicit Desk(const std::string& policy, const std::string& plan = plan_text(), const std::string& mode = "run",
                  const Actor& by = {"lena", "lead"}) {
        SessionOpened session;
        session.session = "s1";
        session.mode = mode;
        session.plan_id = "small";
        session.plan_source = plan;
        session.plan_digest = "d1";
        session.variables = {{"ramp", "true"}};
        session.by = by;
        People people;
        if (!policy.empty()) {
            people.policy = PolicyBound{"policy.yaml", policy, "p1", "keys", "keys", "k1", "", "", {}};
        }
        refusal = submit(Open{session, people}, by);
    }

    std::string submit(const Command& command, const Actor& by) {
        auto bodies = decide(release, command, now, by);
        if (!bodies) {
            return bodies.error().what;
        }
        for (auto& body : *bodies) {
            log.push_back({release.seq + 1, now, std::move(body)});
            apply(release, log.back());
        }
        return {};
    }
    std::string approve(const Actor& by, const StepId& step = "go") { return submit(Approve{step, false, ""}, by); }

    void pass(Nanos length) {
        const Nanos end = now + length;
        for (auto next = next_tick(release, now); next && *next <= end; next = next_tick(release, now)) {
            now = *next;
            (void)submit(Tick{}, drill::engine);
        }
        now = end;
        (void)submit(Tick{}, drill::engine);
    }

    /// A request for a signature; null if it was refused.
    Json ask(const std::string& nonce, const StepId& step = "go") {
        refusal = submit(AskSignature{step, nonce, std::string(64, 'a'), release.seq}, {"lena", "lead"});
        return refusal.empty() ? release.requests.at(nonce).request : Json();
    }
    static SignedAnswer answer(const Json& request, const std::string& person, const std::string& role,
                               const std::string& said = "yes", const std::string& key = "") {
        return {statement_bytes({request, said, role, "by key"}).value(), "armour", person + "@x",
                key.empty() ? "SHA256:" + person : key, true};
    }
    std::string sign(const Json& request, const std::string& person, const std::string& role, const StepId& step = "go",
                     const std::string& said = "yes", const std::string& key = "") {
        Approve command{step, false, ""};
        command.answer = answer(request, person, role, said, key);
        return submit(command, {"lena", "lead"});
    }

    QString status(const StepId& step) const { return name(release.at(step).status); }
    int count(const std::string& type) const {
        return static_cast<int>(
            std::count_if(log.begin(), log.end(), [&](const Event& event) { return type == type_name(event.body); }));
    }
    /// Runs the effect of a step to its end.
    void done(const StepId& step) {
        Intent intent;
        intent.step = step;
        intent.attempt = release.at(step).attempt;
        intent.operation = fmt::format("s1/{}/{}", step, intent.attempt);
        intent.kind = "run";
        (void)submit(Prepared{intent}, drill::engine);
        Outcome outcome;
        outcome.settled = {intent.operation, true, "returned", "", nullptr, 0, ""};
        if (step == "read") {
            outcome.outputs = {{"later", "now"}};
        }
        (void)submit(outcome, drill::engine);
    }

    Release release;
    Nanos now = seconds(1'767'600'000);
    std::vector<Event> log;
    std::string refusal;
};

} // namespace

class ApprovalTest : public QObject {
    Q_OBJECT
private slots:
    void a_policy_raises_what_the_plan_asks_for() {
        Desk desk(policy_text(two_roles));
        QCOMPARE(desk.refusal, "");
        QCOMPARE(desk.release.bound.type, "major");
        QVERIFY(desk.release.bound.raised ==
                (std::vector<std::string>{"go is raised from 1 of owner to 2 of owner, sre",
                                          "second is raised from 1 of sre to 2 of sre, owner"}));
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
            "the approval can never be given: the quorum is 4, and only 3 persons hold one of the roles and may approve");
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
        QCOMPARE(desk.submit(BreakGlass{"rest", "fire"}, {"dee", "lead"}), "a wait is not an approval");
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

    void a_signature_counts_once_and_only_as_it_was_asked_for() {
        Desk desk(policy_text("{roles: [owner, sre]}"));
        const Json request = desk.ask("n1");
        QCOMPARE(desk.refusal, "");
        QVERIFY(check_request(request).has_value());
        QCOMPARE(desk.sign(request, "ada", "owner"), "");
        QCOMPARE(describe(desk.log.back().body), "Approved go as owner (1 of 2), signed SHA256:ada: by key");
        QCOMPARE(desk.sign(request, "bob", "sre"), "ada has answered this request already");
        QCOMPARE(desk.sign(desk.ask("n2"), "ada", "owner"), "ada has approved already");
        QCOMPARE(desk.sign(desk.ask("n3"), "bob", "sre", "go", "yes", "SHA256:ada"),
                 "the key SHA256:ada has approved already, for ada");
        QCOMPARE(desk.sign(desk.ask("n4"), "lena", "sre"), "lena opened this session and may not approve");
        QCOMPARE(desk.sign(desk.ask("n5"), "eve", "sre"), "the principal 'eve@x' is nobody of the policy");
        QCOMPARE(desk.sign(desk.ask("n6"), "ada", "sre"), "ada does not hold the role 'sre'");
        QCOMPARE(desk.sign(desk.ask("n7"), "bob", "sre"), "");
        QCOMPARE(desk.status("go"), "passed");
    }
    void a_signed_no_goes_to_triage() {
        Desk desk(policy_text("{roles: [owner, sre]}"));
        QCOMPARE(desk.sign(desk.ask("n1"), "bob", "sre", "go", "no"), "");
        QCOMPARE(desk.status("go"), "failed");
        QCOMPARE(describe(desk.log[desk.log.size() - 2].body), "Refused go, signed SHA256:bob: by key");
    }
    void what_was_not_verified_does_not_count() {
        Desk desk(policy_text("{roles: [owner, sre]}"));
        Approve command{"go", false, ""};
        command.answer = Desk::answer(desk.ask("n1"), "bob", "sre");
        command.answer->verified = false;
        QCOMPARE(desk.submit(command, {"lena", "lead"}), "the signature was not verified");
        // Nobody says so over the socket.
        Json json = to_json(Command(command));
        json["signed"]["verified"] = true;
        QVERIFY(!command_from_json(json));
        json["signed"].erase("verified");
        QVERIFY(!std::get<Approve>(command_from_json(json).value()).answer->verified);
    }
    void the_owner_signs_a_statement() {
        Desk desk(policy_text(two_roles),
                  plan_with("release: {type: major, environment: production}\nphases: [{id: m, "
                            "steps: [{id: say, attest: 'It is ${ramp}', owner: owner}, {id: tick, "
                            "confirm: T, owner: sre, evidence: required}, {id: go, approve: "
                            "{roles: [owner]}}, {id: x, run: [x]}]}]\n"));
        QCOMPARE(desk.refusal, "");
        Attest attest{"say", "", false, ""};
        const Json request = desk.ask("n1", "say");
        QCOMPARE(request["text"].get<std::string>(), "It is true");
        attest.answer = Desk::answer(request, "bob", "sre");
        QCOMPARE(desk.submit(attest, {"lena", "lead"}), "this is for the owner to state, not the sre");
        attest.answer = Desk::answer(request, "ada", "owner");
        QCOMPARE(desk.submit(attest, {"lena", "lead"}), "");
        QCOMPARE(desk.status("say"), "passed");
        Confirm confirm{"tick", "", false, ""};
        confirm.answer = Desk::answer(desk.ask("n2", "tick"), "bob", "sre");
        QCOMPARE(desk.submit(confirm, {"lena", "lead"}), "");
        QCOMPARE(desk.release.at("tick").why, "confirmed by bob");
    }

    void a_request_that_was_altered_is_refused_data() {
        QTest::addColumn<QString>("member");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("error");
        const auto row = [](const char* member, const char* value, const char* error) {
            QTest::newRow(member) << member << value << error;
        };
        row("session", "\"s2\"", "the answer is for the session s2");
        row("step", "\"second\"", "the answer is for the step 'second'");
        row("nonce", "\"n9\"", "this session never asked for it");
        row("root", "\"bb\"", "the root of the log is not as it was when the signature was asked for");
        row("size", "1", "the size of the log is not as it was when the signature was asked for");
        row("plan", "\"other\"", "the plan is not as it was when the signature was asked for");
        row("plan_digest", "\"d2\"", "the plan's digest is not as it was when the signature was asked for");
        row("expires", "\"8999999999000000000\"", "when it expires is not as it was when the signature was asked for");
        row("roles", "[\"owner\"]", "the list of roles is not as it was when the signature was asked for");
        row("title", "\"Lunch\"", "the title is not as it was when the signature was asked for");
        row("asked_by", "\"eve\"", "who asked is not as it was when the signature was asked for");
        row("mode", "\"rehearse\"", "whether it is a rehearsal is not as it was when the signature was asked for");
        row("purpose", "\"confirm\"", "what is asked for is not as it was when the signature was asked for");
        row("runs", "[]", "this is no request for a signature: what it shows is not what its digest is of");
        row("covers", "\"00\"", "this is no request for a signature: what it shows is not what its digest is of");
        row("request", "2",
            "this is no request for a signature: it does not say that it is one, or is of another version");
        row("more", "1", "this is no request for a signature: it holds more than this program can show");
    }
    void a_request_that_was_altered_is_refused() {
        QFETCH(QString, member);
        QFETCH(QString, value);
        QFETCH(QString, error);
        Desk desk(policy_text("{roles: [owner, sre]}"));
        Json request = desk.ask("n1");
        request[member.toStdString()] = parse_json(value.toStdString(), "value").value();
        const Release before = desk.release;
        QCOMPARE(QString::fromStdString(desk.sign(request, "bob", "sre")), error);
        QVERIFY(to_json(before) == to_json(desk.release));
    }
    void what_runs_and_its_digest_altered_together_are_refused() {
        Desk desk(policy_text("{roles: [owner, sre]}"));
        Json request = desk.ask("n1");
        request["runs"][0]["does"] = "run: nothing";
        request["covers"] = digest_of_runs(request["runs"]);
        QVERIFY(check_request(request).has_value());
        QCOMPARE(desk.sign(request, "bob", "sre"),
                 "the digest of what will run is not as it was when the signature was asked for");
    }
    void a_request_that_is_too_old_or_of_what_has_changed_is_refused() {
        Desk desk(policy_text("{roles: [owner, sre]}", "request-valid-for: 10m\n"));
        const Json old = desk.ask("n1");
        desk.pass(minutes(10));
        QCOMPARE(desk.sign(old, "bob", "sre"), "the request expired at 2026-01-05T08:10:00Z");
        const Json changed = desk.ask("n2");
        desk.done("read");
        QCOMPARE(desk.sign(changed, "bob", "sre"), "what will run has changed since the signature was asked for");
        QCOMPARE(desk.sign(desk.ask("n3"), "bob", "sre"), "");
    }
    void a_request_and_an_answer_travel_as_text() {
        const std::string bytes = R"({"a":1})";
        const std::string text = armoured("REQUEST", bytes);
        QCOMPARE(unarmoured("REQUEST", "Hi, please:\n> " + text + "thanks").value(), bytes);
        QCOMPARE(unarmoured("REQUEST", " " + bytes + "\n").value(), bytes);
        QVERIFY(!unarmoured("ANSWER", text));
        QVERIFY(!unarmoured("REQUEST", text.substr(0, text.size() - 9)));
        const SignedAnswer answer{"statement", "signature"};
        QCOMPARE(read_answer_document(armoured("ANSWER", answer_document(answer)))->signature, "signature");
        QVERIFY(!read_answer_document("{\"answer\":1}"));
        QVERIFY(!read_answer_document(text));
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
        Desk desk(policy_text(two_roles, "lead: [lead]\ncommands: {abort: [the-lead], pause: [sre, the-lead]}\n"));
        QCOMPARE(desk.submit(Abort{"x"}, {"bob", "sre"}), "the policy lets the-lead give 'abort', not bob");
        QCOMPARE(desk.submit(Pause{"x"}, {"ada", "owner"}), "the policy lets sre, the-lead give 'pause', not ada");
        QCOMPARE(desk.submit(Pause{"x"}, {"bob", "owner"}), "bob does not hold the role 'owner'");
        QCOMPARE(desk.submit(Pause{"x"}, {"bob", "sre"}), "");
        QCOMPARE(desk.submit(HandOver{"bob", ""}, {"lena", "lead"}), "bob may not lead this session");
        QCOMPARE(desk.submit(HandOver{"dee", ""}, {"lena", "lead"}), "");
        QCOMPARE(desk.submit(Abort{"x"}, {"lena", "lead"}), "the policy lets the-lead give 'abort', not lena");
        QCOMPARE(desk.submit(Abort{"x"}, {"dee", "lead"}), "");
    }
    void a_rehearsal_practises_without_keys() {
        Desk desk(policy_text("{roles: [owner, sre]}"), plan_text(), "rehearse", {"rehearsal", "release-lead"});
        QCOMPARE(desk.refusal, "");
        QCOMPARE(desk.approve({"eve", "sre"}), "eve does not hold the role 'sre'");
        QCOMPARE(desk.approve({"bob", "sre"}), "");
        QCOMPARE(desk.approve({"ada", "owner"}), "");
        QCOMPARE(desk.status("go"), "passed");
    }

    void no_approval_by_a_barred_person_ever_counts() {
        const bool held = rc::check([] {
            const auto below = [](int limit) { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, limit)); };
            const auto pick = [&](const std::vector<std::string>& all) {
                return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
            };
            const std::vector<std::string> people{"lena", "ada", "bob", "cy", "dee", "eve"};
            const std::vector<std::string> roles{"owner", "sre", "lead", ""};
            Desk desk(policy_text("{roles: [owner, sre], accept: [signed, given, attested], valid-for: 3h}", glass));
            RC_ASSERT(desk.refusal.empty());
            const auto& policy = *desk.release.policy;
            std::vector<Json> requests;
            // What the log alone says, without the rules' own functions.
            std::set<std::string> barred{"lena"};
            std::map<StepId, std::vector<std::pair<Approved, Nanos>>> given;
            std::set<std::string> nonces;
            std::size_t read = 0;
            Release replayed;
            const auto check = [&] {
                for (; read < desk.log.size(); ++read) {
                    const Event& event = desk.log[read];
                    apply(replayed,
                          event_from_json(parse_json(canonical(to_json(event)).value(), "event").value()).value());
                    if (const auto* shift = std::get_if<ShiftAsked>(&event.body)) {
                        barred.insert(shift->by.name);
                    } else if (const auto* broken = std::get_if<GlassBroken>(&event.body)) {
                        RC_ASSERT(policy.holds(broken->by.name, "lead") && !broken->reason.empty());
                        barred.insert(broken->by.name);
                    } else if (const auto* approved = std::get_if<Approved>(&event.body)) {
                        RC_ASSERT(policy.holds(approved->by.name, approved->by.role));
                        RC_ASSERT(!barred.contains(approved->by.name));
                        if (approved->proof.is_object()) {
                            RC_ASSERT(nonces.insert(approved->proof["nonce"].get<std::string>()).second);
                        }
                        given[approved->step].push_back({*approved, event.time});
                    } else if (const auto* started = std::get_if<StepStarted>(&event.body)) {
                        given[started->step].clear();
                        const StepId before = started->step == "deploy"   ? "go"
                                              : started->step == "finish" ? "second"
                                                                          : "";
                        RC_ASSERT(before.empty() || satisfies(replayed.at(before).status));
                    } else if (const auto* refused = std::get_if<Refused>(&event.body)) {
                        given[refused->step].clear();
                    } else if (const auto* expired = std::get_if<ApprovalExpired>(&event.body)) {
                        std::erase_if(given[expired->step], [&](const auto& one) {
                            const auto& [approval, at] = one;
                            return approval.by.name == expired->person && approval.expires.count != 0 &&
                                   approval.expires <= event.time;
                        });
                    }
                    StepId over;
                    if (const auto* finished = std::get_if<StepFinished>(&event.body);
                        finished && finished->outcome == "passed" &&
                        std::holds_alternative<plan::Approve>(desk.release.plan->step(finished->step)->body)) {
                        over = finished->step;
                    } else if (const auto* afterwards = std::get_if<ApprovedAfterwards>(&event.body)) {
                        over = afterwards->step;
                    }
                    if (over.empty()) {
                        continue;
                    }
                    std::set<std::string> names, keys, by_roles;
                    for (const auto& [one, at] : given[over]) {
                        const bool old = one.expires.count != 0 && one.expires <= event.time;
                        if (old || barred.contains(one.by.name)) {
                            continue;
                        }
                        RC_ASSERT(names.insert(one.by.name).second);
                        if (one.proof.is_object()) {
                            RC_ASSERT(keys.insert(one.proof["key"].get<std::string>()).second);
                        }
                        by_roles.insert(one.by.role);
                    }
                    RC_ASSERT(names.size() >= 2 && by_roles.contains("owner") && by_roles.contains("sre"));
                }
                RC_ASSERT(to_json(replayed) == to_json(desk.release));
            };
            check();
            // Some traffic has moved, so that it can be moved back by hand.
            desk.release.split["edge"] = replayed.split["edge"] = {{"blue", 75}, {"green", 25}};
            const int steps = 5 + below(100);
            for (int i = 0; i < steps; ++i) {
                // Mostly those who may, in a role that they hold; now and then anybody in any.
                const std::string able = pick({"ada:owner", "bob:sre", "cy:owner", "cy:sre"});
                const auto colon = able.find(':');
                const Actor by = below(3) != 0 ? Actor{able.substr(0, colon), able.substr(colon + 1)}
                                               : Actor{pick(people), pick(roles)};
                const StepId step = pick({"go", "go", "second"});
                const Json request = requests.empty()
                                         ? Json()
                                         : requests[static_cast<std::size_t>(below(static_cast<int>(requests.size())))];
                switch (below(14)) {
                case 0: {
                    Approve command{step, false, "by phone"};
                    command.attested = Actor{pick(people), pick(roles)};
                    (void)desk.submit(command, {pick({"lena", "dee"}), "lead"});
                    break;
                }
                case 1:
                    if (const Json asked = desk.ask(fmt::format("n{}", i), step); asked.is_object()) {
                        requests.push_back(asked);
                    }
                    break;
                case 2:
                case 3:
                    if (request.is_object()) {
                        const std::string key = pick({"", "", "", "", "SHA256:shared"});
                        (void)desk.sign(request, by.name, by.role, request["step"].get<std::string>(),
                                        below(8) == 0 ? "no" : "yes", key);
                    }
                    break;
                case 4:
                    if (below(3) == 0) {
                        (void)desk.submit(Shift{"edge", {{"blue", 100}}, "see"}, by);
                    }
                    break;
                case 5:
                    desk.pass(pick({"a", "b"}) == "a" ? minutes(20) : hours(2));
                    break;
                case 6:
                    (void)desk.submit(below(3) == 0 ? Command(BreakGlass{step, "fire"}) : Command(Retry{step, "again"}),
                                      by);
                    break;
                case 7:
                    (void)desk.submit(below(2) == 0 ? Command(HandOver{pick(people), ""}) : Command(Skip{step, "x"}),
                                      by);
                    break;
                case 8:
                    desk.done(pick({"read", "deploy", "finish"}));
                    break;
                default:
                    (void)desk.approve(by, step);
                }
                check();
            }
            RC_CLASSIFY(desk.release.at("go").status == StepStatus::passed, "go passed");
            RC_CLASSIFY(desk.release.at("second").attempt > 0, "second begun");
            RC_CLASSIFY(desk.count("approved-afterwards") > 0, "approved afterwards");
            RC_CLASSIFY(desk.count("approval-expired") > 0, "expired");
        });
        QVERIFY(held);
    }
};

SLUICE_TEST(ApprovalTest)
#include "approval_test.moc"
