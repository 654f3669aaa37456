#include "range/faults.h"

#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::range;

class FaultsTest : public QObject {
    Q_OBJECT
    const std::vector<std::string> arms_ = {"blue", "green"};
private slots:
    void good_spellings_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("kind");
        QTest::addColumn<qint64>("amount");
        const auto row = [](const char* text, FaultKind kind, qint64 amount) {
            QTest::newRow(text) << text << int(kind) << amount;
        };
        row("T+10m errors 6%", FaultKind::errors, 60'000);
        row("T+0s errors 4.9% on green", FaultKind::errors, 49'000);
        row("T+1h30m errors 0.05% for 90s on blue", FaultKind::errors, 500);
        row("step:to-25 latency 3x", FaultKind::latency, 3000);
        row("step:to-25 latency 1.5x for 5m", FaultKind::latency, 1500);
        row("split:green>=25 lag 20000", FaultKind::lag, 20'000);
        row("split:green>=0 broker 2 down", FaultKind::broker_down, 2);
        row("T+90s pods crash on green", FaultKind::pods_crash, 0);
        row("T+90s image missing", FaultKind::image_missing, 0);
        row("T+90s no data for 10m", FaultKind::no_data, 0);
        row("  T+90s   api  slow 5s ", FaultKind::api_slow, 0);
        row("T+90s api down for 30s", FaultKind::api_down, 0);
        row("T+90s conflict", FaultKind::conflict, 0);
        row("T+90s alert SlowCheckout for 5m", FaultKind::alert, 0);
        row("step:to-25 alert SlowCheckout{severity=\"page\",team=\"core\"}", FaultKind::alert, 0);
    }
    void good_spellings() {
        QFETCH(QString, text);
        QFETCH(int, kind);
        QFETCH(qint64, amount);
        const auto fault = parse_fault(text.toStdString(), arms_);
        QVERIFY2(fault, fault ? "" : to_text(fault.error()).c_str());
        QCOMPARE(int(fault->kind), kind);
        QCOMPARE(fault->amount, amount);
    }

    void bad_spellings_say_where_and_what_is_possible_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("column");
        QTest::addColumn<QString>("remedy");
        const auto row = [](const char* text, int column, const char* remedy) {
            QTest::newRow(text) << text << column << remedy;
        };
        row("", 1, "step:ID");
        row("10m errors 6%", 1, "T+10m");
        row("T+soon errors 6%", 1, "T+90s");
        row("T+10 errors 6%", 1, "T+90s");
        row("split:green>25 errors 6%", 1, "split:ARM>=25");
        row("split:green>=125 errors 6%", 1, "0 to 100");
        row("split:purple>=25 errors 6%", 1, "blue, green");
        row("T+10m", 6, "latency 3x");
        row("T+10m meteor", 7, "errors 6%");
        row("T+10m errors", 13, "errors 6%");
        row("T+10m errors 6", 14, "errors 6%");
        row("T+10m errors 101%", 14, "100%");
        row("T+10m errors -6%", 14, "errors 6%");
        row("T+10m latency 0x", 15, "above 0");
        row("T+10m lag many", 11, "lag 20000");
        row("T+10m broker 4 down", 14, "1 to 3");
        row("T+10m broker 2 up", 16, "broker 2 down");
        row("T+10m pods vanish", 12, "pods crash");
        row("T+10m api sleepy", 11, "api slow 5s");
        row("T+10m api slow", 15, "api slow 5s");
        row("T+10m errors 6% for ever", 21, "for 5m");
        row("T+10m errors 6% on violet", 20, "blue, green");
        row("T+10m alert", 12, "alert HighLatency");
        row("T+10m alert {severity=\"page\"}", 13, "alert HighLatency");
        row("T+10m alert A{severity=~\"p.*\"}", 13, "severity=\"page\"");
        row("T+10m alert A[5m]", 13, "alert HighLatency");
        row("T+10m alert A on green", 15, "leave 'on ARM' out");
        row("T+10m lag 5 on green", 13, "leave 'on ARM' out");
        row("T+10m errors 6% on green today", 26, "WHEN WHAT");
        row("T+10m errors 6% für ever", 17, "WHEN WHAT");
        row("step:üben errors x%", 18, "errors 6%");
    }
    void bad_spellings_say_where_and_what_is_possible() {
        QFETCH(QString, text);
        QFETCH(int, column);
        QFETCH(QString, remedy);
        const auto fault = parse_fault(text.toStdString(), arms_);
        QVERIFY(!fault);
        QCOMPARE(fault.error().code, ErrorCode::bad_input);
        QCOMPARE(QString::fromStdString(fault.error().where), QString("--fault '%1', column %2").arg(text).arg(column));
        QVERIFY2(fault.error().remedy.find(remedy.toStdString()) != std::string::npos, fault.error().remedy.c_str());
    }

    void a_fault_holds_for_its_time_and_arm() {
        const auto fault = parse_fault("T+10s errors 6% for 20s on green", arms_);
        FaultBoard board({*fault}, seconds(1000));
        QCOMPARE(board.timed().front().first.count, seconds(1010).count);
        QVERIFY(!board.active(FaultKind::errors, seconds(1011), "green"));
        QVERIFY(board.start(0, seconds(1010)));
        QVERIFY(!board.start(0, seconds(1015)));
        QVERIFY(!board.active(FaultKind::errors, seconds(1009), "green"));
        QVERIFY(board.active(FaultKind::errors, seconds(1010), "green"));
        QVERIFY(!board.active(FaultKind::errors, seconds(1010), "blue"));
        QVERIFY(!board.active(FaultKind::errors, seconds(1030), "green"));
    }
};

SLUICE_TEST(FaultsTest)
#include "faults_test.moc"
