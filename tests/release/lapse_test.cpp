#include "driver.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using namespace sluice::release::drill;

namespace {

/// One phase with this list of steps.
Driver listed(const std::string& list) {
    return whole("phases: [{id: main, steps: " + list + "}]\n");
}

/// Its clean-up is on its way, and there is a way back.
Driver cleaning_up() {
    auto drive = whole(R"(phases:
  - {id: one, steps: [{id: lock, run: [lock], undo: {run: [unlock]}}, {id: tidy, run: [tidy], always: true}]}
rollback: {options: {back: {}}}
)");
    drive.done("lock");
    drive.prepare("tidy");
    return drive;
}

} // namespace

/// What time alone brings, and clean-up.
class LapseTest : public QObject {
    Q_OBJECT
private slots:
    void what_is_not_over_in_time_is_told_once() {
        auto drive = listed("[{id: a, confirm: A}, {id: b, confirm: B, due: a + 10m}]");
        drive.pass(hours(1));
        QVERIFY(drive.all<StepOverdue>().empty()); // what it counts from has not come
        drive.submit(Confirm{"a", "", false, ""});
        drive.pass(minutes(9));
        QVERIFY(drive.all<StepOverdue>().empty());
        drive.pass(hours(3));
        const auto told = drive.all<StepOverdue>();
        QCOMPARE(told.size(), 1u);
        QCOMPARE(told[0].step, "b");
        QCOMPARE(told[0].why, "it was due at 2026-01-05T09:10:00Z (a + 10m)");
        drive.submit(Confirm{"b", "", false, ""});
        QCOMPARE(drive.release.outcome, "done");
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }

    void what_waits_and_is_overdue_is_not_told_again_when_the_plan_is_amended() {
        auto drive = listed("[{id: a, confirm: A}, {id: b, confirm: B, not-before: a + 2h, due: a + 10m}]");
        drive.submit(Confirm{"a", "", false, ""});
        drive.pass(hours(1));
        QCOMPARE(drive.all<StepOverdue>().size(), 1u);
        std::string text = drive.release.plan->source;
        QCOMPARE(drive.submit(Amend{text.replace(text.find("A small plan"), 12, "Another plan"), "because"}), "");
        drive.pass(minutes(10));
        QCOMPARE(drive.all<StepOverdue>().size(), 1u);
        text.replace(text.find("a + 10m"), 7, "a + 90m");
        QCOMPARE(drive.submit(Amend{text, "because"}), "");
        drive.pass(minutes(30));
        QCOMPARE(drive.all<StepOverdue>().size(), 2u); // that is another moment
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }

    void what_is_over_in_time_is_never_told() {
        auto drive = listed("[{id: a, confirm: A}, {id: b, confirm: B, due: a + 10m}, {id: c, wait: 2h}]");
        drive.submit(Confirm{"a", "", false, ""});
        drive.submit(Confirm{"b", "", false, ""});
        drive.pass(hours(3));
        QVERIFY(drive.all<StepOverdue>().empty());
    }

    void a_tick_that_grew_too_old_is_asked_for_again() {
        auto drive = listed("[{id: list, confirm: List, valid-for: 1h}, {id: go, confirm: Go, not-before: list + 3h}]");
        drive.submit(Confirm{"list", "", false, ""});
        QCOMPARE(drive.status("list"), "passed");
        drive.pass(minutes(59));
        QCOMPARE(drive.status("list"), "passed");
        drive.pass(minutes(2));
        QCOMPARE(drive.status("list"), "awaiting a person");
        QCOMPARE(drive.release.at("list").attempt, 2);
        QCOMPARE(drive.status("go"), "waiting");
        QCOMPARE(drive.all<StepExpired>().size(), 1u);
        drive.pass(hours(3));
        QCOMPARE(drive.status("go"), "waiting"); // it needs the tick
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }

