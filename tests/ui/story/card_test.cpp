#include "card_facts.h"
#include "story/card.h"
#include "story/metric_view.h"
#include "story/owned_source.h"
#include "support/nova_plan.h"
#include "support/small_session.h"
#include "support/suite.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace sluice;
using namespace sluice::story;
using testing::fact;

namespace {

/// "Advance to 50 %! | Pause | -Skip…": `!` the primary one, `-` those that can't be done now, in menus too.
QString offered(const CardView& card) {
    QStringList all;
    for (const auto& offer : card.offers) {
        all << (offer.why_not.isEmpty() ? "" : "-") + offer.label + (offer.look == Offer::Look::primary ? "!" : "");
    }
    return all.join(" | ");
}

QString mark_text(Mark mark) {
    static const char* const names[] = {"holds",  "close",   "breached", "no data", "source error",
                                        "paused", "to come", "running",  "skipped"};
    return names[static_cast<int>(mark)];
}

/// All that is printed, for what must not be there.
QString all_texts(const CardView& card) {
    QStringList all{card.title, card.state, card.situation, card.text, card.command, card.output, card.by_hand};
    for (const auto& row : card.gates) {
        all << row.title << row.now << row.why;
    }
    for (const auto& row : card.changes) {
        all << row.object << row.where << row.before << row.after;
    }
    for (const auto& row : card.facts) {
        all << row.text;
    }
    for (const auto& row : card.checks) {
        all << row.wanted << row.found;
    }
    for (const auto& row : card.parts) {
        all << row.title << row.result;
    }
    return all.join('\n');
}

} // namespace

class CardTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;

