#include "kafka/lag_record.h"
#include "story/lag_page.h"
#include "support/small_session.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::story;
using kafka::PartitionLag;
using testing::SmallSession;

namespace {

const std::string lag_plan = testing::small_head + R"(roles: [lead]
connections:
  events: {kafka: {bootstrap: 'broker:9092'}}
metrics:
  lag: {title: Consumer lag, from: events, lag: {groups: [orders]}, unit: messages}
phases:
  - id: a
    steps:
      - {id: sure, confirm: 'Sure?'}
)";

const std::string plan_without = testing::small_head + R"(roles: [lead]
phases:
  - id: a
    steps:
      - {id: sure, confirm: 'Sure?'}
)";

PartitionLag at(const char* topic, std::int32_t number, std::optional<std::int64_t> committed,
                std::optional<std::int64_t> end, const char* trouble = "") {
    PartitionLag one;
    one.group = "orders";
    one.topic = topic;
    one.partition = number;
    one.committed = committed;
    one.end = one.high = end;
    one.trouble = trouble;
    return one;
}

/// Answers, ten seconds apart, as a session recorded them.
struct Watched {
    SmallSession session{lag_plan};
    kafka::LagRecord record{"lag", {"orders", "bills"}};

    void answer(std::vector<PartitionLag> partitions) {
        kafka::LagAnswer told;
        told.partitions = std::move(partitions);
        answer(told);
    }
    void answer(const kafka::LagAnswer& told) {
        session.beside(record.take(told, session.drive.now));
        session.drive.pass(seconds(10));
    }
    LagPage page(Mode mode = Mode::live) { return present_lag_page(session.moment(mode)); }
};

QString listed(const std::vector<LagLine>& lines, const QString& indent = {}) {
    static const char* const marks[] = {"✓", "△", "✕", "?", "!", "||", "○", "▸", "–"};
    QString all;
    for (const auto& line : lines) {
        all += QString("%1%2 %3 | %4 | %5 | %6 | %7\n")
                   .arg(indent, marks[static_cast<int>(line.mark)], line.name, line.state, line.lag, line.skew,
                        line.drain);
        all += listed(line.parts, indent + ' ');
    }
    return all;
}

} // namespace

class LagPageTest : public QObject {
    Q_OBJECT
private slots:
    void a_plan_without_lag_and_a_session_without_partitions_say_so() {
        SmallSession without(plan_without);
        QCOMPARE(present_lag_page(without.moment()).heading, "The plan measures no lag");
        SmallSession old(lag_plan); // as programs recorded before partitions were
        old.reading("lag", 1612);
        const auto page = present_lag_page(old.moment());
        QCOMPARE(page.heading, "Nothing is recorded by partition");
        QVERIFY(!page.trouble && page.groups.empty());
    }

    void groups_topics_and_partitions_are_told_with_skew_and_drain() {
        Watched watched;
        watched.answer({at("in", 0, 100, 200), at("in", 1, 100, 100), at("out", 0, 5, 5)});
        watched.answer({at("in", 0, 160, 210), at("in", 1, 110, 110), at("out", 0, 5, 5)});
        const auto page = watched.page();
        // 6 out and 1 in a second: 50 are gone in 10 s. "bills" answered, and has committed nothing.
        QCOMPARE(listed(page.groups), "? bills | no commit |  |  | no commit\n"
                                      "✓ orders | no state yet | 50 | 3.0 × in in/0 | 10 s\n"
                                      " ✓ in | no state yet | 50 | 2.0 × in 0 | 10 s\n"
                                      "  ○ 0 | no state yet | 50 |  | 10 s\n"
                                      "  ✓ 1 | ok | 0 |  | nothing left\n"
                                      " ✓ out | ok | 0 |  | nothing left\n"
                                      "  ✓ 0 | ok | 0 |  | nothing left\n");
        QCOMPARE(page.groups[1].parts[0].parts[0].committed, "160");
        QCOMPARE(page.groups[1].parts[0].parts[0].end, "210");
        QCOMPARE(page.groups[1].parts[0].parts[0].produced, "1.0");
        QVERIFY(page.note.contains("asked 10 s ago"));
    }