    void what_waits_for_a_tick_again_says_so_and_not_why_it_waited_before() {
        auto drive = listed("[{id: list, confirm: List, valid-for: 1h}, {id: second, confirm: More, needs: [], "
                            "valid-for: 90m}, {id: go, confirm: Go, needs: [list, second], not-before: list + 80m}]");
        drive.submit(Confirm{"list", "", false, ""});
        drive.submit(Confirm{"second", "", false, ""});
        QVERIFY2(drive.why("go").startsWith("not before 2026-01-05T09:20:00Z"), qPrintable(drive.why("go")));
        drive.pass(minutes(61));
        QCOMPARE(drive.why("go"), "list must be done first");
        const int told = drive.count("step-waiting");
        drive.pass(minutes(20));
        QCOMPARE(drive.count("step-waiting"), told);  // once
        drive.submit(Confirm{"list", "", false, ""}); // and its time counts from then
        QVERIFY2(drive.why("go").startsWith("not before 2026-01-05T10:41:00Z"), qPrintable(drive.why("go")));
        drive.pass(minutes(10)); // the other one is too old meanwhile
        QCOMPARE(drive.status("second"), "awaiting a person");
        QCOMPARE(drive.why("go"), "second must be done first");
        drive.submit(Confirm{"second", "", false, ""});
        QVERIFY2(drive.why("go").startsWith("not before 2026-01-05T10:41:00Z"), qPrintable(drive.why("go")));
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }

    void a_tick_stands_once_what_needs_it_has_started() {
        auto drive = listed("[{id: list, confirm: List, valid-for: 1h}, {id: go, confirm: Go}]");
        drive.submit(Confirm{"list", "", false, ""});
        drive.pass(hours(5));
        QCOMPARE(drive.status("list"), "passed");
        QCOMPARE(drive.status("go"), "awaiting a person");
    }

    void nothing_begins_after_a_pause_on_a_tick_that_grew_too_old_in_it() {
        auto drive = listed("[{id: list, confirm: List, valid-for: 1h}, {id: ask, confirm: Ask, needs: []}, "
                            "{id: go, confirm: Go, needs: [list, ask]}]");
        drive.submit(Confirm{"list", "", false, ""});
        drive.submit(Pause{"lunch"});
        drive.submit(Confirm{"ask", "", false, ""});
        drive.pass(hours(2));
        QCOMPARE(drive.status("list"), "passed"); // nobody is asked meanwhile
        QCOMPARE(drive.submit(Continue{}), "");
        QCOMPARE(drive.status("list"), "awaiting a person");
        QCOMPARE(drive.status("go"), "to come");
        drive.submit(Confirm{"list", "", false, ""});
        QCOMPARE(drive.status("go"), "awaiting a person");
    }

    void a_tick_of_a_phase_that_is_over_can_grow_old_too() {
        auto drive = whole(R"(phases:
  - {id: one, steps: [{id: list, confirm: List, valid-for: 1h}]}
  - {id: two, steps: [{id: go, confirm: Go, not-before: list + 90m}]}
)");
        drive.submit(Confirm{"list", "", false, ""});
        drive.pass(minutes(61));
        QCOMPARE(drive.status("list"), "awaiting a person");
        drive.submit(Confirm{"list", "", false, ""});
        drive.pass(minutes(59)); // counted from the second tick
        QCOMPARE(drive.status("go"), "waiting");
        drive.pass(minutes(20));
        QCOMPARE(drive.status("list"), "awaiting a person"); // and it grew old once more
        QVERIFY(drive.release.outcome.empty());
    }

    void a_decision_that_waits_too_long_is_escalated_once_a_wait() {
        auto drive = listed("[{id: go, confirm: Go, escalate: {after: 15m, to: owner}}]");
        drive.pass(minutes(14));
        QVERIFY(drive.all<Escalated>().empty());
        drive.pass(hours(2));
        QCOMPARE(drive.all<Escalated>().size(), 1u);
        QCOMPARE(drive.all<Escalated>()[0].to, "owner");
        drive.submit(Confirm{"go", "", true, "not yet"}); // triage: it waits anew
        drive.pass(minutes(16));
        QCOMPARE(drive.all<Escalated>().size(), 2u);
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }

    void clean_up_runs_after_an_abort() {
        auto drive =
            listed("[{id: lock, run: [lock]}, {id: ask, confirm: Ask}, {id: unlock, run: [unlock], always: true}]");
        drive.done("lock");
        drive.submit(Abort{"enough"});
        QCOMPARE(drive.status("ask"), "stopped");
        QCOMPARE(drive.status("unlock"), "running");
        QVERIFY(drive.release.outcome.empty());
        drive.done("unlock");
        QCOMPARE(drive.release.outcome, "aborted");
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }

