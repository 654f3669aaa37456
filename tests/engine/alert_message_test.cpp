/// What a message about one of the plan's own alerts says.
#include "engine/effect_maker.h"
#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::engine;
using sluice::testing::new_year;

class AlertMessageTest : public QObject {
    Q_OBJECT
private slots:
    void an_end_that_is_told_late_says_since_when_data() {
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("why");
        QTest::addColumn<int>("late"); // seconds
        QTest::addColumn<QString>("text");
        QTest::newRow("at once") << "resolved"
                                 << "lag 3 is not > 100" << 0 << "lag 3 is not > 100";
        QTest::newRow("after another attempt") << "resolved"
                                               << "lag 3 is not > 100" << 60 << "lag 3 is not > 100";
        QTest::newRow("the program was away")
            << "resolved"
            << "lag 3 is not > 100" << 7200 << "lag 3 is not > 100\nIt has been so since 2026-01-01T00:00:00.250Z";
        QTest::newRow("without a reason") << "resolved"
                                          << "" << 7200 << "It has been so since 2026-01-01T00:00:00.250Z";
        QTest::newRow("about to fire again") << "pending"
                                             << "lag 200 is > 100" << 7200 << "";
    }
    void an_end_that_is_told_late_says_since_when() {
        QFETCH(QString, state);
        QFETCH(QString, why);
        QFETCH(int, late);
        QFETCH(QString, text);
        release::AlertState alert;
        alert.state = state.toStdString();
        alert.why = why.toStdString();
        alert.since = new_year + milliseconds(250);
        QCOMPARE(QString::fromStdString(resolved_text(alert, alert.since + seconds(late))), text);
    }
};

SLUICE_TEST(AlertMessageTest)
#include "alert_message_test.moc"
