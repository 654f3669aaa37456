#pragma once
/// From when till when the session's file holds what a metric has answered, so that what is asked for afterwards comes
/// into it once, and nothing that gates are judged by is missing from it.
#include "plan/amendment.h"
#include "series/sample.h"

#include <map>
#include <string>
#include <vector>

namespace sluice::engine {

/// Times are when an answer was received. Engine thread.
class HeldPast {
public:
    /// An answer to a poll, which is recorded. One of a source that can't be asked holds nothing. One later than
    /// `shortest_gap` after the last leaves a gap between them.
    void answered(const series::SampleBatch& batch, Nanos shortest_gap);

    /// The session was taken up, and the file holds an answer of this metric, as it is asked now, of each of these
    /// instants, in order; what lies longer than `shortest_gap` between two of them it does not hold
    /// (SessionLog::answered).
    void was_held(const std::string& metric, const std::vector<Nanos>& answers, Nanos shortest_gap);

    /// The plan was amended: of a metric that is another one now, or asked elsewhere, nothing is held.
    void amended(const plan::Plan& before, const plan::Plan& after);

    /// What of a past of one metric, oldest first, the file does not hold yet; from here on it does.
    std::vector<series::SampleBatch> missing(const std::vector<series::SampleBatch>& past);

private:
    struct Span {
        Nanos from, till;
    };
    bool holds(const std::string& metric, Nanos at) const;
    void take(const std::string& metric, Nanos at, Nanos shortest_gap);

    std::map<std::string, std::vector<Span>> held_; ///< of each metric; the last is what goes on
};

} // namespace sluice::engine