    void clean_up_waits_for_what_is_still_on_its_way() {
        auto drive = listed("[{id: copy, run: [copy]}, {id: unlock, run: [unlock], always: true}]");
        drive.prepare("copy");
        drive.submit(Abort{"enough"});
        QCOMPARE(drive.status("unlock"), "to come");
        drive.settle("copy", true);
        QCOMPARE(drive.status("unlock"), "running");
    }

    void clean_up_that_fails_after_an_abort_waits_for_a_person() {
        auto drive = listed(
            "[{id: ask, confirm: Ask}, {id: unlock, run: [unlock], always: true, retry: {times: 1, every: 5s}}]");
        drive.submit(Abort{"enough"});
        drive.prepare("unlock");
        drive.settle("unlock", false);
        QCOMPARE(drive.status("unlock"), "about to be retried");
        drive.pass(seconds(5));
        drive.prepare("unlock");
        drive.settle("unlock", false);
        QCOMPARE(drive.status("unlock"), "failed");
        QVERIFY(drive.release.outcome.empty());
        QCOMPARE(drive.submit(Retry{"unlock", ""}), "");
        drive.done("unlock");
        QCOMPARE(drive.release.outcome, "aborted");
    }

    void clean_up_comes_after_the_rollback() {
        auto drive = whole(R"(phases:
  - {id: one, steps: [{id: lock, run: [lock], undo: {run: [unlock]}}, {id: ask, confirm: Ask}, {id: tidy, confirm: Tidy, always: true}]}
rollback: {options: {back: {}}}
)");
        drive.done("lock");
        drive.submit(RollBack{"", "", "broken"});
        QCOMPARE(drive.status("tidy"), "to come");
        QCOMPARE(drive.status("back/lock"), "running"); // an undo that is no shift
        drive.done("back/lock");
        QCOMPARE(drive.release.rollback.outcome, "done");
        QVERIFY(drive.release.outcome.empty());
        drive.submit(Confirm{"tidy", "", false, ""});
        QCOMPARE(drive.release.outcome, "rolled-back");
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }

    // Both found by the property test on drawn plans.
    void clean_up_that_failed_is_not_tried_again_before_the_way_back_is_gone() {
        auto drive = cleaning_up();
        drive.settle("tidy", false);
        QCOMPARE(drive.status("tidy"), "failed");
        drive.submit(RollBack{"", "", "broken"});
        QCOMPARE(drive.submit(Retry{"tidy", ""}), "the way back comes first");
        drive.done("back/lock");
        QCOMPARE(drive.submit(Retry{"tidy", ""}), "");
        drive.done("tidy");
        QCOMPARE(drive.release.outcome, "rolled-back");
    }

    void clean_up_in_doubt_is_not_run_again_before_the_way_back_is_gone() {
        auto drive = cleaning_up();
        QCOMPARE(drive.submit(Unknown{"s1/tidy/1", "lost", ""}, drill::engine), "");
        drive.submit(RollBack{"", "", "broken"});
        QCOMPARE(drive.submit(ResolveDoubt{"s1/tidy/1", "run-again", "it did not happen"}), "");
        QCOMPARE(drive.release.at("tidy").attempt, 1);
        QCOMPARE(drive.status("tidy"), "about to be retried");
        drive.done("back/lock");
        QCOMPARE(drive.release.at("tidy").attempt, 2);
        drive.done("tidy");
        QCOMPARE(drive.release.outcome, "rolled-back");
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }

    void in_order_clean_up_is_a_step_like_another() {
        auto drive = listed("[{id: unlock, run: [unlock], always: true}, {id: ask, confirm: Ask}]");
        drive.done("unlock");
        drive.submit(Abort{"enough"});
        QCOMPARE(drive.release.outcome, "aborted");
        QCOMPARE(drive.release.at("unlock").attempt, 1); // not twice
    }
};

SLUICE_TEST(LapseTest)

/// Kinds that a person, a channel or a declaration has a part in.
class KindsTest : public QObject {
    Q_OBJECT
private slots:
    void what_was_typed_elsewhere_is_read_back() {
        auto drive =
            listed("[{id: unseal, external: 'vault unseal', verify: {run: [vault, status]}}, {id: b, confirm: B}]");
        QCOMPARE(drive.status("unseal"), "awaiting a person");
        QCOMPARE(drive.submit(Confirm{"unseal", "", false, ""}), "");
        QCOMPARE(drive.status("unseal"), "running");
        drive.answer("unseal", false, true, "sealed");
        QCOMPARE(drive.status("unseal"), "failed");
        drive.submit(Retry{"unseal", ""});
        QCOMPARE(drive.status("unseal"), "awaiting a person"); // typed once more
        drive.submit(Confirm{"unseal", "", false, ""});
        drive.answer("unseal", true);
        QCOMPARE(drive.status("unseal"), "passed");
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }

