/// A gate that goes towards its limit, on the card, on the wall and in its news.
#include "story/card.h"
#include "story/metric_view.h"
#include "story/wall_news.h"
#include "story/wall_view.h"
#include "support/small_session.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::story;

namespace {

/// Throughput is close to its limit in this session; errors are what the test says.
std::unique_ptr<testing::SmallSession> told(Nanos breach_in, bool close, const std::string& verdict = "pass") {
    auto session = testing::make_small("hold running");
    release::GateReadings readings{"bake-25", {}};
    for (const char* id : {"lag", "errors", "p99", "throughput", "db"}) {
        auto gate = testing::SmallSession::gate(id, "pass", std::string(id) == "throughput");
        gate.limit = "> 90k";
        if (std::string(id) == "errors") {
            gate.verdict = verdict;
            gate.close = close;
            gate.limit = "< 1%";
            gate.why = "0.26 %, must be < 1%";
            gate.breach_in = breach_in;
        }
        readings.readings.push_back(gate);
    }
    testing::SmallSession::must(session->drive.submit(readings, release::drill::engine));
    return session;
}

QString last_news(const Moment& moment) {
    StepTitles titles(moment.release);
    for (std::size_t i = moment.entries.size(); i-- > 0;) {
        const auto& event = moment.entries[i].event;
        const auto* gate = std::get_if<release::GateChanged>(&event.body);
        if (gate && gate->gate == "errors") {
            return wall_news(moment.release, titles, event, moment.entries.first(i));
        }
    }
    return {};
}

} // namespace

class ForeseenTest : public QObject {
    Q_OBJECT
private slots:
    void a_gate_that_goes_to_its_limit_is_told_with_the_time_to_it_data() {
        QTest::addColumn<int>("breach_in"); // seconds; 0 = nothing is foreseen
        QTest::addColumn<bool>("close");
        QTest::addColumn<int>("later"); // seconds
        QTest::addColumn<bool>("warns");
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("news");
        QTest::newRow("rises") << 240 << false << 0 << true << "rising, at its limit in about 4 min"
                               << "Error rate rising, at its limit in about 4 min";
        QTest::newRow("close") << 170 << true << 0 << true << "close, breached in about 3 min"
                               << "Error rate close, breached in about 3 min";
        QTest::newRow("time goes by") << 240 << false << 120 << true << "rising, at its limit in about 2 min"
                                      << "Error rate rising, at its limit in about 4 min";
        QTest::newRow("it is there any moment") << 61 << true << 90 << true << "close, breached in less than a minute"
                                                << "Error rate close, breached in about 1 min";
        QTest::newRow("close, and stays so") << 0 << true << 0 << true << "close"
                                             << "Error rate close to its limit";
        QTest::newRow("too far off to be told") << 700 << false << 0 << false << "holds"
                                                << "";
    }
    void a_gate_that_goes_to_its_limit_is_told_with_the_time_to_it() {
        QFETCH(int, breach_in);
        QFETCH(bool, close);
        QFETCH(int, later);
        const auto session = told(seconds(breach_in), close);
        session->drive.pass(seconds(later));
        const Moment moment = session->moment();
        const auto card = present_card(moment);
        const GateRow& row = card.gates[1];
        QTEST(row.state, "words");
        QTEST(row.mark == Mark::close, "warns");
        QTEST(last_news(moment), "news");
        const bool foreseen = row.state.contains(" in ");
        const WallView wall = present_wall(moment);
        QCOMPARE(wall.banner, foreseen ? QString::fromUtf8("△ NEARS ITS LIMIT") : QString());
        QCOMPARE(wall.banner_why, foreseen ? "Error rate " + row.state : QString());
    }

