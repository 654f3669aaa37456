#include "plan/calendar.h"

#include <algorithm>
#include <date/tz.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace sluice::plan {
namespace {

using SysTime = date::sys_time<std::chrono::nanoseconds>;
constexpr int minutes_of_day = 24 * 60;
constexpr date::days horizon{400};

Result<const date::time_zone*> zone_named(const std::string& name) {
    try {
        return date::locate_zone(name);
    } catch (const std::exception&) {
        return fail(ErrorCode::bad_input, fmt::format("the time zone '{}' is not known", name), {},
                    "a name of the time zone database, for example Europe/Berlin or UTC");
    }
}

SysTime sys_time(Nanos at) {
    return SysTime{std::chrono::nanoseconds(at.count)};
}
Nanos nanos(SysTime at) {
    return {at.time_since_epoch().count()};
}

std::string date_text(const NamedDate& named) {
    const auto text = date::format("%F", date::sys_days(date::days(named.day)));
    return named.name.empty() ? text : text + " " + named.name;
}

std::string days_text(int days) {
    return days == 1 ? "day" : fmt::format("{} days", days);
}

std::string dates_text(const CalendarRow& row) {
    constexpr std::size_t shown = 3;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < std::min(row.dates.size(), shown); ++i) {
        texts.push_back(date_text(row.dates[i]));
    }
    std::string text = fmt::format("{}", fmt::join(texts, ", "));
    if (row.dates.size() > shown) {
        text += fmt::format(" and {} more", row.dates.size() - shown);
    }
    return row.before > 0 ? text + " and the " + days_text(row.before) + " before" : text;
}

/// Everything but its name; `dates` tells how its dates are written.
std::string rule_text(const CalendarRow& row, const std::string& dates) {
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
        parts.push_back(row.month_end == 1 ? "the last day of a month"
                                           : fmt::format("the last {} days of a month", row.month_end));
    }
    if (!row.dates.empty()) {
        parts.push_back(dates);
    }
    return parts.empty() ? "always" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string named_text(const CalendarRow& row, const std::string& rule) {
    return row.name.empty() ? rule : fmt::format("{} ({})", row.name, rule);
}

/// A row with its zone looked up.
struct Rule {
    const CalendarRow* row = nullptr;
    const date::time_zone* zone = nullptr;

    /// The date by which the day is named, itself or the nearest after it; null if there is none.
    const NamedDate* date_of(int day) const {
        const NamedDate* nearest = nullptr;
        for (const NamedDate& named : row->dates) {
            if (day <= named.day && day >= named.day - row->before && (!nearest || named.day < nearest->day)) {
                nearest = &named;
            }
        }
        return nearest;
    }

    bool day_matches(date::local_days day) const {
        const auto weekday = static_cast<int>(date::weekday(day).c_encoding());
        if (!row->days.empty() && std::find(row->days.begin(), row->days.end(), weekday) == row->days.end()) {
            return false;
        }
        if (row->month_end > 0) {
            const date::year_month_day ymd(day);
            const date::year_month_day last(ymd.year() / ymd.month() / date::last);
            if (static_cast<unsigned>(last.day()) - static_cast<unsigned>(ymd.day()) >=
                static_cast<unsigned>(row->month_end)) {
                return false;
            }
        }
        return row->dates.empty() || date_of(day.time_since_epoch().count()) != nullptr;
    }

    /// The local day on which what is active now began; none = it is not active.
    std::optional<date::local_days> active(SysTime at) const {
        const auto local = zone->to_local(at);
        const auto day = date::floor<date::days>(local);
        const auto minute = std::chrono::duration_cast<std::chrono::minutes>(local - day).count();
        const bool over_midnight = row->from >= row->to;
        if (minute >= row->from && (over_midnight || minute < row->to) && day_matches(day)) {
            return day;
        }
        if (over_midnight && minute < row->to && day_matches(day - date::days(1))) {
            return day - date::days(1);
        }
        return std::nullopt;
    }

    /// Why it is active: of many dates the one that counts.
    std::string why(date::local_days day) const {
        const int number = day.time_since_epoch().count();
        const NamedDate* named = row->dates.empty() ? nullptr : date_of(number);
        std::string dates;
        if (named) {
            dates = number == named->day ? date_text(*named)
                                         : "the " + days_text(row->before) + " before " + date_text(*named);
        }
        return named_text(*row, rule_text(*row, dates));
    }

    /// The instants at which it may begin or end on a local day.
    void add_edges(std::set<SysTime>& instants, date::local_days day) const {
        for (const int minute : {0, row->from, row->to}) {
            const auto local = date::local_seconds(day) + std::chrono::minutes(minute);
            const auto info = zone->get_info(local);
            const auto naive = local.time_since_epoch();
            if (info.result == date::local_info::nonexistent) {
                instants.insert(SysTime(info.first.end)); // the clock jumps over it
                continue;
            }
            instants.insert(SysTime(naive - info.first.offset));
            if (info.result == date::local_info::ambiguous) {
                instants.insert(SysTime(naive - info.second.offset));
            }
        }
        // A change of the clock can enter or leave a row by itself.
        const auto noon = date::local_seconds(day) + std::chrono::hours(12);
        const auto info = zone->get_info(noon).first;
        if (info.begin.time_since_epoch().count() > 0) {
            instants.insert(SysTime(info.begin));
        }
        if (info.end < date::sys_days(date::year(2200) / 1 / 1)) {
            instants.insert(SysTime(info.end));
        }
    }
};

