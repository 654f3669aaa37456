#include "support/suite.h"

#ifndef Q_MOC_RUN
#include "broken_rows.h"
#include "plan/loader.h"
#endif

#include <QtTest>

using namespace sluice::plan;

class BrokenPlans : public QObject {
    Q_OBJECT

private slots:
    void each_error_has_its_place_and_its_remedy_data() {
        QTest::addColumn<QByteArray>("source");
        QTest::addColumn<QByteArray>("expected");
        for (const auto& row : drill::broken_rows("broken_plans.txt")) {
            QTest::newRow(row.name.c_str())
                << QByteArray::fromStdString(row.source) << QByteArray::fromStdString(row.expected);
        }
    }

    void each_error_has_its_place_and_its_remedy() {
        QFETCH(QByteArray, source);
        QFETCH(QByteArray, expected);
        QByteArray told;
        for (const Diagnostic& diagnostic : load(source.toStdString(), "plan").diagnostics) {
            told += QByteArray::fromStdString(to_text(diagnostic, "plan")).mid(5) + '\n';
        }
        QCOMPARE(told, expected);
    }

    void the_table_is_as_long_as_promised() {
        int several = 0;
        for (const auto& row : drill::broken_rows("broken_plans.txt")) {
            several += row.name.starts_with("several:") ? 1 : 0;
            QVERIFY2(!row.expected.empty(), row.name.c_str());
        }
        QVERIFY(drill::broken_rows("broken_plans.txt").size() >= 40);
        QVERIFY(several >= 5);
    }

    void bytes_that_are_no_text_are_told_by_their_place() {
        const auto first = [](const std::string& source) { return to_text(load(source, "p").diagnostics.at(0), "p"); };
        QCOMPARE(first(std::string("sluice: 1\nid: \0x\n", 17)),
                 std::string("p:2:5: error: a NUL byte (remove it; plans are text)"));
        QCOMPARE(first("sluice: 1\nid: ä\xff\n"),
                 std::string("p:2:6: error: these bytes are not UTF-8 (save the file as UTF-8)"));
        QCOMPARE(first("\xEF\xBB\xBFsluice: 9\n"),
                 std::string("p:1:1: error: this plan lacks the key 'id' (add 'id:' — Short name of "
                             "the plan; part of every session's name.)"));
    }
};

SLUICE_TEST(BrokenPlans)
#include "broken_plans_test.moc"
