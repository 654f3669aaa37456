#include "support/suite.h"

#ifndef Q_MOC_RUN
#include "base/instant.h"
#include "plan/calendar.h"
#include "plan/dates.h"
#include "plan/loader.h"
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
#endif

#include <QTemporaryDir>
#include <QtTest>

using namespace sluice;
using namespace sluice::plan;

namespace {

constexpr const char* holidays = R"(# Germany, what concerns us
2026-04-03 Good Friday
2026-04-06 Easter Monday   # moves

2026-12-25 Christmas Day
2026-12-26
2026-05-01 May Day
2027-01-01 New Year
)";

LoadOutcome load_calendar(const std::string& yaml, const Includes& files = {{"holidays.txt", holidays}}) {
    std::string block;
    std::istringstream lines(yaml);
    for (std::string line; std::getline(lines, line);) {
        block += "  " + line + "\n";
    }
    return load("sluice: 1\nid: p\ncalendar:\n" + block +
                    "phases: [{id: one, window: true, steps: [{id: a, confirm: x}]}]\n",
                "plan", included(files));
}

Calendar calendar(const std::string& yaml) {
    auto outcome = load_calendar(yaml);
    if (!outcome.plan) {
        throw std::runtime_error(to_text(outcome.diagnostics.at(0), "plan"));
    }
    return outcome.plan->calendar;
}

Nanos at(const std::string& text) {
    return parse_instant(text.substr(0, 16) + ":00Z", {}).value();
}

std::string text(std::optional<Nanos> when) {
    return when ? utc(*when).substr(0, 16) + "Z" : "-";
}

struct Row {
    std::string calendar, when, answer, changes, advice;
};

/// calendar_rows.txt says how it is written.
std::vector<std::pair<std::string, Row>> table() {
    std::vector<std::pair<std::string, Row>> rows;
    std::ifstream file(SLUICE_SOURCE_DIR "/tests/plan/calendar_rows.txt");
    std::string name, yaml;
    bool answers = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("=== ")) {
            name = line.substr(4);
            yaml.clear();
            answers = false;
        } else if (line == "---") {
            answers = true;
        } else if (answers) {
            Row row{yaml, {}, {}, {}, {}};
            std::istringstream words(line);
            words >> row.when >> row.answer >> row.changes >> row.advice >> std::ws;
            std::string shows;
            std::getline(words, shows);
            rows.emplace_back(name + ": " + shows, row);
        } else if (!name.empty()) {
            yaml += line + "\n";
        }
    }
    return rows;
}

} // namespace

class CalendarTest : public QObject {
    Q_OBJECT

private slots:
    void the_calendar_says_when_a_window_is_open_data() {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QByteArray>("when");
        QTest::addColumn<bool>("open");
        QTest::addColumn<QByteArray>("changes");
        QTest::addColumn<bool>("advised");
        for (const auto& [name, row] : table()) {
            QTest::newRow(name.c_str()) << QByteArray::fromStdString(row.calendar)
                                        << QByteArray::fromStdString(row.when) << (row.answer == "open")
                                        << QByteArray::fromStdString(row.changes) << (row.advice == "advised");
        }
    }
    void the_calendar_says_when_a_window_is_open() {
        QFETCH(QByteArray, yaml);
        QFETCH(QByteArray, when);
        QFETCH(bool, open);
        QFETCH(QByteArray, changes);
        QFETCH(bool, advised);
        const Calendar asked = calendar(yaml.toStdString());
        const Nanos instant = at(when.toStdString());
        const auto answer = ask(asked, instant);
        QVERIFY(answer.has_value());
        QVERIFY2(answer->open == open, answer->why.c_str());
        QCOMPARE(text(answer->changes), changes.toStdString());
        QCOMPARE(!answer->advice.empty(), advised);
        const auto next = next_open(asked, instant);
        QCOMPARE(next.has_value() ? text(*next) : "-", (open ? when : changes).toStdString());
        const auto list = openings(asked, instant, 3);
        QVERIFY(list.has_value());
        QCOMPARE(list->empty() ? "-" : text(list->front().from), (open ? when : changes).toStdString());
        for (std::size_t i = 0; i < list->size(); ++i) { // each is open in between, and closed at its end
            QVERIFY(ask(asked, (*list)[i].from)->open);
            QVERIFY(!(*list)[i].to || !ask(asked, *(*list)[i].to)->open);
            QVERIFY(i == 0 || (*list)[i - 1].to < (*list)[i].from);
        }
    }
    void the_table_is_as_long_as_promised() { QVERIFY(table().size() >= 150); }

