#include "sources/log_tally.h"

#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::sources;
using sluice::testing::new_year; // 2026-01-01T00:00:00Z

namespace {

Pattern errors() {
    return Pattern::compile("ERROR|FATAL").value();
}

QString told(const Result<LogCount>& count) {
    return !count            ? QString::fromStdString(count.error().what)
           : count->too_many ? QString("too many")
                             : QString("%1 of %2").arg(count->found).arg(count->lines);
}

} // namespace

class LogTallyTest : public QObject {
    Q_OBJECT
private slots:
    void a_line_s_time_is_read_as_kubelets_write_it_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<qint64>("after_ns"); // new year; -1 = none
        const qint64 second = 1'000'000'000;
        QTest::newRow("nanoseconds") << "2026-01-01T00:00:02.000000003Z x" << 2 * second + 3;
        QTest::newRow("whole seconds") << "2026-01-01T00:00:02Z x" << 2 * second;
        QTest::newRow("cut zeros") << "2026-01-01T00:00:02.5Z x" << 2 * second + second / 2;
        QTest::newRow("a node's zone") << "2026-01-01T02:00:01.000000000+02:00 x" << second;
        QTest::newRow("west of Greenwich") << "2025-12-31T18:30:01-05:30 x" << second;
        QTest::newRow("without text") << "2026-01-01T00:00:00Z" << qint64{0};
        for (const char* none :
             {"", "x", "ERROR no time", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z x",
              "2026-02-30T00:00:00Z x", "2026-01-01T24:00:00Z x", "2026-01-01T00:00:00+2 x", "2026-01-01 00:00:00Z x",
              "0001-01-01T00:00:00Z x", "2026-01-01T00:00:00.5+02:0 x"}) {
            QTest::newRow(none) << none << qint64{-1};
        }
    }
    void a_line_s_time_is_read_as_kubelets_write_it() {
        QFETCH(QString, line);
        QFETCH(qint64, after_ns);
        const auto time = log_time(line.toStdString());
        QCOMPARE(time ? (*time - new_year).count : -1, after_ns);
    }

    void each_line_counts_once_whatever_is_read_again_data() {
        QTest::addColumn<QStringList>("polls"); // the answers, one after the other
        QTest::addColumn<QStringList>("expected");
        const QString a = "2026-01-01T00:00:01.000000001Z ERROR a\n";
        const QString b = "2026-01-01T00:00:01.000000002Z fine\n";
        const QString c = "2026-01-01T00:00:02.5Z FATAL c\n";
        const QString late = "2026-01-01T00:01:00Z ERROR late\n";
        const auto row = [](const char* title, const QStringList& polls, const QStringList& expected) {
            QTest::newRow(title) << polls << expected;
        };
        row("nothing", {"", ""}, {"0 of 0", "0 of 0"});
        row("what is new", {a + b, a + b + c, a + b + c}, {"1 of 2", "1 of 1", "0 of 0"});
        row("of one time", {a, a + a, a + a + a}, {"1 of 1", "1 of 1", "1 of 1"});
        row("written in disorder", {a + c, a + b + c}, {"2 of 2", "0 of 1"});
        row("long after", {a + c, c + late, late}, {"2 of 2", "1 of 1", "0 of 0"});
        row("an unended line comes again", {a + "2026-01-01T00:00:02.5Z FAT", a + c}, {"1 of 1", "1 of 1"});
        row("an empty line of the program", {"2026-01-01T00:00:01Z \n2026-01-01T00:00:01Z\n"}, {"0 of 2"});
        row("the time is not searched", {"2026-01-01T00:00:01Z 2\n"}, {"0 of 1"});
        row("no log", {a + "unable to retrieve container logs for containerd://ERROR\n"},
            {"what came is no log: a line does not begin with a time"});
        row("too many", {a + b + c + late + late + late}, {"too many"});
    }
    void each_line_counts_once_whatever_is_read_again() {
        QFETCH(QStringList, polls);
        QFETCH(QStringList, expected);
        LogCursor cursor;
        QStringList found;
        for (const QString& answer : polls) {
            found << told(count_new(answer.toStdString(), errors(), 5, cursor));
        }
        QCOMPARE(found, expected);
    }

    void a_cursor_keeps_the_last_two_seconds_only() {
        LogCursor cursor;
        std::string log;
        for (int i = 10; i < 60; ++i) {
            log += "2026-01-01T00:00:" + std::to_string(i) + "Z x\n";
        }
        QVERIFY(count_new(log, errors(), 100, cursor).has_value());
        QCOMPARE(cursor.seen.size(), 2u);
        QVERIFY(cursor.old_until == new_year + seconds(57));
    }

    void nothing_of_before_is_counted() {
        const std::string last = "2026-01-01T00:00:10.5Z ERROR the last of many\n";
        auto cursor = behind_all(last);
        QVERIFY(cursor.has_value());
        QCOMPARE(told(count_new(last + "2026-01-01T00:00:11Z ERROR new\n", errors(), 5, *cursor)), QString("1 of 1"));
        QVERIFY(!behind_all("")->old_until);
        QVERIFY(!behind_all("no time").has_value());
    }
};

SLUICE_TEST(LogTallyTest)
#include "log_tally_test.moc"
