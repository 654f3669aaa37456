#pragma once
/// When a phase marked `window: true` may start: an active deny beats any allow; if any allow exists, one must be
/// active.
#include "base/nanos.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::plan {

struct CalendarRow {
    std::vector<int> days; ///< 0 = Sunday … 6; empty = all
    int from = 0;          ///< minute of the day, local to `zone`
    int to = 24 * 60;      ///< exclusive; below `from` = over midnight
    std::string zone = "UTC";
    int month_end = 0;              ///< the last n days of a month; 0 = not of this kind
    std::vector<std::string> dates; ///< YYYY-MM-DD, named holidays
    int before = 0;                 ///< and so many days before each date
};

struct Calendar {
    std::vector<CalendarRow> allow;
    std::vector<CalendarRow> deny;
};

struct CalendarAnswer {
    bool open = false;
    std::string why;              ///< which row decides
    std::optional<Nanos> changes; ///< when the answer changes next, within 400 days
};

/// `at` in nanoseconds UTC. Zones are the system's tzdata; an unknown one is `bad_input`.
Result<CalendarAnswer> ask(const Calendar& calendar, Nanos at);

/// The first instant at or after `at` when the calendar is open; none within 400 days = `not_found`.
Result<Nanos> next_open(const Calendar& calendar, Nanos at);

} // namespace sluice::plan
