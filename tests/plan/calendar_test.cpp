#include "support/suite.h"

#ifndef Q_MOC_RUN
#include "plan/calendar.h"
#include <date/date.h>
#include <sstream>
#endif

#include <QtTest>

using namespace sluice;
using namespace sluice::plan;

class CalendarTest : public QObject {
    Q_OBJECT

    static Nanos at(const std::string& text) {
        date::sys_time<std::chrono::seconds> when{};
        std::istringstream stream(text);
        stream >> date::parse("%FT%RZ", when);
        return Nanos{std::chrono::nanoseconds(when.time_since_epoch()).count()};
    }

    static std::string text(std::optional<Nanos> when) {
        if (!when) {
            return "-";
        }
        return date::format("%FT%RZ",
                            date::sys_time<std::chrono::minutes>(std::chrono::minutes(when->count / 60'000'000'000)));
    }

    static Calendar named(const std::string& name) {
        CalendarRow nova{{2, 3, 4}, 120, 240, "UTC", 0, {}, 0};
        CalendarRow weekend{{6, 0}, 0, 1440, "UTC", 0, {}, 0};
        CalendarRow month_end{{}, 0, 1440, "UTC", 2, {}, 0};
        CalendarRow holidays{{}, 0, 1440, "UTC", 0, {"2026-12-25", "2026-04-07"}, 1};
        CalendarRow night{{5}, 22 * 60, 120, "Europe/Berlin", 0, {}, 0};
        CalendarRow early{{}, 120, 180, "Europe/Berlin", 0, {}, 0};
        CalendarRow tokyo{{1}, 0, 60, "Asia/Tokyo", 0, {}, 0};
        if (name == "nova") {
            return {{nova}, {weekend, month_end, holidays}};
        }
        if (name == "night") {
            return {{night}, {}};
        }
        if (name == "early") {
            return {{early}, {}};
        }
        if (name == "tokyo") {
            return {{tokyo, nova}, {}};
        }
        if (name == "weekend") {
            return {{}, {weekend}};
        }
        if (name == "never") {
            return {{nova}, {CalendarRow{}}};
        }
        return {};
    }

private slots:
    void the_calendar_says_when_a_window_is_open_data() {
        QTest::addColumn<QString>("calendar");
        QTest::addColumn<QString>("when");
        QTest::addColumn<bool>("open");
        QTest::addColumn<QString>("changes");
        const auto row = [](const char* name, const char* calendar, const char* when, bool open, const char* changes) {
            QTest::newRow(name) << calendar << when << open << changes;
        };
        row("Tuesday, inside", "nova", "2026-01-06T02:00Z", true, "2026-01-06T04:00Z");
        row("Tuesday, a minute before", "nova", "2026-01-06T01:59Z", false, "2026-01-06T02:00Z");
        row("the end is exclusive", "nova", "2026-01-06T04:00Z", false, "2026-01-07T02:00Z");
        row("Friday waits for Tuesday", "nova", "2026-01-09T03:00Z", false, "2026-01-13T02:00Z");
        row("Saturday", "nova", "2026-01-10T03:00Z", false, "2026-01-13T02:00Z");
        row("Monday", "nova", "2026-01-12T03:00Z", false, "2026-01-13T02:00Z");
        row("the last day but two of a month", "nova", "2026-04-28T03:00Z", true, "2026-04-28T04:00Z");
        row("the last day but one", "nova", "2026-04-29T03:00Z", false, "2026-05-05T02:00Z");
        row("the end of February", "nova", "2026-02-26T03:00Z", true, "2026-02-26T04:00Z");
        row("a leap year's February", "nova", "2028-02-29T03:00Z", false, "2028-03-01T02:00Z");
        row("Christmas Eve, the day before", "nova", "2026-12-24T03:00Z", false, "2026-12-29T02:00Z");
        row("the day before that", "nova", "2026-12-23T03:00Z", true, "2026-12-23T04:00Z");
        row("a named date", "nova", "2026-04-07T03:00Z", false, "2026-04-08T02:00Z");
        row("over midnight, before it, winter", "night", "2026-01-09T21:30Z", true, "2026-01-10T01:00Z");
        row("over midnight, after it", "night", "2026-01-10T00:30Z", true, "2026-01-10T01:00Z");
        row("over midnight, the day before", "night", "2026-01-09T00:30Z", false, "2026-01-09T21:00Z");
        row("over midnight, summer", "night", "2026-07-10T20:30Z", true, "2026-07-11T00:00Z");
        row("over midnight, not on Saturday", "night", "2026-01-10T21:30Z", false, "2026-01-16T21:00Z");
        row("the clock jumps over the window", "early", "2026-03-29T01:00Z", false, "2026-03-30T00:00Z");
        row("the day before the jump", "early", "2026-03-28T01:30Z", true, "2026-03-28T02:00Z");
        row("the hour that comes twice, first", "early", "2026-10-25T00:30Z", true, "2026-10-25T02:00Z");
        row("the hour that comes twice, second", "early", "2026-10-25T01:30Z", true, "2026-10-25T02:00Z");
        row("two zones, the nearer row first", "tokyo", "2026-01-11T14:00Z", false, "2026-01-11T15:00Z");
        row("two zones, then the other", "tokyo", "2026-01-11T16:00Z", false, "2026-01-13T02:00Z");
        row("only denied", "weekend", "2026-01-09T12:00Z", true, "2026-01-10T00:00Z");
        row("only denied, and it is", "weekend", "2026-01-10T12:00Z", false, "2026-01-12T00:00Z");
        row("no calendar", "none", "2026-01-10T12:00Z", true, "-");
        row("a deny beats any allow", "never", "2026-01-06T02:30Z", false, "-");
    }
    void the_calendar_says_when_a_window_is_open() {
        QFETCH(QString, calendar);
        QFETCH(QString, when);
        QFETCH(bool, open);
        QFETCH(QString, changes);
        const Calendar asked = named(calendar.toStdString());
        const auto answer = ask(asked, at(when.toStdString()));
        QVERIFY(answer.has_value());
        QVERIFY2(answer->open == open, answer->why.c_str());
        QCOMPARE(text(answer->changes), changes.toStdString());
        const auto next = next_open(asked, at(when.toStdString()));
        QCOMPARE(next.has_value() ? text(*next) : "-", (open ? when : changes).toStdString());
    }

    void an_unknown_zone_is_told() {
        Calendar calendar{{CalendarRow{{}, 0, 60, "Europe/Bonn", 0, {}, 0}}, {}};
        QCOMPARE(ask(calendar, {}).error().code, ErrorCode::bad_input);
    }
};

SLUICE_TEST(CalendarTest)
#include "calendar_test.moc"