    void what_is_asked_for_again_after_its_phase_is_tried_once_more() {
        auto drive = whole(R"(phases:
  - id: one
    steps: [{id: unseal, external: 'vault unseal', verify: {run: [vault, status]}, valid-for: 1h}]
  - {id: two, steps: [{id: c, confirm: C}, {id: d, confirm: D, needs: [unseal, c]}]}
)");
        drive.submit(Confirm{"unseal", "", false, ""});
        drive.answer("unseal", true);
        drive.pass(hours(2));
        QCOMPARE(drive.status("unseal"), "awaiting a person");
        drive.submit(Confirm{"unseal", "", false, ""});
        drive.answer("unseal", false, true, "sealed");
        drive.submit(Pause{""});
        QCOMPARE(drive.submit(Retry{"unseal", ""}), "");
        QCOMPARE(drive.status("unseal"), "about to be retried");
        drive.submit(Continue{});
        QCOMPARE(drive.status("unseal"), "awaiting a person");
        drive.submit(Confirm{"unseal", "", false, ""});
        drive.answer("unseal", true);
        drive.submit(Confirm{"c", "", false, ""});
        QCOMPARE(drive.status("d"), "awaiting a person");
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }

    void without_a_read_back_the_attest_is_enough() {
        auto drive = listed("[{id: unseal, external: 'vault unseal'}, {id: b, confirm: B}]");
        drive.submit(Confirm{"unseal", "", false, ""});
        QCOMPARE(drive.status("unseal"), "passed");
    }

