#include "sources/log_tally.h"

#include "base/quantity.h"

#include <algorithm>
#include <date/date.h>
#include <fmt/format.h>

namespace sluice::sources {
namespace {

/// A number of so many digits at `at`; -1 where there is none.
int digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) {
        return -1;
    }
    int value = 0;
    for (const char c : text.substr(at, count)) {
        if (c < '0' || c > '9') {
            return -1;
        }
        value = value * 10 + (c - '0');
    }
    return value;
}

/// "Z", or "+02:00": how far that clock is ahead of UTC.
std::optional<Nanos> zone(std::string_view text) {
    if (text == "Z") {
        return Nanos{};
    }
    const int h = digits(text, 1, 2);
    const int m = digits(text, 4, 2);
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || h < 0 || m < 0) {
        return std::nullopt;
    }
    const Nanos ahead = minutes(h * 60 + m);
    return text[0] == '+' ? ahead : Nanos{} - ahead;
}

} // namespace

std::optional<Nanos> log_time(std::string_view line) {
    const std::string_view stamp = line.substr(0, line.find(' '));
    constexpr std::size_t to_seconds = 19;
    if (stamp.size() <= to_seconds || stamp[4] != '-' || stamp[7] != '-' || stamp[10] != 'T' || stamp[13] != ':' ||
        stamp[16] != ':') {
        return std::nullopt;
    }
    const int year = digits(stamp, 0, 4), month = digits(stamp, 5, 2), day = digits(stamp, 8, 2);
    const int h = digits(stamp, 11, 2), m = digits(stamp, 14, 2), s = digits(stamp, 17, 2);
    const date::year_month_day on{date::year{year}, date::month{static_cast<unsigned>(std::max(month, 0))},
                                  date::day{static_cast<unsigned>(std::max(day, 0))}};
    // Years outside of these don't fit into nanoseconds.
    if (year < 1700 || year > 2250 || !on.ok() || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60) {
        return std::nullopt;
    }
    std::size_t at = to_seconds;
    std::int64_t fraction = 0;
    if (stamp[at] == '.') {
        std::int64_t unit = 100'000'000;
        const std::size_t begin = ++at;
        for (; at < stamp.size() && stamp[at] >= '0' && stamp[at] <= '9'; ++at, unit /= 10) {
            fraction += (stamp[at] - '0') * unit;
        }
        if (at == begin) {
            return std::nullopt;
        }
    }
    const auto ahead = zone(stamp.substr(at));
    if (!ahead) {
        return std::nullopt;
    }
    const std::int64_t days = date::sys_days(on).time_since_epoch().count();
    return seconds(days * 86'400 + h * 3'600 + m * 60 + s) + Nanos{fraction} - *ahead;
}

Result<LogCount> count_new(std::string_view log, const Pattern& pattern, std::int64_t most_lines, LogCursor& cursor) {
    LogCount count;
    std::map<Nanos, int> here;
    for (std::size_t end = log.find('\n'); end != std::string_view::npos; end = log.find('\n')) {
        const std::string_view line = log.substr(0, end);
        log.remove_prefix(end + 1);
        if (line.empty()) {
            continue;
        }
        const auto time = log_time(line);
        if (!time) {
            return fail(ErrorCode::corrupt, "what came is no log: a line does not begin with a time");
        }
        if (cursor.old_until && *time <= *cursor.old_until) {
            continue;
        }
        const int nth = ++here[*time];
        const auto seen = cursor.seen.find(*time);
        if (seen != cursor.seen.end() && nth <= seen->second) {
            continue;
        }
        if (++count.lines > most_lines) {
            count.too_many = true;
            return count;
        }
        const std::size_t blank = line.find(' ');
        const std::string_view text = blank == std::string_view::npos ? std::string_view() : line.substr(blank + 1);
        count.found += pattern.found_in(text) ? 1 : 0;
    }
    if (!here.empty()) {
        const Nanos old = here.rbegin()->first - LogCursor::disorder;
        cursor.old_until = std::max(cursor.old_until.value_or(old), old);
        here.erase(here.begin(), here.upper_bound(*cursor.old_until));
        // What was seen and did not come again (its log was begun anew) is not needed, and would only grow.
        cursor.seen = std::move(here);
    }
    return count;
}

Result<LogCursor> behind_all(std::string_view last_line) {
    LogCursor cursor;
    if (last_line.empty()) {
        return cursor;
    }
    const auto time = log_time(last_line.substr(0, last_line.find('\n')));
    if (!time) {
        return fail(ErrorCode::corrupt, "what came is no log: a line does not begin with a time");
    }
    cursor.old_until = Nanos{time->count - time->count % seconds(1).count} + seconds(1) - Nanos{1};
    return cursor;
}

