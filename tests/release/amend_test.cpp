#include "driver.h"
#include "plan/amendment.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

const std::string first = R"(phases:
  - id: main
    steps:
      - {id: one, confirm: One}
      - {id: act, run: [act]}
      - {id: two, confirm: Two}
  - id: later
    steps:
      - {id: three, confirm: Three}
)";
const std::string stops = "rollback: {options: {back: {steps: [{id: stop, run: [stop]}]}}}\n";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const auto at = text.find(what);
    if (at == std::string::npos) {
        qFatal("no '%s' there", what.c_str());
    }
    return text.replace(at, what.size(), with);
}

Driver begun() {
    Driver drive(plan_with(first + stops));
    (void)drive.submit(Confirm{"one", "", false, ""});
    return drive; // `act` is at work
}

std::string amend(Driver& drive, const std::string& rest) {
    return drive.submit(Amend{plan_with(rest + stops), "the night is short"});
}

} // namespace

class AmendTest : public QObject {
    Q_OBJECT
private slots:
    void what_has_not_begun_may_change_and_the_release_follows_it() {
        Driver drive = begun();
        drive.done("act");
        QCOMPARE(drive.status("two"), "awaiting a person");
        std::string rest =
            replaced(first, "{id: three, confirm: Three}",
                     "{id: check, title: 'Look at ${extra}', confirm: Look}\n      - {id: four, confirm: Four}");
        const std::string text =
            replaced(plan_with(rest + stops), "variables:\n", "variables:\n  extra: {default: logs}\n");
        QCOMPARE(drive.submit(Amend{text, "the night is short"}), "");
        const auto amended = drive.all<PlanAmended>();
        QCOMPARE(amended.size(), std::size_t{1});
        const std::vector<std::string> changes{"variable extra added", "step check added", "step four added",
                                               "step three removed"};
        QVERIFY(amended.front().changes == changes);
        QVERIFY(amended.front().diff.find("-      - {id: three, confirm: Three}") != std::string::npos);
        QVERIFY(amended.front().diff.find("+      - {id: four, confirm: Four}") != std::string::npos);
        QCOMPARE(drive.release.values.at("extra"), std::string("logs"));
        QCOMPARE(drive.status("two"), "awaiting a person");
        QCOMPARE(drive.submit(Confirm{"two", "", false, ""}), "");
        QCOMPARE(drive.release.at("check").title, std::string("Look at logs"));
        QCOMPARE(drive.submit(Confirm{"check", "", false, ""}), "");
        QCOMPARE(drive.submit(Confirm{"four", "", false, ""}), "");
        QCOMPARE(drive.release.outcome, std::string("done"));
        QCOMPARE(drill::state_text(drive.release), drill::replayed(drive.log));
    }

    void the_way_through_the_plan_stays_and_new_files_are_pinned() {
        const std::string ways = "variants: {urgent: {omit: two}}\n";
        Driver as_it_stands(plan_with(first + ways + stops));
        SessionOpened session = as_it_stands.release.opened;
        session.variant = "urgent";
        session.files = Json::array({{{"path", "a.sh"}, {"digest", "1"}, {"commit", ""}}});
        Driver drive(session);
        (void)drive.submit(Confirm{"one", "", false, ""});
        drive.done("act");
        QCOMPARE(drive.status("two"), "not applicable");
        QCOMPARE(drive.status("three"), "awaiting a person");
        const std::string rest = replaced(first, "{id: three, confirm: Three}",
                                          "{id: three, confirm: Three}\n      - {id: four, confirm: Four}");
        QVERIFY(drive.submit(Amend{plan_with(rest + stops), "why"}).find("no variant 'urgent'") != std::string::npos);
        QVERIFY(drive.submit(Amend{plan_with(rest + "variants: {urgent: {omit: [two, four]}}\n" + stops), "why"})
                    .find("chosen at the start") != std::string::npos);
        const Json pins = Json::array({{{"path", "a.sh"}, {"digest", "2"}}, {{"path", "b.sh"}, {"digest", "3"}}});
        QCOMPARE(drive.submit(Amend{plan_with(rest + ways + stops), "why", {}, pins}), "");
        QCOMPARE(drive.release.plan->variant, std::string("urgent"));
        QVERIFY(!drive.release.plan->step("two")->left_out.empty());
        QCOMPARE(drive.release.files.at("a.sh"), std::string("1")); // as it was at the start
        QCOMPARE(drive.release.files.at("b.sh"), std::string("3"));
        QCOMPARE(drill::state_text(drive.release), drill::replayed(drive.log));
    }

