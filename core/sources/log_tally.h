#pragma once
#include "base/pattern.h"
#include "kubernetes/pod_log.h"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::sources {

/// How far one log was read: enough to count each of its lines once, though it can only be asked for whole seconds,
/// several lines may bear one time, and two streams may be written in disorder for a moment.
struct LogCursor {
    std::optional<Nanos> old_until; ///< lines of this time and before are counted, or were there at the beginning
    std::map<Nanos, int> seen;      ///< how many lines of each later time are counted
    static constexpr Nanos disorder = seconds(2);
};

struct LogCount {
    std::int64_t lines = 0; ///< new ones
    std::int64_t found = 0; ///< those of them in which the pattern is found
    bool too_many = false;  ///< then neither is right
};

/// When a line was written: "2026-01-06T02:42:13.250000001Z …", or with "+02:00"; nothing where no time stands.
std::optional<Nanos> log_time(std::string_view line);

/// Counts what is new in a log with times, and moves the cursor behind it. A last line without an end is left for the
/// next time. `corrupt` where a line begins with no time: then it is no log. None of its text goes into the error.
Result<LogCount> count_new(std::string_view log, const Pattern& pattern, std::int64_t most_lines, LogCursor& cursor);

/// Puts a cursor behind the last line of a log of which nothing is to be counted, and behind the second in which that
/// was written: only so is nothing of it sent again, however much it is.
Result<LogCursor> behind_all(std::string_view last_line);

/// How many lines per second, over all containers, in the polls that cover a window of time. Pure.
///
/// A poll's lines count for the time since the poll before, by the Scheduler's clock: nodes' clocks only tell lines
/// apart. What was written before the first poll is not counted, and nothing is told until a window has been seen; nor
/// after a gap: a container that restarted twice between two polls, a log that was too large, a time without polls.
class LogTally {
public:
    explicit LogTally(Nanos over) : over_(over) {}

    struct Read {
        kubernetes::LoggingContainer of;
        bool previous = false; ///< of the instance before
        bool skips = false;    ///< puts the cursor behind what is there, by the last line alone
        LogCursor cursor = {}; ///< from where on; moved by who reads
        LogCount count = {};   ///< to be filled in by who reads
        bool lost = false;     ///< set by who reads: there is no such log any more
        bool missed = false;   ///< nor was there the last time
    };
    /// What is to be read now. Changes nothing: a poll that fails half-way is simply done again.
    std::vector<Read> reads(const std::vector<kubernetes::LoggingContainer>& containers) const;

    /// All that was asked for is read. `listed`: when the API server told of these containers, by its own clock.
    void take(const std::vector<kubernetes::LoggingContainer>& containers, const std::vector<Read>& reads,
              std::optional<Nanos> listed, Nanos asked);

    /// Begins anew, for this reason.
    void forget(std::string why);

    /// Counts what was taken, so that of two polls at once one is dropped.
    std::uint64_t taken() const { return taken_; }

    std::optional<double> per_second() const; ///< nothing until a window has been seen
    std::string why_none() const;             ///< for people; the same until then
    std::optional<Nanos> last() const { return last_; }

private:
    struct Followed {
        std::string instance; ///< empty = none has run yet
        int nth = -1;
        bool ended = true;
        LogCursor cursor;
        bool missed = false; ///< its log was not there when it was read last
    };
    using Key = std::pair<std::string, std::string>; ///< the pod's uid, the container
    struct Stretch {
        Nanos length;
        std::int64_t found = 0;
    };
    /// Why what came between is lost; empty = nothing is.
    std::string gap(const kubernetes::LoggingContainer& container) const;
    bool is_new(const kubernetes::LoggingContainer& container) const;
    const Followed* followed(const kubernetes::LoggingContainer& container) const;

    Nanos over_;
    std::map<Key, Followed> followed_;
    std::deque<Stretch> stretches_; ///< the newest last; together barely as long as the window, or shorter
    std::optional<Nanos> last_;     ///< when the last poll asked
    std::optional<Nanos> listed_;
    std::string why_;
    std::uint64_t taken_ = 0;
};

} // namespace sluice::sources