const LogTally::Followed* LogTally::followed(const kubernetes::LoggingContainer& container) const {
    const auto found = followed_.find({container.pod_uid, container.name});
    return found == followed_.end() ? nullptr : &found->second;
}

bool LogTally::is_new(const kubernetes::LoggingContainer& container) const {
    if (!last_ || followed(container) != nullptr) {
        return false;
    }
    // Both by the API server's clock, which tells seconds. Where it told nothing yet, there was nothing.
    return listed_ ? container.created && *container.created >= *listed_ - seconds(1) : followed_.empty();
}

std::string LogTally::gap(const kubernetes::LoggingContainer& container) const {
    const Followed none;
    const Followed* before = followed(container) == nullptr && is_new(container) ? &none : followed(container);
    if (before == nullptr || container.current.empty() || before->instance == container.current) {
        return {};
    }
    // Only of the current one and of the one before there is a log.
    const int since = container.nth - before->nth;
    const bool has_previous = container.previous != container.current;
    const bool kept = before->ended ? since <= 1 || (since == 2 && has_previous)
                                    : since <= 1 && has_previous && container.previous == before->instance;
    return kept ? std::string()
                : "a container restarted more than once between two polls, and its logs between are gone";
}

std::vector<LogTally::Read> LogTally::reads(const std::vector<kubernetes::LoggingContainer>& containers) const {
    std::vector<Read> reads;
    for (const auto& container : containers) {
        if (container.current.empty()) {
            continue;
        }
        const Followed* before = followed(container);
        Read current{.of = container};
        if (before != nullptr && before->instance == container.current) {
            current.cursor = before->cursor;
            current.missed = before->missed;
        } else if ((before == nullptr && !is_new(container)) || !gap(container).empty()) {
            current.skips = true;
        } else if (!container.previous.empty() && container.previous != container.current) {
            const bool is_rest = before != nullptr && before->instance == container.previous;
            if (!is_rest || !before->ended) {
                Read rest{.of = container, .previous = true};
                rest.cursor = is_rest ? before->cursor : LogCursor();
                reads.push_back(std::move(rest));
            }
        }
        reads.push_back(std::move(current));
    }
    return reads;
}

void LogTally::take(const std::vector<kubernetes::LoggingContainer>& containers, const std::vector<Read>& reads,
                    std::optional<Nanos> listed, Nanos asked) {
    ++taken_;
    std::string why;
    std::map<Key, Followed> followed;
    for (const auto& container : containers) {
        why = why.empty() ? gap(container) : why;
        followed[{container.pod_uid, container.name}] = {
            container.current, container.current.empty() ? -1 : container.nth, container.ended, {}, false};
    }
    std::int64_t found = 0;
    for (const auto& read : reads) {
        found += read.count.found;
        if (read.previous) {
            why = read.lost && why.empty() ? "the log of a container from before it restarted is gone" : why;
        } else {
            auto& kept = followed[{read.of.pod_uid, read.of.name}];
            kept.cursor = read.cursor;
            kept.missed = read.lost;
        }
    }
    const Nanos length = last_ ? asked - *last_ : Nanos{};
    if (length > std::max(over_ * 2, minutes(2))) {
        why = "the logs were not asked for too long";
    }
    if (!why.empty()) {
        stretches_.clear();
        why_ = std::move(why);
    } else if (length.count > 0) {
        stretches_.push_back({length, found});
    }
    followed_ = std::move(followed);
    last_ = asked;
    listed_ = listed ? listed : listed_;
    // As few polls as cover the window.
    Nanos covered;
    std::size_t wanted = 0;
    while (wanted < stretches_.size() && covered < over_) {
        covered = covered + stretches_[stretches_.size() - ++wanted].length;
    }
    stretches_.erase(stretches_.begin(), stretches_.end() - static_cast<std::ptrdiff_t>(wanted));
    why_ = covered < over_ ? std::move(why_) : std::string();
}

void LogTally::forget(std::string why) {
    const auto taken = taken_ + 1;
    *this = LogTally(over_);
    taken_ = taken;
    why_ = std::move(why);
}

std::optional<double> LogTally::per_second() const {
    Nanos covered;
    std::int64_t found = 0;
    for (const auto& stretch : stretches_) {
        covered = covered + stretch.length;
        found += stretch.found;
    }
    return covered < over_ ? std::nullopt : std::optional(static_cast<double>(found) / covered.seconds());
}

std::string LogTally::why_none() const {
    return fmt::format("{}less than {} of the logs has been seen{}", why_.empty() ? "" : why_ + "; ",
                       duration_text(over_), why_.empty() ? "" : " since");
}

} // namespace sluice::sources
