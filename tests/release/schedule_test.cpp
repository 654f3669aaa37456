#include "driver.h"
#include "support/suite.h"

#include "base/instant.h"
#include "plan/loader.h"
#include "release/schedule.h"

#include <QtTest>
#include <fmt/format.h>
#include <rapidcheck.h>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;
using sluice::release::drill::steps;

namespace {

Nanos at(const char* text) {
    return parse_instant(text, {}).value();
}

std::string span(const std::optional<TimeLine>& line) {
    const auto text = [](const std::optional<Nanos>& time) { return time ? utc(*time).substr(11, 8) : "?"; };
    return line ? text(line->start) + " to " + text(line->end) : "none";
}
std::string step_span(const Schedule& schedule, const StepId& id) {
    const auto found = schedule.steps.find(id);
    return span(found == schedule.steps.end() ? std::nullopt : std::optional(found->second));
}
std::string path(const Schedule& schedule) {
    std::string text;
    for (const auto& id : schedule.critical) {
        text += (text.empty() ? "" : " ") + id;
    }
    return text;
}

Schedule of(const Driver& drive) {
    return schedule(drive.release, drive.now);
}

/// A plan of two phases whose steps take so many minutes; needs, a group and a decision among them.
std::string timed(const std::vector<int>& minutes) {
    const auto m = [&](std::size_t i) { return fmt::format("{}m", minutes.at(i)); };
    return plan_with(fmt::format(
        R"(calendar: {{allow: [{{from: '00:00', to: '12:00'}}]}}
phases:
  - id: before
    planned: {}
    steps:
      - {{id: a, confirm: A, planned: {}}}
      - {{id: side, group: [{{id: b, wait: {}}}, {{id: c, wait: {}}}]}}
      - {{id: d, confirm: D, planned: {}, needs: [a]}}
      - {{id: e, confirm: E}}
  - id: switch
    window: true
    steps:
      - {{id: f, wait: {}, needs: []}}
      - {{id: g, wait: {}, needs: [], not-before: T0 + 5m}}
      - {{id: way, decide: {{text: T, choices: [{{id: x, steps: [{{id: h, wait: {}}}]}}, {{id: y, steps: [{{id: i, wait: {}}}]}}]}}, needs: [f]}}
rollback:
  within: 2h after g
  options: {{back: {{planned: 7m, steps: [{{id: undo, confirm: U}}]}}}}
)",
        m(0), m(1), m(2), m(3), m(4), m(5), m(6), m(7), m(8)));
}

constexpr std::size_t durations = 9;

/// What a person, or time, can do next; false when nothing is left.
bool go_on(Driver& drive, unsigned choice) {
    for (const auto& step : drive.release.plan->steps) {
        if (drive.release.at(step.id).status == StepStatus::person) {
            const std::string why = std::holds_alternative<plan::Decide>(step.body)
                                        ? drive.submit(Decide{step.id, choice % 2 == 0 ? "x" : "y", ""})
                                        : drive.submit(Confirm{step.id, "", false, ""});
            RC_ASSERT(why.empty());
            return true;
        }
    }
    const auto next = next_tick(drive.release, drive.now);
    if (!next) {
        return false;
    }
    drive.now = *next;
    drive.tick();
    return true;
}

} // namespace

