#pragma once
/// When a phase marked `window: true` may start: an active deny beats any allow; if any allow exists, one must be
/// active. Preferred times don't bind: who starts outside of them is told.
///
/// `from` and `to` are what a clock on the wall of the zone shows. A time that the clock jumps over in spring does not
/// come; one that comes twice in autumn counts twice, so a window may open again when the hour begins anew.
#include "base/nanos.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::plan {

struct NamedDate {
    int day = 0;      ///< days since 1970-01-01
    std::string name; ///< "Christmas Day"; may be empty
    bool operator==(const NamedDate&) const = default;
};

struct CalendarRow {
    std::string name;      ///< for people: "Month-end freeze"; may be empty
    std::vector<int> days; ///< 0 = Sunday … 6; empty = all
    int from = 0;          ///< minute of the day, local to `zone`
    int to = 24 * 60;      ///< exclusive; at or below `from` = over midnight, on the days on which it begins
    std::string zone = "UTC";
    int month_end = 0; ///< the last n days of a month; 0 = not of this kind
    std::vector<NamedDate> dates;
    int before = 0; ///< and so many days before each date
};

/// What becomes of a phase that is under way when its window ends.
enum class AtWindowEnd {
    finish, ///< it goes on
    pause,  ///< it stands still until the window opens again
    ask,    ///< it stands still until a person says that it goes on
};
const char* name(AtWindowEnd what);

struct Calendar {
    std::vector<CalendarRow> allow;
    std::vector<CalendarRow> deny;
    std::vector<CalendarRow> prefer;
    AtWindowEnd at_end = AtWindowEnd::finish; ///< of phases that don't say
};

struct CalendarAnswer {
    bool open = false;
    std::string why;              ///< which row decides
    std::string advice;           ///< open, but outside of the preferred times: which; else empty
    std::optional<Nanos> changes; ///< when it opens or closes next, within 400 days
};

/// `at` in nanoseconds UTC. Zones are the system's tzdata; an unknown one is `bad_input`.
Result<CalendarAnswer> ask(const Calendar& calendar, Nanos at);

/// The first instant at or after `at` when the calendar is open; none within 400 days = `not_found`.
Result<Nanos> next_open(const Calendar& calendar, Nanos at);

/// A time in which the calendar stays open.
struct Opening {
    Nanos from;              ///< the instant asked for, if it is open already
    std::optional<Nanos> to; ///< exclusive; none = it stays open for 400 days and more

    bool fits(Nanos length) const { return !to || *to - from >= length; }
};

/// The next `count` of them, within 400 days; may be fewer, or none.
Result<std::vector<Opening>> openings(const Calendar& calendar, Nanos at, std::size_t count);

/// The first one that is at least so long, counted from `at` if it is open then; none within 400 days = `not_found`.
Result<Opening> next_fit(const Calendar& calendar, Nanos at, Nanos length);

/// "Month-end freeze (the last 2 days of a month)": for the plan's listing.
std::string to_text(const CalendarRow& row);

} // namespace sluice::plan
