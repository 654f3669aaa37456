/// The plan's own alerts: when they fire, whom they tell, and what ends them.
#include "driver.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using sluice::release::drill::Driver;
using sluice::release::drill::plan_with;

namespace {

Driver alerting(const std::string& more) {
    std::string plan = plan_with(R"(channels:
  pager: {on: web, path: /page, idempotent: true}
  room: {on: web, path: /room}
alerts: [{id: slow, metric: lag, must: '> 100', for: 1m, to: [pager, room], until: two)" +
                                 more + R"(}]
phases:
  - id: main
    steps:
      - {id: one, confirm: One}
      - {id: two, confirm: Two}
)");
    const std::string cluster = "  cluster: {kubernetes";
    plan.insert(plan.find(cluster), "  web: {http: {url: 'http://chat:80'}}\n");
    return Driver(plan);
}

void read(Driver& drive, const std::string& truth) {
    QCOMPARE(drive.submit(AlertReading{"slow", "", truth, "200", "lag 200 is > 100", nullptr}, drill::engine), "");
}

QString state(const Driver& drive) {
    const auto found = drive.release.alerts.find("slow");
    return found == drive.release.alerts.end() ? "none" : QString::fromStdString(found->second.state);
}

void fire(Driver& drive) {
    read(drive, "yes");
    drive.pass(minutes(1));
    read(drive, "yes");
}

void deliver(Driver& drive, const std::string& channel, bool delivered, bool perhaps = false) {
    const auto sent = drive.release.alerts.at("slow").routes.at(channel);
    const char* why = delivered ? "" : perhaps ? "no answer" : "refused";
    QCOMPARE(drive.submit(AlertDelivery{"slow", "", channel, sent.key, delivered, why, perhaps}, drill::engine), "");
}

} // namespace

class AlertTest : public QObject {
    Q_OBJECT
private slots:
    void readings_lead_from_state_to_state_data() {
        QTest::addColumn<QString>("more");
        QTest::addColumn<QString>("readings"); // TRUTH or a number of seconds that pass
        QTest::addColumn<QString>("end");
        QTest::newRow("nothing") << ""
                                 << "no"
                                 << "none";
        QTest::newRow("true") << ""
                              << "yes"
                              << "pending";
        QTest::newRow("not yet") << ""
                                 << "yes 59 yes"
                                 << "pending";
        QTest::newRow("long enough") << ""
                                     << "yes 60 yes"
                                     << "firing";
        QTest::newRow("over before it fired") << ""
                                              << "yes 30 no"
                                              << "inactive";
        QTest::newRow("anew") << ""
                              << "yes 30 no yes 30 yes"
                              << "pending";
        QTest::newRow("over") << ""
                              << "yes 60 yes no"
                              << "resolved";
        QTest::newRow("no data does not fire") << ""
                                               << "yes 30 no-data 60 no-data"
                                               << "inactive";
        QTest::newRow("no data does not resolve") << ""
                                                  << "yes 60 yes no-data 600 no-data"
                                                  << "firing";
        QTest::newRow("nor does a source error") << ""
                                                 << "yes 60 yes source-error"
                                                 << "firing";
        QTest::newRow("a source error freezes") << ""
                                                << "yes 40 source-error 600 yes 19 yes"
                                                << "pending";
        QTest::newRow("and what was before counts") << ""
                                                    << "yes 40 source-error 600 yes 20 yes"
                                                    << "firing";
        QTest::newRow("absent") << ", absent: 5m"
                                << "no-data 299 no-data"
                                << "pending";
        QTest::newRow("absent for long") << ", absent: 5m"
                                         << "no-data 300 no-data"
                                         << "firing";
        QTest::newRow("an absence begins anew") << ", absent: 5m"
                                                << "yes 50 no-data 60 no-data"
                                                << "pending";
        QTest::newRow("there again") << ", absent: 5m"
                                     << "no-data 300 no-data no"
                                     << "resolved";
        QTest::newRow("no answer is no absence") << ", absent: 5m"
                                                 << "source-error 900 source-error"
                                                 << "none";
    }
    void readings_lead_from_state_to_state() {
        QFETCH(QString, more);
        QFETCH(QString, readings);
        QFETCH(QString, end);
        Driver drive = alerting(more.toStdString());
        for (const QString& word : readings.split(' ')) {
            if (const int length = word.toInt(); length > 0) {
                drive.pass(seconds(length));
            } else {
                read(drive, word.toStdString());
            }
        }
        QCOMPARE(state(drive), end);
    }

    void each_channel_is_told_once() {
        Driver drive = alerting("");
        fire(drive);
        QCOMPARE(drive.all<AlertSent>().size(), std::size_t(2));
        deliver(drive, "pager", true);
        deliver(drive, "room", true);
        read(drive, "yes");
        drive.pass(hours(5));
        QCOMPARE(drive.all<AlertSent>().size(), std::size_t(2));
    }