class ScheduleTest : public QObject {
    Q_OBJECT
private slots:
    void before_the_start_it_is_the_plan_on_the_clock() {
        const auto plan = std::make_shared<const plan::Plan>(
            plan::load(timed({30, 10, 5, 20, 15, 25, 10, 40, 60}), "p").plan.value());
        const auto line = planned_timeline(plan, {{"ramp", "true"}}, at("2026-01-06T11:00:00Z"));
        QCOMPARE(step_span(line, "a"), "11:00:00 to 11:10:00");
        QCOMPARE(step_span(line, "side"), "11:10:00 to 11:30:00"); // as long as the longest in it
        QCOMPARE(step_span(line, "b"), "11:10:00 to 11:15:00");
        QCOMPARE(step_span(line, "d"), "11:10:00 to 11:25:00");
        QCOMPARE(span(line.phases.at("before")), "11:00:00 to 11:30:00");
        // The window closes at noon and 65 minutes would not fit: the next day, at midnight.
        QCOMPARE(span(line.phases.at("switch")), "00:00:00 to 01:05:00");
        QCOMPARE(step_span(line, "g"), "00:05:00 to 00:15:00");
        QCOMPARE(step_span(line, "h"), "00:25:00 to 01:05:00"); // the choice that is the default
        QVERIFY(!line.steps.at("i").applies);
        QCOMPARE(path(line), "f h way");
        QCOMPARE(line.unplanned, std::size_t{1}); // e
        QCOMPARE(utc(line.way_back->latest).substr(0, 19), "2026-01-07T02:08:00");
        QVERIFY(!line.way_back->settled);
        QCOMPARE(line.phases.at("before").planned->count, minutes(30).count);
        QCOMPARE(line.phases.at("switch").planned->count, minutes(65).count);
    }

    void for_a_later_opening_it_waits_for_that() {
        const auto plan = std::make_shared<const plan::Plan>(
            plan::load(timed({30, 10, 5, 20, 15, 25, 10, 40, 60}), "p").plan.value());
        const auto line =
            planned_timeline(plan, {{"ramp", "true"}}, at("2026-01-06T11:00:00Z"), at("2026-01-09T00:00:00Z"));
        QCOMPARE(span(line.phases.at("before")), "11:00:00 to 11:30:00"); // nothing of it waits
        QCOMPARE(utc(*line.phases.at("switch").start).substr(0, 16), "2026-01-09T00:00");
        QCOMPARE(step_span(line, "g"), "00:05:00 to 00:15:00"); // T0 + 5m
        QCOMPARE(utc(*line.whole.end).substr(0, 16), "2026-01-09T01:05");
        // One that has gone by is the next.
        const auto late =
            planned_timeline(plan, {{"ramp", "true"}}, at("2026-01-06T11:00:00Z"), at("2026-01-06T00:00:00Z"));
        QCOMPARE(utc(*late.whole.end).substr(0, 16), "2026-01-07T01:05");
    }

    void what_happened_takes_the_place_of_what_was_planned() {
        Driver drive(timed({60, 10, 5, 20, 15, 25, 10, 40, 60}), {{"ramp", "true"}}, at("2026-01-06T02:00:00Z"));
        drive.pass(minutes(4));
        QCOMPARE(step_span(of(drive), "a"), "02:00:00 to 02:10:00"); // it may still take what was planned
        (void)drive.submit(Confirm{"a", "", false, ""});
        QCOMPARE(step_span(of(drive), "a"), "02:00:00 to 02:04:00");
        QCOMPARE(step_span(of(drive), "c"), "02:04:00 to 02:24:00");
        QCOMPARE(of(drive).ahead->count, 0); // e says nothing: the phase may take its hour
        drive.pass(minutes(30));
        QCOMPARE(step_span(of(drive), "d"), "02:04:00 to 02:34:00"); // 15 minutes are long over
        (void)drive.submit(Confirm{"d", "", false, ""});
        (void)drive.submit(Confirm{"e", "", false, ""});
        QCOMPARE(of(drive).ahead->count, minutes(26).count);
        QCOMPARE(span(of(drive).phases.at("switch")), "02:34:00 to 03:39:00");
        drive.pass(minutes(30));
        (void)drive.submit(Decide{"way", "x", ""});
        QCOMPARE(step_span(of(drive), "h"), "03:04:00 to 03:44:00");
        QCOMPARE(path(of(drive)), "a d e f h way");
        QVERIFY(of(drive).way_back->settled);
        QCOMPARE(utc(of(drive).way_back->ends).substr(11, 8), "04:49:00");
        QCOMPARE(utc(of(drive).way_back->latest).substr(11, 8), "04:42:00");
    }