    static std::string told(const std::string& more = {}) {
        return R"(  chat: {http: {url: 'http://chat'}}
channels: {ops: {on: chat}}
phases:
  - {id: one, steps: [{id: say, notify: {to: ops, text: Hello}, needs: []}, {id: b, confirm: B}]}
rollback: {options: {back: {steps: [{id: say, notify: {to: ops, text: Back}}, {id: see, confirm: See}]}}}
)" + more;
    }
    /// The head of the small plans, with a channel.
    static Driver chatty() {
        std::string text = plan_with(told());
        const auto at = text.find("  chat:");
        const std::string chat = "  chat: {http: {url: 'http://chat'}}\n";
        text.erase(at, chat.size());
        text.insert(text.find("arms:\n"), chat);
        return Driver(text);
    }

    void a_message_that_fails_never_stops_the_plan() {
        auto drive = chatty();
        drive.prepare("say");
        drive.settle("say", false);
        QCOMPARE(drive.status("say"), "skipped");
        QVERIFY(drive.why("say").startsWith("not told"));
        QCOMPARE(drive.status("b"), "awaiting a person");
    }

    void a_message_of_which_nobody_knows_is_not_in_doubt() {
        auto drive = chatty();
        drive.prepare("say");
        drive.submit(Unknown{drive.operation("say"), "no answer", ""}, engine);
        QCOMPARE(drive.status("say"), "skipped");
        QVERIFY(!needs_decision(drive.release));
        QCOMPARE(drive.status("b"), "awaiting a person");
    }

    void a_message_never_holds_up_the_way_back() {
        auto drive = chatty();
        drive.submit(RollBack{"", "", "broken"});
        QCOMPARE(drive.status("back/say"), "running");
        QCOMPARE(drive.status("back/see"), "awaiting a person");
        drive.submit(Confirm{"back/see", "", false, ""});
        drive.prepare("back/say");
        drive.settle("back/say", false);
        drive.prepare("say");
        drive.settle("say", true);
        QCOMPARE(drive.release.rollback.outcome, "done");
        QCOMPARE(drive.release.outcome, "rolled-back");
    }

    void a_wait_for_the_window_ends_when_it_opens() {
        auto drive = whole(R"(calendar: {allow: [{days: [mon], from: '10:00', to: '12:00'}]}
phases:
  - {id: one, steps: [{id: w, wait: {window: true}}, {id: w2, wait: {window: true}}, {id: b, confirm: B}]}
)"); // it is Monday, 08:00
        drive.pass(minutes(119));
        QCOMPARE(drive.status("w"), "running");
        drive.pass(minutes(2));
        QCOMPARE(drive.status("w"), "passed");
        QCOMPARE(drive.status("b"), "awaiting a person"); // and one that is open already ends at once
    }

    static std::string severe() {
        return R"(severity: {low: {title: Low}, high: {title: High, when: {metric: lag, must: '> 100'}, response: 'Back, ${plan}', propose: back}}
phases:
  - {id: one, steps: [{id: b, confirm: B}]}
rollback: {triggers: [{severity: high, do: back}], options: {back: {steps: [{id: see, confirm: See}]}}}
)";
    }

    void severity_is_declared_with_a_reason_and_answered() {
        auto drive = whole(severe());
        QCOMPARE(drive.submit(Severity{"low", ""}), "this needs a reason");
        QCOMPARE(drive.submit(Severity{"lowest", "x"}), "the plan has no severity 'lowest'");
        QCOMPARE(drive.submit(Severity{"low", "some complain"}), "");
        QVERIFY(!drive.release.rollback.active);
        QCOMPARE(drive.submit(Severity{"low", "more"}), "it is declared already");
        QCOMPARE(drive.submit(Severity{"high", "all complain"}), "");
        QCOMPARE(drive.all<SeverityDeclared>()[1].response, "Back, small");
        QCOMPARE(drive.all<SeverityDeclared>()[1].option, "back");
        QVERIFY(drive.release.rollback.active); // a trigger hangs on it
        QCOMPARE(drive.release.rollback.trigger, "severity-high");
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }

    void a_condition_declares_severity_and_only_a_person_lowers_it() {
        auto drive = whole(severe());
        drive.tick({{"lag", 50}});
        QCOMPARE(drive.release.severity, "");
        drive.submit(Severity{"low", "some complain"});
        drive.tick({{"lag", 500}});
        QCOMPARE(drive.release.severity, "high");
        QVERIFY(drive.release.rollback.active);
        drive.tick({{"lag", 0}});
        QCOMPARE(drive.release.severity, "high");
        QCOMPARE(drive.submit(Severity{"low", "it is over"}), "");
        QCOMPARE(drive.release.severity, "low");
    }

    void what_a_person_lowered_comes_back_only_after_it_was_over() {
        auto drive = whole(
            R"(severity: {low: {title: Low}, mid: {title: Mid, when: {metric: lag, must: '> 10'}}, high: {title: High, when: {metric: lag, must: '> 100'}}}
phases:
  - {id: one, steps: [{id: b, confirm: B}]}
)");
        drive.tick({{"lag", 500}});
        QCOMPARE(drive.release.severity, "high");
        QCOMPARE(drive.submit(Severity{"low", "it is only the test account"}), "");
        drive.tick({{"lag", 500}});
        drive.tick(); // no answer is none that it is over
        drive.tick({{"lag", 500}});
        QCOMPARE(drive.release.severity, "low");
        drive.tick({{"lag", 50}});
        QCOMPARE(drive.release.severity, "low"); // high is over, and mid is set aside as well
        QCOMPARE(drive.all<SeverityCleared>().size(), std::size_t{1});
        QCOMPARE(drive.all<SeverityCleared>().front().level, "high");
        drive.tick({{"lag", 500}});
        QCOMPARE(drive.release.severity, "high");
        QCOMPARE(drive.submit(Severity{"low", "still only that"}), "");
        drive.tick({{"lag", 5}});
        QCOMPARE(drive.all<SeverityCleared>().size(), std::size_t{3});
        drive.tick({{"lag", 50}});
        QCOMPARE(drive.release.severity, "mid");
        QVERIFY(drive.release.severity_set_aside.empty());
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }

    void it_is_released_before_its_follow_up_work() {
        auto drive = whole(R"(phases:
  - {id: one, steps: [{id: a, confirm: A}]}
  - {id: after, follow-up: true, steps: [{id: b, confirm: B, not-before: a + 7d, due: a + 8d}]}
)");
        QCOMPARE(drive.release.released.count, 0);
        drive.submit(Confirm{"a", "", false, ""});
        QVERIFY(drive.release.released == drive.now);
        QVERIFY(drive.release.outcome.empty());
        drive.pass(hours(24 * 9));
        QCOMPARE(drive.all<StepOverdue>().size(), 1u);
        QCOMPARE(drive.all<Released>().size(), 1u);
        drive.submit(Confirm{"b", "", false, ""});
        QCOMPARE(drive.release.outcome, "done");
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }

    void a_variant_leaves_out_replaces_and_asks_others() {
        const std::string text = plan_with(R"(variants:
  urgent: {omit: b, window: false, approve: {go: {roles: [sre]}}, replace: [{id: c, confirm: Instead}]}
calendar: {allow: [{days: [fri]}]}
phases:
  - {id: one, window: true, steps: [{id: a, confirm: A}, {id: b, confirm: B}, {id: c, run: [c]}, {id: go, approve: {roles: [sre, owner]}}]}
)");
        Driver as_it_stands(text);
        QCOMPARE(as_it_stands.status("a"), "to come"); // Friday is far
        SessionOpened session = as_it_stands.release.opened;
        session.variant = "urgent";
        Release release;
        apply(release, {1, as_it_stands.now, session});
        QVERIFY(release.plan);
        QCOMPARE(release.plan->variant, "urgent");
        QVERIFY(!release.plan->phases[0].window);
        QCOMPARE(release.plan->step("b")->left_out, "the variant 'urgent' leaves it out");
        QVERIFY(std::holds_alternative<plan::Confirm>(release.plan->step("c")->body));
        QCOMPARE(release.plan->step("c")->needs, std::vector<StepId>{"b"});
        QCOMPARE(std::get<plan::Approve>(release.plan->step("go")->body).quorum, 1);
        session.variant = "none";
        Release no;
        apply(no, {1, as_it_stands.now, session});
        QVERIFY(!no.plan);
    }

    void a_variant_without_a_window_counts_from_its_start() {
        Driver as_it_stands = whole(R"(calendar: {allow: [{days: [mon], from: '08:00', to: '09:00'}]}
variants: {urgent: {window: false}}
phases:
  - {id: one, window: true, steps: [{id: b, confirm: B, not-before: T0 + 2h}]}
)");
        SessionOpened session = as_it_stands.release.opened;
        session.variant = "urgent";
        Driver drive(session);
        drive.pass(minutes(119));
        QCOMPARE(drive.status("b"), "waiting");
        drive.pass(minutes(2));
        QCOMPARE(drive.status("b"), "awaiting a person");
    }

    void a_variant_without_a_window_has_its_t0() {
        Driver as_it_stands = whole(R"(calendar: {allow: [{days: [mon], from: '08:00', to: '09:00'}]}
variants: {urgent: {window: false}}
phases:
  - {id: one, steps: [{id: a, confirm: A, not-before: T0 - 1h}]}
  - {id: two, window: true, steps: [{id: b, run: [echo, '${T0}']}, {id: c, confirm: C, not-before: T0 + 1h}]}
)");
        SessionOpened session = as_it_stands.release.opened;
        session.variant = "urgent";
        Driver drive(session);
        QCOMPARE(drive.status("a"), "awaiting a person"); // until then it is the start of the session
        drive.pass(hours(5));
        QCOMPARE(drive.submit(Confirm{"a", "", false, ""}), "");
        QCOMPARE(scope(drive.release).at("T0"), std::string("2026-01-05T13:00:00Z"));
        drive.done("b");
        drive.pass(minutes(59));
        QCOMPARE(drive.status("c"), "waiting");
        drive.pass(minutes(2));
        QCOMPARE(drive.status("c"), "awaiting a person");
    }

    void a_rollback_may_be_a_procedure_of_its_own() {
        auto drive = whole(R"(phases:
  - {id: one, steps: [{id: a, confirm: A}]}
rollback:
  options:
    back:
      steps:
        - {id: stop, external: 'stop it'}
        - {id: how, decide: {text: How, choices: [{id: carry, steps: [{id: carried, confirm: Carried}]}, {id: drop}]}}
        - {id: over, confirm: Over}
)");
        drive.submit(RollBack{"", "", "broken"});
        drive.submit(Confirm{"back/stop", "", false, ""});
        QCOMPARE(drive.submit(Decide{"back/how", "carry", ""}), "");
        QCOMPARE(drive.status("back/carried"), "awaiting a person");
        drive.submit(Confirm{"back/carried", "", false, ""});
        drive.submit(Confirm{"back/over", "", false, ""});
        QCOMPARE(drive.release.outcome, "rolled-back");
    }
};

SLUICE_TEST(KindsTest)
#include "lapse_test.moc"
