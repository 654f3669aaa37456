#include "kafka/lag_record.h"

#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>
#include <cmath>

using namespace sluice;
using namespace sluice::kafka;
using sluice::testing::new_year;

namespace {

PartitionLag partition(std::int32_t number, std::int64_t committed, std::int64_t end) {
    PartitionLag at;
    at.group = "billing";
    at.topic = "orders";
    at.partition = number;
    at.committed = committed;
    at.end = at.high = end;
    return at;
}

LagAnswer answer_of(std::vector<PartitionLag> partitions) {
    LagAnswer answer;
    answer.partitions = std::move(partitions);
    return answer;
}

/// Which partitions were recorded, behind the head: "0 2".
std::string recorded(const std::vector<series::Sample>& samples) {
    std::string all;
    for (std::size_t i = 1; i < samples.size(); ++i) {
        for (const auto& [name, value] : samples[i].labels) {
            all += name == "partition" ? (all.empty() ? "" : " ") + value : "";
        }
    }
    return all;
}

LagRow row_with(const PartitionLag& at, std::optional<double> drain = {}) {
    analysis::LagFigures figures;
    figures.produced = 12.5;
    figures.consumed = -3;
    figures.age = milliseconds(2500);
    figures.drain = drain;
    figures.state = analysis::LagState::stall;
    return lag_row(at, figures);
}

} // namespace