class Rules {
public:
    static Result<Rules> of(const Calendar& calendar) {
        Rules rules;
        for (const auto& [rows, into] :
             {std::pair{&calendar.allow, &rules.allow_}, std::pair{&calendar.deny, &rules.deny_},
              std::pair{&calendar.prefer, &rules.prefer_}}) {
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

    bool open(SysTime at) const { return !active(deny_, at) && (allow_.empty() || active(allow_, at)); }

    std::pair<bool, std::string> answer(SysTime at) const {
        if (const Rule* rule = active(deny_, at)) {
            return {false, "denied: " + rule->why(*rule->active(at))};
        }
        if (const Rule* rule = active(allow_, at)) {
            return {true, "allowed: " + rule->why(*rule->active(at))};
        }
        if (!allow_.empty()) {
            return {false, "outside of: " + all(allow_)};
        }
        return {true, !deny_.empty()     ? "nothing denies it"
                      : !prefer_.empty() ? "the calendar only says what is preferred"
                                         : "there is no calendar"};
    }

    std::string advice(SysTime at) const {
        return prefer_.empty() || active(prefer_, at) ? std::string()
                                                      : "outside of the preferred times: " + all(prefer_);
    }

    /// The first instant after `at`, within the horizon, at which it is open or not, as `wanted`.
    std::optional<SysTime> next(SysTime at, bool wanted) const {
        std::set<SysTime> instants;
        const auto add_day = [&](int day) {
            for (const auto* rules : {&allow_, &deny_}) {
                for (const Rule& rule : *rules) {
                    rule.add_edges(instants, date::floor<date::days>(rule.zone->to_local(at)) + date::days(day));
                }
            }
        };
        // Local days of far zones overlap: what falls into these 24 hours may stand in a day before or after.
        add_day(-1);
        add_day(0);
        add_day(1);
        for (date::days day{0}; day <= horizon; ++day) {
            add_day(day.count() + 2);
            while (!instants.empty() && *instants.begin() <= at + day + date::days(1)) {
                const SysTime edge = *instants.begin();
                instants.erase(instants.begin());
                if (edge > at && open(edge) == wanted) {
                    return edge;
                }
            }
        }
        return std::nullopt;
    }

    /// The next opening, from `at` on, that begins before `end`.
    std::optional<Opening> opening(SysTime at, SysTime end) const {
        const auto from = open(at) ? std::optional(at) : next(at, true);
        if (!from || *from > end) {
            return std::nullopt;
        }
        const auto to = next(*from, false);
        return Opening{nanos(*from), to ? std::optional(nanos(*to)) : std::nullopt};
    }

private:
    static const Rule* active(const std::vector<Rule>& rules, SysTime at) {
        const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.active(at); });
        return found == rules.end() ? nullptr : &*found;
    }
    static std::string all(const std::vector<Rule>& rules) {
        return to_text(*rules.front().row) + (rules.size() > 1 ? ", …" : "");
    }

    std::vector<Rule> allow_, deny_, prefer_;
};

} // namespace

const char* name(AtWindowEnd what) {
    static constexpr const char* names[] = {"finish", "pause", "ask"};
    return names[static_cast<int>(what)];
}

std::string to_text(const CalendarRow& row) {
    return named_text(row, rule_text(row, dates_text(row)));
}

Result<CalendarAnswer> ask(const Calendar& calendar, Nanos at) {
    const auto rules = Rules::of(calendar);
    if (!rules) {
        return failed(rules);
    }
    const SysTime instant = sys_time(at);
    const auto [open, why] = rules->answer(instant);
    CalendarAnswer answer{open, why, open ? rules->advice(instant) : std::string(), std::nullopt};
    if (const auto changes = rules->next(instant, !open)) {
        answer.changes = nanos(*changes);
    }
    return answer;
}

Result<Nanos> next_open(const Calendar& calendar, Nanos at) {
    const auto rules = Rules::of(calendar);
    if (!rules) {
        return failed(rules);
    }
    const SysTime instant = sys_time(at);
    if (rules->open(instant)) {
        return at;
    }
    if (const auto open = rules->next(instant, true)) {
        return nanos(*open);
    }
    return fail(ErrorCode::not_found, "the calendar does not open within 400 days", {}, "widen allow, or narrow deny");
}

Result<std::vector<Opening>> openings(const Calendar& calendar, Nanos at, std::size_t count) {
    const auto rules = Rules::of(calendar);
    if (!rules) {
        return failed(rules);
    }
    std::vector<Opening> found;
    const SysTime end = sys_time(at) + horizon;
    std::optional<Nanos> from = at;
    while (found.size() < count && from) {
        const auto opening = rules->opening(sys_time(*from), end);
        if (!opening) {
            break;
        }
        found.push_back(*opening);
        from = opening->to;
    }
    return found;
}

Result<Opening> next_fit(const Calendar& calendar, Nanos at, Nanos length) {
    const auto rules = Rules::of(calendar);
    if (!rules) {
        return failed(rules);
    }
    const SysTime end = sys_time(at) + horizon;
    for (std::optional<Nanos> from = at; from;) {
        const auto opening = rules->opening(sys_time(*from), end);
        if (!opening || opening->fits(length)) {
            return opening ? Result<Opening>(*opening)
                           : fail(ErrorCode::not_found, "no window within 400 days is long enough", {},
                                  "widen allow, or plan for less time");
        }
        from = opening->to;
    }
    return fail(ErrorCode::not_found, "no window within 400 days is long enough", {},
                "widen allow, or plan for less time");
}

} // namespace sluice::plan
