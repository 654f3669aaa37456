#include "kafka/lag_report.h"

#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::kafka;
using sluice::testing::new_year;

namespace {

/// billing reads orders/0 (6 behind, 2 of them in an open transaction) and orders/1 (no commit); orders/2 has no
/// leader.
LagAnswer answer_with(std::int64_t committed, std::int64_t end) {
    LagAnswer answer;
    answer.partitions = {{"billing", "orders", 0, committed, end - 2, {}, end},
                         {"billing", "orders", 1, {}, 7, {}, 7},
                         {"billing", "orders", 2, 3, {}, "the partition has no leader", {}},
                         {"shop", "orders", 0, end, end - 2, {}, end}};
    answer.failures = {"group denied: Broker: Group authorization failed"};
    answer.group_states = {{"billing", "PreparingRebalance"}, {"shop", "Empty"}, {"other", "Stable"}};
    answer.failed_groups = {"denied"};
    return answer;
}

const std::vector<std::string> asked{"shop", "denied", "billing", "idle"};

LagReport report_after(std::initializer_list<std::pair<std::int64_t, std::int64_t>> readings) {
    LagHistory history;
    LagReport report;
    Nanos at = new_year;
    for (const auto& [committed, end] : readings) {
        const auto answer = answer_with(committed, end);
        history.take(answer, at);
        report = report_of(answer, asked, history, at);
        at += seconds(10);
    }
    return report;
}

} // namespace

class LagReportTest : public QObject {
    Q_OBJECT
private slots:
    void a_reading_is_told_by_group_and_partition() {
        const auto report = report_after({{4, 10}});
        QCOMPARE(report.groups.size(), std::size_t{3}); // "denied" is among the failures
        const auto& billing = report.groups[0];
        QCOMPARE(billing.name, std::string("billing"));
        QCOMPARE(*billing.lag, std::int64_t{6});
        QVERIFY(billing.is_partial && is_rebalancing(billing.members));
        QVERIFY(report.groups[1].members.empty() && !is_rebalancing(report.groups[1].members)); // nobody told
        QCOMPARE(report.groups[2].members, std::string("Empty"));
        QCOMPARE(billing.without_commit, 1);
        QCOMPARE(*billing.rows[0].lag, std::int64_t{6});
        QCOMPARE(*billing.rows[0].open_from, std::int64_t{8});
        QVERIFY(billing.rows[0].note.empty());
        QVERIFY(!billing.rows[1].lag && !billing.rows[1].open_from);
        QCOMPARE(billing.rows[1].note, std::string("no commit"));
        QVERIFY(!billing.rows[2].lag);
        QCOMPARE(billing.rows[2].note, std::string("the partition has no leader"));
        QCOMPARE(report.groups[1].name, std::string("idle"));
        QVERIFY(report.groups[1].rows.empty() && !report.groups[1].lag && !report.groups[1].state);
        QCOMPARE(*report.groups[2].lag, std::int64_t{0}); // past the stable end, and at the log's
        QVERIFY(report.groups[2].state == analysis::LagState::ok);
    }

    void one_reading_alone_is_told_as_with_a_history_of_it() {
        for (const std::int64_t committed : {4, 8, 10, 11}) { // behind; at the stable end, at the end, and past it
            const auto alone = report_of(answer_with(committed, 10), asked, new_year);
            QCOMPARE(QString::fromStdString(json_text(alone)),
                     QString::fromStdString(json_text(report_after({{committed, 10}}))));
        }
        const auto there = report_of(answer_with(10, 10), asked, new_year);
        QVERIFY(there.groups[0].rows[0].figures.state == analysis::LagState::ok);
        QCOMPARE(there.groups[0].rows[0].figures.drain, std::optional(0.0));
    }

    void a_commit_past_the_end_is_no_lag() {
        const auto report = report_after({{11, 10}});
        QVERIFY(!report.groups[0].lag && report.groups[0].is_partial);
        QCOMPARE(report.groups[0].rows[0].note, std::string("the commit lies past the end: was the topic made anew?"));
    }

    void figures_of_a_group_are_those_of_its_partitions() {
        const auto report = report_after({{4, 10}, {14, 20}, {34, 35}});
        const auto& billing = report.groups[0];
        QCOMPARE(*billing.produced, 1.25);
        QCOMPARE(*billing.consumed, 1.5);
        QCOMPARE(*billing.drain, 4.0);
        QVERIFY(billing.age && *billing.age < seconds(1));
        QVERIFY(!billing.state); // three readings are no trend
    }

