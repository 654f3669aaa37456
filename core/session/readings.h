#pragma once
#include "session/records.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice::session {

/// One recorded value, or why there was none.
struct Reading {
    Nanos at; ///< when it was received: the order of the line
    Nanos measured_at;
    SampleStatus status = SampleStatus::ok;
    double value = 0;
    std::string detail;
};

/// One metric of one arm, oldest first.
class Line {
public:
    explicit Line(SeriesKey key) : key_(std::move(key)) {}
    const SeriesKey& key() const { return key_; }
    const std::vector<Reading>& readings() const { return readings_; }
    /// The last at or before `time`; null before the first.
    const Reading* at(Nanos time) const;
    void add(Reading reading) { readings_.push_back(std::move(reading)); }
    /// Where they belong by time, each line's share in order; of two of one instant the first that came stays.
    void add(std::vector<Reading> earlier);

private:
    SeriesKey key_;
    std::vector<Reading> readings_;
};

/// All samples of a session so far. What was asked for afterwards (Sample::past) is kept apart: it is shown, and no
/// question about what was watched finds it.
class Readings {
public:
    void take(const Tick& tick);

    /// In the order of metric and arm.
    const std::map<SeriesKey, Line>& lines() const { return lines_; }
    /// Those of a metric: one an arm, more where the plan keeps several.
    std::vector<const Line*> of(const std::string& metric) const;
    /// Those that stood in the metric's last answer for their arm at or before `time`: a series that has ended, or an
    /// alert that fires no more, keeps its last value for ever.
    std::vector<const Line*> answering(const std::string& metric, Nanos time) const;
    /// Of an arm ("" = the whole); null if there is none, or several.
    const Line* line(const std::string& metric, const std::string& arm) const;
    /// What was asked for afterwards of a series; null if nothing was. `Reading::at` is the instant asked about.
    const Line* past(const SeriesKey& key) const;
    /// The earliest and the last that is known, what was asked for afterwards among it.
    std::optional<Nanos> first() const { return first_; }
    std::optional<Nanos> last() const { return last_; }

private:
    void take_past(const std::vector<const Sample*>& samples);

    std::map<SeriesKey, Line> lines_, past_;
    std::optional<Nanos> first_, last_;
};

} // namespace sluice::session