    void the_rest_of_a_hold_is_what_it_has_not_held() {
        Driver drive = steps("      - {id: bake, hold: 1h, gates: [{metric: lag, must: '< 10'}]}\n");
        drive.pass(minutes(10));
        QCOMPARE(step_span(of(drive), "bake"), "08:00:00 to 09:10:00"); // nothing held yet
        drive.gate("bake", "lag", "pass");
        drive.pass(minutes(20));
        QCOMPARE(step_span(of(drive), "bake"), "08:00:00 to 09:10:00");
        drive.gate("bake", "lag", "no-data");
        drive.pass(minutes(5));
        QCOMPARE(step_span(of(drive), "bake"), "08:00:00 to 09:15:00"); // its clock stands
    }

    void what_only_waits_for_a_time_is_not_behind_and_hangs_on_what_it_counts_from() {
        Driver drive(plan_with(R"(phases:
  - {id: one, planned: 10m, steps: [{id: a, wait: 1m}, {id: b, wait: 2m}, {id: c, wait: 7m}]}
  - {id: two, planned: 5m, steps: [{id: d, wait: 5m, not-before: b + 2h}]}
)"));
        QCOMPARE(path(of(drive)), "a b d"); // c has time to spare
        drive.pass(hours(3));
        QVERIFY(drive.release.closed());
        QCOMPARE(span(of(drive).phases.at("two")), "08:10:00 to 10:08:00");
        QCOMPARE(of(drive).ahead->count, 0);
        QCOMPARE(path(of(drive)), "a b d");
    }

    void what_waits_for_a_time_within_its_phase_is_not_ahead_either() {
        Driver drive(plan_with(R"(phases:
  - {id: one, steps: [{id: a, wait: 1m}, {id: b, confirm: B, planned: 5m, not-before: a + 2h}]}
)"));
        QCOMPARE(span(of(drive).phases.at("one")), "08:00:00 to 10:06:00");
        QCOMPARE(of(drive).phases.at("one").planned->count, minutes(126).count);
        QCOMPARE(of(drive).ahead->count, 0);
        drive.pass(minutes(136));
        QCOMPARE(of(drive).ahead->count, -minutes(10).count);
    }

    void the_end_hangs_on_nothing_that_does_not_apply() {
        SessionOpened session;
        session.session = "s1";
        session.mode = "run";
        session.plan_source = plan_with(R"(variants: {quick: {omit: [soak, all]}}
phases:
  - {id: one, steps: [{id: ask, confirm: A}, {id: soak, wait: 3h}, {id: all, group: [{id: part, wait: 1h}]},
     {id: late, confirm: L, not-before: soak + 1h}, {id: maybe, wait: 5h, when: {not: {is: '${ramp}'}}}, {id: last, wait: 1m}]}
)");
        session.variables = {{"ramp", "true"}};
        session.variant = "quick";
        Driver drive(session);
        QCOMPARE(path(of(drive)), "ask late last");
        QVERIFY(!of(drive).steps.at("soak").critical && !of(drive).steps.at("maybe").critical);
        QCOMPARE(step_span(of(drive), "last"), "08:00:00 to 08:01:00"); // and none of them takes its time
        session.variant.clear();
        QCOMPARE(path(of(Driver(session))), "ask soak part all late last");
    }

    void what_is_left_after_the_end_of_its_window_begins_when_that_opens_again() {
        const std::string bound =
            R"(calendar: {allow: [{days: [tue, wed], from: '02:00', to: '02:30'}], when-window-ends: pause}
phases:
  - id: one
    window: true
    steps:
      - {id: a, confirm: A, planned: 5m}
      - {id: b, wait: 5m}
  - {id: two, window: true, steps: [{id: c, wait: 10m}]}
rollback: {within: 30m after b, options: {back: {planned: 5m, steps: [{id: undo, confirm: U}]}}}
)";
        Driver drive(plan_with(bound), {{"ramp", "true"}}, at("2026-01-06T02:00:00Z"));
        drive.pass(minutes(35));
        QVERIFY(drive.release.paused);
        (void)drive.submit(Confirm{"a", "", false, ""});
        drive.pass(minutes(3));
        const Schedule line = of(drive);
        QCOMPARE(utc(*line.steps.at("b").start).substr(0, 16), "2026-01-07T02:00");
        QCOMPARE(step_span(line, "b"), "02:00:00 to 02:05:00");
        QCOMPARE(utc(*line.phases.at("one").end).substr(0, 16), "2026-01-07T02:05");
        QCOMPARE(utc(*line.phases.at("two").start).substr(0, 16), "2026-01-07T02:05");
        QCOMPARE(utc(*line.whole.end).substr(0, 16), "2026-01-07T02:15");
        QCOMPARE(utc(line.way_back->latest).substr(0, 16), "2026-01-07T02:30");
        // a took 25 minutes longer than planned until the window ended; the night is not being behind.
        QCOMPARE(line.ahead->count, -minutes(25).count);
        drive.pass(hours(24));
        QVERIFY(drive.release.closed());
        QCOMPARE(utc(*of(drive).whole.end).substr(0, 16), "2026-01-07T02:15");
        QCOMPARE(of(drive).ahead->count, -minutes(25).count);
    }

    void a_wait_across_the_end_of_a_window_counts_once() {
        Driver drive(plan_with(R"(calendar: {allow: [{from: '02:00', to: '06:00'}], when-window-ends: pause}
phases:
  - id: one
    window: true
    steps: [{id: a, confirm: A, planned: 5m}, {id: b, confirm: B, planned: 5m, not-before: a + 3h}]
)"),
                     {{"ramp", "true"}}, at("2026-01-06T02:00:00Z"));
        drive.pass(minutes(225));
        (void)drive.submit(Confirm{"a", "", false, ""});
        QCOMPARE(of(drive).ahead->count, -minutes(220).count);
        drive.pass(minutes(20)); // the window has ended, and b may not begin before 08:45
        QVERIFY(drive.release.paused);
        QCOMPARE(of(drive).ahead->count, -minutes(220).count);
        drive.pass(hours(20)); // at 02:00 it has gone on, and b asks
        (void)drive.submit(Confirm{"b", "", false, ""});
        QCOMPARE(utc(*of(drive).whole.end).substr(0, 16), "2026-01-07T02:05");
        QCOMPARE(of(drive).ahead->count, -minutes(220).count);
    }

    void a_hold_goes_on_when_its_window_opens_again() {
        Driver drive(
            plan_with(R"(calendar: {allow: [{days: [tue, wed], from: '02:00', to: '02:30'}], when-window-ends: pause}
phases:
  - {id: one, window: true, steps: [{id: bake, hold: {for: 30m}, gates: [{metric: lag, must: '< 10'}]}]}
)"),
            {{"ramp", "true"}}, at("2026-01-06T02:00:00Z"));
        drive.pass(minutes(10));
        drive.gate("bake", "lag", "pass");
        drive.pass(minutes(25));
        QVERIFY(drive.release.paused);
        QCOMPARE(drive.held("bake"), 1200.0);
        QCOMPARE(utc(*of(drive).steps.at("bake").end).substr(0, 16), "2026-01-07T02:10");
    }

    void without_an_end_it_says_why() {
        Driver drive(plan_with(R"(calendar: {deny: [{}]}
phases:
  - {id: one, steps: [{id: a, confirm: A}]}
  - {id: two, window: true, steps: [{id: b, confirm: B}]}
)"));
        QVERIFY(!of(drive).whole.end);
        QCOMPARE(of(drive).unknown, "denied: always");
        QCOMPARE(span(of(drive).phases.at("two")), "? to ?");
        (void)drive.submit(Abort{"no use"});
        QCOMPARE(of(drive).unknown, "aborted");
    }

    void a_rollback_has_an_end_of_its_own() {
        Driver drive(timed({60, 10, 5, 20, 15, 25, 10, 40, 60}), {{"ramp", "true"}}, at("2026-01-06T02:00:00Z"));
        drive.pass(minutes(5));
        QCOMPARE(drive.submit(RollBack{"", "", "enough"}), "");
        drive.pass(minutes(2));
        QCOMPARE(span(of(drive).whole), "02:05:00 to 02:12:00");
        QCOMPARE(path(of(drive)), "back/undo");
        drive.pass(minutes(9));
        QCOMPARE(span(of(drive).whole), "02:05:00 to 02:16:00");
        QCOMPARE(of(drive).ahead->count, -minutes(4).count);
        (void)drive.submit(Confirm{"back/undo", "", false, ""});
        drive.pass(hours(1));
        QCOMPARE(span(of(drive).whole), "02:05:00 to 02:16:00");
        QVERIFY(of(drive).whole.over);
    }

    void an_estimate_is_never_before_now_and_ends_at_what_came_true() {
        QVERIFY(rc::check([] {
            std::vector<int> lengths;
            for (std::size_t i = 0; i < durations; ++i) {
                lengths.push_back(*rc::gen::inRange(1, 90));
            }
            Driver drive(timed(lengths), {{"ramp", "true"}}, at("2026-01-06T02:00:00Z"));
            for (int i = 0; i < 60 && !drive.release.closed(); ++i) {
                drive.now += minutes(*rc::gen::inRange(0, 20));
                drive.tick();
                const Schedule schedule = of(drive);
                RC_ASSERT(schedule.unknown.empty());
                RC_ASSERT(schedule.whole.end.has_value());
                RC_ASSERT(schedule.whole.over || *schedule.whole.end >= drive.now);
                for (const auto& [id, line] : schedule.steps) {
                    const StepState& state = drive.release.at(id);
                    RC_ASSERT(*line.end >= *line.start);
                    RC_ASSERT(!over(state.status) || state.attempt == 0 ||
                              (*line.start == state.started && *line.end == state.ended));
                    RC_ASSERT(over(state.status) || !line.applies || *line.end >= drive.now);
                }
                for (const auto& step : drive.release.plan->steps) { // nothing begins before what it needs has ended
                    for (const auto& need : step.needs) {
                        RC_ASSERT(drive.release.at(step.id).attempt > 0 ||
                                  *schedule.steps.at(step.id).start >= *schedule.steps.at(need).end ||
                                  over(drive.release.at(step.id).status));
                    }
                }
                if (!go_on(drive, static_cast<unsigned>(i))) {
                    break;
                }
            }
            RC_ASSERT(of(drive).whole.over);
            drive.pass(hours(3)); // kept open for the way back
            RC_ASSERT(drive.release.closed());
            RC_ASSERT(*of(drive).whole.end == drive.release.phases.at("switch").ended);
            RC_ASSERT(of(drive).unplanned == 0U);
        }));
    }

    void more_planned_time_never_brings_the_end_nearer() {
        QVERIFY(rc::check([] {
            std::vector<int> lengths;
            for (std::size_t i = 0; i < durations; ++i) {
                lengths.push_back(*rc::gen::inRange(1, 90));
            }
            const auto end = [](const std::vector<int>& of_steps) {
                const auto plan = std::make_shared<const plan::Plan>(plan::load(timed(of_steps), "p").plan.value());
                return *planned_timeline(plan, {{"ramp", "true"}}, at("2026-01-06T02:00:00Z")).whole.end;
            };
            auto longer = lengths;
            longer[*rc::gen::inRange<std::size_t>(0, durations)] += *rc::gen::inRange(1, 60);
            RC_ASSERT(end(longer) >= end(lengths));
        }));
    }

    void the_steps_that_decide_the_end_do_so() {
        // Each minute that one of them is longer is a minute more at the end.
        const std::vector<int> lengths{1, 10, 5, 20, 15, 25, 10, 40, 60};
        const auto timeline = [](const std::vector<int>& of_steps) {
            const auto plan = std::make_shared<const plan::Plan>(plan::load(timed(of_steps), "p").plan.value());
            return planned_timeline(plan, {{"ramp", "true"}}, at("2026-01-06T02:00:00Z"));
        };
        const auto planned = timeline(lengths);
        QCOMPARE(path(planned), "a c side f h way");
        const std::vector<std::string> names{"", "a", "b", "c", "d", "f", "g", "h", "i"};
        for (std::size_t i = 1; i < durations; ++i) {
            auto longer = lengths;
            ++longer[i];
            const bool later = *timeline(longer).whole.end > *planned.whole.end;
            QVERIFY2(later == planned.steps.at(names[i]).critical, names[i].c_str());
        }
    }
};

SLUICE_TEST(ScheduleTest)
#include "schedule_test.moc"