    void a_figure_of_which_a_part_is_not_known_is_not_known() {
        LagHistory history;
        auto answer = answer_with(4, 10);
        history.take(answer, new_year);
        answer = answer_with(14, 20);
        answer.partitions.insert(answer.partitions.begin() + 1, {"billing", "orders", 3, 1, 5, {}, 5}); // new
        history.take(answer, new_year + seconds(10));
        const auto report = report_of(answer, asked, history, new_year + seconds(10));
        QCOMPARE(*report.groups[0].lag, std::int64_t{10});
        QVERIFY(report.groups[0].rows[0].figures.consumed);
        QVERIFY(!report.groups[0].consumed && !report.groups[0].produced && !report.groups[0].age);
    }

    void what_could_not_be_asked_has_no_figures_of_before() {
        LagHistory history;
        auto answer = answer_with(4, 10);
        history.take(answer, new_year);
        answer = answer_with(6, 12);
        history.take(answer, new_year + seconds(10));
        QVERIFY(history.figures(answer.partitions[0]).consumed);
        answer.partitions[0].trouble = "the broker did not answer";
        answer.partitions[0].end.reset();
        answer.partitions[0].high.reset();
        history.take(answer, new_year + seconds(20));
        QVERIFY(!history.figures(answer.partitions[0]).consumed);
        answer = answer_with(8, 14);
        history.take(answer, new_year + seconds(30));
        QCOMPARE(*history.figures(answer.partitions[0]).consumed, 4.0 / 30); // across the gap
    }

    void json_has_each_key_in_each_reading() {
        const Json json = to_json(report_after({{4, 10}}));
        QCOMPARE(json.at("at").get<std::string>(), std::string("2026-01-01T00:00:00.000Z"));
        QCOMPARE(json.at("failures").dump(), std::string(R"(["group denied: Broker: Group authorization failed"])"));
        QCOMPARE(json.at("missing_topics").dump(), std::string("[]"));
        Json billing = json.at("groups").at(0);
        const Json row = billing.at("partitions").at(0);
        const Json none = billing.at("partitions").at(1);
        billing.erase("partitions");
        QCOMPARE(
            QString::fromStdString(billing.dump()),
            QString(
                R"({"behind_seconds":null,"consumed_per_second":null,"drained_in_seconds":null,"group":"billing",)"
                R"("group_state":"PreparingRebalance","lag":6,"never_drained":false,"partial":true,"produced_per_second":null,"state":null,)"
                R"("without_commit":1})"));
        QCOMPARE(QString::fromStdString(row.dump()),
                 QString(R"({"behind_seconds":null,"committed":4,"consumed_per_second":null,"drained_in_seconds":null,)"
                         R"("end":10,"lag":6,"last_stable":8,"never_drained":false,"note":"","partition":0,)"
                         R"("produced_per_second":null,"state":null,"topic":"orders"})"));
        QVERIFY(none.at("lag").is_null() && none.at("committed").is_null());
        QCOMPARE(none.at("note").get<std::string>(), std::string("no commit"));
    }

    /// Names and reasons come from brokers: whatever is in them, the text can be read.
    void json_text_holds_with_any_name() {
        LagAnswer answer;
        answer.partitions = {{"a \"b\"\n", "\xff topic", 0, 1, 2, {}, 2},
                             {"a \"b\"\n", "\xff topic", 1, {}, {}, "tab\there", {}},
                             {"a \"b\"\n", "other", 0, 2, 2, {}, 2}};
        const std::vector<std::string> groups{"a \"b\"\n"};
        const std::string text = json_text(report_of(answer, groups, new_year));
        QCOMPARE(text.find('\n'), std::string::npos);
        const Json json = Json::parse(text);
        QCOMPARE(QString::fromStdString(json.dump()), QString::fromStdString(text)); // keys are sorted
        const Json& group = json.at("groups").at(0);
        QCOMPARE(group.at("group").get<std::string>(), groups[0]);
        QCOMPARE(group.at("partitions").at(1).at("topic").get<std::string>(), std::string("\xef\xbf\xbd topic"));
        QCOMPARE(group.at("partitions").at(1).at("note").get<std::string>(), std::string("tab\there"));
        QCOMPARE(group.at("partitions").at(2).at("topic").get<std::string>(), std::string("other"));
    }

    void a_lag_that_never_goes_is_told_as_such() {
        const Json json = to_json(report_after({{4, 10}, {5, 20}}));
        const Json& row = json.at("groups").at(0).at("partitions").at(0);
        QVERIFY(row.at("drained_in_seconds").is_null() && row.at("never_drained").get<bool>());
    }
};

SLUICE_TEST(LagReportTest)
#include "lag_report_test.moc"
