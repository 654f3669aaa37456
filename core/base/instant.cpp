#include "base/instant.h"

#include <cstdio>
#include <date/date.h>
#include <sstream>

namespace sluice {
namespace {

tl::unexpected<Error> not_a_time(const std::string& text) {
    return fail(ErrorCode::bad_input, "'" + text + "' is not a time", {}, "write T+00:42:13 or 2026-01-06T02:42:13Z");
}

} // namespace

std::string utc(Nanos time) {
    const date::sys_time<std::chrono::milliseconds> point{std::chrono::milliseconds(time.count / 1'000'000)};
    return date::format("%FT%TZ", point);
}

Result<Nanos> parse_instant(std::string_view given, Nanos origin) {
    const std::string text(given);
    if (text.starts_with("T+") || text.starts_with("T-")) {
        int hours = 0, minutes = 0, seconds = 0;
        char extra = 0;
        if (text.size() < 3 || text[2] < '0' || text[2] > '9' ||
            std::sscanf(text.c_str() + 2, "%5d:%2d:%2d%c", &hours, &minutes, &seconds, &extra) != 3 || hours < 0 ||
            minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) {
            return not_a_time(text);
        }
        const Nanos length = sluice::seconds(hours * 3600LL + minutes * 60LL + seconds);
        return text[1] == '+' ? origin + length : origin - length;
    }
    std::istringstream stream(text);
    date::sys_time<std::chrono::milliseconds> point;
    stream >> date::parse("%FT%TZ", point);
    if (stream.fail() || stream.peek() != std::istringstream::traits_type::eof()) {
        return not_a_time(text);
    }
    const std::int64_t milliseconds = point.time_since_epoch().count();
    if (milliseconds > INT64_MAX / 1'000'000 || milliseconds < INT64_MIN / 1'000'000) {
        return fail(ErrorCode::bad_input, "'" + text + "' is too far away", {}, "years 1678 to 2261 are understood");
    }
    return Nanos{milliseconds * 1'000'000};
}

} // namespace sluice