    void what_its_members_do_is_told_at_the_group() {
        Watched watched;
        kafka::LagAnswer told;
        told.partitions = {at("in", 0, 100, 100), at("in", 1, 7, 7)};
        told.failed_groups = {"bills"};
        told.group_states = {{"orders", "PreparingRebalance"}};
        watched.answer(told);
        QCOMPARE(watched.page().heading, "In trouble: 1 of 2 groups"); // bills: that counts first
        told.failed_groups.clear();
        told.partitions.push_back(at("in", 0, 5, 5));
        told.partitions.back().group = "bills";
        told.partitions = {told.partitions[2], told.partitions[0], told.partitions[1]}; // sorted, as they come
        watched.answer(told);
        auto page = watched.page();
        QCOMPARE(page.heading, "Rebalancing: 1 of 2 groups");
        QVERIFY(page.trouble);
        QCOMPARE(page.groups[1].state, "the group is rebalancing · ok");
        QCOMPARE(page.groups[1].mark, Mark::close);
        QCOMPARE(page.groups[1].parts[0].mark, Mark::holds); // its partitions are what they are
        QCOMPARE(page.groups[0].state, "ok");                // of whom nothing is told
        told.group_states = {{"bills", "Stable"}, {"orders", "Empty"}};
        watched.answer(told);
        page = watched.page();
        QCOMPARE(page.heading, "No group is in trouble");
        QCOMPARE(page.groups[1].state, "it has no members · ok");
        QCOMPARE(page.groups[0].state, "ok");
    }

    void a_group_that_two_metrics_ask_for_other_topics_has_a_line_for_each() {
        std::string text = lag_plan;
        text.insert(text.find("phases:"), "  pay: {title: Payments, from: events, lag: {groups: [orders], topics: "
                                          "[pay]}, unit: messages}\n");
        SmallSession session(text);
        kafka::LagRecord all{"lag", {"orders"}}, pay{"pay", {"orders"}};
        const auto answer = [&](kafka::LagRecord& record, const PartitionLag& one) {
            kafka::LagAnswer told;
            told.partitions = {one};
            session.beside(record.take(told, session.drive.now));
        };
        answer(all, at("in", 0, 100, 200));
        answer(pay, at("pay", 0, 1, 8));
        const auto page = present_lag_page(session.moment());
        QCOMPARE(page.groups.size(), std::size_t{2});
        QCOMPARE(page.groups[0].name, "orders · Consumer lag");
        QCOMPARE(page.groups[0].parts.front().name, "in");
        QCOMPARE(page.groups[1].name, "orders · Payments");
        QCOMPARE(page.groups[1].parts.front().name, "pay");
    }

    void why_there_is_no_estimate_is_said_data() {
        QTest::addColumn<int>("committed_then");
        QTest::addColumn<int>("end_then");
        QTest::addColumn<QString>("drain");
        QTest::newRow("reads slower than is written") << 105 << 400 << "grows";
        QTest::newRow("nobody writes or reads") << 100 << 200 << "quiet";
        QTest::newRow("as fast as is written") << 150 << 250 << "stays";
        QTest::newRow("gains") << 250 << 300 << "10 s";
        QTest::newRow("gains hardly") << 1'000'101 << 2'000'200 << "over 30 d";
        QTest::newRow("has read all") << 200 << 200 << "nothing left";
    }
    void why_there_is_no_estimate_is_said() {
        QFETCH(int, committed_then);
        QFETCH(int, end_then);
        QFETCH(QString, drain);
        Watched watched;
        if (QByteArray(QTest::currentDataTag()) == "gains hardly") {
            watched.answer({at("in", 0, 1'000'000, 2'000'100)}); // one of a million in ten seconds
        } else {
            watched.answer({at("in", 0, 100, 200)});
            QCOMPARE(watched.page().groups.back().parts[0].parts[0].drain, "not known yet");
        }
        watched.answer({at("in", 0, committed_then, end_then)});
        QCOMPARE(watched.page().groups.back().parts[0].parts[0].drain, drain);
        QCOMPARE(watched.page().groups.back().drain, drain);
    }

