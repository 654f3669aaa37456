#pragma once
#include "base/nanos.h"
#include "series/labels.h"

#include <string>
#include <vector>

namespace sluice::series {

/// What a poll found out. `no_data` and `source_error` never pass a gate and never count as time held
/// (ref "Verdicts"): the first says that the source answered and has nothing (empty, NaN, too old), the second that it
/// could not be asked or that its answer can't be used.
enum class Status { ok, no_data, source_error };

/// "ok", "no-data", "source-error".
const char* name(Status status);

/// One value of a metric at one time, for one arm or for the whole.
struct Reading {
    std::string arm; ///< "" = the whole system
    Labels labels;   ///< what the source told beside the arm (instance, group, topic); often empty
    Status status = Status::ok;
    double value = 0;   ///< meaningful only when `status` is ok; never NaN then
    Nanos measured_at;  ///< when the data came into being, by our clock; equals `received_at` when it can't be told
    Nanos received_at;  ///< when the answer was there
    std::string detail; ///< one sentence for a person; empty when there is nothing to add

    /// How old the data was when it arrived.
    Nanos age() const { return received_at - measured_at; }
};

/// A reading with the metric that it belongs to: what is recorded and charted.
struct Sample : Reading {
    std::string metric; ///< name in the plan
    std::string unit;   ///< as the plan names it: "ratio", "s", "messages"; may be empty
};

/// The one answer to one poll.
struct SampleBatch {
    std::string metric;
    std::string unit;
    Status status = Status::ok; ///< of the poll as a whole: `ok` when at least one reading is
    std::string detail;         ///< why it is not ok
    Nanos received_at;
    std::vector<Reading> readings;     ///< sorted by arm, then labels; one with the status when nothing was found
    std::vector<std::string> degraded; ///< warnings that came with the answer: it may be partial
    std::vector<Sample> beside;        ///< recorded with it under names of their own; nothing hangs on them

    std::vector<Sample> samples() const;
};

/// A batch of one reading that says why there is none.
SampleBatch without_value(std::string metric, Status status, Nanos at, std::string detail);

} // namespace sluice::series
