#pragma once
/// Lag by partition out of a session's recorded samples, as of a moment (kafka/lag_record.h writes it).
#include "kafka/lag_record.h"
#include "session/readings.h"

namespace sluice::report {

struct RecordedLag {
    kafka::LagReport report;                ///< `at` is when it was asked: the last answer up to the moment
    std::vector<std::string> failed_groups; ///< of that answer
    std::int64_t left_out = 0;              ///< partitions that are not recorded, since there are so many
    std::int64_t unreadable = 0;            ///< partitions whose record says nothing that this program understands
    std::string failure;                    ///< why nothing could be asked after that; empty = nothing was wrong
    std::optional<Nanos> failing_since;     ///< the first such answer in a row
    bool answered = false;                  ///< false: there was no answer yet, and the report is empty
};

/// What was known of a metric's partitions at `time`; nothing if none is recorded up to then: an older program wrote
/// the session, the metric is no lag, or it was not asked yet. Pure.
std::optional<RecordedLag> recorded_lag(const session::Readings& readings, const std::string& metric, Nanos time);

} // namespace sluice::report
