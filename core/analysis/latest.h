#pragma once
/// The latest answer of each metric, and what it is worth at a given moment.
#include "base/nanos.h"
#include "plan/model.h"
#include "series/sample.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sluice::analysis {

/// Never collapsed into fewer (ref/semantics.md, "Verdicts").
enum class Verdict { pass, fail, inconclusive, no_data, source_error };

/// "pass", "fail", "inconclusive", "no-data", "source-error".
const char* name(Verdict verdict);

/// Keeps one batch a metric. Pure; the caller gives the time.
class Latest {
public:
    void take(series::SampleBatch batch);
    const series::SampleBatch* of(const std::string& metric) const;

    /// What the metric says of `arm` ("" = the whole) at `now`: data older than the metric allows is no data.
    series::Reading read(const plan::Metric& metric, const std::string& arm, Nanos now) const;

    /// All of them, of a metric that keeps several (`reduce: each` or `any`); never empty.
    std::vector<series::Reading> read_all(const plan::Metric& metric, const std::string& arm, Nanos now) const;

    /// "metric" and "metric/arm" of all that is fresh, for conditions on metrics; not of those that keep their series.
    std::map<std::string, double> values(const plan::Plan& plan, Nanos now) const;

    /// Of those each series; none where its data is not good, or not fresh.
    std::map<std::string, std::vector<std::optional<double>>> several(const plan::Plan& plan, Nanos now) const;

private:
    std::map<std::string, series::SampleBatch> batches_;
};

/// Oldest age at which data still counts: as the plan says, else three intervals, at least 30 s.
Nanos max_age(const plan::Metric& metric);

/// For people: "0.26 %", "42.8 ms", "1,612".
std::string format_value(double value, const std::string& unit);

/// The same of a metric that may be a state: "half-open".
std::string format_value(double value, const plan::Metric& metric);

/// The arms that a gate or trigger looks at: its own, else those with traffic; {""} for a metric without arms.
std::set<std::string> arms_of(const plan::Metric& metric, const std::string& arm,
                              const std::set<std::string>& with_traffic);

} // namespace sluice::analysis
