#include "story/typed_time.h"

#include "base/instant.h"
#include "support/suite.h"

#include <QtTest>
#include <rapidcheck.h>

using namespace sluice;
using namespace sluice::story;

namespace {

Nanos at(const char* text) {
    return *parse_instant(text, Nanos{});
}

/// A go-live over midnight: 23:40 to 01:10, T0 at 23:50.
const TimeFrame night{at("2026-11-18T23:50:00Z"), at("2026-11-18T23:40:00.250Z"), at("2026-11-19T01:10:00Z"),
                      at("2026-11-19T00:30:00Z")};

} // namespace

class TypedTimeTest : public QObject {
    Q_OBJECT

private slots:
    void what_people_type_is_understood_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("meant");
        QTest::newRow("since T0") << "T+00:42:13"
                                  << "2026-11-19T00:32:13Z";
        QTest::newRow("small t, blanks") << "  t+00:42:13 "
                                         << "2026-11-19T00:32:13Z";
        QTest::newRow("before T0") << "T-00:05:00"
                                   << "2026-11-18T23:45:00Z";
        QTest::newRow("before T0, as it is shown") << QString::fromUtf8("T−00:05:00") << "2026-11-18T23:45:00Z";
        QTest::newRow("minutes since T0") << "42:13"
                                          << "2026-11-19T00:32:13Z";
        QTest::newRow("few minutes") << "2:13"
                                     << "2026-11-18T23:52:13Z";
        QTest::newRow("more than an hour of minutes") << "75:00"
                                                      << "2026-11-19T01:05:00Z";
        QTest::newRow("of the day, before midnight") << "23:51:07"
                                                     << "2026-11-18T23:51:07Z";
        QTest::newRow("of the day, after midnight") << "00:51:07"
                                                    << "2026-11-19T00:51:07Z";
        QTest::newRow("of the day, as it is shown") << "00:51:07 UTC"
                                                    << "2026-11-19T00:51:07Z";
        QTest::newRow("whole") << "2026-11-19T00:32:13Z"
                               << "2026-11-19T00:32:13Z";
        QTest::newRow("the second in which it began") << "23:40:00"
                                                      << "2026-11-18T23:40:00.250Z";
    }
    void what_people_type_is_understood() {
        QFETCH(QString, typed);
        QFETCH(QString, meant);
        const auto time = typed_time(typed, night);
        QVERIFY2(time.has_value(), time ? "" : to_text(time.error()).c_str());
        QCOMPARE(QString::fromStdString(utc(*time)), QString::fromStdString(utc(at(meant.toUtf8()))));
    }

    void what_is_none_is_told_with_what_would_be_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("remedy");
        const QString none = "is not a time", outside = "is not in this session";
        const QString forms = "T+00:42:13", range = "23:40:00 UTC";
        for (const char* bad : {"", "soon", "T+", "T+1", "25:00:00", "14:60:07", "14:51:99", "1:2:3:4", "42:60", "-5",
                                "2026-13-01T00:00:00Z", "14.51.07", "T+00:42:13 or so"}) {
            QTest::newRow(bad) << QString(bad) << none << forms;
        }
        for (const char* beyond : {"T+09:00:00", "T-00:30:00", "14:51:07", "400:00", "2025-01-01T00:00:00Z"}) {
            QTest::newRow(beyond) << QString(beyond) << outside << range;
        }
    }
    void what_is_none_is_told_with_what_would_be() {
        QFETCH(QString, typed);
        QFETCH(QString, what);
        QFETCH(QString, remedy);
        const auto time = typed_time(typed, night);
        QVERIFY(!time);
        QVERIFY(time.error().code == ErrorCode::bad_input);
        QVERIFY2(QString::fromStdString(time.error().what).contains(what), time.error().what.c_str());
        QVERIFY2(QString::fromStdString(time.error().remedy).contains(remedy), time.error().remedy.c_str());
    }

    void of_several_days_the_nearest_is_meant() {
        TimeFrame week = night;
        week.end = night.begin + hours(24 * 7);
        for (int day = 0; day < 6; ++day) {
            week.cursor = at("2026-11-19T10:00:00Z") + hours(24 * day);
            QVERIFY(*typed_time("09:00:00", week) == week.cursor - hours(1));
        }
    }

    void without_T0_times_count_from_the_begin() {
        TimeFrame early = night;
        early.t0 = {};
        QVERIFY(*typed_time("T+00:10:00", early) == early.begin + minutes(10));
        QVERIFY(*typed_time("10:00", early) == early.begin + minutes(10));
    }

    void an_answer_lies_within_the_session() {
        const bool held = rc::check([](const std::string& typed) {
            if (const auto time = typed_time(QString::fromStdString(typed), night)) {
                RC_ASSERT(*time >= night.begin && *time <= night.end);
            }
        });
        QVERIFY(held);
    }
};

SLUICE_TEST(TypedTimeTest)
#include "typed_time_test.moc"
