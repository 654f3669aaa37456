/// What an approval is for, and that nothing slips past the one that the policy demands.
#include "desk.h"
#include "release/covered.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using namespace sluice::release::drill;

namespace {

const std::string governed = policy_text(two_roles);
const std::string signing = policy_text("{roles: [owner, sre]}");

std::string plan_of(const std::string& steps, const std::string& more = "") {
    return plan_with("release: {type: major, environment: production}\nphases: [{id: m, steps: [" + steps + "]}]\n" +
                     more);
}

std::string ids(const std::vector<StepId>& steps) {
    return fmt::format("{}", fmt::join(steps, " "));
}

} // namespace

class GuardedTest : public QObject {
    Q_OBJECT
private slots:
    void a_variant_can_not_leave_out_what_the_policy_demands() {
        const std::string plan =
            plan_of("{id: go, approve: {roles: [owner]}}, {id: x, run: [x]}", "variants: {urgent: {omit: go}}\n");
        QCOMPARE(Desk(governed, plan).refusal, "");
        const std::string refusal = Desk(governed, plan, "run", {"lena", "lead"}, "urgent").refusal;
        QVERIFY2(refusal.find("the plan has no approve step that every way through it passes") != std::string::npos,
                 refusal.c_str());
    }
    void an_approval_before_a_mere_message_guards_nothing() {
        std::string plan = plan_of("{id: x, run: [x]}, {id: go, approve: {roles: [owner]}}, "
                                   "{id: tell, notify: {to: ops, text: Done}}",
                                   "channels: {ops: {on: chat}}\n");
        plan.insert(plan.find("  prom:"), "  chat: {http: {url: 'https://c.example'}}\n");
        const std::string refusal = Desk(governed, plan).refusal;
        QVERIFY2(refusal.find("nothing of the plan comes after its approval") != std::string::npos, refusal.c_str());
    }
    void what_begins_before_any_approval_is_told() {
        const auto told = [](const std::string& steps) {
            Desk desk(governed, plan_of(steps));
            return desk.release.bound.raised.empty() ? std::string() : desk.release.bound.raised.back();
        };
        QCOMPARE(told("{id: go, approve: {roles: [owner]}}, {id: a, run: [a]}").find("before"), std::string::npos);
        QCOMPARE(told("{id: a, run: [a]}, {id: look, confirm: Look}, {id: maybe, approve: {roles: [owner]}, "
                      "when: {is: '${ramp}'}}, {id: b, run: [b]}, {id: go, approve: {roles: [owner]}}, "
                      "{id: c, run: [c]}"),
                 "before any approval: a, b");
        QCOMPARE(told("{id: a, run: [a]}, {id: b, run: [a]}, {id: c, run: [a]}, {id: d, run: [a]}, {id: e, run: [a]}, "
                      "{id: f, run: [a]}, {id: go, approve: {roles: [owner]}}, {id: z, run: [z]}"),
                 "before any approval: a, b, c, d, e and 1 more");
    }
    void what_comes_after_an_approval_in_a_group_begins_after_it_data() {
        QTest::addColumn<QString>("steps");
        QTest::addColumn<QString>("free");
        QTest::newRow("behind the group")
            << "{id: a, run: [a]}, {id: g, group: [{id: go, approve: {roles: [owner]}}, {id: b, run: [b]}]}, "
               "{id: c, run: [c]}"
            << "a b";
        QTest::newRow("behind it in the group")
            << "{id: g, group: [{id: go, approve: {roles: [owner]}}, {id: b, run: [b], needs: go}]}"
            << "";
        QTest::newRow("in a group within a group")
            << "{id: g, group: [{id: h, group: [{id: go, approve: {roles: [owner]}}]}]}, {id: c, run: [c]}"
            << "";
        QTest::newRow("in a group that may not apply")
            << "{id: g, group: [{id: go, approve: {roles: [owner]}}], when: {is: '${ramp}'}}, {id: c, run: [c]}"
            << "c";
        QTest::newRow("in a choice that may not be made")
            << "{id: d, decide: {text: T, choices: [{id: x, steps: [{id: go, approve: {roles: [owner]}}]}, "
               "{id: y, steps: [{id: look, confirm: Look}]}]}}, {id: c, run: [c]}"
            << "c";
    }
    void what_comes_after_an_approval_in_a_group_begins_after_it() {
        QFETCH(QString, steps);
        const Desk desk("", plan_of(steps.toStdString()));
        QCOMPARE(desk.refusal, "");
        QTEST(QString::fromStdString(ids(before_any_approval(desk.release))), "free");
    }
    void what_is_typed_elsewhere_is_approved_and_shown_like_an_effect() {
        const std::string alone = plan_of("{id: typed, external: drop it}");
        QVERIFY(Desk(governed, alone).refusal.find("the policy demands approval") != std::string::npos);
        Desk desk(signing, plan_of("{id: go, approve: {roles: [owner]}}, {id: typed, external: 'drop ${ramp}'}"));
        QCOMPARE(ids(covered_by(desk.release, "go")), "typed");
        const std::string shown = request_text(desk.ask("n1"));
        QVERIFY2(shown.find("drop true") != std::string::npos, shown.c_str());
    }
    void an_approval_that_may_be_passed_by_takes_nothing_from_the_one_before() {
        Desk desk(signing, plan_of("{id: go, approve: {roles: [owner]}}, {id: a, run: [a]}, "
                                   "{id: more, approve: {roles: [sre]}, when: {is: '${ramp}'}}, {id: b, run: [b]}"));
        QCOMPARE(ids(covered_by(desk.release, "go")), "a b");
        QCOMPARE(ids(covered_by(desk.release, "more")), "b");
    }
    void what_was_typed_elsewhere_can_be_signed() {
        Desk desk(signing, plan_of("{id: typed, external: {command: 'drop ${ramp}', text: It is gone}, owner: owner}, "
                                   "{id: go, approve: {roles: [owner]}}, {id: x, run: [x]}"));
        const Json request = desk.ask("n1", "typed");
        QCOMPARE(desk.refusal, "");
        QCOMPARE(request["text"].get<std::string>(), "drop true: It is gone");
        Confirm confirm{"typed", "", false, ""};
        confirm.answer = Desk::answer(request, "ada", "owner");
        QCOMPARE(desk.submit(confirm, {"lena", "lead"}), "");
        QCOMPARE(desk.status("typed"), "passed");
    }
    void a_group_is_not_skipped_with_the_approval_in_it() {
        const std::string plan = plan_of("{id: g, not-before: T0 + 1h, group: [{id: h, group: [{id: go, approve: "
                                         "{roles: [owner]}}]}]}, {id: top, approve: {roles: [sre]}, needs: []}, "
                                         "{id: x, run: [x], needs: [g, top]}");
        Desk desk(governed, plan);
        QCOMPARE(desk.refusal, "");
        QCOMPARE(desk.status("g"), "waiting");
        QCOMPARE(desk.submit(Skip{"g", "no time"}, {"lena", "lead"}), "the policy demands the approval go in it");
        Desk free("", plan);
        QCOMPARE(free.submit(Skip{"g", "no time"}, {"lena", "lead"}), "");
    }
    void an_attested_no_is_a_no() {
        Desk desk(policy_text("{type: major, environment: production, roles: [owner, sre], accept: [attested]}"));
        Approve no{"go", true, "too early"};
        no.attested = Actor{"bob", "sre"};
        QCOMPARE(desk.submit(no, {"lena", "lead"}), "");
        QCOMPARE(desk.status("go"), "failed");
        QVERIFY(desk.release.at("go").approvals.empty());
        QCOMPARE(desk.release.at("go").why, "bob refused (attested by lena): too early");
        no.attested = Actor{"engine", "sre"};
        QVERIFY(!desk.submit(no, {"lena", "lead"}).empty());
    }
    void a_request_shows_nothing_that_a_terminal_obeys() {
        Desk desk(signing);
        Json request = desk.ask("n1");
        request["title"] = "Deploy\x1b[2K";
        request["text"] = "first\n    go: something harmless\r";
        const std::string shown = request_text(request);
        QVERIFY(shown.find('\x1b') == std::string::npos && shown.find('\r') == std::string::npos);
        QVERIFY2(shown.find("\n    go: something") == std::string::npos, shown.c_str());
    }
    void an_approval_of_what_turned_out_not_to_apply_is_not_asked_for_again() {
        Desk desk(policy_text("{type: major, environment: production, roles: [owner, sre], accept: [given], "
                              "valid-for: 1h}"),
                  plan_of("{id: go, approve: {roles: [owner]}}, {id: w, wait: 3h}, "
                          "{id: x, run: [x], when: {not: {is: '${ramp}'}}, needs: [go]}, {id: y, confirm: Y}"));
        QCOMPARE(desk.refusal, "");
        QCOMPARE(desk.approve({"ada", "owner"}), "");
        QCOMPARE(desk.approve({"bob", "sre"}), "");
        QCOMPARE(desk.status("x"), "not applicable");
        desk.pass(hours(2));
        QCOMPARE(desk.status("go"), "passed");
        QCOMPARE(desk.count("approval-expired"), 0);
    }
};

SLUICE_TEST(GuardedTest)
#include "guarded_test.moc"
