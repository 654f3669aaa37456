/// What one person may change of a running plan under a policy, which asks for others.
#include "desk.h"
#include "release/covered.h"
#include "release/demand.h"
#include "release/signing.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using namespace sluice::release::drill;

namespace {

std::string governed_plan(const std::string& steps, const std::string& rest = "") {
    return plan_with("release: {type: major, environment: production}\nphases: [{id: m, steps: [" + steps + "]}]\n" +
                     rest);
}

/// An approval in front, what it is for, and a way back.
std::string with_a_way_back() {
    std::string plan = governed_plan(
        "{id: go, approve: {roles: [owner]}}, {id: act, run: [act], undo: {run: [unact]}}, {id: finish, run: "
        "[finish]}, {id: look, probe: {run: "
        "[look]}}, {id: which, probe: {http: /which}, on: api, outputs: {target: {}}}",
        "rollback: {options: {back: {default: true, steps: [{id: r, run: [revert]}, {id: say, confirm: Said}, {id: of, "
        "run: [of, '${target}']}, {id: g, when: {is: '${ramp}'}, group: [{id: in, run: [in]}]}]}}}\n");
    plan.insert(plan.find("  cluster: {kubernetes"), "  api: {http: {url: 'http://api:80'}}\n");
    return plan;
}

/// What is said to the plan in which the one text is the other; under the policy, and without any.
struct Said {
    std::string governed, free;
};
Said amended(const std::string& plan, const QString& from, const QString& to) {
    const std::string changed = QString::fromStdString(plan).replace(from, to).toStdString();
    Desk desk(policy_text(two_roles), plan), free("", plan);
    return {desk.submit(Amend{changed, "because"}, {"lena", "lead"}),
            free.submit(Amend{changed, "because"}, {"lena", "lead"})};
}

} // namespace