    void the_reason_is_the_row_in_the_plan_s_words_data() {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QByteArray>("when");
        QTest::addColumn<QByteArray>("why");
        const auto row = [](const char* name, const char* yaml, const char* when, const char* why) {
            QTest::newRow(name) << QByteArray(yaml) << QByteArray(when) << QByteArray(why);
        };
        row("no calendar", "{}", "2026-01-06T12:00Z", "there is no calendar");
        row("only preferred", "prefer: [{from: '02:00', to: '04:00'}]", "2026-01-06T12:00Z",
            "the calendar only says what is preferred");
        row("only a freeze", "deny: [{days: [sun]}]", "2026-01-06T12:00Z", "nothing denies it");
        row("allowed", "allow: [{days: [tue], from: '02:00', to: '04:00'}]", "2026-01-06T03:00Z",
            "allowed: Tue, 02:00 to 04:00 UTC");
        row("outside", "allow: [{days: [tue, wed], from: '02:00', to: '04:00'}]", "2026-01-06T12:00Z",
            "outside of: Tue, Wed, 02:00 to 04:00 UTC");
        row("named", "allow: [{name: The night, from: '02:00', to: '04:00'}, {days: [sun]}]", "2026-01-06T12:00Z",
            "outside of: The night (02:00 to 04:00 UTC), …");
        row("denied", "deny: [{name: Month-end freeze, month-end: 2d}]", "2026-01-30T12:00Z",
            "denied: Month-end freeze (the last 2 days of a month)");
        row("the last day", "deny: [{month-end: 1d}]", "2026-01-31T12:00Z", "denied: the last day of a month");
        row("a date of many", "deny: [{name: Public holidays, dates: holidays.txt}]", "2026-12-25T12:00Z",
            "denied: Public holidays (2026-12-25 Christmas Day)");
        row("the day before", "deny: [{dates: holidays.txt, before: 1d}]", "2026-04-05T12:00Z",
            "denied: the day before 2026-04-06 Easter Monday");
        row("days before", "deny: [{dates: [2026-04-06], before: 3d}]", "2026-04-05T12:00Z",
            "denied: the 3 days before 2026-04-06");
        row("not on any of many", "allow: [{dates: holidays.txt}]", "2026-01-05T12:00Z",
            "outside of: 2026-04-03 Good Friday, 2026-04-06 Easter Monday, 2026-05-01 May Day and 3 more");
    }
    void the_reason_is_the_row_in_the_plan_s_words() {
        QFETCH(QByteArray, yaml);
        QFETCH(QByteArray, when);
        QFETCH(QByteArray, why);
        QCOMPARE(ask(calendar(yaml.toStdString()), at(when.toStdString()))->why, why.toStdString());
    }

    void outside_of_preferred_times_is_said() {
        const Calendar asked = calendar("prefer: [{name: Business hours, from: '09:00', to: '17:00'}]");
        QCOMPARE(ask(asked, at("2026-01-06T10:00Z"))->advice, std::string());
        QCOMPARE(ask(asked, at("2026-01-06T18:00Z"))->advice,
                 std::string("outside of the preferred times: Business hours (09:00 to 17:00 UTC)"));
        QVERIFY(ask(asked, at("2026-01-06T18:00Z"))->open);
    }

    void a_window_must_be_as_long_as_the_work() {
        const Calendar asked = calendar("allow: [{days: [tue], from: '02:00', to: '04:00'}, "
                                        "{days: [sat], from: '00:00', to: '06:00'}]");
        const auto fit = [&](const char* when, Nanos length) {
            const auto found = next_fit(asked, at(when), length);
            return found ? text(found->from) + " to " + text(found->to) : found.error().what;
        };
        QCOMPARE(fit("2026-01-06T02:30Z", minutes(90)), "2026-01-06T02:30Z to 2026-01-06T04:00Z");
        QCOMPARE(fit("2026-01-06T02:31Z", minutes(90)), "2026-01-10T00:00Z to 2026-01-10T06:00Z");
        QCOMPARE(fit("2026-01-05T00:00Z", hours(2)), "2026-01-06T02:00Z to 2026-01-06T04:00Z");
        QCOMPARE(fit("2026-01-05T00:00Z", hours(2) + seconds(1)), "2026-01-10T00:00Z to 2026-01-10T06:00Z");
        QCOMPARE(fit("2026-01-05T00:00Z", hours(7)), "no window within 400 days is long enough");
        QVERIFY(!next_fit(calendar("{}"), at("2026-01-05T00:00Z"), hours(24 * 900))->to);
    }