    void only_who_knows_a_message_again_is_told_again_after_a_failure() {
        Driver drive = alerting("");
        fire(drive);
        for (int i = 0; i < 3; ++i) {
            deliver(drive, "pager", false);
            drive.pass(minutes(1));
        }
        deliver(drive, "room", false);
        drive.pass(minutes(10));
        const auto sent = drive.all<AlertSent>();
        QCOMPARE(sent.size(), std::size_t(4)); // three to the pager, one to the room
        QCOMPARE(sent.back().channel, "pager");
        QCOMPARE(sent.back().attempt, 3);
        QCOMPARE(sent.back().key, sent.front().key);
        QVERIFY(!drive.release.alerts.at("slow").routes.at("room").delivered);
    }

    void it_repeats_until_a_person_has_seen_it() {
        Driver drive = alerting(", repeat: 10m");
        fire(drive);
        deliver(drive, "pager", true);
        drive.pass(minutes(10));
        QCOMPARE(drive.all<AlertSent>().size(), std::size_t(3));
        deliver(drive, "pager", true);
        QCOMPARE(drive.submit(Acknowledge{"slow", ""}), "this needs a reason");
        QCOMPARE(drive.submit(Acknowledge{"slow", "I look at it"}), "");
        QCOMPARE(drive.submit(Acknowledge{"slow", "again"}), "'slow' does not fire, or is acknowledged");
        drive.pass(hours(1));
        QCOMPARE(drive.all<AlertSent>().size(), std::size_t(3));
        read(drive, "no");
        fire(drive);
        QCOMPARE(drive.all<AlertSent>().size(), std::size_t(6)); // its end, and another firing: nobody has seen that
    }

    void who_heard_that_it_fires_is_told_when_it_has_resolved_data() {
        QTest::addColumn<QString>("more");
        QTest::addColumn<QString>("what"); // happens after it began to fire
        QTest::addColumn<QString>("told"); // then, by channel and attempt
        const auto row = [](const char* name, const char* more, const char* what, const char* told) {
            QTest::newRow(name) << more << what << told;
        };
        row("both heard", "", "pager+ room+ no", "pager1 room1");
        row("one did not", "", "pager+ room- no", "pager1");
        row("the answer of one was lost", "", "pager+ room? no", "pager1 room1");
        row("the answer of its end was lost", "", "pager+ room+ no pager? room? wait", "pager1 room1 pager2");
        row("the program ended before the answer", "", "pager+ resume no", "pager1 room1");
        row("nobody has looked since the program ended", "", "pager+ no resume wait", "pager1");
        row("it is over still, as is seen then", "", "pager+ no resume wait no", "pager1 pager2 room1");
        row("it is true again by then", "", "pager+ no resume yes wait no-data", "pager1");
        row("it was true again and is over", "", "pager+ no resume yes no wait", "pager1 room1 pager2");
        row("what can't be read is no all-clear", "", "pager+ no resume source-error no-data wait", "pager1");
        row("nobody looks any more", "", "pager+ no resume confirm wait", "pager1 room1 pager2");
        row("it is not to be told", ", send-resolved: false", "pager+ room+ no", "");
        row("it fires still", "", "pager+ room+ yes", "");
        row("seen by a person", "", "pager+ room+ ack no", "pager1 room1");
        row("the answer comes after the end", "", "pager+ no room+ wait", "pager1 room1");
        row("it comes as not told", "", "pager+ no room- wait", "pager1");
        row("once", "", "pager+ room+ no pager+ room+ wait", "pager1 room1");
        row("who knows a message again is told again", "", "pager+ room+ no pager- room- wait", "pager1 room1 pager2");
        row("pending again before the end was told", "", "pager+ no yes room+ wait", "pager1 room1");
        row("not watched any more", "", "pager+ room+ confirm", "pager1 room1");
    }
    void who_heard_that_it_fires_is_told_when_it_has_resolved() {
        QFETCH(QString, more);
        QFETCH(QString, what);
        QFETCH(QString, told);
        Driver drive = alerting(more.toStdString());
        fire(drive);
        for (const QString& word : what.split(' ')) {
            if (word.endsWith('+') || word.endsWith('-') || word.endsWith('?')) {
                deliver(drive, word.chopped(1).toStdString(), word.endsWith('+'), word.endsWith('?'));
            } else if (word == "resume") {
                QCOMPARE(drive.submit(Resume{drill::lead}), "");
            } else if (word == "ack") {
                QCOMPARE(drive.submit(Acknowledge{"slow", "I look at it"}), "");
            } else if (word == "confirm") {
                QCOMPARE(drive.submit(Confirm{"one", "", false, ""}), "");
                drive.pass(seconds(1));
            } else if (word == "wait") {
                drive.pass(seconds(30));
            } else {
                read(drive, word.toStdString());
            }
        }
        QStringList ends;
        for (const auto& sent : drive.all<AlertSent>()) {
            if (sent.resolved) {
                ends << QString::fromStdString(sent.channel) + QString::number(sent.attempt);
            }
        }
        QCOMPARE(ends.join(" "), told);
        QCOMPARE(describe(AlertSent{"slow", "", "room", "k", 1, true}),
                 "room is being told that alert slow has resolved");
        QCOMPARE(describe(AlertTold{"slow", "", "room", false, "refused", true}),
                 "NOT told room that alert slow has resolved: refused");
        QCOMPARE(describe(AlertTold{"slow", "", "room", false, "no answer", false, true}),
                 "Perhaps told room of alert slow: no answer");
    }

