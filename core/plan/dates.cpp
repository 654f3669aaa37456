#include "plan/dates.h"

#include "plan/utf8.h"

#include <algorithm>
#include <charconv>
#include <date/date.h>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r";
    const auto from = text.find_first_not_of(space);
    return from == std::string_view::npos ? std::string_view()
                                          : text.substr(from, text.find_last_not_of(space) - from + 1);
}

std::optional<int> number(std::string_view text) {
    int value = 0;
    const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return digits && error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

} // namespace

std::optional<NamedDate> read_date(std::string_view text) {
    if (text.size() < 10 || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto year = number(text.substr(0, 4)), month = number(text.substr(5, 2)), day = number(text.substr(8, 2));
    if (!year || !month || !day || (text.size() > 10 && text[10] != ' ' && text[10] != '\t')) {
        return std::nullopt;
    }
    const auto ymd =
        date::year(*year) / date::month(static_cast<unsigned>(*month)) / date::day(static_cast<unsigned>(*day));
    if (!ymd.ok()) {
        return std::nullopt;
    }
    return NamedDate{date::sys_days(ymd).time_since_epoch().count(), std::string(trimmed(text.substr(10)))};
}

DatesFile read_dates(std::string_view text) {
    constexpr std::size_t most_mistakes = 5;
    DatesFile file;
    if (text.starts_with("\xEF\xBB\xBF")) {
        text.remove_prefix(3);
    }
    for (int line = 1; !text.empty(); ++line) {
        const auto end = text.find('\n');
        std::string_view content = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        content = trimmed(content.substr(0, content.find('#')));
        if (content.empty()) {
            continue;
        }
        if (auto date = read_date(content)) {
            file.dates.push_back(std::move(*date));
        } else if (file.mistakes.size() < most_mistakes) {
            file.mistakes.push_back(fmt::format("line {}: '{}' is no date", line, content.substr(0, 40)));
        }
    }
    return file;
}

} // namespace sluice::plan