private slots:
    void each_state_says_what_it_is_and_what_can_be_done_data() {
        QTest::addColumn<QString>("title");
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("situation");
        QTest::addColumn<QString>("offers");
        const auto row = [](const char* name, const char* title, const char* state, const char* situation,
                            const char* offers) { QTest::newRow(name) << title << state << situation << offers; };
        row("hold running", "Bake at 25 %", "running running", "12:02 of 60:00 held together · deadline in 1 h 47 m",
            "-Advance to 50 %! | Pause | Override… | Add note | Abort release…");
        row("hold paused", "Bake at 25 %", "paused paused 0:38",
            "12:02 of 60:00 held together · a gate has no answer, so the hold clock stands still",
            "-Advance to 50 %! | Pause | Override… | Add note | Abort release…");
        row("hold breached", "Bake at 25 %", "paused paused 0:07",
            "12:02 of 60:00 held together · a gate is breached, so the hold clock stands still",
            "-Advance to 50 %! | Pause | Override… | Add note | Abort release…");
        row("hold held", "Bake at 25 %", "holds held", "20:00 of 20:00 held together · a person advances",
            "Advance! | Skip… | Pause | Add note | Abort release…");
        row("paused", "Bake at 25 %", "paused paused 1:05",
            "12:02 of 60:00 held together · the release is paused, so the hold clock stands still",
            "Continue! | -Advance to 50 % | Override… | Add note | Abort release…");
        row("confirm", "Stakeholders are told", "running needs a person", "",
            "Confirm…! | Refuse… | Skip… | Pause | Add note | Abort release…");
        row("plain confirm", "The team is told", "running needs a person", "",
            "Confirm! | Refuse… | -Skip… | Pause | Add note | Abort release…");
        row("approve", "Go / no-go: canary", "running needs a person", "1 of 2 approved · missing: SRE",
            "Approve! | Attest another's approval… | Refuse… | Skip… | Pause | Add note | Abort release…");
        row("decide", "Can green be put right?", "running needs a person", "",
            "No: all traffic to blue! | Yes: stay and investigate | Skip… | Pause | Add note | Abort release…");
        row("run", "Run database migration", "running running", "for 0:12",
            "Stop… | Pause | Add note | Abort release…");
        row("triage", "Run database migration", "breached failed", "08:00:03, 25 s ago · a person chooses",
            "Retry! | Skip… | Roll back… | Abort release… | Pause | Add note");
        row("triage required", "Act", "breached failed", "08:00:00, now · a person chooses",
            "Retry! | -Skip… | Roll back… | Abort release… | Pause | Add note");
        row("in doubt", "Run database migration", "no data outcome unknown",
            "started 08:00:00 · then this program ended without its result",
            "It happened… | It did not, run again…! | Skip… | Abort release… | Add note");
        row("rollback", "Rolling back to blue", "running complaints in the support channel", "by a.lead, 08:00:00",
            "Show commands to do it by hand | Add note");
        row("shift", "Shift 25 % to green", "running running", "for 0:01", "Pause | Add note | Abort release…");
        row("probe", "Snapshot available", "running running", "for 1:00",
            "Stop… | Pause | Override… | Add note | Abort release…");
        row("wait", "Let caches warm", "running running", "until 08:10:00 UTC, another 6:00",
            "Pause | Override… | Add note | Abort release…");
        row("not before", "Retire blue", "paused waits", "until 10:00:00 UTC, another 90:00",
            "Skip… | Pause | Add note | Abort release…");
        row("group", "Pods run", "running needs a person", "",
            "Confirm! | Refuse… | Skip… | Pause | Add note | Abort release…");
        row("external", "The vault is open", "running needs a person", "",
            "Confirm…! | Refuse… | Skip… | Pause | Add note | Abort release…");
        row("read back", "The vault is open", "running running", "for 0:02", "Pause | Add note | Abort release…");
        row("message", "Tell everybody", "breached failed", "08:00:00, now · a person chooses",
            "Retry! | -Skip… | Roll back… | Abort release… | Pause | Add note");
        row("flag", "The new basket", "running running", "for 0:00", "Pause | Add note | Abort release…");
        row("offsets", "Billing reads again", "running running", "for 0:00", "Pause | Add note | Abort release…");
        row("severe", "Go on", "running needs a person", "",
            "Confirm! | Refuse… | Skip… | Roll back: Switch back to blue… | Pause | Add note | Declare severity… | "
            "Abort "
            "release…");
        row("proposed", "Go on", "running needs a person", "",
            "Confirm! | Refuse… | Skip… | Roll back: Switch back to blue… | Decline… | Pause | Add note | Abort "
            "release…");
        row("kept open", "Nova Streaming v1.2.4", "holds released",
            "the way back stays open until 10:00:00 UTC, another 90:00", "Roll back… | Close now… | Add note");
        row("stopping", "Run database migration", "running running", "for 0:14",
            "-Stop… | Pause | Add note | Abort release…");
        row("done", "Nova Streaming v1.2.4", "holds done", "closed 08:03:00 UTC", "");
    }
    void each_state_says_what_it_is_and_what_can_be_done() {
        QFETCH(QString, title);
        QFETCH(QString, state);
        QFETCH(QString, situation);
        QFETCH(QString, offers);
        const auto session = testing::make_small(QTest::currentDataTag());
        const CardView card = present_card(session->moment());
        QCOMPARE(card.title, title);
        QCOMPARE(mark_text(card.mark) + " " + card.state, state);
        QCOMPARE(card.situation, situation);
        QCOMPARE(offered(card), offers);
        QVERIFY(present_card(session->moment()) == card); // nothing of it depends on when it is asked
    }

    void each_kind_and_attribute_says_what_it_is_about_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("wanted");
        const auto row = [](const char* session, const char* name, const char* wanted) {
            QTest::addRow("%s, %s", session, name) << QString(name) << QString(wanted);
        };
        row("external", "command", "vault operator unseal --target v1.2.4");
        row("external", "text", "Three of five keys were given");
        row("external", "Then", "it is read back before the plan goes on");
        row("external", "Escalated", "to product owner");
        row("read back", "Evidence", "ticket 42");
        row("message", "text", "Nova moves to v1.2.4.");
        row("message", "Tells", "ops (Who is on call), all");
        row("message", "What failed", "all: status 500");
        row("flag", "change", "configmaps/config: off → on");
        row("offsets", "change", "billing: 1200 → 0");
        row("offsets", "Writes", "events: group billing");
        row("shell", "command", "dump \"$FROM\" | load \"$TO\"");
        row("shell", "Shell", "this text is run by a shell, as it stands");
        row("shell", "Clean-up", "runs after an abort or a rollback too");
        row("overdue", "Overdue", "since 10:00:00 UTC");
        row("overdue", "Stands for", "1 d; then it is asked for again, if what needs it has not started");
        row("asked again", "Asked again", "what lena said at 08:00:00 UTC has grown old");
        row("asked again", "Evidence", "required: it is asked for with the answer"); // the old one is none
        row("following up", "Released", "08:00:00 UTC; what is left is follow-up work");
        row("severe", "Severity", "Users can't work, since 08:00:00 UTC");
        row("severe", "What to do", "Back from v1.2.4");
        row("severe", "Proposed", "Switch back to blue");
        row("proposed", "Proposed", "Switch back to blue, since Error rate on green: 6.4 %, must be > 5%");
        row("proposed", "Without an answer", "it is rolled back at 08:10:00 UTC, in 4:00");
        row("kept open", "Then", "the session closes as done; triggers look on until then");
        row("stopping", "Being ended", "stopped by a.lead: it waits for a lock");
    }
    void each_kind_and_attribute_says_what_it_is_about() {
        QFETCH(QString, name);
        QFETCH(QString, wanted);
        const auto session = testing::make_small(QString(QTest::currentDataTag()).section(", ", 0, 0).toStdString());
        const CardView card = present_card(session->moment());
        QString said = name == "command" ? card.command : name == "text" ? card.text : fact(card, name);
        if (name == "change" && !card.changes.empty()) {
            said = card.changes[0].object + ": " + card.changes[0].before + " → " + card.changes[0].after;
        }
        QCOMPARE(said, wanted);
    }

    void what_the_severity_proposes_is_one_deed_and_asks_for_its_reason() {
        const auto session = testing::make_small("severe");
        const auto card = present_card(session->moment());
        const auto offer = std::find_if(card.offers.begin(), card.offers.end(),
                                        [](const auto& one) { return one.deed == Deed::roll_back_proposed; });
        QVERIFY(offer != card.offers.end());
        QVERIFY(offer->asks == Asks::reason && offer->look == Offer::Look::danger && !offer->aside);
        QVERIFY2(offer->tip.contains("Its readiness is not proven"), qPrintable(offer->tip));
        const auto command = command_of(card, *offer, {"they can't work", ""});
        QCOMPARE(std::get<release::RollBack>(*command).option, "to-blue");
        QCOMPARE(session->drive.submit(*command, {"lena", "lead"}), "");
        QVERIFY(session->drive.release.rollback.active);
        QCOMPARE(fact(present_card(session->moment(), "severe"), "Proposed"), "");
    }

    void what_a_trigger_proposes_is_taken_or_declined() {
        for (const Deed deed : {Deed::roll_back_proposed, Deed::decline}) {
            const auto session = testing::make_small("proposed");
            const auto card = present_card(session->moment());
            const auto offer =
                std::find_if(card.offers.begin(), card.offers.end(), [&](const auto& one) { return one.deed == deed; });
            QVERIFY(offer != card.offers.end() && offer->asks == Asks::reason);
            const auto command = command_of(card, *offer, {"looked at", ""});
            QCOMPARE(session->drive.submit(*command, {"lena", "lead"}), "");
            QCOMPARE(session->drive.release.rollback.active, deed == Deed::roll_back_proposed);
            QCOMPARE(fact(present_card(session->moment(), "one"), "Proposed"), "");
        }
    }

    void a_session_that_is_kept_open_is_closed_by_hand() {
        const auto session = testing::make_small("kept open");
        const auto card = present_card(session->moment());
        const auto offer = std::find_if(card.offers.begin(), card.offers.end(),
                                        [](const auto& one) { return one.deed == Deed::close_way; });
        QVERIFY(offer != card.offers.end());
        QCOMPARE(session->drive.submit(*command_of(card, *offer, {"all is well", ""}), {"lena", "lead"}), "");
        QCOMPARE(session->drive.release.outcome, "done");
    }

    void a_wait_for_the_window_says_when_it_opens_and_how_to_go_on_sooner() {
        // The drive begins on a Monday at eight.
        testing::SmallSession session(R"(sluice: 1
id: small
variables: {ramp: {type: boolean, default: 'true'}, version: {type: string, default: v1}, token: {type: string, default: t}}
calendar: {allow: [{name: Nights, days: [tue], from: '22:00', to: '23:00', zone: UTC}]}
phases: [{id: one, steps: [{id: opening, title: The night, wait: {window: true}}]}]
)");
        session.drive.pass(minutes(30));
        const auto card = present_card(session.moment());
        QVERIFY2(fact(card, "The window").contains(QRegularExpression("^opens \\d{4}-\\d\\d-\\d\\d 22:00:00 UTC, in ")),
                 qPrintable(fact(card, "The window")));
        QVERIFY(fact(card, "Sooner").startsWith("Override goes on at once"));
        QVERIFY(offered(card).contains("Override…"));
        QCOMPARE(session.drive.submit(release::Override{"opening", "", "agreed with the desk"}, {"lena", "lead"}), "");
        QCOMPARE(fact(present_card(session.moment(), "opening"), "The window"), "");
    }

    void the_pause_of_an_ended_window_can_be_made_one_that_stays() {
        // The drive begins on a Monday at eight.
        testing::SmallSession session(R"(sluice: 1
id: small
variables: {ramp: {type: boolean, default: 'true'}, version: {type: string, default: v1}, token: {type: string, default: t}}
calendar: {allow: [{days: [mon], from: '08:00', to: '10:00', zone: UTC}], when-window-ends: pause}
phases: [{id: one, window: true, steps: [{id: go, confirm: Go}, {id: end, confirm: End}]}]
)");
        session.drive.pass(hours(3));
        QVERIFY(session.drive.release.paused);
        const auto card = present_card(session.moment());
        const auto offer = std::find_if(card.offers.begin(), card.offers.end(),
                                        [](const auto& one) { return one.deed == Deed::pause; });
        QVERIFY2(offer != card.offers.end(), qPrintable(offered(card)));
        QCOMPARE(session.drive.submit(*command_of(card, *offer, {}), {"lena", "lead"}), "");
        QVERIFY(!offered(present_card(session.moment())).contains("Pause"));
        session.drive.pass(hours(24 * 7)); // the window is open again
        QVERIFY(session.drive.release.paused);
    }

    void in_replay_nothing_is_offered() {
        for (const auto& name : testing::small_sessions()) {
            QVERIFY(present_card(testing::make_small(name)->moment(Mode::replay)).offers.empty());
        }
    }

    void of_what_nobody_runs_nothing_holds() {
        const auto session = testing::make_small("hold running");
        auto moment = session->moment();
        QVERIFY(present_card(moment).gates.front().mark == Mark::holds);
        moment.owned = false; // its program was killed
        const auto card = present_card(moment);
        QCOMPARE(card.state, "not running");
        QVERIFY(card.stands_still);
        for (const auto& gate : card.gates) {
            QVERIFY2(gate.mark == Mark::no_data, qPrintable(gate.title));
            QCOMPARE(gate.state, "nobody watches");
        }
        const auto& metric = moment.release.plan->metrics.front();
        QCOMPARE(present_metric(moment, metric).value, QString::fromUtf8("–"));
    }

    void a_gate_shows_its_value_limit_headroom_time_held_state_and_age() {
        const auto card = present_card(testing::make_small("hold paused")->moment());
        QCOMPARE(card.gates.size(), 5);
        const auto text = [&](int i) {
            const auto& row = card.gates[static_cast<std::size_t>(i)];
            return QStringList{row.title, row.now, row.limit, row.headroom, row.held, row.state, row.age}.join(" | ");
        };
        QCOMPARE(text(0), "Consumer lag, all groups | 1,612 | < 5,000 | 68 % | 12:40 | holds | 0.4 s");
        QCOMPARE(text(1), "Error rate | 0.26 % | < 1 % | 74 % | 12:40 | holds | 0.4 s");
        QCOMPARE(text(3), "Throughput | 92.4 k/s | > 90 k/s | 3 % | 12:40 | close | 0.4 s");
        QCOMPARE(text(4), "Database p95 query time | – | < 100 ms | – | – | source error 0:38 | 38 s");
        QCOMPARE(card.gates[4].why, "prometheus answered 503");
        QVERIFY(card.stands_still);
        QVERIFY(std::abs(*card.progress - 722.0 / 3600) < 1e-6);
    }

    void a_shadow_is_marked_and_nothing_comes_of_it() {
        testing::SmallSession session(R"(sluice: 1
id: small
variables: {ramp: {type: boolean, default: 'true'}, version: {type: string, default: v1}, token: {type: string, default: t}}
connections: {prom: {prometheus: {url: 'http://prom'}}}
metrics:
  lag: {from: prom, query: x, unit: messages}
  queue: {from: prom, query: y, unit: messages}
phases:
  - id: one
    steps:
      - id: bake
        hold: {for: 10m}
        gates: [{metric: lag, must: '< 10'}, {metric: queue, must: '< 10', shadow: true}]
      - {id: after, confirm: After, gates: [{metric: lag, must: '< 10', shadow: true}]}
)");
        const auto read = [&] {
            release::GateReading good, bad;
            good.gate = "lag";
            good.verdict = "pass";
            bad.gate = "queue";
            bad.verdict = "fail";
            (void)session.drive.submit(release::GateReadings{"bake", {good, bad}}, release::drill::engine);
        };
        read();
        session.drive.pass(minutes(1));
        const auto card = present_card(session.moment());
        QVERIFY(!card.stands_still);
        QCOMPARE(card.gates.size(), 2);
        QVERIFY(!card.gates[0].shadow);
        QVERIFY(card.gates[1].shadow);
        QVERIFY2(card.gates[1].state.startsWith("shadow, breached"), qPrintable(card.gates[1].state));
        const auto offer = std::find_if(card.offers.begin(), card.offers.end(),
                                        [](const Offer& one) { return one.deed == Deed::set_aside; });
        QVERIFY(offer != card.offers.end());
        QCOMPARE(offer->subjects.size(), 2); // the other gate, and the whole hold
        session.drive.pass(minutes(9));
        read();
        QCOMPARE(session.drive.status("after"), "awaiting a person");
        session.drive.gate("after", "lag", "fail");
        const auto next = present_card(session.moment());
        QCOMPARE(next.gates.size(), 1);
        QCOMPARE(next.gates[0].state, "shadow, breached as the step began");
        QVERIFY(next.gates[0].shadow);
    }

    void a_gate_tells_how_many_samples_it_lacks() {
        testing::SmallSession session(R"(sluice: 1
id: small
variables: {ramp: {type: boolean, default: 'true'}, version: {type: string, default: v1}, token: {type: string, default: t}}
connections: {prom: {prometheus: {url: 'http://prom'}}}
metrics: {lag: {from: prom, query: x, unit: messages}}
phases: [{id: one, steps: [{id: bake, hold: {for: 1m}, gates: [{metric: lag, must: '< 10', samples: 12}]}]}]
)");
        const auto read = [&](int seen) {
            auto one = testing::SmallSession::gate("lag", "pass");
            one.seen = seen;
            (void)session.drive.submit(release::GateReadings{"bake", {one}}, release::drill::engine);
            return present_card(session.moment());
        };
        QCOMPARE(read(1).gates[0].state, "holds, 1 of 12 samples");
        session.drive.pass(minutes(1));
        const auto card = read(7);
        QCOMPARE(card.gates[0].state, "7 of 12 samples");
        QVERIFY(card.stands_still);
        QVERIFY2(card.situation.endsWith("too few samples yet, so the hold clock stands still"),
                 qPrintable(card.situation));
    }

    void an_important_gate_shows_its_own_clock() {
        testing::SmallSession session(R"(sluice: 1
id: small
variables: {ramp: {type: boolean, default: 'true'}, version: {type: string, default: v1}, token: {type: string, default: t}}
connections: {prom: {prometheus: {url: 'http://prom'}}}
metrics: {lag: {from: prom, query: x, unit: messages}, queue: {from: prom, title: Queue, query: y, unit: messages}}
phases:
  - id: one
    steps:
      - id: bake
        hold: {for: 10m, deadline: 1h}
        gates: [{metric: lag, must: '< 10'}, {metric: queue, must: '< 10', tier: important, for: 5m}]
)");
        const auto read = [&](const std::string& queue) {
            (void)session.drive.submit(
                release::GateReadings{
                    "bake", {testing::SmallSession::gate("lag", "pass"), testing::SmallSession::gate("queue", queue)}},
                release::drill::engine);
            return present_card(session.moment());
        };
        read("pass");
        session.drive.pass(minutes(2));
        const auto good = present_card(session.moment());
        QVERIFY(!good.gates[0].important);
        QVERIFY(good.gates[1].important);
        QCOMPARE(good.gates[1].held, "2:00 of 5:00");
        QCOMPARE(good.gates[1].state, "important, holds");
        session.drive.pass(minutes(6));
        const auto bad = read("fail");
        QCOMPARE(bad.gates[1].held, "0:00 of 5:00");
        QVERIFY2(bad.gates[1].state.startsWith("important, breached"), qPrintable(bad.gates[1].state));
        QVERIFY(!bad.stands_still); // the hold's clock goes on
        QVERIFY2(!bad.situation.contains("waits for"), qPrintable(bad.situation));
        session.drive.pass(minutes(2));
        const auto late = read("pass");
        QVERIFY2(late.situation.startsWith("10:00 of 10:00 held together · waits for Queue · deadline in"),
                 qPrintable(late.situation));
        session.drive.pass(minutes(5));
        read("pass");
        QCOMPARE(session.drive.status("bake"), "passed");
    }

    void what_is_set_aside_is_the_gate_that_hinders_first() {
        const auto card = present_card(testing::make_small("hold breached")->moment());
        const auto offer = std::find_if(card.offers.begin(), card.offers.end(),
                                        [](const Offer& one) { return one.deed == Deed::set_aside; });
        QVERIFY(offer != card.offers.end() && offer->look == Offer::Look::danger);
        QCOMPARE(offer->subjects.front().id, "db");
        QCOMPARE(offer->subjects.back().id, "");
        QCOMPARE(offer->subjects.size(), 6);
    }

    void a_change_is_shown_as_before_and_after_and_secrets_never() {
        const auto session = testing::make_small("shift");
        const auto card = present_card(session->moment());
        QCOMPARE(card.command, "PATCH /apis/networking.k8s.io/v1/namespaces/shop/ingresses/canary?fieldManager=sluice\n"
                               "PATCH /api/v1/namespaces/shop/secrets/page");
        QVERIFY(std::find(card.changes.begin(), card.changes.end(),
                          ChangeRow{"ingresses/canary",
                                    "/metadata/annotations/nginx.ingress.kubernetes.io/canary-weight", "10", "25"}) !=
                card.changes.end());
        QVERIFY(std::find(card.changes.begin(), card.changes.end(),
                          ChangeRow{"split of edge", "green", "10 %", "25 %"}) != card.changes.end());
        QVERIFY(!all_texts(card).contains("aHVudGVyMg") && !all_texts(card).contains("b2xk"));
    }

    void a_run_shows_its_arguments_output_and_what_is_expected_of_it() {
        const auto runs = present_card(testing::make_small("run")->moment());
        QCOMPARE(runs.command, "alembic upgrade 4f2a91c");
        QVERIFY(runs.output.endsWith("add outbox index\n"));
        QCOMPARE(runs.checks.size(), 2);
        QVERIFY(runs.checks[0].mark == Mark::to_come);
        const auto failed = present_card(testing::make_small("triage")->moment());
        QCOMPARE(failed.checks[0].found, "exit 1, wanted 0");
        QVERIFY(failed.checks[0].mark == Mark::breached && failed.checks[1].mark == Mark::holds);
        QCOMPARE(fact(failed, "What failed"), "exit 1, must be 0");
    }

    void of_a_program_that_runs_it_says_for_how_long_and_its_pid() {
        const auto begun = present_card(testing::make_small("run")->moment()).situation;
        QVERIFY2(begun.startsWith("for ") && !begun.contains("pid"), qPrintable(begun));
        QCOMPARE(present_card(testing::make_small("run at work")->moment()).situation, begun + " · pid 48122");
    }

    void in_doubt_it_says_what_is_known_and_what_is_not() {
        const auto card = present_card(testing::make_small("in doubt")->moment());
        QCOMPARE(fact(card, "Its process"), "is gone (pid 48122, no exit record)");
        QCOMPARE(fact(card, "Read back now"), "alembic current → 88d0e13, one revision behind; read 3.0 s ago");
        QCOMPARE(fact(card, "Last output"), "INFO  Running upgrade 88d0e13 → 4f2a91c, add outbox index");
        QVERIFY(!fact(card, "If run a second time").isEmpty());
        for (std::size_t i = 0; i < 4; ++i) {
            QVERIFY(card.offers[i].asks == Asks::reason);
        }
    }

    void a_rollback_shows_its_actions_and_how_to_do_the_rest_by_hand() {
        const auto card = present_card(testing::make_small("rollback")->moment());
        QCOMPARE(card.parts.size(), 4);
        QVERIFY(card.parts[1].mark == Mark::holds && card.parts[3].mark == Mark::to_come);
        QCOMPARE(card.parts[1].result, "read back blue 100, green 0");
        QCOMPARE(card.parts[2].took, "0:07");
        QCOMPARE(*card.progress, 0.5);
        QVERIFY(card.by_hand.contains("4. Tell #releases") && card.by_hand.contains("tell releases"));
        QVERIFY(!card.by_hand.contains("Blue is ready"));
    }

    void what_is_typed_by_hand_finds_its_secrets_where_the_program_was_started() {
        testing::SmallSession session(release::drill::plan_with(R"(phases: [{id: a, steps: [{id: b, confirm: B}]}]
rollback: {options: {back: {title: Back, default: true,
                            steps: [{id: undo, run: [helm, x], environment: {T: 'file:tok'}, rehearse: {}}]}}}
)"));
        testing::SmallSession::must(session.drive.submit(release::RollBack{"", "", "it is slow"}));
        auto moment = session.moment();
        QVERIFY2(present_card(moment).by_hand.contains("$(cat tok)"), qPrintable(present_card(moment).by_hand));
        moment.started_in = "/the desk";
        const QString typed = present_card(moment).by_hand;
        QVERIFY2(typed.contains("$(cat '/the desk/tok')") && !typed.contains("where the program was started"),
                 qPrintable(typed));
    }

    void an_approval_says_why_it_is_not_yours_to_give_data() {
        QTest::addColumn<QString>("person");
        QTest::addColumn<QString>("role");
        QTest::addColumn<QString>("why");
        QTest::newRow("a role that is asked") << "r.sre"
                                              << "sre"
                                              << "";
        QTest::newRow("another role") << "a.lead"
                                      << "lead"
                                      << "You act as lead; this is for product owner, SRE";
        QTest::newRow("twice") << "p.owner"
                               << "product-owner"
                               << "You have approved already; another person must";
    }
    void an_approval_says_why_it_is_not_yours_to_give() {
        QFETCH(QString, person);
        QFETCH(QString, role);
        QFETCH(QString, why);
        const auto session = testing::make_small("approve");
        const auto card = present_card(session->moment(), {}, release::Actor{person.toStdString(), role.toStdString()});
        QCOMPARE(card.offers.front().why_not, why);
    }

    void a_selected_step_is_shown_even_if_another_one_runs() {
        const auto session = testing::make_small("hold running");
        const auto later = present_card(session->moment(), "to-50");
        QCOMPARE(later.title, "Shift 50 % to green");
        QCOMPARE(later.state, "to come");
        QCOMPARE(later.command, "shift edge: blue 50, green 50");
        const auto earlier = present_card(session->moment(), "green-ready");
        QCOMPARE(earlier.state, "passed");
        QCOMPARE(QString::fromStdString(current_step(session->drive.release)), "bake-25");
    }

    // What a button says beforehand is what the rules say when it is pressed.
    void what_is_offered_is_accepted_and_what_is_not_is_refused() {
        for (const auto& name : testing::small_sessions()) {
            const release::Actor by =
                name.starts_with("approve") ? release::Actor{"r.sre", "sre"} : release::Actor{"a.lead", "lead"};
            const auto seen = testing::make_small(name);
            const auto card = present_card(seen->moment(), {}, by);
            for (const auto& offer : card.offers) {
                const auto command = command_of(card, offer, testing::given_to(offer));
                if (!command) {
                    continue;
                }
                const auto fresh = testing::make_small(name);
                const std::string refusal = fresh->drive.submit(*command, by);
                QVERIFY2(refusal.empty() == offer.why_not.isEmpty(),
                         qPrintable(QString::fromStdString(name + ": ") + offer.label + ": " +
                                    QString::fromStdString(refusal)));
            }
        }
    }

    void a_whole_rehearsal_of_nova_can_be_shown_at_each_of_its_events() {
        const auto source = OwnedSource::rehearsal(testing::nova_options(folder_.path().toStdString()));
        Story story;
        connect(source.get(), &FeedSource::delivered, source.get(),
                [&](const DeliveryPtr& delivery) { story.take(*delivery); });
        QSignalSpy closed(source.get(), &FeedSource::closed);
        source->start();
        QVERIFY(closed.wait(120'000));
        QSet<QString> titles;
        int with_gates = 0, with_output = 0, with_changes = 0, with_people = 0;
        for (const auto& entry : story.entries()) {
            const CardView card = present_card(story.at(entry.event.time + milliseconds(1), Mode::live));
            titles.insert(card.title);
            with_gates += card.gates.empty() ? 0 : 1;
            with_output += card.output.isEmpty() ? 0 : 1;
            with_people += card.people.empty() ? 0 : 1;
            if (const auto* intent = std::get_if<release::Intent>(&entry.event.body)) {
                const CardView sent = present_card(story.latest(Mode::replay), intent->step);
                QVERIFY2(!sent.command.isEmpty(), qPrintable(sent.title));
                with_changes += sent.changes.empty() ? 0 : 1;
            }
            QVERIFY(!card.title.isEmpty() && !card.state.isEmpty());
            QVERIFY(!all_texts(card).contains("${"));
            const auto primary = std::count_if(card.offers.begin(), card.offers.end(),
                                               [](const Offer& offer) { return offer.look == Offer::Look::primary; });
            QVERIFY(primary <= 1);
            for (const auto& gate : card.gates) {
                QVERIFY(!gate.limit.isEmpty() && !gate.state.isEmpty());
            }
        }
        QVERIFY2(titles.size() > 40, qPrintable(QString::number(titles.size())));
        QVERIFY2(
            with_gates > 20 && with_output > 3 && with_changes > 3 && with_people > 0,
            qPrintable(
                QStringLiteral("%1 %2 %3 %4").arg(with_gates).arg(with_output).arg(with_changes).arg(with_people)));
        const CardView end = present_card(story.latest(Mode::replay));
        QCOMPARE(end.state, "done");
        QVERIFY(end.offers.empty());
    }
};

SLUICE_TEST(CardTest)
#include "card_test.moc"
