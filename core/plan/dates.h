#pragma once
/// Named days in a plan's calendar: "2026-12-25", "2026-12-25 Christmas Day", or a file with one such line a day.
#include "plan/calendar.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plan {

/// None when it does not begin with a day that exists, written YYYY-MM-DD.
std::optional<NamedDate> read_date(std::string_view text);

/// One date a line; empty lines and what follows a `#` are passed over.
struct DatesFile {
    std::vector<NamedDate> dates;      ///< in the file's order
    std::vector<std::string> mistakes; ///< "line 3: '2026-13-01' is no date", at most 5 of them
};
DatesFile read_dates(std::string_view text);

} // namespace sluice::plan
