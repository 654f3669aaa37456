#include "range/time_text.h"

#include <charconv>
#include <chrono>
#include <date/date.h>
#include <fmt/format.h>

namespace sluice::range {
namespace {

date::sys_seconds whole_seconds(Nanos instant) {
    return date::floor<std::chrono::seconds>(
        date::sys_time<std::chrono::nanoseconds>(std::chrono::nanoseconds(instant.count)));
}

} // namespace

std::string rfc3339(Nanos instant) {
    return date::format("%FT%TZ", whole_seconds(instant));
}

bool parse_rfc3339(std::string_view text, Nanos& instant) {
    static constexpr std::string_view form = "0000-00-00T00:00:00Z";
    int fields[6] = {};
    int field = 0;
    if (text.size() != form.size()) {
        return false;
    }
    for (std::size_t i = 0; i < form.size(); ++i) {
        if (form[i] != '0') {
            ++field;
        }
        if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i]) {
            return false;
        }
        if (form[i] == '0') {
            fields[field] = fields[field] * 10 + (text[i] - '0');
        }
    }
    const date::year_month_day day{date::year{fields[0]}, date::month{static_cast<unsigned>(fields[1])},
                                   date::day{static_cast<unsigned>(fields[2])}};
    if (!day.ok() || fields[3] > 23 || fields[4] > 59 || fields[5] > 60) {
        return false;
    }
    const auto days = date::sys_days(day).time_since_epoch().count();
    instant = seconds(days * 86400ll + fields[3] * 3600 + fields[4] * 60 + fields[5]);
    return true;
}

std::string http_date(Nanos instant) {
    // Not through the locale: these names are fixed by the protocol.
    static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto time = whole_seconds(instant);
    const auto day = date::floor<date::days>(time);
    const date::year_month_day ymd(day);
    const date::hh_mm_ss clock(time - day);
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[date::weekday(day).c_encoding()],
                       static_cast<unsigned>(ymd.day()), months[static_cast<unsigned>(ymd.month()) - 1],
                       static_cast<int>(ymd.year()), clock.hours().count(), clock.minutes().count(),
                       clock.seconds().count());
}

bool parse_length(std::string_view text, Nanos& length) {
    Nanos total;
    if (text.empty()) {
        return false;
    }
    while (!text.empty()) {
        std::int64_t n = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
        if (error != std::errc() || n < 0 || n > 1'000'000'000) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        struct Unit {
            std::string_view name;
            Nanos one;
        };
        static constexpr Unit units[] = {
            {"ms", milliseconds(1)}, {"s", seconds(1)}, {"m", minutes(1)}, {"h", hours(1)}, {"d", hours(24)}};
        const Unit* found = nullptr;
        for (const Unit& unit : units) {
            if (text.starts_with(unit.name) && (!found || unit.name.size() > found->name.size())) {
                found = &unit;
            }
        }
        if (!found || n > INT64_MAX / 4 / found->one.count) {
            return false;
        }
        text.remove_prefix(found->name.size());
        total += found->one * n;
    }
    length = total;
    return true;
}

} // namespace sluice::range