    void what_has_begun_stays_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("with");
        QTest::addColumn<QString>("why");
        const auto row = [](const char* name, const char* what, const char* with, const char* why) {
            QTest::newRow(name) << what << with << why;
        };
        row("a step that passed", "confirm: One", "confirm: Eins", "step one changed: it is passed already");
        row("a step that waits for its answer", "confirm: Two", "confirm: Zwei",
            "step two changed: it is awaiting a person already");
        row("a step taken away", "      - {id: one, confirm: One}\n", "", "step one removed: it is passed already");
        row("a step moved into another place", "      - {id: two, confirm: Two}\n",
            "      - {id: g, group: [{id: two, confirm: Two}]}\n", "step two changed");
        row("steps that change places", "      - {id: act, run: [act]}\n      - {id: two, confirm: Two}\n",
            "      - {id: two, confirm: Two}\n      - {id: act, run: [act]}\n",
            "step two changed: it is awaiting a person already");
        row("the phase under way", "id: main", "id: main\n    title: Other",
            "phase main changed: it has begun already");
        row("a phase before it", "phases:\n", "phases:\n  - {id: early, steps: [{id: e, confirm: E}]}\n",
            "the phase main has begun, and one before it has not");
        row("nothing", "confirm: Three", "confirm:   Three", "the new plan does not differ");
        row("no plan", "confirm: Three", "confirm: [", "the new plan does not load");
    }
    void what_has_begun_stays() {
        QFETCH(QString, what);
        QFETCH(QString, with);
        QFETCH(QString, why);
        Driver drive = begun();
        drive.done("act");
        const auto before = drill::state_text(drive.release);
        const std::string said = amend(drive, replaced(first, what.toStdString(), with.toStdString()));
        QVERIFY2(QString::fromStdString(said).contains(why), said.c_str());
        QCOMPARE(drill::state_text(drive.release), before);
    }

    void where_production_is_stays_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("with");
        QTest::addColumn<QString>("why");
        QTest::newRow("connection") << "context: test"
                                    << "context: other"
                                    << "connection cluster changed";
        QTest::newRow("arm") << "service: shop/blue}"
                             << "service: shop/red}"
                             << "arm blue changed";
        QTest::newRow("traffic") << "primary: shop/main"
                                 << "primary: shop/other"
                                 << "traffic edge changed";
        QTest::newRow("id") << "id: small"
                            << "id: large"
                            << "the plan's id changed";
        QTest::newRow("variable") << "default: 'true'"
                                  << "default: 'false'"
                                  << "variable ramp changed";
    }
    void where_production_is_stays() {
        QFETCH(QString, what);
        QFETCH(QString, with);
        QFETCH(QString, why);
        Driver drive = begun();
        drive.done("act");
        const std::string text = replaced(plan_with(first + stops), what.toStdString(), with.toStdString());
        const std::string said = drive.submit(Amend{text, "because"});
        QVERIFY2(QString::fromStdString(said).contains(why), said.c_str());
    }

    void while_something_is_on_its_way_it_waits() {
        Driver drive = begun();
        drive.prepare("act");
        const std::string rest = replaced(first, "confirm: Three", "confirm: Drei");
        QCOMPARE(QString::fromStdString(amend(drive, rest)), "the plan can't be changed now: s1/act/1 is at work");
        drive.settle("act", true);
        QCOMPARE(amend(drive, rest), "");
        QCOMPARE(drive.submit(Amend{plan_with(first + stops), ""}), "this needs a reason");
        (void)drive.submit(RollBack{"", "", "no"});
        QCOMPARE(amend(drive, first), "the plan is not going forward any more");
    }

    void an_owner_whose_copy_somebody_else_goes_on_from_pauses() {
        Driver drive = begun();
        const auto told = [&](const char* state, const std::string& why, bool taken) {
            return drive.submit(CopyReport{"/copy", state, why, taken}, {own_name, ""});
        };
        QCOMPARE(told("kept", "", false), "");
        QCOMPARE(told("behind", "the disk is full", false), "");
        QVERIFY(!drive.release.paused);
        QCOMPARE(told("behind", "it holds other events", true), "");
        QVERIFY(drive.release.paused);
        QVERIFY(drive.release.paused_why.starts_with("somebody else goes on from the second copy"));
        QCOMPARE(drive.submit(Continue{}), "");
        QCOMPARE(told("behind", "it holds other events", true), ""); // a person has gone on all the same
        QVERIFY(!drive.release.paused);
        (void)drive.submit(RollBack{"", "", "no"});
        QCOMPARE(told("behind", "somebody holds it", true), "");
        QVERIFY(!drive.release.paused); // a way back is not paused
        QCOMPARE(drill::state_text(drive.release), drill::replayed(drive.log));
    }

    /// What is due is begun with the resume: what the copy tells must stand before it.
    void who_takes_up_a_session_whose_copy_has_gone_on_begins_nothing_data() {
        QTest::addColumn<bool>("taken");
        QTest::addColumn<bool>("unseen");
        QTest::addColumn<QString>("reason"); // empty: it goes on
        QTest::newRow("nothing is wrong") << false << false << "";
        QTest::newRow("it has gone on") << true << false << "somebody else goes on from the second copy";
        QTest::newRow("it does not answer") << false << true << "the second copy does not answer";
    }
    void who_takes_up_a_session_whose_copy_has_gone_on_begins_nothing() {
        QFETCH(bool, taken);
        QFETCH(bool, unseen);
        QFETCH(QString, reason);
        Driver drive = drill::steps("      - {id: rest, wait: 1h}\n      - {id: act, run: [act]}\n");
        drive.now += hours(2); // the program was away
        std::optional<CopyReport> copy;
        if (taken || unseen) {
            copy = CopyReport{"/copy", "behind", "why", taken, unseen};
        }
        QCOMPARE(drive.submit(Resume{drill::lead, "", copy}), "");
        drive.tick(); // as the engine does at once
        QCOMPARE(drive.status("act"), reason.isEmpty() ? "running" : "to come");
        QCOMPARE(drive.release.paused, !reason.isEmpty());
        QVERIFY(QString::fromStdString(drive.release.paused_why).startsWith(reason));
        (void)drive.submit(Continue{});
        drive.tick();
        QCOMPARE(drive.status("act"), "running");
        drive.done("act");
        QCOMPARE(drill::state_text(drive.release), drill::replayed(drive.log));
    }

    void one_that_does_not_answer_is_asked_about_each_time_and_one_that_was_taken_once() {
        Driver drive = begun();
        for (const bool taken : {true, false}) {
            const CopyReport copy{"/copy", "behind", "why", taken, !taken};
            for (const bool paused : {true, !taken}) {
                QCOMPARE(drive.submit(Resume{drill::lead, "", copy}), "");
                QCOMPARE(drive.release.paused, paused);
                (void)drive.submit(Continue{});
            }
        }
    }

    void holds_and_triggers_begin_anew() {
        const std::string watched = R"(phases:
  - id: main
    steps:
      - {id: bake, hold: {for: 10m}, gates: [{metric: lag, must: '< 5'}]}
      - {id: end, confirm: End}
rollback:
  triggers: [{id: high, metric: lag, must: '> 9', for: 5m}]
  options: {back: {steps: [{id: stop, run: [stop]}]}}
)";
        Driver drive(plan_with(watched));
        drive.gate("bake", "lag", "pass");
        drive.trigger("high", "yes");
        drive.pass(minutes(4));
        QCOMPARE(drive.held("bake"), 240.0);
        QCOMPARE(drive.trigger_state("high"), "pending");
        const auto lost = lost_by_amending(drive.release, drive.now); // what whoever amends is told before
        QCOMPARE(lost.size(), std::size_t{1});
        QCOMPARE(lost.front().step, "bake");
        QCOMPARE(lost.front().held.count, minutes(4).count);
        QCOMPARE(lost.front().wanted.count, minutes(10).count);
        QCOMPARE(drive.submit(Amend{plan_with(replaced(watched, "'> 9'", "'> 8'")), "earlier"}), "");
        QCOMPARE(drive.held("bake"), 0.0);
        QVERIFY(lost_by_amending(drive.release, drive.now).empty());
        QCOMPARE(drive.trigger_state("high"), "armed");
        drive.pass(minutes(2));
        QVERIFY(!drive.release.rollback.active);
        QCOMPARE(drill::state_text(drive.release), drill::replayed(drive.log));
    }
};

SLUICE_TEST(AmendTest)
#include "amend_test.moc"
