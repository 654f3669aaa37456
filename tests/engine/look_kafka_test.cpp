#include "engine/look_kafka.h"

#include "kafka/lag.h"
#include "plan/fill.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::engine;

namespace {

kafka::PartitionLag at(int partition, std::optional<std::int64_t> committed, std::int64_t end) {
    return {"billing", "orders", partition, committed, end, {}};
}

plan::Expect expects(const char* number, const char* uncommitted) {
    plan::Expect expect;
    if (number != nullptr) {
        expect.number = plan::parse_must(number).value();
    }
    if (uncommitted != nullptr) {
        plan::JsonExpect json;
        json.pointer = "/uncommitted";
        json.matcher.values = {uncommitted};
        expect.json.push_back(json);
    }
    return expect;
}

} // namespace

class LookKafkaTest : public QObject {
    Q_OBJECT
private slots:
    /// What is not known passes nothing: no number, and exit 1, unless a plan names what has no commit.
    void no_commit_never_passes_data() {
        QTest::addColumn<QList<int>>("commits"); // −1: none
        QTest::addColumn<QString>("number");
        QTest::addColumn<QString>("uncommitted");
        QTest::addColumn<QString>("told");
        QTest::addColumn<bool>("met");
        const auto row = [](const char* name, const QList<int>& commits, const char* number, const char* uncommitted,
                            const char* told,
                            bool met) { QTest::newRow(name) << commits << number << uncommitted << told << met; };
        const char* none = "group billing has committed nothing";
        row("all", {10, 10}, "== 0", "", "", true);
        row("behind", {10, 3}, "== 7", "0", "", true);
        row("no partition", {}, "== 0", "", none, false);
        row("no partition, and none is wanted", {}, "", "0", none, false);
        row("no commit", {-1, -1}, "== 0", "", none, false);
        row("no commit, as wanted", {-1, -1}, "", "2", "", true);
        row("no commit, as wanted, has no number", {-1, -1}, "== 0", "2", "found no number", false);
        row("one is missing", {10, -1}, "== 0", "", "exit 1, wanted 0", false);
        row("one is missing, and nothing is asked", {10, -1}, "", "", "exit 1, wanted 0", false);
        row("one is missing, as wanted", {10, -1}, "", "1", "", true);
        row("one is missing, and none should", {10, -1}, "", "0", "/uncommitted", false);
    }
    void no_commit_never_passes() {
        QFETCH(QList<int>, commits);
        QFETCH(QString, number);
        QFETCH(QString, uncommitted);
        QFETCH(QString, told);
        QFETCH(bool, met);
        kafka::LagAnswer answer;
        for (int p = 0; p < commits.size(); ++p) {
            answer.partitions.push_back(
                at(p, commits[p] < 0 ? std::nullopt : std::optional<std::int64_t>(commits[p]), 10));
        }
        const std::string must = number.toStdString(), left = uncommitted.toStdString();
        const auto expect = expects(must.empty() ? nullptr : must.c_str(), left.empty() ? nullptr : left.c_str());
        const auto result = group_result(answer, "billing", expect);
        if (!result) {
            QVERIFY(result.error().code == ErrorCode::not_found);
            QCOMPARE(QString::fromStdString(result.error().what), told);
            return;
        }
        const auto judgement = plan::judge(expect, *result, plan::Scope{}, {});
        QVERIFY2(judgement.met == met, judgement.why.c_str());
        QVERIFY2(told.isEmpty() || QString::fromStdString(judgement.why).contains(told), judgement.why.c_str());
        const bool all = !commits.contains(-1);
        QCOMPARE(result->number.has_value(), all);
        QCOMPARE((*result->json)["lag"].is_null(), !all);
    }
};

SLUICE_TEST(LookKafkaTest)
#include "look_kafka_test.moc"