class LagRecordTest : public QObject {
    Q_OBJECT
private slots:
    void a_row_is_read_as_it_was_written_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("all known") << "4 8 10 12.5 -3 2.5 60 stall";
        QTest::newRow("never drained") << "4 8 10 12.5 -3 2.5 inf stop";
        QTest::newRow("nothing known") << "- - - - - - - -";
        QTest::newRow("no commit") << "- 7 7 0 - - - -";
        QTest::newRow("no leader") << "3 - - - - - - - the partition has no leader";
        QTest::newRow("past the end") << "9 7 7 0 0 - - -";
    }
    void a_row_is_read_as_it_was_written() {
        QFETCH(QString, text);
        const auto row = read_row(text.toStdString(), partition(0, 1, 2)); // of which only the place is taken
        QVERIFY(row.has_value());
        QCOMPARE(QString::fromStdString(to_text(*row)), text);
        QCOMPARE(row->at.group, std::string("billing"));
    }

    void what_is_told_of_a_row_comes_back() {
        const auto row = row_with(partition(3, 4, 10), HUGE_VAL);
        PartitionLag at;
        at.group = "billing";
        at.topic = "orders";
        at.partition = 3;
        const auto back = read_row(to_text(row), at);
        QVERIFY(back.has_value());
        QCOMPARE(*back->lag, std::int64_t{6});
        QCOMPARE(back->figures.age->count, milliseconds(2500).count);
        QVERIFY(std::isinf(*back->figures.drain));
        QCOMPARE(*back->figures.consumed, -3.0);
    }

    void no_nonsense_is_taken_for_a_row_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", "4", "4 8 10", "x 8 10 - - - - -", "-4 8 10 - - - - -", "4 8 10 nan - - - -",
                                 "4 8 10 inf - - - -", "4 8 10 - - -1 - -", "4 8 10 - - - -5 -", "4 8 10 - - - - fine",
                                 "4 8 10 - - - 1e999 -", "99999999999999999999 8 10 - - - - -", "4.5 8 10 - - - - -"}) {
            QTest::newRow(text) << text;
        }
    }
    void no_nonsense_is_taken_for_a_row() {
        QFETCH(QString, text);
        QVERIFY(!read_row(text.toStdString(), {}));
    }

    void a_head_is_read_as_it_was_written_and_nothing_else() {
        LagHead head;
        head.since = new_year;
        head.groups = {"billing", "shop"};
        head.failed_groups = {"denied"};
        head.failures = {"group denied: not authorised"};
        head.missing_topics = {"gone"};
        head.left_out = 7;
        head.states = {{"shop", "PreparingRebalance"}}; // of "billing" it is not known
        QVERIFY(read_head(to_text(head)) == head);
        for (const char* text :
             {"", "[]", "{}", "{", R"({"since":5})", R"({"since":"x"})", R"({"since":"5","groups":{}})",
              R"({"since":"5","groups":[1]})", R"({"since":"5","left_out":-1})", R"({"since":"5","states":[]})",
              R"({"since":"5","groups":["a"],"states":{"a":1}})"}) {
            QVERIFY2(!read_head(text), text);
        }
    }

    void a_groups_state_is_told_with_the_head_and_the_usual_one_costs_nothing() {
        LagRecord record("lag", {"billing", "idle", "shop"});
        auto answer = answer_of({partition(0, 10, 10)});
        QVERIFY(record.take(answer, new_year).front().detail.find("states") ==
                std::string::npos); // an old broker tells none
        answer.group_states = {{"billing", "Stable"}, {"shop", "Empty"}, {"other", "Stable"}};
        const auto told = record.take(answer, new_year + seconds(10)).front().detail;
        QVERIFY2(told.find(R"("states":{"idle":null,"shop":"Empty"})") != std::string::npos, told.c_str());
        const auto head = read_head(told);
        QVERIFY(head.has_value());
        QVERIFY((head->states == std::map<std::string, std::string>{{"billing", "Stable"}, {"shop", "Empty"}}));
    }

    void only_what_is_another_is_recorded_and_all_once_a_minute() {
        LagRecord record("lag", {"billing"});
        QVERIFY(record.ask(new_year));
        const auto first = record.take(answer_of({partition(0, 10, 10), partition(1, 20, 20)}), new_year);
        QCOMPARE(recorded(first), std::string("0 1"));
        QCOMPARE(first.front().metric, std::string("lag/partitions"));
        QCOMPARE(first.front().value, 2.0);
        QVERIFY(!record.ask(new_year + seconds(9)));
        QVERIFY(record.ask(new_year + seconds(10)));
        // Rates are known with the second answer; from the third on one that is quiet stays untold.
        (void)record.take(answer_of({partition(0, 10, 10), partition(1, 20, 20)}), new_year + seconds(10));
        const auto third = record.take(answer_of({partition(0, 10, 10), partition(1, 20, 25)}), new_year + seconds(20));
        QCOMPARE(recorded(third), std::string("1"));
        QCOMPARE(third.front().value, 2.0);
        QVERIFY(read_head(third.front().detail)->since == new_year);
        const auto minute = record.take(answer_of({partition(0, 10, 10), partition(1, 25, 25)}), new_year + minutes(1));
        QCOMPARE(recorded(minute), std::string("0 1"));
        QVERIFY(read_head(minute.front().detail)->since == new_year + minutes(1));
    }

    void one_that_is_gone_has_all_others_told_anew() {
        LagRecord record("lag", {"billing"});
        (void)record.take(answer_of({partition(0, 10, 10), partition(1, 20, 20)}), new_year);
        const auto next = record.take(answer_of({partition(1, 20, 20)}), new_year + seconds(10));
        QCOMPARE(recorded(next), std::string("1"));
        QVERIFY(read_head(next.front().detail)->since == new_year + seconds(10));
    }

    void of_too_many_the_worst_are_kept_and_the_rest_is_counted() {
        LagRecord record("lag", {"billing"});
        std::vector<PartitionLag> all;
        all.reserve(1003);
        for (int i = 0; i < 1003; ++i) {
            all.push_back(partition(i, 0, i));
        }
        all[0].end.reset();
        all[0].high.reset();
        all[0].trouble = "the partition has no leader";
        const auto samples = record.take(answer_of(all), new_year);
        QCOMPARE(samples.size(), 1 + LagRecord::most);
        QCOMPARE(samples.front().value, 1003.0);
        QCOMPARE(read_head(samples.front().detail)->left_out, std::int64_t{3});
        QVERIFY(samples[1].status == series::Status::source_error);
        QCOMPARE(samples[2].value, 1002.0);
        QCOMPARE(samples.back().value, 4.0);
        // The same ones until a minute has passed, although others grow.
        for (auto& one : all) {
            one.committed = one.end ? *one.end : 0;
        }
        const auto next = record.take(answer_of(all), new_year + seconds(10));
        QCOMPARE(read_head(next.front().detail)->left_out, std::int64_t{3});
    }

    void it_counts_from_asking_to_asking_however_late_the_answers_are() {
        LagRecord record("lag", {"billing"});
        int recorded = 0;
        for (int poll = 0; poll < 12; ++poll) { // a minute
            const Nanos asked = new_year + seconds(5) * poll;
            if (record.ask(asked)) {
                (void)record.take(answer_of({partition(0, 10, 10)}), asked + milliseconds(300));
                ++recorded;
            }
        }
        QCOMPARE(recorded, 6);
    }

    void an_answer_that_failed_says_why() {
        LagRecord record("lag", {"billing"});
        LagAnswer failed;
        failed.failure = "no answer in time";
        QVERIFY(record.ask(new_year));
        const auto samples = record.take(failed, new_year);
        QCOMPARE(samples.size(), std::size_t{1});
        QVERIFY(samples.front().status == series::Status::source_error);
        QCOMPARE(samples.front().detail, std::string("no answer in time"));
        QVERIFY(!record.ask(new_year + seconds(5)));
    }
};

SLUICE_TEST(LagRecordTest)
#include "lag_record_test.moc"
