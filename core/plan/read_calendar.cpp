#include "plan/reading.h"

#include "plan/dates.h"
#include "plan/utf8.h"

#include <algorithm>
#include <date/tz.h>
#include <fmt/format.h>
#include <sstream>

namespace sluice::plan {
namespace {

int minute_of_day(Reading& reading, const Node& row, const char* key, int otherwise) {
    const Node* node = row.find(key);
    if (node == nullptr || !node->is_scalar()) {
        return otherwise;
    }
    int hour = -1, minute = -1;
    char colon = 0;
    std::istringstream stream(node->text);
    if (node->text.size() == 5 && stream >> hour >> colon >> minute && colon == ':' && hour >= 0 && hour <= 24 &&
        minute >= 0 && minute < 60 && hour * 60 + minute <= 24 * 60) {
        return hour * 60 + minute;
    }
    reading.error(node->at, fmt::format("'{}' is no time of day", node->text),
                  "write HH:MM in quotes, for example '02:00'");
    return otherwise;
}

int whole_days(Reading& reading, const Node& row, const char* key) {
    const auto length = reading.duration(row, key);
    if (!length) {
        return 0;
    }
    if (length->count % hours(24).count != 0 || length->count > hours(24 * 366).count) {
        reading.error(row.find(key)->at, fmt::format("'{}' takes whole days", key), "for example 2d");
    }
    return static_cast<int>(std::min<std::int64_t>(length->count / hours(24).count, 366));
}

constexpr const char* how_a_date_is_written = "write YYYY-MM-DD, and its name behind it if it has one";

void read_dates_file(Reading& reading, const Node& node, CalendarRow& row) {
    const auto text = reading.include ? reading.include(node.text)
                                      : Result<std::string>(fail(ErrorCode::not_found, "no file can be read here"));
    if (!text) {
        reading.error(node.at, fmt::format("the dates in '{}': {}", node.text, text.error().what),
                      "name a file beside the plan with one YYYY-MM-DD a line, or list the dates here");
        return;
    }
    if (first_bad_utf8(*text)) {
        reading.error(node.at, fmt::format("the dates in '{}': the file is no UTF-8 text", node.text),
                      how_a_date_is_written);
        return;
    }
    auto file = read_dates(*text);
    for (const std::string& mistake : file.mistakes) {
        reading.error(node.at, fmt::format("the dates in '{}', {}", node.text, mistake), how_a_date_is_written);
    }
    if (file.dates.empty() && file.mistakes.empty()) {
        reading.error(node.at, fmt::format("the file '{}' holds no date", node.text),
                      "add one a line, or remove the row");
    }
    row.dates = std::move(file.dates);
    reading.plan.includes[node.text] = *text;
}

void add_date(Reading& reading, const Node& item, CalendarRow& row) {
    if (!item.is_scalar()) {
        return;
    }
    if (auto date = read_date(item.text)) {
        row.dates.push_back(std::move(*date));
    } else {
        reading.error(item.at, fmt::format("'{}' is no date", item.text), how_a_date_is_written);
    }
}

void read_row_dates(Reading& reading, const Node& node, CalendarRow& row) {
    const Node* dates = node.find("dates");
    if (dates == nullptr) {
        if (const Entry* before = node.entry("before")) {
            reading.error(before->at, "'before' means nothing without dates", "add dates, or remove it");
        }
        return;
    }
    if (dates->is_list()) {
        for (const Node& item : dates->items) {
            add_date(reading, item, row);
        }
        if (dates->items.empty()) {
            reading.error(dates->at, "the list of dates is empty", "add one, or remove the row");
        }
    } else if (dates->is_scalar() && dates->text.size() >= 4 &&
               std::all_of(dates->text.begin(), dates->text.begin() + 4, [](char c) { return c >= '0' && c <= '9'; })) {
        add_date(reading, *dates, row);
    } else if (dates->is_scalar()) {
        read_dates_file(reading, *dates, row);
    }
    std::sort(row.dates.begin(), row.dates.end(), [](const auto& a, const auto& b) { return a.day < b.day; });
}

void read_times(Reading& reading, const Node& node, CalendarRow& row) {
    row.from = minute_of_day(reading, node, "from", 0);
    row.to = minute_of_day(reading, node, "to", 24 * 60);
    const Node* from = node.find("from");
    const Node* to = node.find("to");
    if (from != nullptr && row.from == 24 * 60) {
        reading.error(from->at, "no day begins at 24:00", "write 00:00 and the day after");
    } else if (from != nullptr && to != nullptr && row.from == row.to) {
        reading.error(to->at, "it ends when it begins", "leave both out for the whole day");
    }
    row.zone = reading.text(node, "zone", "UTC");
    try {
        date::locate_zone(row.zone);
    } catch (const std::exception&) {
        reading.error(node.find("zone") != nullptr ? node.find("zone")->at : node.at,
                      fmt::format("the time zone '{}' is not known", row.zone),
                      "a name of the time zone database, for example Europe/Berlin or UTC");
        row.zone = "UTC";
    }
}

CalendarRow read_row(Reading& reading, const Node& node) {
    static const std::vector<std::string> day_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    CalendarRow row;
    row.name = reading.text(node, "name");
    for (const std::string& day : reading.texts(node, "days")) {
        const auto found = std::find(day_names.begin(), day_names.end(), day);
        if (found != day_names.end()) {
            row.days.push_back(static_cast<int>(found - day_names.begin()));
        }
    }
    read_times(reading, node, row);
    row.month_end = whole_days(reading, node, "month-end");
    row.before = whole_days(reading, node, "before");
    read_row_dates(reading, node, row);
    return row;
}

} // namespace

std::optional<AtWindowEnd> read_at_window_end(const Reading& reading, const Node& map) {
    const std::string word = reading.text(map, "when-window-ends");
    for (const auto what : {AtWindowEnd::finish, AtWindowEnd::pause, AtWindowEnd::ask}) {
        if (word == plan::name(what)) {
            return what;
        }
    }
    return std::nullopt;
}

void read_calendar(Reading& reading, const Node& node) {
    Calendar& calendar = reading.plan.calendar;
    for (const auto& [key, rows] : {std::pair{"allow", &calendar.allow}, std::pair{"deny", &calendar.deny},
                                    std::pair{"prefer", &calendar.prefer}}) {
        const Node* list = node.find(key);
        for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
            rows->push_back(read_row(reading, list->items[i]));
        }
    }
    calendar.at_end = read_at_window_end(reading, node).value_or(AtWindowEnd::finish);
}

} // namespace sluice::plan
