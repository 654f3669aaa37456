#include "plan/calendar.h"

#include <algorithm>
#include <date/tz.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <sstream>

namespace sluice::plan {
namespace {

using SysTime = date::sys_time<std::chrono::nanoseconds>;
constexpr int minutes_of_day = 24 * 60;
constexpr int horizon_days = 400;

Result<const date::time_zone*> zone_named(const std::string& name) {
    try {
        return date::locate_zone(name);
    } catch (const std::exception&) {
        return fail(ErrorCode::bad_input, fmt::format("the time zone '{}' is not known", name), {},
                    "a name of the time zone database, for example Europe/Berlin or UTC");
    }
}

bool day_matches(const CalendarRow& row, date::local_days day) {
    const auto weekday = static_cast<int>(date::weekday(day).c_encoding());
    if (!row.days.empty() && std::find(row.days.begin(), row.days.end(), weekday) == row.days.end()) {
        return false;
    }
    const date::year_month_day ymd(day);
    if (row.month_end > 0) {
        const date::year_month_day last(ymd.year() / ymd.month() / date::last);
        if (static_cast<unsigned>(last.day()) - static_cast<unsigned>(ymd.day()) >=
            static_cast<unsigned>(row.month_end)) {
            return false;
        }
    }
    if (row.dates.empty()) {
        return true;
    }
    for (const std::string& text : row.dates) {
        date::local_days named;
        std::istringstream stream(text);
        stream >> date::parse("%F", named);
        if (!stream.fail() && day <= named && day >= named - date::days(row.before)) {
            return true;
        }
    }
    return false;
}

bool row_active(const CalendarRow& row, const date::time_zone& zone, SysTime at) {
    const auto local = zone.to_local(at);
    const auto day = date::floor<date::days>(local);
    const auto minute = std::chrono::duration_cast<std::chrono::minutes>(local - day).count();
    if (row.from == row.to) {
        return day_matches(row, day);
    }
    if (row.from < row.to) {
        return minute >= row.from && minute < row.to && day_matches(row, day);
    }
    // Over midnight: the days are those on which it begins.
    return (minute >= row.from && day_matches(row, day)) || (minute < row.to && day_matches(row, day - date::days(1)));
}

std::string row_text(const CalendarRow& row) {
    static constexpr const char* day_names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    std::vector<std::string> parts;
    if (!row.days.empty()) {
        std::vector<std::string> names;
        for (const int day : row.days) {
            names.emplace_back(day_names[day]);
        }
        parts.push_back(fmt::format("{}", fmt::join(names, ", ")));
    }
    if (row.from != 0 || row.to != minutes_of_day) {
        parts.push_back(fmt::format("{:02}:{:02} to {:02}:{:02} {}", row.from / 60, row.from % 60, row.to / 60,
                                    row.to % 60, row.zone));
    }
    if (row.month_end > 0) {
        parts.push_back(fmt::format("the last {} days of a month", row.month_end));
    }
    if (!row.dates.empty()) {
        parts.push_back(row.before > 0 ? fmt::format("{} and {} days before", fmt::join(row.dates, ", "), row.before)
                                       : fmt::format("{}", fmt::join(row.dates, ", ")));
    }
    return parts.empty() ? "always" : fmt::format("{}", fmt::join(parts, ", "));
}

struct Ruled {
    const CalendarRow* row;
    const date::time_zone* zone;
};

struct Rules {
    std::vector<Ruled> allow, deny;

    std::pair<bool, std::string> ask(SysTime at) const {
        for (const Ruled& rule : deny) {
            if (row_active(*rule.row, *rule.zone, at)) {
                return {false, "denied: " + row_text(*rule.row)};
            }
        }
        for (const Ruled& rule : allow) {
            if (row_active(*rule.row, *rule.zone, at)) {
                return {true, "allowed: " + row_text(*rule.row)};
            }
        }
        if (!allow.empty()) {
            return {false, "outside of: " + row_text(*allow.front().row) + (allow.size() > 1 ? ", …" : "")};
        }
        return {true, deny.empty() ? "there is no calendar" : "nothing denies it"};
    }

    /// The instants at which a row may begin or end on the local day that lies so many days after that of `at`.
    std::set<SysTime> edges(SysTime at, int day) const {
        std::set<SysTime> instants;
        for (const auto* rules : {&allow, &deny}) {
            for (const Ruled& rule : *rules) {
                const auto local_day = date::floor<date::days>(rule.zone->to_local(at)) + date::days(day);
                for (const int minute : {0, rule.row->from, rule.row->to}) {
                    const auto info =
                        rule.zone->get_info(date::local_seconds(local_day) + std::chrono::minutes(minute));
                    const auto naive = (local_day + std::chrono::minutes(minute)).time_since_epoch();
                    if (info.result == date::local_info::nonexistent) {
                        instants.insert(SysTime(info.first.end)); // the clock jumps over it
                        continue;
                    }
                    instants.insert(SysTime(naive - info.first.offset));
                    if (info.result == date::local_info::ambiguous) {
                        instants.insert(SysTime(naive - info.second.offset));
                        instants.insert(SysTime(info.second.begin)); // the hour begins again
                    }
                }
                // A change of the clock within the day can enter or leave a row by itself.
                const auto info = rule.zone->get_info(date::sys_seconds(
                    std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()) + date::days(day)));
                instants.insert(
                    SysTime(std::min(info.end, date::sys_seconds(date::sys_days(date::year(2200) / 1 / 1)))));
            }
        }
        return instants;
    }

    std::optional<SysTime> next(SysTime at, bool wanted) const {
        for (int day = 0; day <= horizon_days; ++day) {
            // Local days of far zones overlap: whatever falls into these 24 hours, in order.
            std::set<SysTime> instants;
            for (int near = day - 1; near <= day + 2; ++near) {
                instants.merge(edges(at, near));
            }
            for (const SysTime edge : instants) {
                if (edge > at + date::days(day) && edge <= at + date::days(day + 1) && ask(edge).first == wanted) {
                    return edge;
                }
            }
        }
        return std::nullopt;
    }
};

Result<Rules> rules_of(const Calendar& calendar) {
    Rules rules;
    for (const auto& [rows, into] :
         {std::pair{&calendar.allow, &rules.allow}, std::pair{&calendar.deny, &rules.deny}}) {
        for (const CalendarRow& row : *rows) {
            const auto zone = zone_named(row.zone);
            if (!zone) {
                return failed(zone);
            }
            into->push_back({&row, *zone});
        }
    }
    return rules;
}

} // namespace

Result<CalendarAnswer> ask(const Calendar& calendar, Nanos at) {
    const auto rules = rules_of(calendar);
    if (!rules) {
        return failed(rules);
    }
    const SysTime instant{std::chrono::nanoseconds(at.count)};
    const auto [open, why] = rules->ask(instant);
    CalendarAnswer answer{open, why, std::nullopt};
    if (const auto changes = rules->next(instant, !open)) {
        answer.changes = Nanos{changes->time_since_epoch().count()};
    }
    return answer;
}

Result<Nanos> next_open(const Calendar& calendar, Nanos at) {
    const auto rules = rules_of(calendar);
    if (!rules) {
        return failed(rules);
    }
    const SysTime instant{std::chrono::nanoseconds(at.count)};
    if (rules->ask(instant).first) {
        return at;
    }
    if (const auto open = rules->next(instant, true)) {
        return Nanos{open->time_since_epoch().count()};
    }
    return fail(ErrorCode::not_found, "the calendar does not open within 400 days", {}, "widen allow, or narrow deny");
}

} // namespace sluice::plan