    void a_gate_that_turned_back_is_news_too() {
        const auto session = told(minutes(4), false);
        session->drive.pass(minutes(2));
        auto gate = testing::SmallSession::gate("errors", "pass");
        testing::SmallSession::must(
            session->drive.submit(release::GateReadings{"bake-25", {gate}}, release::drill::engine));
        const Moment moment = session->moment();
        QCOMPARE(last_news(moment), "Error rate no longer goes to its limit");
        QCOMPARE(present_card(moment).gates[1].state, "holds");
        QCOMPARE(present_wall(moment).banner, "");
    }

    void what_was_foreseen_of_a_gate_that_is_breached_is_over() {
        const auto session = told(minutes(4), false);
        session->drive.pass(seconds(5));
        auto gate = testing::SmallSession::gate("errors", "fail");
        gate.breach_in = minutes(4);
        testing::SmallSession::must(
            session->drive.submit(release::GateReadings{"bake-25", {gate}}, release::drill::engine));
        const Moment moment = session->moment();
        QCOMPARE(present_card(moment).gates[1].mark == Mark::breached, true);
        QVERIFY(!present_wall(moment).banner_why.contains("limit in"));
    }

    /// The wall calls for somebody to do something, and of a shadow nothing comes.
    void a_shadow_that_goes_to_its_limit_is_told_on_its_card_and_not_on_the_wall() {
        testing::SmallSession session(release::drill::plan_with(R"(phases:
  - id: main
    steps:
      - id: bake
        hold: 1h
        gates: [{metric: lag, must: '< 10'}, {metric: lag, id: trial, must: '< 5', shadow: true}]
)"));
        auto trial = testing::SmallSession::gate("trial", "pass");
        trial.limit = "< 5";
        trial.breach_in = minutes(4);
        testing::SmallSession::must(
            session.drive.submit(release::GateReadings{"bake", {testing::SmallSession::gate("lag", "pass"), trial}},
                                 release::drill::engine));
        const Moment moment = session.moment();
        QCOMPARE(present_card(moment).gates[1].state, "shadow, rising, at its limit in about 4 min");
        QCOMPARE(present_wall(moment).banner, "");
    }

    void what_was_foreseen_is_over_where_the_hold_is_not_watched_any_more() {
        const auto session = told(minutes(4), false);
        session->drive.pass(hours(2)); // its deadline
        QCOMPARE(session->drive.status("bake-25"), "failed");
        const Moment moment = session->moment();
        QCOMPARE(present_card(moment).gates[1].state, "holds");
        QVERIFY(!present_wall(moment).banner_why.contains("limit in"));
    }

    /// Each good sample is told at the end of a hold that lacks some; four of them were all the news that there was
    /// room for.
    void a_gate_that_lacks_samples_is_news_once() {
        testing::SmallSession session(release::drill::plan_with(R"(phases:
  - id: main
    steps:
      - {id: bake, hold: {for: 1m, deadline: 5m}, gates: [{metric: lag, must: '< 10', samples: 12}]}
)"));
        const auto seen = [&](int count) {
            auto lag = testing::SmallSession::gate("lag", "pass");
            lag.seen = count;
            testing::SmallSession::must(
                session.drive.submit(release::GateReadings{"bake", {lag}}, release::drill::engine));
            session.drive.pass(seconds(5));
        };
        seen(1);
        session.drive.pass(seconds(55));
        for (int count = 7; count < 12; ++count) {
            seen(count);
        }
        const auto wall = present_wall(session.moment());
        QCOMPARE(std::count_if(wall.just_now.begin(), wall.just_now.end(),
                               [](const QString& news) { return news.endsWith("lag inconclusive"); }),
                 1);
        QCOMPARE(session.drive.release.at("bake").gates.at("lag").seen, 11);
    }

    void nobody_foresees_anything_where_nobody_watches() {
        const auto session = told(minutes(4), false);
        Moment moment = session->moment();
        moment.owned = false;
        QCOMPARE(present_card(moment).gates[1].state, "nobody watches");
        QVERIFY(!present_wall(moment).banner_why.contains("limit in"));
    }
};

SLUICE_TEST(ForeseenTest)
#include "foreseen_test.moc"