class AmendGuardTest : public QObject {
    Q_OBJECT
private slots:
    void an_amendment_takes_nothing_out_from_behind_its_approval_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("what");
        QTest::newRow("a step that was behind it") << "run: [b]"
                                                   << "run: [worse], needs: []"
                                                   << "b";
        QTest::newRow("a new one") << "{id: b, run: [b]}"
                                   << "{id: b, run: [b]}, {id: c, run: [c], needs: []}"
                                   << "c";
        QTest::newRow("a new one behind it") << "{id: b, run: [b]}"
                                             << "{id: b, run: [b]}, {id: c, run: [c]}"
                                             << "";
        QTest::newRow("a message") << "{id: b, run: [b]}"
                                   << "{id: b, run: [b]}, {id: c, confirm: C, needs: []}"
                                   << "";
    }
    void an_amendment_takes_nothing_out_from_behind_its_approval() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, what);
        const std::string plan =
            plan_with("release: {type: major, environment: production}\nphases: [{id: m, steps: [{id: go, approve: "
                      "{roles: [owner]}}, {id: act, run: [act]}, {id: b, run: [b]}]}]\n");
        const QString changed = QString::fromStdString(plan).replace(from, to);
        for (const auto& policy : {policy_text(two_roles), std::string()}) {
            Desk desk(policy, plan);
            const std::string refused = desk.submit(Amend{changed.toStdString(), "because"}, {"lena", "lead"});
            QCOMPARE(QString::fromStdString(refused),
                     what.isEmpty() || policy.empty() ? "" : what + " would begin before any approval");
        }
    }
    void what_begins_before_any_approval_does_what_it_did_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("refused");
        QTest::newRow("another program") << "run: [first]"
                                         << "run: [worse]"
                                         << "first begins before any approval, and was changed";
        QTest::newRow("when it applies") << "run: [first], when: {not: {is: '${ramp}'}}"
                                         << "run: [first]"
                                         << "first begins before any approval, and was changed";
        QTest::newRow("what it takes") << "run: [look-up]"
                                       << "run: [choose]"
                                       << "second begins before any approval, and takes target from find, which was "
                                          "changed";
        QTest::newRow("what nothing takes from") << "confirm: Look"
                                                 << "confirm: Look well"
                                                 << "";
        QTest::newRow("behind an approval of its own")
            << "{id: first, run: [first]"
            << "{id: ask, approve: {roles: [owner]}}, {id: first, run: [better]"
            << "";
        QTest::newRow("clean-up") << "run: [tidy]"
                                  << "run: [tidy, all]"
                                  << "the clean-up tidy runs after an abort, and was changed";
        QTest::newRow("what becomes clean-up")
            << "{id: b, run: [b]}"
            << "{id: b, run: [b], always: true}"
            << "the clean-up b runs after an abort, and nobody would have approved it";
        QTest::newRow("new clean-up") << "{id: b, run: [b]}"
                                      << "{id: b, run: [b]}, {id: c, run: [c], always: true}"
                                      << "the clean-up c runs after an abort, and nobody would have approved it";
        QTest::newRow("clean-up that cleans up no more") << "{id: tidy, run: [tidy], always: true}"
                                                         << "{id: tidy, run: [tidy, all]}"
                                                         << "";
        QTest::newRow("clean-up that looks") << "{id: b, run: [b]}"
                                             << "{id: b, run: [b]}, {id: c, confirm: C, always: true}"
                                             << "";
    }
    void what_begins_before_any_approval_does_what_it_did() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, refused);
        const Said said = amended(
            governed_plan("{id: begin, confirm: Begin}, {id: look, confirm: Look}, {id: find, probe: {run: [look-up]}, "
                          "outputs: {target: {}}}, {id: first, run: [first], when: {not: {is: "
                          "'${ramp}'}}}, {id: second, run: [stop, '${target}'], needs: [find]}, "
                          "{id: go, approve: {roles: [owner]}, needs: [first, second]}, "
                          "{id: b, run: [b]}, "
                          "{id: tidy, run: [tidy], always: true}"),
            from, to);
        QCOMPARE(QString::fromStdString(said.governed), refused);
        QCOMPARE(said.free, "");
    }
    void what_may_run_at_any_time_is_what_it_was_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("refused");
        QTest::newRow("a step of a way back") << "run: [revert]"
                                              << "run: [revert, more]"
                                              << "back/r is of a way back, which may run at any time, and was changed";
        QTest::newRow("a new one") << "{id: say, confirm: Said}"
                                   << "{id: say, confirm: Said}, {id: r2, run: [more]}"
                                   << "back/r2 is of a way back, which may run at any time, and was added";
        QTest::newRow("a program that proves it ready")
            << "{id: say, confirm: Said}"
            << "{id: say, confirm: Said, ready: {run: [more]}}"
            << "back/say is of a way back, which may run at any time, and was changed";
        QTest::newRow("another way back") << "{options: {"
                                          << "{options: {other: {steps: [{id: x, run: [x]}]}, "
                                          << "other/x is of a way back, which may run at any time, and was added";
        QTest::newRow("less of it") << "{id: r, run: [revert]}, "
                                    << ""
                                    << "";
        QTest::newRow("what it asks people") << "confirm: Said"
                                             << "confirm: Is it said"
                                             << "";
        QTest::newRow("what takes a step back that is to come") << "run: [unact]"
                                                                << "run: [unact, well]"
                                                                << "";
        QTest::newRow("a probe's program, behind the approval")
            << "run: [look]"
            << "run: [look, well]"
            << "the probe look asks a program, which nobody approves, and was changed";
        QTest::newRow("a new probe of a program") << "{id: finish, run: [finish]}"
                                                  << "{id: finish, run: [finish]}, {id: p, probe: {run: [p]}}"
                                                  << "the probe p asks a program, which nobody approves, and was added";
        QTest::newRow("whence a way back takes")
            << "{id: which, probe: {http: /which}, on: api, outputs: {target: {}}}"
            << "{id: which, probe: {http: /other}, on: api, outputs: {target: {}}}"
            << "back/of is of a way back, which may run at any time, and takes target from which, which was changed";
        QTest::newRow("a variable in the place of an output")
            << "outputs: {target: {}}}"
            << "outputs: {goal: {}}}"
            << "back/of is of a way back, which may run at any time, and does not take target from which any more";
        QTest::newRow("when a part of a way back applies")
            << "{id: g, when: {is: '${ramp}'}, group:"
            << "{id: g, group:"
            << "back/in is of a way back, which may run at any time, and was changed";
        QTest::newRow("a new metric with a program")
            << "query: lag, unit: messages}"
            << "query: lag, unit: messages}\n  cart: {run: [count], unit: messages}"
            << "the program of the metric cart runs at once, and was added";
        QTest::newRow("a query") << "query: lag,"
                                 << "query: lag2,"
                                 << "";
    }
    void what_may_run_at_any_time_is_what_it_was() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, refused);
        if (QByteArray(QTest::currentDataTag()).startsWith("a variable")) { // the name has a value all the same
            const QString plan = QString::fromStdString(with_a_way_back());
            to = QString(plan).replace(from, to).replace("variables:\n", "variables:\n  target: {default: evil}\n");
            from = plan;
        }
        const Said said = amended(with_a_way_back(), from, to);
        QCOMPARE(QString::fromStdString(said.governed), refused);
        QCOMPARE(said.free, "");
    }
    void what_proves_an_undo_ready_is_asked_at_once_and_is_what_it_was() {
        const Said said = amended(governed_plan("{id: go, approve: {roles: [owner]}}, {id: act, run: [act], undo: "
                                                "{run: [unact], ready: {run: [look]}}}",
                                                "rollback: {options: {back: {default: true}}}\n"),
                                  "run: [look]", "run: [worse]");
        QCOMPARE(QString::fromStdString(said.governed),
                 "the program that proves what takes act back ready runs at once, and was changed");
        QCOMPARE(said.free, "");
    }
    void a_probe_that_begins_before_any_approval_asks_what_it_asked() {
        const Said said = amended(
            governed_plan("{id: begin, confirm: Begin}, {id: find, probe: {run: [find]}}, {id: go, approve: {roles: "
                          "[owner]}}, {id: act, run: [act]}"),
            "run: [find]", "run: [worse]");
        QCOMPARE(said.governed, "the probe find asks a program, which nobody approves, and was changed");
        QCOMPARE(said.free, "");
    }

    void who_may_breaks_the_glass_for_a_change_and_the_approval_is_owed() {
        const std::string changed =
            QString::fromStdString(with_a_way_back()).replace("[revert]", "[revert, well]").toStdString();
        const Amend amend{changed, "it reverted nothing", {}, {}, true};
        const auto begun = [&](const std::string& more) {
            Desk desk(policy_text(two_roles, more), with_a_way_back());
            desk.pass(seconds(1));
            return desk;
        };
        Desk none = begun("");
        QCOMPARE(none.submit(amend, {"dee", "lead"}), "the policy lets nobody go on without approval");
        Desk desk = begun(glass);
        QVERIFY(desk.submit(amend, {"dee", "lead"}).starts_with("nothing has been approved yet"));
        QCOMPARE(desk.approve({"ada", "owner"}), "");
        QCOMPARE(desk.approve({"bob", "sre"}), "");
        desk.pass(seconds(1));
        QCOMPARE(desk.status("go"), "passed");
        QCOMPARE(desk.submit(amend, {"bob", "sre"}), "bob may not break the glass");
        QCOMPARE(desk.submit(Amend{changed, "it reverted nothing"}, {"dee", "lead"}),
                 "back/r is of a way back, which may run at any time, and was changed");
        QVERIFY(desk.all<GlassBroken>().empty()); // only who says so breaks it
        QCOMPARE(desk.submit(amend, {"dee", "lead"}), "");
        QCOMPARE(desk.all<GlassBroken>().size(), 1u);
        QVERIFY(desk.all<GlassBroken>()[0].reason.starts_with("it reverted nothing: back/r is of a way back"));
        QVERIFY(!desk.release.at("go").glass->approved);
        // What is to come waits for it too: one approval is for both, and not of who broke the glass.
        QCOMPARE(desk.status("go"), "awaiting a person");
        QVERIFY(desk.approve({"dee", "owner"}) != "");
        QCOMPARE(desk.approve({"ada", "owner"}), "");
        QCOMPARE(desk.approve({"bob", "sre"}), "");
        QCOMPARE(desk.status("go"), "passed");
        QVERIFY(desk.release.at("go").glass->approved);
        QCOMPARE(desk.all<ApprovedAfterwards>().size(), 1u);
        QCOMPARE(state_text(desk.release), replayed(desk.log));
    }
    void with_the_glass_broken_for_a_change_it_does_not_close_as_done() {
        const std::string plan =
            QString::fromStdString(with_a_way_back()).remove("{id: finish, run: [finish]}, ").toStdString();
        Desk desk(policy_text(two_roles, glass), plan);
        desk.pass(seconds(1));
        QCOMPARE(desk.approve({"ada", "owner"}), "");
        QCOMPARE(desk.approve({"bob", "sre"}), "");
        desk.pass(seconds(1));
        QCOMPARE(desk.status("act"), "running");
        const std::string changed = QString::fromStdString(plan).replace("[revert]", "[revert, well]").toStdString();
        QCOMPARE(desk.submit(Amend{changed, "because", {}, {}, true}, {"dee", "lead"}), "");
        QCOMPARE(desk.status("go"), "passed"); // nothing of what it covers is to come
        QVERIFY(desk.submit(Approve{"go", true, "no"}, {"bob", "sre"}).starts_with("it has been gone on with"));
        QCOMPARE(owed_approvals(desk.release), std::vector<StepId>{"go"});
        QCOMPARE(desk.submit(BreakGlass{"go", "go on"}, {"dee", "lead"}), "the step is passed; nobody is awaited");
        // What was approved was another plan: who did so has not approved this one, and one person is not enough.
        QCOMPARE(desk.approve({"cy", "owner"}), "");
        QCOMPARE(owed_approvals(desk.release), std::vector<StepId>{"go"});
        QCOMPARE(desk.approve({"bob", "sre"}), "");
        QVERIFY(owed_approvals(desk.release).empty());
        QCOMPARE(state_text(desk.release), replayed(desk.log));
    }
    void what_is_owed_is_not_lost_by_refusing_and_asking_again() {
        Desk desk(
            policy_text("{type: major, environment: production, roles: [owner, sre], accept: [given], barred: [lead]}",
                        "break-glass: {roles: [owner], approve-within: 12h}\n"),
            with_a_way_back());
        QCOMPARE(QString::fromStdString(desk.refusal), "");
        desk.pass(seconds(1));
        QCOMPARE(desk.approve({"ada", "owner"}), "");
        QCOMPARE(desk.approve({"bob", "sre"}), "");
        desk.pass(seconds(1));
        const std::string changed =
            QString::fromStdString(with_a_way_back()).replace("[revert]", "[revert, well]").toStdString();
        const Amend amend{changed, "because", {}, {}, true};
        QCOMPARE(desk.submit(amend, {"cy", "owner"}), "");
        QCOMPARE(desk.submit(Approve{"go", true, "not like that"}, {"ada", "owner"}), "");
        QCOMPARE(desk.status("go"), "failed");
        QCOMPARE(desk.submit(BreakGlass{"go", "all the same"}, {"ada", "owner"}),
                 "cy broke the glass here, and the approval is owed still");
        QVERIFY(desk.approve({"ada", "owner"}).ends_with("nobody is awaited"));
        QCOMPARE(desk.submit(Retry{"go", ""}, {"lena", "lead"}), "");
        QCOMPARE(desk.status("go"), "awaiting a person");
        QCOMPARE(owed_approvals(desk.release), std::vector<StepId>{"go"});
        QCOMPARE(desk.approve({"cy", "owner"}), "cy broke the glass and may not approve");
        QCOMPARE(QString::fromStdString(desk.approve({"ada", "owner"})), "");
        QCOMPARE(QString::fromStdString(desk.approve({"bob", "sre"})), "");
        QVERIFY(owed_approvals(desk.release).empty());
        QCOMPARE(desk.status("go"), "passed");
    }
    void an_approver_is_shown_the_ways_back_and_what_takes_a_step_back() {
        Desk desk(policy_text(two_roles), with_a_way_back());
        desk.pass(seconds(1));
        const Json runs = to_approve(desk.release, "go");
        QCOMPARE(runs.size(), 5u); // the probes and the question do nothing
        QCOMPARE(runs[0]["step"].get<std::string>(), "act");
        QCOMPARE(runs[0]["undo"]["does"].get<std::string>(), "run: unact");
        QCOMPARE(runs[2]["step"].get<std::string>(), "back/r");
        QCOMPARE(runs[2]["way back"].get<std::string>(), "back");
        desk.release.values["target"] = "given meanwhile"; // what a way back takes; the answer to a request fits still
        QVERIFY(to_approve(desk.release, "go") == runs);
        const Json request = desk.ask("n1");
        QVERIFY(check_request(request));
        const std::string shown = request_text(request);
        QVERIFY2(shown.find("back/r, on the way back: run: revert") != std::string::npos, shown.c_str());
        QVERIFY2(shown.find("taken back by run: unact") != std::string::npos, shown.c_str());
    }
};

SLUICE_TEST(AmendGuardTest)
#include "amend_guard_test.moc"