    void an_amended_one_begins_anew_and_nobody_hears_an_all_clear() {
        Driver drive = alerting("");
        fire(drive);
        deliver(drive, "pager", true);
        std::string text = drive.release.plan->source;
        QCOMPARE(drive.submit(Amend{text.replace(text.find("> 100"), 5, "> 150"), "too low"}), "");
        QCOMPARE(state(drive), "inactive");
        drive.pass(seconds(30));
        read(drive, "no");
        drive.pass(seconds(30));
        const auto sent = drive.all<AlertSent>();
        QVERIFY(std::none_of(sent.begin(), sent.end(), [](const auto& one) { return one.resolved; }));
        QVERIFY(drive.release.alerts.at("slow").routes.empty());
        QCOMPARE(drill::replayed(drive.log), drill::state_text(drive.release));
    }

    void an_answer_to_an_earlier_message_says_nothing_of_this_one() {
        Driver drive = alerting("");
        fire(drive);
        const std::string old = drive.release.alerts.at("slow").routes.at("room").key;
        read(drive, "no");
        fire(drive);
        QCOMPARE(drive.submit(AlertDelivery{"slow", "", "room", old, true, ""}, drill::engine), "");
        QVERIFY(drive.release.alerts.at("slow").routes.at("room").in_flight);
    }

    void what_was_on_its_way_when_the_program_ended_may_have_come() {
        Driver drive = alerting("");
        fire(drive);
        QCOMPARE(drive.submit(Resume{drill::lead}), "");
        drive.pass(minutes(1));
        const auto sent = drive.all<AlertSent>();
        QCOMPARE(sent.size(), std::size_t(3)); // the pager, which knows it again
        QCOMPARE(sent.back().channel, "pager");
        QVERIFY(!drive.release.alerts.at("slow").routes.at("room").in_flight);
    }

    void after_an_hour_away_it_is_counted_from_what_is_seen_then() {
        for (const bool long_ago : {false, true}) {
            Driver drive = alerting("");
            read(drive, "yes");
            drive.pass(seconds(58));
            QCOMPARE(drive.submit(Note{"still here", ""}), ""); // the last that is known of that life
            drive.now = drive.now + (long_ago ? hours(6) : minutes(5));
            QCOMPARE(drive.submit(Resume{drill::lead}), "");
            read(drive, "yes");
            drive.pass(seconds(9));
            read(drive, "yes");
            QCOMPARE(state(drive), "pending"); // at least ten seconds are left
            drive.pass(seconds(long_ago ? 50 : 1));
            read(drive, "yes");
            QCOMPARE(state(drive), long_ago ? "pending" : "firing");
            drive.pass(seconds(1));
            read(drive, "yes");
            QCOMPARE(state(drive), "firing");
        }
    }

    void what_an_amendment_changes_of_it_begins_anew() {
        for (const bool fires : {false, true}) {
            Driver drive = alerting("");
            std::string plan = drive.release.opened.plan_source;
            fire(drive);
            if (!fires) {
                read(drive, "no");
                read(drive, "yes");
                drive.pass(seconds(50));
            }
            plan.replace(plan.find("> 100"), 5, "> 150");
            QCOMPARE(drive.submit(Amend{plan, "less noise"}), "");
            QCOMPARE(state(drive), "inactive"); // no end is told: whether it has ended nobody knows
            read(drive, "yes");
            drive.pass(seconds(20));
            read(drive, "yes");
            QCOMPARE(state(drive), "pending");
        }
        Driver drive = alerting("");
        std::string plan = drive.release.opened.plan_source;
        fire(drive);
        plan.replace(plan.find("Two}"), 4, "2nd}");
        QCOMPARE(drive.submit(Amend{plan, "a word"}), "");
        QCOMPARE(state(drive), "firing"); // nothing of it has changed
    }

    void a_closed_session_awaits_no_answer_of_a_channel() {
        Driver drive = alerting("");
        fire(drive);
        const auto sent = drive.release.alerts.at("slow").routes.at("room");
        QCOMPARE(drive.submit(Abort{"enough"}), "");
        drive.pass(minutes(1));
        QVERIFY(drive.release.closed());
        QVERIFY(!drive.release.alerts.at("slow").routes.at("room").in_flight);
        const auto events = drive.log.size();
        (void)drive.submit(AlertDelivery{"slow", "", "room", sent.key, true, ""}, drill::engine);
        QCOMPARE(drive.log.size(), events);
    }

    void it_ends_with_its_time() {
        Driver drive = alerting("");
        fire(drive);
        QCOMPARE(drive.submit(Confirm{"one", "", false, ""}), "");
        QCOMPARE(state(drive), "resolved"); // the next step has begun
        read(drive, "yes");
        QCOMPARE(state(drive), "resolved");
    }
};

SLUICE_TEST(AlertTest)
#include "alert_test.moc"