    void what_is_wrong_is_told_at_its_partition() {
        Watched watched;
        kafka::LagAnswer told;
        auto open = at("in", 3, 10, 20);
        open.end = 15;
        told.partitions = {at("in", 0, 3, {}, "the partition has no leader"), at("in", 1, {}, 7), at("in", 2, {}, 0),
                           open, at("in", 4, 30, 20)};
        told.missing_topics = {"gone"};
        told.failures = {"group bills: not authorised"};
        told.failed_groups = {"bills"};
        watched.answer(told);
        const auto page = watched.page();
        QCOMPARE(page.heading, "In trouble: 2 of 2 groups");
        QCOMPARE(listed(page.groups),
                 "! bills | could not be asked |  |  | not asked\n"
                 "! orders | 2 of 5 could not be told · 1 of 5 without a commit | ≥ 10 |  | not known yet\n"
                 " ! in | 2 of 5 could not be told · 1 of 5 without a commit | ≥ 10 |  | not known yet\n"
                 "  ! 0 | the partition has no leader |  |  | not asked\n"
                 "  ? 1 | no commit |  |  | no commit\n"
                 "  ○ 2 | no commit, and no message yet |  |  | no commit\n"
                 "  ○ 3 | no state yet · 5 behind an open transaction | 10 |  | not known yet\n"
                 "  ! 4 | its commit lies past the end: was the topic made anew? |  |  | not known\n");
        QCOMPARE(page.groups[1].parts[0].parts[3].stable, "15");
        QCOMPARE(page.wrong, (std::vector<QString>{"Consumer lag: topic gone is not known to the cluster",
                                                   "Consumer lag: group bills: not authorised"}));
    }

    void when_nothing_answers_the_last_figures_stay_with_their_age() {
        Watched watched;
        watched.answer({at("in", 0, 100, 200)});
        kafka::LagAnswer failed;
        failed.failure = "no broker answers";
        watched.answer(failed);
        watched.answer(failed);
        const auto page = watched.page(Mode::replay);
        QCOMPARE(page.groups.back().lag, "100");
        QCOMPARE(page.wrong.size(), std::size_t{1});
        QVERIFY2(page.wrong.front().startsWith("Consumer lag: no broker answers (since "), qPrintable(page.wrong[0]));
        QVERIFY2(page.note.contains("30 s old"), qPrintable(page.note));
        // And when it never answered, that is all there is.
        Watched never;
        never.answer(failed);
        QVERIFY(never.page().trouble && never.page().groups.empty());
    }

    void a_partition_that_is_gone_is_not_shown_any_more() {
        Watched watched;
        watched.answer({at("in", 0, 1, 1), at("in", 1, 1, 1)});
        watched.answer({at("in", 1, 1, 1)});
        QCOMPARE(watched.page().groups.back().parts[0].parts.size(), std::size_t{1});
    }

    void what_lies_unchanged_in_the_file_is_still_shown_after_minutes() {
        Watched watched;
        for (int i = 0; i < 15; ++i) {
            watched.answer({at("in", 0, 1, 1), at("in", 1, 1, 1 + i)});
        }
        QCOMPARE(watched.page().groups.back().parts[0].parts.size(), std::size_t{2});
        QCOMPARE(watched.page().groups.back().parts[0].parts[1].lag, "14");
        QCOMPARE(watched.page().groups.back().parts[0].parts[1].mark, Mark::breached);
    }

    void a_record_that_is_none_is_counted_and_the_rest_is_shown() {
        Watched watched;
        auto samples = watched.record.take(
            [] {
                kafka::LagAnswer told;
                told.partitions = {at("in", 0, 1, 1), at("in", 1, 1, 1), at("in", 2, 1, 1)};
                return told;
            }(),
            watched.session.drive.now);
        samples[1].detail = "1 1 rubbish";
        samples[2].labels = {{"group", "orders"}, {"partition", "-1"}, {"topic", "in"}};
        watched.session.beside(samples);
        auto page = watched.page();
        QCOMPARE(page.groups.back().parts[0].parts.size(), std::size_t{1});
        QCOMPARE(page.wrong, (std::vector<QString>{"Consumer lag: the record of 2 partitions can't be read"}));
        samples[0].detail = "{}";
        for (auto& sample : samples) {
            sample.received_at = watched.session.drive.now + seconds(1);
        }
        watched.session.drive.pass(seconds(2));
        watched.session.beside(samples);
        page = watched.page();
        QVERIFY(page.trouble && page.groups.empty());
        QCOMPARE(page.wrong.size(), std::size_t{1});
    }
};

SLUICE_TEST(LagPageTest)
#include "lag_page_test.moc"