    void a_file_of_dates_is_read_from_beside_the_plan_and_kept_with_it() {
        QTemporaryDir folder;
        const auto write = [&](const char* name, const std::string& bytes) {
            std::ofstream(folder.filePath(name).toStdString(), std::ios::binary) << bytes;
        };
        const std::string source = "sluice: 1\nid: p\ncalendar: {deny: [{dates: days/free.txt}]}\n"
                                   "phases: [{id: one, window: true, steps: [{id: a, confirm: x}]}]\n";
        write("plan.yaml", source);
        const auto file = folder.filePath("plan.yaml").toStdString();
        QCOMPARE(to_text(load_file(file).diagnostics.at(0), "p"),
                 std::string("p:3:27: error: the dates in 'days/free.txt': there is no such file (name a file beside "
                             "the plan with one YYYY-MM-DD a line, or list the dates here)"));
        std::filesystem::create_directory(folder.filePath("days").toStdString());
        write("days/free.txt", "\xEF\xBB\xBF"
                               "2026-06-15 Audit\r\n# no more\r\n");
        const auto outcome = load_file(file);
        QVERIFY(outcome.plan.has_value());
        QCOMPARE(outcome.plan->calendar.deny.at(0).dates.at(0).name, std::string("Audit"));
        // What was read is all that is needed to read the plan again, and it is in the digest.
        const auto again = load(source, "p", included(outcome.plan->includes));
        QVERIFY(again.plan.has_value());
        QVERIFY(again.plan->calendar.deny.at(0).dates == outcome.plan->calendar.deny.at(0).dates);
        QVERIFY(digest(source, outcome.plan->includes) != digest(source, {}));
        QVERIFY(digest(source, outcome.plan->includes) != digest(source, {{"days/free.txt", "2026-06-16"}}));
        QVERIFY(!load(source, "p").plan);
    }

    void mistakes_in_a_file_of_dates_are_told_by_line_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("told");
        const auto row = [](const char* name, QByteArray bytes, const char* told) {
            QTest::newRow(name) << bytes << QByteArray(told);
        };
        row("no such day", "2026-01-01\n2026-02-29\n", "the dates in 'd.txt', line 2: '2026-02-29' is no date");
        row("no such month", "2026-13-01", "the dates in 'd.txt', line 1: '2026-13-01' is no date");
        row("another way round", "# days\n\n25.12.2026", "the dates in 'd.txt', line 3: '25.12.2026' is no date");
        row("signs", "2026-+1-01", "the dates in 'd.txt', line 1: '2026-+1-01' is no date");
        row("a time behind it", "2026-01-01T00:00", "the dates in 'd.txt', line 1: '2026-01-01T00:00' is no date");
        row("empty", "# nothing\n", "the file 'd.txt' holds no date");
        row("no text", "2026-01-01 \xff", "the dates in 'd.txt': the file is no UTF-8 text");
    }
    void mistakes_in_a_file_of_dates_are_told_by_line() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, told);
        const auto outcome = load_calendar("deny: [{dates: d.txt}]", {{"d.txt", bytes.toStdString()}});
        QVERIFY(!outcome.plan);
        QCOMPARE(outcome.diagnostics.at(0).what, told.toStdString());
        QCOMPARE(outcome.diagnostics.at(0).at.line, 4);
    }

    void an_unknown_zone_is_told() {
        Calendar asked;
        asked.allow.push_back({});
        asked.allow.back().zone = "Europe/Bonn";
        QCOMPARE(ask(asked, {}).error().code, ErrorCode::bad_input);
        QCOMPARE(openings(asked, {}, 1).error().code, ErrorCode::bad_input);
    }
};

SLUICE_TEST(CalendarTest)
#include "calendar_test.moc"
